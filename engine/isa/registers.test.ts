import { expect, test } from "vitest";
import * as c from "./codes.ts";
import { FORMS, formNamed } from "./forms.ts";
import type { Insn } from "./insn.ts";
import { registerUse } from "./registers.ts";

/** An instruction of the form with this name, with R2 as destination and R3 as source. */
const insnOf = (name: string, imm = 1): Insn => {
  const { code, when } = formNamed(name)!;
  return { code, dst: 2, src: when.src ?? 3, off: when.off ?? 0, imm: when.imm ?? imm };
};
/** Registers read and written, as `2,3 -> 2`. Every helper counts as one with two arguments. */
const use = (name: string): string => {
  const { reads, writes } = registerUse(insnOf(name), () => 2);
  const list = (mask: number) =>
    Array.from({ length: 16 }, (_, n) => n)
      .filter((n) => (mask >> n) & 1)
      .join(",");
  return `${list(reads)} -> ${list(writes)}`;
};

test.each([
  ["mov64_imm", " -> 2"],
  ["movsx864_reg", "3 -> 2"],
  ["add64_reg", "2,3 -> 2"],
  ["neg32_imm", "2 -> 2"],
  ["be16", "2 -> 2"],
  ["ja", " -> "],
  ["jeq64_imm", "2 -> "],
  ["jeq32_reg", "2,3 -> "],
  ["call_helper", "1,2 -> 0,1,2,3,4,5"],
  ["call_local", "1,2,3,4,5 -> "],
  ["call_kfunc", "1,2,3,4,5 -> 0,1,2,3,4,5"],
  ["exit", "0 -> "],
  ["ld_imm64", " -> 2"],
  ["ldabs4", "6 -> 0,1,2,3,4,5"],
  ["ldind4", "3,6 -> 0,1,2,3,4,5"],
  ["ldx8", "3 -> 2"],
  ["st8", "2 -> "],
  ["stx8", "2,3 -> "],
  ["atomic8_add", "2,3 -> "],
  ["atomic8_fetch_add", "2,3 -> 3"],
  ["atomic8_xchg", "2,3 -> 3"],
  ["atomic8_cmpxchg", "0,2,3 -> 0"],
  ["load_acq8", "3 -> 2"],
  ["store_rel8", "2,3 -> "],
])("%s: %s", (name, expected) => {
  expect(use(name)).toBe(expected);
});

test("no form uses a register that does not exist, and none writes R10 by itself", () => {
  for (const form of FORMS) {
    const { reads, writes } = registerUse(insnOf(form.name), () => 5);
    expect(reads & ~0x7ff, form.name).toBe(0);
    expect(writes & ~((1 << c.BPF_REG_FP) - 1), form.name).toBe(0);
  }
});

test("an undefined opcode uses no register", () => {
  expect(registerUse({ code: 0xff, dst: 1, src: 2, off: 0, imm: 0 }, () => 5)).toEqual({ reads: 0, writes: 0 });
});
