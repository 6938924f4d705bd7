// What a lesson is once its file has been read. The format is described in FORMAT.md; parse.ts reads it.
import type { Token } from "marked";
import type { Act, Goal, MapInput, ProgramInput, Texts } from "../../engine/index.ts";
import type { Language } from "../stores/page/settings.ts";
import type { Scene } from "./scene.ts";

export interface Lesson {
  /** The file's name without `.md`; progress is kept under it. */
  readonly id: string;
  /** Slides of the talk that it follows. */
  readonly slides: readonly number[];
  readonly state: LessonState;
  readonly goals: readonly Goal[];
  /** What it is on stage; empty: a scene a point, made of the text. */
  readonly scenes: readonly Scene[];
  /** What solves it; null: the file does not say. */
  readonly solution: Solution | null;
  readonly texts: Readonly<Partial<Record<Language, LessonText>>>;
}

/** What is judged: the reader's program; a lesson's own maps are as the lesson has them, whatever became of them. */
export function judgedProgram(
  { state: { maps: own } }: Lesson,
  { source, progType, maps }: Pick<ProgramInput, "source" | "progType" | "maps">,
): ProgramInput {
  const others = maps.filter(({ name }) => !own.some((map) => map.name === name));
  return { source, progType, maps: [...own, ...others] };
}

/** How the page stands when the lesson is opened. */
export interface LessonState {
  readonly source: string;
  readonly progType: string;
  /** Which of the presets of program types stands in OREORE's place. */
  readonly preset: string;
  readonly maps: readonly MapInput[];
  /** What is written to the hook's file, a packet's name, or hex. */
  readonly input: string;
  /** Which of the four steps of the recipe the kernel has. */
  readonly recipe: readonly [boolean, boolean, boolean, boolean];
  /** Where the run stands. */
  readonly step: number;
  /** What the reader should have before the eyes. */
  readonly view: View;
  /** Steps whose registers are printed. */
  readonly print: readonly number[];
}

export interface Solution {
  /** In order. */
  readonly acts: readonly Act[];
  /** The program that it writes; "": the lesson's own stays. */
  readonly source: string;
}

export const VIEWS = ["editor", "machine", "verifier", "kernel"] as const;
export type View = (typeof VIEWS)[number];

/** One language of a lesson. */
export interface LessonText {
  readonly title: string;
  readonly points: readonly Point[];
  /** Stages, each more plain than the one before. */
  readonly hints: readonly (readonly Token[])[];
}

/** What a presenter's key uncovers at a time. */
export type Point = { /** For the speaker's eyes. */ readonly notes: string } & (
  | {
      readonly kind: "text";
      readonly tokens: readonly Token[] /** The run goes there with it; -1: stays. */;
      readonly step: number;
    }
  | ({ readonly kind: "predict" } & Prediction)
);

export interface Prediction {
  readonly question: readonly Token[];
  /** Empty: a value is typed. */
  readonly choices: readonly string[];
  /** Index of the choice, or the value. */
  readonly answer: number | string;
  readonly because: readonly Token[];
}

/** One thing that a reader of the file did not expect. `line` counts from 1. */
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
