// The reader's own program, kept on the device. sessionStorage has this tab's, localStorage the last of any tab. This tab's wins. A program
// that a link or an example replaces goes to the list of the last programs (history/recent.ts).
import type { DefinitionInput, MapInput } from "../../../engine/index.ts";

export interface Draft {
  readonly source: string;
  readonly progType: string;
  readonly input: string;
  /** Maps that are not in the source. Absent: none. */
  readonly maps?: readonly MapInput[];
  /** The example from which it began. Absent: none. */
  readonly from?: string;
  /** The reader's own program type that it is written for. The kernel checks it before use. */
  readonly definition?: DefinitionInput;
  /** The verifier's log from which the source was rebuilt. */
  readonly pasted?: string;
}

const DRAFT_KEY = "oreore.draft";
const SHELF_KEY = "oreore.shelf";

export const readDraft = (): Draft | undefined =>
  [parse(get("session", DRAFT_KEY)), parse(get("local", DRAFT_KEY))].find(isDraft);

export function writeDraft(draft: Draft): void {
  const text = JSON.stringify(draft);
  put("session", DRAFT_KEY, text);
  put("local", DRAFT_KEY, text);
}

/** The last programs as an earlier version of the page kept them, newest first. They are moved from here once. */
export function takeOldShelf(): readonly Draft[] {
  const saved = parse(get("local", SHELF_KEY));
  try {
    localStorage.removeItem(SHELF_KEY);
  } catch {
    return []; // storage is not allowed here
  }
  return Array.isArray(saved) ? saved.filter(isDraft) : [];
}

type Where = "session" | "local";
const storage = (where: Where): Storage => (where === "session" ? sessionStorage : localStorage);

function get(where: Where, key: string): string | null {
  try {
    return storage(where).getItem(key);
  } catch {
    return null; // storage is not allowed here
  }
}

function put(where: Where, key: string, text: string): void {
  try {
    storage(where).setItem(key, text);
  } catch {
    // No room or not allowed: the other storage or this visit's memory still has it.
  }
}

/** Reads a saved value, which may be anything. undefined: there is none, or it is not JSON. */
function parse(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isDraft = (value: unknown): value is Draft =>
  typeof value === "object" &&
  value !== null &&
  ["source", "progType", "input"].every((key) => typeof (value as Record<string, unknown>)[key] === "string") &&
  Array.isArray((value as Draft).maps ?? []) &&
  typeof ((value as Draft).pasted ?? "") === "string";
