// Which lessons are solved, what was guessed and written in them; on this device only.
import { create } from "zustand";

export interface LessonProgress {
  readonly solved: boolean;
  /** By the place of the prediction among the lesson's points: a choice's index, or the value that was typed. */
  readonly guesses: Readonly<Record<number, number | string>>;
  readonly hints: number;
  /** The reader's program, where it is no longer the lesson's; "": it still is. */
  readonly draft: string;
}

const KEY = "oreore.lessons";
export const UNTOUCHED: LessonProgress = { solved: false, guesses: {}, hints: 0, draft: "" };

export const useProgress = create<{ readonly lessons: Readonly<Record<string, LessonProgress>> }>()(() => ({
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

function read(): Readonly<Record<string, LessonProgress>> {
  try {
    const saved = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, Partial<LessonProgress>>;
    return Object.fromEntries(
      Object.entries(saved).map(([id, one]) => [
        id,
        {
          solved: one.solved === true,
          guesses: typeof one.guesses === "object" && one.guesses !== null ? one.guesses : {},
          hints: typeof one.hints === "number" ? one.hints : 0,
          draft: typeof one.draft === "string" ? one.draft : "",
        },
      ]),
    );
  } catch {
    return {};
  }
}
