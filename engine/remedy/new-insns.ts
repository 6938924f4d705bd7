// Builds the instructions that candidates add.
import * as c from "../isa/codes.ts";
import { SIZE_BITS, type Size } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import type { Item, NewInsn } from "./draft.ts";

const insn = (code: number, dst = 0, src = 0, off = 0, imm = 0): Insn => ({ code, dst, src, off, imm });

export const movImm = (dst: number, imm: number): NewInsn => ({ insn: insn(c.BPF_ALU64 | c.BPF_MOV, dst, 0, 0, imm) });
export const movReg = (dst: number, src: number): NewInsn => ({
  insn: insn(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, dst, src),
});
export const aluImm = (op: number, dst: number, imm: number): NewInsn => ({
  insn: insn(c.BPF_ALU64 | op, dst, 0, 0, imm),
});
export const aluReg = (op: number, dst: number, src: number): NewInsn => ({
  insn: insn(c.BPF_ALU64 | op | c.BPF_X, dst, src),
});
export const load = (size: Size, dst: number, src: number, off: number): NewInsn => ({
  insn: insn(c.BPF_LDX | c.BPF_MEM | SIZE_BITS[size], dst, src, off),
});
export const store = (size: Size, dst: number, off: number, src: number): NewInsn => ({
  insn: insn(c.BPF_STX | c.BPF_MEM | SIZE_BITS[size], dst, src, off),
});
export const storeImm = (size: Size, dst: number, off: number, imm: number): NewInsn => ({
  insn: insn(c.BPF_ST | c.BPF_MEM | SIZE_BITS[size], dst, 0, off, imm),
});
export const jumpImm = (op: number, dst: number, imm: number, to: Item | NewInsn): NewInsn => ({
  insn: insn(c.BPF_JMP | op, dst, 0, 0, imm),
  to,
});
export const jumpReg = (op: number, dst: number, src: number, to: Item | NewInsn): NewInsn => ({
  insn: insn(c.BPF_JMP | op | c.BPF_X, dst, src),
  to,
});
export const goto = (to: Item | NewInsn): NewInsn => ({ insn: insn(c.BPF_JMP | c.BPF_JA), to });
export const mayGoto = (to: Item | NewInsn): NewInsn => ({ insn: insn(c.BPF_JMP | c.BPF_JCOND), to });
export const helperCall = (id: number): NewInsn => ({ insn: insn(c.BPF_JMP | c.BPF_CALL, 0, 0, 0, id) });
export const exit = (): NewInsn => ({ insn: insn(c.BPF_JMP | c.BPF_EXIT) });
export const loadMap = (dst: number, map: number): NewInsn => ({
  insn: insn(c.BPF_LD | c.BPF_IMM | c.BPF_DW, dst, c.BPF_PSEUDO_MAP_FD),
  high: insn(0),
  map,
});
