// Two versions of a program side by side: what the page is told about program, verdict and log.
import type { Texts } from "../../base/language.ts";
import type { VerdictName } from "./check.ts";

/** The result for one version. */
export interface VersionView {
  readonly progType: string;
  readonly verdict: VerdictName;
  /** `EACCES`. "": accepted. */
  readonly errnoName: string;
  /** Why it was refused: the kernel's words, or what is wrong with the text. "": accepted. */
  readonly message: Texts;
  /** Name of the refusal. "": none. */
  readonly refusal: string;
  /** The line of the text that the message is about, from 1. 0: none. */
  readonly line: number;
  /** Number of the program's slots. */
  readonly insns: number;
  /** Number of instructions that the verifier processed. */
  readonly insnsProcessed: number;
}

export interface ComparedText {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** Columns [from, to) that the other version does not have. []: the whole line differs. */
  readonly marks: readonly (readonly [from: number, to: number])[];
}

/** A line of one version, and the line of the other that is the same or takes its place. */
export interface ComparedRow {
  readonly kind: "same" | "changed" | "out" | "in";
  readonly before: ComparedText | null;
  readonly now: ComparedText | null;
}

export interface CompareView {
  readonly before: VersionView;
  readonly now: VersionView;
  readonly source: readonly ComparedRow[];
  /** Rows that differ only in the numbers of moved instructions are `same`. */
  readonly log: readonly ComparedRow[];
  /** A log is too long to compare: `log` is []. */
  readonly logTooLong: boolean;
  /** Names of maps that only one version has, or that differ. */
  readonly maps: readonly string[];
}
