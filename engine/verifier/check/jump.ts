// Conditional jumps: whether the outcome is known, and if not, what is known on each side. @kernel verifier.c check_cond_jmp_op

import * as I from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { branchTaken, flipOpcode, refineBranches } from "../domain/cond.ts";
import { constS32, type Scalar } from "../domain/scalar.ts";
import { markChainPrecision, pushJmpHistory } from "../explore/precision.ts";
import { pushStack } from "../explore/stack.ts";
import { findPrevEntry, widenImpreciseScalars } from "../explore/widen.ts";
import { BPF_LOG_LEVEL } from "../log/buffer.ts";
import { printInsnState } from "../print/state.ts";
import { refuse } from "../refuse.ts";
import type { Env } from "../state/env.ts";
import { EFAULT, EINVAL, ENOMEM } from "../state/errors.ts";
import { isPacketReg, type RegState, scalarReg } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import { INSN_F_DST_REG_STACK, INSN_F_SRC_REG_STACK, type LinkedReg, type VerifierState } from "../state/state.ts";
import { collectLinkedRegs, syncLinkedRegs } from "./linked.ts";
import { isNeverNull, markPtrOrNullRegs, notNullReg } from "./null.ts";
import { matchPktPointers, pktBranchTaken } from "./packet-range.ts";
import { checkRegArg, curRegs, SRC_OP, sanityChecked, withVal } from "./regs.ts";

/** If there is no error, env.insnIdx is the slot before the next instruction to walk: the jump itself, or the slot before its target. */
export function checkCondJmp(env: Env, insn: Insn): number {
  const op = insn.code & 0xf0;
  if (op === I.BPF_JA || op > I.BPF_JCOND)
    return refuse(env, "unknown-jump-op", { op }, `invalid BPF_JMP/JMP32 opcode ${op.toString(16)}\n`, EINVAL);
  if (op === I.BPF_JCOND) return checkMayGoto(env, insn);

  let err = checkRegArg(env, insn.dst, SRC_OP);
  if (err) return err;
  const fromReg = (insn.code & I.BPF_X) !== 0;
  const state = env.curState;
  const regs = curRegs(env);
  let stackFlags = regs[insn.dst]!.type === T.PTR_TO_STACK ? INSN_F_DST_REG_STACK : 0;
  if (fromReg) {
    if (insn.imm !== 0) return reserved(env);
    err = checkRegArg(env, insn.src, SRC_OP);
    if (err) return err;
    if (regs[insn.src]!.type === T.PTR_TO_STACK) stackFlags |= INSN_F_SRC_REG_STACK;
  } else if (insn.src !== 0) return reserved(env);
  if (stackFlags !== 0) {
    err = pushJmpHistory(env, state, stackFlags, null);
    if (err) return err;
  }

  const narrow = I.classOf(insn.code) === I.BPF_JMP32;
  const width = narrow ? 32 : 64;
  const dst = regs[insn.dst]!;
  const src = fromReg ? regs[insn.src]! : scalarReg(constS32(insn.imm));
  const taken = predictBranch(dst, src, op, width);
  if (taken >= 0) {
    if (dst.type === T.SCALAR_VALUE) err = markChainPrecision(env, insn.dst);
    if (!err && fromReg && src.type === T.SCALAR_VALUE) err = markChainPrecision(env, insn.src);
    if (err) return err;
    if (env.log.level & BPF_LOG_LEVEL) printInsnState(env, state, state.curframe);
    if (taken === 1) env.insnIdx += insn.off;
    return 0;
  }

  // Scalars that share an id with an operand are narrowed with it. Both sides must record which these were.
  const linked: LinkedReg[] = [];
  if (fromReg && src.type === T.SCALAR_VALUE && src.id !== 0) collectLinkedRegs(env, src.id, linked);
  if (regs[insn.dst]!.type === T.SCALAR_VALUE && regs[insn.dst]!.id !== 0)
    collectLinkedRegs(env, regs[insn.dst]!.id, linked);
  if (linked.length > 1) {
    err = pushJmpHistory(env, state, 0, linked);
    if (err) return err;
  }
  const other = pushStack(env, env.insnIdx + insn.off + 1, env.insnIdx, false);
  if (other === null) return EFAULT;
  err = refine(env, insn, op, width, src, other);
  if (err) return err;
  shareWithLinked(state, other, insn, fromReg, linked);
  const dstNow = regs[insn.dst]!;
  const srcNow = fromReg ? regs[insn.src]! : src;
  if (!narrow && fromReg) liftNullness(op, insn, dstNow, srcNow, regs, other);
  if (!narrow && !fromReg && insn.imm === 0 && (op === I.BPF_JEQ || op === I.BPF_JNE) && T.mayBeNull(dstNow.type)) {
    markPtrOrNullRegs(state, insn.dst, op === I.BPF_JNE);
    markPtrOrNullRegs(other, insn.dst, op === I.BPF_JEQ);
  } else {
    matchPktPointers(insn, regs[insn.dst]!, regs[insn.src]!, state, other);
  }
  if (env.log.level & BPF_LOG_LEVEL) printInsnState(env, state, state.curframe);
  return 0;
}

const reserved = (env: Env): number =>
  refuse(env, "reserved-fields", { insn: "BPF_JMP/JMP32" }, "BPF_JMP/JMP32 uses reserved fields\n", EINVAL);

/** 1: jumps. 0: falls through. -1: not known. @kernel verifier.c is_branch_taken */
function predictBranch(dst: RegState, src: RegState, op: number, width: 32 | 64): 0 | 1 | -1 {
  if (dst.type === T.SCALAR_VALUE && src.type === T.SCALAR_VALUE) return branchTaken(op, width, dst.val, src.val);
  if (width === 64 && isPacketReg(dst) && isPacketReg(src)) return pktBranchTaken(dst, src, op);
  let ptr = dst;
  let number = src;
  let code = op;
  if (!isConstNumber(number, width)) {
    ptr = src;
    number = dst;
    code = flipOpcode(op);
    if (!isConstNumber(number, width)) return -1;
  }
  if (!isNeverNull(ptr)) return -1;
  const value = width === 32 ? BigInt.asUintN(32, number.val.varOff.value) : number.val.varOff.value;
  if (value !== 0n) return -1;
  return code === I.BPF_JEQ ? 0 : code === I.BPF_JNE ? 1 : -1;
}

/** @kernel verifier.c is_reg_const */
const isConstNumber = (reg: RegState, width: 32 | 64): boolean =>
  reg.type === T.SCALAR_VALUE &&
  (reg.val.varOff.mask === 0n || (width === 32 && BigInt.asUintN(32, reg.val.varOff.mask) === 0n));

/** A register with what a branch says about it, or an errno. `where`: as the log calls it. */
const narrowed = (env: Env, reg: RegState, val: Scalar, where: string): RegState | number =>
  val === reg.val ? reg : sanityChecked(env, withVal(reg, val), where);

/** Both operands with what a branch says about them, or an errno. `same`: they are one register. */
function narrowedBoth(
  env: Env,
  dst: RegState,
  src: RegState,
  same: boolean,
  { a, b }: { readonly a: Scalar; readonly b: Scalar },
  branch: "true" | "false",
): readonly [RegState, RegState] | number {
  const first = narrowed(env, dst, a, `${branch}_reg1`);
  if (typeof first === "number") return first;
  // The second check of one register gets the result of the first.
  const second = same ? sanityChecked(env, first, `${branch}_reg2`) : narrowed(env, src, b, `${branch}_reg2`);
  return typeof second === "number" ? second : [same ? second : first, second];
}

/** Narrows both operands for both outcomes, if they are numbers. @kernel verifier.c reg_set_min_max */
function refine(env: Env, insn: Insn, op: number, width: 32 | 64, source: RegState, other: VerifierState): number {
  const fromReg = (insn.code & I.BPF_X) !== 0;
  const regs = curRegs(env);
  const dst = regs[insn.dst]!;
  const src = fromReg ? regs[insn.src]! : source;
  if (dst.type !== T.SCALAR_VALUE || src.type !== T.SCALAR_VALUE) return 0;
  const same = fromReg && insn.src === insn.dst;
  const { taken, fallthrough } = refineBranches(op, width, dst.val, src.val, same);
  const jumped = narrowedBoth(env, dst, src, same, taken, "true");
  if (typeof jumped === "number") return jumped;
  const stayed = narrowedBoth(env, dst, src, same, fallthrough, "false");
  if (typeof stayed === "number") return stayed;
  const otherRegs = other.frames[other.curframe]!.regs;
  [otherRegs[insn.dst], regs[insn.dst]] = [jumped[0], stayed[0]];
  if (fromReg && !same) [otherRegs[insn.src], regs[insn.src]] = [jumped[1], stayed[1]];
  return 0;
}

function shareWithLinked(
  state: VerifierState,
  other: VerifierState,
  insn: Insn,
  fromReg: boolean,
  linked: readonly LinkedReg[],
): void {
  const regs = state.frames[state.curframe]!.regs;
  for (const regno of fromReg ? [insn.src, insn.dst] : [insn.dst]) {
    const reg = regs[regno]!;
    if (reg.type !== T.SCALAR_VALUE || reg.id === 0) continue;
    syncLinkedRegs(state, regno, linked);
    syncLinkedRegs(other, regno, linked);
  }
}

/** If two pointers are equal and one of them cannot be null, the other is not null either. */
function liftNullness(
  op: number,
  insn: Insn,
  dst: RegState,
  src: RegState,
  regs: RegState[],
  other: VerifierState,
): void {
  if (dst.type === T.SCALAR_VALUE || src.type === T.SCALAR_VALUE) return;
  if (T.mayBeNull(src.type) === T.mayBeNull(dst.type)) return;
  if (T.baseType(src.type) === T.PTR_TO_BTF_ID || T.baseType(dst.type) === T.PTR_TO_BTF_ID) return;
  const equal = op === I.BPF_JEQ ? other.frames[other.curframe]!.regs : op === I.BPF_JNE ? regs : undefined;
  if (equal === undefined) return;
  const regno = T.mayBeNull(src.type) ? insn.src : insn.dst;
  equal[regno] = notNullReg(equal[regno]!);
}

/**
 * A loop that is ended at run time. Both sides are walked. On the side that stays in the loop, scalars that are not precise are
 * widened.
 */
function checkMayGoto(env: Env, insn: Insn): number {
  if (insn.code !== (I.BPF_JMP | I.BPF_JCOND) || insn.src !== I.BPF_MAY_GOTO || insn.dst !== 0 || insn.imm !== 0) {
    return refuse(env, "may-goto", { imm: insn.imm }, `invalid may_goto imm ${insn.imm}\n`, EINVAL);
  }
  const { parent } = env.curState;
  const prev = parent && findPrevEntry(env, parent, env.insnIdx);
  const queued = pushStack(env, env.insnIdx + 1, env.insnIdx, false);
  if (queued === null) return ENOMEM;
  queued.mayGotoDepth++;
  if (prev !== null) widenImpreciseScalars(env, prev, queued);
  env.insnIdx += insn.off;
  return 0;
}
