// Context conversion of a program type made here: which instructions an access to a field becomes, where the kernel keeps the
// field elsewhere or in another size than programs see it. The C for it is takehome/ops.ts.
// @kernel the convert_ctx_access of a type written after the deck
import * as I from "../isa/codes.ts";
import type { Insn } from "../isa/insn.ts";
import type { CtxField, KernelMember } from "./types.ts";

const SIZE_CODE = { 1: I.BPF_B, 2: I.BPF_H, 4: I.BPF_W, 8: I.BPF_DW } as const;

/** The field's own place where the kernel's struct is the same. */
export const memberOf = ({ name, off, size, kernel }: CtxField): KernelMember => kernel ?? { name, off, size };

/**
 * A whole load of the field: from the member, in the member's size, cut to the field's where the member is wider. A store:
 * the member's low bytes; it is never wider than a field that may be written.
 */
export function convertField(field: CtxField, insn: Insn, write: boolean): Insn[] {
  const member = memberOf(field);
  const code = (insn.code & 0x07) | I.BPF_MEM | SIZE_CODE[member.size];
  const access = { ...insn, code, off: member.off };
  if (write || member.size <= field.size) return [access];
  return [access, cutTo(field.size as 1 | 2 | 4, insn.dst)];
}

/** A 32-bit operation, which clears the upper half. */
const cutTo = (size: 1 | 2 | 4, dst: number): Insn =>
  size === 4
    ? { code: I.BPF_ALU | I.BPF_MOV | I.BPF_X, dst, src: dst, off: 0, imm: 0 }
    : { code: I.BPF_ALU | I.BPF_AND | I.BPF_K, dst, src: 0, off: 0, imm: size === 1 ? 0xff : 0xffff };
