// Loads, stores and atomics: which rule an access falls under by the pointer's type, and what a loaded register then holds.
import * as I from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { coerceToSize, coerceToSizeSx } from "../domain/size.ts";
import { printLine } from "../print/lines.ts";
import { formatReg, regTypeStr } from "../print/state.ts";
import { refuse } from "../refuse.ts";
import { type Env, notSimulated } from "../state/env.ts";
import { EACCES, EINVAL } from "../state/errors.ts";
import { isConstVal, isNullReg, pointerReg, type RegState, UNKNOWN_REG } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import type { Access } from "./access.ts";
import { checkPtrAlignment } from "./align.ts";
import { constantLoad } from "./frozen-map.ts";
import { cannotWrite } from "./helper-mem.ts";
import { checkKernelStruct } from "./kernel-struct.ts";
import { checkMapStruct } from "./map-struct.ts";
import {
  checkBufferAccess,
  checkFlowKeysAccess,
  checkMapAccess,
  checkMapAccessType,
  checkMemRegionAccess,
  checkPacketAccess,
  checkPtrOffReg,
  NEGATIVE_MIN,
} from "./region.ts";
import { checkRegArg, curRegs, DST_OP_NO_MARK, SRC_OP, sanityCheckReg, withVal } from "./regs.ts";
import { sockFieldReadable } from "./sock-fields.ts";
import { checkStackWithinBounds, checkStackWrite } from "./stack.ts";
import { checkStackRead } from "./stack-read.ts";

/** enum bpf_reg_type, by the names that the facts use. */
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

/** Checks an access. A load sets its register to what is known of the value. @kernel verifier.c check_mem_access */
export function checkMemAccess(env: Env, access: Access): number {
  const { regno, off, size, write, valueRegno } = access;
  const regs = curRegs(env);
  const reg = regs[regno]!;
  let err = checkPtrAlignment(env, regno, reg, off, size, access.strict === true);
  if (err) return err;
  err = checkByType(env, reg, off + reg.off, access);
  if (err) return err;
  if (size !== 8 && valueRegno >= 0 && !write) {
    const loaded = regs[valueRegno]!;
    if (loaded.type === T.SCALAR_VALUE) {
      const val = access.signExtend ? coerceToSizeSx(loaded.val, size) : coerceToSize(loaded.val, size);
      regs[valueRegno] = withVal(loaded, val);
    }
  }
  return 0;
}

/** `off` includes reg.off, here and in the functions below. */
function checkByType(env: Env, reg: RegState, off: number, access: Access): number {
  const { regno, size, write, valueRegno } = access;
  const loads = !write && valueRegno >= 0;
  switch (reg.type & T.BASE_TYPE_MASK) {
    case T.PTR_TO_STACK: {
      if (reg.type !== T.PTR_TO_STACK) break;
      const err = checkStackWithinBounds(env, regno, off, size, write);
      if (err) return err;
      return write
        ? checkStackWrite(env, regno, off, size, valueRegno, env.insnIdx)
        : checkStackRead(env, regno, off, size, valueRegno);
    }
    case T.PTR_TO_MAP_VALUE:
      if (reg.type !== T.PTR_TO_MAP_VALUE) break;
      return checkMapValue(env, reg, off, access);
    case T.PTR_TO_CTX:
      if (reg.type !== T.PTR_TO_CTX) break;
      return checkCtx(env, reg, off, access);
    case T.PTR_TO_PACKET:
    case T.PTR_TO_PACKET_META: {
      if (reg.type !== T.baseType(reg.type)) break;
      if (write && !env.progType.directPacket(true))
        return refuse(env, "packet-write", { reg: regno }, "cannot write into packet\n", EACCES);
      return loaded(env, checkPacketAccess(env, regno, off, size, false), loads, valueRegno);
    }
    case T.PTR_TO_MAP_KEY: {
      if (reg.type !== T.PTR_TO_MAP_KEY) break;
      if (write)
        return refuse(env, "map-key-write", { reg: regno }, `write to change key R${regno} not allowed\n`, EACCES);
      return loaded(env, checkMemRegionAccess(env, regno, off, size, reg.map!.keySize, false), loads, valueRegno);
    }
    case T.PTR_TO_MEM: {
      if (T.mayBeNull(reg.type)) break;
      const readOnly = (reg.type & T.MEM_RDONLY) !== 0;
      if (write && readOnly) return cannotWrite(env, regno);
      if (readOnly && reg.type & T.PTR_UNTRUSTED) return loaded(env, 0, loads, valueRegno);
      return loaded(env, checkMemRegionAccess(env, regno, off, size, reg.memSize, false), loads, valueRegno);
    }
    case T.PTR_TO_FLOW_KEYS:
      if (reg.type !== T.PTR_TO_FLOW_KEYS) break;
      return loaded(env, checkFlowKeysAccess(env, regno, off, size), loads, valueRegno);
    case T.PTR_TO_SOCKET:
    case T.PTR_TO_SOCK_COMMON:
    case T.PTR_TO_TCP_SOCK:
    case T.PTR_TO_XDP_SOCK:
      if (!T.isSkPointer(reg.type)) break;
      if (write) return cannotWrite(env, regno);
      return loaded(env, checkSock(env, regno, reg, off, size), loads, valueRegno);
    case T.PTR_TO_TP_BUFFER:
      if (reg.type !== T.PTR_TO_TP_BUFFER) break;
      return loaded(env, checkBufferAccess(env, "tracepoint", reg, regno, off, size), loads, valueRegno);
    case T.PTR_TO_BUF: {
      const readOnly = (reg.type & T.MEM_RDONLY) !== 0;
      if (write && readOnly) return cannotWrite(env, regno);
      return loaded(
        env,
        checkBufferAccess(env, readOnly ? "rdonly" : "rdwr", reg, regno, off, size),
        loads,
        valueRegno,
      );
    }
    case T.PTR_TO_BTF_ID:
      if (T.mayBeNull(reg.type)) break;
      return checkKernelStruct(env, reg, off, access);
    case T.CONST_PTR_TO_MAP:
      if (reg.type !== T.CONST_PTR_TO_MAP) break;
      return checkMapStruct(env, reg, off, access);
    case T.PTR_TO_ARENA:
      return notSimulated(env, "arena pointers");
  }
  return refuseByType(env, reg, off, access);
}

/**
 * Refuses: nothing may be read or written through a number, a pointer that may be NULL, or a pointer that is only for comparing and
 * passing on.
 */
function refuseByType(env: Env, reg: RegState, off: number, { regno, size }: Access): number {
  const type = regTypeStr(reg.type);
  const text = `R${regno} invalid mem access '${type}'\n`;
  const args = { reg: regno, off, size };
  if (reg.type !== T.SCALAR_VALUE)
    return refuse(env, T.mayBeNull(reg.type) ? "maybe-null" : "pointer-type-access", { ...args, type }, text, EACCES);
  const id = isNullReg(reg) ? "null-pointer" : "not-a-pointer";
  return refuse(env, id, { ...args, off: off - reg.off, value: formatReg(reg, 0) }, text, EACCES);
}

/** If there is no error and something is loaded, its value is unknown. */
function loaded(env: Env, err: number, loads: boolean, valueRegno: number): number {
  if (!err && loads) curRegs(env)[valueRegno] = UNKNOWN_REG;
  return err;
}

function checkMapValue(env: Env, reg: RegState, off: number, access: Access): number {
  const { regno, size, write, valueRegno, signExtend } = access;
  const err = checkMapAccessType(env, regno, off, size, write) || checkMapAccess(env, regno, off, size, false, false);
  if (err) return err;
  if (isConstVal(reg)) {
    const at = off + Number(BigInt.asIntN(32, reg.val.varOff.value));
    for (const name in reg.map!.fields) {
      if (name.startsWith("kptr") && reg.map!.fields[name] === at) return notSimulated(env, "kernel pointers in maps");
    }
  }
  if (write || valueRegno < 0) return 0;
  const constant = constantLoad(reg, off, size, signExtend === true);
  if (typeof constant === "number") {
    const args = { reg: regno, off, size, map: reg.map!.def.name };
    return refuse(env, "constant-load", args, "", constant);
  }
  curRegs(env)[valueRegno] = constant ?? UNKNOWN_REG;
  return 0;
}

/** @kernel verifier.c check_ctx_access and the PTR_TO_CTX branch of check_mem_access */
function checkCtx(env: Env, reg: RegState, off: number, access: Access): number {
  const { size, write, valueRegno } = access;
  const err = checkPtrOffReg(env, reg, access.regno);
  if (err) return err;
  const field = env.progType.ctxAccess(off, size, write, env.program.expectedAttachType);
  // An address cannot be sign-extended.
  if (field === undefined || (access.signExtend && field.regType !== "SCALAR_VALUE")) {
    const id = field === undefined ? whyNotCtx(env, off, size, write) : "context-sign-extend";
    const args = { reg: access.regno, off, size, progType: env.progType.name };
    const err = refuse(env, id, args, `invalid bpf_context access off=${off} size=${size}\n`, EACCES);
    printLine(env, env.insnIdx);
    return err;
  }
  env.aux[env.insnIdx]!.ctxFieldSize = field.fieldSize;
  if (write || valueRegno < 0) return 0;
  if (field.regType === "SCALAR_VALUE") {
    curRegs(env)[valueRegno] = UNKNOWN_REG;
    return 0;
  }
  const type = REG_TYPE[field.regType]! | field.flags;
  curRegs(env)[valueRegno] = pointerReg(type, {
    ...(T.mayBeNull(type) && { id: ++env.idGen }),
    ...(field.btf !== undefined && { btfName: field.btf }),
  });
  return 0;
}

/** The refusal of an access to the context that the program type does not allow. */
function whyNotCtx(env: Env, off: number, size: number, write: boolean) {
  const allows = (size: number, write: boolean): boolean =>
    env.progType.ctxAccess(off, size, write, env.program.expectedAttachType) !== undefined;
  if (write && allows(size, false)) return "context-write";
  return [1, 2, 4, 8].some((other) => allows(other, write)) ? "context-size" : "context-access";
}

/** @kernel verifier.c check_sock_access */
function checkSock(env: Env, regno: number, reg: RegState, off: number, size: number): number {
  if (reg.val.smin < 0n)
    return refuse(env, "socket-negative", { reg: regno, low: reg.val.smin }, `R${regno} ${NEGATIVE_MIN}\n`, EACCES);
  if (sockFieldReadable(reg.type, off, size)) return 0;
  const args = { reg: regno, off, size, type: regTypeStr(reg.type) };
  return refuse(env, "socket-access", args, `R${regno} invalid ${args.type} access off=${off} size=${size}\n`, EACCES);
}

/** Pointer types whose accesses are compiled in a special way. The same instruction cannot serve another pointer type as well. */
const OWN_ACCESS = new Set<number>([
  T.PTR_TO_CTX,
  T.PTR_TO_SOCKET,
  T.PTR_TO_SOCK_COMMON,
  T.PTR_TO_TCP_SOCK,
  T.PTR_TO_XDP_SOCK,
  T.PTR_TO_BTF_ID,
  T.PTR_TO_ARENA,
]);

const isMemOrBtf = (base: number): boolean => base === T.PTR_TO_MEM || base === T.PTR_TO_BTF_ID;

/** Checks that an instruction has one kind of pointer on all paths. @kernel verifier.c save_aux_ptr_type */
function saveAuxPtrType(env: Env, regno: number, type: number, allowTrustMismatch: boolean): number {
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
  if (allowTrustMismatch && isMemOrBtf(base) && isMemOrBtf(prevBase)) {
    aux.ptrType =
      (base === T.PTR_TO_MEM || prevBase === T.PTR_TO_MEM ? T.PTR_TO_MEM : T.PTR_TO_BTF_ID) |
      ((type | prev) & (T.PTR_UNTRUSTED | T.MEM_RDONLY));
    return 0;
  }
  const args = { reg: regno, type: regTypeStr(type), before: regTypeStr(prev) };
  return refuse(env, "same-insn-pointers", args, "same insn cannot be used with different pointers\n", EINVAL);
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
  err = checkMemAccess(env, {
    regno: insn.src,
    off: insn.off,
    size: I.sizeOf(insn.code),
    write: false,
    valueRegno: insn.dst,
    strict: strictOnce,
    signExtend: (insn.code & 0xe0) === I.BPF_MEMSX,
  });
  return err || saveAuxPtrType(env, insn.src, type, allowTrustMismatch) || sanityCheckReg(env, insn.dst, where);
}

const storeOf = (insn: Insn, valueRegno: number, strict: boolean): Access => ({
  regno: insn.dst,
  off: insn.off,
  size: I.sizeOf(insn.code),
  write: true,
  valueRegno,
  strict,
  signExtend: false,
});

/** @kernel verifier.c check_store_reg */
export function checkStoreReg(env: Env, insn: Insn, strictOnce: boolean): number {
  let err = checkRegArg(env, insn.src, SRC_OP) || checkRegArg(env, insn.dst, SRC_OP);
  if (err) return err;
  const type = curRegs(env)[insn.dst]!.type;
  err = checkMemAccess(env, storeOf(insn, insn.src, strictOnce));
  return err || saveAuxPtrType(env, insn.dst, type, false);
}

/** BPF_ST: stores an immediate. */
export function checkStoreImm(env: Env, insn: Insn): number {
  if ((insn.code & 0xe0) !== I.BPF_MEM || insn.src !== 0)
    return refuse(env, "reserved-fields", { insn: "BPF_ST" }, "BPF_ST uses reserved fields\n", EINVAL);
  let err = checkRegArg(env, insn.dst, SRC_OP);
  if (err) return err;
  const type = curRegs(env)[insn.dst]!.type;
  err = checkMemAccess(env, storeOf(insn, -1, false));
  return err || saveAuxPtrType(env, insn.dst, type, false);
}
