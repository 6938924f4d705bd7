// The rows of `npm run bench`. Run with a row's name it prints that figure alone: in a process of its own, nothing that was
// measured before has left its mark.
import type { Program } from "../program/program.ts";
import { ASSEMBLED } from "./bench-asm.ts";
import { coldRate, LARGE, largeProgram } from "./bench-large.ts";
import { COMPILED, RUN, runRate, timeline } from "./bench-machine.ts";
import { kernelRate, peakMegabytes, VERIFIED, verifierRate } from "./bench-verifier.ts";

export interface Row {
  readonly name: string;
  readonly unit: string;
  /** Which figure is the better one. */
  readonly better: "more" | "less";
  readonly measure: () => number;
  /** What stands beside the figure. */
  readonly note?: (value: number) => Promise<string>;
}

const besideKernel = (name: string, program: () => Program, measure: () => number): Row => ({
  name,
  unit: "k insn/s",
  better: "more",
  measure,
  note: async (rate) => {
    const kernel = await kernelRate(program());
    if (typeof kernel === "string") return `no kernel to ask: ${kernel}`;
    return `Linux itself ${kernel.toFixed(1)}: ${(rate / kernel).toFixed(2)} of it`;
  },
});

export const ROWS: readonly Row[] = [
  ...RUN.flatMap((benchmark) =>
    (["interp", "jit"] as const).map(
      (engine): Row => ({
        name: `${benchmark.name}, ${engine === "interp" ? "interpreter" : "compiled"}`,
        unit: "M insn/s",
        better: "more",
        measure: () => runRate(benchmark, engine),
      }),
    ),
  ),
  ...COMPILED.map(({ name, ms }): Row => ({ name, unit: "ms", better: "less", measure: ms })),
  { name: "timeline, recording", unit: "M steps/s", better: "more", measure: () => timeline().forward },
  { name: "timeline, going back", unit: "M steps/s", better: "more", measure: () => timeline().back },
  { name: "timeline of a million steps", unit: "MB", better: "less", measure: () => timeline().megabytes },
  ...ASSEMBLED.map(({ name, ms }): Row => ({ name, unit: "ms", better: "less", measure: ms })),
  ...VERIFIED.map(({ name, program }) => besideKernel(name, program, () => verifierRate(program()))),
  ...LARGE.flatMap((name) => [
    besideKernel(
      `verifier, ${name}`,
      () => largeProgram(name),
      () => verifierRate(largeProgram(name)),
    ),
    besideKernel(
      `verifier, ${name}, cold`,
      () => largeProgram(name),
      () => coldRate(name),
    ),
  ]),
  { name: "verifier, a million walked, peak", unit: "MB", better: "less", measure: peakMegabytes },
];

/** Those whose names have any of the words; all where there is none. */
export const rowsNamed = (words: readonly string[]): readonly Row[] =>
  words.length === 0 ? ROWS : ROWS.filter(({ name }) => words.some((word) => name.includes(word)));

const alone = process.argv[1] === import.meta.filename ? process.argv[2] : undefined;
if (alone !== undefined) console.log(ROWS.find(({ name }) => name === alone)?.measure());
