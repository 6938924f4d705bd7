// BPF_EXIT: leaves a function of the program, or the program with a value that its type allows.
import type { Insn } from "../../isa/insn.ts";
import { markChainPrecision } from "../explore/precision.ts";
import { updateLiveStack } from "../explore/stack-liveness.ts";
import { regTypeStr } from "../print/state.ts";
import { refuse } from "../refuse.ts";
import type { Env } from "../state/env.ts";
import { EINVAL } from "../state/errors.ts";
import type { RegState } from "../state/reg.ts";
import { SCALAR_VALUE } from "../state/regtype.ts";
import type { RetvalRange } from "../state/state.ts";
import { prepareFuncExit } from "./call.ts";
import { checkResourceLeak } from "./ref.ts";
import { checkRegArg, curRegs, SRC_OP } from "./regs.ts";
import { refuseResult, retvalWithin } from "./retval.ts";

/** The path ends here. Not an errno. */
export const PATH_ENDS = 1;
/** The path continues in the caller, at env.insnIdx. */
export const RETURNED = 2;

/** @kernel verifier.c do_check_insn, process_bpf_exit_full */
export function checkExit(env: Env, insn: Insn): number {
  if ((insn.code & 0x0f) !== 0x05 || insn.imm !== 0 || insn.src !== 0 || insn.dst !== 0)
    return refuse(env, "reserved-fields", { insn: "BPF_EXIT" }, "BPF_EXIT uses reserved fields\n", EINVAL);
  let err = checkResourceLeak(env, false, env.curState.curframe === 0, "BPF_EXIT instruction in main prog");
  if (err) return err;
  if (env.curState.curframe !== 0) {
    updateLiveStack(env);
    err = prepareFuncExit(env);
    return err || RETURNED;
  }
  err = checkReturnCode(env);
  return err || PATH_ENDS;
}

/** @kernel verifier.c check_return_code */
function checkReturnCode(env: Env): number {
  const err = checkRegArg(env, 0, SRC_OP);
  if (err) return err;
  const reg = curRegs(env)[0]!;
  const frame = env.curState.frames[0]!;
  if (frame.inAsyncCallbackFn) {
    return enforce(env, "async-callback", reg, frame.callbackRetRange, 64, "At async callback return");
  }
  if (frame.subprogno !== 0 && !env.subprogs[frame.subprogno]!.isExceptionCb) {
    if (reg.type === SCALAR_VALUE) return 0;
    const type = regTypeStr(reg.type);
    const what = `is not a scalar value (${type})`;
    const text = `At subprogram exit the register R0 ${what}\n`;
    return refuse(env, "function-return-type", { reg: 0, what, type }, text, EINVAL);
  }
  const range = env.progType.returnRange(env.program.expectedAttachType);
  if (range === undefined) return 0;
  return enforce(env, "program", reg, { minval: range.min, maxval: range.max }, range.bits, "At program exit");
}

function enforce(
  env: Env,
  of: "program" | "async-callback",
  reg: RegState,
  range: RetvalRange,
  bits: 32 | 64,
  when: string,
): number {
  if (reg.type !== SCALAR_VALUE) {
    const type = regTypeStr(reg.type);
    const what = `is not a known value (${type})`;
    return refuse(env, `${of}-return-type`, { reg: 0, what, type }, `${when} the register R0 ${what}\n`, EINVAL);
  }
  const err = markChainPrecision(env, 0);
  if (err) return err;
  return retvalWithin(range, reg, bits) ? 0 : refuseResult(env, `${of}-return-range`, reg, range, when);
}
