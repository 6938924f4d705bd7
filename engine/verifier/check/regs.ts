// Reading and writing the registers of the current frame, and the checks that every operand goes through.

import { BPF_REG_FP, MAX_BPF_REG } from "../../isa/codes.ts";
import { boundsViolation, unboundRanges } from "../domain/bounds.ts";
import type { Scalar } from "../domain/scalar.ts";
import { refuse } from "../refuse.ts";
import { type Env, scratchReg, verbose } from "../state/env.ts";
import { EACCES, EFAULT, EINVAL } from "../state/errors.ts";
import { NOT_INIT_REG, type RegState, UNKNOWN_REG, withNumber } from "../state/reg.ts";
import { NOT_INIT } from "../state/regtype.ts";
import type { FuncState } from "../state/state.ts";

/** The operand is read. */
export const SRC_OP = 0;
/** The operand is written and unknown afterwards. */
export const DST_OP = 1;
/** The operand is written. The caller sets its value. */
export const DST_OP_NO_MARK = 2;

/** R0 to R5 are lost at a call. */
export const CALLER_SAVED_REGS = 6;

export const curFrame = (env: Env): FuncState => env.curState.frames[env.curState.curframe]!;

export const curRegs = (env: Env): RegState[] => env.curState.frames[env.curState.curframe]!.regs;

/** Checks that the register may be used in this way. @kernel verifier.c check_reg_arg */
export function checkRegArg(
  env: Env,
  regno: number,
  use: typeof SRC_OP | typeof DST_OP | typeof DST_OP_NO_MARK,
): number {
  if (regno >= MAX_BPF_REG) return refuse(env, "no-such-register", { reg: regno }, `R${regno} is invalid\n`, EINVAL);
  scratchReg(env, regno);
  if (use === SRC_OP) {
    if (curRegs(env)[regno]!.type !== NOT_INIT) return 0;
    return refuse(env, "unset-register", { reg: regno }, `R${regno} !read_ok\n`, EACCES);
  }
  if (regno === BPF_REG_FP) return refuse(env, "frame-pointer", { reg: regno }, "frame pointer is read only\n", EACCES);
  if (use === DST_OP) curRegs(env)[regno] = UNKNOWN_REG;
  return 0;
}

/** Forgets R0 to R5 after a call. */
export function clearCallerSaved(regs: RegState[]): void {
  for (let r = 0; r < CALLER_SAVED_REGS; r++) regs[r] = NOT_INIT_REG;
}

/** The same register with another value. If the value is the same, so is the object. */
export const withVal = (reg: RegState, val: Scalar): RegState => withNumber(reg, val, reg.id, reg.off);

const hex = (x: bigint): string => `0x${BigInt.asUintN(64, x).toString(16)}`;
const hex32 = (x: number): string => `0x${(x >>> 0).toString(16)}`;
/**
 * Checks for ranges that contradict each other. They are forgotten, with a line in the log; with BPF_F_TEST_REG_INVARIANTS the program
 * is refused. Returns the register to continue with, or an errno.
 * @kernel verifier.c reg_bounds_sanity_check
 */
export function sanityChecked(env: Env, reg: RegState, where: string): RegState | number {
  const problem = boundsViolation(reg.val);
  if (problem === undefined) return reg;
  const v = reg.val;
  const text =
    `verifier bug: REG INVARIANTS VIOLATION (${where}): ${problem} u64=[${hex(v.umin)}, ${hex(v.umax)}] ` +
    `s64=[${hex(v.smin)}, ${hex(v.smax)}] u32=[${hex32(v.u32min)}, ${hex32(v.u32max)}] ` +
    `s32=[${hex32(v.s32min)}, ${hex32(v.s32max)}] ` +
    `var_off=(${hex(v.varOff.value)}, ${hex(v.varOff.mask)})\n`;
  if (env.testRegInvariants) return refuse(env, "bounds-contradiction", { where, problem }, text, EFAULT);
  verbose(env, "note", text);
  return withVal(reg, unboundRanges(v));
}

/** `sanityChecked` for a register of the current frame, in place. */
export function sanityCheckReg(env: Env, regno: number, where: string): number {
  const regs = curRegs(env);
  const checked = sanityChecked(env, regs[regno]!, where);
  if (typeof checked === "number") return checked;
  regs[regno] = checked;
  return 0;
}
