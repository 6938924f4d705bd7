// The packet of a machine: headroom, metadata, bytes and tailroom in one area, and the words that say where each part starts. Moving an
// edge is journaled like every change.

import { ETH_HLEN } from "../facts/net.ts";
import {
  PACKET,
  PACKET_END,
  PKT_DATA,
  PKT_END,
  PKT_HARD_END,
  PKT_HARD_START,
  PKT_MAC,
  PKT_META,
  PKT_NET,
} from "./layout.ts";
import type { Memory } from "./memory.ts";

/** Bytes before a packet (XDP_PACKET_HEADROOM). */
const HEADROOM = 256;
/** A frame of XDP is one page. Its end holds a struct skb_shared_info of SHARED_INFO bytes. */
const PAGE = 4096;
const SHARED_INFO = 320;
/** How many bytes a packet that fills its page can still grow. */
const LEAST_TAILROOM = 320;

/** The longest packet that fits. */
export const MAX_PACKET_BYTES = PACKET_END - PACKET - 0x8000;

const xdpTailroom = (data: Uint8Array): number => Math.max(LEAST_TAILROOM, PAGE - SHARED_INFO - HEADROOM - data.length);

/** Writes a packet into its area. It may grow by `tailroom` bytes. */
export function placePacket(memory: Memory, data: Uint8Array, headroom = HEADROOM, tailroom = xdpTailroom(data)): void {
  const start = PACKET + headroom;
  memory.fill(PACKET, headroom + data.length + tailroom + 8);
  memory.copyIn(start, data);
  memory.w32(PKT_HARD_START, PACKET);
  memory.w32(PKT_META, start);
  memory.w32(PKT_DATA, start);
  memory.w32(PKT_END, start + data.length);
  memory.w32(PKT_HARD_END, start + data.length + tailroom);
  memory.w32(PKT_MAC, start);
  memory.w32(PKT_NET, start + Math.min(ETH_HLEN, data.length));
  exposePacket(memory);
}

/** Moves the edges of the packet, and with them what programs may touch. */
export function movePacket(memory: Memory, meta: number, data: number, end: number): void {
  const [oldMeta, oldEnd] = [memory.r32(PKT_META), memory.r32(PKT_END)];
  memory.forbid(oldMeta & ~7, oldEnd - (oldMeta & ~7));
  memory.w32(PKT_META, meta);
  memory.w32(PKT_DATA, data);
  memory.w32(PKT_END, end);
  exposePacket(memory);
}

function exposePacket(memory: Memory): void {
  const first = memory.r32(PKT_META) & ~7;
  memory.permit(first, memory.r32(PKT_END) - first);
}

export const packetLength = (memory: Memory): number => memory.r32(PKT_END) - memory.r32(PKT_DATA);

export const packetBytes = (memory: Memory): Uint8Array => memory.copyOut(memory.r32(PKT_DATA), packetLength(memory));

/** LD_ABS offsets from these numbers on count from the network header or the link-layer header instead of the data. */
const SKF_NET_OFF = -0x100000;
const SKF_LL_OFF = -0x200000;

/** Offset of `size` packet bytes, addressed as by LD_ABS, or -1. @kernel kernel/bpf/core.c bpf_internal_load_pointer_neg_helper */
export function packetOffset(memory: Memory, offset: number, size: number): number {
  const end = memory.r32(PKT_END);
  let at = memory.r32(PKT_DATA) + offset;
  if (offset < 0) {
    if (offset >= SKF_NET_OFF) at = memory.r32(PKT_NET) + offset - SKF_NET_OFF;
    else if (offset >= SKF_LL_OFF) at = memory.r32(PKT_MAC) + offset - SKF_LL_OFF;
    else return -1;
  }
  return at >= memory.r32(PKT_HARD_START) && at + size <= end && end !== 0 ? at : -1;
}

/** The bytes in host order, as LD_ABS returns them. undefined: outside the packet. */
export function loadPacketBytes(memory: Memory, offset: number, size: 1 | 2 | 4): number | undefined {
  const at = packetOffset(memory, offset, size);
  if (at < 0) return undefined;
  return size === 4 ? memory.view.getUint32(at) : size === 2 ? memory.view.getUint16(at) : memory.view.getUint8(at);
}
