// Which instructions may run right after an instruction, within its function. @kernel liveness.c bpf_insn_successors
import * as c from "../../isa/codes.ts";
import { type Insn, isLdImm64 } from "../../isa/insn.ts";
import { jumpOffset } from "./subprogs.ts";

/**
 * The slots that may follow slot i are at 2i and 2i + 1: first the next instruction, then the jump's target. If there are fewer than
 * two, NONE fills the end. A call is followed by the instruction after it. Slots outside the program are left out. No slot is followed
 * by the second slot of a two-slot load.
 */
export type Successors = Int32Array;
export const NONE = -1;

export function successorsOf(insns: readonly Insn[]): Successors {
  const count = insns.length;
  const successors = new Int32Array(2 * count).fill(NONE);
  for (let i = 0; i < count; i++) {
    const insn = insns[i]!;
    const cls = c.classOf(insn.code);
    const op = insn.code & 0xf0;
    const isJmp = cls === c.BPF_JMP || cls === c.BPF_JMP32;
    if (isJmp && op === c.BPF_EXIT) continue;
    let at = 2 * i;
    const next = i + (isLdImm64(insn) ? 2 : 1);
    if ((!isJmp || op !== c.BPF_JA) && next < count) successors[at++] = next;
    if (!isJmp || op === c.BPF_CALL) continue;
    const target = i + jumpOffset(insn) + 1;
    if (target >= 0 && target < count) successors[at] = target;
  }
  return successors;
}
