import { expect, test } from "vitest";
import { EXAMPLES } from "../../../engine/index.ts";
import { partsOf } from "./tokens.ts";

/** Each part as `kind:text`, without white space. */
function read(source: string): string[] {
  let inComment = false;
  return source.split("\n").flatMap((line) => {
    const found = partsOf(line, inComment);
    ({ inComment } = found);
    return found.parts.flatMap(({ kind, start }, i) =>
      kind === "" ? [] : [`${kind}:${line.slice(start, found.parts[i + 1]?.start ?? line.length)}`],
    );
  });
}

test("a macro, its size, its registers and its number", () =>
  expect(read("BPF_LDX_MEM(BPF_W, BPF_REG_0, R1, 0x10),").filter((part) => !part.startsWith("delimiter"))).toEqual([
    "macro:BPF_LDX_MEM",
    "constant:BPF_W",
    "register:BPF_REG_0",
    "register:R1",
    "number:0x10",
  ]));
test("a label, a directive and a helper", () =>
  expect(read("again:\n#define N 4\nBPF_FUNC_trace_printk")).toEqual([
    "label:again:",
    "keyword:#define",
    "identifier:N",
    "number:4",
    "helper:BPF_FUNC_trace_printk",
  ]));
test("the kernel's notation", () =>
  expect(read("if r1 s> 7 goto pc+2")).toEqual([
    "keyword:if",
    "register:r1",
    "identifier:s",
    "operator:>",
    "number:7",
    "keyword:goto",
    "identifier:pc",
    "operator:+",
    "number:2",
  ]));
test("a block comment goes on over lines until it ends, and a comment behind // ends with its line", () =>
  expect(read("exit /* a\nb */ exit // c /*\nexit /* d */ lock")).toEqual([
    "keyword:exit",
    "comment:/* a",
    "comment:b */",
    "keyword:exit",
    "comment:// c /*",
    "keyword:exit",
    "comment:/* d */",
    "keyword:lock",
  ]));
test("every character of every example belongs to one part, and no word is left without a kind", () => {
  for (const { program, name } of EXAMPLES)
    for (const line of program.source.split("\n")) {
      const { parts } = partsOf(line, false);
      expect(parts.map(({ start }) => start)).toEqual(
        [...new Set(parts.map(({ start }) => start))].sort((a, b) => a - b),
      );
      if (line !== "") expect(parts[0]?.start).toBe(0);
      for (const [i, { kind, start }] of parts.entries())
        if (kind === "") expect(line.slice(start, parts[i + 1]?.start), name).toMatch(/^\s+$/);
    }
});
