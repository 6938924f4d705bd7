// Dynamic pointers to local memory and ring buffer records.
//
//   struct bpf_dynptr on the stack   0            8                                   12
//                                    data (u64)   size | type << 28 | read-only << 31  offset
//
// @kernel kernel/bpf/helpers.c
import { ERRNO } from "../../facts/errno.ts";
import { addressOf } from "../layout.ts";
import { RingbufMap } from "../maps/ringbuf.ts";
import {
  type Caller,
  calledHelperName,
  type Helper,
  mapArg,
  memArg,
  ret,
  ret64,
  retPointer,
  u32Arg,
  u64Arg,
} from "./call.ts";

const SIZE_MASK = 0x00ff_ffff;
const TYPE_LOCAL = 1 << 28;
const TYPE_RINGBUF = 2 << 28;
const READ_ONLY = 0x8000_0000;
/** `at`: offset of the dynptr. `data`: offset of its bytes; 0: an empty dynptr. */
interface Dynptr {
  readonly at: number;
  readonly data: number;
  readonly size: number;
  readonly readOnly: boolean;
}

function writeDynptr(m: Caller, at: number, data: number, size: number, type: number): void {
  m.memory.wPointer(at, data);
  m.memory.w32(at + 8, (size | type) >>> 0);
  m.memory.w32(at + 12, 0);
}

/** Writes a dynptr to memory that is not a ring buffer record. */
export const localDynptr = (m: Caller, at: number, data: number, size: number): void =>
  writeDynptr(m, at, data, size, TYPE_LOCAL);

function dynptrArg(m: Caller, ip: number, n: number): Dynptr | undefined {
  const at = memArg(m, ip, n, 16, false);
  if (at < 0) return undefined;
  const word = m.memory.r32(at + 8);
  const data = Math.max(0, m.memory.offsetOf(m.memory.r64(at)));
  const offset = m.memory.r32(at + 12);
  return { at, data: data === 0 ? 0 : data + offset, size: word & SIZE_MASK, readOnly: (word & READ_ONLY) !== 0 };
}

/**
 * Whether the program may still access the bytes. false: a fault happened. The bytes may be gone, or the program may have forged the
 * dynptr.
 */
function checkAccess(m: Caller, ip: number, at: number, size: number, write: boolean): boolean {
  return (
    m.memory.allows(at, size, write) ||
    m.raiseAccess(ip, addressOf(at), size, write, `the dynptr of ${calledHelperName(m, ip)}`)
  );
}

function finishRecord(m: Caller, ip: number, discard: boolean): boolean {
  const dynptr = dynptrArg(m, ip, 1);
  if (dynptr === undefined) return false;
  if (dynptr.data !== 0) {
    const ring = [...m.memory.owners].some((map) => map instanceof RingbufMap && map.commit(dynptr.data, discard));
    if (!ring) return m.raise("argument", ip, "argument 1 is no dynptr of a ring buffer record");
  }
  m.memory.fill(dynptr.at, 16);
  return ret(m, 0);
}

export const DYNPTR_HELPERS = {
  dynptr_from_mem: (m, ip) => {
    const size = u32Arg(m, 2);
    const at = memArg(m, ip, 4, 16, true);
    if (at < 0) return false;
    const data = memArg(m, ip, 1, size, true);
    if (data < 0) return false;
    const error = size > SIZE_MASK ? -ERRNO.E2BIG : u64Arg(m, 3) !== 0n ? -ERRNO.EINVAL : 0;
    if (error !== 0) m.memory.fill(at, 16);
    else localDynptr(m, at, data, size);
    return ret(m, error);
  },

  dynptr_read: (m, ip) => {
    const size = u32Arg(m, 2);
    const to = memArg(m, ip, 1, size, true);
    const from = to < 0 ? undefined : dynptrArg(m, ip, 3);
    if (from === undefined) return false;
    const offset = u32Arg(m, 4);
    if (from.data === 0 || u64Arg(m, 5) !== 0n) return ret(m, -ERRNO.EINVAL);
    if (offset + size > from.size) return ret(m, -ERRNO.E2BIG);
    if (!checkAccess(m, ip, from.data + offset, size, false)) return false;
    m.memory.copyWithin(to, from.data + offset, size);
    return ret(m, 0);
  },

  dynptr_write: (m, ip) => {
    const to = dynptrArg(m, ip, 1);
    if (to === undefined) return false;
    const [offset, size] = [u32Arg(m, 2), u32Arg(m, 4)];
    const from = memArg(m, ip, 3, size, false);
    if (from < 0) return false;
    if (to.data === 0 || to.readOnly || u64Arg(m, 5) !== 0n) return ret(m, -ERRNO.EINVAL);
    if (offset + size > to.size) return ret(m, -ERRNO.E2BIG);
    if (!checkAccess(m, ip, to.data + offset, size, true)) return false;
    m.memory.copyWithin(to.data + offset, from, size);
    return ret(m, 0);
  },

  dynptr_data: (m, ip) => {
    const dynptr = dynptrArg(m, ip, 1);
    if (dynptr === undefined) return false;
    const [offset, size] = [u32Arg(m, 2), u32Arg(m, 3)];
    const inside = dynptr.data !== 0 && !dynptr.readOnly && offset + size <= dynptr.size;
    return retPointer(m, inside ? dynptr.data + offset : 0);
  },

  ringbuf_reserve_dynptr: (m, ip) => {
    const map = mapArg(m, ip);
    if (map === undefined) return false;
    if (!(map instanceof RingbufMap)) return m.raise("argument", ip, `map ${map.name} is no ring buffer`);
    const size = u32Arg(m, 2);
    const at = memArg(m, ip, 4, 16, true);
    if (at < 0) return false;
    const error = u64Arg(m, 3) !== 0n ? -ERRNO.EINVAL : size > SIZE_MASK ? -ERRNO.E2BIG : 0;
    const data = error === 0 ? map.reserve(size) : 0;
    if (data === 0) m.memory.fill(at, 16);
    else writeDynptr(m, at, data, size, TYPE_RINGBUF);
    return ret(m, error !== 0 ? error : data === 0 ? -ERRNO.EINVAL : 0);
  },
  ringbuf_submit_dynptr: (m, ip) => finishRecord(m, ip, false),
  ringbuf_discard_dynptr: (m, ip) => finishRecord(m, ip, true),

  /** Exchanges the pointer in a map value with another. */
  kptr_xchg: (m, ip) => {
    const at = memArg(m, ip, 1, 8, true);
    if (at < 0) return false;
    const old = m.memory.r64(at);
    m.memory.w64(at, u64Arg(m, 2));
    return ret64(m, old);
  },
} satisfies Record<string, Helper>;
