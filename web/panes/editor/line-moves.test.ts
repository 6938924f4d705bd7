import { expect, test } from "vitest";
import { lineMoves } from "./line-moves.ts";

const moves = (before: string, after: string): number[] => {
  const move = lineMoves(before, after);
  return before.split("\n").map((_, i) => move(i + 1));
};

test("a new line moves those below it", () => expect(moves("a\nb\nc", "a\nx\nb\nc")).toEqual([1, 3, 4]));
test("a deleted line takes its breakpoint along", () => expect(moves("a\nb\nc", "a\nc")).toEqual([1, 0, 2]));
test("a rewritten line keeps its breakpoint", () => expect(moves("a\nb\nc", "a\nB!\nc")).toEqual([1, 2, 3]));
test("if lines become one, one breakpoint is left", () =>
  expect(moves("a\nb\nc\nd", "a\nbc\nd")).toEqual([1, 2, 0, 3]));
test("a different text keeps breakpoints for as many lines as it has", () =>
  expect(moves("a\nb\nc", "x")).toEqual([1, 0, 0]));
