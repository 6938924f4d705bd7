// How fast programs are verified: walked instructions per second, at three log levels. Also the running kernel's own figure, if there is a
// kernel to ask, and the memory of a walk of a million instructions. Started with --peak it prints that memory in megabytes: it needs a
// process of its own, because the peak is that of the process.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { insnNamed as insn } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import type { LoadOptions } from "../kernel/loader.ts";
import { DEFAULT_LICENSE, type Program } from "../program/program.ts";
import { BPF_LOG_LEVEL2, BPF_LOG_STATS } from "../verifier/log/buffer.ts";
import { BPF_COMPLEXITY_LIMIT_INSNS } from "../verifier/state/env.ts";
import { processorTime } from "./bench-machine.ts";
import type { Row } from "./bench-row.ts";
import { judge } from "./judge.ts";
import { Kernel, whyNoKernel } from "./random/kernel.ts";

const programOf = (insns: readonly Insn[]): Program => ({
  insns,
  progType: "socket_filter",
  expectedAttachType: 0,
  progFlags: 0,
  maps: [],
  mapRefs: new Map(),
  license: DEFAULT_LICENSE,
});

const TURNS = 30_000;

/** A counted loop with a spill and a fill: every round is walked. */
const loop = () =>
  programOf([
    insn("mov64_imm", { dst: 6 }),
    insn("mov64_imm", { dst: 0 }),
    insn("stx8", { dst: 10, src: 6, off: -8 }),
    insn("ldx8", { dst: 1, src: 10, off: -8 }),
    insn("add64_reg", { dst: 0, src: 1 }),
    insn("and64_imm", { dst: 0, imm: 0xff }),
    insn("add64_imm", { dst: 6, imm: 1 }),
    insn("jlt64_imm", { dst: 6, off: -6, imm: TURNS }),
    insn("exit"),
  ]);

/** Branches on unknown bits, one after another, so that states are compared and pruned. */
const branches = () =>
  programOf([
    insn("ldx4", { dst: 7, src: 1, off: 0 }),
    insn("mov64_imm", { dst: 0 }),
    ...Array.from({ length: 2000 }, (_, i) => [
      insn("mov64_reg", { dst: 2, src: 7 }),
      insn("and64_imm", { dst: 2, imm: 1 << (i % 20) }),
      insn("jeq64_imm", { dst: 2, off: 1 }),
      insn("add64_imm", { dst: 0, imm: i }),
    ]).flat(),
    insn("mov64_imm", { dst: 0 }),
    insn("exit"),
  ]);

const IN_A_ROW = 500_000;

/** No branches: measures what each slot costs in the passes around the walk. */
const inARow = () =>
  programOf([
    insn("mov64_imm", { dst: 0 }),
    ...Array.from({ length: IN_A_ROW }, (_, i) => insn("add64_imm", { dst: 0, imm: i & 7 })),
    insn("mov64_imm", { dst: 0 }),
    insn("exit"),
  ]);

/** Is walked until the limit of a million instructions refuses it. */
const endless = programOf([
  insn("mov64_imm", { dst: 6 }),
  insn("stx8", { dst: 10, src: 6, off: -8 }),
  insn("ldx8", { dst: 6, src: 10, off: -8 }),
  insn("add64_imm", { dst: 6, imm: 1 }),
  insn("jne64_imm", { dst: 6, off: -4, imm: BPF_COMPLEXITY_LIMIT_INSNS }),
  insn("mov64_imm", { dst: 0 }),
  insn("exit"),
]);

/**
 * A program is verified again and again, until this many milliseconds of processor time have brought no better rate: JavaScript is compiled
 * while it runs, in several stages.
 */
const LONG_ENOUGH = 2500;

/** What the verifier is asked for besides its verdict. The last one is what the page asks for. */
const LOG_CHOICES = [
  { name: "", logLevel: 0 },
  { name: ", level 4", logLevel: BPF_LOG_STATS },
  {
    name: ", level 2 and trace",
    logLevel: BPF_LOG_LEVEL2,
    watched: { trace: { maxVisits: BPF_COMPLEXITY_LIMIT_INSNS } },
  },
] as const satisfies readonly (LoadOptions & { readonly name: string })[];

/** Thousands of walked instructions per second of processor time: the best of some runs. */
function verifierRate(program: Program, logChoice: LoadOptions): number {
  const once = (): number => {
    const start = processorTime();
    const { seen, log } = judge(program, logChoice);
    // A log that does not fit into its buffer is the only refusal of a benchmark: the walk is whole.
    if (!seen?.rewriteInput && seen?.refusal?.id !== "log-full") throw new Error(`a benchmark was refused: ${log}`);
    return seen.insnsProcessed / (processorTime() - start);
  };
  let best = 0;
  for (let since = processorTime(); processorTime() - since < LONG_ENOUGH; ) {
    const rate = once();
    if (rate <= best) continue;
    best = rate;
    since = processorTime();
  }
  return best;
}

/** The same for the running kernel, by the verification time in its log (level 0 has none: level 4). A string says why there is no kernel. */
async function kernelRate(program: Program, logLevel: number, runs = 5): Promise<number | string> {
  const reason = whyNoKernel();
  if (reason !== undefined) return reason;
  const kernel = new Kernel();
  let best = 0;
  for (let run = 0; run < runs; run++) {
    const { log } = await kernel.ask(program, logLevel | BPF_LOG_STATS);
    const us = Number(/verification time (\d+) usec/.exec(log)?.[1]);
    const insns = Number(/processed (\d+) insns/.exec(log)?.[1]);
    best = Math.max(best, (insns / us) * 1000);
  }
  kernel.close();
  return best;
}

/** Peak memory in megabytes of a whole process that walks a million instructions and keeps each visit and the end of the log. */
const peakMegabytes = (): number =>
  Number(execFileSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), "--peak"]).toString());

/** A row of the verifier, with the running kernel's figure beside it. */
export const besideKernel = (name: string, program: () => Program, measure: () => number, logLevel: number): Row => ({
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
export const warmRows = (name: string, program: () => Program): readonly Row[] =>
  LOG_CHOICES.map((logChoice) =>
    besideKernel(`${name}${logChoice.name}`, program, () => verifierRate(program(), logChoice), logChoice.logLevel),
  );

export const ROWS: readonly Row[] = [
  ...warmRows("verifier, loop of 30,000 turns", loop),
  ...warmRows("verifier, 2,000 branches", branches),
  ...warmRows("verifier, 500,000 in a row", inARow),
  { name: "verifier, a million walked, peak", unit: "MB", better: "less", measure: peakMegabytes },
];

if (process.argv.includes("--peak")) {
  judge(endless, { logLevel: BPF_LOG_LEVEL2, watched: { trace: { maxVisits: BPF_COMPLEXITY_LIMIT_INSNS } } });
  console.log(process.resourceUsage().maxRSS / 1024);
}
