// Which scalars had to be known exactly. If safety depends on the range of a register, the path is walked backwards, instruction by
// instruction and state by state, and all scalars that the range came from are marked precise. The ranges of all other scalars need
// not be compared when states are compared.
// @kernel verifier.c push_jmp_history, __mark_chain_precision, mark_all_scalars_precise, mark_all_scalars_imprecise,
// propagate_precision (Linux 6.18)

import { ENOTSUPP } from "../../facts/errno.ts";
import * as c from "../../isa/codes.ts";
import { BPF_LOG_LEVEL2 } from "../log/buffer.ts";
import { printVerifierState } from "../print/state.ts";
import { verifierBug } from "../refuse.ts";
import { type Env, verbose } from "../state/env.ts";
import { type RegState, withPrecise } from "../state/reg.ts";
import { SCALAR_VALUE } from "../state/regtype.ts";
import { isSpilledReg, isSpilledScalar, type StackSlot } from "../state/stack.ts";
import type { FuncState, HistoryEntry, LinkedReg, VerifierState } from "../state/state.ts";
import * as st from "../state/state.ts";
import { ARGS, Backtrack, backtrackInsn } from "./backtrack.ts";

/**
 * Writes the instruction env.insnIdx, with these flags and linked registers, into a state's history. Each instruction gets one entry: a
 * second call adds to it. Always returns 0.
 */
export function pushJmpHistory(
  env: Env,
  state: VerifierState,
  flags: number,
  linked: readonly LinkedReg[] | null,
): number {
  const { history } = state;
  const current = env.curHistEntry;
  if (current !== null) {
    env.curHistEntry = entryOf(env, current.idx, current.prevIdx, current.flags | flags, linked);
    const at = history.lastIndexOf(current);
    if (at >= 0) history[at] = env.curHistEntry;
    return 0;
  }
  env.curHistEntry = entryOf(env, env.insnIdx, env.prevInsnIdx, flags, linked);
  history.push(env.curHistEntry);
  return 0;
}

/** A new entry, or the slot's last one if it is equal. So the rounds of a loop share entries. */
function entryOf(
  env: Env,
  idx: number,
  prevIdx: number,
  flags: number,
  linked: readonly LinkedReg[] | null,
): HistoryEntry {
  const aux = env.aux[idx]!;
  const last = aux.history;
  if (last !== null && last.prevIdx === prevIdx && last.flags === flags && linked === null) return last;
  const entry = { idx, prevIdx, flags, linked };
  if (linked === null) aux.history = entry;
  return entry;
}

/** One object for all walks backwards. No such walk begins within another. */
const traced = new Backtrack();

/** Marks all that register `regno` of the current frame came from. Returns 0 or -errno. @kernel mark_chain_precision */
export function markChainPrecision(env: Env, regno: number): number {
  const bt = traced.restart(env.curState.curframe);
  if (regno >= 0) bt.set(regno);
  return backtrack(env, env.curState, bt);
}

/** Marks all that slot `spi` of frame `frameno` came from. Returns 0 or -errno. @kernel bt_set_frame_slot, mark_chain_precision_batch */
export function markSlotPrecise(env: Env, frameno: number, spi: number): number {
  const bt = traced.restart(env.curState.curframe);
  bt.setSlot(frameno, spi);
  return backtrack(env, env.curState, bt);
}

/** Result of propagatePrecision: whether any state got a new mark. */
export interface Changed {
  changed: boolean;
}

/**
 * Passes the marks of `old` on to the path that led to `cur`. `cur` is not explored, because `old` covers it, so its path needs the
 * same marks. Returns 0 or -errno.
 */
export function propagatePrecision(env: Env, old: VerifierState, cur: VerifierState, result?: Changed): number {
  const bt = traced.restart(cur.curframe);
  const log = (env.log.level & BPF_LOG_LEVEL2) !== 0;
  for (let fr = old.curframe; fr >= 0; fr--) {
    const func = old.frames[fr]!;
    const names: string[] = [];
    let found = false;
    for (let r = 0; r < c.BPF_REG_FP; r++) {
      if (!isPrecise(func.regs[r]!)) continue;
      found = true;
      if (log) names.push(`r${r}`);
      bt.setReg(fr, r);
    }
    for (let spi = 0; spi < func.stack.length; spi++) {
      const slot = func.stack[spi]!;
      if (!isSpilledReg(slot) || !isPrecise(slot.spilled)) continue;
      found = true;
      if (log) names.push(`fp${-8 * (spi + 1)}`);
      bt.setSlot(fr, spi);
    }
    if (!found) continue;
    // The end of the line is printed at level 1 as well.
    verbose(env, "precision", log ? `frame ${fr}: propagating ${names.join(",")}\n` : "\n");
  }
  return backtrack(env, cur, bt, result);
}

const isPrecise = (reg: RegState): boolean => reg.type === SCALAR_VALUE && reg.precise;

/** Walks back from `starting` until nothing is traced any more. @kernel __mark_chain_precision */
function backtrack(env: Env, starting: VerifierState, bt: Backtrack, result?: Changed): number {
  if (bt.empty) return 0;
  const log = (env.log.level & BPF_LOG_LEVEL2) !== 0;
  let state = starting;
  let firstIdx = state.firstInsnIdx;
  let lastIdx = starting.insnIdx;
  let subseqIdx = -1;
  let skipFirst = true;
  for (;;) {
    if (log) {
      const [last, first, subseq] = [lastIdx, firstIdx, subseqIdx].map(env.slotNumber);
      const walk = `last_idx ${last} first_idx ${first} subseq_idx ${subseq} `;
      verbose(env, "precision", `mark_precise: frame${bt.frame}: ${walk}\n`, lastIdx);
    }
    if (lastIdx < 0) return atFunctionEntry(env, state, bt, result);
    let historyLeft = state.history.length;
    for (let i = lastIdx; ; ) {
      let err = 0;
      const entry = entryAt(state, historyLeft, i);
      if (skipFirst) skipFirst = false;
      else err = backtrackInsn(env, i, subseqIdx, entry, bt);
      if (err === -ENOTSUPP) {
        markAllScalarsPrecise(env, starting);
        return 0;
      }
      if (err !== 0) return err;
      if (bt.empty) return 0;
      subseqIdx = i;
      if (i === state.firstInsnIdx && (historyLeft === 0 || (historyLeft === 1 && entry !== null))) break;
      if (entry !== null) {
        i = entry.prevIdx;
        historyLeft--;
      } else i--;
      if (i < 0 || i >= env.insns.length) return verifierBug(env, `backtracking idx ${i}`);
    }
    if (state.parent === null) break;
    state = state.parent;
    const err = markParent(env, state, bt, log, result);
    if (err !== 0) return err;
    if (bt.empty) return 0;
    subseqIdx = firstIdx;
    lastIdx = state.lastInsnIdx;
    firstIdx = state.firstInsnIdx;
  }
  // Something could not be traced, such as a slot that was written through a copy of the frame pointer.
  if (!bt.empty) markAllScalarsPrecise(env, starting);
  return 0;
}

const entryAt = (state: VerifierState, historyEnd: number, insnIdx: number): HistoryEntry | null => {
  if (historyEnd === 0) return null;
  const entry = state.history[historyEnd - 1]!;
  return entry.idx === insnIdx ? entry : null;
};

/** Handles the start of a function. Only arguments of a global function may still be traced there. */
function atFunctionEntry(env: Env, state: VerifierState, bt: Backtrack, result: Changed | undefined): number {
  const func = state.frames[0]!;
  const isGlobal = state.curframe === 0 && func.subprogno > 0 && func.callsite === st.BPF_MAIN_FUNC;
  if (!isGlobal || !bt.noSlots || (bt.mask & ~ARGS) !== 0) {
    return verifierBug(env, `backtracking func entry subprog ${func.subprogno} reg_mask ${bt.mask.toString(16)}`);
  }
  for (let r = 1; r <= 5; r++) if (bt.has(r)) markReg(func, r, result);
  return 0;
}

function markReg(func: FuncState, regno: number, result: Changed | undefined): void {
  const reg = func.regs[regno]!;
  if (reg.type !== SCALAR_VALUE) return;
  func.regs[regno] = withPrecise(reg, true);
  if (result !== undefined) result.changed = true;
}

/** Marks in a parent state all that is traced. What was precise there already is not traced further. */
function markParent(env: Env, state: VerifierState, bt: Backtrack, log: boolean, result: Changed | undefined): number {
  for (let fr = bt.frame; fr >= 0; fr--) {
    const func = state.frames[fr]!;
    for (let r = 0; r < func.regs.length; r++) {
      if (((bt.regs[fr]! >> r) & 1) === 0) continue;
      const reg = func.regs[r]!;
      if (reg.type !== SCALAR_VALUE || reg.precise) bt.clearReg(fr, r);
      else markReg(func, r, result);
    }
    if ((bt.slotsLo[fr]! | bt.slotsHi[fr]!) !== 0) {
      for (let spi = 0; spi < 64; spi++) {
        if (!bt.hasSlot(fr, spi)) continue;
        const slot = func.stack[spi];
        if (slot === undefined) return verifierBug(env, `stack slot ${spi}, total slots ${func.stack.length}`);
        if (!isSpilledScalar(slot) || slot.spilled.precise) bt.clearSlot(fr, spi);
        else {
          func.stack[spi] = preciseSlot(slot, true);
          if (result !== undefined) result.changed = true;
        }
      }
    }
    if (log) {
      verbose(env, "precision", `mark_precise: frame${fr}: parent state ${bt.text(fr)}: `, state.insnIdx);
      printVerifierState(env, state, fr, true);
    }
  }
  return 0;
}

const preciseSlot = (slot: StackSlot, precise: boolean): StackSlot => ({
  types: slot.types,
  spilled: withPrecise(slot.spilled, precise),
});

/** Gives up tracing, and marks all scalars of all parent states precise. @kernel mark_all_scalars_precise */
export function markAllScalarsPrecise(env: Env, starting: VerifierState): void {
  const log = (env.log.level & BPF_LOG_LEVEL2) !== 0;
  if (log) {
    const text = `mark_precise: frame${starting.curframe}: falling back to forcing all scalars precise\n`;
    verbose(env, "precision", text);
  }
  for (let state = starting.parent; state !== null; state = state.parent) {
    for (let fr = 0; fr <= state.curframe; fr++) {
      const func = state.frames[fr]!;
      for (let r = 0; r < c.BPF_REG_FP; r++) {
        const reg = func.regs[r]!;
        if (reg.type !== SCALAR_VALUE || reg.precise) continue;
        func.regs[r] = withPrecise(reg, true);
        if (log) verbose(env, "precision", `force_precise: frame${fr}: forcing r${r} to be precise\n`);
      }
      for (let spi = 0; spi < func.stack.length; spi++) {
        const slot = func.stack[spi]!;
        if (!isSpilledScalar(slot) || slot.spilled.precise) continue;
        func.stack[spi] = preciseSlot(slot, true);
        if (log) verbose(env, "precision", `force_precise: frame${fr}: forcing fp${-8 * (spi + 1)} to be precise\n`);
      }
    }
  }
}

/** Removes the marks that a state inherited, before it is kept. @kernel mark_all_scalars_imprecise */
export function markAllScalarsImprecise(state: VerifierState): void {
  for (let fr = 0; fr <= state.curframe; fr++) {
    const func = state.frames[fr]!;
    for (let r = 0; r < c.BPF_REG_FP; r++) {
      const reg = func.regs[r]!;
      if (isPrecise(reg)) func.regs[r] = withPrecise(reg, false);
    }
    for (let spi = 0; spi < func.stack.length; spi++) {
      const slot = func.stack[spi]!;
      if (isSpilledScalar(slot) && slot.spilled.precise) func.stack[spi] = preciseSlot(slot, false);
    }
  }
}
