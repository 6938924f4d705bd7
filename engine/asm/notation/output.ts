// Writes a program as text for use elsewhere: in C, Rust, Go, Python or a shell. Every form keeps all bytes.
import { toHex } from "../../base/bytes.ts";
import { formatInsn } from "../../disasm/kernel.ts";
import { llvmText } from "../../disasm/llvm.ts";
import { macroText } from "../../disasm/macro.ts";
import { helperName } from "../../facts/helpers.ts";
import { encodeInsns, type Insn } from "../../isa/insn.ts";
import { parseText } from "./text.ts";

type Writer = (insns: readonly Insn[]) => string;

const HEX_DIGITS = (byte: number): string => byte.toString(16).padStart(2, "0");

/** One line for each slot, made from its eight bytes. */
const perSlot = (insns: readonly Insn[], line: (bytes: readonly number[]) => string): string => {
  const bytes = encodeInsns(insns);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8) text += line([...bytes.slice(at, at + 8)]);
  return text;
};
const zeroX = (bytes: readonly number[]): string => bytes.map((byte) => `0x${HEX_DIGITS(byte)}`).join(", ");

export const OUTPUTS = {
  /** Can be compiled with <linux/bpf.h> and tools/include/linux/filter.h. */
  c: (insns) => `struct bpf_insn prog[] = {\n${macroText(insns, { helperName })}};\n`,
  macros: (insns) => macroText(insns, { helperName }),
  llvm: llvmText,
  kernel: (insns) => kernelOut(insns),
  hex: (insns) => `${toHex(encodeInsns(insns))}\n`,
  "c-bytes": (insns) => `static const unsigned char prog[] = {\n${perSlot(insns, (b) => `\t${zeroX(b)},\n`)}};\n`,
  words: (insns) =>
    `static const uint64_t prog[] = {\n${perSlot(insns, (b) => `\t0x${b.toReversed().map(HEX_DIGITS).join("")},\n`)}};\n`,
  rust: (insns) => `pub const PROG: [u8; ${insns.length * 8}] = [\n${perSlot(insns, (b) => `    ${zeroX(b)},\n`)}];\n`,
  go: (insns) => `var prog = []byte{\n${perSlot(insns, (b) => `\t${zeroX(b)},\n`)}}\n`,
  python: (insns) =>
    `prog = (\n${perSlot(insns, (b) => `    b"${b.map((byte) => `\\x${HEX_DIGITS(byte)}`).join("")}"\n`)})\n`,
  xxd: (insns) => xxd(encodeInsns(insns)),
} as const satisfies Record<string, Writer>;
export type OutputKind = keyof typeof OUTPUTS;

/** The kernel's notation. An instruction with a field that this notation does not show becomes `.8byte`. */
function kernelOut(insns: readonly Insn[]): string {
  let text = "";
  for (let slot = 0; slot < insns.length; slot++) {
    const insn = insns[slot] as Insn;
    const next = insns[slot + 1];
    const line = formatInsn(insn, next, { helperName });
    const back = parseText(line).insns;
    const same =
      back.length > 0 && toHex(encodeInsns(back)) === toHex(encodeInsns(insns.slice(slot, slot + back.length)));
    if (same) {
      text += `${line}\n`;
      slot += back.length - 1;
    } else text += llvmRaw(insn);
  }
  return text;
}
const llvmRaw = (insn: Insn): string => perSlot([insn], (b) => `.8byte 0x${b.toReversed().map(HEX_DIGITS).join("")}\n`);

function xxd(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.slice(at, at + 16);
    let hex = "";
    for (let i = 0; i < 16; i += 2) hex += `${toHex(row.slice(i, i + 2)).padEnd(4)} `;
    const shown = [...row].map((byte) => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    text += `${at.toString(16).padStart(8, "0")}: ${hex} ${shown}\n`;
  }
  return text;
}
