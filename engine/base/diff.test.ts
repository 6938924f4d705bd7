import fc from "fast-check";
import { expect, test } from "vitest";
import { alignment, commonPairs } from "./diff.ts";

/** Length of the longest common subsequence, by the usual table (dynamic programming). */
function longest(a: readonly number[], b: readonly number[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const one of a) {
    const next = [0];
    b.forEach((two, j) => {
      next.push(one === two ? (row[j] as number) + 1 : Math.max(row[j + 1] as number, next[j] as number));
    });
    row = next;
  }
  return row[b.length] as number;
}

const some = fc.array(fc.nat(4), { maxLength: 40 });

test("commonPairs() pairs equal elements, in order, and as many as possible", () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      const pairs = commonPairs(a, b);
      expect(pairs.map(([i]) => a[i])).toEqual(pairs.map(([, j]) => b[j]));
      for (const [at, [i, j]] of pairs.slice(1).entries()) {
        expect(i).toBeGreaterThan((pairs[at] as [number, number])[0]);
        expect(j).toBeGreaterThan((pairs[at] as [number, number])[1]);
      }
      expect(pairs).toHaveLength(longest(a, b));
    }),
  );
});

test("alignment() covers both sequences and joins neighbouring differences", () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      const all = alignment(a.length, b.length, commonPairs(a, b));
      expect(all.flatMap((one) => one.a)).toEqual(a.map((_, i) => i));
      expect(all.flatMap((one) => one.b)).toEqual(b.map((_, j) => j));
      for (const [i, one] of all.entries()) if (one.kind === "other") expect(all[i + 1]?.kind).not.toBe("other");
    }),
  );
});

test("with too many differences, the common beginning and end are still found", () => {
  const a = [1, 2, ...Array.from({ length: 50 }, (_, i) => 100 + i), 9];
  const b = [1, 2, ...Array.from({ length: 50 }, (_, i) => 200 + i), 9];
  expect(commonPairs(a, b, 10)).toEqual([
    [0, 0],
    [1, 1],
    [52, 52],
  ]);
});
