// What a lesson is once its file has been read. The format is described in FORMAT.md; parse.ts reads it.
import type { Token } from "marked";
import type { Act, Goal, MapInput, ProgramInput, Texts } from "../../engine/index.ts";
import type { Language } from "../stores/page/settings.ts";
import type { Scene } from "./scene.ts";

export interface Lesson {
  /** The file's name without `.md`. The reader's progress is stored under it. */
  readonly id: string;
  /** Slides of the talk that the lesson follows. */
  readonly slides: readonly number[];
  readonly state: LessonState;
  readonly goals: readonly Goal[];
  /** Its scenes on the stage. Empty: the stage makes plain scenes from the text. */
  readonly scenes: readonly Scene[];
  /** What solves the lesson. null: the file does not say. */
  readonly solution: Solution | null;
  readonly texts: Readonly<Partial<Record<Language, LessonText>>>;
}

export interface NumberedLesson {
  readonly lesson: Lesson;
  /** From 1. OWN_LESSON: it is not built in. 0: it was made of a program. */
  readonly number: number;
}

/** The program that is judged: the reader's, but with the lesson's own maps as the lesson has them, whatever the reader changed. */
export function judgedProgram(
  { state: { maps: own } }: Lesson,
  { source, progType, maps }: Pick<ProgramInput, "source" | "progType" | "maps">,
): ProgramInput {
  const others = maps.filter(({ name }) => !own.some((map) => map.name === name));
  return { source, progType, maps: [...own, ...others] };
}

/** State of the page when the lesson is opened. */
export interface LessonState {
  readonly source: string;
  readonly progType: string;
  /** Name of the preset of program types that takes OREORE's place. */
  readonly preset: string;
  readonly maps: readonly MapInput[];
  /** The input of a run: text written to the hook's file, a packet's name, or hex. */
  readonly input: string;
  /** Which of the four steps of the recipe the kernel has. */
  readonly recipe: readonly [boolean, boolean, boolean, boolean];
  /** Step at which the run stands. */
  readonly step: number;
  /** The pane that the reader should see. */
  readonly view: View;
  /** Steps whose registers the printed page shows. */
  readonly print: readonly number[];
}

export interface Solution {
  readonly acts: readonly Act[];
  /** The program that the solution writes. "": the lesson's own program stays. */
  readonly source: string;
}

export const VIEWS = ["editor", "machine", "verifier", "kernel"] as const;
export type View = (typeof VIEWS)[number];

/** One language of a lesson. */
export interface LessonText {
  readonly title: string;
  readonly points: readonly Point[];
  /** Hints in order, each plainer than the one before. */
  readonly hints: readonly (readonly Token[])[];
}

/** One point of a lesson's text. */
export type Point = { /** For the speaker's eyes. */ readonly notes: string } & (
  | {
      readonly kind: "text";
      readonly tokens: readonly Token[];
      /** The run goes to this step when the point is shown. -1: it stays where it is. */
      readonly step: number;
    }
  | ({ readonly kind: "predict" } & Prediction)
);

export interface Prediction {
  readonly question: readonly Token[];
  /** Choices to pick from. Empty: the reader types a value. */
  readonly choices: readonly string[];
  /** Index of the right choice, or the right value. */
  readonly answer: number | string;
  readonly because: readonly Token[];
}

/** One thing in the file that the parser did not expect. `line` counts from 1. */
export interface LessonFault {
  readonly line: number;
  readonly found: string;
  readonly expected: Texts;
}

/** Inline parts that the format adds to Markdown. */
export interface BlankToken {
  readonly type: "blank";
  readonly raw: string;
  readonly text: string;
}
export interface GotoToken {
  readonly type: "goto";
  readonly raw: string;
  readonly step: number;
}
