// Lesson files that were dropped on the page and have a fault. The sheet that lists faults takes them from here.
import { openDialog } from "../page/dialog.ts";
import { type FaultyFile, openLessonFiles } from "./lesson.ts";

let waiting: FaultyFile | undefined;

/** The files stay until forgetDropped(), because React makes a sheet more than once while its words are loading. */
export const lastDropped = (): FaultyFile | undefined => waiting;

export const forgetDropped = (): void => {
  waiting = undefined;
};

/** Opens one lesson, or a list of lessons and its files. */
export async function openDropped(files: readonly File[]): Promise<void> {
  const faulty = await openLessonFiles(await textsOf(files));
  if (!faulty) return;
  waiting = faulty;
  openDialog("lesson-file");
}

export const textsOf = (files: readonly File[]) =>
  Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })));
