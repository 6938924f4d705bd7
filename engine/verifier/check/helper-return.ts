// R0 after a helper: a number, a pointer that may be null, or a reference to release.
// @kernel verifier.c check_helper_call (its second half), do_refine_retval_range
import { ACQUIRING, helperId } from "../../facts/helpers.ts";
import { NR_CPU_IDS } from "../../facts/kernel.ts";
import type { RetKind } from "../../facts/types.ts";
import { narrow } from "../domain/bounds.ts";
import { SCALAR_UNKNOWN } from "../domain/scalar.ts";
import { refuse, verifierBug } from "../refuse.ts";
import { type Env, notSimulated } from "../state/env.ts";
import { ENOTSUPP } from "../state/errors.ts";
import { NOT_INIT_REG, pointerReg, scalarReg, UNKNOWN_REG, withId, withReg } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import { type CallMeta, lookupCannotFail } from "./helper-args.ts";
import { helperInMessages, helperSet } from "./helper-names.ts";
import { acquireReference } from "./ref.ts";
import { curRegs, sanityCheckReg } from "./regs.ts";

const MAX_ERRNO = 4095;

/** Helpers whose result must be released. @kernel verifier.c is_acquire_function */
const ACQUIRE: ReadonlySet<number> = new Set([...ACQUIRING, ...helperSet("kptr_xchg")]);
/** Helpers that return the same object as another type, with the same reference. @kernel verifier.c is_ptr_cast_function */
const CAST = helperSet(
  "tcp_sock sk_fullsock skc_to_tcp_sock skc_to_tcp6_sock skc_to_udp6_sock skc_to_mptcp_sock skc_to_tcp_timewait_sock skc_to_tcp_request_sock",
);
/** Helpers that return at most the size they were given. @kernel verifier.c do_refine_retval_range */
const RETURNS_SIZE = helperSet("get_stack get_task_stack probe_read_str probe_read_kernel_str probe_read_user_str");
const MAP_LOOKUP = helperId("map_lookup_elem");
const DYNPTR_DATA = helperId("dynptr_data");
const GET_SMP_PROCESSOR_ID = helperId("get_smp_processor_id");
const GET_FUNC_IP = helperId("get_func_ip");

/** The base register type for each kind of result. */
const RETURN_TYPE: Readonly<Record<RetKind, number>> = {
  RET_INTEGER: T.SCALAR_VALUE,
  RET_VOID: T.NOT_INIT,
  RET_PTR_TO_MAP_VALUE: T.PTR_TO_MAP_VALUE,
  RET_PTR_TO_SOCKET: T.PTR_TO_SOCKET,
  RET_PTR_TO_TCP_SOCK: T.PTR_TO_TCP_SOCK,
  RET_PTR_TO_SOCK_COMMON: T.PTR_TO_SOCK_COMMON,
  RET_PTR_TO_MEM: T.PTR_TO_MEM,
  RET_PTR_TO_MEM_OR_BTF_ID: T.PTR_TO_MEM,
  RET_PTR_TO_BTF_ID: T.PTR_TO_BTF_ID,
};

/** Sets R0 after the call, with the reference that it holds. */
export function setReturn(env: Env, meta: CallMeta): number {
  const { proto, map, id } = meta;
  const regs = curRegs(env);
  let flags = proto.retFlags;
  const type = RETURN_TYPE[proto.ret];
  switch (proto.ret) {
    case "RET_INTEGER":
      regs[0] = UNKNOWN_REG;
      break;
    case "RET_VOID":
      regs[0] = NOT_INIT_REG;
      break;
    case "RET_PTR_TO_MAP_VALUE":
      if (map === null) return verifierBug(env, "unexpected null map_ptr");
      if (id === MAP_LOOKUP && lookupCannotFail(map) && meta.constKey >= 0n && meta.constKey < BigInt(map.maxEntries))
        flags &= ~T.PTR_MAYBE_NULL;
      regs[0] = pointerReg(type | flags, {
        map,
        mapUid: meta.mapUid,
        id:
          !T.mayBeNull(flags) && ("bpf_spin_lock" in map.fields || "bpf_res_spin_lock" in map.fields) ? ++env.idGen : 0,
      });
      break;
    case "RET_PTR_TO_MEM":
      regs[0] = pointerReg(type | flags, { memSize: meta.memSize });
      break;
    case "RET_PTR_TO_BTF_ID":
      if (proto.retBtf === undefined) return notSimulated(env, "kernel pointers in maps");
      regs[0] = pointerReg(type | flags, { btfName: proto.retBtf });
      break;
    case "RET_PTR_TO_MEM_OR_BTF_ID":
      return notSimulated(env, "per-CPU variables of the kernel through BTF");
    default:
      regs[0] = pointerReg(type | flags);
  }
  if (T.mayBeNull(regs[0]!.type)) regs[0] = withId(regs[0]!, ++env.idGen);
  if (id === DYNPTR_DATA) regs[0] = withReg(regs[0]!, { dynptrId: meta.dynptrId });
  if (CAST.has(id) || id === DYNPTR_DATA) {
    regs[0] = withReg(regs[0]!, { refObjId: meta.refObjId });
  } else if (acquires(meta)) {
    const ref = acquireReference(env, meta.insnIdx);
    regs[0] = withReg(regs[0]!, { id: ref, refObjId: ref });
  }
  return 0;
}

/** A socket that is looked up in a map is a reference as well. */
const acquires = ({ id, map }: CallMeta): boolean =>
  ACQUIRE.has(id) || (id === MAP_LOOKUP && (map?.def.type === "sockmap" || map?.def.type === "sockhash"));

/** @kernel verifier.c do_refine_retval_range */
export function refineReturn(env: Env, meta: CallMeta): number {
  if (meta.proto.ret !== "RET_INTEGER" || meta.proto.retFlags !== 0) return 0;
  const regs = curRegs(env);
  if (RETURNS_SIZE.has(meta.id)) {
    const max = BigInt.asIntN(64, meta.maxSize);
    regs[0] = scalarReg(
      narrow(SCALAR_UNKNOWN, {
        smin: BigInt(-MAX_ERRNO),
        s32min: -MAX_ERRNO,
        smax: max,
        s32max: Number(BigInt.asIntN(32, max)),
      }),
    );
  } else if (meta.id === GET_SMP_PROCESSOR_ID) {
    const last = NR_CPU_IDS - 1;
    const top = BigInt(last);
    regs[0] = scalarReg(
      narrow(SCALAR_UNKNOWN, {
        umin: 0n,
        umax: top,
        smin: 0n,
        smax: top,
        u32min: 0,
        u32max: last,
        s32min: 0,
        s32max: last,
      }),
    );
  }
  return sanityCheckReg(env, 0, "retval");
}

/** @kernel verifier.c check_get_func_ip */
export function checkGetFuncIp(env: Env, id: number): number {
  if (id !== GET_FUNC_IP || env.progType.name === "kprobe") return 0;
  const args = { func: helperInMessages(id), type: env.progType.id };
  const text = `func ${args.func} not supported for program type ${args.type}\n`;
  return refuse(env, "helper-not-for-type", args, text, ENOTSUPP);
}
