// The reader's own program, kept on the device. sessionStorage holds this tab's, localStorage the last of any tab;
// the tab's wins. What a link or an example pushes aside goes to the shelf and can be taken back.
import * as v from "valibot";

export interface Draft {
  readonly source: string;
  readonly progType: string;
  readonly input: string;
}

const DRAFT = v.object({ source: v.string(), progType: v.string(), input: v.string() });
const DRAFT_KEY = "oreore.draft";
const SHELF_KEY = "oreore.shelf";
const SHELF_SIZE = 50;

export function readDraft(): Draft | undefined {
  return parse(DRAFT, get("session", DRAFT_KEY)) ?? parse(DRAFT, get("local", DRAFT_KEY));
}

export function writeDraft(draft: Draft): void {
  const text = JSON.stringify(draft);
  put("session", DRAFT_KEY, text);
  put("local", DRAFT_KEY, text);
}

/** The last programs that were pushed aside, newest first. */
export const readShelf = (): readonly Draft[] => parse(v.array(DRAFT), get("local", SHELF_KEY)) ?? [];

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

function parse<Schema extends v.GenericSchema>(schema: Schema, text: string | null): v.InferOutput<Schema> | undefined {
  if (text === null) return undefined;
  try {
    const parsed = v.safeParse(schema, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
