// Functions of a program: where calls say that one starts, and that jumps stay inside.
// @kernel verifier.c add_subprog_and_kfunc, check_subprogs, check_abnormal_return

import { ERRNO } from "../../facts/errno.ts";
import { isGplCompatible } from "../../facts/license.ts";
import * as c from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { BPF_LOG_LEVEL2 } from "../log/buffer.ts";
import { type Env, findSubprog, notSimulated, verbose } from "../state/env.ts";
import { isKfuncCall, isLocalCall, isPseudoFunc, isTailCall } from "./callees.ts";
import { newSubprog } from "./records.ts";
import { BTF_MAX_TYPE } from "./resolve.ts";

const BPF_MAX_SUBPROGS = 256;

/** Fills env.subprogs in order of their first slots and prints them at level 2. 0, or -errno. */
export function addSubprogsAndCheckCalls(env: Env): number {
  let err = addSubprog(env, 0);
  if (err < 0) return err;
  for (let i = 0; i < env.insns.length; i++) {
    const insn = env.insns[i]!;
    if (isPseudoFunc(insn) || isLocalCall(insn)) err = addSubprog(env, (i + insn.imm + 1) | 0);
    else if (isKfuncCall(insn)) err = addKfunc(env, insn);
    else continue;
    if (err < 0) return err;
  }
  describeFunctions(env);
  if (env.log.level & BPF_LOG_LEVEL2) {
    for (const [i, subprog] of env.subprogs.entries()) verbose(env, `func#${i} @${subprog.start}\n`);
  }
  return 0;
}

/** What the program's BTF says of its functions. @kernel verifier.c check_btf_func */
function describeFunctions(env: Env): void {
  for (const [n, { name, global }] of (env.program.functions ?? []).entries()) {
    const subprog = env.subprogs[n];
    if (subprog !== undefined) Object.assign(subprog, { name, isGlobal: n > 0 && global });
  }
}

function addSubprog(env: Env, start: number): number {
  if (start >= env.insns.length || start < 0) {
    verbose(env, "call to invalid destination\n");
    return -ERRNO.EINVAL;
  }
  if (findSubprog(env, start) >= 0) return 0;
  if (env.subprogs.length >= BPF_MAX_SUBPROGS) {
    verbose(env, "too many subprograms\n");
    return -ERRNO.E2BIG;
  }
  env.subprogs.push(newSubprog(start));
  env.subprogs.sort((a, b) => a.start - b.start);
  return 0;
}

/**
 * Kernel functions are not simulated; what can be said without the kernel's BTF is said. A call of number 0 is left
 * to the main walk, which refuses it where it is reached.
 */
function addKfunc(env: Env, { imm, off }: Insn): number {
  if (!isGplCompatible(env.program.license)) {
    verbose(env, "cannot call kernel function from non-GPL compatible program\n");
    return -ERRNO.EINVAL;
  }
  if (imm === 0 && off === 0) return 0;
  if (off !== 0) {
    verbose(
      env,
      off < 0
        ? "negative offset disallowed for kernel module function call\n"
        : "kfunc offset > 0 without fd_array is invalid\n",
    );
    verbose(env, "failed to find BTF for kernel function\n");
    return off < 0 ? -ERRNO.EINVAL : -ERRNO.EPROTO;
  }
  if (imm >>> 0 > BTF_MAX_TYPE) {
    verbose(env, `kernel btf_id ${imm >>> 0} is not a function\n`);
    return -ERRNO.EINVAL;
  }
  return notSimulated(env, "calls of kernel functions");
}

const JA32 = c.BPF_JMP32 | c.BPF_JA;

/** Distance of a jump: from imm for `gotol`, else from off. @kernel liveness.c bpf_jmp_offset */
export const jumpOffset = (insn: Insn): number => (insn.code === JA32 ? insn.imm : insn.off);

/** Every jump stays in its function and every function ends in an exit or a jump. 0, or -errno. */
export function checkSubprogs(env: Env): number {
  let current = 0;
  let start = 0;
  let end = env.subprogs[1]?.start ?? env.insns.length;
  for (let i = 0; i < env.insns.length; i++) {
    const insn = env.insns[i]!;
    const subprog = env.subprogs[current]!;
    const cls = c.classOf(insn.code);
    if (isTailCall(insn)) {
      subprog.hasTailCall = true;
      subprog.tailCallReachable = true;
    }
    if (cls === c.BPF_LD && isPacketLoad(insn)) subprog.hasLdAbs = true;
    if (cls === c.BPF_JMP || cls === c.BPF_JMP32) {
      const op = insn.code & 0xf0;
      if (op !== c.BPF_EXIT && op !== c.BPF_CALL) {
        // An int in the kernel: it wraps.
        const to = (i + jumpOffset(insn) + 1) | 0;
        if (to < start || to >= end) {
          verbose(env, `jump out of range from insn ${i} to ${to}\n`);
          return -ERRNO.EINVAL;
        }
      }
    }
    if (i === end - 1) {
      if (insn.code !== (c.BPF_JMP | c.BPF_EXIT) && insn.code !== JA32 && insn.code !== (c.BPF_JMP | c.BPF_JA)) {
        verbose(env, "last insn is not an exit or jmp\n");
        return -ERRNO.EINVAL;
      }
      start = end;
      current++;
      end = env.subprogs[current + 1]?.start ?? env.insns.length;
    }
  }
  return 0;
}

const isPacketLoad = (insn: Insn): boolean => {
  const mode = insn.code & 0xe0;
  return mode === c.BPF_ABS || mode === c.BPF_IND;
};

/** Functions other than the main one may not leave it by a tail call or a packet load: that takes BTF. 0, or -errno. */
export function checkAbnormalReturn(env: Env): number {
  if (env.program.funcInfo) return 0;
  for (const subprog of env.subprogs.slice(1)) {
    if (subprog.hasLdAbs) {
      verbose(env, "LD_ABS is not allowed in subprogs without BTF\n");
      return -ERRNO.EINVAL;
    }
    if (subprog.hasTailCall) {
      verbose(env, "tail_call is not allowed in subprogs without BTF\n");
      return -ERRNO.EINVAL;
    }
  }
  return 0;
}
