// The stack: bounds of an access, and stores, at constant and variable offsets: registers of each size are spilled, other bytes become
// known or unknown. Offsets count from the frame pointer: -512 to -1.

import { BPF_MEM, BPF_ST, MAX_BPF_STACK } from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { constS32 } from "../domain/scalar.ts";
import { markChainPrecision, pushJmpHistory } from "../explore/precision.ts";
import { markStackWriteSlot } from "../explore/stack-liveness.ts";
import { printLine } from "../print/lines.ts";
import { tnumText } from "../print/number.ts";
import { regTypeStr } from "../print/state.ts";
import { refuse } from "../refuse.ts";
import { type Env, scratchSlot, subprogEnd } from "../state/env.ts";
import { EACCES, EFAULT, EINVAL } from "../state/errors.ts";
import {
  BPF_MAX_VAR_OFF,
  isConstVal,
  isNullReg,
  NOT_INIT_REG,
  type RegState,
  scalarReg,
  withId,
} from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import {
  allBytes,
  BPF_REG_SIZE,
  INVALID_SLOT,
  isSpecialSlot,
  isSpilledScalar,
  STACK_INVALID,
  STACK_MISC,
  STACK_SPILL,
  STACK_ZERO,
  type StackSlot,
  slotType,
  spiOf,
  withByte,
} from "../state/stack.ts";
import { type FuncState, stackAccessFlags } from "../state/state.ts";
import { destroyIfDynptrSlot } from "./dynptr.ts";
import { curFrame, curRegs } from "./regs.ts";
import { fitsInBits, withSharedId } from "./scalar-id.ts";

/** The frame with the stack that a PTR_TO_STACK points into. */
export const frameOf = (env: Env, reg: RegState): FuncState => env.curState.frames[reg.frameno]!;

/** Index in a slot's types of the byte at frame offset `off`. */
export const byteIndex = (off: number): number => (-off - 1) & 7;

/** Makes the stack at least `bytes` long and raises the subprogram's stackDepth. @kernel verifier.c grow_stack_state */
function growStack(env: Env, frame: FuncState, bytes: number): void {
  const slots = (bytes + 7) >> 3;
  if (frame.stack.length >= slots) return;
  while (frame.stack.length < slots) frame.stack.push(INVALID_SLOT);
  const subprog = env.subprogs[frame.subprogno]!;
  if (subprog.stackDepth < slots * 8) subprog.stackDepth = slots * 8;
}

/** `off` includes reg.off, but not the variable part. Grows the stack on success. @kernel verifier.c check_stack_access_within_bounds */
export function checkStackWithinBounds(env: Env, regno: number, off: number, size: number, write: boolean): number {
  const reg = curRegs(env)[regno]!;
  let min: number;
  let max: number;
  if (isConstVal(reg)) {
    min = Number(BigInt.asIntN(64, reg.val.varOff.value)) + off;
    max = min + size;
  } else {
    if (reg.val.smax >= BigInt(BPF_MAX_VAR_OFF) || reg.val.smin <= BigInt(-BPF_MAX_VAR_OFF)) {
      const verb = write ? "write to" : "read from";
      const args = { reg: regno, off, size, verb, low: reg.val.smin, high: reg.val.smax };
      return refuse(
        env,
        "stack-unbounded",
        args,
        `invalid unbounded variable-offset ${verb} stack R${regno}\n`,
        EACCES,
      );
    }
    min = Number(reg.val.smin) + off;
    max = Number(reg.val.smax) + off + size;
  }
  let err = min < -MAX_BPF_STACK || min > -1 ? EACCES : 0;
  if (!err && max > 0) err = EINVAL;
  if (!err && size < 0) err = EFAULT;
  if (err) {
    const verb = write ? "write to" : "read from";
    const args = { reg: regno, off, size, verb };
    const where = `off=${off} size=${size}`;
    if (isConstVal(reg)) return refuse(env, "stack-bounds", args, `invalid ${verb} stack R${regno} ${where}\n`, err);
    const text = `invalid variable-offset ${verb} stack R${regno} var_off=${tnumText(reg.val.varOff)} ${where}\n`;
    const range = { low: BigInt(min), high: BigInt(max - size) };
    return refuse(env, "stack-variable-range", { ...args, ...range }, text, err);
  }
  growStack(env, frameOf(env, reg), -min);
  return 0;
}

/**
 * If another instruction accesses the slots of a fast-call pattern, the whole subprogram loses the pattern.
 * @kernel verifier.c check_fastcall_stack_contract
 */
export function checkFastcallContract(env: Env, frame: FuncState, insnIdx: number, off: number): void {
  const subprog = env.subprogs[frame.subprogno]!;
  if (subprog.fastcallStackOff <= off || env.aux[insnIdx]!.fastcallPattern) return;
  subprog.fastcallStackOff = -32768;
  for (let i = subprog.start; i < subprogEnd(env, frame.subprogno); i++) {
    env.aux[i]!.fastcallSpillsNum = 0;
    env.aux[i]!.fastcallPattern = false;
  }
}

const SPILLABLE = new Set<number>([
  T.PTR_TO_MAP_VALUE,
  T.PTR_TO_STACK,
  T.PTR_TO_CTX,
  T.PTR_TO_PACKET,
  T.PTR_TO_PACKET_META,
  T.PTR_TO_PACKET_END,
  T.PTR_TO_FLOW_KEYS,
  T.CONST_PTR_TO_MAP,
  T.PTR_TO_SOCKET,
  T.PTR_TO_SOCK_COMMON,
  T.PTR_TO_TCP_SOCK,
  T.PTR_TO_XDP_SOCK,
  T.PTR_TO_BTF_ID,
  T.PTR_TO_BUF,
  T.PTR_TO_MEM,
  T.PTR_TO_FUNC,
  T.PTR_TO_MAP_KEY,
  T.PTR_TO_ARENA,
]);

/** A slot whose lowest `size` bytes hold the register. A spill in the other bytes is lost. @kernel verifier.c save_register_state */
function spilledSlot(old: StackSlot, reg: RegState, size: number): StackSlot {
  if (size === BPF_REG_SIZE) return { types: allBytes(STACK_SPILL), spilled: reg };
  let types = old.types;
  for (let i = 0; i < BPF_REG_SIZE; i++) {
    if (i >= BPF_REG_SIZE - size) types = withByte(types, i, STACK_SPILL);
    else {
      const type = slotType(old, i);
      if (type !== STACK_ZERO && type !== STACK_INVALID) types = withByte(types, i, STACK_MISC);
    }
  }
  return { types, spilled: reg };
}

/** Every byte that held something becomes unknown. @kernel verifier.c scrub_spilled_slot */
export function scrubbed(types: number): number {
  let scrubbed = types;
  for (let i = 0; i < BPF_REG_SIZE; i++) {
    if (((types >> (3 * i)) & 7) !== STACK_INVALID) scrubbed = withByte(scrubbed, i, STACK_MISC);
  }
  return scrubbed;
}

const isStMem = (insn: Insn): boolean => (insn.code & 7) === BPF_ST && (insn.code & 0xe0) === BPF_MEM;

/**
 * Stores register `valueRegno`. -1: stores the instruction's immediate, or an unknown value.
 * @kernel verifier.c check_stack_write_fixed_off
 */
function writeFixed(
  env: Env,
  frame: FuncState,
  off: number,
  size: number,
  valueRegno: number,
  insnIdx: number,
): number {
  const spi = spiOf(off);
  const insn = env.insns[insnIdx]!;
  const regs = curRegs(env);
  let reg = valueRegno >= 0 ? regs[valueRegno]! : null;
  const err = destroyIfDynptrSlot(env, frame, spi);
  if (err) return err;
  const aligned = (off & 7) === 0;
  if (aligned && size === BPF_REG_SIZE) markStackWriteSlot(env, frame.frameno, spi);
  checkFastcallContract(env, frame, insnIdx, off);
  scratchSlot(env, spi);
  const old = frame.stack[spi]!;
  if (reg !== null && aligned && reg.type === T.SCALAR_VALUE) {
    if (fitsInBits(reg, 8 * size)) {
      reg = withSharedId(env, reg);
      regs[valueRegno] = reg;
      frame.stack[spi] = spilledSlot(old, reg, size);
    } else {
      frame.stack[spi] = spilledSlot(old, withId(reg, 0), size);
    }
  } else if (reg === null && aligned && isStMem(insn)) {
    frame.stack[spi] = spilledSlot(old, scalarReg(constS32(insn.imm)), size);
  } else if (reg !== null && SPILLABLE.has(T.baseType(reg.type))) {
    if (size !== BPF_REG_SIZE) {
      printLine(env, insnIdx);
      const args = { reg: valueRegno, off, size, type: regTypeStr(reg.type) };
      return refuse(env, "spill-size", args, "invalid size of register spill\n", EACCES);
    }
    if (frame !== curFrame(env) && reg.type === T.PTR_TO_STACK) {
      const text = "cannot spill pointers to stack into stack frame of the caller\n";
      return refuse(env, "stack-pointer-spill", { reg: valueRegno }, text, EINVAL);
    }
    frame.stack[spi] = spilledSlot(old, reg, size);
  } else {
    let types = isSpecialSlot(old) ? scrubbed(old.types) : old.types;
    let type = STACK_MISC;
    if (reg !== null ? isNullReg(reg) : isStMem(insn) && insn.imm === 0) {
      const err = markChainPrecision(env, valueRegno);
      if (err) return err;
      type = STACK_ZERO;
    }
    for (let i = 0; i < size; i++) types = withByte(types, byteIndex(off + i), type);
    frame.stack[spi] = { types, spilled: NOT_INIT_REG };
    return 0;
  }
  return pushJmpHistory(env, env.curState, stackAccessFlags(frame.frameno, spi), null);
}

/** Every slot within the range may be the one that is written. @kernel verifier.c check_stack_write_var_off */
function writeVariable(
  env: Env,
  frame: FuncState,
  ptrRegno: number,
  off: number,
  size: number,
  valueRegno: number,
  insnIdx: number,
): number {
  const regs = curRegs(env);
  const ptr = regs[ptrRegno]!;
  const min = Number(ptr.val.smin) + off;
  const max = Number(ptr.val.smax) + off + size;
  const insn = env.insns[insnIdx]!;
  const writingZero = valueRegno >= 0 ? isNullReg(regs[valueRegno]!) : isStMem(insn) && insn.imm === 0;
  let zeroUsed = false;
  for (let i = min; i < max; i++) {
    const err = destroyIfDynptrSlot(env, frame, spiOf(i));
    if (err) return err;
  }
  checkFastcallContract(env, frame, insnIdx, min);
  for (let i = min; i < max; i++) {
    const spi = spiOf(i);
    const slot = frame.stack[spi]!;
    const type = slotType(slot, byteIndex(i));
    scratchSlot(env, spi);
    if (writingZero && type === STACK_SPILL && isSpilledScalar(slot) && isNullReg(slot.spilled)) {
      zeroUsed = true;
      continue;
    }
    let now = STACK_MISC;
    if (writingZero && type === STACK_ZERO) {
      now = STACK_ZERO;
      zeroUsed = true;
    }
    const types = isSpecialSlot(slot) ? scrubbed(slot.types) : slot.types;
    frame.stack[spi] = { types: withByte(types, byteIndex(i), now), spilled: NOT_INIT_REG };
  }
  return zeroUsed ? markChainPrecision(env, valueRegno) : 0;
}

/** `off` includes the pointer's constant offset. @kernel verifier.c check_stack_write */
export function checkStackWrite(
  env: Env,
  ptrRegno: number,
  off: number,
  size: number,
  valueRegno: number,
  insnIdx: number,
): number {
  const reg = curRegs(env)[ptrRegno]!;
  const frame = frameOf(env, reg);
  if (!isConstVal(reg)) return writeVariable(env, frame, ptrRegno, off, size, valueRegno, insnIdx);
  return writeFixed(env, frame, off + constOff(reg), size, valueRegno, insnIdx);
}

export const constOff = (reg: RegState): number => Number(BigInt.asIntN(32, reg.val.varOff.value));
