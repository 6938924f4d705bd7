// What the page shows of a verification: at each visit of an instruction the state before and after, and why a path ended.
// States are kept whole, but registers and slots in them are shared, so that a visit costs little; the number of visits
// is bounded, the last ones are given up.
import type { VerifierState } from "./state/state.ts";

export interface TraceOptions {
  /** Visits to keep; those after are counted only. */
  readonly maxVisits: number;
}

/** Why a path went no further than this visit. */
export type PathEnd = "exit" | "pruned" | "refused";

export interface Visit {
  readonly insnIdx: number;
  /** Visit that came before on this path; -1: the program starts here. */
  readonly prev: number;
  /** Position of the log before the instruction's line. */
  readonly logPos: number;
  readonly before: VerifierState;
  /** undefined: the instruction was refused or the path ended before it. */
  after?: VerifierState;
  end?: PathEnd;
}

export interface Trace {
  readonly visits: Visit[];
  /** Visits that were not kept. */
  dropped: number;
}
