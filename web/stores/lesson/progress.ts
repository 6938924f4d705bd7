// Which lessons are solved, and what was guessed and written in them. Kept on this device only.
import { create } from "zustand";
import { keep, readKept } from "../page/device.ts";

export interface LessonProgress {
  readonly solved: boolean;
  /** Position of the prediction among the lesson's points → index of the chosen answer, or the typed value. */
  readonly guesses: Readonly<Record<number, number | string>>;
  readonly hints: number;
  /** The reader's program if it differs from the lesson's. "": it does not. */
  readonly draft: string;
  /** What was done in the lesson, as JSON of the state that a link holds. "": nothing. Read by work.ts. */
  readonly work: string;
}

type Lessons = Readonly<Record<string, LessonProgress>>;

const KEY = "oreore.lessons";
const MOST_LESSONS = 1000;
export const NO_PROGRESS: LessonProgress = { solved: false, guesses: {}, hints: 0, draft: "", work: "" };

export const useProgress = create<{ readonly lessons: Lessons }>()(() => ({
  lessons: read(),
}));

export const progressOf = (id: string): LessonProgress => useProgress.getState().lessons[id] ?? NO_PROGRESS;

export function noteProgress(id: string, change: Partial<LessonProgress>): void {
  useProgress.setState(({ lessons }) => ({
    lessons: { ...lessons, [id]: { ...NO_PROGRESS, ...lessons[id], ...change } },
  }));
  save();
}

export function forgetProgress(): void {
  useProgress.setState({ lessons: {} });
  save();
}

const save = (): void => keep(KEY, useProgress.getState().lessons);

function read(): Lessons {
  return lessonsFrom(readKept(KEY) ?? {});
}

/** The whole progress as a file for another device. */
export const progressFile = (): string =>
  `${JSON.stringify({ oreore: "progress", lessons: useProgress.getState().lessons }, null, 1)}\n`;

/** The progress in such a file. undefined: it is no such file. */
export function readProgress(text: string): Lessons | undefined {
  try {
    const { oreore, lessons } = JSON.parse(text) as { oreore?: unknown; lessons?: unknown };
    return oreore === "progress" ? lessonsFrom(lessons) : undefined;
  } catch {
    return undefined;
  }
}

/** A lesson that is solved on either device is solved. Work on this device stays. */
export function takeProgress(taken: Lessons): void {
  for (const [id, one] of Object.entries(taken)) {
    const mine = progressOf(id);
    noteProgress(id, {
      solved: mine.solved || one.solved,
      guesses: { ...one.guesses, ...mine.guesses },
      hints: Math.max(mine.hints, one.hints),
      // What was done belongs to its program, so both are taken together.
      ...(mine.draft === "" && mine.work === "" && { draft: one.draft, work: one.work }),
    });
  }
}

/** Reads what was saved or is in a file. Anything that is not progress is left out. */
function lessonsFrom(saved: unknown): Lessons {
  if (typeof saved !== "object" || saved === null) return {};
  return Object.fromEntries(
    Object.entries(saved as Record<string, Partial<LessonProgress> | null>)
      .filter((entry): entry is [string, Partial<LessonProgress>] => typeof entry[1] === "object" && entry[1] !== null)
      .slice(0, MOST_LESSONS)
      .map(([id, one]) => [
        id,
        {
          solved: one.solved === true,
          guesses: typeof one.guesses === "object" && one.guesses !== null ? one.guesses : {},
          hints: typeof one.hints === "number" ? one.hints : 0,
          draft: typeof one.draft === "string" ? one.draft : "",
          work: typeof one.work === "string" ? one.work : "",
        },
      ]),
  );
}
