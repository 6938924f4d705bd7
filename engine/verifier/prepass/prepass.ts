// Everything that the verifier does with a program before it walks its paths, in the kernel's order. The order decides which message
// comes first. @kernel verifier.c bpf_check, up to do_check_main

import { PROG_FLAGS } from "../../facts/flags.ts";
import { refuseAt } from "../refuse.ts";
import type { Env } from "../state/env.ts";
import { EINVAL, ENOTSUPP } from "../state/errors.ts";
import { checkCfg } from "./cfg.ts";
import { markFastcallPatterns } from "./fastcall.ts";
import { computeLiveRegisters } from "./live-registers.ts";
import { computePostorder } from "./postorder.ts";
import { resolvePseudoLdImm64 } from "./resolve.ts";
import { computeScc } from "./scc.ts";
import { addSubprogsAndCheckCalls, checkAbnormalReturn, checkSubprogs } from "./subprogs.ts";
import { successorsOf } from "./successors.ts";

/** 0, or -errno with the message in env.log. */
export function prepass(env: Env): number {
  const checks = [addSubprogsAndCheckCalls, checkSubprogs, checkAbnormalReturn, resolvePseudoLdImm64, checkCfg];
  for (const check of checks) {
    const err = check(env);
    if (err < 0) return err;
  }
  env.successors = successorsOf(env.insns);
  computePostorder(env);
  const err = checkAttachBtfId(env);
  if (err < 0) return err;
  computeScc(env);
  computeLiveRegisters(env);
  markFastcallPatterns(env);
  return 0;
}

/** Checks of the attachment target that need no BTF of the kernel. @kernel verifier.c check_attach_btf_id */
function checkAttachBtfId(env: Env): number {
  const progType = env.progType.name;
  const sleepable = (env.program.progFlags & PROG_FLAGS.SLEEPABLE) !== 0;
  if (env.progType.notSimulated !== null) {
    env.notSimulated = env.progType.notSimulated;
    if (progType === "struct_ops") return refuseAt(env, -1, "attach-btf-id", { progType }, "", ENOTSUPP);
    return refuseAt(env, -1, "attach-btf-id", { progType }, "Tracing programs must provide btf_id\n", EINVAL);
  }
  if (progType === "syscall") {
    if (sleepable) return 0;
    return refuseAt(env, -1, "sleepable-syscall", {}, "Syscall programs can only be sleepable\n", EINVAL);
  }
  if (sleepable && progType !== "kprobe") {
    const text = "Only fentry/fexit/fmod_ret, lsm, iter, uprobe, and struct_ops programs can be sleepable\n";
    return refuseAt(env, -1, "sleepable-type", { progType }, text, EINVAL);
  }
  return 0;
}
