// What the verifier believed at the instruction about to run, beside what is really in the registers. Both are indexed
// by the slot; of several visits the first one is taken that holds every value there is.
import { create } from "zustand";
import { type BeliefView, Cancelled, type RunView, type StepView, type VisitView } from "../../engine/index.ts";
import { engine } from "./engine.ts";
import { useMachine } from "./machine.ts";
import { useVerdict } from "./verdict.ts";

export interface BeliefsState {
  /** R0 … R10 before the instruction; null as a whole: nothing to say (edited since, not verified, at the end). */
  readonly regs: readonly (BeliefView | null)[] | null;
}

export const useBeliefs = create<BeliefsState>()(() => ({ regs: null }));

/** Visits looked at for one instruction. */
const LIMIT = 64;
let cache = new Map<number, Promise<readonly VisitView[]>>();
let cached = -1;

export function followMachine(): void {
  let asked = 0;
  const look = async (): Promise<void> => {
    const { run, view } = useMachine.getState();
    const { check } = useVerdict.getState();
    const mine = ++asked;
    if (!run || !view || view.slot < 0 || !check || !sameProgram(run, check.slots)) {
      useBeliefs.setState({ regs: null });
      return;
    }
    if (cached !== check.revision) {
      cache = new Map();
      cached = check.revision;
    }
    let visits = cache.get(view.slot);
    if (!visits) {
      visits = engine().api.check.visits(check.revision, view.slot, LIMIT);
      cache.set(view.slot, visits);
    }
    try {
      const found = (await visits).find((visit) => holds(visit, view));
      if (mine === asked) useBeliefs.setState({ regs: found?.before.regs ?? null });
    } catch (error) {
      cache.delete(view.slot);
      if (!(error instanceof Cancelled)) throw error;
    }
  };
  useMachine.subscribe((now, before) => now.view !== before.view && void look());
  useVerdict.subscribe((now, before) => now.check !== before.check && void look());
}

const sameProgram = (run: RunView, slots: RunView["slots"]): boolean =>
  run.slots.length === slots.length && run.slots.every((slot, i) => slot.hex === slots[i]?.hex);

/** Is every value of the step inside what the visit claims? Pointers are not compared: their addresses are ours. */
function holds(visit: VisitView, view: StepView): boolean {
  return visit.before.regs.every((belief, n) => {
    if (!belief?.bounds || !belief.isNumber) return true;
    const value = BigInt(`0x${view.regs[n]}`);
    const { umin, umax, value: known, mask } = belief.bounds;
    return (
      value >= BigInt(umin) &&
      value <= BigInt(umax) &&
      (value & ~BigInt(`0x${mask}`) & 0xffff_ffff_ffff_ffffn) === BigInt(`0x${known}`)
    );
  });
}
