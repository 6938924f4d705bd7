// What BPF_OBJ_GET_INFO_BY_FD would tell about a program.
import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "../base/bytes.ts";
import { BPF_DW, BPF_IMM, BPF_LD, BPF_PSEUDO_MAP_FD, BPF_PSEUDO_MAP_VALUE } from "../isa/codes.ts";
import { encodeInsns, type Insn } from "../isa/insn.ts";

const loadsMap = ({ code, src }: Insn): boolean =>
  code === (BPF_LD | BPF_IMM | BPF_DW) && (src === BPF_PSEUDO_MAP_FD || src === BPF_PSEUDO_MAP_VALUE);

/**
 * The first 8 bytes, in hex, of the SHA-256 over the instructions. Both imm of a load of a map count as 0.
 * @kernel core.c bpf_prog_calc_tag
 */
export function progTag(insns: readonly Insn[]): string {
  let second = false;
  const plain = insns.map((insn) => {
    const cleared = second || loadsMap(insn);
    second = !second && loadsMap(insn);
    return cleared ? { ...insn, imm: 0 } : insn;
  });
  return toHex(sha256(encodeInsns(plain)).subarray(0, 8));
}
