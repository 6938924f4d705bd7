// Arithmetic between a pointer and a number: which pointers allow it, and where the result points.
// The kernel's masking against speculative execution is not asked for here: programs are loaded with CAP_PERFMON.
import { S64_MIN } from "../../base/u64.ts";
import * as I from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { ptrAdd, ptrSub } from "../domain/alu.ts";
import { syncBounds } from "../domain/bounds.ts";
import { regTypeStr } from "../log/state.ts";
import { type Env, verbose } from "../state/env.ts";
import { EACCES, EINVAL } from "../state/errors.ts";
import { isConstVal, isPktPointerReg, type RegState, UNKNOWN_REG } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import { BPF_MAX_VAR_OFF } from "./region.ts";
import { curRegs } from "./regs.ts";

/** How messages name an operator, by op >> 4. @kernel disasm.c bpf_alu_string */
export const OPERATOR: readonly string[] = [
  "+=", "-=", "*=", "/=", "|=", "&=", "<<=", ">>=", "neg", "%=", "^=", "=", "s>>=", "endian", "", "",
]; // biome-ignore format: one table

const LIMIT = BigInt(BPF_MAX_VAR_OFF);

/** Pointers that a number may be added to or taken from. */
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

/** Offsets must stay small enough that sums cannot wrap. @kernel verifier.c check_reg_sane_offset */
function saneOffset(env: Env, reg: RegState, type: number): boolean {
  const { varOff, smin } = reg.val;
  if (varOff.mask === 0n) {
    const value = BigInt.asIntN(64, varOff.value);
    if (value >= LIMIT || value <= -LIMIT) {
      verbose(env, `math between ${regTypeStr(type)} pointer and ${value} is not allowed\n`);
      return false;
    }
  }
  if (reg.off >= BPF_MAX_VAR_OFF || reg.off <= -BPF_MAX_VAR_OFF) {
    verbose(env, `${regTypeStr(type)} pointer offset ${reg.off} is not allowed\n`);
    return false;
  }
  if (smin === S64_MIN) {
    verbose(env, `math between ${regTypeStr(type)} pointer and register with unbounded min value is not allowed\n`);
    return false;
  }
  if (smin >= LIMIT || smin <= -LIMIT) {
    verbose(env, `value ${smin} makes ${regTypeStr(type)} pointer be out of bounds\n`);
    return false;
  }
  return true;
}

/**
 * Puts `ptr op= number` into the destination register. `ptrIsDst`: the pointer is the destination; else it is the
 * source, and the number is what the destination held.
 * @kernel verifier.c adjust_ptr_min_max_vals
 */
export function adjustPointer(env: Env, insn: Insn, ptr: RegState, number: RegState, ptrIsDst: boolean): number {
  const op = insn.code & 0xf0;
  const regs = curRegs(env);
  const dst = insn.dst;
  const n = number.val;
  const known = n.varOff.mask === 0n;
  if ((known && (n.smin !== n.smax || n.umin !== n.umax)) || n.smin > n.smax || n.umin > n.umax) {
    // Left over from a branch that cannot be.
    regs[dst] = UNKNOWN_REG;
    return 0;
  }
  if (I.classOf(insn.code) !== I.BPF_ALU64) {
    if (op === I.BPF_SUB) {
      regs[dst] = UNKNOWN_REG;
      return 0;
    }
    verbose(env, `R${dst} 32-bit pointer arithmetic prohibited\n`);
    return EACCES;
  }
  if (T.mayBeNull(ptr.type)) {
    verbose(env, `R${dst} pointer arithmetic on ${regTypeStr(ptr.type)} prohibited, null-check it first\n`);
    return EACCES;
  }
  const base = T.baseType(ptr.type);
  if (base === T.PTR_TO_MEM && ptr.type & T.PTR_UNTRUSTED) return 0;
  const addsZero = known && n.smin === 0n && op === I.BPF_ADD;
  const allowed =
    ARITHMETIC.has(base) || (base === T.PTR_TO_FLOW_KEYS ? known : base === T.CONST_PTR_TO_MAP && addsZero);
  if (!allowed) {
    verbose(env, `R${dst} pointer arithmetic on ${regTypeStr(ptr.type)} prohibited\n`);
    return EACCES;
  }
  if (!saneOffset(env, number, ptr.type) || !saneOffset(env, ptr, ptr.type)) return EINVAL;
  if (op !== I.BPF_ADD && op !== I.BPF_SUB) {
    const bitwise = op === I.BPF_AND || op === I.BPF_OR || op === I.BPF_XOR;
    const name = OPERATOR[op >> 4];
    verbose(
      env,
      bitwise
        ? `R${dst} bitwise operator ${name} on pointer prohibited\n`
        : `R${dst} pointer arithmetic with ${name} operator prohibited\n`,
    );
    return EACCES;
  }
  if (op === I.BPF_SUB) {
    if (!ptrIsDst) {
      verbose(env, `R${dst} tried to subtract pointer from scalar\n`);
      return EACCES;
    }
    if (ptr.type === T.PTR_TO_STACK) {
      verbose(env, `R${dst} subtraction from stack pointer prohibited\n`);
      return EACCES;
    }
  }
  // The destination takes over the pointer; what it had of its own besides (precision, reference) it keeps.
  const held = regs[dst]!;
  const moved: RegState = {
    ...ptr,
    refObjId: held.refObjId,
    frameno: held.frameno,
    precise: held.precise,
    val: ptr.val,
  };
  const delta = op === I.BPF_ADD ? n.smin : -n.smin;
  const off = BigInt(ptr.off) + delta;
  let result: RegState;
  if (known && off === BigInt.asIntN(32, off)) {
    result = { ...moved, off: Number(off), val: syncedPointer(ptr) };
  } else {
    const val = op === I.BPF_ADD ? ptrAdd(ptr.val, n) : ptrSub(ptr.val, n);
    result = { ...moved, val };
    if (isPktPointerReg(ptr)) {
      const keepsRange = op === I.BPF_SUB && n.smin >= 0n;
      result = { ...result, id: ++env.idGen, range: keepsRange ? ptr.range : 0 };
    }
    if (!saneOffset(env, result, ptr.type)) return EINVAL;
    regs[dst] = { ...result, val: syncBounds(val) };
    return 0;
  }
  if (!saneOffset(env, result, ptr.type)) return EINVAL;
  regs[dst] = result;
  return 0;
}

/** The variable part of a pointer that moved by a constant: the same, with 32-bit ranges found anew from the 64-bit ones. */
const syncedPointer = (ptr: RegState): RegState["val"] =>
  isConstVal(ptr)
    ? ptr.val
    : syncBounds({ ...ptr.val, s32min: -0x8000_0000, s32max: 0x7fff_ffff, u32min: 0, u32max: 0xffff_ffff });
