import { expect, test } from "vitest";
import { toHex } from "../base/bytes.ts";
import { FORMS, formOf } from "./forms.ts";
import { decodeInsns, encodeInsns, type Insn } from "./insn.ts";

const insnOf = (form: (typeof FORMS)[number]): Insn => ({
  code: form.code,
  dst: 1,
  src: form.when.src ?? 2,
  off: form.when.off ?? 0,
  imm: form.when.imm ?? 0,
});

test("no two forms match the same instruction, and formOf() finds each form", () => {
  expect(new Set(FORMS.map((form) => form.name)).size).toBe(FORMS.length);
  for (const form of FORMS) expect(formOf(insnOf(form))?.name).toBe(form.name);
});

test("a field that selects the form is never one of its operands", () => {
  for (const form of FORMS) {
    for (const field of Object.keys(form.when)) expect(form.uses, form.name).not.toContain(field);
  }
});

test("an undefined opcode has no form", () => {
  expect(formOf({ code: 0xff, dst: 0, src: 0, off: 0, imm: 0 })).toBeUndefined();
  expect(formOf({ code: 0x34, dst: 0, src: 0, off: 2, imm: 1 })).toBeUndefined();
});

test("decoding gives back the instructions that were encoded", () => {
  const insns: Insn[] = [
    { code: 0x61, dst: 0, src: 1, off: 0, imm: 0 },
    { code: 0x04, dst: 0, src: 0, off: -1, imm: -42 },
    { code: 0x95, dst: 0, src: 0, off: 0, imm: 0 },
  ];
  expect(toHex(encodeInsns(insns))).toBe("61100000000000000400ffffd6ffffff9500000000000000");
  expect(decodeInsns(encodeInsns(insns))).toEqual(insns);
});
