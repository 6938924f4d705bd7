// Replaces Monaco's own nls.js (an alias in vite.config.ts), so that its words can follow the page's language without a reload. Monaco
// keeps the titles of menus and commands as they were when its files were evaluated. This module remembers the message behind each title.
// Whatever Monaco asks for later is in the current language anyway. Functions and arguments are those of nls.js, the tables of messages are
// Monaco's.

type Argument = string | number | boolean | undefined | null;
type Message = (language: readonly string[] | undefined) => string;
interface Globals {
  _VSCODE_NLS_MESSAGES?: readonly string[] | undefined;
  _VSCODE_NLS_LANGUAGE?: string | undefined;
}
const globals = globalThis as Globals;

/** Text in a menu → the message it came from. */
let titles = new Map<string, Message>();
let recording = true;

export const getNLSMessages = (): readonly string[] | undefined => globals._VSCODE_NLS_MESSAGES;
export const getNLSLanguage = (): string | undefined => globals._VSCODE_NLS_LANGUAGE;

export function localize(index: number | object, english: string, ...args: Argument[]): string {
  const message: Message = (messages) =>
    filled((typeof index === "number" ? messages?.[index] : undefined) ?? english, args);
  const text = message(globals._VSCODE_NLS_MESSAGES);
  if (recording) titles.set(text, message);
  return text;
}

export function localize2(index: number | object, english: string, ...args: Argument[]) {
  return { value: localize(index, english, ...args), original: filled(english, args) };
}

const filled = (message: string, args: readonly Argument[]): string =>
  args.length === 0 ? message : message.replace(/\{(\d+)\}/g, (hole, n: string) => String(args[Number(n)] ?? hole));

/** All of Monaco is evaluated. From here on no titles are recorded. */
export function endOfLoading(): void {
  recording = false;
}

/** Called after the messages of another language are set. Returns the new text of each title that Monaco keeps. */
export function translateTitles(): (text: string) => string {
  const before = titles;
  const messages = globals._VSCODE_NLS_MESSAGES;
  titles = new Map([...before.values()].map((message) => [message(messages), message]));
  return (text) => before.get(text)?.(messages) ?? text;
}

/** undefined: Monaco's own English. */
export function setMessages(messages: readonly string[] | undefined): void {
  globals._VSCODE_NLS_MESSAGES = messages;
}
