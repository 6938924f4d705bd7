// What is known of a 64-bit value that is not a pointer: a tnum, two ranges of the whole value and two of its low half. Pure and
// immutable. bounds.ts keeps the five views consistent. Source: struct bpf_reg_state, Linux 6.18.
import { S32_MAX, S32_MIN, S64_MAX, S64_MIN, U32_MAX, U64_MAX } from "../../base/u64.ts";
import type { Tnum } from "./tnum.ts";
import { TNUM_UNKNOWN } from "./tnum.ts";

/**
 * γ(s) = { x : x ∈ γ(varOff), umin ≤ x ≤ umax, smin ≤ (s64)x ≤ smax, u32min ≤ (u32)x ≤ u32max, s32min ≤ (s32)x ≤ s32max }.
 * On a dead branch a scalar may be empty (min > max), see `boundsViolation`.
 */
export interface Scalar {
  readonly varOff: Tnum;
  readonly smin: bigint;
  readonly smax: bigint;
  readonly umin: bigint;
  readonly umax: bigint;
  readonly s32min: number;
  readonly s32max: number;
  readonly u32min: number;
  readonly u32max: number;
}

/** A scalar that is still being built. It belongs to the one function that made it. */
export type ScalarDraft = { -readonly [K in keyof Scalar]: Scalar[K] };

/** Any 64-bit value. There is one such object, so `===` is a fast test. */
export const SCALAR_UNKNOWN: Scalar = {
  varOff: TNUM_UNKNOWN,
  smin: S64_MIN,
  smax: S64_MAX,
  umin: 0n,
  umax: U64_MAX,
  s32min: S32_MIN,
  s32max: S32_MAX,
  u32min: 0,
  u32max: U32_MAX,
};

export const draftOf = (s: Scalar): ScalarDraft => ({
  varOff: s.varOff,
  smin: s.smin,
  smax: s.smax,
  umin: s.umin,
  umax: s.umax,
  s32min: s.s32min,
  s32max: s.s32max,
  u32min: s.u32min,
  u32max: s.u32max,
});

function makeConst(value: bigint): Scalar {
  if (value <= 0x7fff_ffffn) {
    const low = Number(value);
    return {
      varOff: { value, mask: 0n },
      smin: value,
      smax: value,
      umin: value,
      umax: value,
      s32min: low,
      s32max: low,
      u32min: low,
      u32max: low,
    };
  }
  const signed = BigInt.asIntN(64, value);
  const low = Number(value & 0xffff_ffffn);
  return {
    varOff: { value, mask: 0n },
    smin: signed,
    smax: signed,
    umin: value,
    umax: value,
    s32min: low | 0,
    s32max: low | 0,
    u32min: low,
    u32max: low,
  };
}

const SHARED_MIN = -1024;
const SHARED_MAX = 4095;
const shared: Scalar[] = [];
for (let n = SHARED_MIN; n <= SHARED_MAX; n++) shared.push(makeConst(BigInt.asUintN(64, BigInt(n))));

/** Constants up to 4095 are shared objects, others are made anew. `value` is unsigned, 64 bits. @kernel __mark_reg_known */
export const constScalar = (value: bigint): Scalar =>
  value <= 4095n ? shared[Number(value) - SHARED_MIN]! : makeConst(value);

/** The immediate of an instruction, sign-extended to 64 bits. */
export const constS32 = (imm: number): Scalar =>
  imm >= SHARED_MIN && imm <= SHARED_MAX ? shared[imm - SHARED_MIN]! : makeConst(BigInt.asUintN(64, BigInt(imm)));

/** An unsigned 32-bit number, zero-extended to 64 bits. */
export const constU32 = (value: number): Scalar =>
  value <= SHARED_MAX ? shared[value - SHARED_MIN]! : makeConst(BigInt(value));

export const SCALAR_ZERO: Scalar = constU32(0);

/** Whether only one value is possible, of all 64 bits or of the low 32. @kernel is_reg_const (for scalars) */
export const isConst = (s: Scalar, subreg = false): boolean =>
  s.varOff.mask === 0n || (subreg && (s.varOff.mask & 0xffff_ffffn) === 0n);

/** The only value of a scalar for which `isConst` holds. Unsigned; 32 bits for a sub-register. @kernel reg_const_value */
export const constValue = (s: Scalar, subreg = false): bigint =>
  subreg ? s.varOff.value & 0xffff_ffffn : s.varOff.value;

/** Whether all nine fields are equal. */
export const scalarEqual = (a: Scalar, b: Scalar): boolean =>
  a === b ||
  (a.u32min === b.u32min &&
    a.u32max === b.u32max &&
    a.s32min === b.s32min &&
    a.s32max === b.s32max &&
    a.umin === b.umin &&
    a.umax === b.umax &&
    a.smin === b.smin &&
    a.smax === b.smax &&
    a.varOff.value === b.varOff.value &&
    a.varOff.mask === b.varOff.mask);

/** Whether x ∈ γ(s). `x` is unsigned, 64 bits. */
export function scalarHas(s: Scalar, x: bigint): boolean {
  const signed = BigInt.asIntN(64, x);
  const low = Number(x & 0xffff_ffffn);
  return (
    (x & ~s.varOff.mask) === s.varOff.value &&
    x >= s.umin &&
    x <= s.umax &&
    signed >= s.smin &&
    signed <= s.smax &&
    low >= s.u32min &&
    low <= s.u32max &&
    (low | 0) >= s.s32min &&
    (low | 0) <= s.s32max
  );
}
