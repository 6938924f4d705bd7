// What BPF_OBJ_GET_INFO_BY_FD would tell of a program.
import { toHex } from "../base/bytes.ts";
import { sha256 } from "../base/sha256.ts";
import { BPF_DW, BPF_IMM, BPF_LD, BPF_PSEUDO_MAP_FD, BPF_PSEUDO_MAP_VALUE } from "../isa/codes.ts";
import { encodeInsns, type Insn } from "../isa/insn.ts";

const loadsMap = ({ code, src }: Insn): boolean =>
  code === (BPF_LD | BPF_IMM | BPF_DW) && (src === BPF_PSEUDO_MAP_FD || src === BPF_PSEUDO_MAP_VALUE);

/** First 8 bytes of the SHA-256 over the instructions, descriptors of maps taken out. @kernel core.c bpf_prog_calc_tag */
export function progTag(insns: readonly Insn[]): string {
  let second = false;
  const plain = insns.map((insn) => {
    const cleared = second || loadsMap(insn);
    second = !second && loadsMap(insn);
    return cleared ? { ...insn, imm: 0 } : insn;
  });
  return toHex(sha256(encodeInsns(plain)).subarray(0, 8));
}
