import { expect, test } from "vitest";
import { lineMoves } from "./line-moves.ts";

const moves = (before: string, after: string): number[] => {
  const move = lineMoves(before, after);
  return before.split("\n").map((_, i) => move(i + 1));
};

test("a line written above moves what is below it", () => expect(moves("a\nb\nc", "a\nx\nb\nc")).toEqual([1, 3, 4]));
test("a line that is taken away takes what hung on it", () => expect(moves("a\nb\nc", "a\nc")).toEqual([1, 0, 2]));
test("a line that is rewritten keeps it", () => expect(moves("a\nb\nc", "a\nB!\nc")).toEqual([1, 2, 3]));
test("of lines that become one, one is left", () => expect(moves("a\nb\nc\nd", "a\nbc\nd")).toEqual([1, 2, 0, 3]));
test("another text keeps what it has lines for", () => expect(moves("a\nb\nc", "x")).toEqual([1, 0, 0]));
