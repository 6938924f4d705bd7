// Source lines in the log: the line that the next instruction comes from. @kernel log.c verbose_linfo, bpf_find_linfo
import type { LineInfo } from "../../program/program.ts";
import { type Env, verbose } from "../state/env.ts";

/** The source line that slot `slot` belongs to. */
function lineOf(lines: readonly LineInfo[], slot: number): LineInfo | undefined {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.slot <= slot) low = middle + 1;
    else high = middle;
  }
  return lines[low - 1];
}

/** Writes the slot's source line, unless it was the last one written: `; return x; @ file.c:12`. */
export function printLine(env: Env, slot: number, prefix = "; "): void {
  const { lines } = env.program;
  if (lines === undefined || env.log.level === 0) return;
  const line = lineOf(lines, slot);
  const before = env.prevLine;
  if (line === undefined || line === before) return;
  if (before !== null && line.file === before.file && line.line === before.line) return;
  const file = line.file.slice(line.file.lastIndexOf("/") + 1);
  verbose(env, "source", `${prefix}${line.text.trimStart()} @ ${file}:${line.line}\n`, slot);
  env.prevLine = line;
}
