// Builds the instructions that the kernel adds to programs, as the kernel's own macros do.
import * as I from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import type { Node } from "./code.ts";

const insn = (code: number, dst = 0, src = 0, off = 0, imm = 0): Insn => ({ code, dst, src, off, imm });
const put = (one: Insn, more: Partial<Node> = {}): Node => ({ insn: one, slot: -1, ...more });

/** The scratch register that programs cannot use. */
export const AX = 11;
export const FP = I.BPF_REG_FP;

export const alu64 = (op: number, dst: number, imm: number) => put(insn(I.BPF_ALU64 | op | I.BPF_K, dst, 0, 0, imm));
export const alu64Reg = (op: number, dst: number, src: number) => put(insn(I.BPF_ALU64 | op | I.BPF_X, dst, src));
export const alu32 = (op: number, dst: number, imm: number) => put(insn(I.BPF_ALU | op | I.BPF_K, dst, 0, 0, imm));
export const alu32Reg = (op: number, dst: number, src: number) => put(insn(I.BPF_ALU | op | I.BPF_X, dst, src));
export const mov = (dst: number, imm: number) => alu64(I.BPF_MOV, dst, imm);
export const movReg = (dst: number, src: number) => alu64Reg(I.BPF_MOV, dst, src);
/** Turns a per-CPU offset into an address. */
export const percpu = (dst: number) => put(insn(I.BPF_ALU64 | I.BPF_MOV | I.BPF_X, dst, dst, -1));
export const load = (size: number, dst: number, src: number, off: number) =>
  put(insn(I.BPF_LDX | I.BPF_MEM | size, dst, src, off));
export const store = (size: number, dst: number, off: number, src: number) =>
  put(insn(I.BPF_STX | I.BPF_MEM | size, dst, src, off));
export const storeImm = (size: number, dst: number, off: number, imm: number) =>
  put(insn(I.BPF_ST | I.BPF_MEM | size, dst, 0, off, imm));
/** `op` is the operation alone; `wide` chooses 64 or 32 bits. */
export const jump = (op: number, dst: number, imm: number, target: Node, wide = true) =>
  put(insn((wide ? I.BPF_JMP : I.BPF_JMP32) | op | I.BPF_K, dst, 0, 0, imm), { target });
export const jumpReg = (op: number, dst: number, src: number, target: Node) =>
  put(insn(I.BPF_JMP | op | I.BPF_X, dst, src), { target });
export const goto = (target: Node) => put(insn(I.BPF_JMP | I.BPF_JA), { target });
export const call = (callee: string) => put(insn(I.BPF_JMP | I.BPF_CALL), { callee });
export const callOwn = (target: Node) => put(insn(I.BPF_JMP | I.BPF_CALL, 0, I.BPF_PSEUDO_CALL), { target });
export const exit = () => put(insn(I.BPF_JMP | I.BPF_EXIT));
export const address = (dst: number, value: bigint): Node =>
  put(insn(I.BPF_LD | I.BPF_IMM | I.BPF_DW, dst, 0, 0, Number(BigInt.asIntN(32, value))), {
    second: insn(0, 0, 0, 0, Number(BigInt.asIntN(32, value >> 32n))),
  });
