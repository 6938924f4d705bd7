// The events that make a program run. Each event lays out the context, and the packet if there is one, and sets R1.
// Sizes and first values of a packet's context are those of BPF_PROG_TEST_RUN.
// @kernel net/bpf/test_run.c
import { viewOf } from "../../base/bytes.ts";
import { ERRNO } from "../../facts/errno.ts";
import { AF_INET, AF_INET6, ETH_HLEN, ETH_P_IP, ETH_P_IPV6, htons } from "../../facts/net.ts";
import { ctxField, layOutCtx, type NarrowedField, plainCtx, SKB, SOCK, XDP } from "../ctx.ts";
import {
  CTX,
  CTX_BYTES,
  NEXT_OBJECT,
  PKT_DATA,
  PKT_END,
  PKT_HARD_END,
  PKT_HARD_START,
  PKT_MAC,
  PKT_META,
  PKT_NET,
} from "../layout.ts";
import type { Machine } from "../machine.ts";
import type { Memory } from "../memory.ts";
import { MAX_PACKET_BYTES, placePacket } from "../packet.ts";

export type Event =
  /**
   * The context as bytes, for a program type defined as data. `writable`: programs may change it. `narrowed`: fields of which the
   * kernel keeps only the low bytes.
   */
  | {
      readonly kind: "ctx";
      readonly bytes: Uint8Array;
      readonly writable?: boolean;
      readonly narrowed?: readonly NarrowedField[];
    }
  /** A frame with its Ethernet header. `ctx`: first values of struct __sk_buff or xdp_md, like ctx_in of BPF_PROG_TEST_RUN. */
  | { readonly kind: "packet"; readonly data: Uint8Array; readonly ctx?: Uint8Array }
  /** Registers at a kernel function, by their names in struct pt_regs. Registers that are not given are 0. */
  | { readonly kind: "kprobe"; readonly regs: Readonly<Partial<Record<PtReg, bigint>>>; readonly funcIp?: bigint }
  /** A tracepoint's record with its 8 common bytes. For a raw tracepoint: its arguments, each as u64. */
  | { readonly kind: "record"; readonly bytes: Uint8Array }
  /** Bytes for a program without a type. R1 points to them, R2 is their number. */
  | { readonly kind: "mem"; readonly bytes: Uint8Array };

/** Registers of struct pt_regs on x86-64, in order. Each takes 8 bytes. */
export const PT_REGS = "r15 r14 r13 r12 bp bx r11 r10 r9 r8 ax cx dx si di orig_ax ip cs flags sp ss".split(
  " ",
) as readonly PtReg[];
export type PtReg =
  | `r${8 | 9 | 10 | 11 | 12 | 13 | 14 | 15}`
  | "bp"
  | "bx"
  | "ax"
  | "cx"
  | "dx"
  | "si"
  | "di"
  | "orig_ax"
  | "ip"
  | "cs"
  | "flags"
  | "sp"
  | "ss";

/** Bytes in front of an skb's packet. The kernel allocates a larger buffer when its headroom is used up. Here there is more at once. */
const SKB_HEADROOM = 0x4000;
/** NET_SKB_PAD. A test run's packet must fit in one page together with it. */
const SKB_PAD = 64;
const PAGE = 4096;
/** Bytes of the kernel's struct skb_shared_info, which lies behind the packet in the same page. */
const SHARED_INFO = 320;

/** Program types whose skb begins with the Ethernet header. For all others it begins behind that header. */
const LINK_LAYER = new Set(["sched_cls", "sched_act"]);

/** Resets the machine and prepares it for the event. Returns 0, or the negative errno with which the kernel would refuse the event. */
export function enterEvent(machine: Machine, event: Event): number {
  machine.reset();
  const { memory } = machine;
  switch (event.kind) {
    case "ctx":
      if (event.bytes.length > CTX_BYTES) return -ERRNO.E2BIG;
      machine.ctx = plainCtx(memory, "context", event.bytes, event.writable ?? false, event.narrowed);
      break;
    case "packet": {
      const error =
        machine.program.progType === "xdp"
          ? enterXdp(machine, event.data, event.ctx)
          : enterSkb(machine, event.data, event.ctx);
      if (error !== 0) return error;
      break;
    }
    case "kprobe": {
      const bytes = new Uint8Array(PT_REGS.length * 8);
      for (const [i, name] of PT_REGS.entries())
        viewOf(bytes).setBigUint64(8 * i, BigInt.asUintN(64, event.regs[name] ?? 0n), true);
      machine.ctx = plainCtx(memory, "context (struct pt_regs)", bytes, false);
      machine.funcIp = event.funcIp ?? event.regs.ip ?? 0n;
      break;
    }
    case "record":
      if (event.bytes.length > CTX_BYTES) return -ERRNO.E2BIG;
      machine.ctx = plainCtx(memory, "context (record)", event.bytes, false);
      break;
    case "mem":
      return enterMem(machine, event.bytes);
  }
  machine.setPointer(1, CTX);
  return 0;
}

/** Size of the buffer that R1 points to if no bytes are given. lib/test_bpf.c runs its memory tests on a buffer of this size. */
const SPARE_BYTES = 1024;

/**
 * R1 points to the bytes, which are also the packet of LD_ABS. R2 is their number. Without bytes R1 still points to a buffer, of
 * zeros, because a context always exists; R2 is 0.
 */
function enterMem(machine: Machine, given: Uint8Array): number {
  const { memory } = machine;
  const bytes = given.length > 0 ? given : new Uint8Array(SPARE_BYTES);
  if (bytes.length <= MAX_PACKET_BYTES) placePacket(memory, bytes, SKB_PAD, 0);
  else if (!placeLarge(memory, bytes)) return -ERRNO.E2BIG;
  const start = memory.r32(PKT_DATA);
  machine.setPointer(1, start);
  machine.setReg(2, BigInt(given.length));
  machine.ctx = {
    load: () => undefined,
    store: () => false,
    *bufferRegions() {
      yield { name: "mem", kind: "mem" as const, start, size: bytes.length, writable: true };
    },
  };
  return 0;
}

/** Places bytes that are too many for the packet area. False if they are too many for the machine's buffer. */
function placeLarge(memory: Memory, bytes: Uint8Array): boolean {
  if (!memory.reserveScratch(bytes.length + 8)) return false;
  const at = memory.scratch(1, bytes.length + 8);
  memory.copyIn(at & ~7, bytes);
  memory.permit(at & ~7, bytes.length);
  for (const word of [PKT_HARD_START, PKT_META, PKT_DATA, PKT_MAC, PKT_NET]) memory.w32(word, at & ~7);
  for (const word of [PKT_END, PKT_HARD_END]) memory.w32(word, (at & ~7) + bytes.length);
  return true;
}

/** @kernel net/bpf/test_run.c bpf_prog_test_run_skb */
function enterSkb(machine: Machine, data: Uint8Array, ctxIn: Uint8Array | undefined): number {
  const { memory } = machine;
  if (data.length < ETH_HLEN) return -ERRNO.EINVAL;
  if (data.length > PAGE - SKB_PAD - SHARED_INFO && data.length > MAX_PACKET_BYTES) return -ERRNO.EINVAL;
  const protocol = etherType(data);
  const least = protocol === BE_IP ? 20 : protocol === BE_IPV6 ? 40 : 0;
  if (data.length - ETH_HLEN < least) return -ERRNO.EINVAL;

  placePacket(memory, data, SKB_HEADROOM);
  machine.packetKind = "skb";
  machine.ctx = layOutCtx(memory, SKB);
  const set = (name: string, value: number) => memory.w32(ctxField(SKB, name), value);
  if (ctxIn !== undefined) {
    const error = applyCtxIn(machine, ctxIn, data.length);
    if (error !== 0) return error;
  }
  const start = memory.r32(PKT_DATA);
  const skip = LINK_LAYER.has(machine.program.progType) ? 0 : ETH_HLEN;
  memory.w32(PKT_DATA, start + skip);
  memory.w32(PKT_META, start + skip);
  set("len", data.length - skip);
  set("pkt_type", packetType(data));
  set("protocol", protocol);
  set("ifindex", machine.env.ifindex);
  const sock = placeSocket(machine, protocol, data);
  memory.wPointer(ctxField(SKB, "sk"), sock);
  return 0;
}

/** Fields of ctx_in that may be set. All others must be 0. */
const SKB_INPUTS = "mark priority ingress_ifindex ifindex cb tstamp wire_len gso_segs gso_size hwtstamp".split(" ");
const SKB_INPUT_BYTES: Readonly<Record<string, number>> = { cb: 20, tstamp: 8, hwtstamp: 8 };
const GSO_MAX_SEGS = 65535;

function applyCtxIn(machine: Machine, ctxIn: Uint8Array, length: number): number {
  const { memory } = machine;
  const allowed = new Set<number>();
  for (const name of SKB_INPUTS) {
    const off = ctxField(SKB, name) - CTX;
    for (let i = 0; i < (SKB_INPUT_BYTES[name] ?? 4); i++) allowed.add(off + i);
  }
  if (ctxIn.some((byte, i) => byte !== 0 && !allowed.has(i))) return -ERRNO.EINVAL;
  ctxIn.forEach((byte, i) => {
    if (allowed.has(i)) memory.w8(CTX + i, byte);
  });
  const get = (name: string) => memory.r32(ctxField(SKB, name));
  if (get("ifindex") > 1) return -ERRNO.ENODEV;
  if (get("wire_len") === 0) memory.w32(ctxField(SKB, "wire_len"), length);
  else if (get("wire_len") < length) return -ERRNO.EINVAL;
  return get("gso_segs") > GSO_MAX_SEGS ? -ERRNO.EINVAL : 0;
}

/** @kernel net/bpf/test_run.c bpf_prog_test_run_xdp */
function enterXdp(machine: Machine, data: Uint8Array, ctxIn: Uint8Array | undefined): number {
  const { memory } = machine;
  let meta = 0;
  if (ctxIn !== undefined) {
    const bytes = new Uint8Array(24);
    bytes.set(ctxIn.subarray(0, 24));
    const word = (i: number) => viewOf(bytes).getUint32(4 * i, true);
    const [from, end, metaStart, ingress, queue, egress] = [0, 1, 2, 3, 4, 5].map(word) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    if (metaStart !== 0 || end > data.length || from > end || egress !== 0) return -ERRNO.EINVAL;
    if ((from & 3) !== 0 || from > 216 || (ingress === 0 && queue !== 0)) return -ERRNO.EINVAL;
    if (ingress > 1) return -ERRNO.ENODEV;
    meta = from;
  }
  if (data.length - meta < ETH_HLEN) return -ERRNO.EINVAL;
  if (data.length > MAX_PACKET_BYTES) return -ERRNO.EINVAL;
  placePacket(memory, data);
  memory.w32(PKT_DATA, memory.r32(PKT_META) + meta);
  memory.w32(PKT_MAC, memory.r32(PKT_DATA));
  memory.w32(PKT_NET, Math.min(memory.r32(PKT_DATA) + ETH_HLEN, memory.r32(PKT_END)));
  machine.packetKind = "xdp";
  machine.ctx = layOutCtx(memory, XDP);
  memory.w32(ctxField(XDP, "ingress_ifindex"), machine.env.ifindex);
  return 0;
}

/** EtherTypes as they read when a little-endian machine loads them from the packet. */
const BE_IP = htons(ETH_P_IP);
const BE_IPV6 = htons(ETH_P_IPV6);
const ETH_P_802_2 = 0x0400;
const ETH_P_802_3 = 0x0100;

/** skb->protocol: big-endian, in the low 16 bits. @kernel net/ethernet/eth.c eth_type_trans */
function etherType(frame: Uint8Array): number {
  const view = viewOf(frame);
  if (view.getUint16(12) >= 0x600) return view.getUint16(12, true);
  return frame.length >= 16 && view.getUint16(14) === 0xffff ? ETH_P_802_3 : ETH_P_802_2;
}

/** skb->pkt_type for a device whose address is all zeros (loopback): host (0), multicast (2) or otherhost (3). */
function packetType(frame: Uint8Array): number {
  const to = frame.subarray(0, 6);
  // The device's broadcast address is all zeros too. So a frame to ff:ff:ff:ff:ff:ff counts as multicast.
  if ((to[0] as number) & 1) return 2;
  return to.every((byte) => byte === 0) ? 0 : 3;
}

const TCP_CLOSE = 7;

/** Makes the socket to which a test run's packet belongs: without a protocol, closed, with the packet's addresses. Returns its place. */
function placeSocket(machine: Machine, protocol: number, frame: Uint8Array): number {
  const { memory } = machine;
  const at = memory.r32(NEXT_OBJECT);
  const size = 80;
  memory.w32(NEXT_OBJECT, at + size);
  memory.fill(at, size);
  memory.permit(at, size, false);
  const set = (name: string, value: number) => memory.w32(at + ctxField(SOCK, name) - CTX, value);
  set("state", TCP_CLOSE);
  set("rx_queue_mapping", 0xffff_ffff);
  if (protocol === BE_IP) {
    set("family", AF_INET);
    set("src_ip4", viewOf(frame).getUint32(26, true));
    set("dst_ip4", viewOf(frame).getUint32(30, true));
  } else if (protocol === BE_IPV6) {
    set("family", AF_INET6);
    memory.copyIn(at + ctxField(SOCK, "src_ip6") - CTX, frame.subarray(22, 38));
    memory.copyIn(at + ctxField(SOCK, "dst_ip6") - CTX, frame.subarray(38, 54));
  }
  return at;
}
