// Finds the verifier's visit that matches a step of a run: a visit of the instruction about to run, whose beliefs hold for every register.
// If several match, the one whose path agrees with the run for the longest way back.
import { scalarHas } from "../../verifier/domain/scalar.ts";
import type { RegState } from "../../verifier/state/reg.ts";
import { mayBeNull, NOT_INIT, SCALAR_VALUE } from "../../verifier/state/regtype.ts";
import type { Trace } from "../../verifier/trace.ts";
import { visitNumbers } from "../check/beliefs.ts";
import type { RecordedRun } from "./recorded-run.ts";

/** The most instructions compared on the way back, and the most visits examined. */
const MOST_INSNS_BACK = 64;
const MOST_VISITS = 4096;

/** The visit's number. -1: that part of the verification was not kept, or the verifier skipped this path as already covered. */
export function visitOfStep(trace: Trace, run: RecordedRun, step: number): number {
  const { slot, regs, frames, prog } = run.step(step);
  if (slot < 0 || prog !== 0) return -1;
  const values = regs.map((hex) => BigInt(`0x${hex}`));
  let best = -1;
  let longest = -1;
  for (const visit of visitNumbers(trace, slot).subarray(0, MOST_VISITS)) {
    const { frames: believed, curframe } = trace.visits.at(visit)!.before;
    if (curframe !== frames.length - 1) continue;
    if (!believed[curframe]!.regs.every((reg, n) => allowsValue(reg, values[n]!))) continue;
    const length = sharedPathLength(trace, visit, run, step);
    if (length > longest) [best, longest] = [visit, length];
  }
  return best;
}

/** The most steps examined on either side. */
const MOST_STEPS = 512;

/** The step of the run that matches a visit: the first at `from` or later, else the last before it. -1: none. */
export function stepOfVisit(trace: Trace, run: RecordedRun, visit: number, from: number): number {
  const slot = trace.visits.slotOf(visit);
  if (slot < 0) return -1;
  const belongs = (step: number): boolean => visitOfStep(trace, run, step) === visit;
  return nearestStep(run, slot, from, belongs);
}

/** The nearest step at which a slot of the first program is about to run: at `from` or later, else before it. -1: none. */
export function nearestStep(
  run: RecordedRun,
  slot: number,
  from: number,
  isWanted: (step: number) => boolean = (step) => run.step(step).prog === 0,
): number {
  const { timeline, outcome, length } = run;
  // After an exit nothing is about to run.
  const last = outcome.kind === "exit" ? length - 1 : length;
  const search = (first: number, by: 1 | -1): number => {
    let looked = 0;
    for (let step = first; step >= 0 && step <= last && looked < MOST_STEPS; step += by) {
      if (timeline.slotAt(step) !== slot) continue;
      looked++;
      if (isWanted(step)) return step;
    }
    return -1;
  };
  const start = Math.max(0, Math.min(last, from));
  const later = search(start, 1);
  return later >= 0 ? later : search(start - 1, -1);
}

/** Whether the value is one that the verifier expects. A pointer is only compared with NULL, because addresses are the simulation's own. */
function allowsValue(reg: RegState, value: bigint): boolean {
  if (reg.type === NOT_INIT) return true;
  if (reg.type === SCALAR_VALUE) return scalarHas(reg.val, value);
  return value !== 0n || mayBeNull(reg.type);
}

/** Number of instructions that the visit's path and the run have in common, counted back from the step. */
function sharedPathLength(trace: Trace, visit: number, { timeline }: RecordedRun, step: number): number {
  let length = 0;
  let at = trace.visits.prevOf(visit);
  while (
    length < MOST_INSNS_BACK &&
    at >= 0 &&
    length < step &&
    trace.visits.slotOf(at) === timeline.slotAt(step - 1 - length)
  ) {
    length++;
    at = trace.visits.prevOf(at);
  }
  // Both go back to the program's start.
  return at < 0 && length === step ? MOST_INSNS_BACK + 1 : length;
}
