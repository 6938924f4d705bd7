// Two versions of a program laid side by side: what the page is told of program, verdict and log.
import type { Texts } from "../../base/language.ts";
import type { VerdictName } from "./check.ts";

/** What became of one version. */
export interface VersionView {
  readonly progType: string;
  readonly verdict: VerdictName;
  /** `EACCES`, "" where it was accepted. */
  readonly errnoName: string;
  /** Why not: the kernel's words, or what is wrong with the text. "" where it was accepted. */
  readonly message: Texts;
  /** Name of the refusal; "": there is none. */
  readonly refusal: string;
  /** The line of the text that it is about, from 1; 0: none. */
  readonly line: number;
  /** Slots of the program. */
  readonly insns: number;
  /** Instructions that the verifier walked. */
  readonly walked: number;
}

export interface ComparedText {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** Columns, from and to, of what the other version has not; []: where the whole line is another. */
  readonly marks: readonly (readonly [from: number, to: number])[];
}

/** A line of one, and the line of the other that is the same or stands in its place. */
export interface ComparedRow {
  readonly kind: "same" | "changed" | "out" | "in";
  readonly before: ComparedText | null;
  readonly now: ComparedText | null;
}

export interface CompareView {
  readonly before: VersionView;
  readonly now: VersionView;
  readonly source: readonly ComparedRow[];
  /** Both wrote the same but for the numbers of instructions that moved: those rows are `same`. */
  readonly log: readonly ComparedRow[];
  /** A log is too long to be compared: `log` is []. */
  readonly logTooLong: boolean;
  /** Maps that one of the two has and the other has not, or has otherwise. */
  readonly maps: readonly string[];
}
