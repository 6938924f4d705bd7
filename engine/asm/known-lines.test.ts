// The cache of lines must not change a result: a text gives the same assembly with and without it.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { analyse } from "./assemble.ts";

const plain = (source: string, incremental: boolean) => {
  const { assembly, programs, preprocessed } = analyse(source, { incremental });
  return {
    ...assembly,
    mapRefs: [...assembly.mapRefs],
    slots: assembly.slots.map(({ span, args, ...rest }) => ({
      ...rest,
      span: { start: span.start, end: span.end },
      args: args.map(({ start, end }) => ({ start, end })),
    })),
    written: assembly.written.length,
    programs: programs.map(({ name, span }) => ({ name, start: span.start, end: span.end })),
    defines: preprocessed.defines.map(({ name, uses }) => [name, uses.length]),
  };
};
const check = (source: string): void => {
  analyse(source, { incremental: true });
  expect(plain(source, true)).toEqual(plain(source, false));
};

describe("a cached line is read again if its words mean something else", () => {
  const LINE = "BPF_MOV64_IMM(BPF_REG_0, XDP_PASS),";
  test.each([
    ["by a define", `#define XDP_PASS 7\n${LINE}`],
    ["by a define of the macro", `#define BPF_MOV64_IMM(A, B) BPF_MOV32_IMM(A, B + 1)\n${LINE}`],
    ["by a define that is taken back", `#define XDP_PASS 7\n${LINE}\n#undef XDP_PASS\n${LINE}`],
    ["by an enum", `enum { XDP_PASS = 7 };\nstruct bpf_insn p[] = {\n${LINE}\n};`],
    ["by a constant", `const int XDP_PASS = 7;\n${LINE}`],
    ["in the arguments of a macro", `#define TWICE(a, b) a, b, a, b\nTWICE(\n${LINE}\n1)\n`],
    ["in a string", `#define TEXT(a) #a\nTEXT(\n${LINE}\n)\n`],
    ["in a comment", `/*\n${LINE}\n*/ BPF_EXIT_INSN(),`],
    ["in a branch that is not taken", `#if 0\n${LINE}\n#endif\nBPF_EXIT_INSN(),`],
    ["after a line that goes on", `#define X \\\n${LINE}\nX BPF_EXIT_INSN(),`],
    ["in a list of several programs", `struct bpf_insn a[] = {\n${LINE}\n};\nstruct bpf_insn b[] = {\n${LINE}\n};`],
  ])("%s", (_, source) => {
    analyse(LINE, { incremental: true });
    check(source);
  });
});

test("after any edit, lines in any order assemble as they would without the cache", () => {
  const line = fc.constantFrom(
    "BPF_MOV64_IMM(BPF_REG_0, 1),",
    "\tBPF_MOV64_IMM(BPF_REG_0, XDP_PASS),",
    "BPF_MOV64_IMM(BPF_REG_0, XDP_PASS), // pass",
    "BPF_MOV64_IMM(BPF_REG_0, 1) /* no comma */",
    "BPF_MOV64_IMM(BPF_REG_0, 1), /* -> out */",
    "BPF_JMP_A(0 /* -> out */),",
    "BPF_JMP_A(out),",
    "BPF_JMP_A(70000),",
    "out:",
    "BPF_LD_MAP_FD(BPF_REG_1, 0),",
    "// @map m array",
    "BPF_LD_IMM64(BPF_REG_1, 0x1122334455667788),",
    "BPF_ATOMIC_OP(BPF_DW, BPF_ADD | BPF_FETCH, BPF_REG_10, BPF_REG_0, -8),",
    "BPF_EXIT_INSN(),",
    "BPF_EXIT_INSN()",
    "BPF_JMP_IMM(BPF_JEQ,",
    "BPF_REG_0, 0, 1),",
    "BPF_MOV64_IMM(BPF_REG_11, 1),",
    "BPF_LD_ABS(BPF_B, 0),",
    "BPF_MOV64_REG(BPF_REG_0, BPF_REG_1); BPF_EXIT_INSN(),",
    "#define XDP_PASS 9",
    "#define TWO(a) a a",
    "TWO(",
    ")",
    "#if 0",
    "#else",
    "#endif",
    "/*",
    "*/",
    "{",
    "}",
    "};",
    "struct bpf_insn p[] = {",
    "enum { XDP_PASS = 3,",
    "int f(void) {",
    '"name",',
    ".insns = {",
    "sizeof(",
    "\\",
    "FOO",
    "x y",
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 14 }), (lines) => check(lines.join("\n"))),
    { numRuns: 2000 },
  );
});
