// The reader's own program, kept on the device. sessionStorage has this tab's, localStorage the last of any tab. This tab's wins. A program
// that a link or an example replaces goes to the list of the last programs (history/recent.ts).
import type { DefinitionInput, MapInput } from "../../../engine/index.ts";
import { forget, keep, readKept } from "../page/device.ts";

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
const OLD_RECENT_KEY = "oreore.shelf";

export const readDraft = (): Draft | undefined =>
  [readKept(DRAFT_KEY, "session"), readKept(DRAFT_KEY, "local")].find(isDraft);

export const writeDraft = (draft: Draft): void => keep(DRAFT_KEY, draft, ["session", "local"]);

/** The last programs as an earlier version of the page kept them, newest first. They are moved from here once. */
export function takeOldRecent(): readonly Draft[] {
  const saved = readKept(OLD_RECENT_KEY);
  forget(OLD_RECENT_KEY);
  return Array.isArray(saved) ? saved.filter(isDraft) : [];
}

const isDraft = (value: unknown): value is Draft =>
  typeof value === "object" &&
  value !== null &&
  ["source", "progType", "input"].every((key) => typeof (value as Record<string, unknown>)[key] === "string") &&
  Array.isArray((value as Draft).maps ?? []) &&
  typeof ((value as Draft).pasted ?? "") === "string";
