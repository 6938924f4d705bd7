// What the page shows of a verification: at each visit of an instruction the state before and after it, which visit came
// before it on its path, and why a path ended. States are kept whole, but the registers and slots in them are shared, so
// that a visit costs little; the number of visits is bounded, those that come later are counted only.
import type { Env } from "./state/env.ts";
import { scratchNone } from "./state/env.ts";
import { cloneVerifierState, type VerifierState } from "./state/state.ts";

export interface TraceOptions {
  /** Visits to keep. */
  readonly maxVisits: number;
  /** Walk each path to its end, also where an earlier one covers it, so that every value of every run is in some visit; until there are too many. */
  readonly everyPath?: boolean;
}

export interface Visit {
  readonly insnIdx: number;
  /** Index of the visit that came before on this path; -1: the program starts here. */
  readonly prev: number;
  /** Position in the whole log before the instruction's lines, and after them. */
  readonly logPos: number;
  logEnd: number;
  readonly before: VerifierState;
  /** Undefined where the path ended before or at this instruction. */
  after: VerifierState | undefined;
  /** Why the path goes no further; undefined: it does. */
  end: PathEnd | undefined;
}

export type PathEnd =
  | { readonly kind: "exit" }
  /** Everything from here on was found safe from visit `by` on, which believed no more; -1: that visit was not kept. */
  | { readonly kind: "pruned"; readonly by: number }
  /** The rule that refused says so in the log; it had looked at these registers, bit n = Rn. */
  | { readonly kind: "refused"; readonly errno: number; readonly regs: number };

export interface Trace {
  readonly visits: readonly Visit[];
  /** Visits that were not kept. */
  readonly dropped: number;
}

/** A state for reading: without its place among the states of the walk, which would keep all of them. */
function snapshot(state: VerifierState): VerifierState {
  const copy = cloneVerifierState({ ...state, history: [] });
  copy.parent = null;
  copy.equalState = null;
  return copy;
}

/** Mutable; one per verification that is traced. */
export class Tracer {
  readonly #max: number;
  readonly #visits: Visit[] = [];
  #dropped = 0;
  /** The visit under way, or the last one of this path; -1: none, or not kept. */
  #at = -1;
  /** What the visit before left, which is what the next one finds; null: it comes from elsewhere. */
  #left: VerifierState | null = null;
  /** Where each branch that was put aside forked, and each state that was kept stood. */
  readonly #visitOf = new WeakMap<VerifierState, number>();

  constructor(maxVisits: number) {
    this.#max = maxVisits;
  }

  /** Visits are only counted from here on. */
  get full(): boolean {
    return this.#visits.length >= this.#max;
  }

  arrive(env: Env, insnIdx: number): void {
    if (this.#visits.length >= this.#max) {
      this.#dropped++;
      this.#at = -1;
      return;
    }
    if (env.log.level === 0) scratchNone(env);
    const pos = env.log.endPos;
    const before = this.#left ?? snapshot(env.curState);
    this.#left = null;
    this.#visits.push({ insnIdx, prev: this.#at, logPos: pos, logEnd: pos, before, after: undefined, end: undefined });
    this.#at = this.#visits.length - 1;
  }

  leave(env: Env, ends: boolean): void {
    const visit = this.#visits[this.#at];
    if (visit === undefined) return;
    visit.after = snapshot(env.curState);
    if (!ends) this.#left = visit.after;
    visit.logEnd = env.log.endPos;
    if (ends) visit.end = { kind: "exit" };
  }

  pruned(env: Env): void {
    const visit = this.#visits[this.#at];
    if (visit === undefined) return;
    visit.logEnd = env.log.endPos;
    visit.end = { kind: "pruned", by: (env.prunedBy && this.#visitOf.get(env.prunedBy)) ?? -1 };
  }

  refused(env: Env, err: number): void {
    const visit = this.#visits[this.#at];
    if (visit === undefined) return;
    visit.logEnd = env.log.endPos;
    visit.end = { kind: "refused", errno: -err, regs: env.scratchedRegs & 0x7ff };
  }

  /** The current state was compared with those kept here and, it may be, kept itself. */
  kept(env: Env): void {
    const { parent } = env.curState;
    if (parent !== null && !this.#visitOf.has(parent)) this.#visitOf.set(parent, this.#at);
  }

  putAside(branch: VerifierState): void {
    this.#visitOf.set(branch, this.#at);
  }

  /** The walk goes on with a branch that was put aside. */
  resume(env: Env): void {
    this.#at = this.#visitOf.get(env.curState) ?? -1;
    this.#left = null;
  }

  result(): Trace {
    return { visits: this.#visits, dropped: this.#dropped };
  }
}
