// Look-alike characters from a Japanese keyboard, a chat or a word processor are reported, and read as what they look like.
import { expect, test } from "vitest";
import { toHex } from "../base/bytes.ts";
import { encodeInsns } from "../isa/insn.ts";
import { assemble } from "./assemble.ts";

const PLAIN = "BPF_MOV64_IMM(BPF_REG_0, 7),\nBPF_EXIT_INSN(),";
const hexOf = (source: string): string => toHex(encodeInsns(assemble(source).insns));

test.each([
  [
    "full-width brackets and commas",
    "BPF_MOV64_IMM（BPF_REG_0， 7），\nBPF_EXIT_INSN（）,",
    ["（", "，", "），", "（）"],
  ],
  ["full-width digits", "BPF_MOV64_IMM(BPF_REG_0, ７),\nBPF_EXIT_INSN(),", ["７"]],
  ["full-width letters", "ＢＰＦ_MOV64_IMM(BPF_REG_0, 7),\nBPF_EXIT_INSN(),", ["ＢＰＦ"]],
  ["a Japanese comma", "BPF_MOV64_IMM(BPF_REG_0、7),\nBPF_EXIT_INSN(),", ["、"]],
])("%s: each look-alike is reported, and the bytes are those that were meant", (_, source, found) => {
  const { diagnostics, ok } = assemble(source);
  expect(ok).toBe(false);
  expect(diagnostics.map(({ code, args }) => [code, args?.found])).toEqual(found.map((text) => ["look-alike", text]));
  expect(hexOf(source)).toBe(hexOf(PLAIN));
});

test("a dash is read as a minus, typographic quotes as quotes", () => {
  expect(hexOf("BPF_MOV64_IMM(BPF_REG_0, –1),\nBPF_EXIT_INSN(),")).toBe(
    hexOf("BPF_MOV64_IMM(BPF_REG_0, -1),\nBPF_EXIT_INSN(),"),
  );
  const quoted = assemble("BPF_MOV64_IMM(BPF_REG_0, sizeof(“abc”)),\nBPF_EXIT_INSN(),");
  expect(quoted.diagnostics.map(({ args }) => args?.plain)).toEqual(['"', '"']);
  expect(quoted.insns[0]?.imm).toBe(4);
});

test("one fix replaces one look-alike, another all of them", () => {
  const source = "BPF_MOV64_IMM（BPF_REG_0, 7)，\nBPF_EXIT_INSN(),";
  const [first] = assemble(source).diagnostics;
  const apply = (edits: readonly { span: { start: number; end: number }; text: string }[]): string =>
    edits
      .toSorted((a, b) => b.span.start - a.span.start)
      .reduce((text, { span, text: by }) => text.slice(0, span.start) + by + text.slice(span.end), source);
  expect(first?.fixes?.map(({ edits }) => apply(edits))).toEqual([
    "BPF_MOV64_IMM(BPF_REG_0, 7)，\nBPF_EXIT_INSN(),",
    PLAIN,
  ]);
});

test("look-alikes in comments and strings are not reported", () => {
  const source = `// 「戻り値」は（７）、“だけ”\n/* ＢＰＦ */ ${PLAIN}\n／／ これも（コメント）`;
  const { diagnostics } = assemble(source);
  expect(diagnostics.map(({ args }) => args?.found)).toEqual(["／／"]);
  expect(assemble(`${PLAIN} // –`).ok).toBe(true);
});

test("cached lines do not change which look-alikes are reported", () => {
  const source = `${PLAIN.replace("7),", "7), // 「戻り値」は（７）")}\nBPF_MOV64_IMM（BPF_REG_0, 7), ／／ （`;
  const first = assemble(source, { incremental: true });
  const again = assemble(source, { incremental: true });
  expect(again.diagnostics).toEqual(assemble(source).diagnostics);
  expect(again.diagnostics).toEqual(first.diagnostics);
  expect(again.diagnostics.map(({ args }) => args?.found)).toEqual(["（", "／／"]);
});
