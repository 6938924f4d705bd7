// The first difference between two answers about a program: the verdict, the errno, the message, or a line of the log.

import type { Program } from "../../program/program.ts";
import { disassemble } from "./listing.ts";

export interface Judgement {
  readonly verdict: string;
  readonly errno: number;
  readonly log: string;
}

export type DifferenceKind =
  | "same"
  | "not-simulated"
  | "accepted-unsafe"
  | "refused-safe"
  | "errno"
  | "message"
  | "log";

export interface Difference {
  readonly kind: DifferenceKind;
  /** The first lines that differ, without their numbers. Differences of one group have the same text here. */
  readonly group: string;
  readonly line: number;
  readonly kernel: string;
  readonly ours: string;
}

/** The log's lines without what differs in every run: addresses of maps and the verification time. */
const comparable = (log: string): string[] =>
  log
    .replace(/ffff[0-9a-f]{12}(?![0-9a-f])/g, "ADDRESS")
    .replace(/verification time \d+ usec/, "verification time N usec")
    .split("\n");

/** The last line before the statistics: why the program was refused. */
export function messageOf(log: string): string {
  const lines = log.trimEnd().split("\n");
  const at = lines.findLastIndex((line) => line.startsWith("processed "));
  return lines[at < 0 ? lines.length - 1 : at - 1] ?? "";
}

const unnumbered = (line: string): string => line.replace(/0x[0-9a-f]+|-?\d+/g, "#");

export function difference(kernel: Judgement, ours: Judgement): Difference {
  const theirs = comparable(kernel.log);
  const mine = comparable(ours.log);
  const line = theirs.findIndex((text, i) => text !== mine[i]);
  const where = { line, kernel: theirs[line] ?? "", ours: mine[line] ?? "" };
  const kind = kindOf(kernel, ours, line >= 0 || mine.length > theirs.length);
  const group = kind === "same" ? "" : `${unnumbered(where.kernel)}  ≠  ${unnumbered(where.ours)}`;
  return { kind, group, ...where };
}

function kindOf(kernel: Judgement, ours: Judgement, logDiffers: boolean): DifferenceKind {
  if (ours.verdict !== "accept" && ours.verdict !== "reject") return "not-simulated";
  if (kernel.verdict !== ours.verdict) return ours.verdict === "accept" ? "accepted-unsafe" : "refused-safe";
  if (kernel.errno !== ours.errno) return "errno";
  if (kernel.verdict === "reject" && messageOf(kernel.log) !== messageOf(ours.log)) return "message";
  return logDiffers ? "log" : "same";
}

export const listing = (program: Program): string => disassemble(program.insns).join("\n");
