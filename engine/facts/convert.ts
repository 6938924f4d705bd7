// Context conversion for program types that are defined here, not recorded. The kernel may keep a field at another offset or in
// another size than programs see it. This file says which instructions an access to such a field becomes. takehome/ops.ts
// writes the same in C.
// @kernel the convert_ctx_access of a program type added as in the talk
import * as I from "../isa/codes.ts";
import type { Insn } from "../isa/insn.ts";
import type { CtxField, KernelMember } from "./types.ts";

const SIZE_CODE = { 1: I.BPF_B, 2: I.BPF_H, 4: I.BPF_W, 8: I.BPF_DW } as const;

/** The member of the kernel's struct behind a field. If none is given, it is at the field's own place. */
export const memberOf = ({ name, off, size, kernel }: CtxField): KernelMember => kernel ?? { name, off, size };

/**
 * The instructions for an access to the whole field. A load reads the member in the member's size. If the member is wider than
 * the field, a second instruction cuts the value to the field's size. A store writes the member: the low bytes of the value.
 * The member of a field that may be written is never wider than the field.
 */
export function convertField(field: CtxField, insn: Insn, write: boolean): Insn[] {
  const member = memberOf(field);
  const code = (insn.code & 0x07) | I.BPF_MEM | SIZE_CODE[member.size];
  const access = { ...insn, code, off: member.off };
  if (write || member.size <= field.size) return [access];
  return [access, truncateTo(field.size as 1 | 2 | 4, insn.dst)];
}

/** Keeps the low `size` bytes of `dst`. It is a 32-bit operation, so it also clears the upper half. */
const truncateTo = (size: 1 | 2 | 4, dst: number): Insn =>
  size === 4
    ? { code: I.BPF_ALU | I.BPF_MOV | I.BPF_X, dst, src: dst, off: 0, imm: 0 }
    : { code: I.BPF_ALU | I.BPF_AND | I.BPF_K, dst, src: 0, off: 0, imm: size === 1 ? 0xff : 0xffff };
