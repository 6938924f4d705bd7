// The refused path: the instructions that the verifier walked from the program's start to the refusal, with the states before
// and after each.
import type { Insn } from "../../isa/insn.ts";
import type { RegState } from "../state/reg.ts";
import type { VerifierState } from "../state/state.ts";
import type { Trace } from "../trace.ts";

export interface PathStep {
  readonly slot: number;
  readonly insn: Insn;
  /** Number of the visit in the trace. */
  readonly visit: number;
  readonly before: VerifierState;
  /** Undefined at the refused instruction. */
  readonly after: VerifierState | undefined;
}

/** In the order in which it was walked; the refused instruction last. [] where the refusal was not walked into, or not kept. */
export type Path = readonly PathStep[];

export function pathOf(trace: Trace, insns: readonly Insn[]): Path {
  const steps: PathStep[] = [];
  const { visits } = trace;
  let visit = visits.findLastIndex(({ end }) => end?.kind === "refused");
  while (visit >= 0) {
    const { insnIdx: slot, before, after, prev } = visits[visit]!;
    steps.push({ slot, insn: insns[slot]!, visit, before, after });
    visit = prev;
  }
  return steps.reverse();
}

/** Rn of the innermost frame of a state. */
export const regOf = (state: VerifierState, n: number): RegState | undefined => state.frames[state.curframe]?.regs[n];

/** Did the branch at step `at` of the path jump? Undefined: nothing comes behind it. */
export function jumped(path: Path, at: number): boolean | undefined {
  const next = path[at + 1];
  return next && next.slot !== path[at]!.slot + 1;
}
