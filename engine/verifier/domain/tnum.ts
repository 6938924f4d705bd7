// Tristate numbers: 64-bit words in which some bits are known and the others are not. Pure and immutable. The abstract operations give
// the same results as those of kernel/bpf/tnum.c in Linux 6.18.
//
//   γ(t) = { x : x & ~t.mask == t.value }        invariant: t.value & t.mask == 0
import { asS64, asU64 } from "../../base/u64.ts";

export interface Tnum {
  /** The known bits, and 0 at every bit that `mask` has. Unsigned 64 bits. */
  readonly value: bigint;
  /** 1 for each bit that is not known. Unsigned 64 bits. */
  readonly mask: bigint;
}

const ALL = 0xffff_ffff_ffff_ffffn;
const LOW32 = 0xffff_ffffn;
const HIGH32 = 0xffff_ffff_0000_0000n;

const tnum = (value: bigint, mask: bigint): Tnum => ({ value, mask });

export const TNUM_UNKNOWN: Tnum = tnum(0n, ALL);
export const TNUM_UNKNOWN_SUBREG: Tnum = tnum(0n, LOW32);
export const TNUM_ZERO: Tnum = tnum(0n, 0n);

/** γ = { value }; `value` is taken modulo 2^64. */
export const tnumConst = (value: bigint): Tnum => tnum(asU64(value), 0n);

/** Number of bits needed to write `x`. 0 for 0. */
function bitLength(x: bigint): number {
  if (x <= LOW32) return 32 - Math.clz32(Number(x));
  return 64 - Math.clz32(Number(x >> 32n));
}

/** The best tnum for an unsigned range: γ ⊇ [min, max]. @kernel tnum.c tnum_range */
export function tnumRange(min: bigint, max: bigint): Tnum {
  const differing = min ^ max;
  if (differing === 0n) return tnum(min, 0n);
  const bits = bitLength(differing);
  if (bits > 63) return TNUM_UNKNOWN;
  const delta = (1n << BigInt(bits)) - 1n;
  return tnum(min & ~delta, delta);
}

/** γ = { x << shift : x ∈ γ(t) }, 0 ≤ shift ≤ 63. */
export const tnumLshift = (t: Tnum, shift: number): Tnum =>
  shift === 0 ? t : tnum(asU64(t.value << BigInt(shift)), asU64(t.mask << BigInt(shift)));

/** γ = { x >> shift : x ∈ γ(t) }, 0 ≤ shift ≤ 63. */
export const tnumRshift = (t: Tnum, shift: number): Tnum =>
  shift === 0 ? t : tnum(t.value >> BigInt(shift), t.mask >> BigInt(shift));

/** Arithmetic right shift of the low `bits`. For 32 the upper half of the result is 0. */
export function tnumArshift(t: Tnum, shift: number, bits: 32 | 64): Tnum {
  if (bits === 64) return tnum(asU64(asS64(t.value) >> BigInt(shift)), asU64(asS64(t.mask) >> BigInt(shift)));
  const value = Number(t.value & LOW32) >> shift;
  const mask = Number(t.mask & LOW32) >> shift;
  return tnum(BigInt(value >>> 0), BigInt(mask >>> 0));
}

/** γ ⊇ { x + y mod 2^64 }; optimal. @kernel tnum.c tnum_add */
export function tnumAdd(a: Tnum, b: Tnum): Tnum {
  if (a.mask === 0n && b.mask === 0n) return tnum(asU64(a.value + b.value), 0n);
  const unknowns = a.mask + b.mask;
  const least = a.value + b.value;
  const carries = (unknowns + least) ^ least;
  const mask = asU64(carries | a.mask | b.mask);
  return tnum(asU64(least) & ~mask, mask);
}

/** γ ⊇ { x - y mod 2^64 }; optimal. @kernel tnum.c tnum_sub */
export function tnumSub(a: Tnum, b: Tnum): Tnum {
  const difference = a.value - b.value;
  if (a.mask === 0n && b.mask === 0n) return tnum(asU64(difference), 0n);
  const borrows = (difference + a.mask) ^ (difference - b.mask);
  const mask = asU64(borrows | a.mask | b.mask);
  return tnum(asU64(difference) & ~mask, mask);
}

/** γ ⊇ { -x mod 2^64 }. @kernel tnum.c tnum_neg */
export const tnumNeg = (t: Tnum): Tnum => tnumSub(TNUM_ZERO, t);

/** γ = { x & y }; optimal. */
export function tnumAnd(a: Tnum, b: Tnum): Tnum {
  const ones = a.value & b.value;
  return tnum(ones, (a.value | a.mask) & (b.value | b.mask) & ~ones);
}

/** γ = { x | y }; optimal. */
export function tnumOr(a: Tnum, b: Tnum): Tnum {
  const ones = a.value | b.value;
  return tnum(ones, (a.mask | b.mask) & ~ones);
}

/** γ = { x ^ y }; optimal. */
export function tnumXor(a: Tnum, b: Tnum): Tnum {
  const mask = a.mask | b.mask;
  return tnum((a.value ^ b.value) & ~mask, mask);
}

/** Whether γ(a) and γ(b) share a value. @kernel tnum.c tnum_overlap */
export const tnumOverlap = (a: Tnum, b: Tnum): boolean => ((a.value ^ b.value) & ~(a.mask | b.mask)) === 0n;

/** γ = γ(a) ∩ γ(b) if they overlap. If they do not, bits that disagree become 1. */
export function tnumIntersect(a: Tnum, b: Tnum): Tnum {
  const mask = a.mask & b.mask;
  return tnum((a.value | b.value) & ~mask, mask);
}

/** The smallest tnum with γ ⊇ γ(a) ∪ γ(b). @kernel tnum.c tnum_union */
export function tnumUnion(a: Tnum, b: Tnum): Tnum {
  const mask = (a.value ^ b.value) | a.mask | b.mask;
  return tnum(a.value & b.value & ~mask, mask);
}

/** Keeps the low `size` bytes (1, 2, 4 or 8). The rest becomes 0. */
export function tnumCast(t: Tnum, size: number): Tnum {
  if (size === 8) return t;
  const keep = (1n << BigInt(size * 8)) - 1n;
  return tnum(t.value & keep, t.mask & keep);
}

/** Whether every value of γ(t) is a multiple of `size`, a power of two. For 0 always true. */
export const tnumIsAligned = (t: Tnum, size: number): boolean =>
  size === 0 || ((t.value | t.mask) & BigInt(size - 1)) === 0n;

/** Whether γ(b) ⊆ γ(a). @kernel tnum.c tnum_in */
export const tnumIn = (a: Tnum, b: Tnum): boolean => (b.mask & ~a.mask) === 0n && a.value === (b.value & ~a.mask);

/** Whether x ∈ γ(t). `x` is unsigned. */
export const tnumHas = (t: Tnum, x: bigint): boolean => (x & ~t.mask) === t.value;

/**
 * The least member above z: min { x ∈ γ(t) : x > z }. If no member is above z, the greatest member.
 * @kernel tnum.c tnum_step
 */
export function tnumStep(t: Tnum, z: bigint): bigint {
  const most = t.value | t.mask;
  if (z >= most) return most;
  if (z < t.value) return t.value;
  // All known bits, and all bits below the highest known bit in which z is above the tnum's value, are filled with ones. Adding one
  // then carries from one unknown bit to the next.
  const above = z - t.value;
  const excess = above & ~t.mask & ALL;
  const filled = above | (excess === 0n ? 0n : (1n << BigInt(excess.toString(2).length)) - 1n) | (~t.mask & ALL);
  return t.value | ((filled + 1n) & t.mask);
}

export const tnumSubreg = (t: Tnum): Tnum => tnum(t.value & LOW32, t.mask & LOW32);

/** The upper half of `t` and the lower half of `subreg`. */
export const tnumWithSubreg = (t: Tnum, subreg: Tnum): Tnum =>
  tnum((t.value & HIGH32) | (subreg.value & LOW32), (t.mask & HIGH32) | (subreg.mask & LOW32));

/** The upper half of `t`, with `value` (unsigned 32 bits) as the lower half. */
export const tnumConstSubreg = (t: Tnum, value: number): Tnum =>
  tnum((t.value & HIGH32) | BigInt(value), t.mask & HIGH32);
