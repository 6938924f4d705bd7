// The reader's own program, kept on the device. sessionStorage holds this tab's, localStorage the last of any tab;
// the tab's wins. What a link or an example pushes aside goes to the list of the last programs (history/recent.ts).
import type { DefinitionInput, MapInput } from "../../../engine/index.ts";

export interface Draft {
  readonly source: string;
  readonly progType: string;
  readonly input: string;
  /** Maps that are not written in the source; left out: none. */
  readonly maps?: readonly MapInput[];
  /** The example that it began as; left out: none. */
  readonly from?: string;
  /** The program type of one's own that it is written for; the kernel looks it over before it takes it. */
  readonly definition?: DefinitionInput;
  /** The verifier's log that the source was rebuilt from. */
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

/** What an earlier version of the page kept of the last programs, newest first; they are moved from here only once. */
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
    // Full or not allowed: the other storage, or this visit's memory, still has it.
  }
}

/** What was saved, whatever it is by now; undefined where there is nothing or no JSON. */
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
