// Calls of the program's own functions: a new frame for the callee, and the return to the caller's frame.
// @kernel verifier.c check_func_call, setup_func_entry, prepare_func_exit

import type { Insn } from "../../isa/insn.ts";
import { markChainPrecision } from "../explore/precision.ts";
import { resetLiveStackCallchain } from "../explore/stack-liveness.ts";
import { findPrevEntry, widenImpreciseScalars } from "../explore/widen.ts";
import { BPF_LOG_LEVEL } from "../log/buffer.ts";
import { callsSyncCallback } from "../prepass/callees.ts";
import { printVerifierState, regTypeStr } from "../print/state.ts";
import { cancelRefusal, refuse, verifierBug } from "../refuse.ts";
import {
  type Env,
  findSubprog,
  isSleepable,
  NOT_SIMULATED,
  notSimulated,
  scratchAll,
  scratchReg,
  verbose,
} from "../state/env.ts";
import { E2BIG, EACCES, EINVAL } from "../state/errors.ts";
import { framePointer, UNKNOWN_REG } from "../state/reg.ts";
import { PTR_TO_STACK, SCALAR_VALUE } from "../state/regtype.ts";
import { type FuncState, MAX_CALL_FRAMES, newFuncState, type VerifierState } from "../state/state.ts";
import { checkCallArgs } from "./func-args.ts";
import { forgetPacket } from "./packet-range.ts";
import { lockTakenAt } from "./ref.ts";
import { CALLER_SAVED_REGS, clearCallerSaved } from "./regs.ts";
import { refuseResult, retvalWithin } from "./retval.ts";

/** Fills the callee's registers with its arguments. 0 or an errno. @kernel set_callee_state_fn */
export type SetCalleeState = (env: Env, caller: FuncState, callee: FuncState, insnIdx: number) => number;

/** The frame at the start of a function: only the frame pointer is set. @kernel verifier.c init_func_state */
export function newFrame(env: Env, callsite: number, frameno: number, subprogno: number): FuncState {
  const frame = newFuncState(callsite, frameno, subprogno);
  frame.regs[10] = framePointer(frameno);
  scratchAll(env);
  return frame;
}

/** Pushes a frame onto `state`, which may be another state than the current one. @kernel verifier.c setup_func_entry */
export function setupFuncEntry(
  env: Env,
  subprogno: number,
  callsite: number,
  setCallee: SetCalleeState,
  state: VerifierState,
): number {
  if (state.curframe + 1 >= MAX_CALL_FRAMES) {
    const frames = state.curframe + 2;
    return refuse(env, "call-depth", { frames }, `the call stack of ${frames} frames is too deep\n`, E2BIG);
  }
  const caller = state.frames[state.curframe]!;
  const callee = newFrame(env, callsite, state.curframe + 1, subprogno);
  const err = setCallee(env, caller, callee, callsite);
  if (err) return err;
  state.frames[state.curframe + 1] = callee;
  state.curframe++;
  return 0;
}

/** Copies R1 to R5. @kernel verifier.c set_callee_state */
const passArguments: SetCalleeState = (_env, caller, callee) => {
  for (let r = 1; r <= 5; r++) callee.regs[r] = caller.regs[r]!;
  return 0;
};

/** R0 to R5 of the caller are lost. @kernel verifier.c clear_caller_saved_regs */
function forgetCallerSaved(env: Env, frame: FuncState): void {
  clearCallerSaved(frame.regs);
  for (let r = 0; r < CALLER_SAVED_REGS; r++) scratchReg(env, r);
}

/** Continues in the callee: env.insnIdx becomes the slot before its first instruction. @kernel verifier.c check_func_call */
export function checkFuncCall(env: Env, insn: Insn, at: number): number {
  const state = env.curState;
  const target = at + insn.imm + 1;
  const subprogno = findSubprog(env, target);
  if (subprogno < 0) return verifierBug(env, `target of func call at insn ${target} is not a program`);
  const { endPos } = env.log;
  const mismatch = checkCallArgs(env, subprogno);
  if (mismatch === NOT_SIMULATED) return mismatch;
  if (env.subprogs[subprogno]!.isGlobal) return callGlobal(env, subprogno, mismatch);
  // A static function is walked with the actual arguments of the call, so a mismatch with its BTF does not matter.
  if (mismatch !== 0) cancelRefusal(env, endPos);
  const caller = state.frames[state.curframe]!;
  const err = setupFuncEntry(env, subprogno, at, passArguments, state);
  if (err) return err;
  forgetCallerSaved(env, caller);
  env.insnIdx = env.subprogs[subprogno]!.start - 1;
  resetLiveStackCallchain(env);
  if (env.log.level & BPF_LOG_LEVEL) {
    verbose(env, "call", "caller:\n", at);
    printVerifierState(env, state, caller.frameno, true, "call", at);
    verbose(env, "call", "callee:\n", target);
    printVerifierState(env, state, state.curframe, true, "call", target);
  }
  return 0;
}

/** A global function is verified on its own. A call only has its arguments checked, and R0 may then be any number. */
function callGlobal(env: Env, subprogno: number, mismatch: number): number {
  const state = env.curState;
  const { name, changesPktData, mightSleep } = env.subprogs[subprogno]!;
  const args = { func: subprogno, name };
  if (state.activeLocks !== 0) {
    const text = "global function calls are not allowed while holding a lock,\nuse static function instead\n";
    return refuse(env, "lock-global-call", { ...args, taken: lockTakenAt(state) }, text, EINVAL);
  }
  if (mightSleep && !isSleepable(env)) {
    const text =
      "global functions that may sleep are not allowed in non-sleepable context,\n" +
      "i.e., in a RCU/IRQ/preempt-disabled section, or in\na non-sleepable BPF program context\n";
    return refuse(env, "global-sleeps", args, text, EINVAL);
  }
  if (mismatch !== 0) {
    const text = `Caller passes invalid args into func#${subprogno} ('${name}')\n`;
    return refuse(env, "global-arguments", args, text, mismatch);
  }
  verbose(env, "global-function", `Func#${subprogno} ('${name}') is global and assumed valid.\n`);
  if (changesPktData) forgetPacket(env);
  env.subprogs[subprogno]!.called = true;
  const caller = state.frames[state.curframe]!;
  forgetCallerSaved(env, caller);
  caller.regs[0] = UNKNOWN_REG;
  return 0;
}

/** Number 0 is no kernel function: if such a call is reached, the program is refused after the walk. */
export const checkKfuncCall = (env: Env, insn: Insn): number =>
  insn.imm === 0 ? 0 : notSimulated(env, "kernel functions");

/** BPF_EXIT of a callee: env.insnIdx becomes the slot where the caller continues. @kernel verifier.c prepare_func_exit */
export function prepareFuncExit(env: Env): number {
  const state = env.curState;
  const callee = state.frames[state.curframe]!;
  const caller = state.frames[state.curframe - 1]!;
  const r0 = callee.regs[0]!;
  if (r0.type === PTR_TO_STACK)
    return refuse(env, "stack-pointer-returned", { reg: 0 }, "cannot return stack pointer to the caller\n", EINVAL);
  const inCallback = callee.inCallbackFn;
  if (inCallback) {
    if (r0.type !== SCALAR_VALUE) {
      const args = { reg: 0, type: regTypeStr(r0.type) };
      return refuse(env, "callback-return-type", args, "R0 not a scalar value\n", EACCES);
    }
    const err = markChainPrecision(env, 0);
    if (err) return err;
    // Marking may have replaced the register.
    const value = callee.regs[0]!;
    if (!retvalWithin(callee.callbackRetRange, value, 64))
      return refuseResult(env, "callback-return-range", value, callee.callbackRetRange, "At callback return");
    if (!callsSyncCallback(env.insns[callee.callsite]!))
      return verifierBug(env, `in callback at ${env.insnIdx}, callsite ${callee.callsite} !calls_callback`);
  } else {
    caller.regs[0] = r0;
  }
  const from = env.insnIdx;
  env.insnIdx = inCallback ? callee.callsite : callee.callsite + 1;
  if (env.log.level & BPF_LOG_LEVEL) {
    verbose(env, "call", "returning from callee:\n", from);
    printVerifierState(env, state, callee.frameno, true, "call", from);
    verbose(env, "call", `to caller at ${env.slotNumber(env.insnIdx)}:\n`);
    printVerifierState(env, state, caller.frameno, true, "call", env.insnIdx);
  }
  state.frames.length = state.curframe;
  state.curframe--;
  // A callback is called in rounds. What differs between rounds and is not marked precise is forgotten.
  const before = inCallback ? findPrevEntry(env, state, env.insnIdx) : null;
  if (before !== null) widenImpreciseScalars(env, before, state);
  return 0;
}
