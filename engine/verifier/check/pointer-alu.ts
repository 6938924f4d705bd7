// Arithmetic between a pointer and a number: which pointers allow it, and where the result points. The kernel's protection against
// speculative execution is not needed here: programs are loaded with CAP_PERFMON.
import { S64_MIN } from "../../base/u64.ts";
import { aluSymbol } from "../../disasm/kernel.ts";
import * as I from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { ptrAdd, ptrSub } from "../domain/alu.ts";
import { syncBounds } from "../domain/bounds.ts";
import { regTypeStr } from "../print/state.ts";
import { refuse } from "../refuse.ts";
import type { Env } from "../state/env.ts";
import { EACCES, EINVAL } from "../state/errors.ts";
import { BPF_MAX_VAR_OFF, draftReg, isConstVal, isPktPointerReg, type RegState, UNKNOWN_REG } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import { curRegs } from "./regs.ts";

const LIMIT = BigInt(BPF_MAX_VAR_OFF);

/** Pointer types to which a number may be added, and from which it may be subtracted. */
const ARITHMETIC = new Set<number>([
  T.PTR_TO_CTX,
  T.PTR_TO_MAP_VALUE,
  T.PTR_TO_MAP_KEY,
  T.PTR_TO_STACK,
  T.PTR_TO_PACKET_META,
  T.PTR_TO_PACKET,
  T.PTR_TO_TP_BUFFER,
  T.PTR_TO_BTF_ID,
  T.PTR_TO_MEM,
  T.PTR_TO_BUF,
  T.PTR_TO_FUNC,
  T.CONST_PTR_TO_DYNPTR,
]);

/** A number that is added to `ptr` or subtracted from it. */
interface Sum {
  readonly insn: Insn;
  readonly ptr: RegState;
  readonly ptrIsDst: boolean;
}

/** The arguments of a refusal of this sum. */
function refusalArgs({ insn, ptr, ptrIsDst }: Sum): { reg: number; type: string; number: number } {
  const src = (insn.code & I.BPF_X) !== 0 ? insn.src : -1;
  return { reg: insn.dst, type: regTypeStr(ptr.type), number: ptrIsDst ? src : insn.dst };
}

/** Offsets must be small enough that sums cannot wrap. 0, or EINVAL. @kernel verifier.c check_reg_sane_offset */
function saneOffset(env: Env, reg: RegState, sum: Sum): number {
  const { varOff, smin } = reg.val;
  if (varOff.mask === 0n) {
    const value = BigInt.asIntN(64, varOff.value);
    if (value >= LIMIT || value <= -LIMIT) {
      const args = { ...refusalArgs(sum), value };
      const text = `math between ${args.type} pointer and ${value} is not allowed\n`;
      return refuse(env, "pointer-number-large", args, text, EINVAL);
    }
  }
  if (reg.off >= BPF_MAX_VAR_OFF || reg.off <= -BPF_MAX_VAR_OFF) {
    const args = { ...refusalArgs(sum), off: reg.off };
    return refuse(env, "pointer-offset-large", args, `${args.type} pointer offset ${reg.off} is not allowed\n`, EINVAL);
  }
  if (smin === S64_MIN) {
    const args = refusalArgs(sum);
    const text = `math between ${args.type} pointer and register with unbounded min value is not allowed\n`;
    return refuse(env, "pointer-number-unbounded", args, text, EINVAL);
  }
  if (smin >= LIMIT || smin <= -LIMIT) {
    const args = { ...refusalArgs(sum), value: smin };
    const text = `value ${smin} makes ${args.type} pointer be out of bounds\n`;
    return refuse(env, "pointer-number-range", args, text, EINVAL);
  }
  return 0;
}

const pointerArgs = (reg: number, ptr: RegState) => ({ reg, type: regTypeStr(ptr.type) });

/**
 * Sets the destination register to `ptr op number`. `ptrIsDst`: the pointer is the destination. Otherwise it is the source, and the
 * number is the old value of the destination.
 * @kernel verifier.c adjust_ptr_min_max_vals
 */
export function adjustPointer(env: Env, insn: Insn, ptr: RegState, number: RegState, ptrIsDst: boolean): number {
  const op = insn.code & 0xf0;
  const regs = curRegs(env);
  const dst = insn.dst;
  const sum: Sum = { insn, ptr, ptrIsDst };
  const n = number.val;
  const known = n.varOff.mask === 0n;
  if ((known && (n.smin !== n.smax || n.umin !== n.umax)) || n.smin > n.smax || n.umin > n.umax) {
    // The ranges contradict each other: this branch is dead.
    regs[dst] = UNKNOWN_REG;
    return 0;
  }
  if (I.classOf(insn.code) !== I.BPF_ALU64) {
    if (op === I.BPF_SUB) {
      regs[dst] = UNKNOWN_REG;
      return 0;
    }
    return refuse(
      env,
      "pointer-arithmetic-32",
      pointerArgs(dst, ptr),
      `R${dst} 32-bit pointer arithmetic prohibited\n`,
      EACCES,
    );
  }
  if (T.mayBeNull(ptr.type)) {
    const args = pointerArgs(dst, ptr);
    const text = `R${dst} pointer arithmetic on ${args.type} prohibited, null-check it first\n`;
    return refuse(env, "pointer-arithmetic-null", args, text, EACCES);
  }
  const base = T.baseType(ptr.type);
  if (base === T.PTR_TO_MEM && ptr.type & T.PTR_UNTRUSTED) return 0;
  const addsZero = known && n.smin === 0n && op === I.BPF_ADD;
  const allowed =
    ARITHMETIC.has(base) || (base === T.PTR_TO_FLOW_KEYS ? known : base === T.CONST_PTR_TO_MAP && addsZero);
  if (!allowed) {
    const args = pointerArgs(dst, ptr);
    const text = `R${dst} pointer arithmetic on ${args.type} prohibited\n`;
    return refuse(env, "pointer-arithmetic-type", args, text, EACCES);
  }
  const err = saneOffset(env, number, sum) || saneOffset(env, ptr, sum);
  if (err) return err;
  if (op !== I.BPF_ADD && op !== I.BPF_SUB) {
    const bitwise = op === I.BPF_AND || op === I.BPF_OR || op === I.BPF_XOR;
    const name = aluSymbol(op);
    const args = { ...pointerArgs(dst, ptr), op: name };
    return bitwise
      ? refuse(env, "pointer-bitwise", args, `R${dst} bitwise operator ${name} on pointer prohibited\n`, EACCES)
      : refuse(env, "pointer-operator", args, `R${dst} pointer arithmetic with ${name} operator prohibited\n`, EACCES);
  }
  if (op === I.BPF_SUB) {
    if (!ptrIsDst)
      return refuse(
        env,
        "pointer-from-number",
        refusalArgs(sum),
        `R${dst} tried to subtract pointer from scalar\n`,
        EACCES,
      );
    if (ptr.type === T.PTR_TO_STACK)
      return refuse(
        env,
        "stack-pointer-subtract",
        refusalArgs(sum),
        `R${dst} subtraction from stack pointer prohibited\n`,
        EACCES,
      );
  }
  // The destination becomes a copy of the pointer, but keeps its own precision mark, reference and frame number.
  const held = regs[dst]!;
  const result = draftReg(ptr);
  result.refObjId = held.refObjId;
  result.frameno = held.frameno;
  result.precise = held.precise;
  const delta = op === I.BPF_ADD ? n.smin : -n.smin;
  const off = BigInt(ptr.off) + delta;
  if (known && off === BigInt.asIntN(32, off)) {
    result.off = Number(off);
    result.val = syncedPointer(ptr);
  } else {
    const val = op === I.BPF_ADD ? ptrAdd(ptr.val, n) : ptrSub(ptr.val, n);
    result.val = val;
    if (isPktPointerReg(ptr)) {
      const keepsRange = op === I.BPF_SUB && n.smin >= 0n;
      result.id = ++env.idGen;
      result.range = keepsRange ? ptr.range : 0;
    }
    const err = saneOffset(env, result, sum);
    if (err) return err;
    result.val = syncBounds(val);
    regs[dst] = result;
    return 0;
  }
  const tooFar = saneOffset(env, result, sum);
  if (tooFar) return tooFar;
  regs[dst] = result;
  return 0;
}

/**
 * The variable part of a pointer that was moved by a constant. It is the same, with the 32-bit ranges computed anew from the 64-bit
 * ones.
 */
const syncedPointer = (ptr: RegState): RegState["val"] =>
  isConstVal(ptr)
    ? ptr.val
    : syncBounds({ ...ptr.val, s32min: -0x8000_0000, s32max: 0x7fff_ffff, u32min: 0, u32max: 0xffff_ffff });
