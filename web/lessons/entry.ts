// The entries of a list of lessons, such as `bounds`, `3` or `week1/own.md`. Used to read a list's file, and a link that holds a list.

export const MOST_ENTRIES = 100;
const NAME = /^(?:[a-z][a-z0-9-]{0,63}|\d{1,3}|[\w][\w./-]{0,200}\.md)$/;

/** Whether the text is the number or name of a built-in lesson, or a path relative to the list's file that stays in its folder. */
export const isEntry = (text: string): boolean => NAME.test(text) && !text.split("/").includes("..");

export const isFile = (entry: string): boolean => entry.endsWith(".md");

/** The name of a lesson's file without folder and ending: `own` for `week1/own.md`. */
export const idOfFile = (name: string): string => name.replace(/^.*\/|\.(?:md|markdown|txt)$/gi, "");
