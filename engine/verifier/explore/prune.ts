// Runs before an instruction where paths meet. It decides whether an explored state covers the current one (the path ends), whether
// the program loops forever (refused), or whether the path continues, and which states are kept. The thresholds are the kernel's,
// because logs and statistics show their effect.
// @kernel verifier.c is_state_visited, clean_live_states
import { BPF_JCOND, BPF_JMP, BPF_MAY_GOTO } from "../../isa/codes.ts";
import { printLine } from "../print/lines.ts";
import { printVerifierState } from "../print/state.ts";
import { refuseAt } from "../refuse.ts";
import { type Env, verbose } from "../state/env.ts";
import { EINVAL } from "../state/errors.ts";
import { NOT_INIT_REG } from "../state/reg.ts";
import { INVALID_SLOT } from "../state/stack.ts";
import type { ExploredState, FuncState, VerifierState } from "../state/state.ts";
import { cloneVerifierState } from "../state/state.ts";
import {
  EXACT,
  frameInsnIdx,
  NOT_EXACT,
  RANGE_WITHIN,
  sameCallsites,
  statesEqual,
  statesMaybeLooping,
} from "./equal.ts";
import { markAllScalarsImprecise, propagatePrecision, pushJmpHistory } from "./precision.ts";
import { addBackedge, incompleteMarks, maybeEnterScc, maybeFree, updatePeakStates } from "./scc.ts";
import { liveStackQueryInit, stackSlotAlive } from "./stack-liveness.ts";

/** If a history is longer than this, a state is kept, which starts a new history. */
const MAX_JMP_HISTORY = 40;

/**
 * The bucket with the states kept for slot `insnIdx` in the current chain of calls, newest last. It has states of other slots too.
 * @kernel verifier.c explored_state
 */
export function exploredStates(env: Env, insnIdx: number): ExploredState[] {
  const { callsite } = env.curState.frames[env.curState.curframe]!;
  const bucket = ((insnIdx ^ callsite) >>> 0) % env.insns.length;
  return (env.explored[bucket] ??= []);
}

/** @kernel verifier.c clean_func_state */
function cleanFrame(env: Env, frame: FuncState, insnIdx: number): void {
  const live = env.aux[insnIdx]!.liveRegsBefore;
  for (let i = 0; i < 10; i++) if (((live >> i) & 1) === 0) frame.regs[i] = NOT_INIT_REG;
  for (let spi = 0; spi < frame.stack.length; spi++) {
    if (frame.stack[spi] !== INVALID_SLOT && !stackSlotAlive(env, frame.frameno, spi)) frame.stack[spi] = INVALID_SLOT;
  }
}

/** Removes the registers and slots of a finished state that no path from it reads. @kernel verifier.c clean_verifier_state */
function cleanState(env: Env, state: VerifierState): void {
  liveStackQueryInit(env, state);
  state.cleaned = true;
  for (let i = 0; i <= state.curframe; i++) cleanFrame(env, state.frames[i]!, frameInsnIdx(state, i));
}

/** @kernel verifier.c clean_live_states */
function cleanLiveStates(env: Env, insnIdx: number, states: readonly ExploredState[]): void {
  for (let i = states.length - 1; i >= 0; i--) {
    const { state } = states[i]!;
    if (state.branches !== 0 || state.cleaned || state.insnIdx !== insnIdx) continue;
    if (!sameCallsites(state, env.curState)) continue;
    // At one slot and in one chain of calls, all states belong to the same visit of a loop, so the others have the same answer.
    if (incompleteMarks(env, state)) return;
    cleanState(env, state);
  }
}

const isMayGoto = (env: Env, insnIdx: number): boolean => {
  const insn = env.insns[insnIdx]!;
  return insn.code === (BPF_JMP | BPF_JCOND) && insn.src === BPF_MAY_GOTO;
};

/** Ends the path, because the state of `entry` covers `cur`. Passes on its precision marks. Returns 1 or a negative errno. */
function prunedBy(env: Env, entry: ExploredState, cur: VerifierState, insnIdx: number, loop: boolean): number {
  env.prunedBy = entry.state;
  entry.hitCnt++;
  let err = 0;
  if (env.aux[env.insnIdx]!.jmpPoint) err = pushJmpHistory(env, cur, 0, null);
  if (err === 0) err = propagatePrecision(env, entry.state, cur);
  if (err !== 0) return err;
  if (loop) {
    const backedge = cloneVerifierState(cur);
    backedge.equalState = entry.state;
    backedge.insnIdx = insnIdx;
    err = addBackedge(env, entry.state, backedge);
    if (err !== 0) return err;
  }
  return 1;
}

function refuseLoop(env: Env, insnIdx: number, old: VerifierState, cur: VerifierState): number {
  printLine(env, insnIdx);
  const text = `infinite loop detected at insn ${env.slotNumber(insnIdx)}\n`;
  const err = refuseAt(env, insnIdx, "infinite-loop", { insn: insnIdx }, text, EINVAL);
  verbose(env, "compared", "cur state:", insnIdx);
  printVerifierState(env, cur, cur.curframe, true);
  verbose(env, "compared", "old state:", insnIdx);
  printVerifierState(env, old, cur.curframe, true);
  return err;
}

/**
 * What an unfinished state at the same slot means for the current one. ELSE: nothing. EQUAL: it covers the current state. EQUAL_LOOP: it
 * covers it, in a loop that is still being explored. ENDLESS: the program loops forever.
 */
const LOOKS_ELSE = 0;
const LOOKS_EQUAL = 1;
const LOOKS_EQUAL_LOOP = 2;
const LOOKS_ENDLESS = 3;

function compareUnfinished(env: Env, old: VerifierState, cur: VerifierState, insnIdx: number): number {
  const frame = old.frames[old.curframe]!;
  // Another round of an asynchronous callback is no endless loop, but it is not covered either.
  if (frame.inAsyncCallbackFn && frame.asyncEntryCnt !== cur.frames[cur.curframe]!.asyncEntryCnt) return LOOKS_ELSE;
  if (isMayGoto(env, insnIdx) && old.mayGotoDepth !== cur.mayGotoDepth && statesEqual(env, old, cur, RANGE_WITHIN))
    return LOOKS_EQUAL_LOOP;
  if (env.aux[insnIdx]!.callsCallback) return statesEqual(env, old, cur, RANGE_WITHIN) ? LOOKS_EQUAL : LOOKS_ELSE;
  return statesMaybeLooping(old, cur) &&
    statesEqual(env, old, cur, EXACT) &&
    old.mayGotoDepth === cur.mayGotoDepth &&
    old.callbackUnrollDepth === cur.callbackUnrollDepth
    ? LOOKS_ENDLESS
    : LOOKS_ELSE;
}

/** Keeps a copy of the current state, which becomes the parent of the rest of the path. */
function keepState(env: Env, states: ExploredState[], insnIdx: number): void {
  const cur = env.curState;
  env.totalStates++;
  env.exploredSize++;
  updatePeakStates(env);
  env.prevJmpsProcessed = env.jmpsProcessed;
  env.prevInsnProcessed = env.insnProcessed;
  // The marks belong to the parent. The new state gets its own marks from what comes after it.
  markAllScalarsImprecise(cur);
  const kept = cloneVerifierState(cur);
  kept.insnIdx = insnIdx;
  maybeEnterScc(env, kept);
  cur.parent = kept;
  cur.firstInsnIdx = insnIdx;
  cur.dfsDepth = kept.dfsDepth + 1;
  cur.history = [];
  const entry: ExploredState = { state: kept, missCnt: 0, hitCnt: 0, inFreeList: false };
  kept.entry = entry;
  states.push(entry);
}

/** 1: an explored state covers the current one. 0: the path continues. Negative: an errno. @kernel verifier.c is_state_visited */
export function isStateVisited(env: Env, insnIdx: number): number {
  const cur = env.curState;
  const aux = env.aux[insnIdx]!;
  const force = env.testStateFreq || aux.forceCheckpoint || cur.history.length > MAX_JMP_HISTORY;
  const jumps = env.jmpsProcessed - env.prevJmpsProcessed;
  const insns = env.insnProcessed - env.prevInsnProcessed;
  // Paths meet about every fourth instruction. A state for each would cost more than it saves.
  let keep = force || (jumps >= 2 && insns >= 8);

  const states = exploredStates(env, insnIdx);
  cleanLiveStates(env, insnIdx, states);

  const count = states.length;
  for (let i = count - 1; i >= 0; i--) {
    const entry = states[i]!;
    const { state } = entry;
    if (state.insnIdx !== insnIdx) continue;
    if (state.branches !== 0) {
      const looks = compareUnfinished(env, state, cur, insnIdx);
      if (looks === LOOKS_ENDLESS) return refuseLoop(env, insnIdx, state, cur);
      if (looks !== LOOKS_ELSE) return prunedBy(env, entry, cur, insnIdx, looks === LOOKS_EQUAL_LOOP);
      // In a loop most rounds have states that cover nothing, so a state is kept only from time to time.
      if (!force && jumps < 20 && insns < 100) keep = false;
    } else if (!env.everyPath || env.onlooker?.full) {
      const loop = incompleteMarks(env, state);
      if (statesEqual(env, state, cur, loop ? RANGE_WITHIN : NOT_EXACT))
        return prunedBy(env, entry, cur, insnIdx, loop);
    }
    if (keep) entry.missCnt++;
    const patience = aux.forceCheckpoint && state.branches > 0 ? 64 : 3;
    if (entry.missCnt > entry.hitCnt * patience + patience) {
      entry.inFreeList = true;
      states.splice(i, 1);
      env.freeListSize++;
      env.exploredSize--;
      maybeFree(env, entry);
    }
  }
  if (env.maxStatesPerInsn < count) env.maxStatesPerInsn = count;
  if (keep) keepState(env, states, insnIdx);
  return 0;
}
