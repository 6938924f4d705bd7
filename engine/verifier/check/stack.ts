// Loads from and stores to the stack: bounds, spills and fills of registers of each size, bytes of known and unknown
// content, at constant and variable offsets. Offsets count from the frame pointer: -512 … -1.

import { BPF_MEM, BPF_ST, MAX_BPF_STACK } from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { constS32 } from "../domain/scalar.ts";
import { markChainPrecision, pushJmpHistory } from "../explore/precision.ts";
import { markStackReadSlot, markStackWriteSlot } from "../explore/stack-liveness.ts";
import { tnumText } from "../log/number.ts";
import { type Env, scratchSlot, subprogEnd, verbose } from "../state/env.ts";
import { EACCES, EFAULT, EINVAL } from "../state/errors.ts";
import { isConstVal, isNullReg, NOT_INIT_REG, type RegState, scalarReg, UNKNOWN_REG, ZERO_REG } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import {
  allBytes,
  BPF_REG_SIZE,
  INVALID_SLOT,
  isSpecialSlot,
  isSpilledReg,
  isSpilledScalar,
  STACK_DYNPTR,
  STACK_INVALID,
  STACK_MISC,
  STACK_SPILL,
  STACK_ZERO,
  type StackSlot,
  slotType,
  spiOf,
  withByte,
} from "../state/stack.ts";
import { type FuncState, INSN_F_SPI_SHIFT, INSN_F_STACK_ACCESS, slotAt } from "../state/state.ts";
import { destroyIfDynptrSlot } from "./dynptr.ts";
import { BPF_MAX_VAR_OFF } from "./region.ts";
import { curFrame, curRegs } from "./regs.ts";
import { fitsInBits, withSharedId } from "./scalar-id.ts";

/** The frame whose stack a PTR_TO_STACK points into. */
export const frameOf = (env: Env, reg: RegState): FuncState => env.curState.frames[reg.frameno]!;

/** Position in a slot's types of the byte at frame offset `off`. */
const byteIndex = (off: number): number => (-off - 1) & 7;

const stackAccess = (frameno: number, spi: number): number => INSN_F_STACK_ACCESS | (spi << INSN_F_SPI_SHIFT) | frameno;

/** Makes `bytes` of stack exist, and the subprogram's high-water mark with it. @kernel verifier.c grow_stack_state */
export function growStack(env: Env, frame: FuncState, bytes: number): void {
  const slots = (bytes + 7) >> 3;
  if (frame.stack.length >= slots) return;
  while (frame.stack.length < slots) frame.stack.push(INVALID_SLOT);
  const subprog = env.subprogs[frame.subprogno]!;
  if (subprog.stackDepth < slots * 8) subprog.stackDepth = slots * 8;
}

/** `off` includes reg.off, not the variable part. Grows the stack on success. @kernel verifier.c check_stack_access_within_bounds */
export function checkStackWithinBounds(env: Env, regno: number, off: number, size: number, write: boolean): number {
  const reg = curRegs(env)[regno]!;
  const what = write ? " write to" : " read from";
  let min: number;
  let max: number;
  if (isConstVal(reg)) {
    min = Number(BigInt.asIntN(64, reg.val.varOff.value)) + off;
    max = min + size;
  } else {
    if (reg.val.smax >= BigInt(BPF_MAX_VAR_OFF) || reg.val.smin <= BigInt(-BPF_MAX_VAR_OFF)) {
      verbose(env, `invalid unbounded variable-offset${what} stack R${regno}\n`);
      return EACCES;
    }
    min = Number(reg.val.smin) + off;
    max = Number(reg.val.smax) + off + size;
  }
  let err = min < -MAX_BPF_STACK || min > -1 ? EACCES : 0;
  if (!err && max > 0) err = EINVAL;
  if (!err && size < 0) err = EFAULT;
  if (err) {
    verbose(
      env,
      isConstVal(reg)
        ? `invalid${what} stack R${regno} off=${off} size=${size}\n`
        : `invalid variable-offset${what} stack R${regno} var_off=${tnumText(reg.val.varOff)} off=${off} size=${size}\n`,
    );
    return err;
  }
  growStack(env, frameOf(env, reg), -min);
  return 0;
}

/** An access outside the fast-call pattern to its slots ends the pattern for the whole subprogram. @kernel verifier.c check_fastcall_stack_contract */
function checkFastcallContract(env: Env, frame: FuncState, insnIdx: number, off: number): void {
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

/** A slot of whose bytes the lowest `size` hold the register; the others lose what they had spilled. @kernel verifier.c save_register_state */
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

/** Every byte that held something holds something unknown. @kernel verifier.c scrub_spilled_slot */
function scrubbed(types: number): number {
  let scrubbed = types;
  for (let i = 0; i < BPF_REG_SIZE; i++) {
    if (((types >> (3 * i)) & 7) !== STACK_INVALID) scrubbed = withByte(scrubbed, i, STACK_MISC);
  }
  return scrubbed;
}

const isStMem = (insn: Insn): boolean => (insn.code & 7) === BPF_ST && (insn.code & 0xe0) === BPF_MEM;

/** Stores register `valueRegno`, or where it is -1 the instruction's immediate or something unknown. @kernel verifier.c check_stack_write_fixed_off */
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
      frame.stack[spi] = spilledSlot(old, reg.id === 0 ? reg : { ...reg, id: 0 }, size);
    }
  } else if (reg === null && aligned && isStMem(insn)) {
    frame.stack[spi] = spilledSlot(old, scalarReg(constS32(insn.imm)), size);
  } else if (reg !== null && SPILLABLE.has(T.baseType(reg.type))) {
    if (size !== BPF_REG_SIZE) {
      verbose(env, "invalid size of register spill\n");
      return EACCES;
    }
    if (frame !== curFrame(env) && reg.type === T.PTR_TO_STACK) {
      verbose(env, "cannot spill pointers to stack into stack frame of the caller\n");
      return EINVAL;
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
  return pushJmpHistory(env, env.curState, stackAccess(frame.frameno, spi), null);
}

/** Any of the slots in reach may be the one that is written. @kernel verifier.c check_stack_write_var_off */
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

const constOff = (reg: RegState): number => Number(BigInt.asIntN(32, reg.val.varOff.value));

/** The register that a load of [min, max) gives where no spill is filled: 0 if all bytes are, else unknown. @kernel verifier.c mark_reg_stack_read */
function markStackLoad(env: Env, frame: FuncState, min: number, max: number, dstRegno: number): void {
  let zeros = true;
  for (let i = min; i < max && zeros; i++) {
    const spi = spiOf(i);
    scratchSlot(env, spi);
    zeros = slotType(frame.stack[spi]!, byteIndex(i)) === STACK_ZERO;
  }
  curRegs(env)[dstRegno] = zeros ? ZERO_REG : UNKNOWN_REG;
}

/** @kernel verifier.c check_stack_read_fixed_off */
function readFixed(env: Env, frame: FuncState, off: number, size: number, dstRegno: number): number {
  const spi = spiOf(off);
  const slot = frame.stack[spi]!;
  const reg = slot.spilled;
  const regs = curRegs(env);
  let fill = true;
  scratchSlot(env, spi);
  checkFastcallContract(env, curFrame(env), env.insnIdx, off);
  markStackReadSlot(env, frame.frameno, env.insnIdx, spi);

  if (isSpilledReg(slot)) {
    let spillSize = 1;
    for (let i = BPF_REG_SIZE - 1; i > 0 && slotType(slot, i - 1) === STACK_SPILL; i--) spillSize++;
    if (size === BPF_REG_SIZE && spillSize === BPF_REG_SIZE) {
      if (dstRegno >= 0) regs[dstRegno] = reg;
    } else {
      if (reg.type !== T.SCALAR_VALUE) {
        verbose(env, "invalid size of register fill\n");
        return EACCES;
      }
      if (dstRegno < 0) return 0;
      // Little endian: the low bytes of the spill are at its lowest address.
      if (size <= spillSize && (off & 7) === 0) {
        regs[dstRegno] = reg.id !== 0 && !fitsInBits(reg, size * 8) ? { ...reg, id: 0 } : reg;
      } else {
        let spills = 0;
        let zeros = 0;
        for (let i = 0; i < size; i++) {
          const type = slotType(slot, byteIndex(off + i));
          if (type === STACK_SPILL) spills++;
          else if (type === STACK_ZERO) zeros++;
          else if (type !== STACK_MISC && type !== STACK_INVALID) return invalidRead(env, off, i, size);
        }
        if (spills === size && isNullReg(reg)) {
          regs[dstRegno] = ZERO_REG;
        } else {
          regs[dstRegno] = zeros === size ? ZERO_REG : UNKNOWN_REG;
          fill = false;
        }
      }
    }
  } else {
    for (let i = 0; i < size; i++) {
      const type = slotType(slot, byteIndex(off + i));
      if (type !== STACK_MISC && type !== STACK_ZERO && type !== STACK_INVALID) return invalidRead(env, off, i, size);
    }
    if (dstRegno >= 0) markStackLoad(env, frame, off, off + size, dstRegno);
    fill = false;
  }
  return fill ? pushJmpHistory(env, env.curState, stackAccess(frame.frameno, spi), null) : 0;
}

function invalidRead(env: Env, off: number, i: number, size: number): number {
  verbose(env, `invalid read from stack off ${off}+${i} size ${size}\n`);
  return EACCES;
}

/** `off` includes the pointer's constant offset; dstRegno -1: nothing is loaded. @kernel verifier.c check_stack_read */
export function checkStackRead(env: Env, ptrRegno: number, off: number, size: number, dstRegno: number): number {
  const reg = curRegs(env)[ptrRegno]!;
  const frame = frameOf(env, reg);
  if (isConstVal(reg)) return readFixed(env, frame, off + constOff(reg), size, dstRegno);
  if (dstRegno < 0) {
    const variable = tnumText(reg.val.varOff);
    verbose(
      env,
      `variable offset stack pointer cannot be passed into helper function; var_off=${variable} off=${off} size=${size}\n`,
    );
    return EACCES;
  }
  const err = checkStackRange(env, ptrRegno, off, size, false, false, null);
  if (err) return err;
  const min = Number(reg.val.smin) + off;
  const max = Number(reg.val.smax) + off;
  markStackLoad(env, frame, min, max + size, dstRegno);
  checkFastcallContract(env, frame, env.insnIdx, min);
  return 0;
}

/** Where a helper promises to fill memory that the program did not initialise: what it will write. */
export interface RawAccess {
  rawMode: boolean;
  regno: number;
  accessSize: number;
}

/**
 * A helper reads or writes `size` bytes through R`regno` + `off` (reg.off included). Bytes it may write become unknown.
 * In raw mode nothing need be initialised; the caller then writes the bytes itself.
 * @kernel verifier.c check_stack_range_initialized
 */
export function checkStackRange(
  env: Env,
  regno: number,
  off: number,
  size: number,
  zeroSizeAllowed: boolean,
  write: boolean,
  meta: RawAccess | null,
): number {
  const reg = curRegs(env)[regno]!;
  const frame = frameOf(env, reg);
  if (size === 0 && !zeroSizeAllowed) {
    verbose(env, "invalid zero-sized read\n");
    return EACCES;
  }
  const err = checkStackWithinBounds(env, regno, off, size, write);
  if (err) return err;
  const fixed = isConstVal(reg);
  const min = (fixed ? constOff(reg) : Number(reg.val.smin)) + off;
  const max = fixed ? min : Number(reg.val.smax) + off;
  if (fixed && meta?.rawMode) {
    for (let i = min; i < max + size; i++) {
      if (slotType(slotAt(frame, spiOf(i)), byteIndex(i)) === STACK_DYNPTR) {
        verbose(env, `potential write to dynptr at off=${i} disallowed\n`);
        return EACCES;
      }
    }
    meta.accessSize = size;
    meta.regno = regno;
    return 0;
  }
  for (let i = min; i < max + size; i++) {
    const spi = spiOf(i);
    const slot = frame.stack[spi];
    if (slot === undefined) {
      verbose(env, "allocated_stack too small\n");
      return EFAULT;
    }
    const type = slotType(slot, byteIndex(i));
    if (type === STACK_ZERO || type === STACK_INVALID) {
      if (write) frame.stack[spi] = { types: withByte(slot.types, byteIndex(i), STACK_MISC), spilled: slot.spilled };
    } else if (type !== STACK_MISC) {
      if (!isSpilledReg(slot)) {
        verbose(
          env,
          fixed
            ? `invalid read from stack R${regno} off ${min}+${i - min} size ${size}\n`
            : `invalid read from stack R${regno} var_off ${tnumText(reg.val.varOff)}+${i - min} size ${size}\n`,
        );
        return EACCES;
      }
      if (write) frame.stack[spi] = { types: scrubbed(slot.types), spilled: UNKNOWN_REG };
    }
    markStackReadSlot(env, frame.frameno, env.insnIdx, spi);
  }
  return 0;
}
