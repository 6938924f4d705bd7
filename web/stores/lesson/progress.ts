// Which lessons are solved, what was guessed and written in them; on this device only.
import { create } from "zustand";

export interface LessonProgress {
  readonly solved: boolean;
  /** By the place of the prediction among the lesson's points: a choice's index, or the value that was typed. */
  readonly guesses: Readonly<Record<number, number | string>>;
  readonly hints: number;
  /** The reader's program, where it is no longer the lesson's; "": it still is. */
  readonly draft: string;
  /** What was done in it, as JSON of the state that a link holds; "": nothing. Read by work.ts. */
  readonly work: string;
}

type Lessons = Readonly<Record<string, LessonProgress>>;

const KEY = "oreore.lessons";
export const UNTOUCHED: LessonProgress = { solved: false, guesses: {}, hints: 0, draft: "", work: "" };

export const useProgress = create<{ readonly lessons: Lessons }>()(() => ({
  lessons: read(),
}));

export const progressOf = (id: string): LessonProgress => useProgress.getState().lessons[id] ?? UNTOUCHED;

export function note(id: string, change: Partial<LessonProgress>): void {
  useProgress.setState(({ lessons }) => ({
    lessons: { ...lessons, [id]: { ...UNTOUCHED, ...lessons[id], ...change } },
  }));
  save();
}

export function forgetProgress(): void {
  useProgress.setState({ lessons: {} });
  save();
}

function save(): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(useProgress.getState().lessons));
  } catch {
    // No room or not allowed: it holds for this visit.
  }
}

function read(): Lessons {
  try {
    return lessonsFrom(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return {};
  }
}

/** All of it as a file for another device. */
export const progressFile = (): string =>
  `${JSON.stringify({ oreore: "progress", lessons: useProgress.getState().lessons }, null, 1)}\n`;

/** What such a file holds; undefined: it is none. */
export function readProgress(text: string): Lessons | undefined {
  try {
    const { oreore, lessons } = JSON.parse(text) as { oreore?: unknown; lessons?: unknown };
    return oreore === "progress" ? lessonsFrom(lessons) : undefined;
  } catch {
    return undefined;
  }
}

/** What was solved on either device is solved; the work of this device stays. */
export function takeProgress(taken: Lessons): void {
  for (const [id, one] of Object.entries(taken)) {
    const mine = progressOf(id);
    note(id, {
      solved: mine.solved || one.solved,
      guesses: { ...one.guesses, ...mine.guesses },
      hints: Math.max(mine.hints, one.hints),
      // What was done belongs to the program that it was done with.
      ...(mine.draft === "" && mine.work === "" && { draft: one.draft, work: one.work }),
    });
  }
}

const MOST_LESSONS = 1000;

/** Whatever was saved or stands in a file: what is no progress is left out. */
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
