import { expect, test } from "vitest";
import { longestLine, roomFor } from "./columns.ts";

test.each([
  ["", 0],
  ["BPF_EXIT_INSN(),", 16],
  ["a\n\tb", 9],
  ["abc\td", 9],
  ["// 値を読む", 11],
  ["x\n// long comment\ny", 15],
])("%j has %i columns", (source, columns) => expect(longestLine(source)).toBe(columns));

test("a hint takes columns inside its line", () => {
  expect(longestLine("BPF_JMP_A(1),\nx", new Set([1]))).toBe(21);
  expect(longestLine("BPF_JMP_A(1),\nx", new Set([2]))).toBe(13);
});

test("the width grows with the font size and with the arrows", () => {
  expect(roomFor(40, 14, 0)).toBe(336 + 84);
  expect(roomFor(40, 14, 15)).toBe(336 + 99);
  expect(roomFor(40, 28, 0)).toBe(672 + 84);
});
