// Helpers that send data to user space: ring buffers and perf event arrays.
// @kernel kernel/bpf/ringbuf.c, kernel/trace/bpf_trace.c, net/core/filter.c
import { ERRNO } from "../../facts/errno.ts";
import { PKT_DATA } from "../layout.ts";
import type { Machine } from "../machine.ts";
import { ObjectArray } from "../maps/array.ts";
import { RingbufMap } from "../maps/ringbuf.ts";
import { packetLength } from "../packet.ts";
import { type Helper, mapArg, memArg, pointerArg, ret, retPointer, u32Arg, u64Arg } from "./call.ts";

const BPF_F_INDEX_MASK = 0xffff_ffffn;
const BPF_F_CURRENT_CPU = 0xffff_ffffn;
/** Bits 32 … 51 of the flags: how much of the context to append. */
const ctxLength = (flags: bigint) => Number((flags >> 32n) & 0xfffffn);
const RINGBUF_FLAGS = 3n;

function ringbuf(m: Machine, ip: number): RingbufMap | undefined {
  const map = mapArg(m, ip);
  if (map === undefined || map instanceof RingbufMap) return map;
  m.raise("argument", ip, `map ${map.name} is no ring buffer`);
  return undefined;
}

function finish(m: Machine, ip: number, discard: boolean): boolean {
  const data = pointerArg(m, 1);
  for (const source of m.memory.sources) {
    if (source instanceof RingbufMap && source.commit(data, discard)) return ret(m, 0);
  }
  return m.raise("argument", ip, "argument 1 is no record that was reserved in a ring buffer");
}

/** bpf_perf_event_output: flags choose the CPU's event; packet programs may append packet bytes. */
const perfOutput: Helper = (m, ip) => {
  const map = mapArg(m, ip, 2);
  if (map === undefined) return false;
  if (!(map instanceof ObjectArray)) return m.raise("argument", ip, `map ${map.name} holds no perf events`);
  const flags = u64Arg(m, 3);
  const size = u32Arg(m, 5);
  const at = memArg(m, ip, 4, size, false);
  if (at < 0) return false;
  const packet = m.isPacketProgram;
  if (flags >> 52n !== 0n || (!packet && flags > BPF_F_INDEX_MASK)) return ret(m, -ERRNO.EINVAL);
  const append = packet ? ctxLength(flags) : 0;
  if (append > packetLength(m.memory)) return ret(m, -ERRNO.EFAULT);
  const index = (flags & BPF_F_INDEX_MASK) === BPF_F_CURRENT_CPU ? m.env.cpu : Number(flags & BPF_F_INDEX_MASK);
  if (index >= map.def.maxEntries) return ret(m, -ERRNO.E2BIG);
  if (map.objectAt(index) === 0) return ret(m, -ERRNO.ENOENT);
  if (index !== m.env.cpu) return ret(m, -ERRNO.EOPNOTSUPP);
  const data = new Uint8Array(size + append);
  data.set(m.memory.u8.subarray(at, at + size));
  const start = m.memory.r32(PKT_DATA);
  data.set(m.memory.u8.subarray(start, start + append), size);
  m.memory.outputRecord({ map: map.name, cpu: m.env.cpu, data });
  map.observer?.({ map: map.name, op: "output", value: data });
  return ret(m, 0);
};

export const OUTPUT_HELPERS = {
  ringbuf_output: (m, ip) => {
    const map = ringbuf(m, ip);
    if (map === undefined) return false;
    const size = u32Arg(m, 3);
    const at = memArg(m, ip, 2, size, false);
    if (at < 0) return false;
    return ret(m, (u64Arg(m, 4) & ~RINGBUF_FLAGS) !== 0n ? -ERRNO.EINVAL : map.output(at, size));
  },

  ringbuf_reserve: (m, ip) => {
    const map = ringbuf(m, ip);
    if (map === undefined) return false;
    return retPointer(m, u64Arg(m, 3) !== 0n ? 0 : map.reserve(u32Arg(m, 2)));
  },

  ringbuf_submit: (m, ip) => finish(m, ip, false),
  ringbuf_discard: (m, ip) => finish(m, ip, true),

  ringbuf_query: (m, ip) => {
    const map = ringbuf(m, ip);
    return map !== undefined && ret(m, map.query(u32Arg(m, 2)));
  },

  perf_event_output: perfOutput,
} satisfies Record<string, Helper>;
