// Helpers that call a function of the program. The function is walked as if it were called from here, on a branch of its own.
// @kernel verifier.c push_callback_call, push_async_cb, set_*_callback_state
import { pushStack } from "../explore/stack.ts";
import { refuse } from "../refuse.ts";
import { BPF_COMPLEXITY_LIMIT_JMP_SEQ, type Env, notSimulated } from "../state/env.ts";
import { EFAULT, ENOMEM, ENOTSUPP } from "../state/errors.ts";
import type { VerifierMap } from "../state/map.ts";
import { pointerReg, UNKNOWN_REG } from "../state/reg.ts";
import { CONST_PTR_TO_DYNPTR, CONST_PTR_TO_MAP, PTR_TO_MAP_KEY, PTR_TO_MAP_VALUE } from "../state/regtype.ts";
import { BPF_MAIN_FUNC, newVerifierState, type VerifierState } from "../state/state.ts";
import { newFrame, type SetCalleeState, setupFuncEntry } from "./call.ts";
import { checkCallArgs } from "./func-args.ts";

const ZERO_OR_ONE = { minval: 0, maxval: 1 };
const BPF_DYNPTR_TYPE_LOCAL = 1;

/** Types of map that bpf_for_each_map_elem() accepts. @kernel ->map_for_each_callback of each map_ops */
const EACH_ELEM = new Set("array percpu_array hash lru_hash percpu_hash lru_percpu_hash".split(" "));

/** callback(map, key, value, ctx). @kernel verifier.c set_map_elem_callback_state */
const mapElem: SetCalleeState = (env, caller, callee, insnIdx) => {
  const map = env.aux[insnIdx]!.callMap!;
  if (!EACH_ELEM.has(map.def.type)) {
    const text = "callback function not allowed for map\n";
    return refuse(env, "callback-map", { map: map.def.type }, text, ENOTSUPP);
  }
  callee.regs[1] = caller.regs[1]!;
  callee.regs[2] = pointerReg(PTR_TO_MAP_KEY, { map: caller.regs[1]!.map });
  callee.regs[3] = pointerReg(PTR_TO_MAP_VALUE, { map: caller.regs[1]!.map });
  callee.regs[4] = caller.regs[3]!;
  callee.inCallbackFn = true;
  callee.callbackRetRange = ZERO_OR_ONE;
  return 0;
};

/** callback(index, ctx). @kernel verifier.c set_loop_callback_state */
const loop: SetCalleeState = (_env, caller, callee) => {
  callee.regs[1] = UNKNOWN_REG;
  callee.regs[2] = caller.regs[3]!;
  callee.inCallbackFn = true;
  callee.callbackRetRange = ZERO_OR_ONE;
  return 0;
};

/** callback(map, key, value), called later. @kernel verifier.c set_timer_callback_state */
const timer: SetCalleeState = (_env, caller, callee) => {
  const map: VerifierMap | null = caller.regs[1]!.map;
  callee.regs[1] = pointerReg(CONST_PTR_TO_MAP, { map });
  callee.regs[2] = pointerReg(PTR_TO_MAP_KEY, { map });
  callee.regs[3] = pointerReg(PTR_TO_MAP_VALUE, { map });
  callee.inAsyncCallbackFn = true;
  callee.callbackRetRange = { minval: 0, maxval: 0 };
  return 0;
};

/** callback(dynptr, ctx). @kernel verifier.c set_user_ringbuf_callback_state */
const userRingbuf: SetCalleeState = (env, caller, callee) => {
  callee.regs[1] = pointerReg(CONST_PTR_TO_DYNPTR, {
    dynptr: { type: BPF_DYNPTR_TYPE_LOCAL, firstSlot: true },
    id: ++env.idGen,
  });
  callee.regs[2] = caller.regs[3]!;
  callee.inCallbackFn = true;
  callee.callbackRetRange = ZERO_OR_ONE;
  return 0;
};

const findVma: SetCalleeState = (env) => notSimulated(env, "access to kernel structures through BTF");

/** Helper → how its callback is called. `async`: it is called later (by a timer) and not during the call. */
export const CALLBACKS: Readonly<Record<string, { set: SetCalleeState; async?: true }>> = {
  for_each_map_elem: { set: mapElem },
  loop: { set: loop },
  timer_set_callback: { set: timer, async: true },
  user_ringbuf_drain: { set: userRingbuf },
  find_vma: { set: findVma },
};

/** Puts aside a walk of subprogram `subprogno`, which the helper at `insnIdx` calls. @kernel verifier.c push_callback_call */
export function pushCallbackCall(env: Env, insnIdx: number, subprogno: number, helper: string): number {
  const { set, async } = CALLBACKS[helper]!;
  const caller = env.curState.frames[env.curState.curframe]!;
  const subprog = env.subprogs[subprogno]!;
  // Compares the helper's arguments with the callback's BTF, as the kernel does. A mismatch is only logged, and the BTF is marked
  // unreliable.
  checkCallArgs(env, subprogno);
  subprog.isCb = true;
  if (async) {
    subprog.isAsyncCb = true;
    const state = pushAsync(env, subprog.start, insnIdx, subprogno);
    if (state === null) return EFAULT;
    state.frames[0]!.asyncEntryCnt = caller.asyncEntryCnt + 1;
    return set(env, caller, state.frames[0]!, insnIdx);
  }
  const state = pushStack(env, subprog.start, insnIdx, false);
  if (state === null) return ENOMEM;
  const err = setupFuncEntry(env, subprogno, insnIdx, set, state);
  if (err) return err;
  state.callbackUnrollDepth++;
  state.frames[state.curframe - 1]!.callbackDepth++;
  caller.callbackDepth = 0;
  return 0;
}

/** A walk that begins with its own frame only. @kernel verifier.c push_async_cb */
function pushAsync(env: Env, insnIdx: number, prevInsnIdx: number, subprogno: number): VerifierState | null {
  const state = newVerifierState();
  env.pending.push({ state, insnIdx, prevInsnIdx, logPos: env.log.endPos });
  if (env.pending.length > BPF_COMPLEXITY_LIMIT_JMP_SEQ) {
    const branches = env.pending.length;
    const text = `The sequence of ${branches} jumps is too complex for async cb.\n`;
    refuse(env, "too-many-branches", { branches }, text, EFAULT);
    return null;
  }
  state.frames[0] = newFrame(env, BPF_MAIN_FUNC, 0, subprogno);
  return state;
}
