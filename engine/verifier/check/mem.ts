// Loads, stores and atomics: which rule an access falls under by the pointer's type, and what the loaded register then is.
import * as I from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { coerceToSize, coerceToSizeSx } from "../domain/size.ts";
import { regTypeStr } from "../log/state.ts";
import { type Env, notSimulated, verbose } from "../state/env.ts";
import { EACCES, EINVAL } from "../state/errors.ts";
import { isConstVal, pointerReg, type RegState, UNKNOWN_REG } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import { checkPtrAlignment } from "./align.ts";
import {
  checkBufferAccess,
  checkFlowKeysAccess,
  checkMapAccess,
  checkMapAccessType,
  checkMemRegionAccess,
  checkPacketAccess,
  checkPtrOffReg,
} from "./region.ts";
import { checkRegArg, curRegs, DST_OP, DST_OP_NO_MARK, SRC_OP, sanityCheckReg, withVal } from "./regs.ts";
import { sockFieldReadable } from "./sock-fields.ts";
import { checkStackRead, checkStackWithinBounds, checkStackWrite } from "./stack.ts";

/** enum bpf_reg_type by the name that facts use. */
const REG_TYPE: Readonly<Record<string, number>> = {
  SCALAR_VALUE: T.SCALAR_VALUE,
  PTR_TO_PACKET: T.PTR_TO_PACKET,
  PTR_TO_PACKET_META: T.PTR_TO_PACKET_META,
  PTR_TO_PACKET_END: T.PTR_TO_PACKET_END,
  PTR_TO_FLOW_KEYS: T.PTR_TO_FLOW_KEYS,
  PTR_TO_SOCKET: T.PTR_TO_SOCKET,
  PTR_TO_SOCK_COMMON: T.PTR_TO_SOCK_COMMON,
  PTR_TO_TCP_SOCK: T.PTR_TO_TCP_SOCK,
  PTR_TO_XDP_SOCK: T.PTR_TO_XDP_SOCK,
  PTR_TO_TP_BUFFER: T.PTR_TO_TP_BUFFER,
  PTR_TO_BUF: T.PTR_TO_BUF,
  PTR_TO_BTF_ID: T.PTR_TO_BTF_ID,
};

/**
 * May the instruction at `insnIdx` load (or store) `size` bytes at R`regno` + `off`? A load puts what is then known of
 * the value into R`valueRegno`; -1: the value goes nowhere, or what is stored is no register.
 * @kernel verifier.c check_mem_access
 */
export function checkMemAccess(
  env: Env,
  insnIdx: number,
  regno: number,
  off: number,
  size: 1 | 2 | 4 | 8,
  write: boolean,
  valueRegno: number,
  strictOnce: boolean,
  signExtend: boolean,
): number {
  const regs = curRegs(env);
  const reg = regs[regno]!;
  let err = checkPtrAlignment(env, reg, off, size, strictOnce);
  if (err) return err;
  err = checkByType(env, insnIdx, regno, reg, off + reg.off, size, write, valueRegno, signExtend);
  if (err) return err;
  if (size !== 8 && valueRegno >= 0 && !write) {
    const loaded = regs[valueRegno]!;
    if (loaded.type === T.SCALAR_VALUE) {
      const val = signExtend ? coerceToSizeSx(loaded.val, size) : coerceToSize(loaded.val, size);
      regs[valueRegno] = withVal(loaded, val);
    }
  }
  return 0;
}

/** `off` includes reg.off. */
function checkByType(
  env: Env,
  insnIdx: number,
  regno: number,
  reg: RegState,
  off: number,
  size: number,
  write: boolean,
  valueRegno: number,
  signExtend: boolean,
): number {
  const loads = !write && valueRegno >= 0;
  switch (reg.type & T.BASE_TYPE_MASK) {
    case T.PTR_TO_STACK: {
      if (reg.type !== T.PTR_TO_STACK) break;
      const err = checkStackWithinBounds(env, regno, off, size, write);
      if (err) return err;
      return write
        ? checkStackWrite(env, regno, off, size, valueRegno, insnIdx)
        : checkStackRead(env, regno, off, size, valueRegno);
    }
    case T.PTR_TO_MAP_VALUE:
      if (reg.type !== T.PTR_TO_MAP_VALUE) break;
      return checkMapValue(env, regno, reg, off, size, write, valueRegno);
    case T.PTR_TO_CTX:
      if (reg.type !== T.PTR_TO_CTX) break;
      return checkCtx(env, insnIdx, regno, reg, off, size, write, valueRegno, signExtend);
    case T.PTR_TO_PACKET:
    case T.PTR_TO_PACKET_META: {
      if (reg.type !== T.baseType(reg.type)) break;
      if (write && !env.progType.directPacket(true)) {
        verbose(env, "cannot write into packet\n");
        return EACCES;
      }
      return loaded(env, checkPacketAccess(env, regno, off, size, false), loads, valueRegno);
    }
    case T.PTR_TO_MAP_KEY: {
      if (reg.type !== T.PTR_TO_MAP_KEY) break;
      if (write) {
        verbose(env, `write to change key R${regno} not allowed\n`);
        return EACCES;
      }
      return loaded(env, checkMemRegionAccess(env, regno, off, size, reg.map!.keySize, false), loads, valueRegno);
    }
    case T.PTR_TO_MEM: {
      if (T.mayBeNull(reg.type)) break;
      const readOnly = (reg.type & T.MEM_RDONLY) !== 0;
      if (write && readOnly) return cannotWrite(env, regno, reg);
      if (readOnly && reg.type & T.PTR_UNTRUSTED) return loaded(env, 0, loads, valueRegno);
      return loaded(env, checkMemRegionAccess(env, regno, off, size, reg.memSize, false), loads, valueRegno);
    }
    case T.PTR_TO_FLOW_KEYS:
      if (reg.type !== T.PTR_TO_FLOW_KEYS) break;
      return loaded(env, checkFlowKeysAccess(env, off, size), loads, valueRegno);
    case T.PTR_TO_SOCKET:
    case T.PTR_TO_SOCK_COMMON:
    case T.PTR_TO_TCP_SOCK:
    case T.PTR_TO_XDP_SOCK:
      if (!T.isSkPointer(reg.type)) break;
      if (write) return cannotWrite(env, regno, reg);
      return loaded(env, checkSock(env, regno, reg, off, size), loads, valueRegno);
    case T.PTR_TO_TP_BUFFER:
      if (reg.type !== T.PTR_TO_TP_BUFFER) break;
      return loaded(env, checkBufferAccess(env, "tracepoint", reg, regno, off, size), loads, valueRegno);
    case T.PTR_TO_BUF: {
      const readOnly = (reg.type & T.MEM_RDONLY) !== 0;
      if (write && readOnly) return cannotWrite(env, regno, reg);
      return loaded(
        env,
        checkBufferAccess(env, readOnly ? "rdonly" : "rdwr", reg, regno, off, size),
        loads,
        valueRegno,
      );
    }
    case T.PTR_TO_BTF_ID:
      if (T.mayBeNull(reg.type)) break;
      return notSimulated(env, "access to kernel structures through BTF");
    case T.CONST_PTR_TO_MAP:
      if (reg.type !== T.CONST_PTR_TO_MAP) break;
      return checkMapStruct(env, regno, reg, off, write);
    case T.PTR_TO_ARENA:
      return notSimulated(env, "arena pointers");
  }
  verbose(env, `R${regno} invalid mem access '${regTypeStr(reg.type)}'\n`);
  return EACCES;
}

/** Where `err` is 0 and something is loaded, nothing is known of it. */
function loaded(env: Env, err: number, loads: boolean, valueRegno: number): number {
  if (!err && loads) curRegs(env)[valueRegno] = UNKNOWN_REG;
  return err;
}

function cannotWrite(env: Env, regno: number, reg: RegState): number {
  verbose(env, `R${regno} cannot write into ${regTypeStr(reg.type)}\n`);
  return EACCES;
}

function checkMapValue(
  env: Env,
  regno: number,
  reg: RegState,
  off: number,
  size: number,
  write: boolean,
  valueRegno: number,
): number {
  const err = checkMapAccessType(env, regno, off, size, write) || checkMapAccess(env, regno, off, size, false, false);
  if (err) return err;
  if (isConstVal(reg)) {
    const at = off + Number(BigInt.asIntN(32, reg.val.varOff.value));
    for (const name in reg.map!.fields) {
      if (name.startsWith("kptr") && reg.map!.fields[name] === at) return notSimulated(env, "kernel pointers in maps");
    }
  }
  return loaded(env, 0, !write && valueRegno >= 0, valueRegno);
}

/** @kernel verifier.c check_ctx_access and the PTR_TO_CTX branch of check_mem_access */
function checkCtx(
  env: Env,
  insnIdx: number,
  regno: number,
  reg: RegState,
  off: number,
  size: number,
  write: boolean,
  valueRegno: number,
  signExtend: boolean,
): number {
  const err = checkPtrOffReg(env, reg, regno);
  if (err) return err;
  const access = env.progType.ctxAccess(off, size, write, env.program.expectedAttachType);
  // An address cannot be sign-extended.
  if (access === undefined || (signExtend && access.regType !== "SCALAR_VALUE")) {
    verbose(env, `invalid bpf_context access off=${off} size=${size}\n`);
    return EACCES;
  }
  env.aux[insnIdx]!.ctxFieldSize = access.fieldSize;
  if (write || valueRegno < 0) return 0;
  if (access.regType === "SCALAR_VALUE") {
    curRegs(env)[valueRegno] = UNKNOWN_REG;
    return 0;
  }
  const type = REG_TYPE[access.regType]! | access.flags;
  curRegs(env)[valueRegno] = T.mayBeNull(type) ? pointerReg(type, { id: ++env.idGen }) : pointerReg(type);
  return 0;
}

/** @kernel verifier.c check_sock_access */
function checkSock(env: Env, regno: number, reg: RegState, off: number, size: number): number {
  if (reg.val.smin < 0n) {
    verbose(env, `R${regno} min value is negative, either use unsigned index or do a if (index >=0) check.\n`);
    return EACCES;
  }
  if (sockFieldReadable(reg.type, off, size)) return 0;
  verbose(env, `R${regno} invalid ${regTypeStr(reg.type)} access off=${off} size=${size}\n`);
  return EACCES;
}

/** Reading the fields of a map's own kernel structure. @kernel verifier.c check_ptr_to_map_access */
function checkMapStruct(env: Env, regno: number, reg: RegState, off: number, write: boolean): number {
  const struct = mapStruct(reg.map!.def.type);
  if (off < 0) {
    verbose(env, `R${regno} is ${struct} invalid negative access: off=${off}\n`);
    return EACCES;
  }
  if (write) {
    verbose(env, `only read from ${struct} is supported\n`);
    return EACCES;
  }
  return notSimulated(env, "access to kernel structures through BTF");
}

/** The kernel's structure behind a type of map, by map type. @kernel ->map_btf_id of each map_ops */
const MAP_STRUCT: Readonly<Record<string, string>> = {
  array: "bpf_array",
  percpu_array: "bpf_array",
  prog_array: "bpf_array",
  perf_event_array: "bpf_array",
  cgroup_array: "bpf_array",
  array_of_maps: "bpf_array",
  hash: "bpf_htab",
  lru_hash: "bpf_htab",
  percpu_hash: "bpf_htab",
  lru_percpu_hash: "bpf_htab",
  hash_of_maps: "bpf_htab",
  stack_trace: "bpf_stack_map",
  lpm_trie: "lpm_trie",
  devmap: "bpf_dtab",
  devmap_hash: "bpf_dtab",
  sockmap: "bpf_stab",
  sockhash: "bpf_shtab",
  cpumap: "bpf_cpu_map",
  xskmap: "xsk_map",
  cgroup_storage: "bpf_cgroup_storage_map",
  percpu_cgroup_storage: "bpf_cgroup_storage_map",
  reuseport_sockarray: "reuseport_array",
  queue: "bpf_queue_stack",
  stack: "bpf_queue_stack",
  sk_storage: "bpf_local_storage_map",
  task_storage: "bpf_local_storage_map",
  inode_storage: "bpf_local_storage_map",
  cgrp_storage: "bpf_local_storage_map",
  struct_ops: "bpf_struct_ops_map",
  ringbuf: "bpf_ringbuf_map",
  user_ringbuf: "bpf_ringbuf_map",
  bloom_filter: "bpf_bloom_filter",
  arena: "bpf_arena",
};

const mapStruct = (type: string): string => MAP_STRUCT[type] ?? "bpf_map";

/** Pointer types for which an instruction is compiled in a way of its own, so that it cannot serve another type as well. */
const OWN_ACCESS = new Set<number>([
  T.PTR_TO_CTX,
  T.PTR_TO_SOCKET,
  T.PTR_TO_SOCK_COMMON,
  T.PTR_TO_TCP_SOCK,
  T.PTR_TO_XDP_SOCK,
  T.PTR_TO_BTF_ID,
  T.PTR_TO_ARENA,
]);

/** One instruction, one kind of pointer on all paths. @kernel verifier.c save_aux_ptr_type */
export function saveAuxPtrType(env: Env, type: number, allowTrustMismatch: boolean): number {
  const aux = env.aux[env.insnIdx]!;
  const prev = aux.ptrType;
  if (prev === type) return 0;
  if (prev === T.NOT_INIT) {
    aux.ptrType = type;
    return 0;
  }
  const base = T.baseType(type);
  const prevBase = T.baseType(prev);
  if (!OWN_ACCESS.has(base) && !OWN_ACCESS.has(prevBase)) return 0;
  const memOrBtf = (b: number): boolean => b === T.PTR_TO_MEM || b === T.PTR_TO_BTF_ID;
  if (allowTrustMismatch && memOrBtf(base) && memOrBtf(prevBase)) {
    aux.ptrType =
      (base === T.PTR_TO_MEM || prevBase === T.PTR_TO_MEM ? T.PTR_TO_MEM : T.PTR_TO_BTF_ID) |
      ((type | prev) & (T.PTR_UNTRUSTED | T.MEM_RDONLY));
    return 0;
  }
  verbose(env, "same insn cannot be used with different pointers\n");
  return EINVAL;
}

/** @kernel verifier.c check_load_mem */
export function checkLoad(
  env: Env,
  insn: Insn,
  strictOnce: boolean,
  allowTrustMismatch: boolean,
  where: string,
): number {
  let err = checkRegArg(env, insn.src, SRC_OP) || checkRegArg(env, insn.dst, DST_OP_NO_MARK);
  if (err) return err;
  const type = curRegs(env)[insn.src]!.type;
  const signExtend = (insn.code & 0xe0) === I.BPF_MEMSX;
  err = checkMemAccess(
    env,
    env.insnIdx,
    insn.src,
    insn.off,
    I.sizeOf(insn.code),
    false,
    insn.dst,
    strictOnce,
    signExtend,
  );
  return err || saveAuxPtrType(env, type, allowTrustMismatch) || sanityCheckReg(env, insn.dst, where);
}

/** @kernel verifier.c check_store_reg */
export function checkStoreReg(env: Env, insn: Insn, strictOnce: boolean): number {
  let err = checkRegArg(env, insn.src, SRC_OP) || checkRegArg(env, insn.dst, SRC_OP);
  if (err) return err;
  const type = curRegs(env)[insn.dst]!.type;
  err = checkMemAccess(env, env.insnIdx, insn.dst, insn.off, I.sizeOf(insn.code), true, insn.src, strictOnce, false);
  return err || saveAuxPtrType(env, type, false);
}

/** BPF_ST: stores an immediate. */
export function checkStoreImm(env: Env, insn: Insn): number {
  if ((insn.code & 0xe0) !== I.BPF_MEM || insn.src !== 0) {
    verbose(env, "BPF_ST uses reserved fields\n");
    return EINVAL;
  }
  let err = checkRegArg(env, insn.dst, SRC_OP);
  if (err) return err;
  const type = curRegs(env)[insn.dst]!.type;
  err = checkMemAccess(env, env.insnIdx, insn.dst, insn.off, I.sizeOf(insn.code), true, -1, false, false);
  return err || saveAuxPtrType(env, type, false);
}

/** BPF_STX: a register's store, or an atomic operation. */
export function checkStx(env: Env, insn: Insn): number {
  if ((insn.code & 0xe0) === I.BPF_ATOMIC) return checkAtomic(env, insn);
  if ((insn.code & 0xe0) !== I.BPF_MEM || insn.imm !== 0) {
    verbose(env, "BPF_STX uses reserved fields\n");
    return EINVAL;
  }
  return checkStoreReg(env, insn, false);
}

/** Read, modify, write. */
const RMW = new Set<number>([
  I.BPF_ADD,
  I.BPF_ADD | I.BPF_FETCH,
  I.BPF_AND,
  I.BPF_AND | I.BPF_FETCH,
  I.BPF_OR,
  I.BPF_OR | I.BPF_FETCH,
  I.BPF_XOR,
  I.BPF_XOR | I.BPF_FETCH,
  I.BPF_XCHG,
  I.BPF_CMPXCHG,
]);

/** @kernel verifier.c check_atomic */
function checkAtomic(env: Env, insn: Insn): number {
  if (RMW.has(insn.imm)) return checkAtomicRmw(env, insn);
  if (insn.imm === I.BPF_LOAD_ACQ) {
    const err = checkLoad(env, insn, true, false, "atomic_load");
    return err || checkAtomicPointer(env, insn.src, "loads from");
  }
  if (insn.imm === I.BPF_STORE_REL) {
    const err = checkStoreReg(env, insn, true);
    return err || checkAtomicPointer(env, insn.dst, "stores into");
  }
  verbose(env, `BPF_ATOMIC uses invalid atomic opcode ${(insn.imm >>> 0).toString(16).padStart(2, "0")}\n`);
  return EINVAL;
}

/** @kernel verifier.c atomic_ptr_type_ok */
function checkAtomicPointer(env: Env, regno: number, what: string): number {
  const { type } = curRegs(env)[regno]!;
  if (type !== T.PTR_TO_CTX && !T.isPktPointer(type) && type !== T.PTR_TO_FLOW_KEYS && !T.isSkPointer(type)) return 0;
  verbose(env, `BPF_ATOMIC ${what} R${regno} ${regTypeStr(type)} is not allowed\n`);
  return EACCES;
}

/** @kernel verifier.c check_atomic_rmw */
function checkAtomicRmw(env: Env, insn: Insn): number {
  const size = I.sizeOf(insn.code);
  if (size < 4) {
    verbose(env, "invalid atomic operand size\n");
    return EINVAL;
  }
  let err = checkRegArg(env, insn.src, SRC_OP) || checkRegArg(env, insn.dst, SRC_OP);
  if (err) return err;
  if (insn.imm === I.BPF_CMPXCHG) {
    err = checkRegArg(env, 0, SRC_OP);
    if (err) return err;
  }
  err = checkAtomicPointer(env, insn.dst, "stores into");
  if (err) return err;
  let loadReg = -1;
  if (insn.imm & I.BPF_FETCH) {
    loadReg = insn.imm === I.BPF_CMPXCHG ? 0 : insn.src;
    err = checkRegArg(env, loadReg, DST_OP);
    if (err) return err;
  }
  const at = env.insnIdx;
  err = checkMemAccess(env, at, insn.dst, insn.off, size, false, -1, true, false);
  if (!err && loadReg >= 0) err = checkMemAccess(env, at, insn.dst, insn.off, size, false, loadReg, true, false);
  return err || checkMemAccess(env, at, insn.dst, insn.off, size, true, -1, true, false);
}
