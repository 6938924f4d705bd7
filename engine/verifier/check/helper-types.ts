// Which register types are allowed for which kind of helper argument. @kernel verifier.c compatible_reg_types, check_reg_type
import { helperName } from "../../facts/helpers.ts";
import type { ArgKind, HelperArg } from "../../facts/types.ts";
import { regTypeStr } from "../print/state.ts";
import { refuse } from "../refuse.ts";
import { type Env, notSimulated } from "../state/env.ts";
import { EACCES, EINVAL } from "../state/errors.ts";
import type { RegState } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import { helperInMessages } from "./helper-names.ts";
import { checkPtrOffReg } from "./region.ts";
import { curRegs } from "./regs.ts";

const SOCKETS = [T.PTR_TO_SOCK_COMMON, T.PTR_TO_SOCKET, T.PTR_TO_TCP_SOCK, T.PTR_TO_XDP_SOCK];
const MEMORY = [
  T.PTR_TO_STACK,
  T.PTR_TO_PACKET,
  T.PTR_TO_PACKET_META,
  T.PTR_TO_MAP_KEY,
  T.PTR_TO_MAP_VALUE,
  T.PTR_TO_MEM,
  T.PTR_TO_MEM | T.MEM_RINGBUF,
  T.PTR_TO_BUF,
  T.PTR_TO_BTF_ID | T.PTR_TRUSTED,
];
const MAP_FIELD = [T.PTR_TO_MAP_VALUE, T.PTR_TO_BTF_ID | T.MEM_ALLOC];

/** In the order of the message's list. ARG_DONTCARE and ARG_ANYTHING are handled earlier. Arenas are not simulated. */
const FITTING: Readonly<Record<ArgKind, readonly number[]>> = {
  ARG_DONTCARE: [],
  ARG_ANYTHING: [],
  ARG_PTR_TO_ARENA: [],
  ARG_PTR_TO_MAP_KEY: MEMORY,
  ARG_PTR_TO_MAP_VALUE: MEMORY,
  ARG_PTR_TO_MEM: MEMORY,
  ARG_CONST_SIZE: [T.SCALAR_VALUE],
  ARG_CONST_SIZE_OR_ZERO: [T.SCALAR_VALUE],
  ARG_CONST_ALLOC_SIZE_OR_ZERO: [T.SCALAR_VALUE],
  ARG_CONST_MAP_PTR: [T.CONST_PTR_TO_MAP],
  ARG_PTR_TO_CTX: [T.PTR_TO_CTX],
  ARG_PTR_TO_SOCK_COMMON: SOCKETS,
  ARG_PTR_TO_BTF_ID_SOCK_COMMON: [...SOCKETS, T.PTR_TO_BTF_ID, T.PTR_TO_BTF_ID | T.PTR_TRUSTED],
  ARG_PTR_TO_SOCKET: [T.PTR_TO_SOCKET],
  ARG_PTR_TO_BTF_ID: [T.PTR_TO_BTF_ID, T.PTR_TO_BTF_ID | T.PTR_TRUSTED, T.PTR_TO_BTF_ID | T.MEM_RCU],
  ARG_PTR_TO_SPIN_LOCK: MAP_FIELD,
  ARG_PTR_TO_RINGBUF_MEM: [T.PTR_TO_MEM | T.MEM_RINGBUF],
  ARG_PTR_TO_PERCPU_BTF_ID: [
    T.PTR_TO_BTF_ID | T.MEM_PERCPU,
    T.PTR_TO_BTF_ID | T.MEM_PERCPU | T.MEM_RCU,
    T.PTR_TO_BTF_ID | T.MEM_PERCPU | T.PTR_TRUSTED,
  ],
  ARG_PTR_TO_FUNC: [T.PTR_TO_FUNC],
  ARG_PTR_TO_STACK: [T.PTR_TO_STACK],
  ARG_PTR_TO_CONST_STR: [T.PTR_TO_MAP_VALUE],
  ARG_PTR_TO_TIMER: [T.PTR_TO_MAP_VALUE],
  ARG_KPTR_XCHG_DEST: MAP_FIELD,
  ARG_PTR_TO_DYNPTR: [T.PTR_TO_STACK, T.CONST_PTR_TO_DYNPTR],
};

const DYNPTR_FLAGS =
  T.DYNPTR_TYPE_LOCAL | T.DYNPTR_TYPE_RINGBUF | T.DYNPTR_TYPE_SKB | T.DYNPTR_TYPE_XDP | T.DYNPTR_TYPE_SKB_META;

/** Socket structures that begin with another one: a pointer to the first is also a pointer to the second. */
const FIRST_MEMBER: Readonly<Record<string, string>> = {
  tcp6_sock: "tcp_sock",
  tcp_sock: "inet_connection_sock",
  inet_connection_sock: "inet_sock",
  udp6_sock: "udp_sock",
  udp_sock: "inet_sock",
  mptcp_sock: "inet_connection_sock",
  unix_sock: "sock",
  inet_sock: "sock",
  sock: "sock_common",
  tcp_timewait_sock: "inet_timewait_sock",
  inet_timewait_sock: "sock_common",
  tcp_request_sock: "inet_request_sock",
  inet_request_sock: "request_sock",
  request_sock: "sock_common",
};

function isStruct(name: string | null, wanted: string): boolean {
  for (let at: string | undefined = name ?? undefined; at !== undefined; at = FIRST_MEMBER[at]) {
    if (at === wanted) return true;
  }
  return false;
}

/** `arg` is the argument as resolved for the call's map. */
export function checkRegType(env: Env, regno: number, arg: HelperArg, helper: number): number {
  const reg = curRegs(env)[regno]!;
  const fitting = FITTING[arg.kind];
  if (fitting.length === 0) return notSimulated(env, "arenas");
  let type = reg.type;
  if (arg.flags & T.MEM_RDONLY) type &= ~T.MEM_RDONLY;
  if (arg.flags & T.PTR_MAYBE_NULL) type &= ~T.PTR_MAYBE_NULL;
  if (arg.kind === "ARG_PTR_TO_MEM") type &= ~DYNPTR_FLAGS;
  if (!fitting.includes(type)) {
    const wanted = fitting.map(regTypeStr).join(", ");
    const args = { reg: regno, type: regTypeStr(reg.type), wanted, func: helperInMessages(helper) };
    const id = fitting.includes(type & ~T.PTR_MAYBE_NULL) ? "helper-argument-null" : "helper-argument";
    return refuse(env, id, args, `R${regno} type=${args.type} expected=${wanted}\n`, EACCES);
  }
  if (T.baseType(reg.type) !== T.PTR_TO_BTF_ID) return 0;
  return checkStruct(env, regno, reg, arg, helper, fitting === MEMORY);
}

/** Checks that a pointer to a kernel structure is of the wanted structure. */
function checkStruct(
  env: Env,
  regno: number,
  reg: RegState,
  arg: HelperArg,
  helper: number,
  asMemory: boolean,
): number {
  const release = (arg.flags & T.OBJ_RELEASE) !== 0;
  if (asMemory) {
    if (arg.flags & T.MEM_RDONLY) return 0;
    const args = { reg: regno, type: regTypeStr(reg.type), name: helperName(helper) ?? "" };
    const text = `bpf_${args.name}() may write into memory pointed by R${regno} type=${args.type}\n`;
    return refuse(env, "helper-writes-readonly", args, text, EACCES);
  }
  if (reg.type & (T.MEM_ALLOC | T.MEM_PERCPU)) return notSimulated(env, "allocated objects, which need BTF");
  if (T.mayBeNull(reg.type) && (!(arg.flags & T.PTR_MAYBE_NULL) || release)) {
    const args = { arg: regno, reg: regno, type: regTypeStr(reg.type) };
    return refuse(env, "helper-null", args, `Possibly NULL pointer passed to helper arg${regno}\n`, EACCES);
  }
  const wanted = arg.btf ?? (arg.kind === "ARG_PTR_TO_BTF_ID_SOCK_COMMON" ? "sock_common" : "");
  if (wanted === "") return notSimulated(env, "pointers to kernel structures that a map names");
  if (isStruct(reg.btfName, wanted)) return 0;
  const args = { reg: regno, type: reg.btfName ?? "", wanted };
  const text = `R${regno} is of type ${reg.btfName} but ${wanted} is expected\n`;
  return refuse(env, "kernel-struct-type", args, text, EACCES);
}

/** Pointer types that may have a constant or variable offset here. */
const MAY_HAVE_MOVED = new Set<number>([
  T.PTR_TO_STACK,
  T.PTR_TO_PACKET,
  T.PTR_TO_PACKET_META,
  T.PTR_TO_MAP_KEY,
  T.PTR_TO_MAP_VALUE,
  T.PTR_TO_MEM,
  T.PTR_TO_MEM | T.MEM_RDONLY,
  T.PTR_TO_MEM | T.MEM_RINGBUF,
  T.PTR_TO_BUF,
  T.PTR_TO_BUF | T.MEM_RDONLY,
  T.PTR_TO_ARENA,
  T.SCALAR_VALUE,
]);

/** Pointer types that may have a constant offset. */
const FIXED_OFF = new Set<number>([
  T.PTR_TO_BTF_ID,
  T.PTR_TO_BTF_ID | T.MEM_ALLOC,
  T.PTR_TO_BTF_ID | T.PTR_TRUSTED,
  T.PTR_TO_BTF_ID | T.MEM_RCU,
  T.PTR_TO_BTF_ID | T.MEM_ALLOC | T.NON_OWN_REF,
  T.PTR_TO_BTF_ID | T.MEM_ALLOC | T.NON_OWN_REF | T.MEM_RCU,
]);

/** @kernel verifier.c check_func_arg_reg_off */
export function checkArgOffset(env: Env, reg: RegState, regno: number, arg: HelperArg): number {
  if (arg.flags & T.OBJ_RELEASE) {
    if (arg.kind === "ARG_PTR_TO_DYNPTR" && reg.type === T.PTR_TO_STACK) return 0;
    if (reg.off !== 0) {
      const text = `R${regno} must have zero offset when passed to release func or trusted arg to kfunc\n`;
      return refuse(env, "release-moved", { reg: regno, off: reg.off }, text, EINVAL);
    }
    return checkPtrOffReg(env, reg, regno);
  }
  if (MAY_HAVE_MOVED.has(reg.type)) return 0;
  return checkPtrOffReg(env, reg, regno, FIXED_OFF.has(reg.type));
}
