import fc from "fast-check";
import { expect, test } from "vitest";
import type { CheckView, SlotView } from "../../../engine/index.ts";
import { type Jump, jumpsOf, MAX_LANES } from "./jumps.ts";

/** One instruction per line. `to`: the slot to which each leads, or null. */
const checkOf = (to: readonly (number | null)[]): CheckView =>
  ({
    slots: to.map((target, slot): SlotView => {
      const span = { start: 0, end: 0, line: slot + 1, column: 1, endLine: slot + 1, endColumn: 2 };
      const jump = target === null ? null : { to: target, kind: "if" as const };
      return { slot, slots: 1, hex: "", text: "", span, jump, reads: 0, writes: 0, sends: false };
    }),
  }) as unknown as CheckView;

const lanes = (to: readonly (number | null)[]) => jumpsOf(checkOf(to)).list.map(({ from, lane }) => [from, lane]);

test("a jump inside another is nearer to the text", () =>
  expect(lanes([3, 2, null, null])).toEqual([
    [0, 1],
    [1, 0],
  ]));
test("jumps one after the other share a lane", () =>
  expect(lanes([1, null, 3, null])).toEqual([
    [0, 0],
    [2, 0],
  ]));
test("jumps to the same place join", () =>
  expect(lanes([3, 3, null, null])).toEqual([
    [0, 0],
    [1, 0],
  ]));
test("a jump out of the program is not drawn", () => expect(lanes([7, -1])).toEqual([]));

test("two jumps of one lane touch only if they lead to the same place", () => {
  const between = (x: Jump, y: Jump) =>
    Math.min(x.fromLine, x.toLine) <= Math.max(y.fromLine, y.toLine) &&
    Math.min(y.fromLine, y.toLine) <= Math.max(x.fromLine, x.toLine);
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(30), { freq: 2 }), { maxLength: 30 }), (to) => {
      const { list, lanes: count } = jumpsOf(checkOf(to));
      expect(count).toBeLessThanOrEqual(MAX_LANES);
      for (const [i, x] of list.entries())
        for (const y of list.slice(i + 1))
          if (x.lane === y.lane && x.lane < MAX_LANES - 1 && x.to !== y.to) expect(between(x, y)).toBe(false);
    }),
  );
});
