// Arithmetic instructions: operands, reserved fields, moves with their ids, and scalar results. For pointers see pointer-alu.ts.
// @kernel verifier.c check_alu_op, adjust_reg_min_max_vals
import { asS64, lowS32, S32_MAX, S32_MIN, U32_MAX } from "../../base/u64.ts";
import { aluSymbol } from "../../disasm/kernel.ts";
import * as I from "../../isa/codes.ts";
import { type AluShape, aluShape } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import { aluScalar, isSafeToCompute } from "../domain/alu.ts";
import { byteSwap } from "../domain/bswap.ts";
import { constS32, constU32, isConst, SCALAR_UNKNOWN, type Scalar } from "../domain/scalar.ts";
import { movScalar, withLow32 } from "../domain/size.ts";
import { markChainPrecision } from "../explore/precision.ts";
import { pushStack } from "../explore/stack.ts";
import { regTypeStr } from "../print/state.ts";
import { refuse } from "../refuse.ts";
import { type Env, notSimulated } from "../state/env.ts";
import { EACCES, EFAULT, EINVAL } from "../state/errors.ts";
import {
  BPF_ADD_CONST,
  BPF_ADD_CONST32,
  BPF_ADD_CONST64,
  type RegState,
  scalarReg,
  UNKNOWN_REG,
  withNumber,
} from "../state/reg.ts";
import { PTR_TO_ARENA, SCALAR_VALUE } from "../state/regtype.ts";
import { adjustPointer } from "./pointer-alu.ts";
import { checkRegArg, curRegs, DST_OP, DST_OP_NO_MARK, SRC_OP, sanityCheckReg } from "./regs.ts";
import { fitsInBits, withSharedId } from "./scalar-id.ts";

const reserved = (env: Env, insn: string): number =>
  refuse(env, "reserved-fields", { insn }, `${insn} uses reserved fields\n`, EINVAL);

export function checkAluOp(env: Env, insn: Insn): number {
  const op = insn.code & 0xf0;
  const shape = op === I.BPF_END ? "negation" : aluShape(op);
  let err: number;
  if (shape === undefined) {
    err = refuse(env, "unknown-alu-op", { op }, `invalid BPF_ALU opcode ${op.toString(16)}\n`, EINVAL);
  } else if (shape === "move") err = checkMov(env, insn);
  else if (shape === "negation") err = checkUnary(env, insn, op);
  else err = checkBinary(env, insn, op, shape);
  return err || sanityCheckReg(env, insn.dst, "alu");
}

function checkUnary(env: Env, insn: Insn, op: number): number {
  if (op === I.BPF_NEG) {
    if ((insn.code & I.BPF_X) !== I.BPF_K || insn.src !== 0 || insn.off !== 0 || insn.imm !== 0)
      return reserved(env, "BPF_NEG");
  } else if (
    insn.src !== 0 ||
    insn.off !== 0 ||
    (insn.imm !== 16 && insn.imm !== 32 && insn.imm !== 64) ||
    (I.classOf(insn.code) === I.BPF_ALU64 && (insn.code & I.BPF_TO_BE) !== I.BPF_TO_LE)
  ) {
    return reserved(env, "BPF_END");
  }
  const err = checkRegArg(env, insn.dst, SRC_OP);
  if (err) return err;
  const regs = curRegs(env);
  const dst = regs[insn.dst]!;
  if (dst.type === SCALAR_VALUE) {
    const err = checkRegArg(env, insn.dst, DST_OP_NO_MARK);
    if (err) return err;
    if (op === I.BPF_END) {
      // x86-64 is little endian: to_le only truncates.
      const swap = I.classOf(insn.code) === I.BPF_ALU64 || (insn.code & I.BPF_TO_BE) !== 0;
      const val = byteSwap(dst.val, (insn.imm >> 3) as 2 | 4 | 8, swap);
      regs[insn.dst] = withNumber(dst, val, swap || insn.imm !== 64 ? 0 : dst.id, dst.off);
      return 0;
    }
    regs[insn.dst] = withNumber(dst, aluScalar(op, widthOf(insn), dst.val, dst.val), 0, 0);
    return 0;
  }
  return checkRegArg(env, insn.dst, DST_OP);
}

const widthOf = (insn: Insn): 32 | 64 => (I.classOf(insn.code) === I.BPF_ALU64 ? 64 : 32);

function checkMov(env: Env, insn: Insn): number {
  const wide = I.classOf(insn.code) === I.BPF_ALU64;
  const fromReg = (insn.code & I.BPF_X) !== 0;
  if (fromReg) {
    if (wide && insn.off === I.BPF_ADDR_SPACE_CAST) {
      if (insn.imm !== 1 && insn.imm !== 1 << 16) {
        const text = "addr_space_cast insn can only convert between address space 1 and 0\n";
        return refuse(env, "address-space", { imm: insn.imm }, text, EINVAL);
      }
      if (!env.maps.some((map) => map.def.type === "arena")) {
        const text = "addr_space_cast insn can only be used in a program that has an associated arena\n";
        return refuse(env, "address-space-arena", {}, text, EINVAL);
      }
      return notSimulated(env, "arena pointers");
    }
    const { off } = insn;
    if ((off !== 0 && off !== 8 && off !== 16 && !(wide && off === 32)) || insn.imm !== 0)
      return reserved(env, "BPF_MOV");
    const err = checkRegArg(env, insn.src, SRC_OP);
    if (err) return err;
  } else if (insn.src !== 0 || insn.off !== 0) return reserved(env, "BPF_MOV");

  const err = checkRegArg(env, insn.dst, DST_OP_NO_MARK);
  if (err) return err;
  const regs = curRegs(env);
  if (!fromReg) {
    regs[insn.dst] = scalarReg(wide ? constS32(insn.imm) : constU32(insn.imm >>> 0));
    return 0;
  }
  if (wide && insn.off === 0) {
    const src = withSharedId(env, regs[insn.src]!);
    regs[insn.src] = src;
    regs[insn.dst] = src;
    return 0;
  }
  let src = regs[insn.src]!;
  if (src.type !== SCALAR_VALUE) {
    // The 32-bit copy of a pointer is an unknown number.
    regs[insn.dst] = wide ? UNKNOWN_REG : scalarReg(movScalar(32, 0, UNKNOWN_REG.val));
    return 0;
  }
  // The copy has the same value, and so the same id, only if no bit is lost and no sign bit is spread.
  const same = insn.off === 0 ? fitsInBits(src, 32) : fitsInBits(src, insn.off - 1);
  if (same) {
    src = withSharedId(env, src);
    regs[insn.src] = src;
  }
  const val = movScalar(wide ? 64 : 32, insn.off as 0 | 8 | 16 | 32, src.val);
  regs[insn.dst] = withNumber(src, val, same ? src.id : 0, src.off);
  return 0;
}

function checkBinary(env: Env, insn: Insn, op: number, shape: AluShape): number {
  const fromReg = (insn.code & I.BPF_X) !== 0;
  const divides = shape === "division";
  const offOk = insn.off === 0 || (insn.off === 1 && divides);
  if (fromReg ? insn.imm !== 0 || !offOk : insn.src !== 0 || !offOk) return reserved(env, "BPF_ALU");
  let err = (fromReg && checkRegArg(env, insn.src, SRC_OP)) || checkRegArg(env, insn.dst, SRC_OP);
  if (err) return err;
  if (!fromReg) {
    if (divides && insn.imm === 0) return refuse(env, "division-by-zero", { reg: insn.dst }, "div by zero\n", EINVAL);
    if (shape === "shift") {
      const width = widthOf(insn);
      if (insn.imm < 0 || insn.imm >= width) {
        const args = { reg: insn.dst, by: insn.imm, width };
        return refuse(env, "shift", args, `invalid shift ${insn.imm}\n`, EINVAL);
      }
    }
  }
  err = checkRegArg(env, insn.dst, DST_OP_NO_MARK);
  return err || computeDst(env, insn, op, fromReg);
}

/** @kernel verifier.c adjust_reg_min_max_vals */
function computeDst(env: Env, insn: Insn, op: number, fromReg: boolean): number {
  const regs = curRegs(env);
  let dst = regs[insn.dst]!;
  if (dst.type === PTR_TO_ARENA) return notSimulated(env, "arena pointers");
  let srcVal: Scalar;
  if (fromReg) {
    const src = regs[insn.src]!;
    srcVal = src.val;
    if (src.type !== SCALAR_VALUE) {
      if (dst.type === SCALAR_VALUE) {
        const err = markChainPrecision(env, insn.dst);
        return err || adjustPointer(env, insn, src, regs[insn.dst]!, false);
      }
      if (op === I.BPF_SUB) {
        regs[insn.dst] = UNKNOWN_REG;
        return 0;
      }
      const name = aluSymbol(op);
      const args = { reg: insn.dst, type: regTypeStr(dst.type), number: insn.src, op: name };
      return refuse(env, "pointer-with-pointer", args, `R${insn.dst} pointer ${name} pointer prohibited\n`, EACCES);
    }
    if (dst.type !== SCALAR_VALUE) {
      const err = markChainPrecision(env, insn.src);
      return err || adjustPointer(env, insn, regs[insn.dst]!, regs[insn.src]!, true);
    }
    if (dst.precise) {
      const err = markChainPrecision(env, insn.src);
      if (err) return err;
      dst = regs[insn.dst]!;
    }
  } else {
    srcVal = constS32(insn.imm);
    if (dst.type !== SCALAR_VALUE) return adjustPointer(env, insn, dst, scalarReg(srcVal), true);
  }
  const width = widthOf(insn);
  if ((op === I.BPF_AND || op === I.BPF_OR) && srcVal.varOff.mask === 0n) {
    const forked = forkZeroAndMinusOne(env, insn, dst);
    if (forked === null) return EFAULT;
    dst = forked;
  }
  const val = aluScalar(op, width, dst.val, srcVal);
  if (val === SCALAR_UNKNOWN && !isSafeToCompute(op, width, srcVal)) {
    regs[insn.dst] = UNKNOWN_REG;
    return 0;
  }
  const alone = fromReg && insn.src === insn.dst;
  const off = alone || dst.id === 0 ? undefined : distanceAfter(op, width, dst, srcVal);
  if (off === undefined) regs[insn.dst] = withNumber(dst, val, 0, 0);
  else regs[insn.dst] = withNumber(dst, val, dst.id | (width === 32 ? BPF_ADD_CONST32 : BPF_ADD_CONST64), off);
  return 0;
}

/**
 * A value that is 0 or -1 is about to be masked, as compilers do instead of a branch. Both values are walked separately. The path with
 * 0 is put aside; its instruction is walked again later. Returns the register to continue with. null: there are too many branches.
 * @kernel verifier.c maybe_fork_scalars
 */
function forkZeroAndMinusOne(env: Env, insn: Insn, dst: RegState): RegState | null {
  const { smin, smax, s32min, s32max } = dst.val;
  const wide = smin === -1n && smax === 0n;
  if (!wide && (s32min !== -1 || s32max !== 0)) return dst;
  const branch = pushStack(env, env.insnIdx, env.insnIdx, false);
  if (branch === null) return null;
  const known = (n: number): RegState =>
    withNumber(dst, wide ? constS32(n) : withLow32(dst.val, n), wide ? 0 : dst.id, wide ? 0 : dst.off);
  branch.frames[branch.curframe]!.regs[insn.dst] = known(0);
  return known(-1);
}

/**
 * The distance of `dst` from the others of its id after a constant was added or subtracted. undefined: it loses its id. Only one
 * distance can be kept, and a 32-bit distance only if the upper half was zero.
 */
function distanceAfter(op: number, width: 32 | 64, dst: RegState, operand: Scalar): number | undefined {
  if ((op !== I.BPF_ADD && op !== I.BPF_SUB) || dst.id & BPF_ADD_CONST || !isConst(operand, width === 32))
    return undefined;
  const value = width === 32 ? lowS32(operand.varOff.value) : Number(asS64(operand.varOff.value));
  if (value < S32_MIN || value > S32_MAX || (op === I.BPF_SUB && value === S32_MIN)) return undefined;
  if (width === 32 && dst.val.umax > BigInt(U32_MAX)) return undefined;
  return op === I.BPF_SUB ? -value : value;
}
