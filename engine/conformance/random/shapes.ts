// Program types for random programs, and which fields of their contexts may be read (include/uapi/linux/bpf.h).
import { PROG_TYPES } from "../../facts/prog-types.ts";
import type { ProgType } from "../../facts/types.ts";
import { BPF_B, BPF_DW, BPF_W } from "../../isa/codes.ts";

export interface Shape {
  readonly progType: string;
  readonly attachType?: number;
  /** Fields to read: byte offset, size code, and the kind of the result if it is not a scalar. */
  readonly reads: readonly { readonly off: number; readonly size: number; readonly kind?: "packet" | "end" }[];
  /** Offsets of the fields with the packet's start and end, and the size code of these fields. */
  readonly packet?: { readonly data: number; readonly end: number; readonly size?: number };
  /** Whether the context is a struct __sk_buff. */
  readonly skb: boolean;
}

const w = (...offs: number[]) => offs.map((off) => ({ off, size: BPF_W }));

/** struct __sk_buff: len, pkt_type, mark, queue_mapping, protocol, vlan_present, priority, ifindex; a byte of len; cb[0..1]. */
const SKB = [...w(0, 4, 8, 12, 16, 20, 32, 40, 48, 52), { off: 0, size: BPF_B }, { off: 1, size: BPF_B }];

export const SHAPES: readonly Shape[] = [
  { progType: "socket_filter", reads: SKB, skb: true },
  { progType: "socket_filter", reads: SKB, skb: true },
  {
    progType: "sched_cls",
    reads: [...SKB, { off: 76, size: BPF_W, kind: "packet" }, { off: 80, size: BPF_W, kind: "end" }, ...w(44, 72, 140)],
    packet: { data: 76, end: 80 },
    skb: true,
  },
  {
    progType: "xdp",
    reads: [{ off: 0, size: BPF_W, kind: "packet" }, { off: 4, size: BPF_W, kind: "end" }, ...w(12, 16)],
    packet: { data: 0, end: 4 },
    skb: false,
  },
  { progType: "cgroup_skb", reads: SKB, packet: { data: 76, end: 80 }, skb: true },
  { progType: "tracepoint", reads: [0, 8, 16, 24, 56].map((off) => ({ off, size: BPF_DW })), skb: false },
  { progType: "kprobe", reads: [0, 8, 80, 112].map((off) => ({ off, size: BPF_DW })), skb: false },
];

/** A shape made from the facts about a context: every field that can be read whole, and the packet's start and end. */
function shapeOf(type: ProgType, attachType: number): Shape {
  const reads: Shape["reads"][number][] = [];
  let data: number | undefined;
  let end: number | undefined;
  let width = BPF_W;
  for (let off = 0; off < 256; off += 4) {
    for (const [size, bytes] of [
      [BPF_W, 4],
      [BPF_DW, 8],
    ] as const) {
      const field = type.ctxAccess(off, bytes, false, attachType);
      if (field?.regType === "SCALAR_VALUE") reads.push({ off, size });
      if (field?.regType === "PTR_TO_PACKET") [data, width] = [off, size];
      if (field?.regType === "PTR_TO_PACKET_END") end = off;
    }
  }
  return {
    progType: type.name,
    attachType,
    reads: reads.length > 0 ? reads : [{ off: 0, size: BPF_DW }],
    ...(data !== undefined && end !== undefined && { packet: { data, end, size: width } }),
    skb: type.ctxStruct === "__sk_buff",
  };
}

/** One shape for each program type and attach type of the kernel. */
export const ALL_SHAPES: readonly Shape[] = PROG_TYPES.filter(
  ({ notSimulated, name }) => notSimulated === null && name !== "oreore" && name !== "syscall",
).flatMap((type) => (type.attachTypes ?? [0]).map((attach) => shapeOf(type, attach)));
