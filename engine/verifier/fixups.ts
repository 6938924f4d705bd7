// What the kernel does with a program that is safe: rewriting it for the machine. Here only what of it can still refuse
// the program, or shows in the log; the rewritten instructions themselves have no use in a simulated machine.
// @kernel verifier.c optimize_bpf_loop, do_misc_fixups
import * as I from "../isa/codes.ts";
import { refuseAt } from "./refuse.ts";
import { type Env, subprogEnd } from "./state/env.ts";
import { EINVAL } from "./state/errors.ts";

/** Bytes that a function with may_goto keeps its counter and its clock in. */
const MAY_GOTO_STACK = 16;
/** Bytes that a function with an inlined bpf_loop() keeps its registers R6 … R8 in. */
const LOOP_STACK = 24;

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

/** What no path reaches is taken out of the program, and so is a jump to what then follows it. @kernel verifier.c opt_remove_nops */
function isRemoved(env: Env, at: number): boolean {
  if (!env.aux[at]!.seen) return true;
  const { code, off } = env.insns[at]!;
  if ((code !== (I.BPF_JMP | I.BPF_JCOND) && code !== (I.BPF_JMP | I.BPF_JA)) || off < 0) return false;
  for (let between = at + 1; between <= at + off; between++) if (!isRemoved(env, between)) return false;
  return true;
}
