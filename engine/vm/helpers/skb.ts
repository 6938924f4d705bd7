// Helpers on a socket buffer: reading, writing, growing and shrinking the packet, checksums, redirection. Packets here are linear and not
// shared, so nothing has to be copied before it is changed.
// @kernel net/core/filter.c
import { ENOTSUPP, ERRNO } from "../../facts/errno.ts";
import { ETH_HLEN, ETH_P_8021AD, ETH_P_8021Q, ETH_P_IP, ETH_P_IPV6, htons } from "../../facts/net.ts";
import { ctxField, SKB } from "../ctx.ts";
import { PACKET, PKT_DATA, PKT_END, PKT_HARD_END, PKT_MAC, PKT_NET } from "../layout.ts";
import { movePacket, packetLength, packetOffset } from "../packet.ts";
import { type Caller, type Helper, memArg, ret, ret64, s32Arg, u32Arg, u64Arg } from "./call.ts";
import { checksumAdd, checksumDiff, checksumFold, checksumReplace } from "./checksum.ts";

const BPF_F_RECOMPUTE_CSUM = 1n;
const BPF_F_INVALIDATE_HASH = 2n;
const BPF_F_HDR_FIELD_MASK = 0xfn;
const BPF_F_PSEUDO_HDR = 1n << 4n;
const BPF_F_MARK_MANGLED_0 = 1n << 5n;
const BPF_F_MARK_ENFORCE = 1n << 6n;
const BPF_F_IPV6 = 1n << 7n;
const CSUM_MANGLED_0 = 0xffff;
/** The longest packet that an skb may hold (BPF_SKB_MAX_LEN). */
const SKB_MAX_LEN = 0x3_ffff;
const BE_IP = htons(ETH_P_IP);
const BE_IPV6 = htons(ETH_P_IPV6);
const BE_8021Q = htons(ETH_P_8021Q);
const BE_8021AD = htons(ETH_P_8021AD);
const VLAN_HLEN = 4;
const ETH_ALEN = 6;

const skbField = (m: Caller, name: string): number => m.memory.r32(ctxField(SKB, name));
const setSkbField = (m: Caller, name: string, value: number): void => m.memory.w32(ctxField(SKB, name), value);

/** Moves the edges of the packet and updates skb->len. */
function resize(m: Caller, data: number, end: number): void {
  movePacket(m.memory, data, data, end);
  setSkbField(m, "len", end - data);
}

/** Buffer offset of `size` packet bytes that may be changed, or -1 (-EFAULT). */
function writableOffset(m: Caller, offset: number, size: number): number {
  return offset + size <= packetLength(m.memory) ? m.memory.r32(PKT_DATA) + offset : -1;
}

const copyPacketBytes = (m: Caller, ip: number, offset: number, start: number): boolean => {
  const size = u32Arg(m, 4);
  const to = memArg(m, ip, 3, size, true);
  if (to < 0) return false;
  const end = m.memory.r32(PKT_END);
  if (offset > 0x7fff_ffff || start + offset + size > end) {
    m.memory.fill(to, size);
    return ret(m, -ERRNO.EFAULT);
  }
  m.memory.copyWithin(to, start + offset, size);
  return ret(m, 0);
};

/**
 * Moves everything before `at` by `by` bytes. Negative: makes room before `at`. Positive: overwrites the bytes behind `at`. false: there
 * is no room, or fewer than `by` bytes behind `at`.
 */
function moveHead(m: Caller, at: number, by: number): boolean {
  const { memory } = m;
  const [data, end] = [memory.r32(PKT_DATA), memory.r32(PKT_END)];
  if (data + by < PACKET || (by > 0 && data + at + by > end)) return false;
  memory.copyWithin(data + by, data, at);
  if (by < 0) memory.fill(data + by + at, -by);
  resize(m, data + by, end);
  memory.w32(PKT_MAC, memory.r32(PKT_MAC) + by);
  return true;
}

function changeTail(m: Caller, length: number): number {
  const { memory } = m;
  const data = memory.r32(PKT_DATA);
  const least = Math.max(0, memory.r32(PKT_NET) - data);
  if (length > SKB_MAX_LEN || length < least) return -ERRNO.EINVAL;
  const end = memory.r32(PKT_END);
  if (data + length > memory.r32(PKT_HARD_END)) {
    if (!m.growTailroom(data + length)) return -ERRNO.ENOMEM;
  }
  if (data + length > end) memory.fill(end, data + length - end);
  resize(m, data, data + length);
  return 0;
}

/** Adds or removes room between the MAC header and the network header, or behind the network header: what tunnels push and pop. */
function adjustRoom(m: Caller, diff: number, mode: number, flags: bigint): number {
  const { memory } = m;
  const protocol = skbField(m, "protocol");
  const encapL3 = flags & 6n;
  const decap = flags & (3n << 7n);
  if ((flags & ~0xff_0000_0000_01ffn) !== 0n) return -ERRNO.EINVAL;
  if (Math.abs(diff) > 0xfff) return -ERRNO.EFAULT;
  if (protocol !== BE_IP && protocol !== BE_IPV6) return -ENOTSUPP;
  const base = protocol === BE_IP ? 20 : 40;
  const macLength = memory.r32(PKT_NET) - memory.r32(PKT_MAC);
  if (mode !== 0 && mode !== 1) return -ENOTSUPP;
  const off = macLength + (mode === 0 ? base : 0);
  let least = base;
  if (decap !== 0n) {
    if (diff >= 0) return -ERRNO.EINVAL;
    if (decap === 3n << 7n) return -ERRNO.EINVAL;
    least = decap === 1n << 7n ? 20 : 40;
  }
  const current = memory.r32(PKT_END) - memory.r32(PKT_NET);
  if (diff < 0 && (-diff >= current || current + diff < least)) return -ENOTSUPP;
  if (diff < 0 && (flags & ~(1n | (3n << 7n) | (1n << 5n))) !== 0n) return -ERRNO.EINVAL;
  if (encapL3 === 6n) return -ERRNO.EINVAL;
  // The distance from the MAC header to the network header does not change; the MAC header moves.
  if (!moveHead(m, off, -diff)) return -ERRNO.ENOMEM;
  memory.w32(PKT_NET, memory.r32(PKT_NET) - diff);
  if (encapL3 === 4n || decap === 2n << 7n) setSkbField(m, "protocol", BE_IPV6);
  if (encapL3 === 2n || decap === 1n << 7n) setSkbField(m, "protocol", BE_IP);
  return 0;
}

function vlanPush(m: Caller, proto: number, tci: number): number {
  const kind = proto === BE_8021Q || proto === BE_8021AD ? proto : BE_8021Q;
  const { memory } = m;
  if (skbField(m, "vlan_present") !== 0) {
    // The tag that was kept beside the packet is written into it, behind the addresses.
    if (!moveHead(m, 2 * ETH_ALEN, -VLAN_HLEN)) return -ERRNO.ENOMEM;
    const at = memory.r32(PKT_DATA) + 2 * ETH_ALEN;
    memory.w16(at, skbField(m, "vlan_proto"));
    const old = skbField(m, "vlan_tci");
    memory.w16(at + 2, ((old & 0xff) << 8) | (old >>> 8));
    setSkbField(m, "protocol", skbField(m, "vlan_proto"));
  }
  setSkbField(m, "vlan_present", 1);
  setSkbField(m, "vlan_proto", kind);
  setSkbField(m, "vlan_tci", tci);
  return 0;
}

function vlanPop(m: Caller): number {
  const { memory } = m;
  if (skbField(m, "vlan_present") === 0) {
    const protocol = skbField(m, "protocol");
    if (protocol !== BE_8021Q && protocol !== BE_8021AD) return 0;
    if (packetLength(memory) < ETH_HLEN + VLAN_HLEN) return 0;
    moveHead(m, 2 * ETH_ALEN, VLAN_HLEN);
    setSkbField(m, "protocol", memory.view.getUint16(memory.r32(PKT_DATA) + 2 * ETH_ALEN, true));
    return 0;
  }
  setSkbField(m, "vlan_present", 0);
  setSkbField(m, "vlan_proto", 0);
  setSkbField(m, "vlan_tci", 0);
  return 0;
}

/** Updates the u16 checksum at the offset in argument 2 for a change from argument 3 to argument 4. */
function replaceChecksum(m: Caller, l4: boolean): boolean {
  const offset = u32Arg(m, 2);
  const [from, to, flags] = [u64Arg(m, 3), u64Arg(m, 4), u64Arg(m, 5)];
  const l4Flags = BPF_F_MARK_MANGLED_0 | BPF_F_MARK_ENFORCE | BPF_F_PSEUDO_HDR | BPF_F_IPV6;
  if ((flags & ~(BPF_F_HDR_FIELD_MASK | (l4 ? l4Flags : 0n))) !== 0n) return ret(m, -ERRNO.EINVAL);
  if (offset > 0xffff || offset & 1) return ret(m, -ERRNO.EFAULT);
  const at = writableOffset(m, offset, 2);
  if (at < 0) return ret(m, -ERRNO.EFAULT);
  const old = m.memory.view.getUint16(at, true);
  const mangled = l4 && (flags & BPF_F_MARK_MANGLED_0) !== 0n;
  if (mangled && (flags & BPF_F_MARK_ENFORCE) === 0n && old === 0) return ret(m, 0);
  const size = Number(flags & BPF_F_HDR_FIELD_MASK);
  if (![0, 2, 4].includes(size) || (size === 0 && from !== 0n)) return ret(m, -ERRNO.EINVAL);
  let sum = checksumReplace(old, size, Number(from & 0xffff_ffffn), Number(to & 0xffff_ffffn));
  if (mangled && sum === 0) sum = CSUM_MANGLED_0;
  m.memory.w16(at, sum);
  return ret(m, 0);
}

export const SKB_HELPERS = {
  skb_load_bytes: (m, ip) => copyPacketBytes(m, ip, u32Arg(m, 2), m.memory.r32(PKT_DATA)),

  skb_load_bytes_relative: (m, ip) => {
    const start = u32Arg(m, 5) === 0 ? PKT_MAC : PKT_NET;
    return copyPacketBytes(m, ip, u32Arg(m, 2), m.memory.r32(start));
  },

  skb_store_bytes: (m, ip) => {
    const [offset, size, flags] = [u32Arg(m, 2), u32Arg(m, 4), u64Arg(m, 5)];
    const from = memArg(m, ip, 3, size, false);
    if (from < 0) return false;
    if ((flags & ~(BPF_F_RECOMPUTE_CSUM | BPF_F_INVALIDATE_HASH)) !== 0n) return ret(m, -ERRNO.EINVAL);
    const at = writableOffset(m, offset, size);
    if (at < 0) return ret(m, -ERRNO.EFAULT);
    m.memory.copyWithin(at, from, size);
    if ((flags & BPF_F_INVALIDATE_HASH) !== 0n) setSkbField(m, "hash", 0);
    return ret(m, 0);
  },

  // The packet is linear, so pulling only checks whether it is long enough.
  skb_pull_data: (m) => {
    const length = u32Arg(m, 2);
    if (length > packetLength(m.memory)) return ret(m, -ERRNO.ENOMEM);
    return ret(m, 0);
  },

  skb_change_tail: (m) => ret(m, u64Arg(m, 3) !== 0n ? -ERRNO.EINVAL : changeTail(m, u32Arg(m, 2))),

  skb_change_head: (m) => {
    const room = u32Arg(m, 2);
    const length = packetLength(m.memory) + room;
    if (u64Arg(m, 3) !== 0n || length > SKB_MAX_LEN) return ret(m, -ERRNO.EINVAL);
    if (m.memory.r32(PKT_DATA) - room < PACKET) return ret(m, -ERRNO.ENOMEM);
    const data = m.memory.r32(PKT_DATA) - room;
    m.memory.fill(data, room);
    resize(m, data, m.memory.r32(PKT_END));
    m.memory.w32(PKT_MAC, data);
    return ret(m, 0);
  },

  skb_adjust_room: (m) => ret(m, adjustRoom(m, s32Arg(m, 2), u32Arg(m, 3), u64Arg(m, 4))),

  skb_change_proto: (m) => {
    const [from, to] = [skbField(m, "protocol"), u32Arg(m, 2) & 0xffff];
    const known = (from === BE_IP && to === BE_IPV6) || (from === BE_IPV6 && to === BE_IP);
    if (u64Arg(m, 3) !== 0n) return ret(m, -ERRNO.EINVAL);
    if (!known) return ret(m, -ENOTSUPP);
    const diff = to === BE_IPV6 ? 20 : -20;
    const macLength = m.memory.r32(PKT_NET) - m.memory.r32(PKT_MAC);
    if (!moveHead(m, macLength, -diff)) return ret(m, -ERRNO.ENOMEM);
    m.memory.w32(PKT_NET, m.memory.r32(PKT_NET) - diff);
    setSkbField(m, "protocol", to);
    setSkbField(m, "hash", 0);
    return ret(m, 0);
  },

  skb_change_type: (m) => {
    const type = u32Arg(m, 2);
    // Only host, broadcast, multicast and otherhost can be changed, and only into each other.
    if (type > 3 || skbField(m, "pkt_type") > 3) return ret(m, -ERRNO.EINVAL);
    setSkbField(m, "pkt_type", type);
    return ret(m, 0);
  },

  skb_vlan_push: (m) => ret(m, vlanPush(m, u32Arg(m, 2) & 0xffff, u32Arg(m, 3) & 0xffff)),
  skb_vlan_pop: (m) => ret(m, vlanPop(m)),

  skb_cgroup_id: (m) => ret64(m, m.env.cgroupId),
  skb_ancestor_cgroup_id: (m) => ret64(m, u32Arg(m, 2) === 0 ? m.env.cgroupId : 0n),

  l3_csum_replace: (m) => replaceChecksum(m, false),
  l4_csum_replace: (m) => replaceChecksum(m, true),

  csum_diff: (m, ip) => {
    const [fromSize, toSize] = [u32Arg(m, 2), u32Arg(m, 4)];
    if (((fromSize | toSize) & 3) !== 0 || fromSize + toSize > 512) return ret(m, -ERRNO.EINVAL);
    const from = memArg(m, ip, 1, fromSize, false);
    const to = from < 0 ? -1 : memArg(m, ip, 3, toSize, false);
    if (to < 0) return false;
    const removed = m.memory.u8.subarray(from, from + fromSize);
    const added = m.memory.u8.subarray(to, to + toSize);
    return ret(m, checksumDiff(removed, added, u32Arg(m, 5)));
  },

  // No packet here arrives with a checksum that the device computed (CHECKSUM_COMPLETE).
  csum_update: (m) => ret(m, -ENOTSUPP),
  csum_level: (m) => ret(m, u64Arg(m, 2) > 3n ? -ERRNO.EINVAL : u64Arg(m, 2) === 0n ? -ERRNO.EACCES : 0),

  get_hash_recalc: (m) => {
    if (skbField(m, "hash") === 0) setSkbField(m, "hash", flowHash(m));
    return ret64(m, BigInt(skbField(m, "hash")));
  },
  set_hash_invalid: (m) => {
    setSkbField(m, "hash", 0);
    return ret(m, 0);
  },
  set_hash: (m) => {
    setSkbField(m, "hash", u32Arg(m, 2));
    return ret(m, 0);
  },

  get_cgroup_classid: (m) => ret(m, 0),
  get_route_realm: (m) => ret(m, 0),
  skb_under_cgroup: (m) => ret(m, -ERRNO.EINVAL),

  // tstamp_type holds the kind of clock. Only IP packets carry a time stamp.
  skb_set_tstamp: (m) => {
    const protocol = skbField(m, "protocol");
    const [tstamp, clock] = [u64Arg(m, 2), u32Arg(m, 3)];
    if (protocol !== BE_IP && protocol !== BE_IPV6) return ret(m, -ERRNO.EOPNOTSUPP);
    if (clock > 2 || (clock > 0 && tstamp === 0n)) return ret(m, -ERRNO.EINVAL);
    m.memory.w64(ctxField(SKB, "tstamp"), tstamp);
    m.memory.w8(ctxField(SKB, "tstamp_type"), clock);
    return ret(m, 0);
  },

  skb_cgroup_classid: (m) => ret(m, 0),
  sk_cgroup_id: (m) => ret64(m, m.env.cgroupId),
  sk_ancestor_cgroup_id: (m) => ret64(m, u32Arg(m, 2) === 0 ? m.env.cgroupId : 0n),
  get_socket_cookie: (m) => ret64(m, 1n),
  get_socket_uid: (m) => ret(m, m.env.uid),
} satisfies Record<string, Helper>;

/** A number for the flow: a hash of the packet's addresses. */
function flowHash(m: Caller): number {
  const at = packetOffset(m.memory, -0x100000 + 12, 8);
  if (at < 0) return 1;
  return checksumFold(checksumAdd(m.memory.r32(at), m.memory.r32(at + 4))) | 1;
}
