// The refused path: the instructions that the verifier walked from the program's start to the refusal, with the states before and after
// each.
import { formOf, JMP_OPS } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import type { RegState } from "../state/reg.ts";
import type { StateView, Trace } from "../trace.ts";

export interface PathStep {
  readonly slot: number;
  readonly insn: Insn;
  /** Number of the visit in the trace. */
  readonly visit: number;
  readonly before: StateView;
  /** Undefined for the refused instruction. */
  readonly after: StateView | undefined;
}

/**
 * In the order of the walk, the refused instruction last. [] if no walked instruction was refused, if its visit was not kept, or if the
 * path is longer than anybody reads.
 */
export type Path = readonly PathStep[];

const MOST_STEPS = 20_000;

export function pathOf(trace: Trace, insns: readonly Insn[]): Path {
  const steps: PathStep[] = [];
  const { visits } = trace;
  for (let visit = visits.refused; visit >= 0; visit = visits.prevOf(visit)) {
    if (steps.length === MOST_STEPS) return [];
    const { insnIdx: slot, before, after } = visits.at(visit)!;
    steps.push({ slot, insn: insns[slot]!, visit, before, after });
  }
  return steps.reverse();
}

/** Rn of the innermost frame of a state. */
export const regOf = (state: StateView, n: number): RegState | undefined => state.frames[state.curframe]?.regs[n];

/** Whether the branch at step `at` of the path jumped. undefined: no step comes after it. */
export function jumped(path: Path, at: number): boolean | undefined {
  const next = path[at + 1];
  return next && next.slot !== path[at]!.slot + 1;
}

/** A comparison as the log writes it: `r3 > 14`. */
export function testText(insn: Insn): string {
  const form = formOf(insn);
  if (form?.kind !== "jmp") return "";
  const r = form.width === 32 ? "w" : "r";
  return `${r}${insn.dst} ${JMP_OPS[form.op].symbol} ${form.source === "reg" ? `${r}${insn.src}` : insn.imm}`;
}

/** The last one found for each slot, in their order. A loop passes the same instruction many times. */
export function lastOfEach<T extends { readonly slot: number }>(found: readonly T[]): T[] {
  const later = new Set<number>();
  const last: T[] = [];
  for (const one of found.toReversed()) {
    if (later.has(one.slot)) continue;
    later.add(one.slot);
    last.push(one);
  }
  return last.reverse();
}
