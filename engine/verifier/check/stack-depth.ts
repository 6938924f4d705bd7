// After the walk: whether the frames of every chain of calls fit in the stack.
// @kernel verifier.c check_max_stack_depth, check_max_stack_depth_subprog, remove_fastcall_spills_fills
import * as I from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { refuseAt, verifierBug } from "../refuse.ts";
import { type Env, findSubprog, subprogEnd } from "../state/env.ts";
import { E2BIG, EACCES, EINVAL } from "../state/errors.ts";
import { MAX_CALL_FRAMES } from "../state/state.ts";

/** The JIT rounds frames up to a multiple of this many bytes. */
const FRAME_ROUNDING = 16;
/** A frame of at least this many bytes gets a stack of its own if the program type may have one. */
const BPF_PRIV_STACK_MIN_SIZE = 64;
/** The frames before a function with a tail call must take fewer bytes than this, because 32 more tail calls may follow. */
const MAX_BEFORE_TAIL_CALL = 256;

const roundUp = (bytes: number): number => (bytes + FRAME_ROUNDING - 1) & ~(FRAME_ROUNDING - 1);

/** Program types that can run nested in themselves. Their frames are therefore not on the kernel's stack. */
const PRIVATE_STACK = new Set(["kprobe", "tracepoint", "perf_event", "raw_tracepoint"]);

/** The spills around inlined calls are removed, and with them their stack slots. */
function dropFastcallSlots(env: Env): void {
  env.subprogs.forEach((subprog, n) => {
    if (subprog.keepFastcallStack) return;
    for (let i = subprog.start; i < subprogEnd(env, n); i++) {
      if (env.aux[i]!.fastcallSpillsNum > 0) subprog.stackDepth = -subprog.fastcallStackOff;
    }
  });
}

export function checkMaxStackDepth(env: Env): number {
  dropFastcallSlots(env);
  const { subprogs } = env;
  const privateStack = PRIVATE_STACK.has(env.progType.name) && !subprogs.some((s) => s.hasTailCall);
  // Functions that must use the kernel's stack. Asynchronous callbacks are checked first, because their functions are among these.
  const onKernelStack = new Set<number>();
  for (let n = subprogs.length - 1; n >= 0; n--) {
    if (n !== 0 && !subprogs[n]!.isAsyncCb) continue;
    const err = checkChains(env, n, n === 0 && privateStack, onKernelStack);
    if (err) return err;
  }
  return 0;
}

/** Follows every call from subprog `root` on. */
function checkChains(env: Env, root: number, privateStack: boolean, onKernelStack: Set<number>): number {
  const { subprogs, insns } = env;
  const callers: { subprog: number; next: number; depth: number }[] = [];
  let tailCallReachable = false;
  let at = root;
  let depth = 0;
  /** The call that leads to `at`. */
  let by = subprogs[root]!.start;
  if (!privateStack) onKernelStack.add(root);
  for (;;) {
    // Enter `at`.
    if (at !== 0 && subprogs[at]!.hasTailCall && depth >= MAX_BEFORE_TAIL_CALL) {
      const text = `tail_calls are not allowed when call stack of previous frames is ${depth} bytes. Too large\n`;
      return refuseAt(env, by, "stack-depth-tail-call", { subprog: at, bytes: depth }, text, EACCES);
    }
    const own = roundUp(subprogs[at]!.stackDepth);
    if (privateStack && own >= BPF_PRIV_STACK_MIN_SIZE && !onKernelStack.has(at)) {
      if (own > I.MAX_BPF_STACK) {
        const text = `stack size of subprog ${at} is ${own}. Too large\n`;
        return refuseAt(env, by, "stack-depth-private", { subprog: at, bytes: own }, text, EACCES);
      }
    } else {
      depth += own;
      if (depth > I.MAX_BPF_STACK) {
        const args = { calls: callers.length + 1, bytes: depth };
        const text = `combined stack size of ${args.calls} calls is ${depth}. Too large\n`;
        return refuseAt(env, by, "stack-depth", args, text, EACCES);
      }
    }
    let i = subprogs[at]!.start;
    // Walk `at` to its next call. At its end, continue in its caller.
    for (;;) {
      const end = subprogEnd(env, at);
      while (i < end && !entersSubprog(env, insns[i]!, i)) i++;
      if (i < end) break;
      if (tailCallReachable) for (const caller of callers) subprogs[caller.subprog]!.tailCallReachable = true;
      const caller = callers.pop();
      if (caller === undefined) return 0;
      depth = caller.depth;
      at = caller.subprog;
      i = caller.next;
    }
    const callee = findSubprog(env, i + insns[i]!.imm + 1);
    if (callee < 0) return verifierBug(env, "a call leads to no function", true);
    if (isCall(insns[i]!) && subprogs[callee]!.isExceptionCb)
      // Without an end of line, as Linux 6.18 has it.
      return refuseAt(
        env,
        i,
        "exception-callback-call",
        {},
        `insn ${env.slotNumber(i)} cannot call exception cb directly`,
        EINVAL,
      );
    by = i;
    callers.push({ subprog: at, next: i + 1, depth });
    at = callee;
    if (!privateStack) onKernelStack.add(at);
    if (subprogs[at]!.hasTailCall) tailCallReachable = true;
    if (callers.length >= MAX_CALL_FRAMES) {
      const frames = callers.length;
      return refuseAt(env, by, "call-depth", { frames }, `the call stack of ${frames} frames is too deep !\n`, E2BIG);
    }
  }
}

const isCall = (insn: Insn): boolean => insn.code === (I.BPF_JMP | I.BPF_CALL) && insn.src === I.BPF_PSEUDO_CALL;
const isFuncPointer = (insn: Insn): boolean =>
  insn.code === (I.BPF_LD | I.BPF_IMM | I.BPF_DW) && insn.src === I.BPF_PSEUDO_FUNC;

/** Calls, and functions whose address is taken. Not those that run later on a stack of their own. */
function entersSubprog(env: Env, insn: Insn, i: number): boolean {
  if (isCall(insn)) return true;
  if (!isFuncPointer(insn)) return false;
  const callee = findSubprog(env, i + insn.imm + 1);
  return callee < 0 || !env.subprogs[callee]!.isAsyncCb;
}
