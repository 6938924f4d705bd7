// BPF_EXIT: out of a function of the program, or out of the program with a value that its type allows.
import { S64_MAX, S64_MIN } from "../../base/u64.ts";
import type { Insn } from "../../isa/insn.ts";
import { markChainPrecision } from "../explore/precision.ts";
import { updateLiveStack } from "../explore/stack-liveness.ts";
import { regTypeStr } from "../log/state.ts";
import { type Env, verbose } from "../state/env.ts";
import { EINVAL } from "../state/errors.ts";
import type { RegState } from "../state/reg.ts";
import { SCALAR_VALUE } from "../state/regtype.ts";
import type { RetvalRange } from "../state/state.ts";
import { prepareFuncExit } from "./call.ts";
import { checkResourceLeak } from "./ref.ts";
import { checkRegArg, curRegs, SRC_OP } from "./regs.ts";

/** The path ends here; no errno. */
export const PATH_ENDS = 1;
/** The path goes on in the caller, at env.insnIdx. */
export const RETURNED = 2;

/** @kernel verifier.c do_check_insn, process_bpf_exit_full */
export function checkExit(env: Env, insn: Insn): number {
  if ((insn.code & 0x0f) !== 0x05 || insn.imm !== 0 || insn.src !== 0 || insn.dst !== 0) {
    verbose(env, "BPF_EXIT uses reserved fields\n");
    return EINVAL;
  }
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
    return enforce(env, reg, frame.callbackRetRange, 64, "At async callback return");
  }
  if (frame.subprogno !== 0) {
    if (reg.type === SCALAR_VALUE) return 0;
    verbose(env, `At subprogram exit the register R0 is not a scalar value (${regTypeStr(reg.type)})\n`);
    return EINVAL;
  }
  const range = env.progType.returnRange(env.program.expectedAttachType);
  if (range === undefined) return 0;
  return enforce(env, reg, { minval: range.min, maxval: range.max }, range.bits, "At program exit");
}

function enforce(env: Env, reg: RegState, range: RetvalRange, bits: 32 | 64, when: string): number {
  if (reg.type !== SCALAR_VALUE) {
    verbose(env, `${when} the register R0 is not a known value (${regTypeStr(reg.type)})\n`);
    return EINVAL;
  }
  const err = markChainPrecision(env, 0);
  if (err) return err;
  if (retvalWithin(range, reg, bits)) return 0;
  verboseInvalidScalar(env, reg, range, when, "R0");
  return EINVAL;
}

/** @kernel verifier.c retval_range_within */
export function retvalWithin(range: RetvalRange, reg: RegState, bits: 32 | 64): boolean {
  if (bits === 32) return range.minval <= reg.val.s32min && reg.val.s32max <= range.maxval;
  return BigInt(range.minval) <= reg.val.smin && reg.val.smax <= BigInt(range.maxval);
}

/** @kernel verifier.c verbose_invalid_scalar */
export function verboseInvalidScalar(env: Env, reg: RegState, range: RetvalRange, when: string, regName: string): void {
  const { smin, smax } = reg.val;
  const min = smin > S64_MIN ? ` smin=${smin}` : "";
  const max = smax < S64_MAX ? ` smax=${smax}` : "";
  verbose(
    env,
    `${when} the register ${regName} has${min}${max}${min || max ? "" : " unknown scalar value"} ` +
      `should have been in [${range.minval}, ${range.maxval}]\n`,
  );
}
