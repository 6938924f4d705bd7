// What the page shows of a verification: at each visit of an instruction the state before and after it, which visit came
// before it on its path, and why a path ended. All of it lies in typed arrays, states in trace-states.ts; the number of visits
// is bounded, those that come later are counted only.
import type { Env } from "./state/env.ts";
import { scratchNone } from "./state/env.ts";
import type { VerifierState } from "./state/state.ts";
import { type Believed, TraceStates } from "./trace-states.ts";

export type { Believed } from "./trace-states.ts";

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
  /** Position in the whole log before the instruction's lines. */
  readonly logPos: number;
  /** Made anew each time it is asked for. */
  readonly before: Believed;
  /** Undefined where the path ended before or at this instruction. */
  readonly after: Believed | undefined;
  /** Why the path goes no further; undefined: it does. */
  readonly end: PathEnd | undefined;
}

export type PathEnd =
  | { readonly kind: "exit" }
  /** Everything from here on was found safe from visit `by` on, which believed no more; -1: that visit was not kept. */
  | { readonly kind: "pruned"; readonly by: number }
  /** The rule that refused says so in the log; it had looked at these registers, bit n = Rn. */
  | { readonly kind: "refused"; readonly errno: number; readonly regs: number };

export interface Trace {
  readonly visits: Visits;
  /** Visits that were not kept. */
  readonly dropped: number;
}

/** What became of a visit, where no other visit's number stands: those are of a visit that covers this one, -1 of one not kept. */
const GOES_ON = -2;
const UNDER_WAY = -3;
const EXIT = -4;
const REFUSED = -5;

/** The visits of a trace in the verifier's order. */
export class Visits implements Iterable<Visit> {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get length(): number {
    return this.#store.length;
  }

  /** Number of the visit that was refused; -1: none was, or it was not kept. */
  get refused(): number {
    return this.#store.refused === undefined ? -1 : this.#store.refused.visit;
  }

  /** Undefined for a number that no visit has. */
  at(number: number): Visit | undefined {
    return number >= 0 && number < this.#store.length ? new StoredVisit(this.#store, number) : undefined;
  }

  /** The slot of a visit; -1 for a number that no visit has. */
  slotOf(number: number): number {
    return number >= 0 && number < this.#store.length ? this.#store.slots[number]! : -1;
  }

  /** Visit.prev, without the visit. */
  prevOf(number: number): number {
    return this.#store.prevs[number]!;
  }

  /** Is there one of the slot? */
  comeBy(slot: number): boolean {
    return this.#store.slots.subarray(0, this.#store.length).includes(slot);
  }

  *[Symbol.iterator](): Generator<Visit> {
    for (let number = 0; number < this.length; number++) yield this.at(number)!;
  }
}

/** By visit, in arrays that grow. */
class Store {
  length = 0;
  slots = new Int32Array(64);
  prevs = new Int32Array(64);
  positions = new Float64Array(64);
  /** Number of the state before it; that after it is the next. */
  states = new Int32Array(64);
  ends = new Int32Array(64);
  /** The one visit that was refused. */
  refused: { readonly visit: number; readonly errno: number; readonly regs: number } | undefined;
  readonly believed = new TraceStates();

  push(slot: number, prev: number, position: number, state: number): number {
    const number = this.length++;
    if (number === this.slots.length) {
      for (const key of ["slots", "prevs", "states", "ends"] as const) {
        const array = new Int32Array(2 * number);
        array.set(this[key]);
        this[key] = array;
      }
      const positions = new Float64Array(2 * number);
      positions.set(this.positions);
      this.positions = positions;
    }
    this.slots[number] = slot;
    this.prevs[number] = prev;
    this.positions[number] = position;
    this.states[number] = state;
    this.ends[number] = UNDER_WAY;
    return number;
  }
}

class StoredVisit implements Visit {
  readonly #store: Store;
  readonly #number: number;

  constructor(store: Store, number: number) {
    this.#store = store;
    this.#number = number;
  }

  get insnIdx(): number {
    return this.#store.slots[this.#number]!;
  }

  get prev(): number {
    return this.#store.prevs[this.#number]!;
  }

  get logPos(): number {
    return this.#store.positions[this.#number]!;
  }

  get before(): Believed {
    return this.#store.believed.at(this.#store.states[this.#number]!);
  }

  get after(): Believed | undefined {
    const end = this.#store.ends[this.#number]!;
    if (end !== GOES_ON && end !== EXIT) return undefined;
    return this.#store.believed.at(this.#store.states[this.#number]! + 1);
  }

  get end(): PathEnd | undefined {
    const end = this.#store.ends[this.#number]!;
    if (end === GOES_ON || end === UNDER_WAY) return undefined;
    if (end === EXIT) return { kind: "exit" };
    if (end !== REFUSED) return { kind: "pruned", by: end };
    const { errno, regs } = this.#store.refused!;
    return { kind: "refused", errno, regs };
  }
}

/** Mutable; one per verification that is traced. */
export class Tracer {
  readonly #max: number;
  readonly #store = new Store();
  #dropped = 0;
  /** The visit under way, or the last one of this path; -1: none, or not kept. */
  #at = -1;
  /** Number of the state that the visit before left, which the next one finds; -1: it comes from elsewhere. */
  #left = -1;
  /** Where each branch that was put aside forked, and each state that was kept stood. */
  readonly #visitOf = new WeakMap<VerifierState, number>();

  constructor(maxVisits: number) {
    this.#max = maxVisits;
  }

  /** Visits are only counted from here on. */
  get full(): boolean {
    return this.#store.length >= this.#max;
  }

  arrive(env: Env, insnIdx: number): void {
    if (this.full) {
      this.#dropped++;
      this.#at = -1;
      return;
    }
    if (env.log.level === 0) scratchNone(env);
    const before = this.#left >= 0 ? this.#left : this.#store.believed.record(env.curState);
    this.#left = -1;
    this.#at = this.#store.push(insnIdx, this.#at, env.log.endPos, before);
  }

  leave(env: Env, ends: boolean): void {
    if (this.#at < 0) return;
    const after = this.#store.believed.record(env.curState);
    if (!ends) this.#left = after;
    this.#store.ends[this.#at] = ends ? EXIT : GOES_ON;
  }

  pruned(env: Env): void {
    if (this.#at >= 0) this.#store.ends[this.#at] = (env.prunedBy && this.#visitOf.get(env.prunedBy)) ?? -1;
  }

  refused(env: Env, err: number): void {
    if (this.#at < 0) return;
    this.#store.ends[this.#at] = REFUSED;
    this.#store.refused = { visit: this.#at, errno: -err, regs: env.scratchedRegs & 0x7ff };
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
    this.#left = -1;
  }

  result(): Trace {
    return { visits: new Visits(this.#store), dropped: this.#dropped };
  }
}
