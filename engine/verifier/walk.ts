// The main walk. It follows every path of the program, instruction by instruction. At a branch it puts one side aside; when a path
// ends it continues with the branch that was put aside last.
// @kernel verifier.c do_check, do_check_insn, do_check_common

import * as I from "../isa/codes.ts";
import type { Insn } from "../isa/insn.ts";
import { checkAluOp } from "./check/alu.ts";
import { checkStx } from "./check/atomic.ts";
import { checkFuncCall, checkKfuncCall } from "./check/call.ts";
import { checkExit, PATH_ENDS, RETURNED } from "./check/exit.ts";
import { checkExceptionCallback, checkFuncProto, setGlobalArgs } from "./check/func-args.ts";
import { checkHelperCall } from "./check/helper.ts";
import { checkCondJmp } from "./check/jump.ts";
import { checkLd } from "./check/load-imm.ts";
import { checkLoad, checkStoreImm } from "./check/mem.ts";
import { lockTakenAt } from "./check/ref.ts";
import { pushJmpHistory } from "./explore/precision.ts";
import { isStateVisited } from "./explore/prune.ts";
import { updateBranchCounts } from "./explore/scc.ts";
import { popStack } from "./explore/stack.ts";
import {
  commitStackWriteMarks,
  resetLiveStackCallchain,
  resetStackWriteMarks,
  stackLivenessInit,
  updateLiveStack,
} from "./explore/stack-liveness.ts";
import { BPF_LOG_LEVEL, BPF_LOG_LEVEL2 } from "./log/buffer.ts";
import { insnText } from "./print/insn.ts";
import { printLine } from "./print/lines.ts";
import { printInsnState, printVerifierState } from "./print/state.ts";
import { cancelRefusal, refuse, refuseAt } from "./refuse.ts";
import { BPF_COMPLEXITY_LIMIT_INSNS, type Env, scratchAll, scratchReg, verbose } from "./state/env.ts";
import { E2BIG, EAGAIN, EFAULT, EINVAL } from "./state/errors.ts";
import { CTX_REG, framePointer } from "./state/reg.ts";
import { BPF_MAIN_FUNC, newFuncState, newVerifierState } from "./state/state.ts";

/** Progress is reported every 16384 instructions. */
const PROGRESS_MASK = 0x3fff;
const BPF_FUNC_SPIN_UNLOCK = 94;

/** Walks the main program and the global functions that it calls. 0: every path is safe. @kernel verifier.c do_check_main */
export function walkProgram(env: Env): number {
  stackLivenessInit(env);
  return walkFrom(env, 0) || walkGlobals(env);
}

/** Walks one function as if it were called first, without a caller. @kernel verifier.c do_check_common */
function walkFrom(env: Env, subprogno: number): number {
  const { start, name } = env.subprogs[subprogno]!;
  const state = newVerifierState();
  const frame = newFuncState(BPF_MAIN_FUNC, 0, subprogno);
  frame.regs[10] = framePointer(0);
  state.frames[0] = frame;
  state.firstInsnIdx = start;
  env.curState = state;
  env.insnIdx = start;
  env.prevLine = null;
  resetLiveStackCallchain(env);
  scratchAll(env);
  if (subprogno === 0) {
    // The main function's declaration is checked, and the log says what is wrong. But that does not refuse the program: the function
    // gets the context in any case.
    const { endPos } = env.log;
    if (env.program.funcInfo && checkFuncProto(env, 0) !== 0) cancelRefusal(env, endPos);
    frame.regs[1] = CTX_REG;
  } else {
    env.onlooker?.resume(env);
    verbose(env, "global-function", `Validating ${name}() func#${subprogno}...\n`);
    const err = checkFuncProto(env, subprogno) || checkExceptionCallback(env, subprogno);
    if (err) return err;
    setGlobalArgs(env, subprogno, frame.regs);
  }
  const err = walk(env);
  if (!err && !(env.log.level & BPF_LOG_LEVEL2)) env.log.reset(0);
  env.explored = [];
  env.sccVisits = null;
  return err;
}

/** Walks the global functions that were called, until all of them are walked. @kernel verifier.c do_check_subprogs */
function walkGlobals(env: Env): number {
  for (let found = true; found; ) {
    found = false;
    for (const [n, subprog] of env.subprogs.entries()) {
      if (!subprog.isGlobal || !subprog.called || subprog.verified) continue;
      const err = walkFrom(env, n);
      if (err) return err;
      if (env.log.level & BPF_LOG_LEVEL) {
        const text = `Func#${n} ('${subprog.name}') is safe for any args that match its prototype\n`;
        verbose(env, "global-function", text, subprog.start);
      }
      subprog.verified = true;
      found = true;
    }
  }
  return 0;
}

function walk(env: Env): number {
  const { log, insns, aux, onlooker, slotNumber: number } = env;
  const popLog = !(log.level & BPF_LOG_LEVEL2);
  const logs = (log.level & BPF_LOG_LEVEL) !== 0;
  let printState = false;
  let prevInsnIdx = -1;
  for (;;) {
    env.curHistEntry = null;
    env.prevInsnIdx = prevInsnIdx;
    const at = env.insnIdx;
    if (at >= insns.length || at < 0) {
      const text = `invalid insn idx ${at} insn_cnt ${insns.length}\n`;
      return refuseAt(env, prevInsnIdx, "walk-outside", { insn: at }, text, EFAULT);
    }
    if (++env.insnProcessed > BPF_COMPLEXITY_LIMIT_INSNS) {
      const count = env.insnProcessed;
      return refuse(env, "too-complex", { count }, `BPF program is too large. Processed ${count} insn\n`, E2BIG);
    }
    const state = env.curState;
    state.lastInsnIdx = prevInsnIdx;
    state.insnIdx = at;
    onlooker?.arrive(env, at);
    let ends = false;
    if (aux[at]!.prunePoint) {
      const visited = isStateVisited(env, at);
      if (visited < 0) {
        onlooker?.refused(env, visited);
        return visited;
      }
      if (visited === 1) {
        if (logs && printState) verbose(env, "branch-safe", `\nfrom ${number(prevInsnIdx)} to ${number(at)}: safe\n`);
        else if (logs) verbose(env, "safe", `${number(at)}: safe\n`);
        onlooker?.pruned(env);
        ends = true;
      } else onlooker?.kept(env);
    }
    if (!ends) {
      if (aux[at]!.jmpPoint) {
        const err = pushJmpHistory(env, state, 0, null);
        if (err) return err;
      }
      if ((env.insnProcessed & PROGRESS_MASK) === 0 && env.progress?.(env.insnProcessed, log.endPos)) return EAGAIN;
      if (logs) {
        if (printState && log.level & BPF_LOG_LEVEL2) {
          verbose(env, "branch", `\nfrom ${number(prevInsnIdx)} to ${number(at)}:`);
          printVerifierState(env, state, state.curframe, true);
          printState = false;
        }
        if (env.scratchedRegs !== 0 || env.scratchedSlotsLo !== 0 || env.scratchedSlotsHi !== 0)
          printInsnState(env, state, state.curframe);
        printLine(env, at);
        env.prevLogPos = log.endPos;
        verbose(env, "insn", `${number(at)}: ${insnText(env, at)}\n`, at);
        env.prevInsnPrintPos = log.endPos - env.prevLogPos;
        env.prevLogPos = log.endPos;
      }
      aux[at]!.seen = 1;
      prevInsnIdx = at;
      resetStackWriteMarks(env, at);
      const result = checkInsn(env, insns[at]!);
      if (result < 0) {
        onlooker?.refused(env, result);
        return result;
      }
      onlooker?.leave(env, result === PATH_ENDS);
      commitStackWriteMarks(env);
      if (result === RETURNED) printState = true;
      ends = result === PATH_ENDS;
    }
    if (ends) {
      scratchAll(env);
      const err = updateBranchCounts(env, env.curState);
      if (err) return err;
      updateLiveStack(env);
      if (!popStack(env, popLog)) return 0;
      onlooker?.resume(env);
      prevInsnIdx = env.prevInsnIdx;
      printState = true;
    }
  }
}

/** Walks one instruction. 0: the path continues at env.insnIdx. Else PATH_ENDS, RETURNED or -errno. @kernel verifier.c do_check_insn */
function checkInsn(env: Env, insn: Insn): number {
  let err: number;
  switch (insn.code & 7) {
    case I.BPF_ALU:
    case I.BPF_ALU64:
      err = checkAluOp(env, insn);
      break;
    case I.BPF_LDX:
      err = checkLoad(env, insn, false, true, "ldx");
      break;
    case I.BPF_STX:
      err = checkStx(env, insn);
      break;
    case I.BPF_ST:
      err = checkStoreImm(env, insn);
      break;
    case I.BPF_LD:
      err = checkLd(env, insn);
      break;
    default:
      return checkJmp(env, insn);
  }
  if (err) return err;
  env.insnIdx++;
  return 0;
}

function checkJmp(env: Env, insn: Insn): number {
  env.jmpsProcessed++;
  const op = insn.code & 0xf0;
  let err: number;
  if (op === I.BPF_CALL) {
    err = checkCall(env, insn);
    if (err) return err;
    scratchReg(env, 0);
  } else if (op === I.BPF_JA) {
    const wide = I.classOf(insn.code) === I.BPF_JMP32;
    if (insn.code & I.BPF_X || insn.src !== 0 || insn.dst !== 0 || (wide ? insn.off !== 0 : insn.imm !== 0))
      return refuse(env, "reserved-fields", { insn: "BPF_JA" }, "BPF_JA uses reserved fields\n", EINVAL);
    env.insnIdx += (wide ? insn.imm : insn.off) + 1;
    return 0;
  } else if (op === I.BPF_EXIT) {
    return checkExit(env, insn);
  } else {
    err = checkCondJmp(env, insn);
    if (err) return err;
  }
  env.insnIdx++;
  return 0;
}

function checkCall(env: Env, insn: Insn): number {
  const { src } = insn;
  if (
    insn.code & I.BPF_X ||
    (src !== I.BPF_PSEUDO_KFUNC_CALL && insn.off !== 0) ||
    (src !== 0 && src !== I.BPF_PSEUDO_CALL && src !== I.BPF_PSEUDO_KFUNC_CALL) ||
    insn.dst !== 0 ||
    I.classOf(insn.code) === I.BPF_JMP32
  ) {
    return refuse(env, "reserved-fields", { insn: "BPF_CALL" }, "BPF_CALL uses reserved fields\n", EINVAL);
  }
  if (env.curState.activeLocks !== 0 && src === 0 && insn.imm !== BPF_FUNC_SPIN_UNLOCK) {
    const taken = lockTakenAt(env.curState);
    return refuse(env, "lock-call", { taken }, "function calls are not allowed while holding a lock\n", EINVAL);
  }
  if (src === I.BPF_PSEUDO_CALL) return checkFuncCall(env, insn, env.insnIdx);
  // Number 0 is refused later, after dead code was removed: see fixups.ts.
  if (src === I.BPF_PSEUDO_KFUNC_CALL) return insn.imm === 0 ? 0 : checkKfuncCall(env, insn);
  return checkHelperCall(env, insn, env.insnIdx);
}
