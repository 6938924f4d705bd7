// How the five views of a scalar inform each other: 64- and 32-bit ranges, signed and unsigned, and the tnum.
// The order of the steps, and where they stop, are those of kernel/bpf/verifier.c in Linux 6.18: a tighter answer
// would be a different log. Functions on a ScalarDraft change it in place; the exported ones on Scalar do not.
import { S32_MAX, S32_MIN, S64_MAX, S64_MIN, U32_MAX, U64_MAX } from "../../base/u64.ts";
import type { Scalar, ScalarDraft } from "./scalar.ts";
import { constScalar, draftOf, SCALAR_UNKNOWN } from "./scalar.ts";
import { tnumIntersect, tnumRange, tnumStep } from "./tnum.ts";

const LOW32 = 0xffff_ffffn;
const HIGH32 = 0xffff_ffff_0000_0000n;
const SIGN64 = 0x8000_0000_0000_0000n;

/** Forgets the four ranges; the tnum stays. @kernel verifier.c __mark_reg_unbounded */
export function unbound(d: ScalarDraft): void {
  unbound64(d);
  unbound32(d);
}

export function unbound64(d: ScalarDraft): void {
  d.smin = S64_MIN;
  d.smax = S64_MAX;
  d.umin = 0n;
  d.umax = U64_MAX;
}

export function unbound32(d: ScalarDraft): void {
  d.s32min = S32_MIN;
  d.s32max = S32_MAX;
  d.u32min = 0;
  d.u32max = U32_MAX;
}

/** Ranges learn from the low half of the tnum. @kernel verifier.c __update_reg32_bounds */
export function updateBounds32(d: ScalarDraft): void {
  const value = Number(d.varOff.value & LOW32) | 0;
  const mask = Number(d.varOff.mask & LOW32) | 0;
  const least = value | (mask & S32_MIN);
  const most = value | (mask & S32_MAX);
  if (least > d.s32min) d.s32min = least;
  if (most < d.s32max) d.s32max = most;
  const low = value >>> 0;
  const high = (value | mask) >>> 0;
  if (low > d.u32min) d.u32min = low;
  if (high < d.u32max) d.u32max = high;
}

/** Ranges learn from the tnum. @kernel verifier.c __update_reg_bounds */
export function updateBounds(d: ScalarDraft): void {
  updateBounds32(d);
  const { value, mask } = d.varOff;
  const high = value | mask;
  if (value > d.umin) d.umin = value;
  if (high < d.umax) d.umax = high;
  // With the sign bit unknown, the least has it set and the most has it clear; otherwise both have the known one.
  const least = BigInt.asIntN(64, mask >= SIGN64 ? value | SIGN64 : value);
  const most = mask >= SIGN64 ? high ^ SIGN64 : BigInt.asIntN(64, high);
  if (least > d.smin) d.smin = least;
  if (most < d.smax) d.smax = most;
  const sole = soleMember(d);
  if (sole !== undefined) Object.assign(d, constScalar(sole));
}

/**
 * The one value that the tnum and the unsigned range share, if there is but one. Where they share none, the answer may be
 * the tnum's greatest member: the branch is dead, and the kernel does not look.  @kernel verifier.c __update_reg64_bounds
 */
function soleMember({ varOff, umin, umax }: ScalarDraft): bigint | undefined {
  const next = tnumStep(varOff, umin);
  if ((umin & ~varOff.mask) === varOff.value) return next > umax ? umin : undefined;
  if (next === (varOff.value | varOff.mask)) return next;
  return next <= umax && tnumStep(varOff, next) > umax ? next : undefined;
}

/** The same for numbers below 2^31; -1: none, or more than one. */
function soleMember31(value: number, mask: number, umin: number, umax: number): number {
  const next = step31(value, mask, umin);
  if ((umin & ~mask) === value) return next > umax ? umin : -1;
  if (next === (value | mask)) return next;
  return next <= umax && step31(value, mask, next) > umax ? next : -1;
}

/** tnumStep for numbers below 2^31. */
function step31(value: number, mask: number, z: number): number {
  if (z >= (value | mask)) return value | mask;
  if (z < value) return value;
  const above = z - value;
  const excess = above & ~mask;
  const filled = above | (excess === 0 ? 0 : -1 >>> Math.clz32(excess)) | ~mask;
  return value | ((filled + 1) & mask);
}

function meetS32(d: ScalarDraft, min: number, max: number): void {
  if (min > d.s32min) d.s32min = min;
  if (max < d.s32max) d.s32max = max;
}

function meetU32(d: ScalarDraft, min: number, max: number): void {
  if (min > d.u32min) d.u32min = min;
  if (max < d.u32max) d.u32max = max;
}

/** The low half learns from the whole, then signed and unsigned from each other. @kernel verifier.c __reg32_deduce_bounds */
function deduce32(d: ScalarDraft): void {
  const uminLow = Number(d.umin & LOW32);
  const umaxLow = Number(d.umax & LOW32);
  const uminHigh = Number(d.umin >> 32n);
  const umaxHigh = Number(d.umax >> 32n);
  if (uminHigh === umaxHigh) {
    meetU32(d, uminLow, umaxLow);
    if ((uminLow | 0) <= (umaxLow | 0)) meetS32(d, uminLow | 0, umaxLow | 0);
  }
  const sminLow = Number(d.smin & LOW32);
  const smaxLow = Number(d.smax & LOW32);
  const sminHigh = Number(d.smin >> 32n);
  const smaxHigh = Number(d.smax >> 32n);
  if (sminHigh === smaxHigh) {
    if (sminLow <= smaxLow) meetU32(d, sminLow, smaxLow);
    if ((sminLow | 0) <= (smaxLow | 0)) meetS32(d, sminLow | 0, smaxLow | 0);
  }
  // A range that just steps over a multiple of 2^32 is one signed range from below zero to above it.
  if ((uminHigh + 1) >>> 0 === umaxHigh >>> 0 && (uminLow | 0) < 0 && (umaxLow | 0) >= 0)
    meetS32(d, uminLow | 0, umaxLow | 0);
  if ((sminHigh + 1) >>> 0 === smaxHigh >>> 0 && (sminLow | 0) < 0 && (smaxLow | 0) >= 0)
    meetS32(d, sminLow | 0, smaxLow | 0);
  if ((d.u32min | 0) <= (d.u32max | 0)) meetS32(d, d.u32min | 0, d.u32max | 0);
  const u32min = d.s32min >>> 0;
  const u32max = d.s32max >>> 0;
  if (u32min <= u32max) meetU32(d, u32min, u32max);
  else if (d.u32max < u32min) {
    // As in deduce64: only the lower of the two pieces is met, or (below) only the upper.
    d.s32min = d.u32min | 0;
    if (u32max < d.u32max) d.u32max = u32max;
  } else if (u32max < d.u32min) {
    d.s32max = d.u32max | 0;
    if (u32min > d.u32min) d.u32min = u32min;
  }
}

const s64 = (x: bigint): bigint => (x < SIGN64 ? x : BigInt.asIntN(64, x));
const u64 = (x: bigint): bigint => (x >= 0n ? x : BigInt.asUintN(64, x));

/** Signed and unsigned ranges learn from each other. @kernel verifier.c __reg64_deduce_bounds */
function deduce64(d: ScalarDraft): void {
  const low = s64(d.umin);
  const high = s64(d.umax);
  if (low <= high) {
    if (low > d.smin) d.smin = low;
    if (high < d.smax) d.smax = high;
  }
  const umin = u64(d.smin);
  const umax = u64(d.smax);
  if (umin <= umax) {
    if (umin > d.umin) d.umin = umin;
    if (umax < d.umax) d.umax = umax;
  } else if (d.umax < umin) {
    // The signed range is [0, umax] and [umin, 2^64) seen unsigned; only its lower piece is met.
    d.smin = s64(d.umin);
    if (umax < d.umax) d.umax = umax;
  } else if (umax < d.umin) {
    // Only its upper piece is met.
    d.smax = s64(d.umax);
    if (umin > d.umin) d.umin = umin;
  }
}

/** The whole learns from its low half. @kernel verifier.c __reg_deduce_mixed_bounds */
function deduceMixed(d: ScalarDraft): void {
  const low = BigInt(d.u32min);
  const high = BigInt(d.u32max);
  const umin = (d.umin & HIGH32) | low;
  const umax = (d.umax & HIGH32) | high;
  if (umin > d.umin) d.umin = umin;
  if (umax < d.umax) d.umax = umax;
  const smin = ((d.smin >> 32n) << 32n) | low;
  const smax = ((d.smax >> 32n) << 32n) | high;
  if (smin > d.smin) d.smin = smin;
  if (smax < d.smax) d.smax = smax;
  if (d.s32min >= 0 && d.smin >= -0x8000_0000n && d.smax <= 0x7fff_ffffn) {
    const least = BigInt(d.s32min);
    // An empty s32 range may have a negative maximum here.
    const most = BigInt(d.s32max);
    d.smin = least;
    d.smax = most;
    d.umin = least;
    d.umax = u64(most);
    d.varOff = tnumIntersect(d.varOff, tnumRange(least, d.umax));
  }
}

/** The tnum learns from the unsigned ranges. @kernel verifier.c __reg_bound_offset */
function boundOffset(d: ScalarDraft): void {
  const whole = tnumIntersect(d.varOff, tnumRange(d.umin, d.umax));
  const range = tnumRange(BigInt(d.u32min), BigInt(d.u32max));
  const mask = whole.mask & range.mask & LOW32;
  const value = (whole.value | range.value) & LOW32 & ~mask;
  d.varOff = { value: (whole.value & HIGH32) | value, mask: (whole.mask & HIGH32) | mask };
}

/** The whole exchange, in place, by the book. @kernel verifier.c reg_bounds_sync */
export function syncSlowly(d: ScalarDraft): void {
  updateBounds(d);
  for (let round = 0; round < 3; round++) {
    const { smin, smax, umin, umax, s32min, s32max, u32min, u32max } = d;
    deduce32(d);
    deduce64(d);
    deduceMixed(d);
    // A round that changes nothing is followed by no other that does.
    if (
      s32min === d.s32min &&
      s32max === d.s32max &&
      u32min === d.u32min &&
      u32max === d.u32max &&
      smin === d.smin &&
      smax === d.smax &&
      umin === d.umin &&
      umax === d.umax
    )
      break;
  }
  boundOffset(d);
  updateBounds(d);
}

/**
 * The exchange for a draft that it may take over; answers what `syncSlowly` leaves.
 * Short cuts: one value left, and values known to lie in [0, 2^31), where all four ranges come out as one
 * and plain numbers do.
 */
export function sealed(d: ScalarDraft): Scalar {
  const { value, mask } = d.varOff;
  if (mask === 0n) {
    const c = constScalar(value);
    if (
      c.u32min >= d.u32min &&
      c.u32max <= d.u32max &&
      c.s32min >= d.s32min &&
      c.s32max <= d.s32max &&
      value >= d.umin &&
      value <= d.umax &&
      c.smin >= d.smin &&
      c.smax <= d.smax
    )
      return c;
  } else if (value <= 0x7fff_ffffn && (d.umax <= 0x7fff_ffffn || mask <= 0x7fff_ffffn)) {
    const known = Number(value);
    const open = Number(mask & 0x7fff_ffffn);
    // What the first step of the exchange would find.
    const isShort = mask <= 0x7fff_ffffn;
    const umin = Math.max(known, Number(d.umin));
    const umax = Math.min(Number(value | mask), Number(d.umax));
    if (!isShort || umin > S32_MAX || soleMember31(known, open, umin, umax) >= 0) {
      syncSlowly(d);
      return d;
    }
    let low = Math.max(known, d.u32min, d.s32min, Number(d.umin));
    let high = Math.min(known | open, d.u32max, d.s32max, Number(d.umax));
    const smin = Number(d.smin);
    const smax = Number(d.smax);
    // Outside these two cases the kernel's order loses part of what the signed range knows.
    let whole = smin <= low && smax >= high;
    if (smin >= 0 && smax <= S32_MAX) {
      whole = true;
      if (smin > low) low = smin;
      if (smax < high) high = smax;
    }
    if (whole && low <= high) {
      const differing = low ^ high;
      const delta = differing === 0 ? 0 : -1 >>> Math.clz32(differing);
      const fixed = low & ~delta;
      // Where both know a bit they have to agree, otherwise this is a dead branch.
      if (((known ^ fixed) & ~(open | delta)) === 0) {
        const rest = open & delta;
        const ones = (known | fixed) & ~rest;
        if (rest === 0) {
          if (ones >= low && ones <= high) return constScalar(BigInt(ones));
        } else {
          if (ones > low) low = ones;
          if ((ones | rest) < high) high = ones | rest;
          const sole = soleMember31(ones, rest, low, high);
          if (sole >= 0) return constScalar(BigInt(sole));
          const min = BigInt(low);
          const max = BigInt(high);
          d.varOff = { value: BigInt(ones), mask: BigInt(rest) };
          d.smin = d.umin = min;
          d.smax = d.umax = max;
          d.s32min = d.u32min = low;
          d.s32max = d.u32max = high;
          return d;
        }
      }
    }
  }
  syncSlowly(d);
  return d;
}

/** The scalar after its views have informed each other: γ stays. @kernel verifier.c reg_bounds_sync */
export function syncBounds(s: Scalar): Scalar {
  if (s === SCALAR_UNKNOWN) return s;
  return sealed(draftOf(s));
}

/** Replaces some of the views, then lets all inform each other. Callers see to it that γ may shrink so. */
export const narrow = (s: Scalar, known: Partial<Scalar>): Scalar => sealed({ ...draftOf(s), ...known });

/** The four ranges forgotten and nothing learned again: what is left after a violated invariant. */
export function unboundRanges(s: Scalar): Scalar {
  const d = draftOf(s);
  unbound(d);
  return d;
}

/** Which of the kernel's invariants a scalar breaks, in its words; a dead branch can. @kernel verifier.c reg_bounds_sanity_check */
export function boundsViolation(s: Scalar): string | undefined {
  if (s.umin > s.umax || s.smin > s.smax || s.u32min > s.u32max || s.s32min > s.s32max) return "range bounds violation";
  const { value, mask } = s.varOff;
  if (mask === 0n) {
    const signed = s64(value);
    if (s.umin !== value || s.umax !== value || s.smin !== signed || s.smax !== signed)
      return "const tnum out of sync with range bounds";
  }
  if ((mask & LOW32) === 0n) {
    const low = Number(value & LOW32);
    if (s.u32min !== low || s.u32max !== low || s.s32min !== (low | 0) || s.s32max !== (low | 0))
      return "const subreg tnum out of sync with range bounds";
  }
  return undefined;
}
