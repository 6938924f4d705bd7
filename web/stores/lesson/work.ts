// What the reader did in a lesson, kept on the device in the form of a link. The next visit repeats it.
import type { Act } from "../../../engine/index.ts";
import type { Lesson } from "../../lessons/lesson.ts";
import { type LinkState, readState, stateText } from "../../links/codec.ts";
import { programOfPage } from "../../links/page-state.ts";
import { noteProgress, progressOf } from "./progress.ts";

/** The most characters kept for one lesson. */
const MOST_WORK = 100_000;

/** If the work is too large, nothing is kept: the earlier work would no longer match what was done. */
export function keepWork({ id }: Lesson, acts: readonly Act[]): void {
  if (acts.length === 0) return;
  const work = stateText({ ...programOfPage(), lesson: { name: id, acts } });
  noteProgress(id, { work: work.length > MOST_WORK ? "" : work });
}

/** undefined: nothing was done, or it cannot be read. The program is the one written last. */
export function keptWork({ id, state }: Lesson): (LinkState & Required<Pick<LinkState, "lesson">>) | undefined {
  const { work, draft } = progressOf(id);
  const read = work === "" ? undefined : readState(work);
  if (read?.kind !== "state" || !read.state.lesson) return undefined;
  return { ...read.state, source: draft || state.source, lesson: read.state.lesson };
}
