// Memory that a helper is given: a pointer, and a size from another argument or from the map.
// @kernel verifier.c check_helper_mem_access, check_mem_size_reg
import { markChainPrecision } from "../explore/precision.ts";
import { regTypeStr } from "../print/state.ts";
import { refuse } from "../refuse.ts";
import { type Env, notSimulated } from "../state/env.ts";
import { EACCES } from "../state/errors.ts";
import { isConstVal, isNullReg } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import {
  BPF_MAX_VAR_SIZ,
  checkBufferAccess,
  checkMapAccess,
  checkMapAccessType,
  checkMemRegionAccess,
  checkPacketAccess,
} from "./region.ts";
import { curRegs } from "./regs.ts";
import { checkStackRange, type FilledMemory } from "./stack-read.ts";

/**
 * Checks that a helper may read (or `write`) `size` bytes at R`regno`. `raw`: the helper fills the memory, so the stack may be
 * uninitialised.
 */
export function checkHelperMem(
  env: Env,
  regno: number,
  size: number,
  write: boolean,
  zeroSizeAllowed: boolean,
  raw: FilledMemory | null,
): number {
  const reg = curRegs(env)[regno]!;
  const readOnly = (reg.type & T.MEM_RDONLY) !== 0;
  switch (T.baseType(reg.type)) {
    case T.PTR_TO_PACKET:
    case T.PTR_TO_PACKET_META:
      return checkPacketAccess(env, regno, reg.off, size, zeroSizeAllowed);
    case T.PTR_TO_MAP_KEY:
      if (write) return cannotWrite(env, regno);
      return checkMemRegionAccess(env, regno, reg.off, size, reg.map!.keySize, false);
    case T.PTR_TO_MAP_VALUE:
      return (
        checkMapAccessType(env, regno, reg.off, size, write) ||
        checkMapAccess(env, regno, reg.off, size, zeroSizeAllowed, true)
      );
    case T.PTR_TO_MEM:
      if (readOnly && write) return cannotWrite(env, regno);
      return checkMemRegionAccess(env, regno, reg.off, size, reg.memSize, zeroSizeAllowed);
    case T.PTR_TO_BUF:
      if (readOnly && write) return cannotWrite(env, regno);
      return checkBufferAccess(env, readOnly ? "rdonly" : "rdwr", reg, regno, reg.off, size);
    case T.PTR_TO_STACK:
      return checkStackRange(env, regno, reg.off, size, zeroSizeAllowed, write, raw);
    case T.PTR_TO_BTF_ID:
      return notSimulated(env, "access to kernel structures through BTF");
  }
  if (zeroSizeAllowed && size === 0 && isNullReg(reg)) return 0;
  const args = { reg: regno, type: regTypeStr(reg.type), wanted: regTypeStr(T.PTR_TO_STACK) };
  const text = `R${regno} type=${args.type} expected=${args.wanted}\n`;
  return refuse(env, "helper-argument-memory", args, text, EACCES);
}

/** Refuses because what R`regno` points to is read-only. */
export function cannotWrite(env: Env, regno: number): number {
  const type = regTypeStr(curRegs(env)[regno]!.type);
  return refuse(env, "memory-readonly", { reg: regno, type }, `R${regno} cannot write into ${type}\n`, EACCES);
}

/**
 * R`regno` holds the size of the memory that R`regno - 1` points to. Its largest value must fit. @kernel verifier.c check_mem_size_reg
 */
export function checkMemSize(
  env: Env,
  regno: number,
  write: boolean,
  zeroSizeAllowed: boolean,
  raw: FilledMemory,
): number {
  const { val } = curRegs(env)[regno]!;
  if (val.smin < 0n) {
    const text = `R${regno} min value is negative, either use unsigned or 'var &= const'\n`;
    return refuse(env, "size-negative", { reg: regno, low: val.smin }, text, EACCES);
  }
  if (val.umin === 0n && !zeroSizeAllowed) {
    const text = `R${regno} invalid zero-sized read: u64=[${val.umin},${BigInt.asIntN(64, val.umax)}]\n`;
    return refuse(env, "size-zero", { reg: regno, low: val.umin, high: val.umax }, text, EACCES);
  }
  if (val.umax >= BigInt(BPF_MAX_VAR_SIZ)) {
    const text = `R${regno} unbounded memory access, use 'var &= const' or 'if (var < const)'\n`;
    return refuse(env, "size-unbounded", { reg: regno, high: val.umax }, text, EACCES);
  }
  // It is known how much the helper fills only if the size is one number.
  const fills = isConstVal(curRegs(env)[regno]!) ? raw : null;
  return (
    checkHelperMem(env, regno - 1, Number(val.umax), write, zeroSizeAllowed, fills) || markChainPrecision(env, regno)
  );
}
