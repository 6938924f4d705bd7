import { expect, test } from "vitest";
import { hasRoom, listingRoom, longestLine, roomFor } from "./columns.ts";

test.each([
  ["", 0],
  ["BPF_EXIT_INSN(),", 16],
  ["a\n\tb", 9],
  ["abc\td", 9],
  ["// 値を読む", 11],
  ["x\n// long comment\ny", 15],
])("%j has %i columns", (source, columns) => expect(longestLine(source)).toBe(columns));

test("a hint takes its room inside the line", () => {
  expect(longestLine("BPF_JMP_A(1),\nx", new Set([1]))).toBe(24);
  expect(longestLine("BPF_JMP_A(1),\nx", new Set([2]))).toBe(13);
});

test("the width grows with the font size and with the arrows", () => {
  expect(roomFor(40, 14, 0)).toBe(336 + 84);
  expect(roomFor(40, 14, 15)).toBe(336 + 99);
  expect(roomFor(40, 28, 0)).toBe(672 + 84);
});

test("a program type's name is whole where there is room for it", () => {
  const en = ["Program", "Disassembly", "Words", "Graph"];
  expect(hasRoom("BPF_PROG_TYPE_OREORE", 820, en, false)).toBe(true);
  expect(hasRoom("BPF_PROG_TYPE_OREORE", 530, en, false)).toBe(false);
  expect(hasRoom("BPF_PROG_TYPE_OREORE", 390, [], false)).toBe(true);
  expect(hasRoom("BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE", 390, [], false)).toBe(false);
  expect(hasRoom("BPF_PROG_TYPE_XDP", 700, en, false)).toBe(true);
  expect(hasRoom("BPF_PROG_TYPE_XDP", 700, en, true)).toBe(false);
  expect(hasRoom("BPF_PROG_TYPE_XDP", 530, en, true)).toBe(true);
});

test("the listing has room for its longest instruction", () => {
  expect(listingRoom([{ text: "exit" }, { text: "call bpf_skb_load_bytes#26" }])).toBe(60 + 26 * 7.5);
  expect(listingRoom([{ text: "x".repeat(99) }])).toBe(320);
  expect(listingRoom([])).toBe(60);
});
