// What is known of a scalar after an arithmetic instruction: the transfer functions of BPF_ALU and BPF_ALU64. The results are those of
// adjust_scalar_min_max_vals in Linux 6.18, including its lost precision. Pure. For pointers: ptrAdd, ptrSub.
//
//   γ(aluScalar(op, width, a, b)) ⊇ { op(x, y) : x ∈ γ(a), y ∈ γ(b) }
import { S32_MAX, S32_MIN, S64_MAX, S64_MIN, U32_MAX, U64_MAX } from "../../base/u64.ts";
import {
  BPF_ADD,
  BPF_AND,
  BPF_ARSH,
  BPF_DIV,
  BPF_LSH,
  BPF_MOD,
  BPF_MOV,
  BPF_MUL,
  BPF_NEG,
  BPF_OR,
  BPF_RSH,
  BPF_SUB,
  BPF_XOR,
} from "../../isa/codes.ts";
import { type AluCode, aluShape } from "../../isa/forms.ts";
import { synced, unbound32, unbound64, updateBounds, updateBounds32 } from "./bounds.ts";
import type { Scalar, ScalarDraft } from "./scalar.ts";
import { constScalar, draftOf, SCALAR_UNKNOWN, SCALAR_ZERO } from "./scalar.ts";
import { assign32Into64 } from "./size.ts";
import {
  tnumAdd,
  tnumAnd,
  tnumArshift,
  tnumConstSubreg,
  tnumLshift,
  tnumNeg,
  tnumOr,
  tnumRshift,
  tnumSub,
  tnumSubreg,
  tnumXor,
} from "./tnum.ts";
import { tnumMul } from "./tnum-mul.ts";

const LOW32 = 0xffff_ffffn;
const SIGN64 = 0x8000_0000_0000_0000n;

const outOfS64 = (x: bigint): boolean => x < S64_MIN || x > S64_MAX;
const outOfS32 = (x: number): boolean => x < S32_MIN || x > S32_MAX;
const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);

/** @kernel verifier.c scalar32_min_max_add */
function add32(d: ScalarDraft, s: Scalar): void {
  d.s32min += s.s32min;
  d.s32max += s.s32max;
  if (outOfS32(d.s32min) || outOfS32(d.s32max)) {
    d.s32min = S32_MIN;
    d.s32max = S32_MAX;
  }
  const min = d.u32min + s.u32min;
  const max = d.u32max + s.u32max;
  // If both ends wrap, or neither does, the result is still one range.
  const split = min <= U32_MAX && max > U32_MAX;
  d.u32min = split ? 0 : min >>> 0;
  d.u32max = split ? U32_MAX : max >>> 0;
}

/** @kernel verifier.c scalar_min_max_add */
function add64(d: ScalarDraft, s: Scalar): void {
  d.smin += s.smin;
  d.smax += s.smax;
  if (outOfS64(d.smin) || outOfS64(d.smax)) {
    d.smin = S64_MIN;
    d.smax = S64_MAX;
  }
  const min = d.umin + s.umin;
  const max = d.umax + s.umax;
  const split = min <= U64_MAX && max > U64_MAX;
  d.umin = split ? 0n : min <= U64_MAX ? min : u64(min);
  d.umax = split ? U64_MAX : max <= U64_MAX ? max : u64(max);
}

/** @kernel verifier.c scalar32_min_max_sub */
function sub32(d: ScalarDraft, s: Scalar): void {
  d.s32min -= s.s32max;
  d.s32max -= s.s32min;
  if (outOfS32(d.s32min) || outOfS32(d.s32max)) {
    d.s32min = S32_MIN;
    d.s32max = S32_MAX;
  }
  const min = d.u32min - s.u32max;
  const max = d.u32max - s.u32min;
  const split = min < 0 && max >= 0;
  d.u32min = split ? 0 : min >>> 0;
  d.u32max = split ? U32_MAX : max >>> 0;
}

/** @kernel verifier.c scalar_min_max_sub */
function sub64(d: ScalarDraft, s: Scalar): void {
  d.smin -= s.smax;
  d.smax -= s.smin;
  if (outOfS64(d.smin) || outOfS64(d.smax)) {
    d.smin = S64_MIN;
    d.smax = S64_MAX;
  }
  const min = d.umin - s.umax;
  const max = d.umax - s.umin;
  const split = min < 0n && max >= 0n;
  d.umin = split ? 0n : min >= 0n ? min : u64(min);
  d.umax = split ? U64_MAX : max >= 0n ? max : u64(max);
}

/** @kernel verifier.c scalar32_min_max_mul */
function mul32(d: ScalarDraft, s: Scalar): void {
  // Products of 32-bit ends may need up to 64 bits. A double is exact if the product fits 32 bits, and shows if it does not.
  const umax = d.u32max * s.u32max;
  const umin = d.u32min * s.u32min;
  const over = umax > U32_MAX || umin > U32_MAX;
  d.u32min = over ? 0 : umin;
  d.u32max = over ? U32_MAX : umax;
  const a = d.s32min * s.s32min;
  const b = d.s32min * s.s32max;
  const c = d.s32max * s.s32min;
  const e = d.s32max * s.s32max;
  const least = Math.min(a, b, c, e);
  const most = Math.max(a, b, c, e);
  const wide = outOfS32(least) || outOfS32(most);
  // `| 0` turns the double's -0 into 0.
  d.s32min = wide ? S32_MIN : least | 0;
  d.s32max = wide ? S32_MAX : most | 0;
}

/** @kernel verifier.c scalar_min_max_mul */
function mul64(d: ScalarDraft, s: Scalar): void {
  const umax = d.umax * s.umax;
  const umin = d.umin * s.umin;
  const over = umax > U64_MAX || umin > U64_MAX;
  d.umin = over ? 0n : umin;
  d.umax = over ? U64_MAX : umax;
  let least = d.smin * s.smin;
  let most = least;
  for (const product of [d.smin * s.smax, d.smax * s.smin, d.smax * s.smax]) {
    if (product < least) least = product;
    if (product > most) most = product;
  }
  const wide = outOfS64(least) || outOfS64(most);
  d.smin = wide ? S64_MIN : least;
  d.smax = wide ? S64_MAX : most;
}

function known32(d: ScalarDraft, value: number): void {
  d.varOff = tnumConstSubreg(d.varOff, value);
  d.u32min = d.u32max = value;
  d.s32min = d.s32max = value | 0;
}

function known64(d: ScalarDraft, value: bigint): void {
  Object.assign(d, constScalar(value));
}

/** Takes the signed ends from the unsigned ones if those do not cross the sign bit. */
function signedFromUnsigned32(d: ScalarDraft): void {
  const whole = (d.u32min | 0) <= (d.u32max | 0);
  d.s32min = whole ? d.u32min | 0 : S32_MIN;
  d.s32max = whole ? d.u32max | 0 : S32_MAX;
}

function signedFromUnsigned64(d: ScalarDraft): void {
  const min = d.umin < SIGN64 ? d.umin : BigInt.asIntN(64, d.umin);
  const max = d.umax < SIGN64 ? d.umax : BigInt.asIntN(64, d.umax);
  const whole = min <= max;
  d.smin = whole ? min : S64_MIN;
  d.smax = whole ? max : S64_MAX;
}

type Ends32 = (d: ScalarDraft, s: Scalar, value: number, mask: number) => void;
type Ends64 = (d: ScalarDraft, s: Scalar) => void;

/** The unsigned ends of a bitwise operation. The draft's tnum is already that of the result. */
const AND_ENDS: readonly [Ends32, Ends64] = [
  (d, s, value) => {
    d.u32min = value;
    d.u32max = Math.min(d.u32max, s.u32max);
  },
  (d, s) => {
    d.umin = d.varOff.value;
    if (s.umax < d.umax) d.umax = s.umax;
  },
];
const OR_ENDS: readonly [Ends32, Ends64] = [
  (d, s, value, mask) => {
    d.u32min = Math.max(d.u32min, s.u32min);
    d.u32max = (value | mask) >>> 0;
  },
  (d, s) => {
    if (s.umin > d.umin) d.umin = s.umin;
    d.umax = d.varOff.value | d.varOff.mask;
  },
];
const XOR_ENDS: readonly [Ends32, Ends64] = [
  (d, _s, value, mask) => {
    d.u32min = value;
    d.u32max = (value | mask) >>> 0;
  },
  (d) => {
    d.umin = d.varOff.value;
    d.umax = d.varOff.value | d.varOff.mask;
  },
];

/** @kernel verifier.c scalar32_min_max_and, scalar_min_max_and, and the same functions for or and xor */
function bitwise(d: ScalarDraft, s: Scalar, [ends32, ends64]: readonly [Ends32, Ends64]): void {
  const value = Number(d.varOff.value & LOW32);
  const mask = Number(d.varOff.mask & LOW32);
  if (mask === 0 && (s.varOff.mask & LOW32) === 0n) known32(d, value);
  else {
    ends32(d, s, value, mask);
    signedFromUnsigned32(d);
  }
  if (d.varOff.mask === 0n && s.varOff.mask === 0n) known64(d, d.varOff.value);
  else {
    ends64(d, s);
    signedFromUnsigned64(d);
    updateBounds(d);
  }
}

/** @kernel verifier.c __scalar32_min_max_lsh */
function lshEnds32(d: ScalarDraft, shift: number): void {
  d.s32min = S32_MIN;
  d.s32max = S32_MAX;
  if (shift > 31 || d.u32max > 2 ** (31 - shift)) {
    d.u32min = 0;
    d.u32max = U32_MAX;
  } else {
    d.u32min = (d.u32min << shift) >>> 0;
    d.u32max = (d.u32max << shift) >>> 0;
  }
}

/** @kernel verifier.c scalar32_min_max_lsh */
function lsh32(d: ScalarDraft, shift: number): void {
  lshEnds32(d, shift);
  d.varOff = tnumSubreg(tnumLshift(tnumSubreg(d.varOff), shift));
  unbound64(d);
  updateBounds32(d);
}

/** @kernel verifier.c scalar_min_max_lsh */
function lsh64(d: ScalarDraft, shift: number): void {
  // Compilers sign-extend by (x << 32) s>> 32. The kernel keeps signed ends for this distance only.
  d.smin = shift === 32 ? BigInt(d.s32min) << 32n : S64_MIN;
  d.smax = shift === 32 ? BigInt(d.s32max) << 32n : S64_MAX;
  if (d.umax > 1n << BigInt(63 - shift)) {
    d.umin = 0n;
    d.umax = U64_MAX;
  } else {
    // On a dead branch the range may be empty, with its minimum above its maximum. The minimum wraps as in C.
    d.umin = u64(d.umin << BigInt(shift));
    d.umax <<= BigInt(shift);
  }
  lshEnds32(d, shift);
  d.varOff = tnumLshift(d.varOff, shift);
  updateBounds(d);
}

/** @kernel verifier.c scalar32_min_max_rsh */
function rsh32(d: ScalarDraft, shift: number): void {
  d.s32min = S32_MIN;
  d.s32max = S32_MAX;
  d.varOff = tnumRshift(tnumSubreg(d.varOff), shift);
  d.u32min >>>= shift;
  d.u32max >>>= shift;
  unbound64(d);
  updateBounds32(d);
}

/** @kernel verifier.c scalar_min_max_rsh */
function rsh64(d: ScalarDraft, shift: number): void {
  d.smin = S64_MIN;
  d.smax = S64_MAX;
  d.varOff = tnumRshift(d.varOff, shift);
  d.umin >>= BigInt(shift);
  d.umax >>= BigInt(shift);
  unbound32(d);
  updateBounds(d);
}

/** @kernel verifier.c scalar32_min_max_arsh */
function arsh32(d: ScalarDraft, shift: number): void {
  d.s32min >>= shift;
  d.s32max >>= shift;
  d.varOff = tnumArshift(d.varOff, shift, 32);
  d.u32min = 0;
  d.u32max = U32_MAX;
  unbound64(d);
  updateBounds32(d);
}

/** @kernel verifier.c scalar_min_max_arsh */
function arsh64(d: ScalarDraft, shift: number): void {
  d.smin >>= BigInt(shift);
  d.smax >>= BigInt(shift);
  d.varOff = tnumArshift(d.varOff, shift, 64);
  d.umin = 0n;
  d.umax = U64_MAX;
  unbound32(d);
  updateBounds(d);
}

/** Turns a draft of the left operand into the result. The result is not synchronised yet. */
type Transfer = (d: ScalarDraft, s: Scalar, width: 32 | 64) => void;

const shiftOf = (s: Scalar): number => Number(s.umin & 0x3fn);

/** The transfer of each operation. undefined: the result is unknown (DIV, MOD), or it is no arithmetic (for MOV see size.ts). */
const TRANSFERS: Readonly<Record<AluCode, Transfer | undefined>> = {
  [BPF_ADD]: (d, s) => {
    add32(d, s);
    add64(d, s);
    d.varOff = tnumAdd(d.varOff, s.varOff);
  },
  [BPF_SUB]: (d, s) => {
    sub32(d, s);
    sub64(d, s);
    d.varOff = tnumSub(d.varOff, s.varOff);
  },
  [BPF_NEG]: (d) => {
    const old = draftOf(d);
    Object.assign(d, SCALAR_ZERO);
    sub32(d, old);
    sub64(d, old);
    d.varOff = tnumNeg(old.varOff);
  },
  [BPF_MUL]: (d, s) => {
    d.varOff = tnumMul(d.varOff, s.varOff);
    mul32(d, s);
    mul64(d, s);
  },
  [BPF_AND]: (d, s) => {
    d.varOff = tnumAnd(d.varOff, s.varOff);
    bitwise(d, s, AND_ENDS);
  },
  [BPF_OR]: (d, s) => {
    d.varOff = tnumOr(d.varOff, s.varOff);
    bitwise(d, s, OR_ENDS);
  },
  [BPF_XOR]: (d, s) => {
    d.varOff = tnumXor(d.varOff, s.varOff);
    bitwise(d, s, XOR_ENDS);
  },
  [BPF_LSH]: (d, s, width) => (width === 32 ? lsh32 : lsh64)(d, shiftOf(s)),
  [BPF_RSH]: (d, s, width) => (width === 32 ? rsh32 : rsh64)(d, shiftOf(s)),
  [BPF_ARSH]: (d, s, width) => (width === 32 ? arsh32 : arsh64)(d, shiftOf(s)),
  [BPF_DIV]: undefined,
  [BPF_MOD]: undefined,
  [BPF_MOV]: undefined,
};
const transferOf = (op: number): Transfer | undefined => TRANSFERS[op as AluCode];

/**
 * Whether the result of `op` can be computed at all. A shift needs a known distance below the width.
 * @kernel verifier.c is_safe_to_compute_dst_reg_range
 */
export function isSafeToCompute(op: number, width: 32 | 64, src: Scalar): boolean {
  if (transferOf(op) === undefined) return false;
  if (aluShape(op) === "shift") {
    if (src.umax >= BigInt(width)) return false;
    if (width === 32) return (src.varOff.mask & LOW32) === 0n && src.s32min === src.s32max && src.u32min === src.u32max;
    return src.varOff.mask === 0n && src.smin === src.smax && src.umin === src.umax;
  }
  return true;
}

/** The transfer on the ranges, without the short cut of `aluScalar` for constants. It gives the same results. */
export function aluByRanges(op: number, width: 32 | 64, dst: Scalar, src: Scalar): Scalar {
  if (!isSafeToCompute(op, width, src)) return SCALAR_UNKNOWN;
  const d = draftOf(dst);
  transferOf(op)!(d, src, width);
  if (width === 32) assign32Into64(d);
  return synced(d);
}

/** Each operation on single values. Shift distances are below the width. */
const CONCRETE: Readonly<Record<AluCode, ((x: bigint, y: bigint, width: 32 | 64) => bigint) | undefined>> = {
  [BPF_ADD]: (x, y) => x + y,
  [BPF_SUB]: (x, y) => x - y,
  [BPF_MUL]: (x, y) => x * y,
  [BPF_AND]: (x, y) => x & y,
  [BPF_OR]: (x, y) => x | y,
  [BPF_XOR]: (x, y) => x ^ y,
  [BPF_NEG]: (x) => -x,
  [BPF_LSH]: (x, y) => x << y,
  [BPF_RSH]: (x, y, width) => (width === 32 ? x & LOW32 : x) >> y,
  [BPF_ARSH]: (x, y, width) => BigInt.asIntN(width, x) >> y,
  [BPF_DIV]: undefined,
  [BPF_MOD]: undefined,
  [BPF_MOV]: undefined,
};

/**
 * What is known of `dst op src`. `op` is `code & 0xf0`. For an immediate `src` is `constS32(imm)`; for BPF_NEG it is not used. DIV,
 * MOD, END and shifts by an unknown distance give SCALAR_UNKNOWN: all 64 bits are unknown, even if the width is 32. Every other 32-bit
 * result has an upper half of 0. @kernel verifier.c adjust_scalar_min_max_vals
 */
export function aluScalar(op: number, width: 32 | 64, dst: Scalar, src: Scalar): Scalar {
  if (dst.varOff.mask === 0n && (src.varOff.mask === 0n || op === BPF_NEG)) {
    if (!isSafeToCompute(op, width, src)) return SCALAR_UNKNOWN;
    return constScalar(BigInt.asUintN(width, CONCRETE[op as AluCode]!(dst.varOff.value, src.varOff.value, width)));
  }
  return aluByRanges(op, width, dst, src);
}

/**
 * `s + delta`, for a register that is linked to another at a constant distance (signed 32 bits). The result is not synchronised.
 * @kernel verifier.c sync_linked_regs
 */
export function addDelta(s: Scalar, delta: Scalar): Scalar {
  const d = draftOf(s);
  add32(d, delta);
  add64(d, delta);
  d.varOff = tnumAdd(d.varOff, delta.varOff);
  return d;
}

/**
 * The variable part of `pointer + off`. The result is not synchronised, because the kernel checks it before it synchronises it.
 * @kernel verifier.c adjust_ptr_min_max_vals
 */
export function ptrAdd(ptr: Scalar, off: Scalar): Scalar {
  const d = draftOf(ptr);
  unbound32(d);
  d.smin += off.smin;
  d.smax += off.smax;
  if (outOfS64(d.smin) || outOfS64(d.smax)) {
    d.smin = S64_MIN;
    d.smax = S64_MAX;
  }
  d.umin += off.umin;
  d.umax += off.umax;
  if (d.umin > U64_MAX || d.umax > U64_MAX) {
    d.umin = 0n;
    d.umax = U64_MAX;
  }
  d.varOff = tnumAdd(ptr.varOff, off.varOff);
  return d;
}

/** The variable part of `pointer - off`. The result is not synchronised. @kernel verifier.c adjust_ptr_min_max_vals */
export function ptrSub(ptr: Scalar, off: Scalar): Scalar {
  const d = draftOf(ptr);
  unbound32(d);
  d.smin -= off.smax;
  d.smax -= off.smin;
  if (outOfS64(d.smin) || outOfS64(d.smax)) {
    d.smin = S64_MIN;
    d.smax = S64_MAX;
  }
  if (ptr.umin < off.umax) {
    d.umin = 0n;
    d.umax = U64_MAX;
  } else {
    d.umin = ptr.umin - off.umax;
    d.umax = u64(ptr.umax - off.umin);
  }
  d.varOff = tnumSub(ptr.varOff, off.varOff);
  return d;
}
