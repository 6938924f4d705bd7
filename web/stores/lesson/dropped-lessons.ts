// Lessons' files that were dropped anywhere on the page, one of which has faults: the sheet that lists them takes it from here.
import { openDialog } from "../page/dialog.ts";
import { type FaultyFile, openLessonFiles } from "./lesson.ts";

let waiting: FaultyFile | undefined;

/** Looked at, not taken: a sheet that still waits for its words is made more than once. */
export const lastDropped = (): FaultyFile | undefined => waiting;

export const forgetDropped = (): void => {
  waiting = undefined;
};

/** One lesson, or a list of lessons and files of its lessons. */
export async function openDropped(files: readonly File[]): Promise<void> {
  const faulty = await openLessonFiles(await textsOf(files));
  if (!faulty) return;
  waiting = faulty;
  openDialog("lesson-file");
}

export const textsOf = (files: readonly File[]) =>
  Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })));
