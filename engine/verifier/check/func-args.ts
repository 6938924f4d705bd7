// Arguments of the program's own functions according to BTF: the arguments with which a global function is verified, and whether a call
// matches them. Static functions are walked at each call, whatever their BTF says. If a call does not match it, this BTF is only marked
// as unreliable.
// @kernel btf.c btf_prepare_func_args; verifier.c btf_check_subprog_call, btf_check_func_arg_match, check_mem_reg
import { bug } from "../../base/bug.ts";
import type { FuncInfo, FuncParam } from "../../program/program.ts";
import { regTypeStr } from "../print/state.ts";
import type { RefusalArgs, RefusalId } from "../refusals.ts";
import { refuse } from "../refuse.ts";
import { type Env, notSimulated, verbose } from "../state/env.ts";
import { EINVAL } from "../state/errors.ts";
import { CTX_REG, isNullReg, pointerReg, type RegState, UNKNOWN_REG } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import { checkHelperMem } from "./helper-mem.ts";
import { checkArgOffset } from "./helper-types.ts";
import { checkMemAccess } from "./mem.ts";
import { notNullReg } from "./null.ts";
import { curRegs } from "./regs.ts";

const MAX_ARGS = 5;
/** A static function is not called as its BTF says, or has no BTF. This does not refuse the program. */
const NOT_AS_BTF_SAYS = EINVAL;
const ANY_POINTER = { kind: "ARG_DONTCARE", flags: 0, size: 0 } as const;
const NO_BTF: Pick<FuncInfo, "global" | "params" | "tagged" | "returns"> = {
  global: false,
  params: [],
  returns: "int",
};

const infoOf = (env: Env, n: number) => env.program.functions?.[n] ?? NO_BTF;

/** Whether calls of function `n` can be checked by its BTF. 0, or EINVAL, with a message if the function is global. */
export function checkFuncProto(env: Env, n: number): number {
  const { params, returns, tagged = [] } = infoOf(env, n);
  const { isGlobal, name } = env.subprogs[n]!;
  const isSaid = n === 0 ? infoOf(env, 0).global : isGlobal;
  const no = <Id extends RefusalId>(id: Id, args: RefusalArgs<Id>, why: string): number =>
    isSaid ? refuse(env, id, args, `${why}\n`, EINVAL) : NOT_AS_BTF_SAYS;
  const count = params.length;
  if (count > MAX_ARGS) {
    const why = `Global function ${name}() with ${count} > ${MAX_ARGS} args. Buggy compiler.`;
    return no("global-too-many-arguments", { name, count }, why);
  }
  if (returns === "void") {
    const why = `Global function ${name}() doesn't return scalar. Only those are supported.`;
    return no("global-returns-void", { name }, why);
  }
  for (const [i, param] of params.entries()) {
    const isTagged = tagged.includes(i) || (typeof param === "object" && "mem" in param && param.nonnull === true);
    if (!isSaid && isTagged) {
      verbose(env, "note", `arg#${i} type tag is not supported in static functions\n`);
      return NOT_AS_BTF_SAYS;
    }
    if (param === "ctx" && n > 0 && env.progType.ctxStruct === "")
      return notSimulated(env, "a context that BTF has no name for");
    if (typeof param === "string") continue;
    if ("notSimulated" in param) return n === 0 ? NOT_AS_BTF_SAYS : notSimulated(env, param.notSimulated);
    if (!isSaid) return NOT_AS_BTF_SAYS;
    const arg = { name, arg: i };
    if ("badTags" in param) return no("global-argument-tags", arg, `arg#${i} ${param.badTags}`);
    if ("unsized" in param) {
      const why = `arg#${i} reference type('${param.unsized}') size cannot be determined: -22`;
      return no("global-argument-size", arg, why);
    }
    if ("unsupported" in param) {
      const why = `Arg#${i} type ${param.unsupported} in ${name}() is not supported yet.`;
      return no("global-argument-type", arg, why);
    }
  }
  return 0;
}

/** An exception callback takes one number, the value that was thrown. 0, or -errno. @kernel verifier.c do_check_common */
export function checkExceptionCallback(env: Env, n: number): number {
  const { params } = infoOf(env, n);
  if (!env.subprogs[n]!.isExceptionCb || (params.length === 1 && params[0] === "int")) return 0;
  const text = "exception cb only supports single integer argument\n";
  return refuse(
    env,
    "exception-callback-arguments",
    { name: env.subprogs[n]!.name, count: params.length },
    text,
    EINVAL,
  );
}

/** Sets R1 and up for a global function that may be called with any matching arguments. */
export function setGlobalArgs(env: Env, n: number, regs: RegState[]): void {
  for (const [i, param] of infoOf(env, n).params.entries()) regs[i + 1] = anyArgument(env, param);
}

function anyArgument(env: Env, param: FuncParam): RegState {
  if (param === "int") return UNKNOWN_REG;
  if (param === "ctx") return CTX_REG;
  if (!("mem" in param)) throw bug("checkFuncProto refuses parameters of this kind");
  const type = T.PTR_TO_MEM | (param.nonnull ? 0 : T.PTR_MAYBE_NULL);
  return pointerReg(type, { memSize: param.mem, ...(!param.nonnull && { id: ++env.idGen }) });
}

/** Whether the current call matches the BTF of function `n`. 0, or EINVAL: it does not, or there is no BTF. */
export function checkCallArgs(env: Env, n: number): number {
  const subprog = env.subprogs[n]!;
  if (!env.program.funcInfo || subprog.unreliable) return NOT_AS_BTF_SAYS;
  let err = checkFuncProto(env, n);
  for (const [i, param] of infoOf(env, n).params.entries()) if (err === 0) err = checkArgument(env, i, param);
  if (err !== 0) subprog.unreliable = true;
  return err;
}

function checkArgument(env: Env, i: number, param: FuncParam): number {
  const regno = i + 1;
  const reg = curRegs(env)[regno]!;
  const type = regTypeStr(reg.type);
  if (param === "int") {
    if (reg.type === T.SCALAR_VALUE) return 0;
    return refuse(env, "argument-not-number", { reg: regno, type }, `R${regno} is not a scalar\n`, EINVAL);
  }
  if (param !== "ctx" && !("mem" in param)) return NOT_AS_BTF_SAYS;
  const args = { reg: regno, type, arg: i };
  const err = checkArgOffset(env, reg, regno, ANY_POINTER);
  if (err < 0) return err;
  if (param === "ctx") {
    if (reg.type === T.PTR_TO_CTX) return 0;
    return refuse(env, "argument-not-context", args, `arg#${i} expects pointer to ctx\n`, EINVAL);
  }
  if (checkMemory(env, regno, param.mem) !== 0) return NOT_AS_BTF_SAYS;
  if (!param.nonnull || !T.mayBeNull(reg.type)) return 0;
  return refuse(env, "argument-null", args, `arg#${i} is expected to be non-NULL\n`, EINVAL);
}

/** The memory must be readable and writable. NULL is allowed: the callee has to check for it. */
function checkMemory(env: Env, regno: number, size: number): number {
  const regs = curRegs(env);
  const reg = regs[regno]!;
  if (isNullReg(reg)) return 0;
  if (T.mayBeNull(reg.type)) regs[regno] = notNullReg(reg);
  const err = checkAccess(env, regno, size, false) || checkAccess(env, regno, size, true);
  curRegs(env)[regno] = reg;
  return err;
}

/** A context that stays as it is may serve as memory: its last byte decides. */
function checkAccess(env: Env, regno: number, size: number, write: boolean): number {
  if (T.baseType(curRegs(env)[regno]!.type) !== T.PTR_TO_CTX || !env.progType.plainCtx)
    return checkHelperMem(env, regno, size, write, true, null);
  return size === 0 ? 0 : checkMemAccess(env, { regno, off: size - 1, size: 1, write, valueRegno: -1 });
}
