// What the page shows of a verification: for each visit of an instruction the state before and after it, the visit that came before it
// on its path, and why a path ended. Everything is in typed arrays; for states see trace-states.ts. The number of visits is limited:
// later ones are only counted.
import { type Env, type Onlooker, scratchNone } from "./state/env.ts";
import type { VerifierState } from "./state/state.ts";
import { type StateView, TraceStates } from "./trace-states.ts";

export type { StateView } from "./trace-states.ts";

export interface TraceOptions {
  /** The number of visits to keep. */
  readonly maxVisits: number;
  /**
   * Walk each path to its end, even if an earlier one covers it, so that every value of every run is in some visit. This stops when
   * there are too many visits.
   */
  readonly everyPath?: boolean;
}

export interface Visit {
  readonly insnIdx: number;
  /** Number of the visit that came before it on this path. -1: the program starts here. */
  readonly prev: number;
  /** Position in the whole log of the instruction's first line. */
  readonly logPos: number;
  /** A new object for each access. */
  readonly before: StateView;
  /** Undefined if the path ended before or at this instruction. */
  readonly after: StateView | undefined;
  /** Why the path ends here. undefined: it continues. */
  readonly end: PathEnd | undefined;
}

export type PathEnd =
  | { readonly kind: "exit" }
  /** Everything from here on was found safe in the paths from visit `by`, whose state covers this one. -1: that visit was not kept. */
  | { readonly kind: "pruned"; readonly by: number }
  /** The reason is in the log. `regs`: the registers that the check used, bit n is Rn. */
  | { readonly kind: "refused"; readonly errno: number; readonly regs: number };

export interface Trace {
  readonly visits: Visits;
  /** Number of visits that were not kept. */
  readonly dropped: number;
}

/** What became of a visit. Other values (-1 and up) are the number of the visit that covers it, -1 for one that was not kept. */
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

  /** Number of the visit that was refused. -1: none was, or it was not kept. */
  get refused(): number {
    return this.#store.refused === undefined ? -1 : this.#store.refused.visit;
  }

  /** Undefined if there is no visit with this number. */
  at(number: number): Visit | undefined {
    return number >= 0 && number < this.#store.length ? new StoredVisit(this.#store, number) : undefined;
  }

  /** The slot of a visit. -1: there is no visit with this number. */
  slotOf(number: number): number {
    return number >= 0 && number < this.#store.length ? this.#store.slots[number]! : -1;
  }

  /** The same as Visit.prev, but does not make a Visit. */
  prevOf(number: number): number {
    return this.#store.prevs[number]!;
  }

  /** Whether there is a visit of the slot. */
  hasVisitOf(slot: number): boolean {
    return this.#store.slots.subarray(0, this.#store.length).includes(slot);
  }

  *[Symbol.iterator](): Generator<Visit> {
    for (let number = 0; number < this.length; number++) yield this.at(number)!;
  }
}

/** One entry for each visit, in arrays that grow. */
class Store {
  length = 0;
  slots = new Int32Array(64);
  prevs = new Int32Array(64);
  positions = new Float64Array(64);
  /** Number of the state before the visit. The state after it has the next number. */
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

  get before(): StateView {
    return this.#store.believed.at(this.#store.states[this.#number]!);
  }

  get after(): StateView | undefined {
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

/** Mutable. One for each verification with a trace. */
export class Tracer implements Onlooker {
  readonly #max: number;
  readonly #store = new Store();
  #dropped = 0;
  /** The current visit, or the last one of this path. -1: none, or not kept. */
  #at = -1;
  /** Number of the state after the last visit, which is the state before the next one. -1: the next one begins elsewhere. */
  #left = -1;
  /** The visit at which each branch that was put aside forked, and the visit of each state that was kept. */
  readonly #visitOf = new WeakMap<VerifierState, number>();

  constructor(maxVisits: number) {
    this.#max = maxVisits;
  }

  /** Whether further visits are only counted. */
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

  /** The current state was compared with the states kept at this instruction, and perhaps kept itself. */
  kept(env: Env): void {
    const { parent } = env.curState;
    if (parent !== null && !this.#visitOf.has(parent)) this.#visitOf.set(parent, this.#at);
  }

  putAside(branch: VerifierState): void {
    this.#visitOf.set(branch, this.#at);
  }

  /** The walk continues with a branch that was put aside. */
  resume(env: Env): void {
    this.#at = this.#visitOf.get(env.curState) ?? -1;
    this.#left = -1;
  }

  result(): Trace {
    return { visits: new Visits(this.#store), dropped: this.#dropped };
  }
}
