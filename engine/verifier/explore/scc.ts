// Visits of loops. If a state is covered by one whose loop is still being explored, the precision marks are not complete yet. The
// covered state is kept here as a back edge until the loop is left. Then marks are passed on until nothing changes.
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
  /** The first state kept in the loop. null: every path from it was explored, or there is none yet. */
  entry: VerifierState | null;
  /** States that were pruned in the loop, newest first. */
  backedges: VerifierState[];
  numBackedges: number;
}

/** After this many rounds of passing marks on, all scalars are marked. */
const MAX_BACKEDGE_ITERS = 64;

const visitsOf = (env: Env): SccVisit[] => (env.sccVisits ??= []) as SccVisit[];

/** The outermost frame that is in a loop. It decides which loop the state belongs to. -1: no frame is in one. */
function loopFrame(env: Env, state: VerifierState): number {
  for (let i = 0; i <= state.curframe; i++) if (env.aux[frameInsnIdx(state, i)]!.scc !== 0) return i;
  return -1;
}

/** The visit that `state` belongs to. If there is none, it is made if `make`, else null. @kernel verifier.c scc_visit_lookup */
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

/** The text `(call,call,…,scc)`. A call at slot 0 ends the list. @kernel verifier.c format_callchain */
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

/** Whether `state` may still get marks, because its loop has back edges waiting. @kernel verifier.c incomplete_read_marks */
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

/** Stops counting an evicted state once all paths from it are explored. @kernel verifier.c maybe_free_verifier_state */
export function maybeFree(env: Env, entry: ExploredState): void {
  if (entry.inFreeList && entry.state.branches === 0 && !incompleteMarks(env, entry.state)) env.freeListSize--;
}

/** A path has ended, so each of its parent states waits for one path less. @kernel verifier.c update_branch_counts */
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
