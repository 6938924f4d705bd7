// Every operation on scalars must contain all real results (γ containment). Tested on all short ranges around the places where 32-bit
// and 64-bit words wrap or change sign, and on random sets of values. Where the kernel's result is the best one, ours must be too.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as c from "../../isa/codes.ts";
import { ALU_OPS, type AluOp, JMP_OPS, type JmpOp } from "../../isa/forms.ts";
import { aluResult, jumpTaken } from "../../vm/semantics.ts";
import { aluByRanges, aluScalar, ptrAdd, ptrSub } from "./alu.ts";
import { boundsViolation, narrow, syncBounds, synced, syncStepByStep } from "./bounds.ts";
import { branchTaken, flipOpcode, REV_JSET, refineBranches, refineCond, revOpcode } from "./cond.ts";
import type { Scalar } from "./scalar.ts";
import { constS32, constScalar, constU32, draftOf, isConst, SCALAR_UNKNOWN, scalarEqual, scalarHas } from "./scalar.ts";
import { coerceToSize, coerceToSizeSx, movScalar, zext32 } from "./size.ts";
import { tnumRange } from "./tnum.ts";

const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);
const s64 = (x: bigint): bigint => BigInt.asIntN(64, x);
const s32 = (x: bigint): bigint => BigInt.asIntN(32, x);
const low32 = (x: bigint): bigint => x & 0xffff_ffffn;

const show = (s: Scalar): string =>
  JSON.stringify(s, (_, v: unknown) =>
    typeof v === "bigint" ? `${v < 0n ? "-" : ""}0x${(v < 0n ? -v : v).toString(16)}` : v,
  );

function contains(result: Scalar, value: bigint, what: () => string): void {
  if (!scalarHas(result, value)) throw new Error(`${what()} = ${show(result)} lacks 0x${value.toString(16)}`);
}

/** The narrowest scalar that contains all these values in each of its views. */
function hull(values: readonly bigint[]): Scalar {
  const sorted = <T extends bigint | number>(xs: readonly T[]): T[] => [...xs].sort((a, b) => (a < b ? -1 : 1));
  const least = <T extends bigint | number>(xs: readonly T[]): T => sorted(xs)[0]!;
  const most = <T extends bigint | number>(xs: readonly T[]): T => sorted(xs)[xs.length - 1]!;
  const ones = values.reduce((a, b) => a & b);
  const any = values.reduce((a, b) => a | b);
  const signed = values.map(s64);
  const lows = values.map((x) => Number(low32(x)));
  const signedLows = lows.map((x) => x | 0);
  return {
    varOff: { value: ones, mask: any & ~ones },
    umin: least(values),
    umax: most(values),
    smin: least(signed),
    smax: most(signed),
    u32min: least(lows),
    u32max: most(lows),
    s32min: least(signedLows),
    s32max: most(signedLows),
  };
}

/** Places where something wraps or changes sign. */
const EDGES = [0n, 0x8000_0000n, 0x1_0000_0000n, 0x8000_0000_0000_0000n];
const REACH = 2n;

interface Range {
  readonly scalar: Scalar;
  readonly values: readonly bigint[];
}

const RANGES: Range[] = [];
for (const edge of EDGES) {
  for (let low = -REACH; low <= REACH; low++) {
    for (let high = low; high <= REACH; high++) {
      const values: bigint[] = [];
      for (let x = low; x <= high; x++) values.push(u64(edge + x));
      RANGES.push({ scalar: syncBounds(hull(values)), values });
    }
  }
}

/** Every operator of the instruction set but moves (domain/size.ts); signed division shares its code with the other. */
const ALU = (Object.entries(ALU_OPS) as [AluOp, (typeof ALU_OPS)[AluOp]][])
  .filter(([, row]) => row.shape !== "move" && !("off" in row))
  .map(([name, { code, shape }]) => ({ name, op: code, shape }));

const SHIFTS: Range[] = [0n, 1n, 7n, 31n, 32n, 33n, 63n].map((n) => ({ scalar: constScalar(n), values: [n] }));

const JUMPS = (Object.entries(JMP_OPS) as [JmpOp, (typeof JMP_OPS)[JmpOp]][]).map(([name, { code }]) => ({
  name,
  op: code,
}));

describe.each([32, 64] as const)("on all short ranges around the edges, %i bits:", (width) => {
  test.each(ALU)("the result of $name contains every real result", ({ name, op, shape }) => {
    for (const a of RANGES) {
      for (const b of shape === "shift" ? SHIFTS : RANGES) {
        const result = aluScalar(op, width, a.scalar, b.scalar);
        for (const x of a.values) {
          for (const y of b.values) {
            const value = aluResult(name, width, x, y);
            contains(result, value, () => `${show(a.scalar)} ${name} ${show(b.scalar)}`);
          }
        }
      }
    }
  });

  test.each(JUMPS)("a jump on $name is decided correctly and excludes no possible value", ({ name, op }) => {
    for (const a of RANGES) {
      for (const b of RANGES) {
        const decided = branchTaken(op, width, a.scalar, b.scalar);
        const { taken, fallthrough } = refineBranches(op, width, a.scalar, b.scalar);
        for (const x of a.values) {
          for (const y of b.values) {
            const jumps = jumpTaken(name, width, x, y);
            if (decided === (jumps ? 0 : 1))
              throw new Error(`${show(a.scalar)} ${name} ${show(b.scalar)} = ${decided}`);
            const { a: left, b: right } = jumps ? taken : fallthrough;
            contains(left, x, () => `left of ${show(a.scalar)} ${name} ${show(b.scalar)}`);
            contains(right, y, () => `right of ${show(a.scalar)} ${name} ${show(b.scalar)}`);
          }
        }
      }
    }
  });

  test("comparisons of size are decided whenever the ranges are enough", () => {
    for (const { name, op } of JUMPS.filter(({ name }) => !["jeq", "jne", "jset"].includes(name))) {
      const signed = op >= c.BPF_JSGT && op !== c.BPF_JLT && op !== c.BPF_JLE;
      const ends = (s: Scalar): bigint[] =>
        width === 32
          ? (signed ? [s.s32min, s.s32max] : [s.u32min, s.u32max]).map((n) => BigInt(n))
          : signed
            ? [s.smin, s.smax]
            : [s.umin, s.umax];
      for (const a of RANGES) {
        for (const b of RANGES) {
          const answers = ends(a.scalar).flatMap((x) => ends(b.scalar).map((y) => jumpTaken(name, width, x, y)));
          const expected = answers.every((x) => x) ? 1 : answers.some((x) => x) ? -1 : 0;
          expect(branchTaken(op, width, a.scalar, b.scalar)).toBe(expected);
        }
      }
    }
  });
});

test("sums of ranges that do not cross 2^63 are exact at both ends", () => {
  const some = RANGES.filter((r) => r.values.every((x) => x < 0x4000_0000_0000_0000n));
  for (const a of some) {
    for (const b of some) {
      const sum = aluScalar(c.BPF_ADD, 64, a.scalar, b.scalar);
      expect([sum.umin, sum.umax]).toEqual([a.scalar.umin + b.scalar.umin, a.scalar.umax + b.scalar.umax]);
      expect([sum.smin, sum.smax]).toEqual([a.scalar.smin + b.scalar.smin, a.scalar.smax + b.scalar.smax]);
    }
  }
});

test("truncation and sign extension contain every real result", () => {
  for (const { scalar, values } of RANGES) {
    for (const x of values) {
      for (const size of [1, 2, 4] as const) {
        contains(coerceToSize(scalar, size), BigInt.asUintN(8 * size, x), () => `zext ${size} ${show(scalar)}`);
        contains(coerceToSizeSx(scalar, size), u64(BigInt.asIntN(8 * size, x)), () => `sext ${size} ${show(scalar)}`);
      }
      contains(zext32(scalar), low32(x), () => `zext ${show(scalar)}`);
      for (const bits of [8, 16] as const)
        contains(movScalar(32, bits, scalar), low32(BigInt.asIntN(bits, x)), () => `w sext ${bits} ${show(scalar)}`);
      contains(movScalar(64, 32, scalar), u64(s32(x)), () => `sext 32 ${show(scalar)}`);
    }
  }
});

test("a load of unknown bytes is any number of that size", () => {
  expect(coerceToSize(SCALAR_UNKNOWN, 1)).toEqual(syncBounds(hull([0n, 0xffn])));
  expect(coerceToSize(SCALAR_UNKNOWN, 4)).toMatchObject({ umax: 0xffff_ffffn, s32min: -0x8000_0000, smin: 0n });
  expect(coerceToSize(SCALAR_UNKNOWN, 2)).toBe(coerceToSize(SCALAR_UNKNOWN, 2));
});

const near = fc.tuple(fc.constantFrom(...EDGES, 0x7fn, 0x80n, 0xffn, 0x8000n, 0xffffn), fc.bigInt(-9n, 9n));
const anyU64 = fc.oneof(
  near.map(([edge, by]) => u64(edge + by)),
  fc.bigInt(0n, 0xffff_ffff_ffff_ffffn),
  fc.bigInt(0n, 300n),
  fc.tuple(fc.bigInt(0n, 0xffff_ffff_ffff_ffffn), fc.integer({ min: 0, max: 63 })).map(([x, n]) => x >> BigInt(n)),
);
/** A scalar and some of its values: the hull of the values, sometimes widened in a few of its views. */
const anyScalar: fc.Arbitrary<Range> = fc
  .tuple(fc.array(anyU64, { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 31 }))
  .map(([values, widen]) => {
    const d = draftOf(hull(values));
    if (widen & 1) d.varOff = SCALAR_UNKNOWN.varOff;
    if (widen & 2) Object.assign(d, { smin: SCALAR_UNKNOWN.smin, smax: SCALAR_UNKNOWN.smax });
    if (widen & 4) Object.assign(d, { umin: 0n, umax: SCALAR_UNKNOWN.umax });
    if (widen & 8) Object.assign(d, { s32min: SCALAR_UNKNOWN.s32min, s32max: SCALAR_UNKNOWN.s32max });
    if (widen & 16) Object.assign(d, { u32min: 0, u32max: SCALAR_UNKNOWN.u32max });
    return { scalar: d, values };
  });
const anyWidth = fc.constantFrom<32 | 64>(32, 64);

/** Views that may contradict each other, as on a dead branch. */
const anyDraft: fc.Arbitrary<Scalar> = fc
  .tuple(fc.array(anyU64, { minLength: 9, maxLength: 9 }), fc.boolean(), fc.integer({ min: 0, max: 63 }))
  .map(([v, small, drop]) => {
    const [value, mask, a, b, d, e, f, g, h] = (small ? v.map((x) => x & 0x3fn) : v) as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    const full = SCALAR_UNKNOWN;
    return {
      varOff: drop & 1 ? full.varOff : { value: value & ~mask, mask },
      umin: drop & 2 ? 0n : a,
      umax: drop & 4 ? full.umax : b,
      smin: drop & 8 ? full.smin : s64(d),
      smax: drop & 16 ? full.smax : s64(e),
      u32min: drop & 2 ? 0 : Number(low32(f)),
      u32max: drop & 4 ? full.u32max : Number(low32(g)),
      s32min: drop & 32 ? full.s32min : Number(s32(h)),
      s32max: drop & 32 ? full.s32max : Number(s32(a)),
    };
  });

test("synchronising keeps every value, only narrows, and gives no contradiction", () => {
  fc.assert(
    fc.property(anyScalar, ({ scalar, values }) => {
      const synced = syncBounds(scalar);
      for (const x of values) contains(synced, x, () => `sync ${show(scalar)}`);
      for (const view of ["umin", "smin", "u32min", "s32min"] as const) expect(synced[view] >= scalar[view]).toBe(true);
      for (const view of ["umax", "smax", "u32max", "s32max"] as const) expect(synced[view] <= scalar[view]).toBe(true);
      expect(boundsViolation(synced)).toBeUndefined();
    }),
    { numRuns: 3000 },
  );
});

function sameBothWays(s: Scalar): void {
  const long = draftOf(s);
  syncStepByStep(long);
  const short = synced(draftOf(s));
  if (!scalarEqual(long, short)) throw new Error(`${show(s)}\n long  ${show(long)}\n short ${show(short)}`);
}

test("the fast synchronisation gives the result of the slow one, also on dead branches", () => {
  const any = fc.oneof(
    anyDraft,
    anyScalar.map((r) => r.scalar),
  );
  fc.assert(fc.property(any, sameBothWays), { numRuns: 20000 });
});

/** Numbers near the places where 32-bit words wrap or change sign. */
const EDGES32 = [0, 1, 2, 0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff];
const edge32 = fc.oneof(fc.constantFrom(...EDGES32), fc.nat(0xffff), fc.integer({ min: 0, max: 0xffffffff }));
const mostly = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> => fc.oneof(fc.constant(usual), other);

test("values below 2^32 give the same result in plain numbers as in bigints", () => {
  const { smin, smax, umax, s32min, s32max, u32max } = SCALAR_UNKNOWN;
  const whole = edge32.map(BigInt);
  const any = fc
    .record({
      known: edge32,
      mask: fc.oneof(
        edge32,
        fc.nat(32).map((n) => 2 ** n - 1),
      ),
      umin: mostly(0n, whole),
      umax: mostly(umax, whole),
      smin: fc.oneof(fc.constant(smin), fc.constant(0n), whole),
      smax: mostly(smax, whole),
      u32min: mostly(0, edge32),
      u32max: mostly(u32max, edge32),
      s32min: mostly(
        s32min,
        edge32.map((n) => n | 0),
      ),
      s32max: mostly(
        s32max,
        edge32.map((n) => n | 0),
      ),
    })
    .map(({ known, mask, ...ends }) => ({
      ...ends,
      varOff: { value: BigInt((known & ~mask) >>> 0), mask: BigInt(mask) },
    }));
  fc.assert(fc.property(any, sameBothWays), { numRuns: 40000 });
});

test("all short ranges around each edge give the same result in plain numbers as in bigints", () => {
  for (const base of [0, 0x7ffffffe, 0xfffffffc]) {
    const at = [0, 1, 2, 3].map((n) => base + n);
    for (const mask of [0x3, 0x7fffffff, 0xffffffff])
      for (const [i, least] of at.entries())
        for (const most of at.slice(i))
          for (const [j, low] of at.entries())
            for (const high of at.slice(j)) {
              const varOff = { value: BigInt((base & ~mask) >>> 0), mask: BigInt(mask) };
              const { s32min, s32max } = SCALAR_UNKNOWN;
              const ends = { umin: BigInt(least), umax: BigInt(most), smin: 0n, smax: 0xffffffffn };
              sameBothWays({ varOff, ...ends, u32min: low, u32max: high, s32min, s32max });
              const signed = [low | 0, high | 0].sort((a, b) => a - b) as [number, number];
              sameBothWays({ varOff, ...ends, u32min: 0, u32max: 0xffffffff, s32min: signed[0], s32max: signed[1] });
            }
  }
});

test("arithmetic on random scalars contains every real result, and the fast way equals the slow way", () => {
  fc.assert(
    fc.property(fc.constantFrom(...ALU), anyWidth, anyScalar, anyScalar, ({ name, op }, width, a, b) => {
      const [left, right] = [syncBounds(a.scalar), syncBounds(b.scalar)];
      const result = aluScalar(op, width, left, right);
      if (!scalarEqual(result, aluByRanges(op, width, left, right)))
        throw new Error(`${show(left)} ${name} ${show(right)}`);
      for (const x of a.values) {
        for (const y of b.values) {
          const value = aluResult(name, width, x, y);
          contains(result, value, () => `${show(left)} ${name} ${show(right)}`);
        }
      }
    }),
    { numRuns: 10000 },
  );
});

test("jumps on random scalars are decided correctly and exclude no possible value", () => {
  fc.assert(
    fc.property(fc.constantFrom(...JUMPS), anyWidth, anyScalar, anyScalar, ({ name, op }, width, a, b) => {
      const [left, right] = [syncBounds(a.scalar), syncBounds(b.scalar)];
      const decided = branchTaken(op, width, left, right);
      const { taken, fallthrough } = refineBranches(op, width, left, right);
      for (const x of a.values) {
        for (const y of b.values) {
          const jumps = jumpTaken(name, width, x, y);
          if (decided === (jumps ? 0 : 1)) throw new Error(`${show(left)} ${name} ${show(right)} = ${decided}`);
          const side = jumps ? taken : fallthrough;
          contains(side.a, x, () => `left of ${show(left)} ${name} ${show(right)}`);
          contains(side.b, y, () => `right of ${show(left)} ${name} ${show(right)}`);
        }
      }
    }),
    { numRuns: 10000 },
  );
});

test("a register compared with itself is narrowed as both operands", () => {
  const s = narrow(SCALAR_UNKNOWN, { umax: 9n });
  const { a, b } = refineCond(c.BPF_JLE, 64, s, s, true);
  expect(a).toBe(b);
  expect(scalarEqual(a, s)).toBe(true);
  // No bit is less than itself, and the 32-bit comparison finds this contradiction. For a constant, 64-bit synchronisation restores the
  // constant.
  const bit = narrow(SCALAR_UNKNOWN, { umax: 1n });
  expect(boundsViolation(refineCond(c.BPF_JLT, 32, bit, bit, true).a)).toBe("range bounds violation");
  expect(refineCond(c.BPF_JLT, 64, constU32(4), constU32(4), true).a).toBe(constU32(4));
});

test("flipping and reversing a comparison are their own inverses", () => {
  for (const { op } of JUMPS) {
    expect(flipOpcode(flipOpcode(op))).toBe(op);
    expect(revOpcode(revOpcode(op))).toBe(op);
  }
  expect(revOpcode(c.BPF_JSET)).toBe(REV_JSET);
});

test("adding to a pointer offset and subtracting from it forget the 32-bit ranges", () => {
  const off = narrow(SCALAR_UNKNOWN, { umin: 4n, umax: 8n });
  const sum = ptrAdd(constU32(0), off);
  expect(sum).toMatchObject({ umin: 4n, umax: 8n, smin: 4n, smax: 8n, u32max: 0xffff_ffff, s32min: -0x8000_0000 });
  const difference = ptrSub(constU32(0), off);
  expect(difference).toMatchObject({ umin: 0n, umax: 0xffff_ffff_ffff_ffffn, smin: -8n, smax: -4n });
});

test("shifts by an unknown or too large distance give an unknown result", () => {
  const s = narrow(SCALAR_UNKNOWN, { umax: 3n });
  expect(aluScalar(c.BPF_LSH, 64, s, s)).toBe(SCALAR_UNKNOWN);
  expect(aluScalar(c.BPF_RSH, 32, s, constU32(32))).toBe(SCALAR_UNKNOWN);
  expect(aluScalar(c.BPF_RSH, 64, s, constU32(32))).toBe(constU32(0));
});

test("constants of both signs are a single value in each view", () => {
  for (const n of [0, 1, -1, 4095, 4096, -1024, -1025, 0x7fff_ffff, -0x8000_0000]) {
    const s = constS32(n);
    expect(s).toEqual(hull([u64(BigInt(n))]));
    expect(isConst(s)).toBe(true);
  }
  expect(constS32(7)).toBe(constU32(7));
  expect(constU32(0xffff_ffff)).toEqual(hull([0xffff_ffffn]));
});

test("an empty range and a constant that contradicts its ranges are different violations", () => {
  expect(boundsViolation({ ...SCALAR_UNKNOWN, umin: 2n, umax: 1n })).toBe("range bounds violation");
  expect(boundsViolation({ ...SCALAR_UNKNOWN, varOff: { value: 5n, mask: 0n } })).toBe(
    "const tnum out of sync with range bounds",
  );
  expect(boundsViolation({ ...SCALAR_UNKNOWN, varOff: { value: 5n, mask: 0xffff_ffff_0000_0000n } })).toBe(
    "const subreg tnum out of sync with range bounds",
  );
  expect(tnumRange(0n, 3n)).toEqual({ value: 0n, mask: 3n });
});
