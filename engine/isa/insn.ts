// One 8-byte instruction slot and its bytes, little-endian (struct bpf_insn, RFC 9669 section 3.1):
//
//   byte   0      1            2   3      4   5   6   7
//          code   src<<4|dst   off (s16)  imm (s32)
import { toHex, viewOf } from "../base/bytes.ts";
import { BPF_DW, BPF_IMM, BPF_LD } from "./codes.ts";

export interface Insn {
  /** 0 … 255 */
  readonly code: number;
  /** 0 … 15 (the encoding can name registers that do not exist) */
  readonly dst: number;
  /** 0 … 15 */
  readonly src: number;
  /** s16 */
  readonly off: number;
  /** s32 */
  readonly imm: number;
}

export const INSN_BYTES = 8;

export function encodeInsns(insns: readonly Insn[]): Uint8Array {
  const bytes = new Uint8Array(insns.length * INSN_BYTES);
  const view = viewOf(bytes);
  insns.forEach((insn, i) => {
    const at = i * INSN_BYTES;
    bytes[at] = insn.code;
    bytes[at + 1] = (insn.src << 4) | (insn.dst & 0x0f);
    view.setInt16(at + 2, insn.off, true);
    view.setInt32(at + 4, insn.imm, true);
  });
  return bytes;
}

/** `bytes.length` should be a multiple of 8. Remaining bytes are not read. */
export function decodeInsns(bytes: Uint8Array): Insn[] {
  const view = viewOf(bytes);
  const insns: Insn[] = [];
  for (let at = 0; at + INSN_BYTES <= bytes.length; at += INSN_BYTES) {
    const regs = view.getUint8(at + 1);
    insns.push({
      code: view.getUint8(at),
      dst: regs & 0x0f,
      src: regs >> 4,
      off: view.getInt16(at + 2, true),
      imm: view.getInt32(at + 4, true),
    });
  }
  return insns;
}

export const insnHex = (insn: Insn): string => toHex(encodeInsns([insn]));

export const sameInsn = (a: Insn, b: Insn): boolean =>
  a.code === b.code && a.dst === b.dst && a.src === b.src && a.off === b.off && a.imm === b.imm;

/** Whether the instruction takes a second slot. */
export const isLdImm64 = (insn: Insn): boolean => insn.code === (BPF_LD | BPF_IMM | BPF_DW);

/** The 64-bit immediate of a two-slot BPF_LD | BPF_IMM | BPF_DW, unsigned. */
export const imm64 = (low: Insn, high: Insn): bigint => (BigInt(high.imm >>> 0) << 32n) | BigInt(low.imm >>> 0);
