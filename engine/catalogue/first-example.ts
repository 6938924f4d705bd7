// The program that the page shows first: the talk's. In a file of its own, so that the first page need not wait for the other examples.
import type { ExampleView } from "./example.ts";

export const FIRST_EXAMPLE: ExampleView = {
  name: "plus42",
  topic: "numbers",
  title: { en: "Input plus 42", ja: "入力 + 42" },
  about: {
    en: "The program of the talk: three macros that read a number, add 42 and return it.",
    ja: "発表のプログラム。3 つのマクロで数を読み、42 を足して返します。",
  },
  program: {
    source: `// R0 = *(u32 *)(R1 + 0)
BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),
// R0 += 42
BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),
// return R0
BPF_EXIT_INSN(),
`,
    progType: "oreore",
    maps: [],
  },
  input: "10",
  expect: "accept",
};
