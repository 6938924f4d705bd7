// Asks the kernel and the verifier about a series of random programs, and counts their differences in groups.
import type { Program } from "../../program/program.ts";
import { BPF_LOG_STATS } from "../../verifier/log/buffer.ts";
import { judge } from "../judge.ts";
import type { Difference, DifferenceKind, Judgement } from "./difference.ts";
import { difference } from "./difference.ts";
import { randomProgram } from "./generate.ts";
import type { KernelAnswer } from "./kernel.ts";
import { Kernel } from "./kernel.ts";

/** Differences of the same kind and text, with the smallest program that shows them. */
export interface DifferenceGroup {
  readonly kind: DifferenceKind;
  readonly count: number;
  readonly seed: number;
  readonly program: Program;
  readonly difference: Difference;
  readonly kernel: KernelAnswer;
  readonly ours: Judgement;
}

export interface Tally {
  /** Number of programs that both have judged. Fewer than asked for if the kernel could not make the maps. */
  readonly programs: number;
  readonly accepted: number;
  readonly kinds: ReadonlyMap<DifferenceKind, number>;
  /** The largest first. */
  readonly groups: readonly DifferenceGroup[];
  /** Number of instructions that this verifier walked, and the milliseconds that it took. */
  readonly insns: number;
  readonly ms: number;
}

/** The size of the recorder's buffer. A longer log loses its beginning, and the program is refused. */
const KERNEL_LOG_SIZE = 1 << 20;
/** Longer walks are compared by verdict, errno and statistics only: their logs take the kernel minutes. */
const LONG_WALK = 20_000;
const isLong = (program: Program): boolean =>
  (judge(program, { logLevel: 0, watched: { progress: (insns) => insns > LONG_WALK } }).seen?.insnsProcessed ?? 0) >
  LONG_WALK;

/** This many questions are asked ahead, so that both sides work at the same time and memory stays limited. */
const MAX_PENDING = 32;

/** Compares the programs that `make` gives for the seeds from `first` to `first + count - 1`. */
export async function tally(
  first: number,
  count: number,
  logLevel: number,
  make: (seed: number) => Program = randomProgram,
): Promise<Tally> {
  const kinds = new Map<DifferenceKind, number>();
  const groups = new Map<string, DifferenceGroup>();
  let accepted = 0;
  let unasked = 0;
  let insns = 0;
  let ms = 0;

  const judged = (program: Program, level: number): Judgement => {
    const start = performance.now();
    try {
      const found = judge(program, { logLevel: level, logSize: KERNEL_LOG_SIZE });
      insns += found.seen?.insnsProcessed ?? 0;
      return found.notSimulated === undefined ? found : { ...found, verdict: "not simulated" };
    } catch (fault) {
      return { verdict: "thrown", errno: 0, log: String((fault as Error).stack) };
    } finally {
      ms += performance.now() - start;
    }
  };

  const note = (seed: number, program: Program, level: number, kernel: KernelAnswer): void => {
    if (kernel.error) {
      unasked++;
      return;
    }
    if (kernel.verdict === "accept") accepted++;
    const ours = judged(program, level);
    const found = difference(kernel, ours);
    const { kind } = found;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if (kind === "same") return;
    const key = `${kind}: ${found.group}`;
    const before = groups.get(key);
    const smaller = !before || program.insns.length < before.program.insns.length;
    const shown = smaller ? { seed, program, difference: found, kernel, ours } : before;
    groups.set(key, { ...shown, kind, count: (before?.count ?? 0) + 1 });
  };

  const kernel = new Kernel();
  const asked: { seed: number; program: Program; level: number; answer: Promise<KernelAnswer> }[] = [];
  try {
    for (let seed = first; seed < first + count || asked.length > 0; seed++) {
      if (seed < first + count) {
        const program = make(seed);
        const level = isLong(program) ? BPF_LOG_STATS : logLevel;
        asked.push({ seed, program, level, answer: kernel.ask(program, level) });
        if (asked.length < MAX_PENDING && seed < first + count - 1) continue;
      }
      const next = asked.shift()!;
      note(next.seed, next.program, next.level, await next.answer);
    }
  } finally {
    kernel.close();
  }
  const largestFirst = [...groups.values()].sort((a, b) => b.count - a.count);
  return { programs: count - unasked, accepted, kinds, groups: largestFirst, insns, ms };
}
