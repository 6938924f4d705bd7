// The entries of a list of lessons: `bounds`, `3`, `week1/own.md`. For the reader of a list's file and of a link that holds one.

export const MOST_ENTRIES = 100;
const NAME = /^(?:[a-z][a-z0-9-]{0,63}|\d{1,3}|[\w][\w./-]{0,200}\.md)$/;

/** A built-in lesson's number or name, or a file's path from where the list stands, not out of its folder. */
export const isEntry = (text: string): boolean => NAME.test(text) && !text.split("/").includes("..");

export const isFile = (entry: string): boolean => entry.endsWith(".md");

/** What a lesson's file is called: `own` for `week1/own.md`. */
export const idOfFile = (name: string): string => name.replace(/^.*\/|\.(?:md|markdown|txt)$/gi, "");
