// Judged programs in veristat's table format, with one more verdict. Logs that were asked for come before the table.
import type { VerifyRow } from "./judge-object.ts";

const HEAD = ["File", "Program", "Verdict", "Duration (us)", "Insns", "States", "Peak states"];
/** Index of the first column of numbers. Numbers are aligned to the right. */
const FIRST_NUMBER = 3;
const VERDICTS = { accept: "success", reject: "failure", "not simulated": "not simulated" } as const;

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function table(
  judged: readonly VerifyRow[],
  count: { readonly files: number; readonly skipped: number },
): string {
  const rows = judged
    .toSorted((a, b) => order(a.file, b.file) || order(a.program, b.program))
    .map((one) => [
      one.file,
      one.program,
      VERDICTS[one.verdict],
      ...[one.us, one.insns, one.states, one.peak_states].map(String),
    ]);
  const widths = HEAD.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    `${cells
      .map((cell, i) => (i < FIRST_NUMBER ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd()}\n`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  const head = line(HEAD.map((cell, i) => cell.padEnd(widths[i]!)));
  const reasons = judged
    .filter(({ message }) => message !== undefined)
    .map(({ file, program, verdict, message }) => `${file} ${program}: ${verdict}: ${message}\n`);
  return [
    ...judged.flatMap(logLines),
    head,
    rule,
    ...rows.map(line),
    rule,
    `Done. Processed ${count.files} files, ${judged.length} programs. Skipped ${count.skipped} files, 0 programs.\n`,
    ...reasons,
  ].join("");
}

const logLines = ({ file, program, us, verdict, log }: VerifyRow): string[] =>
  log === undefined
    ? []
    : [`PROCESSING ${file}/${program}, DURATION US: ${us}, VERDICT: ${VERDICTS[verdict]}, VERIFIER LOG:\n${log}\n`];
