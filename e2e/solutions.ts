// How each built-in lesson is solved: what a student does, in order. For the tests only; nothing of it is shipped.
import { readFileSync } from "node:fs";

export type Action =
  | { readonly do: "write"; readonly source: string }
  | { readonly do: "echo"; readonly text: string }
  | { readonly do: "step"; readonly to: number }
  | { readonly do: "load" | "attach" | "cat" };

const write = (source: string): Action => ({ do: "write", source });
const echo = (text: string): Action => ({ do: "echo", text });
const LOAD: Action = { do: "load" };
const ATTACH: Action = { do: "attach" };
const CAT: Action = { do: "cat" };

const FILE = (id: string): URL => new URL(`../web/lessons/built-in/${id}.md`, import.meta.url);
/** The lesson's own program with some words of it changed; each must be there. */
function changed(id: string, ...pairs: readonly (readonly [from: string, to: string])[]): Action {
  const text = readFileSync(FILE(id), "utf8");
  let source = /```oreore-state\n[\s\S]*?\n---\n([\s\S]*?\n)```/.exec(text)?.[1] ?? "";
  for (const [from, to] of pairs) {
    if (!source.includes(from)) throw new Error(`${id}: the program has no ${from}`);
    source = source.replaceAll(from, to);
  }
  return write(source);
}

export const SOLUTIONS: Readonly<Record<string, readonly Action[]>> = {
  "01-machine": [{ do: "step", to: 2 }, changed("01-machine", ["BPF_REG_0, 42", "BPF_REG_0, 100"])],
  "02-program-type": [changed("02-program-type", ["BPF_REG_1, 4)", "BPF_REG_1, 0)"])],
  "03-attach": [ATTACH, LOAD, ATTACH],
  "04-module": [echo("10"), LOAD, ATTACH, echo("10"), CAT],
  "05-instructions": [changed("05-instructions", ["BPF_ADD", "BPF_MUL"]), LOAD, ATTACH, echo("10"), CAT],
  "06-first-question": [
    changed("06-first-question", ["BPF_MOV64_REG(BPF_REG_0, BPF_REG_2)", "BPF_MOV64_IMM(BPF_REG_0, 0)"]),
  ],
  "07-answers-of-a-write": [LOAD, ATTACH, echo("abc"), echo("4294967296"), echo("4294967295"), CAT],
  "08-bounds": [
    changed("08-bounds", ["BPF_ST_MEM(BPF_W,", "BPF_ALU64_IMM(BPF_AND, BPF_REG_6, 7),\nBPF_ST_MEM(BPF_W,"]),
  ],
  "09-null": [
    changed("09-null", [
      "BPF_MOV64_IMM(BPF_REG_1, 1),",
      "BPF_JMP_IMM(BPF_JEQ, BPF_REG_0, 0, 3),\nBPF_MOV64_IMM(BPF_REG_1, 1),",
    ]),
  ],
  "10-stack": [changed("10-stack", ["-520", "-8"])],
  "11-loops": [changed("11-loops", ["loop:\n", ""], ["BPF_JMP_IMM(BPF_JEQ", "loop:\nBPF_JMP_IMM(BPF_JEQ"])],
  "12-spills": [changed("12-spills", ["BPF_REG_10, -5,", "BPF_REG_10, -16,"])],
  "13-branches": [changed("13-branches", ["BPF_JSLE", "BPF_JLE"])],
  "14-precision": [
    changed(
      "14-precision",
      ["BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_2),  // R0 += R2\n", ""],
      ["meet:\n", "meet:\nBPF_ALU64_REG(BPF_ADD, BPF_REG_3, BPF_REG_2),\n"],
    ),
  ],
  "15-pruning": [
    changed("15-pruning", [
      "BPF_EXIT_INSN()",
      "BPF_JMP_IMM(BPF_JSET, BPF_REG_1, 16, 1),\nBPF_JMP_A(1),\nBPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 1),\nBPF_EXIT_INSN()",
    ]),
  ],
  "16-packets": [
    changed("16-packets", [
      "BPF_LDX_MEM(BPF_H",
      "BPF_MOV64_REG(BPF_REG_4, BPF_REG_2),\nBPF_ALU64_IMM(BPF_ADD, BPF_REG_4, 14),\nBPF_JMP_REG(BPF_JGT, BPF_REG_4, BPF_REG_3, 3),\nBPF_LDX_MEM(BPF_H",
    ]),
  ],
  "17-helper-arguments": [
    changed("17-helper-arguments", ["BPF_REG_2, 16)", "BPF_REG_2, 8)"]),
    LOAD,
    ATTACH,
    echo("10"),
  ],
  "18-references": [
    changed(
      "18-references",
      ["BPF_REG_0, 0, 1)", "BPF_REG_0, 0, 4)"],
      [
        "BPF_MOV64_REG(BPF_REG_0, BPF_REG_6)",
        "BPF_MOV64_REG(BPF_REG_1, BPF_REG_0),\nBPF_MOV64_IMM(BPF_REG_2, 0),\nBPF_EMIT_CALL(BPF_FUNC_ringbuf_submit),\nBPF_MOV64_REG(BPF_REG_0, BPF_REG_6)",
      ],
    ),
  ],
  "19-your-own": [
    changed("19-your-own", [
      "// …\n",
      `BPF_MOV64_IMM(BPF_REG_4, 32),
loop:
BPF_MOV64_REG(BPF_REG_3, BPF_REG_2),
BPF_ALU64_IMM(BPF_AND, BPF_REG_3, 1),
BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_3),
BPF_ALU64_IMM(BPF_RSH, BPF_REG_2, 1),
BPF_ALU64_IMM(BPF_SUB, BPF_REG_4, 1),
BPF_JMP_IMM(BPF_JNE, BPF_REG_4, 0, loop),
`,
    ]),
  ],
};
