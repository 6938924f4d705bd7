// Every pair of 4-bit tnums, at the bottom of the word and moved to its top, where sums and products wrap.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tnumText } from "../print/number.ts";
import type { Tnum } from "./tnum.ts";
import * as t from "./tnum.ts";
import { tnumMul } from "./tnum-mul.ts";

const WIDTH = 4;
const SIZE = 1 << WIDTH;

const ALL: Tnum[] = [];
for (let mask = 0; mask < SIZE; mask++) {
  for (let value = 0; value < SIZE; value++) {
    if ((value & mask) === 0) ALL.push({ value: BigInt(value), mask: BigInt(mask) });
  }
}

const membersCache = new Map<Tnum, number[]>();
for (const tn of ALL) {
  const members: number[] = [];
  for (let x = 0; x < SIZE; x++) if (t.tnumHas(tn, BigInt(x))) members.push(x);
  membersCache.set(tn, members);
}
const members = (tn: Tnum): number[] => membersCache.get(tn)!;

/** The smallest tnum that contains all these values. */
function hull(values: Iterable<bigint>): Tnum {
  let ones: bigint | undefined;
  let any = 0n;
  for (const v of values) {
    ones = ones === undefined ? v : ones & v;
    any |= v;
  }
  return { value: ones!, mask: any & ~ones! };
}

const up = (tn: Tnum, by: number): Tnum => ({ value: tn.value << BigInt(by), mask: tn.mask << BigInt(by) });
const mod64 = (x: bigint): bigint => BigInt.asUintN(64, x);

type Binary = (a: Tnum, b: Tnum) => Tnum;
type Concrete = (x: bigint, y: bigint) => bigint;

/** [name, abstract, concrete, whether the kernel's result is the best possible] */
const OPERATIONS: [string, Binary, Concrete, boolean][] = [
  ["add", t.tnumAdd, (x, y) => x + y, true],
  ["sub", t.tnumSub, (x, y) => x - y, true],
  ["and", t.tnumAnd, (x, y) => x & y, true],
  ["or", t.tnumOr, (x, y) => x | y, true],
  ["xor", t.tnumXor, (x, y) => x ^ y, true],
  ["mul", tnumMul, (x, y) => x * y, false],
];

describe.each(OPERATIONS)("tnum %s", (name, abstract, concrete, optimal) => {
  test.each([0, 64 - WIDTH])(
    `contains every result of 4-bit operands${optimal ? ", and is the smallest tnum that does" : ""}, shifted by %i`,
    (shift) => {
      for (const a of ALL) {
        for (const b of ALL) {
          // A product wraps at the top even if only one factor is moved there.
          const left = name === "mul" ? a : up(a, shift);
          const right = up(b, shift);
          const result = abstract(left, right);
          expect(result.value & result.mask).toBe(0n);
          const exact: bigint[] = [];
          for (const x of members(a)) {
            for (const y of members(b)) {
              const lx = name === "mul" ? BigInt(x) : BigInt(x) << BigInt(shift);
              const value = mod64(concrete(lx, BigInt(y) << BigInt(shift)));
              exact.push(value);
              if (!t.tnumHas(result, value))
                throw new Error(`${tnumText(left)} ${name} ${tnumText(right)} lacks ${value}`);
            }
          }
          if (optimal) expect(result).toEqual(hull(exact));
        }
      }
    },
  );
});

test("shifts by a known distance are exact", () => {
  for (const a of ALL) {
    for (const base of [0, 28, 60]) {
      const tn = up(a, base);
      const values = members(a).map((x) => BigInt(x) << BigInt(base));
      for (const shift of [0, 1, 3, 31, 32, 63]) {
        expect(t.tnumLshift(tn, shift)).toEqual(hull(values.map((x) => mod64(x << BigInt(shift)))));
        expect(t.tnumRshift(tn, shift)).toEqual(hull(values.map((x) => x >> BigInt(shift))));
        expect(t.tnumArshift(tn, shift, 64)).toEqual(
          hull(values.map((x) => mod64(BigInt.asIntN(64, x) >> BigInt(shift)))),
        );
        if (shift < 32) {
          expect(t.tnumArshift(tn, shift, 32)).toEqual(
            hull(values.map((x) => BigInt.asUintN(32, BigInt.asIntN(32, x) >> BigInt(shift)))),
          );
        }
      }
    }
  }
});

test("negation contains every negated value", () => {
  for (const a of ALL) expect(t.tnumNeg(a)).toEqual(hull(members(a).map((x) => mod64(-BigInt(x)))));
});

test("a range becomes the smallest tnum that contains it", () => {
  for (const base of [0n, 0xffff_fff8n, 0x7fff_ffff_ffff_fff8n, 0xffff_ffff_ffff_fff0n]) {
    for (let low = 0n; low < 16n; low++) {
      for (let high = low; high < 16n; high++) {
        const values = Array.from({ length: Number(high - low) + 1 }, (_, i) => base + low + BigInt(i));
        expect(t.tnumRange(base + low, base + high)).toEqual(hull(values));
      }
    }
  }
  expect(t.tnumRange(0n, 0xffff_ffff_ffff_ffffn)).toEqual(t.TNUM_UNKNOWN);
});

test("union, intersection, overlap and inclusion agree with those of the sets of values", () => {
  for (const a of ALL) {
    for (const b of ALL) {
      const common = members(a).filter((x) => members(b).includes(x));
      expect(t.tnumOverlap(a, b)).toBe(common.length > 0);
      expect(t.tnumIn(a, b)).toBe(members(b).every((x) => members(a).includes(x)));
      expect(t.tnumUnion(a, b)).toEqual(hull([...members(a), ...members(b)].map(BigInt)));
      if (common.length > 0) expect(t.tnumIntersect(a, b)).toEqual(hull(common.map(BigInt)));
    }
  }
});

test("the halves of a word are taken apart and put together", () => {
  const a: Tnum = { value: 0x1234_5678_9abc_def0n, mask: 0x0001_0000_0000_000fn };
  const b: Tnum = { value: 0xffff_0000_0000_1111n, mask: 0x0000_ffffn << 16n };
  expect(t.tnumSubreg(a)).toEqual({ value: 0x9abc_def0n, mask: 0xfn });
  expect(t.tnumWithSubreg(a, b)).toEqual({ value: 0x1234_5678_0000_1111n, mask: 0x0001_0000_ffff_0000n });
  expect(t.tnumConstSubreg(a, 7)).toEqual({ value: 0x1234_5678_0000_0007n, mask: 0x0001_0000_0000_0000n });
  expect(t.tnumCast(a, 2)).toEqual({ value: 0xdef0n, mask: 0xfn });
  expect(t.tnumCast(a, 8)).toBe(a);
});

test("a tnum is aligned if the low bits of every value are 0", () => {
  expect(t.tnumIsAligned({ value: 8n, mask: 0x10n }, 8)).toBe(true);
  expect(t.tnumIsAligned({ value: 8n, mask: 0x14n }, 8)).toBe(false);
  expect(t.tnumIsAligned({ value: 9n, mask: 0n }, 0)).toBe(true);
});

test("tnums are written as the kernel's log writes them", () => {
  expect(tnumText({ value: 0x10n, mask: 0xffffffffffffff00n })).toBe("(0x10; 0xffffffffffffff00)");
});

test("tnumStep gives the least member above a number, or the greatest member", () => {
  for (let mask = 0; mask < 32; mask++) {
    for (let value = 0; value < 32; value++) {
      if (value & mask) continue;
      const members = Array.from({ length: 32 }, (_, x) => x).filter((x) => (x & ~mask) === value);
      for (let z = 0; z < 32; z++) {
        const above = BigInt(members.find((x) => x > z) ?? members[members.length - 1]!);
        for (const shift of [0n, 59n]) {
          const tnum = { value: BigInt(value) << shift, mask: BigInt(mask) << shift };
          expect(t.tnumStep(tnum, BigInt(z) << shift)).toBe(above << shift);
        }
      }
    }
  }
});

test("multiplication by halves of words equals long multiplication of whole words", () => {
  const word = fc.bigInt(0n, 0xffff_ffff_ffff_ffffn);
  const any = fc
    .tuple(word, word, word, fc.integer({ min: 0, max: 60 }))
    .map(([value, m, n, by]): Tnum => ({ value: (value >> BigInt(by)) & ~(m & n), mask: m & n }));
  fc.assert(
    fc.property(any, any, (a, b) => {
      let sum = t.TNUM_ZERO;
      for (let bit = 0; bit < 64; bit++) {
        const addend = t.tnumLshift(b, bit);
        if ((a.value >> BigInt(bit)) & 1n) sum = t.tnumAdd(sum, addend);
        else if ((a.mask >> BigInt(bit)) & 1n) sum = t.tnumUnion(sum, t.tnumAdd(sum, addend));
      }
      expect(tnumMul(a, b)).toEqual(sum);
    }),
    { numRuns: 2000 },
  );
});
