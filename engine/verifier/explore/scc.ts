// Visits of loops. A state that was found equal to one whose loop is still being explored has not yet all precision marks;
// it waits here as a back edge until the loop was left, and then marks go round until nothing changes.
// @kernel verifier.c compute_scc_callchain … update_branch_counts
import { BPF_LOG_LEVEL2 } from "../log/buffer.ts";
import { verifierBug } from "../refuse.ts";
import { type Env, verbose } from "../state/env.ts";
import type { ExploredState, VerifierState } from "../state/state.ts";
import { frameInsnIdx } from "./equal.ts";
import { markAllScalarsPrecise, propagatePrecision } from "./precision.ts";

/** One loop, entered through one chain of calls. */
interface SccVisit {
  readonly scc: number;
  readonly callsites: readonly number[];
  /** The first state kept in it, until every path from there was explored. */
  entry: VerifierState | null;
  /** States that were pruned in it, newest first. */
  backedges: VerifierState[];
  numBackedges: number;
}

/** Rounds after which marks stop being passed on one by one. */
const MAX_BACKEDGE_ITERS = 64;

const visitsOf = (env: Env): SccVisit[] => (env.sccVisits ??= []) as SccVisit[];

/** The frame nearest to main that stands in a loop says which; -1 where none does. */
function loopFrame(env: Env, state: VerifierState): number {
  for (let i = 0; i <= state.curframe; i++) if (env.aux[frameInsnIdx(state, i)]!.scc !== 0) return i;
  return -1;
}

/** The visit that `state` belongs to; made where `make`. @kernel verifier.c scc_visit_lookup */
function visitOf(env: Env, state: VerifierState, frame: number, make: boolean): SccVisit | null {
  const { scc } = env.aux[frameInsnIdx(state, frame)]!;
  const visits = visitsOf(env);
  for (const visit of visits) {
    if (visit.scc !== scc || visit.callsites.length !== frame) continue;
    let same = true;
    for (let i = 0; i < frame && same; i++) same = visit.callsites[i] === frameInsnIdx(state, i);
    if (same) return visit;
  }
  if (!make) return null;
  const callsites: number[] = [];
  for (let i = 0; i < frame; i++) callsites.push(frameInsnIdx(state, i));
  const visit: SccVisit = { scc, callsites, entry: null, backedges: [], numBackedges: 0 };
  visits.push(visit);
  return visit;
}

/** `(call, call, …, scc)`; a call at slot 0 ends the list. @kernel verifier.c format_callchain */
function callchainText(env: Env, visit: SccVisit): string {
  const end = visit.callsites.indexOf(0);
  const calls = end < 0 ? visit.callsites : visit.callsites.slice(0, end);
  return `(${calls.map((call) => `${env.slotNumber(call)},`).join("")}${visit.scc})`;
}

/** @kernel verifier.c maybe_enter_scc */
export function maybeEnterScc(env: Env, state: VerifierState): void {
  const frame = loopFrame(env, state);
  if (frame < 0) return;
  const visit = visitOf(env, state, frame, true)!;
  if (visit.entry) return;
  visit.entry = state;
  if (env.log.level & BPF_LOG_LEVEL2) verbose(env, "loop", `SCC enter ${callchainText(env, visit)}\n`);
}

/** Keeps a pruned state of a loop until the loop is left. @kernel verifier.c add_scc_backedge */
export function addBackedge(env: Env, old: VerifierState, backedge: VerifierState): number {
  const frame = loopFrame(env, old);
  const visit = frame < 0 ? null : visitOf(env, old, frame, false);
  if (!visit) return verifierBug(env, "a back edge of no loop", true);
  if (env.log.level & BPF_LOG_LEVEL2) verbose(env, "loop", `SCC backedge ${callchainText(env, visit)}\n`);
  visit.backedges.unshift(backedge);
  visit.numBackedges++;
  env.numBackedges++;
  updatePeakStates(env);
  return 0;
}

/** May marks of `state` still grow, because a back edge of its loop waits? @kernel verifier.c incomplete_read_marks */
export function incompleteMarks(env: Env, state: VerifierState): boolean {
  if (env.sccVisits === null) return false;
  const frame = loopFrame(env, state);
  if (frame < 0) return false;
  const visit = visitOf(env, state, frame, false);
  return visit !== null && visit.backedges.length > 0;
}

/** @kernel verifier.c propagate_backedges */
function propagateBackedges(env: Env, visit: SccVisit): number {
  const result = { changed: false };
  let round = 0;
  do {
    if (round++ > MAX_BACKEDGE_ITERS) {
      if (env.log.level & BPF_LOG_LEVEL2) verbose(env, "precision", "propagate_backedges: too many iterations\n");
      for (const state of visit.backedges) markAllScalarsPrecise(env, state);
      break;
    }
    result.changed = false;
    for (const state of visit.backedges) {
      const err = propagatePrecision(env, state.equalState!, state, result);
      if (err !== 0) return err;
    }
  } while (result.changed);
  visit.backedges = [];
  return 0;
}

/** @kernel verifier.c maybe_exit_scc */
function maybeExitScc(env: Env, state: VerifierState): number {
  const frame = loopFrame(env, state);
  if (frame < 0) return 0;
  const visit = visitOf(env, state, frame, false);
  if (!visit) return state.speculative ? 0 : verifierBug(env, "the end of no loop", true);
  if (visit.entry !== state) return 0;
  if (env.log.level & BPF_LOG_LEVEL2) verbose(env, "loop", `SCC exit ${callchainText(env, visit)}\n`);
  visit.entry = null;
  env.numBackedges -= visit.numBackedges;
  visit.numBackedges = 0;
  updatePeakStates(env);
  return propagateBackedges(env, visit);
}

/** @kernel verifier.c update_peak_states */
export function updatePeakStates(env: Env): void {
  const states = env.exploredSize + env.freeListSize + env.numBackedges;
  if (states > env.peakStates) env.peakStates = states;
}

/** An evicted state from which nothing is left to explore counts no longer. @kernel verifier.c maybe_free_verifier_state */
export function maybeFree(env: Env, entry: ExploredState): void {
  if (entry.inFreeList && entry.state.branches === 0 && !incompleteMarks(env, entry.state)) env.freeListSize--;
}

/** A path has ended: each state behind it has one path less to wait for. @kernel verifier.c update_branch_counts */
export function updateBranchCounts(env: Env, state: VerifierState): number {
  let entry: ExploredState | null = null;
  for (let at: VerifierState | null = state; at; ) {
    at.branches--;
    if (at.branches !== 0) break;
    const err = maybeExitScc(env, at);
    if (err !== 0) return err;
    const parent: VerifierState | null = at.parent;
    if (entry) maybeFree(env, entry);
    entry = parent?.entry ?? null;
    at = parent;
  }
  return 0;
}
