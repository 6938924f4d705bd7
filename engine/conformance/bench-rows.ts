// The rows of `npm run bench`. Started with the name of a row it prints that figure alone. In a process of its own, earlier
// measurements cannot influence it.
import type { Program } from "../program/program.ts";
import { ASSEMBLER_BENCHMARKS } from "./bench-asm.ts";
import { coldRate, LARGE, largeProgram } from "./bench-large.ts";
import { COMPILE_BENCHMARKS, RUN_BENCHMARKS, runRate, timeline } from "./bench-machine.ts";
import { kernelRate, LOG_CHOICES, peakMegabytes, VERIFIER_BENCHMARKS, verifierRate } from "./bench-verifier.ts";

export interface Row {
  readonly name: string;
  readonly unit: string;
  /** Whether a higher or a lower figure is better. */
  readonly better: "more" | "less";
  readonly measure: () => number;
  /** Text that is printed beside the figure. */
  readonly note?: (value: number) => Promise<string>;
}

const besideKernel = (name: string, program: () => Program, measure: () => number, logLevel: number): Row => ({
  name,
  unit: "k insn/s",
  better: "more",
  measure,
  note: async (rate) => {
    const kernel = await kernelRate(program(), logLevel);
    if (typeof kernel === "string") return `no kernel to ask: ${kernel}`;
    return `Linux itself ${kernel.toFixed(1)}: ${(rate / kernel).toFixed(2)} of it`;
  },
});

/** A program verified again and again, at each choice of log. */
const warmRows = (name: string, program: () => Program): readonly Row[] =>
  LOG_CHOICES.map((logChoice) =>
    besideKernel(`${name}${logChoice.name}`, program, () => verifierRate(program(), logChoice), logChoice.logLevel),
  );

export const ROWS: readonly Row[] = [
  ...RUN_BENCHMARKS.flatMap((benchmark) =>
    (["interp", "jit"] as const).map(
      (engine): Row => ({
        name: `${benchmark.name}, ${engine === "interp" ? "interpreter" : "compiled"}`,
        unit: "M insn/s",
        better: "more",
        measure: () => runRate(benchmark, engine),
      }),
    ),
  ),
  ...COMPILE_BENCHMARKS.map(({ name, ms }): Row => ({ name, unit: "ms", better: "less", measure: ms })),
  { name: "timeline, recording", unit: "M steps/s", better: "more", measure: () => timeline().forward },
  { name: "timeline, going back", unit: "M steps/s", better: "more", measure: () => timeline().back },
  { name: "timeline of a million steps", unit: "MB", better: "less", measure: () => timeline().megabytes },
  ...ASSEMBLER_BENCHMARKS.map(({ name, ms }): Row => ({ name, unit: "ms", better: "less", measure: ms })),
  ...VERIFIER_BENCHMARKS.flatMap(({ name, program }) => warmRows(name, program)),
  ...LARGE.flatMap((name) => {
    const program = () => largeProgram(name);
    return [
      ...warmRows(`verifier, ${name}`, program),
      besideKernel(`verifier, ${name}, cold`, program, () => coldRate(name), 0),
    ];
  }),
  { name: "verifier, a million walked, peak", unit: "MB", better: "less", measure: peakMegabytes },
];

/** The rows whose names contain any of the words. Without words, all rows. */
export const rowsNamed = (words: readonly string[]): readonly Row[] =>
  words.length === 0 ? ROWS : ROWS.filter(({ name }) => words.some((word) => name.includes(word)));

const measuredRow = process.argv[1] === import.meta.filename ? process.argv[2] : undefined;
if (measuredRow !== undefined) console.log(ROWS.find(({ name }) => name === measuredRow)?.measure());
