// Bounds of an access through a pointer to a block of known size: map values and keys, packet data, ring buffer records. Also the other
// pointer types with a rule of their own (sockets, tracepoint buffers, …). For the stack, whose bytes have types, see stack.ts.
import { S64_MIN } from "../../base/u64.ts";
import { MAP_FLAGS } from "../../facts/flags.ts";
import { tnumText } from "../print/number.ts";
import { regTypeStr } from "../print/state.ts";
import { refuse } from "../refuse.ts";
import type { Env } from "../state/env.ts";
import { EACCES, EINVAL } from "../state/errors.ts";
import { BPF_MAX_VAR_OFF, isConstVal, type RegState } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import { curRegs } from "./regs.ts";

/** A size given to a helper must be less than this. */
export const BPF_MAX_VAR_SIZ = 1 << 29;
export const MAX_PACKET_OFF = 0xffff;

/** The end of a message about an offset with a variable part that may be negative. */
export const NEGATIVE_MIN = "min value is negative, either use unsigned index or do a if (index >=0) check.";

/** Whether [off, off + size) is inside [0, memSize). @kernel verifier.c __check_mem_access */
const isWithin = (off: number, size: number, memSize: number, zeroSizeAllowed: boolean): boolean =>
  off >= 0 && (size > 0 || (size === 0 && zeroSizeAllowed)) && off + size <= memSize;

/** An access to `size` bytes through R`regno`, in a block of `total` bytes. */
interface BlockAccess {
  readonly regno: number;
  readonly off: number;
  readonly size: number;
  readonly total: number;
}

type OutOfBlock =
  | "region-negative"
  | "region-before"
  | "region-after"
  | "region-min-after"
  | "region-empty"
  | "region-unbounded"
  | "region-max";

/** `end`: the smallest or largest offset of the access, if the kernel's message names it. */
function refuseBlock(env: Env, id: OutOfBlock, access: BlockAccess, words: string, end?: number): number {
  const { regno, off, size, total } = access;
  const { type, val } = curRegs(env)[regno]!;
  const [what, sizeName] = BLOCKS[type] ?? (["memory", "mem_size"] as const);
  const args = {
    reg: regno,
    off: end ?? off,
    size,
    total,
    what,
    low: val.smin + BigInt(off),
    high: val.umax + BigInt(off),
  };
  const bytes = `${sizeName}=${what === "memory" ? total : total | 0} off=${end} size=${size}`;
  const outside = end === undefined ? "" : `invalid access to ${what}, ${bytes}\n`;
  return refuse(env, id, args, `${outside}R${regno} ${words}\n`, EACCES);
}

/** Pointer type → the names of the block and of its size in messages. */
const BLOCKS: Readonly<Record<number, readonly [what: string, size: string]>> = {
  [T.PTR_TO_MAP_KEY]: ["map key", "key_size"],
  [T.PTR_TO_MAP_VALUE]: ["map value", "value_size"],
};

/** The low 32 bits as a signed number, like the kernel's parameter `int off`. */
const asInt = (x: bigint): number => Number(BigInt.asIntN(32, x));

/** `off` includes reg.off. The variable part may have any value of its range. @kernel verifier.c check_mem_region_access */
export function checkMemRegionAccess(
  env: Env,
  regno: number,
  off: number,
  size: number,
  memSize: number,
  zeroSizeAllowed: boolean,
): number {
  const reg = curRegs(env)[regno]!;
  const { smin, umax } = reg.val;
  const at = BigInt(off);
  const access = { regno, off, size, total: memSize };
  if (smin < 0n && (smin === S64_MIN || at + smin !== BigInt.asIntN(32, at + smin) || smin + at < 0n))
    return refuseBlock(env, "region-negative", access, NEGATIVE_MIN);
  const first = asInt(smin + at);
  if (!isWithin(first, size, memSize, zeroSizeAllowed)) {
    const after = isConstVal(reg) ? "region-after" : "region-min-after";
    const id = first < 0 ? "region-before" : size <= 0 && !zeroSizeAllowed ? "region-empty" : after;
    return refuseBlock(env, id, access, "min value is outside of the allowed memory range", first);
  }
  if (umax >= BigInt(BPF_MAX_VAR_OFF)) {
    const words = "unbounded memory access, make sure to bounds check any such access";
    return refuseBlock(env, "region-unbounded", access, words);
  }
  const last = asInt(umax + at);
  if (isWithin(last, size, memSize, zeroSizeAllowed)) return 0;
  return refuseBlock(env, "region-max", access, "max value is outside of the allowed memory range", last);
}

/** Checks that programs may read or write this map at all. @kernel verifier.c check_map_access_type */
export function checkMapAccessType(env: Env, regno: number, off: number, size: number, write: boolean): number {
  const map = curRegs(env)[regno]!.map!;
  if (write ? map.flags & MAP_FLAGS.RDONLY_PROG : map.flags & MAP_FLAGS.WRONLY_PROG) {
    const what = write ? "write into map forbidden" : "read from map forbidden";
    const args = { reg: regno, off, size, map: map.def.name };
    const text = `${what}, value_size=${map.valueSize | 0} off=${off} size=${size}\n`;
    return refuse(env, write ? "map-write" : "map-read", args, text, EACCES);
  }
  return 0;
}

/** Sizes in bytes of the fields of a map value that only their own helpers may access. @kernel btf.c btf_field_type_size */
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
    const args = { reg: regno, off, size, field, at };
    if (!isKptr)
      return refuse(env, "special-field", args, `${field} cannot be accessed directly by load/store\n`, EACCES);
    if (byHelper) return refuse(env, "kptr-helper", args, "kptr cannot be accessed indirectly by helper\n", EACCES);
    if (!isConstVal(reg))
      return refuse(env, "kptr-variable", args, "kptr access cannot have variable offset\n", EACCES);
    const accessed = BigInt.asUintN(64, BigInt(off) + reg.val.varOff.value);
    if (BigInt(at) !== accessed) {
      const text = `kptr access misaligned expected=${at} off=${accessed}\n`;
      return refuse(env, "kptr-misaligned", args, text, EACCES);
    }
    if (size !== 8) return refuse(env, "kptr-size", args, "kptr access size must be BPF_DW\n", EACCES);
  }
  return 0;
}

/**
 * `off` includes reg.off. The variable part needs no check: the comparison that proved the range included it.
 * @kernel verifier.c check_packet_access
 */
export function checkPacketAccess(
  env: Env,
  regno: number,
  off: number,
  size: number,
  zeroSizeAllowed: boolean,
): number {
  const reg = curRegs(env)[regno]!;
  const { range, id, val } = reg;
  if (val.smin >= 0n && range >= 0 && isWithin(off, size, range, zeroSizeAllowed)) return 0;
  const args = { reg: regno, off, size, range, id };
  if (val.smin < 0n)
    return refuse(env, "packet-negative", { ...args, low: val.smin }, `R${regno} ${NEGATIVE_MIN}\n`, EACCES);
  const outside = `R${regno} offset is outside of the packet\n`;
  if (range < 0) return refuse(env, "packet-beyond", args, outside, EINVAL);
  const words = `invalid access to packet, off=${off} size=${size}, R${regno}(id=${id},off=${off},r=${range})\n${outside}`;
  if (off < 0) return refuse(env, "packet-before", args, words, EACCES);
  if (range > 0) return refuse(env, "packet-short", args, words, EACCES);
  const high = val.umax + BigInt(off);
  return high > BigInt(MAX_PACKET_OFF)
    ? refuse(env, "packet-far", { ...args, high }, words, EACCES)
    : refuse(env, "packet-unchecked", args, words, EACCES);
}

/** sizeof(struct bpf_flow_keys) */
const FLOW_KEYS_SIZE = 56;

/** @kernel verifier.c check_flow_keys_access */
export function checkFlowKeysAccess(env: Env, regno: number, off: number, size: number): number {
  if (size >= 0 && off >= 0 && off + size <= FLOW_KEYS_SIZE) return 0;
  const args = { reg: regno, off, size, total: FLOW_KEYS_SIZE, what: "flow keys" };
  return refuse(env, "flow-keys-access", args, `invalid access to flow keys off=${off} size=${size}\n`, EACCES);
}

/**
 * Buffers whose size is known only when the program is attached: offsets must be constant and not negative.
 * @kernel verifier.c __check_buffer_access
 */
export function checkBufferAccess(
  env: Env,
  kind: string,
  reg: RegState,
  regno: number,
  off: number,
  size: number,
): number {
  if (off < 0) {
    const text = `R${regno} invalid ${kind} buffer access: off=${off}, size=${size}\n`;
    return refuse(env, "buffer-negative", { reg: regno, off, size, kind }, text, EACCES);
  }
  if (!isConstVal(reg) || reg.val.varOff.value !== 0n) {
    const variable = tnumText(reg.val.varOff);
    const text = `R${regno} invalid variable buffer offset: off=${off}, var_off=${variable}\n`;
    return refuse(env, "buffer-variable", { reg: regno, off, variable }, text, EACCES);
  }
  return 0;
}

/** The pointer must not have been moved. With `fixedOffOk` it may have a constant offset. @kernel verifier.c __check_ptr_off_reg */
export function checkPtrOffReg(env: Env, reg: RegState, regno: number, fixedOffOk = false): number {
  const isFixed = isConstVal(reg) && reg.val.varOff.value === 0n;
  if (isFixed && (reg.off === 0 || (fixedOffOk && reg.off > 0))) return 0;
  const { off } = reg;
  const type = regTypeStr(reg.type);
  const args = { reg: regno, type };
  if (off < 0) {
    const text = `negative offset ${type} ptr R${regno} off=${off} disallowed\n`;
    return refuse(env, "pointer-offset-negative", { ...args, off }, text, EACCES);
  }
  if (!fixedOffOk && off !== 0) {
    const text = `dereference of modified ${type} ptr R${regno} off=${off} disallowed\n`;
    return refuse(env, "pointer-offset-modified", { ...args, off }, text, EACCES);
  }
  const variable = tnumText(reg.val.varOff);
  const text = `variable ${type} access var_off=${variable} disallowed\n`;
  return refuse(env, "pointer-offset-variable", { ...args, variable }, text, EACCES);
}
