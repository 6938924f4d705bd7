// The reader's own program, kept on the device. sessionStorage holds this tab's, localStorage the last of any tab;
// the tab's wins. What a link or an example pushes aside goes to the shelf and can be taken back.
import type { DefinitionInput } from "../../engine/index.ts";

export interface Draft {
  readonly source: string;
  readonly progType: string;
  readonly input: string;
  /** The program type of one's own that it is written for; the kernel looks it over before it takes it. */
  readonly definition?: DefinitionInput;
}

const DRAFT_KEY = "oreore.draft";
const SHELF_KEY = "oreore.shelf";
const SHELF_SIZE = 50;

export const readDraft = (): Draft | undefined =>
  [parse(get("session", DRAFT_KEY)), parse(get("local", DRAFT_KEY))].find(isDraft);

export function writeDraft(draft: Draft): void {
  const text = JSON.stringify(draft);
  put("session", DRAFT_KEY, text);
  put("local", DRAFT_KEY, text);
}

/** The last programs that were pushed aside, newest first. */
export function readShelf(): readonly Draft[] {
  const saved = parse(get("local", SHELF_KEY));
  return Array.isArray(saved) ? saved.filter(isDraft) : [];
}

export function shelve(draft: Draft): void {
  const others = readShelf().filter((d) => d.source !== draft.source);
  put("local", SHELF_KEY, JSON.stringify([draft, ...others].slice(0, SHELF_SIZE)));
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
  ["source", "progType", "input"].every((key) => typeof (value as Record<string, unknown>)[key] === "string");
