// Two-slot loads (constants, maps, functions), and the old packet loads LD_ABS and LD_IND.
import * as I from "../../isa/codes.ts";
import { type Insn, imm64 } from "../../isa/insn.ts";
import { constScalar } from "../domain/scalar.ts";
import { pushStack } from "../explore/stack.ts";
import { updateLiveStack } from "../explore/stack-liveness.ts";
import { regTypeStr } from "../print/state.ts";
import { refuse } from "../refuse.ts";
import { type Env, findSubprog, notSimulated, scratchReg } from "../state/env.ts";
import { EINVAL, ENOMEM } from "../state/errors.ts";
import { pointerReg, scalarReg, UNKNOWN_REG, ZERO_REG } from "../state/reg.ts";
import { CONST_PTR_TO_MAP, PTR_TO_CTX, PTR_TO_FUNC, PTR_TO_MAP_VALUE } from "../state/regtype.ts";
import { prepareFuncExit } from "./call.ts";
import { checkResourceLeak } from "./ref.ts";
import { checkPtrOffReg } from "./region.ts";
import { CALLER_SAVED_REGS, checkRegArg, clearCallerSaved, curRegs, DST_OP, SRC_OP } from "./regs.ts";

/** BPF_LD. @kernel verifier.c do_check_insn */
export function checkLd(env: Env, insn: Insn): number {
  const mode = insn.code & 0xe0;
  if (mode === I.BPF_ABS || mode === I.BPF_IND) return checkLdAbs(env, insn, mode);
  if (mode !== I.BPF_IMM) return refuse(env, "unknown-load-mode", { mode }, "invalid BPF_LD mode\n", EINVAL);
  const err = checkLdImm(env, insn);
  if (err) return err;
  env.insnIdx++;
  return 0;
}

/** @kernel verifier.c check_ld_imm */
function checkLdImm(env: Env, insn: Insn): number {
  if ((insn.code & 0x18) !== I.BPF_DW)
    return refuse(env, "load-constant-size", {}, "invalid BPF_LD_IMM insn\n", EINVAL);
  if (insn.off !== 0)
    return refuse(env, "reserved-fields", { insn: "BPF_LD_IMM64" }, "BPF_LD_IMM64 uses reserved fields\n", EINVAL);
  const err = checkRegArg(env, insn.dst, DST_OP);
  if (err) return err;
  const regs = curRegs(env);
  if (insn.src === 0) {
    regs[insn.dst] = scalarReg(constScalar(imm64(insn, env.insns[env.insnIdx + 1]!)));
    return 0;
  }
  if (insn.src === I.BPF_PSEUDO_FUNC) {
    if (!env.program.funcInfo) return refuse(env, "function-info", {}, "missing btf func_info\n", EINVAL);
    const subprogno = findSubprog(env, env.insnIdx + insn.imm + 1);
    regs[insn.dst] = pointerReg(PTR_TO_FUNC, { subprogno });
    return 0;
  }
  const { map, mapOff } = env.aux[env.insnIdx]!;
  if (map === null) return notSimulated(env, "addresses of kernel variables");
  regs[insn.dst] =
    insn.src === I.BPF_PSEUDO_MAP_VALUE || insn.src === I.BPF_PSEUDO_MAP_IDX_VALUE
      ? pointerReg(PTR_TO_MAP_VALUE, { map, off: mapOff })
      : pointerReg(CONST_PTR_TO_MAP, { map });
  return 0;
}

/** The register with the context, from which the packet is loaded. */
const BPF_REG_6 = 6;

/** @kernel verifier.c check_ld_abs */
function checkLdAbs(env: Env, insn: Insn, mode: number): number {
  if (!env.progType.ldAbs) {
    const text = "BPF_LD_[ABS|IND] instructions not allowed for this program type\n";
    return refuse(env, "packet-load-type", { progType: env.progType.name }, text, EINVAL);
  }
  if (insn.dst !== 0 || insn.off !== 0 || (insn.code & 0x18) === I.BPF_DW || (mode === I.BPF_ABS && insn.src !== 0)) {
    const what = "BPF_LD_[ABS|IND]";
    return refuse(env, "reserved-fields", { insn: what }, `${what} uses reserved fields\n`, EINVAL);
  }
  let err = checkRegArg(env, BPF_REG_6, SRC_OP) || checkResourceLeak(env, false, true, "BPF_LD_[ABS|IND]");
  if (err) return err;
  const regs = curRegs(env);
  if (regs[BPF_REG_6]!.type !== PTR_TO_CTX) {
    const args = { reg: BPF_REG_6, type: regTypeStr(regs[BPF_REG_6]!.type) };
    const text = "at the time of BPF_LD_ABS|IND R6 != pointer to skb\n";
    return refuse(env, "packet-load-context", args, text, EINVAL);
  }
  if (mode === I.BPF_IND) {
    err = checkRegArg(env, insn.src, SRC_OP);
    if (err) return err;
  }
  err = checkPtrOffReg(env, regs[BPF_REG_6]!, BPF_REG_6);
  if (err) return err;
  clearCallerSaved(regs);
  for (let r = 0; r < CALLER_SAVED_REGS; r++) scratchReg(env, r);
  regs[0] = UNKNOWN_REG;
  return env.curState.curframe === 0 ? 0 : walkFailedLoad(env);
}

/**
 * Beyond the end of the packet the load leaves its function with the result 0. In the main program this is only an end that is always
 * safe. In another function the caller continues, so both cases are walked.
 */
function walkFailedLoad(env: Env): number {
  if (pushStack(env, env.insnIdx + 1, env.insnIdx, false) === null) return ENOMEM;
  curRegs(env)[0] = ZERO_REG;
  updateLiveStack(env);
  const err = prepareFuncExit(env);
  if (err) return err;
  env.insnIdx--;
  return 0;
}
