// Helpers that send data to user space: ring buffers and perf event arrays.
// @kernel kernel/bpf/ringbuf.c, kernel/trace/bpf_trace.c, net/core/filter.c
import { ERRNO } from "../../facts/errno.ts";
import { CLOCK, PKT_DATA } from "../layout.ts";
import { ObjectArray } from "../maps/array.ts";
import { RingbufMap } from "../maps/ringbuf.ts";
import { packetLength } from "../packet.ts";
import {
  type Caller,
  type Helper,
  mapArg,
  memArg,
  pointerArg,
  ret,
  retPointer,
  u32Arg,
  u64Arg,
  u64AsU32Arg,
} from "./call.ts";

const BPF_F_INDEX_MASK = 0xffff_ffffn;
const BPF_F_CURRENT_CPU = 0xffff_ffffn;
/** Bits 32 … 51 of the flags: how many bytes of the context to append. */
const ctxLength = (flags: bigint) => Number((flags >> 32n) & 0xfffffn);
const RINGBUF_FLAGS = 3n;
/** struct bpf_perf_event_value: counter, enabled, running. */
const PERF_VALUE_BYTES = 24;

function ringbufArg(m: Caller, ip: number): RingbufMap | undefined {
  const map = mapArg(m, ip);
  if (map === undefined || (map instanceof RingbufMap && map.def.type === "ringbuf")) return map;
  m.raise("argument", ip, `map ${map.name} is no ring buffer`);
  return undefined;
}

function finishRecord(m: Caller, ip: number, discard: boolean): boolean {
  const data = pointerArg(m, 1);
  for (const owner of m.memory.owners) {
    if (owner instanceof RingbufMap && owner.commit(data, discard)) return ret(m, 0);
  }
  return m.raise("argument", ip, "argument 1 is no record that was reserved in a ring buffer");
}

/**
 * Checks the perf event that the flags choose. 0: it exists and is on this CPU. Else a negative errno; `otherCpuErrno`: the errno for another
 * CPU.
 */
function perfEvent(m: Caller, map: ObjectArray, flags: bigint, otherCpuErrno: number): number {
  const index = (flags & BPF_F_INDEX_MASK) === BPF_F_CURRENT_CPU ? m.env.cpu : Number(flags & BPF_F_INDEX_MASK);
  if (index >= map.def.maxEntries) return -ERRNO.E2BIG;
  if (map.objectAt(index) === 0) return -ERRNO.ENOENT;
  return index === m.env.cpu ? 0 : -otherCpuErrno;
}

function perfEventsArg(m: Caller, ip: number, n: number): ObjectArray | undefined {
  const map = mapArg(m, ip, n);
  if (map === undefined || map instanceof ObjectArray) return map;
  m.raise("argument", ip, `map ${map.name} holds no perf events`);
  return undefined;
}

/** bpf_perf_event_output: the flags choose the event of a CPU. Packet programs may append packet bytes. */
const perfOutput: Helper = (m, ip) => {
  const map = perfEventsArg(m, ip, 2);
  if (map === undefined) return false;
  const flags = u64Arg(m, 3);
  const size = u32Arg(m, 5);
  const at = memArg(m, ip, 4, size, false);
  if (at < 0) return false;
  const packet = m.isPacketProgram;
  if (flags >> 52n !== 0n || (!packet && flags > BPF_F_INDEX_MASK)) return ret(m, -ERRNO.EINVAL);
  const append = packet ? ctxLength(flags) : 0;
  if (append > packetLength(m.memory)) return ret(m, -ERRNO.EFAULT);
  const error = perfEvent(m, map, flags, ERRNO.EOPNOTSUPP);
  if (error !== 0) return ret(m, error);
  const data = new Uint8Array(size + append);
  data.set(m.memory.u8.subarray(at, at + size));
  const start = m.memory.r32(PKT_DATA);
  data.set(m.memory.u8.subarray(start, start + append), size);
  m.memory.addOutput({ map: map.name, cpu: m.env.cpu, data });
  map.observer?.({ map: map.name, op: "output", value: data });
  return ret(m, 0);
};

export const OUTPUT_HELPERS = {
  ringbuf_output: (m, ip) => {
    const map = ringbufArg(m, ip);
    if (map === undefined) return false;
    const size = u32Arg(m, 3);
    const at = memArg(m, ip, 2, size, false);
    if (at < 0) return false;
    return ret(m, (u64Arg(m, 4) & ~RINGBUF_FLAGS) !== 0n ? -ERRNO.EINVAL : map.output(at, size));
  },

  ringbuf_reserve: (m, ip) => {
    const map = ringbufArg(m, ip);
    if (map === undefined) return false;
    return retPointer(m, u64Arg(m, 3) !== 0n ? 0 : map.reserve(u64AsU32Arg(m, 2)));
  },

  ringbuf_submit: (m, ip) => finishRecord(m, ip, false),
  ringbuf_discard: (m, ip) => finishRecord(m, ip, true),

  ringbuf_query: (m, ip) => {
    const map = ringbufArg(m, ip);
    return map !== undefined && ret(m, map.query(u64AsU32Arg(m, 2)));
  },

  perf_event_output: perfOutput,

  // The events here only carry records (PERF_COUNT_SW_BPF_OUTPUT). They count nothing.
  perf_event_read: (m, ip) => {
    const map = perfEventsArg(m, ip, 1);
    if (map === undefined) return false;
    const flags = u64Arg(m, 2);
    return ret(m, flags > BPF_F_INDEX_MASK ? -ERRNO.EINVAL : perfEvent(m, map, flags, ERRNO.EINVAL));
  },

  perf_event_read_value: (m, ip) => {
    const map = perfEventsArg(m, ip, 1);
    const size = u32Arg(m, 4);
    const at = map === undefined ? -1 : memArg(m, ip, 3, size, true);
    if (map === undefined || at < 0) return false;
    const flags = u64Arg(m, 2);
    const wrong = size !== PERF_VALUE_BYTES || flags > BPF_F_INDEX_MASK;
    const error = wrong ? -ERRNO.EINVAL : perfEvent(m, map, flags, ERRNO.EINVAL);
    m.memory.fill(at, size);
    if (error !== 0) return ret(m, error);
    // Time enabled and time running, since the run began.
    const since = m.memory.r64(CLOCK) - m.env.bootTime;
    m.memory.w64(at + 8, since);
    m.memory.w64(at + 16, since);
    return ret(m, 0);
  },
} satisfies Record<string, Helper>;
