// Which instructions may run right after one, within its function.  @kernel liveness.c bpf_insn_successors
import * as c from "../../isa/codes.ts";
import { type Insn, isLdImm64 } from "../../isa/insn.ts";
import { jumpOffset } from "./subprogs.ts";

/**
 * For each slot the slots that may follow: first the next one, then the jump's target. Calls count as going on behind
 * the call. Slots outside the program are left out; the second slot of a two-slot load has none before it.
 */
export function successorsOf(insns: readonly Insn[]): readonly (readonly number[])[] {
  const inside = (at: number) => at >= 0 && at < insns.length;
  return insns.map((insn, i) => {
    const cls = c.classOf(insn.code);
    const op = insn.code & 0xf0;
    const isJmp = cls === c.BPF_JMP || cls === c.BPF_JMP32;
    const next = i + (isLdImm64(insn) ? 2 : 1);
    if (!isJmp || op === c.BPF_CALL) return [next].filter(inside);
    if (op === c.BPF_EXIT) return [];
    const target = i + jumpOffset(insn) + 1;
    return (op === c.BPF_JA ? [target] : [next, target]).filter(inside);
  });
}
