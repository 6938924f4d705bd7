// Truncation and extension: what is known after a load of fewer than 8 bytes, a 32-bit result or a sign-extending move. It answers the
// coerce_* functions of kernel/bpf/verifier.c in Linux 6.18. Pure.
import { S32_MAX, S32_MIN, U32_MAX, U64_MAX } from "../../base/u64.ts";
import { synced, unbound32 } from "./bounds.ts";
import type { Scalar, ScalarDraft } from "./scalar.ts";
import { constScalar, draftOf, SCALAR_UNKNOWN } from "./scalar.ts";
import { TNUM_UNKNOWN, TNUM_UNKNOWN_SUBREG, tnumCast, tnumConstSubreg, tnumRange, tnumSubreg } from "./tnum.ts";

/** Number of bytes that are kept or sign-extended. */
export type SubSize = 1 | 2 | 4;

function truncated(s: Scalar, size: SubSize): Scalar {
  const d = draftOf(s);
  const keep = (1n << BigInt(size * 8)) - 1n;
  d.varOff = tnumCast(d.varOff, size);
  if ((d.umin & ~keep) === (d.umax & ~keep)) {
    d.umin &= keep;
    d.umax &= keep;
  } else {
    d.umin = 0n;
    d.umax = keep;
  }
  d.smin = d.umin;
  d.smax = d.umax;
  if (size < 4) unbound32(d);
  return synced(d);
}

/** The result of a zero-extending load of 1, 2 or 4 bytes of unknown memory. */
const LOADED = { 1: truncated(SCALAR_UNKNOWN, 1), 2: truncated(SCALAR_UNKNOWN, 2), 4: truncated(SCALAR_UNKNOWN, 4) };

/** γ = { x mod 2^(8·size) }. @kernel verifier.c coerce_reg_to_size */
export function coerceToSize(s: Scalar, size: SubSize): Scalar {
  if (s.varOff === TNUM_UNKNOWN && s.umin === 0n && s.umax === U64_MAX && s.u32min === 0 && s.u32max === U32_MAX) {
    if (s.s32min === S32_MIN && s.s32max === S32_MAX) return LOADED[size];
  }
  if (s.varOff.mask === 0n) return constScalar(s.varOff.value & ((1n << BigInt(size * 8)) - 1n));
  return truncated(s, size);
}

const lowestOf = (size: SubSize): number => -(2 ** (8 * size - 1));

/** γ ⊇ { sign extension of the low `size` bytes to 64 bits }. @kernel verifier.c coerce_reg_to_size_sx */
export function coerceToSizeSx(s: Scalar, size: SubSize): Scalar {
  const bits = size * 8;
  if (s.varOff.mask === 0n) return constScalar(BigInt.asUintN(64, BigInt.asIntN(bits, s.varOff.value)));
  if (s.smax >> BigInt(bits) === s.smin >> BigInt(bits)) {
    const one = BigInt.asIntN(bits, s.smax);
    const other = BigInt.asIntN(bits, s.smin);
    if (one >= 0n === other >= 0n) {
      const [min, max] = one < other ? [one, other] : [other, one];
      const umin = BigInt.asUintN(64, min);
      const umax = BigInt.asUintN(64, max);
      const low = Number(min);
      const high = Number(max);
      return {
        varOff: tnumRange(umin, umax),
        smin: min,
        smax: max,
        umin,
        umax,
        s32min: low,
        s32max: high,
        u32min: low >>> 0,
        u32max: high >>> 0,
      };
    }
  }
  const least = lowestOf(size);
  return {
    varOff: TNUM_UNKNOWN,
    smin: BigInt(least),
    smax: BigInt(-1 - least),
    umin: 0n,
    umax: U64_MAX,
    s32min: least,
    s32max: -1 - least,
    u32min: 0,
    u32max: U32_MAX,
  };
}

/**
 * Sign-extends the low 1 or 2 bytes within the low half. `assign32Into64` then sets the upper half.
 * @kernel verifier.c coerce_subreg_to_size_sx
 */
function coerceSubregSx(d: ScalarDraft, size: 1 | 2): void {
  const bits = size * 8;
  const shift = 32 - bits;
  if (d.varOff.mask === 0n) {
    const value = (Number(d.varOff.value & 0xffff_ffffn) << shift) >> shift;
    d.varOff = { value: BigInt.asUintN(64, BigInt(value)), mask: 0n };
    d.s32min = d.s32max = value;
    d.u32min = d.u32max = value >>> 0;
    return;
  }
  if (d.s32max >>> bits === d.s32min >>> bits) {
    const one = (d.s32max << shift) >> shift;
    const other = (d.s32min << shift) >> shift;
    if (one >= 0 === other >= 0) {
      d.s32min = Math.min(one, other);
      d.s32max = Math.max(one, other);
      d.u32min = d.s32min >>> 0;
      d.u32max = d.s32max >>> 0;
      d.varOff = tnumSubreg(tnumRange(BigInt.asUintN(64, BigInt(d.s32min)), BigInt.asUintN(64, BigInt(d.s32max))));
      return;
    }
  }
  d.s32min = lowestOf(size);
  d.s32max = -1 - d.s32min;
  d.u32min = 0;
  d.u32max = U32_MAX;
  d.varOff = TNUM_UNKNOWN_SUBREG;
}

/**
 * In place: the upper half becomes 0, and the 64-bit ranges are taken from the 32-bit ones. The caller synchronises.
 * @kernel verifier.c zext_32_to_64
 */
export function assign32Into64(d: ScalarDraft): void {
  d.varOff = tnumSubreg(d.varOff);
  d.umin = BigInt(d.u32min);
  d.umax = BigInt(d.u32max);
  if (d.s32min >= 0 && d.s32max >= 0) {
    d.smin = BigInt(d.s32min);
    d.smax = BigInt(d.s32max);
  } else {
    d.smin = 0n;
    d.smax = 0xffff_ffffn;
  }
}

/** γ = { x mod 2^32 }: the result of a write to a w register. */
export function zext32(s: Scalar): Scalar {
  if (s.varOff.mask === 0n) return constScalar(s.varOff.value & 0xffff_ffffn);
  const d = draftOf(s);
  assign32Into64(d);
  return synced(d);
}

/** A register move. `off` is 0, or the number of bits to sign-extend from: 8, 16, or 32 (only with width 64). */
export function movScalar(width: 32 | 64, off: number, s: Scalar): Scalar {
  if (width === 64) return off === 0 ? s : coerceToSizeSx(s, (off >> 3) as SubSize);
  if (off === 0) return zext32(s);
  const d = draftOf(s);
  coerceSubregSx(d, (off >> 3) as 1 | 2);
  assign32Into64(d);
  return synced(d);
}

/**
 * Sets the low half to the constant `low` (its 32 bits). The 64-bit ranges stay. The result is not synchronised. @kernel
 * __mark_reg32_known
 */
export function withLow32(s: Scalar, low: number): Scalar {
  const d = draftOf(s);
  d.varOff = tnumConstSubreg(s.varOff, low >>> 0);
  d.s32min = low | 0;
  d.s32max = low | 0;
  d.u32min = low >>> 0;
  d.u32max = low >>> 0;
  return d;
}
