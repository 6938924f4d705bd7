// What a conditional jump on two scalars decides, and what is known of them after it. It answers the kernel's is_scalar_branch_taken,
// regs_refine_cond_op and reg_set_min_max (kernel/bpf/verifier.c in Linux 6.18). Pure. Pointers are compared elsewhere.
import { U32_MAX, U64_MAX } from "../../base/u64.ts";
import {
  BPF_JEQ,
  BPF_JGE,
  BPF_JGT,
  BPF_JLE,
  BPF_JLT,
  BPF_JNE,
  BPF_JSET,
  BPF_JSGE,
  BPF_JSGT,
  BPF_JSLE,
  BPF_JSLT,
} from "../../isa/codes.ts";
import { synced, unbound } from "./bounds.ts";
import type { Scalar, ScalarDraft } from "./scalar.ts";
import { constValue, draftOf, isConst } from "./scalar.ts";
import { tnumIntersect, tnumOverlap, tnumSubreg, tnumWithSubreg } from "./tnum.ts";

/** "No bit of the mask is set": the negation of JSET. There is no such instruction. */
export const REV_JSET = BPF_JSET | 0x08;

const FLIPPED: Readonly<Record<number, number>> = {
  [BPF_JEQ]: BPF_JEQ,
  [BPF_JNE]: BPF_JNE,
  [BPF_JSET]: BPF_JSET,
  [BPF_JGE]: BPF_JLE,
  [BPF_JGT]: BPF_JLT,
  [BPF_JLE]: BPF_JGE,
  [BPF_JLT]: BPF_JGT,
  [BPF_JSGE]: BPF_JSLE,
  [BPF_JSGT]: BPF_JSLT,
  [BPF_JSLE]: BPF_JSGE,
  [BPF_JSLT]: BPF_JSGT,
};

const REVERSED: Readonly<Record<number, number>> = {
  [BPF_JEQ]: BPF_JNE,
  [BPF_JNE]: BPF_JEQ,
  [BPF_JSET]: REV_JSET,
  [REV_JSET]: BPF_JSET,
  [BPF_JGE]: BPF_JLT,
  [BPF_JGT]: BPF_JLE,
  [BPF_JLE]: BPF_JGT,
  [BPF_JLT]: BPF_JGE,
  [BPF_JSGE]: BPF_JSLT,
  [BPF_JSGT]: BPF_JSLE,
  [BPF_JSLE]: BPF_JSGT,
  [BPF_JSLT]: BPF_JSGE,
};

/** `b flip(op) a` means the same as `a op b`. @kernel verifier.c flip_opcode */
export const flipOpcode = (op: number): number => FLIPPED[op] ?? 0;

/** `a rev(op) b` means the same as `!(a op b)`. @kernel verifier.c rev_opcode */
export const revOpcode = (op: number): number => REVERSED[op] ?? 0;

const zeroIf = (never: boolean): 0 | -1 => (never ? 0 : -1);

/** 1: both are the same constant. 0: the operands cannot be equal. -1: not known. */
function equal(width: 32 | 64, a: Scalar, b: Scalar): 0 | 1 | -1 {
  if (width === 32) {
    const one = tnumSubreg(a.varOff);
    const other = tnumSubreg(b.varOff);
    if (one.mask === 0n && other.mask === 0n) return one.value === other.value ? 1 : 0;
    return zeroIf(
      !tnumOverlap(one, other) ||
        a.u32min > b.u32max ||
        a.u32max < b.u32min ||
        a.s32min > b.s32max ||
        a.s32max < b.s32min,
    );
  }
  if (a.varOff.mask === 0n && b.varOff.mask === 0n) return a.varOff.value === b.varOff.value ? 1 : 0;
  return zeroIf(
    !tnumOverlap(a.varOff, b.varOff) ||
      a.umin > b.umax ||
      a.umax < b.umin ||
      a.smin > b.smax ||
      a.smax < b.smin ||
      a.u32min > b.u32max ||
      a.u32max < b.u32min ||
      a.s32min > b.s32max ||
      a.s32max < b.s32min,
  );
}

/** Whether both have a bit in common: 1 yes, 0 no, -1 not known. It is known only if one operand is constant. */
function haveCommonBit(width: 32 | 64, a: Scalar, b: Scalar): 0 | 1 | -1 {
  const low = width === 32;
  const [open, known] = isConst(b, low) ? [a, b] : [b, a];
  if (!isConst(known, low)) return -1;
  const bits = constValue(known, low);
  if ((open.varOff.value & bits) !== 0n) return 1;
  return zeroIf(((open.varOff.mask | open.varOff.value) & bits) === 0n);
}

const not = (answer: 0 | 1 | -1): 0 | 1 | -1 => (answer === -1 ? -1 : answer === 1 ? 0 : 1);

/** a > b, decided by the ends of both ranges: 1 always, 0 never, -1 not known. */
const greater = <T extends number | bigint>(amin: T, amax: T, bmin: T, bmax: T): 0 | 1 | -1 =>
  amin > bmax ? 1 : amax <= bmin ? 0 : -1;

/** a >= b, decided by the ends of both ranges: 1 always, 0 never, -1 not known. */
const atLeast = <T extends number | bigint>(amin: T, amax: T, bmin: T, bmax: T): 0 | 1 | -1 =>
  amin >= bmax ? 1 : amax < bmin ? 0 : -1;

/**
 * Whether `if (a op b)` jumps: 1 always, 0 never, -1 not known. The order of the checks matters if a range is empty.
 * @kernel verifier.c is_scalar_branch_taken
 */
export function branchTaken(op: number, width: 32 | 64, a: Scalar, b: Scalar): 0 | 1 | -1 {
  const low = width === 32;
  switch (op) {
    case BPF_JEQ:
      return equal(width, a, b);
    case BPF_JNE:
      return not(equal(width, a, b));
    case BPF_JSET:
      return haveCommonBit(width, a, b);
    case BPF_JGT:
      return low ? greater(a.u32min, a.u32max, b.u32min, b.u32max) : greater(a.umin, a.umax, b.umin, b.umax);
    case BPF_JSGT:
      return low ? greater(a.s32min, a.s32max, b.s32min, b.s32max) : greater(a.smin, a.smax, b.smin, b.smax);
    case BPF_JGE:
      return low ? atLeast(a.u32min, a.u32max, b.u32min, b.u32max) : atLeast(a.umin, a.umax, b.umin, b.umax);
    case BPF_JSGE:
      return low ? atLeast(a.s32min, a.s32max, b.s32min, b.s32max) : atLeast(a.smin, a.smax, b.smin, b.smax);
    case BPF_JLT:
      return low ? greater(b.u32min, b.u32max, a.u32min, a.u32max) : greater(b.umin, b.umax, a.umin, a.umax);
    case BPF_JSLT:
      return low ? greater(b.s32min, b.s32max, a.s32min, a.s32max) : greater(b.smin, b.smax, a.smin, a.smax);
    case BPF_JLE:
      return low ? atLeast(b.u32min, b.u32max, a.u32min, a.u32max) : atLeast(b.umin, b.umax, a.umin, a.umax);
    case BPF_JSLE:
      return low ? atLeast(b.s32min, b.s32max, a.s32min, a.s32max) : atLeast(b.smin, b.smax, a.smin, a.smax);
    default:
      return -1;
  }
}

type Refine = (a: ScalarDraft, b: ScalarDraft) => void;

const EQUAL_32: Refine = (a, b) => {
  b.u32min = a.u32min = Math.max(a.u32min, b.u32min);
  b.u32max = a.u32max = Math.min(a.u32max, b.u32max);
  b.s32min = a.s32min = Math.max(a.s32min, b.s32min);
  b.s32max = a.s32max = Math.min(a.s32max, b.s32max);
  const both = tnumIntersect(tnumSubreg(a.varOff), tnumSubreg(b.varOff));
  a.varOff = tnumWithSubreg(a.varOff, both);
  b.varOff = tnumWithSubreg(b.varOff, both);
};

const larger = (x: bigint, y: bigint): bigint => (x > y ? x : y);
const smaller = (x: bigint, y: bigint): bigint => (x < y ? x : y);

const EQUAL_64: Refine = (a, b) => {
  b.umin = a.umin = larger(a.umin, b.umin);
  b.umax = a.umax = smaller(a.umax, b.umax);
  b.smin = a.smin = larger(a.smin, b.smin);
  b.smax = a.smax = smaller(a.smax, b.smax);
  b.varOff = a.varOff = tnumIntersect(a.varOff, b.varOff);
};

/** The operand to narrow, and the constant that it is compared with. undefined: neither operand is constant. */
function againstConst(a: ScalarDraft, b: ScalarDraft, low: boolean): [ScalarDraft, bigint] | undefined {
  if (isConst(b, low)) return [a, constValue(b, low)];
  if (isConst(a, low)) return [b, constValue(a, low)];
  return undefined;
}

// An end that equals the excluded constant moves by one. The two ends never both equal it: the jump would have been decided before.
const UNEQUAL_32: Refine = (a, b) => {
  const found = againstConst(a, b, true);
  if (!found) return;
  const [d, bits] = found;
  const value = Number(bits);
  if (d.u32min === value) d.u32min = (value + 1) >>> 0;
  if (d.u32max === value) d.u32max = (value - 1) >>> 0;
  if (d.s32min === (value | 0)) d.s32min = (value + 1) | 0;
  if (d.s32max === (value | 0)) d.s32max = (value - 1) | 0;
};

const UNEQUAL_64: Refine = (a, b) => {
  const found = againstConst(a, b, false);
  if (!found) return;
  const [d, value] = found;
  const signed = BigInt.asIntN(64, value);
  if (d.umin === value) d.umin = BigInt.asUintN(64, value + 1n);
  if (d.umax === value) d.umax = BigInt.asUintN(64, value - 1n);
  if (d.smin === signed) d.smin = BigInt.asIntN(64, signed + 1n);
  if (d.smax === signed) d.smax = BigInt.asIntN(64, signed - 1n);
};

const isPowerOfTwo = (x: bigint): boolean => x !== 0n && (x & (x - 1n)) === 0n;

/** If the mask has one bit, this bit is known to be set. */
const anySet =
  (low: boolean): Refine =>
  (a, b) => {
    const found = againstConst(a, b, low);
    if (!found) return;
    const [d, bits] = found;
    if (isPowerOfTwo(bits)) d.varOff = { value: d.varOff.value | bits, mask: d.varOff.mask & ~bits };
  };

/** Every bit of the mask is known to be clear. All ranges are forgotten first. */
const noneSet =
  (low: boolean): Refine =>
  (a, b) => {
    const found = againstConst(a, b, low);
    if (!found) return;
    const [d, bits] = found;
    unbound(d);
    d.varOff = { value: d.varOff.value & ~bits, mask: d.varOff.mask & ~bits };
  };

// An end at the limit of its type wraps as in C. Only a dead branch gets there.
const REFINE_32: Readonly<Record<number, Refine>> = {
  [BPF_JEQ]: EQUAL_32,
  [BPF_JNE]: UNEQUAL_32,
  [BPF_JSET]: anySet(true),
  [REV_JSET]: noneSet(true),
  [BPF_JLE]: (a, b) => {
    a.u32max = Math.min(a.u32max, b.u32max);
    b.u32min = Math.max(a.u32min, b.u32min);
  },
  [BPF_JLT]: (a, b) => {
    a.u32max = Math.min(a.u32max, b.u32max === 0 ? U32_MAX : b.u32max - 1);
    b.u32min = Math.max(a.u32min === U32_MAX ? 0 : a.u32min + 1, b.u32min);
  },
  [BPF_JSLE]: (a, b) => {
    a.s32max = Math.min(a.s32max, b.s32max);
    b.s32min = Math.max(a.s32min, b.s32min);
  },
  [BPF_JSLT]: (a, b) => {
    a.s32max = Math.min(a.s32max, (b.s32max - 1) | 0);
    b.s32min = Math.max((a.s32min + 1) | 0, b.s32min);
  },
};

const REFINE_64: Readonly<Record<number, Refine>> = {
  [BPF_JEQ]: EQUAL_64,
  [BPF_JNE]: UNEQUAL_64,
  [BPF_JSET]: anySet(false),
  [REV_JSET]: noneSet(false),
  [BPF_JLE]: (a, b) => {
    a.umax = smaller(a.umax, b.umax);
    b.umin = larger(a.umin, b.umin);
  },
  [BPF_JLT]: (a, b) => {
    a.umax = smaller(a.umax, b.umax === 0n ? U64_MAX : b.umax - 1n);
    b.umin = larger(a.umin === U64_MAX ? 0n : a.umin + 1n, b.umin);
  },
  [BPF_JSLE]: (a, b) => {
    a.smax = smaller(a.smax, b.smax);
    b.smin = larger(a.smin, b.smin);
  },
  [BPF_JSLT]: (a, b) => {
    a.smax = smaller(a.smax, BigInt.asIntN(64, b.smax - 1n));
    b.smin = larger(BigInt.asIntN(64, a.smin + 1n), b.smin);
  },
};

/** Both operands, each with what is now known of it. */
export interface Pair {
  readonly a: Scalar;
  readonly b: Scalar;
}

/**
 * What is known of both operands if `a op b` is true: γ(result) ⊇ { (x, y) ∈ γ(a) × γ(b) : x op y }. `op` may be REV_JSET. `same`: both
 * operands are the same register, which is then narrowed as the left and as the right operand.
 * @kernel verifier.c regs_refine_cond_op, reg_bounds_sync
 */
export function refineCond(op: number, width: 32 | 64, a: Scalar, b: Scalar, same = false): Pair {
  const left = draftOf(a);
  const right = same ? left : draftOf(b);
  const table = width === 32 ? REFINE_32 : REFINE_64;
  const direct = table[op];
  if (direct) direct(left, right);
  else table[flipOpcode(op)]?.(right, left);
  const first = synced(left);
  if (!same) return { a: first, b: synced(right) };
  // The kernel synchronises the one register once for each operand. The second time can find more.
  const both = synced(draftOf(first));
  return { a: both, b: both };
}

/** What is known of the operands on each side of a conditional jump. */
export interface Branches {
  readonly taken: Pair;
  readonly fallthrough: Pair;
}

/** @kernel verifier.c reg_set_min_max (without its check of invariants, which is `boundsViolation`) */
export const refineBranches = (op: number, width: 32 | 64, a: Scalar, b: Scalar, same = false): Branches => ({
  taken: refineCond(op, width, a, b, same),
  fallthrough: refineCond(revOpcode(op), width, a, b, same),
});
