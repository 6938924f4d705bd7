// The reader's own program, kept on the device. sessionStorage has this tab's, localStorage the last of any tab. This tab's wins. A program
// that a link or an example replaces goes to the list of the last programs (history/recent.ts).
import type { DefinitionInput, MapInput } from "../../../engine/index.ts";
import { forget, keep, kept } from "../page/device.ts";

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

export const readDraft = (): Draft | undefined => [kept(DRAFT_KEY, "session"), kept(DRAFT_KEY, "local")].find(isDraft);

export const writeDraft = (draft: Draft): void => keep(DRAFT_KEY, draft, ["session", "local"]);

/** The last programs as an earlier version of the page kept them, newest first. They are moved from here once. */
export function takeOldShelf(): readonly Draft[] {
  const saved = kept(SHELF_KEY);
  forget(SHELF_KEY);
  return Array.isArray(saved) ? saved.filter(isDraft) : [];
}

const isDraft = (value: unknown): value is Draft =>
  typeof value === "object" &&
  value !== null &&
  ["source", "progType", "input"].every((key) => typeof (value as Record<string, unknown>)[key] === "string") &&
  Array.isArray((value as Draft).maps ?? []) &&
  typeof ((value as Draft).pasted ?? "") === "string";
