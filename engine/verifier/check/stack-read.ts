// Loads from the stack, into a register or by a helper. A spilled register is restored; otherwise the result depends on what is known
// of the bytes.
import { pushJmpHistory } from "../explore/precision.ts";
import { markStackReadSlot } from "../explore/stack-liveness.ts";
import { printLine } from "../print/lines.ts";
import { tnumText } from "../print/number.ts";
import { regTypeStr } from "../print/state.ts";
import { refuse } from "../refuse.ts";
import { type Env, scratchSlot } from "../state/env.ts";
import { EACCES, EFAULT } from "../state/errors.ts";
import { isConstVal, isNullReg, UNKNOWN_REG, withId, ZERO_REG } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import {
  BPF_REG_SIZE,
  isSpilledReg,
  STACK_DYNPTR,
  STACK_INVALID,
  STACK_MISC,
  STACK_SPILL,
  STACK_ZERO,
  slotType,
  spiOf,
  withByte,
} from "../state/stack.ts";
import { type FuncState, slotAt, stackAccessFlags } from "../state/state.ts";
import { curFrame, curRegs } from "./regs.ts";
import { fitsInBits } from "./scalar-id.ts";
import { byteIndex, checkFastcallContract, checkStackWithinBounds, constOff, frameOf, scrubbed } from "./stack.ts";

/**
 * Loads the bytes [min, max) where no spill is restored: 0 if all bytes are known to be 0, otherwise unknown.
 * @kernel verifier.c mark_reg_stack_read
 */
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
function readFixed(env: Env, frame: FuncState, ptrRegno: number, off: number, size: number, dstRegno: number): number {
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
        printLine(env, env.insnIdx);
        const args = { reg: ptrRegno, off, size, type: regTypeStr(reg.type) };
        return refuse(env, "fill-size", args, "invalid size of register fill\n", EACCES);
      }
      if (dstRegno < 0) return 0;
      // Little endian: the low bytes of the spilled value are at its lowest address.
      if (size <= spillSize && (off & 7) === 0) {
        regs[dstRegno] = reg.id !== 0 && !fitsInBits(reg, size * 8) ? withId(reg, 0) : reg;
      } else {
        let spills = 0;
        let zeros = 0;
        for (let i = 0; i < size; i++) {
          const type = slotType(slot, byteIndex(off + i));
          if (type === STACK_SPILL) spills++;
          else if (type === STACK_ZERO) zeros++;
          else if (type !== STACK_MISC && type !== STACK_INVALID) return invalidRead(env, ptrRegno, off, i, size);
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
      if (type !== STACK_MISC && type !== STACK_ZERO && type !== STACK_INVALID)
        return invalidRead(env, ptrRegno, off, i, size);
    }
    if (dstRegno >= 0) markStackLoad(env, frame, off, off + size, dstRegno);
    fill = false;
  }
  return fill ? pushJmpHistory(env, env.curState, stackAccessFlags(frame.frameno, spi), null) : 0;
}

function invalidRead(env: Env, reg: number, off: number, byte: number, size: number): number {
  const text = `invalid read from stack off ${off}+${byte} size ${size}\n`;
  return refuse(env, "stack-unwritten", { reg, off, byte, size }, text, EACCES);
}

/** `off` includes the pointer's constant offset. dstRegno -1: no register is loaded. @kernel verifier.c check_stack_read */
export function checkStackRead(env: Env, ptrRegno: number, off: number, size: number, dstRegno: number): number {
  const reg = curRegs(env)[ptrRegno]!;
  const frame = frameOf(env, reg);
  if (isConstVal(reg)) return readFixed(env, frame, ptrRegno, off + constOff(reg), size, dstRegno);
  if (dstRegno < 0) {
    const args = { reg: ptrRegno, off, size, verb: "read from", variable: tnumText(reg.val.varOff) };
    const where = `var_off=${args.variable} off=${off} size=${size}`;
    const text = `variable offset stack pointer cannot be passed into helper function; ${where}\n`;
    return refuse(env, "stack-variable-helper", args, text, EACCES);
  }
  const err = checkStackRange(env, ptrRegno, off, size, false, false, null);
  if (err) return err;
  const min = Number(reg.val.smin) + off;
  const max = Number(reg.val.smax) + off;
  markStackLoad(env, frame, min, max + size, dstRegno);
  checkFastcallContract(env, frame, env.insnIdx, min);
  return 0;
}

/** The memory that a helper will fill, which the program need not have initialised. */
export interface FilledMemory {
  rawMode: boolean;
  regno: number;
  accessSize: number;
}

/**
 * Checks a helper's access to `size` bytes through R`regno` + `off` (which includes reg.off). Bytes that it may write become unknown.
 * In raw mode nothing needs to be initialised, and the caller makes the writes afterwards.
 * @kernel verifier.c check_stack_range_initialized
 */
export function checkStackRange(
  env: Env,
  regno: number,
  off: number,
  size: number,
  zeroSizeAllowed: boolean,
  write: boolean,
  meta: FilledMemory | null,
): number {
  const reg = curRegs(env)[regno]!;
  const frame = frameOf(env, reg);
  if (size === 0 && !zeroSizeAllowed)
    return refuse(env, "stack-empty", { reg: regno, off, size }, "invalid zero-sized read\n", EACCES);
  const err = checkStackWithinBounds(env, regno, off, size, write);
  if (err) return err;
  const fixed = isConstVal(reg);
  const min = (fixed ? constOff(reg) : Number(reg.val.smin)) + off;
  const max = fixed ? min : Number(reg.val.smax) + off;
  if (fixed && meta?.rawMode) {
    for (let i = min; i < max + size; i++) {
      if (slotType(slotAt(frame, spiOf(i)), byteIndex(i)) === STACK_DYNPTR) {
        const text = `potential write to dynptr at off=${i} disallowed\n`;
        return refuse(env, "dynptr-raw-write", { reg: regno, off: min, size, at: i }, text, EACCES);
      }
    }
    meta.accessSize = size;
    meta.regno = regno;
    return 0;
  }
  for (let i = min; i < max + size; i++) {
    const spi = spiOf(i);
    const slot = frame.stack[spi];
    if (slot === undefined)
      return refuse(env, "stack-too-small", { reg: regno, off: min, size }, "allocated_stack too small\n", EFAULT);
    const type = slotType(slot, byteIndex(i));
    if (type === STACK_ZERO || type === STACK_INVALID) {
      if (write) frame.stack[spi] = { types: withByte(slot.types, byteIndex(i), STACK_MISC), spilled: slot.spilled };
    } else if (type !== STACK_MISC) {
      if (!isSpilledReg(slot)) {
        const args = { reg: regno, off: min, size, byte: i - min };
        if (fixed) {
          const text = `invalid read from stack R${regno} off ${min}+${args.byte} size ${size}\n`;
          return refuse(env, "stack-unwritten", args, text, EACCES);
        }
        const variable = tnumText(reg.val.varOff);
        const text = `invalid read from stack R${regno} var_off ${variable}+${args.byte} size ${size}\n`;
        return refuse(env, "stack-unwritten-variable", { ...args, variable }, text, EACCES);
      }
      if (write) frame.stack[spi] = { types: scrubbed(slot.types), spilled: UNKNOWN_REG };
    }
    markStackReadSlot(env, frame.frameno, env.insnIdx, spi);
  }
  return 0;
}
