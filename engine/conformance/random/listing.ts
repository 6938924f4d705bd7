// A program as numbered lines of the kernel's disassembly, for reports.
import { formatInsn } from "../../disasm/kernel.ts";
import type { Insn } from "../../isa/insn.ts";

export function disassemble(insns: readonly Insn[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < insns.length; i++) {
    const insn = insns[i]!;
    lines.push(`${i}: ${formatInsn(insn, insns[i + 1])}`);
    if (insn.code === 0x18) i++;
  }
  return lines;
}
