// Reading and writing the current frame's registers, and the checks that every operand goes through.
import { boundsViolation, unboundRanges } from "../domain/bounds.ts";
import type { Scalar } from "../domain/scalar.ts";
import { refuse } from "../refuse.ts";
import { type Env, scratchReg, verbose } from "../state/env.ts";
import { EACCES, EFAULT, EINVAL } from "../state/errors.ts";
import { NOT_INIT_REG, type RegState, UNKNOWN_REG, withNumber } from "../state/reg.ts";
import { NOT_INIT } from "../state/regtype.ts";
import type { FuncState } from "../state/state.ts";

/** Operand is read. */
export const SRC_OP = 0;
/** Operand is written; nothing is known of it afterwards. */
export const DST_OP = 1;
/** Operand is written; the caller says what with. */
export const DST_OP_NO_MARK = 2;

const MAX_BPF_REG = 11;
const BPF_REG_FP = 10;
/** R0 … R5 do not survive a call. */
export const CALLER_SAVED_REGS = 6;

export const curFrame = (env: Env): FuncState => env.curState.frames[env.curState.curframe]!;

export const curRegs = (env: Env): RegState[] => env.curState.frames[env.curState.curframe]!.regs;

/** May this register be used so? @kernel verifier.c check_reg_arg */
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

/** Forgets R0 … R5 after a call. */
export function clearCallerSaved(regs: RegState[]): void {
  for (let r = 0; r < CALLER_SAVED_REGS; r++) regs[r] = NOT_INIT_REG;
}

/**
 * The same register with another value. A value that did not change keeps the object.
 */
export const withVal = (reg: RegState, val: Scalar): RegState => withNumber(reg, val, reg.id, reg.off);

const hex = (x: bigint): string => `0x${BigInt.asUintN(64, x).toString(16)}`;
const hex32 = (x: number): string => `0x${(x >>> 0).toString(16)}`;
/**
 * Looks for ranges that contradict each other. They are forgotten, with a line in the log; with
 * BPF_F_TEST_REG_INVARIANTS the program is refused. Returns the register to go on with, or an errno.
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

/** sanityChecked on a register of the current frame, in place. */
export function sanityCheckReg(env: Env, regno: number, where: string): number {
  const regs = curRegs(env);
  const checked = sanityChecked(env, regs[regno]!, where);
  if (typeof checked === "number") return checked;
  regs[regno] = checked;
  return 0;
}
