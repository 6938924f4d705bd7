// Which scalars had to be known exactly: when the range of a register decides about safety, the way that led here is
// walked backwards, instruction by instruction and state by state, and everything the range came from is marked precise.
// States may then be compared loosely everywhere else.  @kernel verifier.c push_jmp_history, backtrack_insn,
// __mark_chain_precision, mark_all_scalars_precise, mark_all_scalars_imprecise, propagate_precision (Linux 6.18)
import { ERRNO } from "../../facts/errno.ts";
import * as c from "../../isa/codes.ts";
import { insnText } from "../log/insn.ts";
import { printVerifierState } from "../log/state.ts";
import { callsSyncCallback, isKfuncCall, isLocalCall, isTailCall } from "../prepass/callees.ts";
import { type Env, findSubprog, verbose } from "../state/env.ts";
import type { RegState } from "../state/reg.ts";
import { SCALAR_VALUE } from "../state/regtype.ts";
import { isSpilledReg, isSpilledScalar, type StackSlot } from "../state/stack.ts";
import type { FuncState, HistoryEntry, LinkedReg, VerifierState } from "../state/state.ts";
import * as st from "../state/state.ts";
import { slotsText } from "./stack-liveness.ts";

/** Not a UAPI errno; inside this file it says "cannot be traced, mark everything". */
const ENOTSUPP = 524;
/** R1 … R5. */
const ARGS = 0x3e;

/** Registers and stack slots that are being traced, for each frame. */
export class Backtrack {
  frame = 0;
  readonly regs: number[] = [0, 0, 0, 0, 0, 0, 0, 0];
  /** Slots 0 … 31 and 32 … 63. */
  readonly slotsLo: number[] = [0, 0, 0, 0, 0, 0, 0, 0];
  readonly slotsHi: number[] = [0, 0, 0, 0, 0, 0, 0, 0];

  get empty(): boolean {
    let all = 0;
    for (let i = 0; i <= this.frame; i++) all |= this.regs[i]! | this.slotsLo[i]! | this.slotsHi[i]!;
    return all === 0;
  }

  /** Are slots of the innermost frame traced? */
  get noSlots(): boolean {
    return (this.slotsLo[this.frame]! | this.slotsHi[this.frame]!) === 0;
  }

  get mask(): number {
    return this.regs[this.frame]!;
  }

  has(reg: number): boolean {
    return ((this.mask >> reg) & 1) !== 0;
  }

  set(reg: number): void {
    this.setReg(this.frame, reg);
  }

  clear(mask: number): void {
    this.regs[this.frame]! &= ~mask;
  }

  setReg(frame: number, reg: number): void {
    this.regs[frame]! |= 1 << reg;
  }

  clearReg(frame: number, reg: number): void {
    this.regs[frame]! &= ~(1 << reg);
  }

  hasSlot(frame: number, spi: number): boolean {
    return (((spi < 32 ? this.slotsLo : this.slotsHi)[frame]! >> (spi & 31)) & 1) !== 0;
  }

  setSlot(frame: number, spi: number): void {
    (spi < 32 ? this.slotsLo : this.slotsHi)[frame]! |= 1 << (spi & 31);
  }

  clearSlot(frame: number, spi: number): void {
    (spi < 32 ? this.slotsLo : this.slotsHi)[frame]! &= ~(1 << (spi & 31));
  }

  /** `regs=r1,r2 stack=-8` of one frame. */
  text(frame: number): string {
    const regs: string[] = [];
    for (let r = 0; r < 32; r++) if ((this.regs[frame]! >> r) & 1) regs.push(`r${r}`);
    return `regs=${regs.join(",")} stack=${slotsText(this.slotsLo[frame]!, this.slotsHi[frame]!)}`;
  }
}

/**
 * Notes in a state's history that it came by env.insnIdx, and what was special there; once for each instruction, a
 * second call adds to the first. Always 0.
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
    env.curHistEntry = { ...current, flags: current.flags | flags, linked };
    const at = history.lastIndexOf(current);
    if (at >= 0) history[at] = env.curHistEntry;
    return 0;
  }
  env.curHistEntry = { idx: env.insnIdx, prevIdx: env.prevInsnIdx, flags, linked };
  history.push(env.curHistEntry);
  return 0;
}

/** Flags of an instruction that reached slot `spi` of frame `frameno`. @kernel insn_stack_access_flags */
export const stackAccessFlags = (frameno: number, spi: number): number =>
  st.INSN_F_STACK_ACCESS | (spi << st.INSN_F_SPI_SHIFT) | frameno;

/** Marks what register `regno` of the current frame came from. 0, or -errno. @kernel mark_chain_precision */
export function markChainPrecision(env: Env, regno: number): number {
  const bt = new Backtrack();
  bt.frame = env.curState.curframe;
  if (regno >= 0) bt.set(regno);
  return backtrack(env, env.curState, bt);
}

/** Marks what slot `spi` of frame `frameno` came from. 0, or -errno. @kernel bt_set_frame_slot, mark_chain_precision_batch */
export function markSlotPrecise(env: Env, frameno: number, spi: number): number {
  const bt = new Backtrack();
  bt.frame = env.curState.curframe;
  bt.setSlot(frameno, spi);
  return backtrack(env, env.curState, bt);
}

/** Outcome of propagatePrecision: did any state become more precise? */
export interface Changed {
  changed: boolean;
}

/**
 * Everything that `old` knows to be precise has to be precise on the way to `cur` as well, because `cur` is given up in
 * favour of it. 0, or -errno.
 */
export function propagatePrecision(env: Env, old: VerifierState, cur: VerifierState, result?: Changed): number {
  const bt = new Backtrack();
  bt.frame = cur.curframe;
  for (let fr = old.curframe; fr >= 0; fr--) {
    const func = old.frames[fr]!;
    const names: string[] = [];
    for (let r = 0; r < c.BPF_REG_FP; r++) {
      if (!isPrecise(func.regs[r]!)) continue;
      names.push(`r${r}`);
      bt.setReg(fr, r);
    }
    for (let spi = 0; spi < func.stack.length; spi++) {
      const slot = func.stack[spi]!;
      if (!isSpilledReg(slot) || !isPrecise(slot.spilled)) continue;
      names.push(`fp${-8 * (spi + 1)}`);
      bt.setSlot(fr, spi);
    }
    if (names.length === 0) continue;
    // The end of the line is printed at level 1 as well.
    verbose(env, env.log.level & 2 ? `frame ${fr}: propagating ${names.join(",")}\n` : "\n");
  }
  return backtrack(env, cur, bt, result);
}

const isPrecise = (reg: RegState): boolean => reg.type === SCALAR_VALUE && reg.precise;

/** Walks back from `starting` until nothing is traced any more. @kernel __mark_chain_precision */
function backtrack(env: Env, starting: VerifierState, bt: Backtrack, result?: Changed): number {
  if (bt.empty) return 0;
  const log = (env.log.level & 2) !== 0;
  let state = starting;
  let firstIdx = state.firstInsnIdx;
  let lastIdx = starting.insnIdx;
  let subseqIdx = -1;
  let skipFirst = true;
  for (;;) {
    if (log) {
      verbose(
        env,
        `mark_precise: frame${bt.frame}: last_idx ${lastIdx} first_idx ${firstIdx} subseq_idx ${subseqIdx} \n`,
      );
    }
    if (lastIdx < 0) return atFunctionEntry(env, state, bt, result);
    let historyLeft = state.history.length;
    for (let i = lastIdx; ; ) {
      let err = 0;
      if (skipFirst) skipFirst = false;
      else err = backtrackInsn(env, i, subseqIdx, entryAt(state, historyLeft, i), bt);
      if (err === -ENOTSUPP) {
        markAllScalarsPrecise(env, starting);
        return 0;
      }
      if (err !== 0) return err;
      if (bt.empty) return 0;
      subseqIdx = i;
      const entry = entryAt(state, historyLeft, i);
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
  // Something was missed on the way, like a slot that was written through a copy of the frame pointer.
  if (!bt.empty) markAllScalarsPrecise(env, starting);
  return 0;
}

const entryAt = (state: VerifierState, historyEnd: number, insnIdx: number): HistoryEntry | null => {
  if (historyEnd === 0) return null;
  const entry = state.history[historyEnd - 1]!;
  return entry.idx === insnIdx ? entry : null;
};

/** Before the first instruction only arguments of a global function may be left. */
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
  func.regs[regno] = { ...reg, precise: true };
  if (result !== undefined) result.changed = true;
}

/** Marks what is traced in a state that the walk came out of, and traces no further what was precise there already. */
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
          func.stack[spi] = withPrecise(slot, true);
          if (result !== undefined) result.changed = true;
        }
      }
    }
    if (log) {
      verbose(env, `mark_precise: frame${fr}: parent state ${bt.text(fr)}: `);
      printVerifierState(env, state, fr, true);
    }
  }
  return 0;
}

const withPrecise = (slot: StackSlot, precise: boolean): StackSlot => ({
  types: slot.types,
  spilled: { ...slot.spilled, precise },
});

/** Gives up tracing: all scalars of all states that led here are precise. @kernel mark_all_scalars_precise */
export function markAllScalarsPrecise(env: Env, starting: VerifierState): void {
  const log = (env.log.level & 2) !== 0;
  if (log) {
    verbose(env, `mark_precise: frame${starting.curframe}: falling back to forcing all scalars precise\n`);
  }
  for (let state = starting.parent; state !== null; state = state.parent) {
    for (let fr = 0; fr <= state.curframe; fr++) {
      const func = state.frames[fr]!;
      for (let r = 0; r < c.BPF_REG_FP; r++) {
        const reg = func.regs[r]!;
        if (reg.type !== SCALAR_VALUE || reg.precise) continue;
        func.regs[r] = { ...reg, precise: true };
        if (log) verbose(env, `force_precise: frame${fr}: forcing r${r} to be precise\n`);
      }
      for (let spi = 0; spi < func.stack.length; spi++) {
        const slot = func.stack[spi]!;
        if (!isSpilledScalar(slot) || slot.spilled.precise) continue;
        func.stack[spi] = withPrecise(slot, true);
        if (log) verbose(env, `force_precise: frame${fr}: forcing fp${-8 * (spi + 1)} to be precise\n`);
      }
    }
  }
}

/** Forgets the marks that a state inherited, before it is kept for comparison. @kernel mark_all_scalars_imprecise */
export function markAllScalarsImprecise(state: VerifierState): void {
  for (let fr = 0; fr <= state.curframe; fr++) {
    const func = state.frames[fr]!;
    for (let r = 0; r < c.BPF_REG_FP; r++) {
      const reg = func.regs[r]!;
      if (isPrecise(reg)) func.regs[r] = { ...reg, precise: false };
    }
    for (let spi = 0; spi < func.stack.length; spi++) {
      const slot = func.stack[spi]!;
      if (isSpilledScalar(slot) && slot.spilled.precise) func.stack[spi] = withPrecise(slot, false);
    }
  }
}

function verifierBug(env: Env, text: string): number {
  verbose(env, `verifier bug: ${text}\n`);
  return -ERRNO.EFAULT;
}

/** If one of the registers that a jump refined together is traced, all of them are. @kernel bt_sync_linked_regs */
function syncLinked(bt: Backtrack, entry: HistoryEntry | null): void {
  const linked = entry?.linked;
  if (linked == null) return;
  const isTraced = ({ frameno, isReg, at }: LinkedReg) =>
    isReg ? ((bt.regs[frameno]! >> at) & 1) !== 0 : bt.hasSlot(frameno, at);
  if (!linked.some(isTraced)) return;
  for (const { frameno, isReg, at } of linked) {
    if (isReg) bt.setReg(frameno, at);
    else bt.setSlot(frameno, at);
  }
}

/**
 * From what is traced after instruction `idx` to what is traced before it. `subseqIdx` is the instruction that was run
 * after it. 0, -ENOTSUPP where it cannot be said, -EFAULT.
 */
function backtrackInsn(env: Env, idx: number, subseqIdx: number, entry: HistoryEntry | null, bt: Backtrack): number {
  const insn = env.insns[idx]!;
  if (insn.code === 0) return 0;
  if (env.log.level & 2) {
    verbose(env, `mark_precise: frame${bt.frame}: ${bt.text(bt.frame)} before ${idx}: ${insnText(env, idx)}\n`);
  }
  syncLinked(bt, entry);
  const err = step(env, idx, subseqIdx, entry, bt);
  if (err === DONE) return 0;
  if (err !== 0) return err;
  syncLinked(bt, entry);
  return 0;
}

/** The instruction has nothing to do with what is traced, and linked registers need no second look. */
const DONE = 1;

function step(env: Env, idx: number, subseqIdx: number, entry: HistoryEntry | null, bt: Backtrack): number {
  const insn = env.insns[idx]!;
  const { code, dst, src, imm } = insn;
  const cls = c.classOf(code);
  const op = code & 0xf0;
  const mode = code & 0xe0;
  const fromReg = (code & c.BPF_X) !== 0;
  const slot = entry !== null && entry.flags & st.INSN_F_STACK_ACCESS ? entry.flags : -1;
  const spi = (slot >> st.INSN_F_SPI_SHIFT) & st.INSN_F_SPI_MASK;
  const slotFrame = slot & st.INSN_F_FRAMENO_MASK;
  const isAtomicLoad = cls === c.BPF_STX && mode === c.BPF_ATOMIC && imm === c.BPF_LOAD_ACQ;

  if (cls === c.BPF_ALU || cls === c.BPF_ALU64) {
    if (!bt.has(dst)) return DONE;
    if (op === c.BPF_END || op === c.BPF_NEG) return DONE;
    if (op === c.BPF_MOV) bt.clear(1 << dst);
    if (fromReg && src !== c.BPF_REG_FP) bt.set(src);
  } else if (cls === c.BPF_LDX || isAtomicLoad) {
    if (!bt.has(dst)) return DONE;
    bt.clear(1 << dst);
    // Only a fill from the stack brings an exact value with it.
    if (slot < 0) return DONE;
    bt.setSlot(slotFrame, spi);
  } else if (cls === c.BPF_STX || cls === c.BPF_ST) {
    // A scalar as a base: it came from the difference of two pointers.
    if (bt.has(dst)) return -ENOTSUPP;
    if (slot < 0 || !bt.hasSlot(slotFrame, spi)) return DONE;
    bt.clearSlot(slotFrame, spi);
    if (cls === c.BPF_STX) bt.set(src);
  } else if (cls === c.BPF_JMP || cls === c.BPF_JMP32) {
    if (isLocalCall(insn)) return stepLocalCall(env, idx, bt);
    if (callsSyncCallback(insn) && idx !== subseqIdx - 1) return leaveCallback(env, bt);
    if (op === c.BPF_CALL) {
      if (isKfuncCall(insn) && imm === 0) return -ENOTSUPP;
      bt.clear(1);
      if (bt.mask & ARGS) return verifierBug(env, `backtracking call unexpected regs ${bt.mask.toString(16)}`);
      // A tail call that succeeded left the function, as an exit does.
      if (isTailCall(insn) && subseqIdx - idx !== 1) {
        if (bt.frame === st.MAX_CALL_FRAMES - 1) return verifierBug(env, "subprog enter from the last frame");
        bt.frame++;
      }
    } else if (op === c.BPF_EXIT) {
      return enterCallee(env, subseqIdx, bt);
    } else if (fromReg) {
      if (!bt.has(dst) && !bt.has(src)) return DONE;
      const flags = entry?.flags ?? 0;
      if (!(flags & st.INSN_F_SRC_REG_STACK)) bt.set(src);
      if (!(flags & st.INSN_F_DST_REG_STACK)) bt.set(dst);
    }
  } else if (cls === c.BPF_LD) {
    if (!bt.has(dst)) return DONE;
    bt.clear(1 << dst);
    if (mode === c.BPF_IND || mode === c.BPF_ABS) return -ENOTSUPP;
  }
  return 0;
}

/** Backwards over the call of a function whose body lies behind us: out of it, arguments into the caller's frame. */
function stepLocalCall(env: Env, idx: number, bt: Backtrack): number {
  const subprog = findSubprog(env, idx + env.insns[idx]!.imm + 1);
  if (subprog < 0) return -ERRNO.EFAULT;
  if (env.subprogs[subprog]!.isGlobal) {
    if (bt.mask & ARGS) return verifierBug(env, `global subprog unexpected regs ${bt.mask.toString(16)}`);
    bt.clear(1);
    return DONE;
  }
  if (bt.mask & ~ARGS) return verifierBug(env, `static subprog unexpected regs ${bt.mask.toString(16)}`);
  if (!bt.noSlots) return verifierBug(env, "static subprog leftover stack slots");
  if (bt.frame === 0) return verifierBug(env, "subprog exit from frame 0");
  bt.regs[bt.frame - 1]! |= bt.mask & ARGS;
  bt.clear(ARGS);
  bt.frame--;
  return DONE;
}

/** Backwards over a helper that ran a callback which lies behind us: its arguments came from the kernel. */
function leaveCallback(env: Env, bt: Backtrack): number {
  if (bt.mask & ~ARGS) return verifierBug(env, `callback unexpected regs ${bt.mask.toString(16)}`);
  if (!bt.noSlots) return verifierBug(env, "callback leftover stack slots");
  if (bt.frame === 0) return verifierBug(env, "subprog exit from frame 0");
  bt.clear(ARGS);
  bt.frame--;
  return DONE;
}

/** Backwards over an exit: into the function that returned here. Its R0 is the caller's, unless it was a callback. */
function enterCallee(env: Env, subseqIdx: number, bt: Backtrack): number {
  if (subseqIdx >= 0 && env.aux[subseqIdx]!.callsCallback) bt.clear(ARGS);
  if (bt.mask & ARGS) return verifierBug(env, `backtracking exit unexpected regs ${bt.mask.toString(16)}`);
  const returnsR0 = subseqIdx >= 1 && isLocalCall(env.insns[subseqIdx - 1]!) && bt.has(0);
  bt.clear(1);
  if (bt.frame === st.MAX_CALL_FRAMES - 1) return verifierBug(env, `subprog enter from frame ${bt.frame}`);
  bt.frame++;
  if (returnsR0) bt.set(0);
  return DONE;
}
