// The functions of a program: each target of a call starts one, and jumps must stay inside their function.
// @kernel verifier.c add_subprog_and_kfunc, check_subprogs, check_abnormal_return

import { ERRNO } from "../../facts/errno.ts";
import { isGplCompatible } from "../../facts/license.ts";
import * as c from "../../isa/codes.ts";
import { type Insn, isLdImm64 } from "../../isa/insn.ts";
import { BPF_LOG_LEVEL2 } from "../log/buffer.ts";
import { refuseAt } from "../refuse.ts";
import { type Env, findSubprog, notSimulated, subprogEnd, verbose } from "../state/env.ts";
import { newSubprog } from "../state/records.ts";
import { isKfuncCall, isLocalCall, isPseudoFunc, isTailCall } from "./callees.ts";
import { BTF_MAX_TYPE } from "./resolve.ts";

const BPF_MAX_SUBPROGS = 256;

/** Fills env.subprogs in the order of their first slots, and prints them at level 2. 0, or -errno. */
export function addSubprogsAndCheckCalls(env: Env): number {
  let err = addSubprog(env, 0, 0);
  if (err < 0) return err;
  for (let i = 0; i < env.insns.length; i++) {
    const insn = env.insns[i]!;
    if (isPseudoFunc(insn) || isLocalCall(insn)) err = addSubprog(env, i, (i + insn.imm + 1) | 0);
    else if (isKfuncCall(insn)) err = addKfunc(env, i, insn);
    else continue;
    if (err < 0) return err;
  }
  for (const { throwsTo } of env.program.functions ?? []) {
    if (throwsTo === undefined) continue;
    err = addSubprog(env, 0, throwsTo);
    if (err < 0) return err;
  }
  describeFunctions(env);
  if (env.log.level & BPF_LOG_LEVEL2) {
    for (const [i, subprog] of env.subprogs.entries())
      verbose(env, "function", `func#${i} @${env.slotNumber(subprog.start)}\n`, subprog.start);
  }
  return 0;
}

/** Takes names and linkage of the functions from the program's BTF. @kernel verifier.c check_btf_func */
function describeFunctions(env: Env): void {
  for (const [n, { name, global, throwsTo }] of (env.program.functions ?? []).entries()) {
    const subprog = env.subprogs[n];
    if (subprog === undefined) continue;
    Object.assign(subprog, { name, isGlobal: n > 0 && global });
    // It is taken to be called, with a stack of its own.
    if (throwsTo !== undefined)
      Object.assign(subprog, { isCb: true, isAsyncCb: true, isExceptionCb: true, called: true });
  }
}

/** Adds a function that begins at `start`, because instruction `from` calls it or loads its address. 0, or -errno. */
function addSubprog(env: Env, from: number, start: number): number {
  if (start >= env.insns.length || start < 0)
    return refuseAt(env, from, "call-range", { to: start }, "call to invalid destination\n", -ERRNO.EINVAL);
  if (findSubprog(env, start) >= 0) return 0;
  if (env.subprogs.length >= BPF_MAX_SUBPROGS) {
    const args = { limit: BPF_MAX_SUBPROGS };
    return refuseAt(env, from, "too-many-functions", args, "too many subprograms\n", -ERRNO.E2BIG);
  }
  env.subprogs.push(newSubprog(start));
  env.subprogs.sort((a, b) => a.start - b.start);
  return 0;
}

/**
 * Kernel functions are not simulated. The checks that need no BTF of the kernel are made. A call of number 0 is left to the main walk,
 * which refuses it when it reaches it.
 */
function addKfunc(env: Env, i: number, { imm, off }: Insn): number {
  if (!isGplCompatible(env.program.license)) {
    const text = "cannot call kernel function from non-GPL compatible program\n";
    return refuseAt(env, i, "kfunc-license", {}, text, -ERRNO.EINVAL);
  }
  if (imm === 0 && off === 0) return 0;
  if (off !== 0) {
    const why =
      off < 0
        ? "negative offset disallowed for kernel module function call\n"
        : "kfunc offset > 0 without fd_array is invalid\n";
    const text = `${why}failed to find BTF for kernel function\n`;
    return refuseAt(env, i, "kfunc-module", { off }, text, off < 0 ? -ERRNO.EINVAL : -ERRNO.EPROTO);
  }
  if (imm >>> 0 > BTF_MAX_TYPE) {
    const id = imm >>> 0;
    return refuseAt(env, i, "kfunc-id", { id }, `kernel btf_id ${id} is not a function\n`, -ERRNO.EINVAL);
  }
  return notSimulated(env, "calls of kernel functions");
}

const JA32 = c.BPF_JMP32 | c.BPF_JA;

/** Distance of a jump: imm for `gotol`, off for all others. @kernel liveness.c bpf_jmp_offset */
export const jumpOffset = (insn: Insn): number => (insn.code === JA32 ? insn.imm : insn.off);

/** Checks that every jump stays in its function and that every function ends with an exit or a jump. 0, or -errno. */
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
    if (isLdAbs(insn)) subprog.hasLdAbs = true;
    if (cls === c.BPF_JMP || cls === c.BPF_JMP32) {
      const op = insn.code & 0xf0;
      if (op !== c.BPF_EXIT && op !== c.BPF_CALL) {
        // The target is an int in the kernel, so it wraps.
        const to = (i + jumpOffset(insn) + 1) | 0;
        if (to < start || to >= end) {
          const text = `jump out of range from insn ${env.slotNumber(i)} to ${env.slotNumber(to)}\n`;
          return refuseAt(env, i, "jump-range", { from: i, to }, text, -ERRNO.EINVAL);
        }
      }
    }
    if (i === end - 1) {
      if (insn.code !== (c.BPF_JMP | c.BPF_EXIT) && insn.code !== JA32 && insn.code !== (c.BPF_JMP | c.BPF_JA)) {
        // The second half of a two-slot load is not an instruction: the refusal names the first half.
        const before = env.insns[i - 1];
        const at = before !== undefined && isLdImm64(before) && i - 1 >= start ? i - 1 : i;
        return refuseAt(env, at, "no-exit", {}, "last insn is not an exit or jmp\n", -ERRNO.EINVAL);
      }
      start = end;
      current++;
      end = env.subprogs[current + 1]?.start ?? env.insns.length;
    }
  }
  return 0;
}

const isLdAbs = (insn: Insn): boolean => {
  const mode = insn.code & 0xe0;
  return c.classOf(insn.code) === c.BPF_LD && (mode === c.BPF_ABS || mode === c.BPF_IND);
};

/** Slot of the first instruction of function `n` for which `wanted` is true. -1: none. */
const firstIn = (env: Env, n: number, wanted: (insn: Insn) => boolean): number =>
  env.insns.findIndex((insn, i) => i >= env.subprogs[n]!.start && i < subprogEnd(env, n) && wanted(insn));

/**
 * Functions other than the main one may use tail calls and packet loads, which can leave the function, only if their BTF says that they
 * return a number. 0, or -errno. @kernel verifier.c check_abnormal_return, check_btf_func
 */
export function checkAbnormalReturn(env: Env): number {
  const { funcInfo, functions } = env.program;
  for (let n = 1; n < env.subprogs.length; n++) {
    if (funcInfo && functions?.[n]?.returns !== "void") continue;
    const { hasLdAbs, hasTailCall } = env.subprogs[n]!;
    if (hasLdAbs) {
      const text = funcInfo
        ? "LD_ABS is only allowed in functions that return 'int'.\n"
        : "LD_ABS is not allowed in subprogs without BTF\n";
      return refuseAt(env, firstIn(env, n, isLdAbs), "packet-load-function", { subprog: n }, text, -ERRNO.EINVAL);
    }
    if (hasTailCall) {
      const text = funcInfo
        ? "tail_call is only allowed in functions that return 'int'.\n"
        : "tail_call is not allowed in subprogs without BTF\n";
      return refuseAt(env, firstIn(env, n, isTailCall), "tail-call-function", { subprog: n }, text, -ERRNO.EINVAL);
    }
  }
  return 0;
}
