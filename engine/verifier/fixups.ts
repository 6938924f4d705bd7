// After a program is accepted the kernel rewrites it for the machine. This file has only the parts of it that can still refuse the
// program or that show in the log. A simulated machine does not need the rewritten instructions.
// @kernel verifier.c optimize_bpf_loop, do_misc_fixups
import * as I from "../isa/codes.ts";
import { refuseAt } from "./refuse.ts";
import { type Env, subprogEnd } from "./state/env.ts";
import { EINVAL } from "./state/errors.ts";

/** Bytes of stack for the counter and the clock of a function with may_goto. */
const MAY_GOTO_STACK = 16;

/** Bytes of stack in which a function with an inlined bpf_loop() keeps R6, R7 and R8. */
export const LOOP_STACK = 24;

export function fixups(env: Env): number {
  env.subprogs.forEach((subprog, n) => {
    const aux = env.aux.slice(subprog.start, subprogEnd(env, n));
    subprog.removed = n > 0 && aux.every(({ seen }) => !seen);
    if (aux.some(({ loopInline }) => loopInline)) subprog.stackDepth += LOOP_STACK;
    for (let i = subprog.start; i < subprogEnd(env, n); i++) {
      if (env.insns[i]!.code === (I.BPF_JMP | I.BPF_JCOND) && !isRemoved(env, i)) {
        subprog.stackDepth += MAY_GOTO_STACK;
        return;
      }
    }
  });
  for (let i = 0; i < env.insns.length; i++) {
    const insn = env.insns[i]!;
    if (insn.code !== (I.BPF_JMP | I.BPF_CALL) || insn.src !== I.BPF_PSEUDO_KFUNC_CALL) continue;
    if (insn.imm === 0 && env.aux[i]!.seen) {
      const text = "invalid kernel function call not eliminated in verifier pass\n";
      return refuseAt(env, i, "kfunc-reached", {}, text, EINVAL);
    }
  }
  return 0;
}

/**
 * Whether the instruction is removed: no path reaches it, or it is a jump to the instruction that follows once others are removed.
 * @kernel verifier.c opt_remove_nops
 */
function isRemoved(env: Env, at: number): boolean {
  if (!env.aux[at]!.seen) return true;
  const { code, off } = env.insns[at]!;
  if ((code !== (I.BPF_JMP | I.BPF_JCOND) && code !== (I.BPF_JMP | I.BPF_JA)) || off < 0) return false;
  for (let between = at + 1; between <= at + off; between++) if (!isRemoved(env, between)) return false;
  return true;
}
