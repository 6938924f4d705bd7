// A lesson's file that was dropped anywhere on the page and has faults: the sheet that lists them takes it from here.
import type { LessonFault } from "../lessons/lesson.ts";
import { openDialog } from "./dialog.ts";
import { openLessonFile } from "./lesson.ts";

export interface Dropped {
  readonly name: string;
  readonly text: string;
  readonly faults: readonly LessonFault[];
}

let waiting: Dropped | undefined;

/** Looked at, not taken: a sheet that still waits for its words is made more than once. */
export const lastDropped = (): Dropped | undefined => waiting;

export const forgetDropped = (): void => {
  waiting = undefined;
};

export async function openDropped(file: File): Promise<void> {
  const text = await file.text();
  const faults = await openLessonFile(file.name, text);
  if (faults.length === 0) return;
  waiting = { name: file.name, text, faults };
  openDialog("lesson-file");
}
