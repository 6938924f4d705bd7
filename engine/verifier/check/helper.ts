// Calls of the kernel's helper functions: whether this program may call the helper, whether the arguments match, and what is known
// afterwards. @kernel verifier.c check_helper_call

import { MAP_FLAGS } from "../../facts/flags.ts";
import { HELPER_MAX_ID, helperChangesPktData, helperId, helperName } from "../../facts/helpers.ts";
import { isGplCompatible } from "../../facts/license.ts";
import type { HelperProto } from "../../facts/types.ts";
import type { Insn } from "../../isa/insn.ts";
import { markChainPrecision } from "../explore/precision.ts";
import { pushStack } from "../explore/stack.ts";
import { updateLiveStack } from "../explore/stack-liveness.ts";
import { BPF_LOG_LEVEL2 } from "../log/buffer.ts";
import { helperProto } from "../prepass/callees.ts";
import { regTypeStr } from "../print/state.ts";
import type { RefusalArgs, RefusalId } from "../refusals.ts";
import { refuse, verifierBug } from "../refuse.ts";
import { type Env, isSleepable, notSimulated, scratchReg, verbose } from "../state/env.ts";
import { EACCES, EINVAL, ENOMEM } from "../state/errors.ts";
import { isConstVal, isNullReg, UNKNOWN_REG } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import type { VerifierState } from "../state/state.ts";
import { prepareFuncExit } from "./call.ts";
import { CALLBACKS, pushCallbackCall } from "./callback.ts";
import { checkSnprintf } from "./frozen-map.ts";
import { type CallMeta, checkFuncArg } from "./helper-args.ts";
import { dynptrOf, isPacketDynptr, releaseDynptr } from "./helper-dynptr.ts";
import { helperInMessages, helperSet } from "./helper-names.ts";
import { checkGetFuncIp, refineReturn, setReturn } from "./helper-return.ts";
import { checkMapFunc } from "./map-func.ts";
import { checkMemAccess } from "./mem.ts";
import { forgetPacket } from "./packet-range.ts";
import { checkResourceLeak, releaseReference } from "./ref.ts";
import { CALLER_SAVED_REGS, clearCallerSaved, curFrame, curRegs } from "./regs.ts";

/** Helpers whose map is recorded with the instruction. @kernel verifier.c record_func_map */
const RECORDS_MAP = helperSet(
  "tail_call map_lookup_elem map_update_elem map_delete_elem map_push_elem map_pop_elem map_peek_elem for_each_map_elem redirect_map map_lookup_percpu_elem",
);
const MODIFIES_MAP = helperSet("map_delete_elem map_update_elem map_push_elem map_pop_elem");
const TAIL_CALL = helperId("tail_call");

/** `at` is env.insnIdx. Sets R0 to the result of the call. */
export function checkHelperCall(env: Env, insn: Insn, at: number): number {
  const id = insn.imm;
  const proto = helperProto(env, id);
  let err = mayCall(env, id, proto);
  if (err || proto === undefined) return err;
  let changesData = helperChangesPktData(id);
  if (changesData && proto.args[0]!.kind !== "ARG_PTR_TO_CTX")
    return verifierBug(env, `func ${helperInMessages(id)}: r1 != ctx`);
  const meta: CallMeta = {
    id,
    proto,
    insnIdx: at,
    map: null,
    mapUid: 0,
    filledMemory: { rawMode: false, regno: 0, accessSize: 0 },
    releaseRegno: 0,
    refObjId: 0,
    dynptrId: 0,
    memSize: 0,
    maxSize: 0n,
    subprogno: 0,
    constKey: -1n,
  };
  for (let n = 0; n < 5; n++) {
    err = checkFuncArg(env, n, meta);
    if (err) return err;
  }
  err = recordMap(env, meta) || recordKey(env, meta);
  if (err) return err;
  // The helper's writes to the memory that it fills, byte by byte.
  for (let i = 0; i < meta.filledMemory.accessSize; i++) {
    err = checkMemAccess(env, { regno: meta.filledMemory.regno, off: i, size: 1, write: true, valueRegno: -1 });
    if (err) return err;
  }
  err = releaseArgument(env, meta);
  if (err) return err;
  err = SPECIAL[helperName(id)!]?.(env, meta) ?? 0;
  if (err) return err;
  if (helperName(id) === "dynptr_write" && isPacketDynptr(dynptrOf(env, curRegs(env)[1]!)?.type ?? 0))
    changesData = true;

  clearCallerSaved(curRegs(env));
  for (let r = 0; r < CALLER_SAVED_REGS; r++) scratchReg(env, r);
  err = setReturn(env, meta) || refineReturn(env, meta) || checkMapFunc(env, meta.map, id);
  if (err) return err;
  err = checkGetFuncIp(env, id);
  if (err) return err;
  if (id === TAIL_CALL) return afterTailCall(env);
  if (changesData) forgetPacket(env);
  return 0;
}

/**
 * A tail call returns only if it failed, and then it changed nothing. If it succeeds in a function of the program, the other program
 * returns to that function's caller, and may have changed the packet.
 */
function afterTailCall(env: Env): number {
  if (env.curState.curframe === 0) return 0;
  scratchReg(env, 0);
  if (pushStack(env, env.insnIdx + 1, env.insnIdx, false) === null) return ENOMEM;
  forgetPacket(env);
  curRegs(env)[0] = UNKNOWN_REG;
  updateLiveStack(env);
  const err = prepareFuncExit(env);
  if (err) return err;
  env.insnIdx--;
  return 0;
}

const refuseCall = <Id extends RefusalId>(env: Env, refusal: Id, args: RefusalArgs<Id>, text: string): number =>
  refuse(env, refusal, args, `${text}\n`, EINVAL);

/** Where a program may not sleep now, in the log's words. null: nowhere. */
function nonSleepableRegion(state: VerifierState): string | null {
  if (state.activeRcuLock) return "rcu_read_lock";
  if (state.activePreemptLocks !== 0) return "non-preemptible";
  return state.activeIrqId !== 0 ? "IRQ-disabled" : null;
}

/** Whether this program may call the helper at this point. */
function mayCall(env: Env, id: number, proto: HelperProto | undefined): number {
  if (id < 0 || id >= HELPER_MAX_ID)
    return refuseCall(env, "helper-number", { func: `unknown#${id}` }, `invalid func unknown#${id}`);
  const func = helperInMessages(id);
  if (proto === undefined)
    return refuseCall(env, "helper-unknown", { func }, `program of this type cannot use helper ${func}`);
  if (proto.gplOnly && !isGplCompatible(env.program.license))
    return refuseCall(env, "gpl-only", { func }, "cannot call GPL-restricted function from non-GPL compatible program");
  // Such a helper asks which kernel function the program is attached to. The programs that are verified here are attached to none.
  if (proto.allowed !== undefined)
    return refuseCall(env, "helper-probe", { func }, "helper call is not allowed in probe");
  if (!proto.mightSleep) return 0;
  if (!isSleepable(env))
    return refuseCall(env, "helper-sleeps", { func }, "helper call might sleep in a non-sleepable prog");
  const region = nonSleepableRegion(env.curState);
  if (region === null) return 0;
  return refuseCall(env, "helper-sleeps-region", { func, region }, `sleepable helper ${func} in ${region} region`);
}

/** @kernel verifier.c record_func_map */
function recordMap(env: Env, meta: CallMeta): number {
  if (!RECORDS_MAP.has(meta.id)) return 0;
  const { map } = meta;
  if (map === null) return verifierBug(env, "expected map for helper call");
  if (map.flags & MAP_FLAGS.RDONLY_PROG && MODIFIES_MAP.has(meta.id)) {
    const args = { func: helperInMessages(meta.id), map: map.def.name };
    return refuse(env, "map-helper-write", args, "write into map forbidden\n", EACCES);
  }
  const aux = env.aux[meta.insnIdx]!;
  if (aux.callMap === null) aux.callMap = map;
  else if (aux.callMap !== map) {
    aux.callMap = map;
    aux.callMapPoison = true;
  }
  return 0;
}

/** If the index of a tail call is constant, the tail call depends on it. @kernel verifier.c record_func_key */
function recordKey(env: Env, meta: CallMeta): number {
  if (meta.id !== TAIL_CALL) return 0;
  if (meta.map?.def.type !== "prog_array") {
    const args = { name: helperInMessages(meta.id), type: meta.map?.type ?? 0, map: meta.map?.def.type ?? "" };
    return refuse(env, "tail-call-map", args, "expected prog array map for tail call", EINVAL);
  }
  const reg = curRegs(env)[3]!;
  if (reg.type !== T.SCALAR_VALUE || !isConstVal(reg) || reg.val.varOff.value >= BigInt(meta.map.maxEntries)) return 0;
  return markChainPrecision(env, 3);
}

function releaseArgument(env: Env, meta: CallMeta): number {
  if (meta.releaseRegno === 0) return 0;
  const reg = curRegs(env)[meta.releaseRegno]!;
  let err = EINVAL;
  if (meta.proto.args[meta.releaseRegno - 1]!.kind === "ARG_PTR_TO_DYNPTR") err = releaseDynptr(env, reg);
  else if (meta.refObjId !== 0) err = releaseReference(env, meta.refObjId);
  else if (isNullReg(reg)) err = 0;
  if (err === 0) return 0;
  const args = { func: helperInMessages(meta.id), ref: meta.refObjId };
  return refuse(env, "reference-not-acquired", args, `func ${args.func} reference has not been acquired before\n`, err);
}

/** Callbacks, and what single helpers need beyond their prototype. */
const SPECIAL: Readonly<Record<string, (env: Env, meta: CallMeta) => number>> = {
  tail_call: (env) => checkResourceLeak(env, false, true, "tail_call"),
  get_local_storage(env) {
    if (isNullReg(curRegs(env)[2]!)) return 0;
    const text = "get_local_storage() doesn't support non-zero flags\n";
    return refuse(env, "storage-flags", { reg: 2 }, text, EINVAL);
  },
  loop: checkLoop,
  dynptr_from_mem(env) {
    if (curRegs(env)[1]!.type === T.PTR_TO_MAP_VALUE) return 0;
    const type = regTypeStr(curRegs(env)[1]!.type);
    const text = `Unsupported reg type ${type} for bpf_dynptr_from_mem data\n`;
    return refuse(env, "dynptr-memory", { reg: 1, type }, text, EACCES);
  },
  dynptr_data(env, meta) {
    const dynptr = dynptrOf(env, curRegs(env)[1]!);
    if (dynptr === undefined) return verifierBug(env, "failed to obtain dynptr id");
    meta.dynptrId = dynptr.id;
    meta.refObjId = dynptr.refObjId;
    return 0;
  },
  snprintf: checkSnprintf,
  per_cpu_ptr: (env) => notSimulated(env, "per-CPU variables of the kernel through BTF"),
  this_cpu_ptr: (env) => notSimulated(env, "per-CPU variables of the kernel through BTF"),
  ...Object.fromEntries(
    Object.keys(CALLBACKS)
      .filter((name) => name !== "loop")
      .map((name) => [name, (env: Env, meta: CallMeta) => pushCallbackCall(env, meta.insnIdx, meta.subprogno, name)]),
  ),
};

/** Walks one more round of the callback, until there were as many rounds as R1 may ask for. */
function checkLoop(env: Env, meta: CallMeta): number {
  noteInlining(env, meta);
  const err = markChainPrecision(env, 1);
  if (err) return err;
  const frame = curFrame(env);
  if (BigInt(frame.callbackDepth) < frame.regs[1]!.val.umax)
    return pushCallbackCall(env, meta.insnIdx, meta.subprogno, "loop");
  frame.callbackDepth = 0;
  if (env.log.level & BPF_LOG_LEVEL2)
    verbose(env, "note", `frame${env.curState.curframe} bpf_loop iteration limit reached\n`);
  return 0;
}

/** The loop is inlined if the flags are 0 on every path, so they must be known exactly. @kernel verifier.c update_loop_inline_state */
function noteInlining(env: Env, meta: CallMeta): void {
  const aux = env.aux[meta.insnIdx]!;
  const first = aux.loopSubprogno < 0;
  if (!first && !aux.loopInline) return;
  const noFlags = isNullReg(curRegs(env)[4]!);
  if (noFlags) markChainPrecision(env, 4);
  if (first) aux.loopSubprogno = meta.subprogno;
  aux.loopInline = noFlags && aux.loopSubprogno === meta.subprogno;
}
