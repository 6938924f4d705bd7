// Bounds of an access through a pointer whose memory is a block of known size: map values and keys, packet data, ring
// buffer records, and the other kinds with a rule of their own (context, sockets, tracepoint buffers).
// The stack, whose bytes have types, is in stack.ts.
import { S64_MIN } from "../../base/u64.ts";
import { tnumText } from "../log/number.ts";
import { regTypeStr } from "../log/state.ts";
import { type Env, verbose } from "../state/env.ts";
import { EACCES, EINVAL } from "../state/errors.ts";
import { isConstVal, type RegState } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import { curRegs } from "./regs.ts";

/** Offsets of pointers stay below this, in either direction. */
export const BPF_MAX_VAR_OFF = 1 << 29;
/** Sizes given to helpers stay below this. */
export const BPF_MAX_VAR_SIZ = 1 << 29;
export const MAX_PACKET_OFF = 0xffff;

const NEGATIVE_MIN = "min value is negative, either use unsigned index or do a if (index >=0) check.";

/** Does [off, off + size) lie in [0, memSize)? Says no with the words for this pointer. @kernel verifier.c __check_mem_access */
function checkBlock(
  env: Env,
  regno: number,
  off: number,
  size: number,
  memSize: number,
  zeroSizeAllowed: boolean,
): number {
  if (off >= 0 && (size > 0 || (size === 0 && zeroSizeAllowed)) && off + size <= memSize) return 0;
  const reg = curRegs(env)[regno]!;
  switch (reg.type) {
    case T.PTR_TO_MAP_KEY:
      verbose(env, `invalid access to map key, key_size=${memSize | 0} off=${off} size=${size}\n`);
      break;
    case T.PTR_TO_MAP_VALUE:
      verbose(env, `invalid access to map value, value_size=${memSize | 0} off=${off} size=${size}\n`);
      break;
    case T.PTR_TO_PACKET:
    case T.PTR_TO_PACKET_META:
    case T.PTR_TO_PACKET_END:
      verbose(
        env,
        `invalid access to packet, off=${off} size=${size}, R${regno}(id=${reg.id},off=${off},r=${memSize | 0})\n`,
      );
      break;
    default:
      verbose(env, `invalid access to memory, mem_size=${memSize} off=${off} size=${size}\n`);
  }
  return EACCES;
}

/** The low 32 bits as the kernel's `int off` parameter takes them. */
const asInt = (x: bigint): number => Number(BigInt.asIntN(32, x));

/** `off` includes reg.off; the variable part may reach anywhere in its range. @kernel verifier.c check_mem_region_access */
export function checkMemRegionAccess(
  env: Env,
  regno: number,
  off: number,
  size: number,
  memSize: number,
  zeroSizeAllowed: boolean,
): number {
  const { smin, umax } = curRegs(env)[regno]!.val;
  const at = BigInt(off);
  if (smin < 0n && (smin === S64_MIN || at + smin !== BigInt.asIntN(32, at + smin) || smin + at < 0n)) {
    verbose(env, `R${regno} ${NEGATIVE_MIN}\n`);
    return EACCES;
  }
  let err = checkBlock(env, regno, asInt(smin + at), size, memSize, zeroSizeAllowed);
  if (err) {
    verbose(env, `R${regno} min value is outside of the allowed memory range\n`);
    return err;
  }
  if (umax >= BigInt(BPF_MAX_VAR_OFF)) {
    verbose(env, `R${regno} unbounded memory access, make sure to bounds check any such access\n`);
    return EACCES;
  }
  err = checkBlock(env, regno, asInt(umax + at), size, memSize, zeroSizeAllowed);
  if (err) verbose(env, `R${regno} max value is outside of the allowed memory range\n`);
  return err;
}

const BPF_F_RDONLY_PROG = 1 << 7;
const BPF_F_WRONLY_PROG = 1 << 8;

/** May programs read or write this map at all? @kernel verifier.c check_map_access_type */
export function checkMapAccessType(env: Env, regno: number, off: number, size: number, write: boolean): number {
  const map = curRegs(env)[regno]!.map!;
  if (write ? map.flags & BPF_F_RDONLY_PROG : map.flags & BPF_F_WRONLY_PROG) {
    const what = write ? "write into map forbidden" : "read from map forbidden";
    verbose(env, `${what}, value_size=${map.valueSize | 0} off=${off} size=${size}\n`);
    return EACCES;
  }
  return 0;
}

/** Fields of a map value that only their own helpers may touch: bytes they take. @kernel btf.c btf_field_type_size */
const FIELD_SIZE: Readonly<Record<string, number>> = {
  bpf_spin_lock: 4,
  bpf_res_spin_lock: 4,
  bpf_timer: 16,
  bpf_wq: 16,
  bpf_task_work: 8,
  bpf_list_head: 16,
  bpf_rb_root: 16,
  bpf_refcount: 4,
};

/** `off` includes reg.off. @kernel verifier.c check_map_access */
export function checkMapAccess(
  env: Env,
  regno: number,
  off: number,
  size: number,
  zeroSizeAllowed: boolean,
  byHelper: boolean,
): number {
  const reg = curRegs(env)[regno]!;
  const map = reg.map!;
  const err = checkMemRegionAccess(env, regno, off, size, map.valueSize, zeroSizeAllowed);
  if (err) return err;
  for (const field in map.fields) {
    const at = map.fields[field]!;
    const isKptr = field.startsWith("kptr");
    if (!(reg.val.smin + BigInt(off) < BigInt(at + (FIELD_SIZE[field] ?? 8)))) continue;
    if (!(BigInt(at) < reg.val.umax + BigInt(off + size))) continue;
    if (!isKptr) {
      verbose(env, `${field} cannot be accessed directly by load/store\n`);
      return EACCES;
    }
    if (byHelper) {
      verbose(env, "kptr cannot be accessed indirectly by helper\n");
      return EACCES;
    }
    if (!isConstVal(reg)) {
      verbose(env, "kptr access cannot have variable offset\n");
      return EACCES;
    }
    const accessed = BigInt.asUintN(64, BigInt(off) + reg.val.varOff.value);
    if (BigInt(at) !== accessed) {
      verbose(env, `kptr access misaligned expected=${at} off=${accessed}\n`);
      return EACCES;
    }
    if (size !== 8) {
      verbose(env, "kptr access size must be BPF_DW\n");
      return EACCES;
    }
  }
  return 0;
}

/** `off` includes reg.off; what the variable part adds is covered by the comparison that gave the range. @kernel verifier.c check_packet_access */
export function checkPacketAccess(
  env: Env,
  regno: number,
  off: number,
  size: number,
  zeroSizeAllowed: boolean,
): number {
  const reg = curRegs(env)[regno]!;
  if (reg.val.smin < 0n) {
    verbose(env, `R${regno} ${NEGATIVE_MIN}\n`);
    return EACCES;
  }
  const err = reg.range < 0 ? EINVAL : checkBlock(env, regno, off, size, reg.range, zeroSizeAllowed);
  if (err) verbose(env, `R${regno} offset is outside of the packet\n`);
  return err;
}

/** sizeof(struct bpf_flow_keys) */
const FLOW_KEYS_SIZE = 56;

/** @kernel verifier.c check_flow_keys_access */
export function checkFlowKeysAccess(env: Env, off: number, size: number): number {
  if (size >= 0 && off >= 0 && off + size <= FLOW_KEYS_SIZE) return 0;
  verbose(env, `invalid access to flow keys off=${off} size=${size}\n`);
  return EACCES;
}

/** Buffers whose size is only known when the program is attached: constant offsets from 0 up. @kernel verifier.c __check_buffer_access */
export function checkBufferAccess(
  env: Env,
  kind: string,
  reg: RegState,
  regno: number,
  off: number,
  size: number,
): number {
  if (off < 0) {
    verbose(env, `R${regno} invalid ${kind} buffer access: off=${off}, size=${size}\n`);
    return EACCES;
  }
  if (!isConstVal(reg) || reg.val.varOff.value !== 0n) {
    verbose(env, `R${regno} invalid variable buffer offset: off=${off}, var_off=${tnumText(reg.val.varOff)}\n`);
    return EACCES;
  }
  return 0;
}

/** The pointer must be as it was made: no offset, or with `fixedOffOk` a constant one. @kernel verifier.c __check_ptr_off_reg */
export function checkPtrOffReg(env: Env, reg: RegState, regno: number, fixedOffOk = false): number {
  if (reg.off < 0) {
    verbose(env, `negative offset ${regTypeStr(reg.type)} ptr R${regno} off=${reg.off} disallowed\n`);
    return EACCES;
  }
  if (!fixedOffOk && reg.off !== 0) {
    verbose(env, `dereference of modified ${regTypeStr(reg.type)} ptr R${regno} off=${reg.off} disallowed\n`);
    return EACCES;
  }
  if (!isConstVal(reg) || reg.val.varOff.value !== 0n) {
    verbose(env, `variable ${regTypeStr(reg.type)} access var_off=${tnumText(reg.val.varOff)} disallowed\n`);
    return EACCES;
  }
  return 0;
}
