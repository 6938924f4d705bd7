// How the five views of a scalar inform each other: the 64-bit and 32-bit ranges, signed and unsigned, and the tnum. To synchronise a
// scalar is to let each view learn from the others. The order of the steps, and where they stop, are those of kernel/bpf/verifier.c in
// Linux 6.18: a tighter result would give a different log. Functions on a ScalarDraft change it in place. Exported functions on a
// Scalar do not change it.
import { S32_MAX, S32_MIN, S64_MAX, S64_MIN, U32_MAX, U64_MAX } from "../../base/u64.ts";
import type { Scalar, ScalarDraft } from "./scalar.ts";
import { constScalar, draftOf, SCALAR_UNKNOWN } from "./scalar.ts";
import { tnumIntersect, tnumRange, tnumStep } from "./tnum.ts";

const LOW32 = 0xffff_ffffn;
const HIGH32 = 0xffff_ffff_0000_0000n;
const SIGN64 = 0x8000_0000_0000_0000n;

/** Forgets the four ranges. The tnum stays. @kernel verifier.c __mark_reg_unbounded */
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

/** The 32-bit ranges learn from the low half of the tnum. @kernel verifier.c __update_reg32_bounds */
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

/** All ranges learn from the tnum. @kernel verifier.c __update_reg_bounds */
export function updateBounds(d: ScalarDraft): void {
  updateBounds32(d);
  const { value, mask } = d.varOff;
  const high = value | mask;
  if (value > d.umin) d.umin = value;
  if (high < d.umax) d.umax = high;
  // If the sign bit is unknown, the least value has it set and the greatest has it clear. If it is known, both have it as known.
  const least = BigInt.asIntN(64, mask >= SIGN64 ? value | SIGN64 : value);
  const most = mask >= SIGN64 ? high ^ SIGN64 : BigInt.asIntN(64, high);
  if (least > d.smin) d.smin = least;
  if (most < d.smax) d.smax = most;
  const sole = soleMember(d);
  if (sole !== undefined) Object.assign(d, constScalar(sole));
}

/**
 * The one value that the tnum and the unsigned range share, if there is exactly one. If they share none, the result may be the tnum's
 * greatest member: the branch is dead, and the kernel does not check this. @kernel verifier.c __update_reg64_bounds
 */
function soleMember({ varOff, umin, umax }: ScalarDraft): bigint | undefined {
  const next = tnumStep(varOff, umin);
  if ((umin & ~varOff.mask) === varOff.value) return next > umax ? umin : undefined;
  if (next === (varOff.value | varOff.mask)) return next;
  return next <= umax && tnumStep(varOff, next) > umax ? next : undefined;
}

function meetS32(d: ScalarDraft, min: number, max: number): void {
  if (min > d.s32min) d.s32min = min;
  if (max < d.s32max) d.s32max = max;
}

function meetU32(d: ScalarDraft, min: number, max: number): void {
  if (min > d.u32min) d.u32min = min;
  if (max < d.u32max) d.u32max = max;
}

/** The 32-bit ranges learn from the 64-bit ones, then signed and unsigned from each other. @kernel verifier.c __reg32_deduce_bounds */
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
  // A range that crosses one multiple of 2^32 is a single signed range around zero in the low half.
  if ((uminHigh + 1) >>> 0 === umaxHigh >>> 0 && (uminLow | 0) < 0 && (umaxLow | 0) >= 0)
    meetS32(d, uminLow | 0, umaxLow | 0);
  if ((sminHigh + 1) >>> 0 === smaxHigh >>> 0 && (sminLow | 0) < 0 && (smaxLow | 0) >= 0)
    meetS32(d, sminLow | 0, smaxLow | 0);
  if ((d.u32min | 0) <= (d.u32max | 0)) meetS32(d, d.u32min | 0, d.u32max | 0);
  const u32min = d.s32min >>> 0;
  const u32max = d.s32max >>> 0;
  if (u32min <= u32max) meetU32(d, u32min, u32max);
  else if (d.u32max < u32min) {
    // As in deduce64: only the lower of the two pieces overlaps here, and only the upper one below.
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
    // As unsigned numbers the signed range is [0, umax] and [umin, 2^64). Only its lower piece overlaps.
    d.smin = s64(d.umin);
    if (umax < d.umax) d.umax = umax;
  } else if (umax < d.umin) {
    // Only its upper piece overlaps.
    d.smax = s64(d.umax);
    if (umin > d.umin) d.umin = umin;
  }
}

/** The 64-bit ranges learn from the 32-bit ones. @kernel verifier.c __reg_deduce_mixed_bounds */
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
    // If the s32 range is empty, its maximum may be negative here.
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

/** Synchronises all views, in place, step by step as the kernel does. @kernel verifier.c reg_bounds_sync */
export function syncStepByStep(d: ScalarDraft): void {
  updateBounds(d);
  for (let round = 0; round < 3; round++) {
    const { smin, smax, umin, umax, s32min, s32max, u32min, u32max } = d;
    deduce32(d);
    deduce64(d);
    deduceMixed(d);
    // If a round changes nothing, the next rounds change nothing either.
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
 * Synchronises a draft, which it may reuse for the result. The result equals that of `syncStepByStep`. Most values are known to lie in
 * [0, 2^32): these are computed in plain numbers.
 */
export function synced(d: ScalarDraft): Scalar {
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
  } else if (value <= LOW32 && mask <= LOW32) {
    const short = syncedShort(d);
    if (short !== null) return short;
  }
  syncStepByStep(d);
  return d;
}

/** `tnumStep` for a tnum of 32 bits. */
function step32(value: number, mask: number, z: number): number {
  const most = value + mask;
  if (z >= most) return most;
  if (z < value) return value;
  const above = z - value;
  const excess = above & ~mask;
  const filled = above | (excess === 0 ? 0 : -1 >>> Math.clz32(excess)) | ~mask;
  return (value | ((filled + 1) & mask)) >>> 0;
}

/** `soleMember` for a tnum of 32 bits. -1: none. */
function soleMember32(value: number, mask: number, umin: number, umax: number): number {
  const next = step32(value, mask, umin);
  if (((umin & ~mask) ^ value) === 0) return next > umax ? umin : -1;
  if (next === value + mask) return next;
  return next <= umax && step32(value, mask, next) > umax ? next : -1;
}

/** The bits that differ between numbers from `min` to `max`: the mask of the range's tnum. */
const differingBits = (min: number, max: number): number => (min === max ? 0 : -1 >>> Math.clz32(min ^ max));

/** The number as a bigint. Reuses `old` if it is equal, so that no new bigint is made. */
const bigintOf = (n: number, old: bigint): bigint => (Number(old) === n ? old : BigInt(n));

/**
 * The same steps as `syncStepByStep`, for a draft whose tnum has no bit from 32 up. The upper half is 0, so all 64-bit ends are below 2^32
 * and the steps need not look at the upper half. null: two ends contradict each other, on a dead branch; the draft is unchanged.
 */
function syncedShort(d: ScalarDraft): Scalar | null {
  let value = Number(d.varOff.value);
  let mask = Number(d.varOff.mask);
  let { s32min, s32max, u32min, u32max } = d;
  let umin = Number(d.umin);
  let umax = Number(d.umax);
  let smin = Number(d.smin);
  let smax = Number(d.smax);
  for (let last = false; ; last = true) {
    // updateBounds
    const most = value + mask;
    s32min = Math.max(s32min, value | (mask & S32_MIN));
    s32max = Math.min(s32max, value | (mask & S32_MAX));
    u32min = Math.max(u32min, value);
    u32max = Math.min(u32max, most);
    umin = Math.max(umin, value);
    umax = Math.min(umax, most);
    smin = Math.max(smin, value);
    smax = Math.min(smax, most);
    if (umin > umax || smin > smax || u32min > u32max || s32min > s32max) return null;
    const sole = soleMember32(value, mask, umin, umax);
    if (sole >= 0) return constScalar(BigInt(sole));
    if (last) break;
    for (let round = 0; round < 3; round++) {
      // Each step only narrows: if the ranges are as wide as before, nothing changed.
      const width = smax - smin + umax - umin + s32max - s32min + u32max - u32min;
      // deduce32
      u32min = Math.max(u32min, umin, smin);
      u32max = Math.min(u32max, umax, smax);
      if ((umin | 0) <= (umax | 0)) {
        s32min = Math.max(s32min, umin | 0);
        s32max = Math.min(s32max, umax | 0);
      }
      if ((smin | 0) <= (smax | 0)) {
        s32min = Math.max(s32min, smin | 0);
        s32max = Math.min(s32max, smax | 0);
      }
      if ((u32min | 0) <= (u32max | 0)) {
        s32min = Math.max(s32min, u32min | 0);
        s32max = Math.min(s32max, u32max | 0);
      }
      if (u32min > u32max || s32min > s32max) return null;
      if (s32min >= 0 || s32max < 0) {
        u32min = Math.max(u32min, s32min >>> 0);
        u32max = Math.min(u32max, s32max >>> 0);
      } else if (u32max < s32min >>> 0) {
        s32min = u32min | 0;
        u32max = Math.min(u32max, s32max);
      } else if (u32min > s32max) {
        s32max = u32max | 0;
        u32min = Math.max(u32min, s32min >>> 0);
      }
      // deduce64 and deduceMixed
      umin = smin = Math.max(umin, smin, u32min);
      umax = smax = Math.min(umax, smax, u32max);
      if (umin > umax || u32min > u32max || s32min > s32max) return null;
      if (s32min >= 0 && smax <= S32_MAX) {
        umin = smin = s32min;
        umax = smax = s32max;
        const open = differingBits(umin, umax);
        mask = (mask & open) >>> 0;
        value = ((value | (umin & ~open)) & ~mask) >>> 0;
      }
      if (width === smax - smin + umax - umin + s32max - s32min + u32max - u32min) break;
    }
    // boundOffset
    const whole = differingBits(umin, umax);
    const low = differingBits(u32min, u32max);
    mask = (mask & whole & low) >>> 0;
    value = ((value | (umin & ~whole) | (u32min & ~low)) & ~mask) >>> 0;
  }
  d.varOff = { value: bigintOf(value, d.varOff.value), mask: bigintOf(mask, d.varOff.mask) };
  d.umin = bigintOf(umin, d.umin);
  d.umax = bigintOf(umax, d.umax);
  d.smin = umin === smin ? d.umin : BigInt(smin);
  d.smax = umax === smax ? d.umax : BigInt(smax);
  d.s32min = s32min;
  d.s32max = s32max;
  d.u32min = u32min;
  d.u32max = u32max;
  return d;
}

/** The synchronised scalar. γ stays the same. @kernel verifier.c reg_bounds_sync */
export function syncBounds(s: Scalar): Scalar {
  if (s === SCALAR_UNKNOWN) return s;
  return synced(draftOf(s));
}

/** Replaces some of the views, then synchronises. The caller must make sure that γ may shrink in this way. */
export const narrow = (s: Scalar, known: Partial<Scalar>): Scalar => synced({ ...draftOf(s), ...known });

/** Forgets the four ranges without synchronising: the scalar that is left after a violated invariant. */
export function unboundRanges(s: Scalar): Scalar {
  const d = draftOf(s);
  unbound(d);
  return d;
}

/** The kernel's words for the invariant that a scalar breaks. It happens on dead branches. @kernel verifier.c reg_bounds_sanity_check */
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
