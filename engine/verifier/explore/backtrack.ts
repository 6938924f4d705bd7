// One step backwards over an instruction: given the registers and slots that are traced after it, which must be traced before it.
// The walk through the states, and the marks in them, are in precision.ts.
// @kernel verifier.c backtrack_insn, bt_sync_linked_regs (Linux 6.18)

import { ENOTSUPP } from "../../facts/errno.ts";
import * as c from "../../isa/codes.ts";
import { aluShape } from "../../isa/forms.ts";
import { BPF_LOG_LEVEL2 } from "../log/buffer.ts";
import { callsSyncCallback, isKfuncCall, isLocalCall, isTailCall } from "../prepass/callees.ts";
import { insnText } from "../print/insn.ts";
import { verifierBug } from "../refuse.ts";
import { type Env, findSubprog, verbose } from "../state/env.ts";
import type { HistoryEntry, LinkedReg } from "../state/state.ts";
import * as st from "../state/state.ts";
import { slotsText } from "./stack-liveness.ts";

/** Mask of R1 … R5. */
export const ARGS = 0x3e;

/** Registers and stack slots that are being traced, for each frame. */
export class Backtrack {
  frame = 0;
  readonly regs: number[] = [0, 0, 0, 0, 0, 0, 0, 0];
  /** Masks of the slots 0 … 31, and 32 … 63. */
  readonly slotsLo: number[] = [0, 0, 0, 0, 0, 0, 0, 0];
  readonly slotsHi: number[] = [0, 0, 0, 0, 0, 0, 0, 0];

  /** Starts again with nothing traced. `frame` is the innermost frame. */
  restart(frame: number): this {
    this.frame = frame;
    for (let i = 0; i < st.MAX_CALL_FRAMES; i++) this.regs[i] = this.slotsLo[i] = this.slotsHi[i] = 0;
    return this;
  }

  get empty(): boolean {
    let all = 0;
    for (let i = 0; i <= this.frame; i++) all |= this.regs[i]! | this.slotsLo[i]! | this.slotsHi[i]!;
    return all === 0;
  }

  /** Whether no slot of the innermost frame is traced. */
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

  /** What is traced in one frame, such as `regs=r1,r2 stack=-8`. */
  text(frame: number): string {
    const regs: string[] = [];
    for (let r = 0; r < 32; r++) if ((this.regs[frame]! >> r) & 1) regs.push(`r${r}`);
    return `regs=${regs.join(",")} stack=${slotsText(this.slotsLo[frame]!, this.slotsHi[frame]!)}`;
  }
}

const isTraced = (bt: Backtrack, { frameno, isReg, at }: LinkedReg): boolean =>
  isReg ? ((bt.regs[frameno]! >> at) & 1) !== 0 : bt.hasSlot(frameno, at);

/** If one of the registers that a jump refined together is traced, all of them are. @kernel bt_sync_linked_regs */
function syncLinked(bt: Backtrack, entry: HistoryEntry | null): void {
  const linked = entry?.linked;
  if (linked == null) return;
  if (!linked.some((one) => isTraced(bt, one))) return;
  for (const { frameno, isReg, at } of linked) {
    if (isReg) bt.setReg(frameno, at);
    else bt.setSlot(frameno, at);
  }
}

/**
 * Changes `bt` from what is traced after instruction `idx` to what is traced before it. `subseqIdx`: the instruction that came after it
 * on the path. Returns 0, -EFAULT, or -ENOTSUPP if it cannot be traced.
 */
export function backtrackInsn(
  env: Env,
  idx: number,
  subseqIdx: number,
  entry: HistoryEntry | null,
  bt: Backtrack,
): number {
  const insn = env.insns[idx]!;
  if (insn.code === 0) return 0;
  if (env.log.level & BPF_LOG_LEVEL2) {
    const traced = `mark_precise: frame${bt.frame}: ${bt.text(bt.frame)}`;
    verbose(env, "precision", `${traced} before ${env.slotNumber(idx)}: ${insnText(env, idx)}\n`, idx);
  }
  syncLinked(bt, entry);
  const err = step(env, idx, subseqIdx, entry, bt);
  if (err === DONE) return 0;
  if (err !== 0) return err;
  syncLinked(bt, entry);
  return 0;
}

/** The step is done, and linked registers need not be checked again. */
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
    const shape = aluShape(code);
    if (op === c.BPF_END || shape === "negation") return DONE;
    if (shape === "move") bt.clear(1 << dst);
    if (fromReg && src !== c.BPF_REG_FP) bt.set(src);
  } else if (cls === c.BPF_LDX || isAtomicLoad) {
    if (!bt.has(dst)) return DONE;
    bt.clear(1 << dst);
    // Only a fill from the stack is traced further, into its slot.
    if (slot < 0) return DONE;
    bt.setSlot(slotFrame, spi);
  } else if (cls === c.BPF_STX || cls === c.BPF_ST) {
    // The base is a scalar, so it came from the difference of two pointers.
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
      // A tail call that succeeds leaves the function, as an exit does.
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

/** Steps back over a call whose function was already traced: leaves the function, and traces its arguments in the caller's frame. */
function stepLocalCall(env: Env, idx: number, bt: Backtrack): number {
  const subprog = findSubprog(env, idx + env.insns[idx]!.imm + 1);
  if (subprog < 0) return verifierBug(env, "backtracking a call of no function", true);
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

/** Steps back over a helper whose callback was already traced. The callback's arguments came from the kernel. */
function leaveCallback(env: Env, bt: Backtrack): number {
  if (bt.mask & ~ARGS) return verifierBug(env, `callback unexpected regs ${bt.mask.toString(16)}`);
  if (!bt.noSlots) return verifierBug(env, "callback leftover stack slots");
  if (bt.frame === 0) return verifierBug(env, "subprog exit from frame 0");
  bt.clear(ARGS);
  bt.frame--;
  return DONE;
}

/** Steps back over an exit, into the function that returned. Its R0 is the caller's R0, unless it was a callback. */
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
