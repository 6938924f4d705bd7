// The arguments of a helper, one by one: the register's type, its offset, the memory behind it, and what the whole call needs to know
// of it. @kernel verifier.c check_func_arg
import { helperName } from "../../facts/helpers.ts";
import type { ArgKind, HelperArg, HelperProto } from "../../facts/types.ts";
import { markChainPrecision, markSlotPrecise } from "../explore/precision.ts";
import { regTypeStr } from "../print/state.ts";
import { refuse, verifierBug } from "../refuse.ts";
import { type Env, notSimulated } from "../state/env.ts";
import { EACCES, EINVAL } from "../state/errors.ts";
import type { VerifierMap } from "../state/map.ts";
import { isConstVal, isNullReg, type RegState } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import { BPF_REG_SIZE, isSpilledScalar, STACK_SPILL, STACK_ZERO, type StackSlot, slotType } from "../state/stack.ts";
import { checkPtrAlignment } from "./align.ts";
import { checkConstString } from "./frozen-map.ts";
import { checkDynptrArg, dynptrSpi } from "./helper-dynptr.ts";
import { checkHelperMem, checkMemSize } from "./helper-mem.ts";
import { helperInMessages } from "./helper-names.ts";
import { checkArgOffset, checkRegType } from "./helper-types.ts";
import { processSpinLock, processTimer } from "./lock.ts";
import { checkRegArg, curRegs, SRC_OP } from "./regs.ts";
import { frameOf } from "./stack.ts";
import type { FilledMemory } from "./stack-read.ts";

/** What is collected from all arguments of a call. @kernel verifier.c struct bpf_call_arg_meta */
export interface CallMeta {
  readonly id: number;
  readonly proto: HelperProto;
  readonly insnIdx: number;
  map: VerifierMap | null;
  mapUid: number;
  /** The memory that the helper fills. */
  readonly filledMemory: FilledMemory;
  releaseRegno: number;
  refObjId: number;
  dynptrId: number;
  /** Size of the requested record in bytes. */
  memSize: number;
  /** The largest size that is given with memory, u64. */
  maxSize: bigint;
  subprogno: number;
  /** The key of the look-up, if it is one known number. Otherwise -1. */
  constKey: bigint;
}

/** Arrays: a look-up with a constant key below max_entries cannot fail. @kernel verifier.c can_elide_value_nullness */
export const lookupCannotFail = (map: VerifierMap): boolean =>
  map.def.type === "array" || map.def.type === "percpu_array";

/**
 * Whether the helper may be given packet pointers. In a cgroup_sockopt program every helper may: context fields have these types there.
 */
const readsPacket = (env: Env, proto: HelperProto): boolean =>
  env.progType.directPacket(false) && (proto.pktAccess || env.progType.name === "cgroup_sockopt");

/** `n` is 0 for R1. */
export function checkFuncArg(env: Env, n: number, meta: CallMeta): number {
  const regno = n + 1;
  let arg = meta.proto.args[n]!;
  if (arg.kind === "ARG_DONTCARE") return 0;
  let err = checkRegArg(env, regno, SRC_OP);
  if (err) return err;
  // A privileged program may pass pointers to helpers as plain numbers.
  if (arg.kind === "ARG_ANYTHING" && arg.flags === 0) return 0;
  const reg = curRegs(env)[regno]!;
  if (T.isPktPointer(reg.type) && !readsPacket(env, meta.proto)) {
    const args = { reg: regno, func: helperInMessages(meta.id) };
    return refuse(env, "packet-helper", args, "helper access to the packet is not allowed\n", EACCES);
  }
  if (arg.kind === "ARG_PTR_TO_MAP_VALUE") {
    const resolved = resolveMapValue(env, arg, meta);
    if (typeof resolved === "number") return resolved;
    arg = resolved;
  }
  const isNull = isNullReg(reg);
  if (!isNull || !T.mayBeNull(arg.flags)) {
    err = checkRegType(env, regno, arg, meta.id) || checkArgOffset(env, reg, regno, arg);
    if (err) return err;
  }
  if (arg.flags & T.OBJ_RELEASE) {
    err = checkRelease(env, regno, reg, arg, meta);
    if (err) return err;
  }
  if (reg.refObjId !== 0 && arg.kind !== "ARG_KPTR_XCHG_DEST") {
    if (meta.refObjId !== 0) {
      const args = { reg: regno, ref: reg.refObjId, other: meta.refObjId };
      const text = `more than one arg with ref_obj_id R${regno} ${reg.refObjId} ${meta.refObjId}`;
      return refuse(env, "helper-references", args, text, EACCES);
    }
    meta.refObjId = reg.refObjId;
  }
  return CHECKS[arg.kind]?.({ env, regno, reg, arg, meta, n, isNull }) ?? 0;
}

/**
 * For socket maps and bloom filters the value argument is of another kind than memory to fill. @kernel verifier.c resolve_map_arg_type
 */
function resolveMapValue(env: Env, arg: HelperArg, meta: CallMeta): HelperArg | number {
  if (meta.map === null) return verifierBug(env, "invalid map_ptr to access map->type");
  const { type } = meta.map.def;
  if (type === "sockmap" || type === "sockhash") {
    if (arg.flags === 0) return { kind: "ARG_PTR_TO_BTF_ID_SOCK_COMMON", flags: 0, size: 0 };
    const text = "invalid arg_type for sockmap/sockhash\n";
    return refuse(env, "socket-map-value", { func: helperInMessages(meta.id) }, text, EINVAL);
  }
  if (type === "bloom_filter" && helperName(meta.id) === "map_peek_elem") return { ...arg, flags: 0 };
  return arg;
}

function checkRelease(env: Env, regno: number, reg: RegState, arg: HelperArg, meta: CallMeta): number {
  const func = helperInMessages(meta.id);
  if (arg.kind === "ARG_PTR_TO_DYNPTR") {
    if (reg.type !== T.PTR_TO_STACK) {
      const text = "cannot release unowned const bpf_dynptr\n";
      return refuse(env, "dynptr-release-constant", { reg: regno }, text, EINVAL);
    }
    const spi = dynptrSpi(env, reg);
    if (spi < 0 || frameOf(env, reg).stack[spi]!.spilled.refObjId === 0) {
      const text = `arg ${regno} is an unacquired reference\n`;
      return refuse(env, "release-dynptr", { reg: regno, func }, text, EINVAL);
    }
  } else if (reg.refObjId === 0 && !isNullReg(reg)) {
    const args = { reg: regno, type: regTypeStr(reg.type), func };
    const text = `R${regno} must be referenced when passed to release function\n`;
    return refuse(env, "release-unreferenced", args, text, EINVAL);
  }
  if (meta.releaseRegno !== 0) return verifierBug(env, "more than one release argument");
  meta.releaseRegno = regno;
  return 0;
}

interface Arg {
  readonly env: Env;
  readonly regno: number;
  readonly reg: RegState;
  readonly arg: HelperArg;
  readonly meta: CallMeta;
  readonly n: number;
  readonly isNull: boolean;
}

const writes = (arg: HelperArg): boolean => (arg.flags & T.MEM_WRITE) !== 0;

function checkSize({ env, regno, reg, meta, n }: Arg, zeroSizeAllowed: boolean): number {
  meta.maxSize = reg.val.umax;
  return checkMemSize(env, regno, writes(meta.proto.args[n - 1]!), zeroSizeAllowed, meta.filledMemory);
}

const CHECKS: Partial<Readonly<Record<ArgKind, (a: Arg) => number>>> = {
  ARG_CONST_MAP_PTR({ env, regno, reg, meta }) {
    if (meta.map !== null && (meta.map !== reg.map || meta.mapUid !== reg.mapUid)) {
      const args = { reg: regno, uid: meta.mapUid, mapUid: reg.mapUid };
      const text = `timer pointer in R1 map_uid=${meta.mapUid} doesn't match map pointer in R2 map_uid=${reg.mapUid}\n`;
      return refuse(env, "timer-map", args, text, EINVAL);
    }
    meta.map = reg.map;
    meta.mapUid = reg.mapUid;
    return 0;
  },
  ARG_PTR_TO_MAP_KEY({ env, regno, reg, meta }) {
    if (meta.map === null) return verifierBug(env, "invalid map_ptr to access map->key");
    const { keySize } = meta.map;
    const err = checkHelperMem(env, regno, keySize, false, false, null);
    if (err || !lookupCannotFail(meta.map)) return err;
    return constantKey(env, reg, keySize, meta);
  },
  ARG_PTR_TO_MAP_VALUE({ env, regno, arg, meta, isNull }) {
    if (T.mayBeNull(arg.flags) && isNull) return 0;
    if (meta.map === null) return verifierBug(env, "invalid map_ptr to access map->value");
    meta.filledMemory.rawMode = (arg.flags & T.MEM_UNINIT) !== 0;
    return checkHelperMem(env, regno, meta.map.valueSize, writes(arg), false, meta.filledMemory);
  },
  ARG_PTR_TO_PERCPU_BTF_ID: ({ env }) => notSimulated(env, "per-CPU variables of the kernel through BTF"),
  ARG_PTR_TO_SPIN_LOCK: ({ env, regno, meta }) => processSpinLock(env, regno, helperName(meta.id) === "spin_lock"),
  ARG_PTR_TO_TIMER: ({ env, regno, meta }) => processTimer(env, regno, meta),
  ARG_PTR_TO_FUNC({ reg, meta }) {
    meta.subprogno = reg.subprogno;
    return 0;
  },
  ARG_PTR_TO_MEM({ env, regno, reg, arg, meta }) {
    meta.filledMemory.rawMode = (arg.flags & T.MEM_UNINIT) !== 0;
    if (!(arg.flags & T.MEM_FIXED_SIZE)) return 0;
    const err = checkHelperMem(env, regno, arg.size, writes(arg), false, meta.filledMemory);
    return err || !(arg.flags & T.MEM_ALIGNED) ? err : checkPtrAlignment(env, regno, reg, 0, arg.size, true);
  },
  ARG_CONST_SIZE: (a) => checkSize(a, false),
  ARG_CONST_SIZE_OR_ZERO: (a) => checkSize(a, true),
  ARG_PTR_TO_DYNPTR: ({ env, regno, arg, meta }) => checkDynptrArg(env, regno, meta.insnIdx, arg.flags),
  ARG_CONST_ALLOC_SIZE_OR_ZERO({ env, regno, reg, meta }) {
    if (!isConstVal(reg))
      return refuse(env, "constant-argument", { reg: regno }, `R${regno} is not a known constant'\n`, EACCES);
    meta.memSize = Number(BigInt.asUintN(32, reg.val.varOff.value));
    return markChainPrecision(env, regno);
  },
  ARG_PTR_TO_CONST_STR: ({ env, regno }) => checkConstString(env, regno),
  ARG_KPTR_XCHG_DEST({ env, regno, reg }) {
    if (reg.type === T.PTR_TO_MAP_VALUE && Object.keys(reg.map!.fields).length === 0) {
      const args = { reg: regno, map: reg.map!.name, what: "bpf_kptr_xchg" };
      return refuse(
        env,
        "map-needs-btf",
        args,
        `map '${args.map}' has to have BTF in order to use ${args.what}\n`,
        EINVAL,
      );
    }
    return notSimulated(env, "kernel pointers in maps");
  },
};

/** How many bytes of a slot are of this type, from `first` downwards. */
function runOf(slot: StackSlot, first: number, type: number): number {
  let i = first;
  while (i >= 0 && slotType(slot, i) === type) i--;
  return first - i;
}

/**
 * Finds out whether the key on the stack is one known number. If so, the look-up depends on it and marks it precise.
 * @kernel verifier.c get_constant_map_key
 */
function constantKey(env: Env, key: RegState, keySize: number, meta: CallMeta): number {
  meta.constKey = -1n;
  if (key.type !== T.PTR_TO_STACK || !isConstVal(key)) return 0;
  const at = key.off + Number(BigInt.asIntN(32, key.val.varOff.value));
  const index = -at - 1;
  const spi = (index / BPF_REG_SIZE) | 0;
  const first = index % BPF_REG_SIZE;
  const slot = frameOf(env, key).stack[spi]!;
  if (runOf(slot, first, STACK_ZERO) >= keySize) {
    meta.constKey = 0n;
    return 0;
  }
  if (!isSpilledScalar(slot) || runOf(slot, first, STACK_SPILL) !== keySize || !isConstVal(slot.spilled)) return 0;
  const { value } = slot.spilled.val.varOff;
  const err = markSlotPrecise(env, key.frameno, spi);
  if (err) return err;
  meta.constKey = BigInt.asIntN(64, value);
  return 0;
}
