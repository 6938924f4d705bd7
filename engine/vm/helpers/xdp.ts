// Helpers on an XDP packet. @kernel net/core/filter.c
import { ERRNO } from "../../facts/errno.ts";
import { ETH_HLEN, XDP_ABORTED, XDP_REDIRECT } from "../../facts/net.ts";
import { PKT_DATA, PKT_END, PKT_HARD_END, PKT_HARD_START, PKT_META, REDIRECT } from "../layout.ts";
import { movePacket, packetLength } from "../packet.ts";
import { type Caller, type Helper, mapArg, memArg, ret, ret64, s32Arg, u32Arg, u64Arg } from "./call.ts";

/** Bytes that the kernel reserves at the start of the headroom (struct xdp_frame). */
const XDP_FRAME_BYTES = 40;
const MAX_META = 252;
/** Flags of bpf_redirect_map: what to return if there is no target; for maps of devices: send to all of them. */
const REDIRECT_DEFAULT = 3n;
const BPF_F_BROADCAST = 8n;
const BPF_F_EXCLUDE_INGRESS = 16n;
const BROADCAST_FLAGS = BPF_F_BROADCAST | BPF_F_EXCLUDE_INGRESS;

const edges = (m: Caller) => ({
  meta: m.memory.r32(PKT_META),
  data: m.memory.r32(PKT_DATA),
  end: m.memory.r32(PKT_END),
  first: m.memory.r32(PKT_HARD_START) + XDP_FRAME_BYTES,
});

function copyPacketBytes(m: Caller, ip: number, store: boolean): boolean {
  const [offset, size] = [u32Arg(m, 2), u32Arg(m, 4)];
  const at = memArg(m, ip, 3, size, !store);
  if (at < 0) return false;
  if (offset > 0xffff || size > 0xffff) return ret(m, -ERRNO.EFAULT);
  if (offset + size > packetLength(m.memory)) return ret(m, -ERRNO.EINVAL);
  const packet = m.memory.r32(PKT_DATA) + offset;
  if (store) m.memory.copyWithin(packet, at, size);
  else m.memory.copyWithin(at, packet, size);
  return ret(m, 0);
}

export const XDP_HELPERS = {
  xdp_adjust_head: (m) => {
    const { meta, data, end, first } = edges(m);
    const by = s32Arg(m, 2);
    const metaBytes = data - meta;
    if (data + by < first + metaBytes || data + by > end - ETH_HLEN) return ret(m, -ERRNO.EINVAL);
    if (metaBytes > 0) m.memory.copyWithin(meta + by, meta, metaBytes);
    movePacket(m.memory, meta + by, data + by, end);
    return ret(m, 0);
  },

  xdp_adjust_meta: (m) => {
    const { meta, data, end, first } = edges(m);
    const to = meta + s32Arg(m, 2);
    if (to < first || to > data) return ret(m, -ERRNO.EINVAL);
    if (((data - to) & 3) !== 0 || data - to > MAX_META) return ret(m, -ERRNO.EACCES);
    movePacket(m.memory, to, data, end);
    return ret(m, 0);
  },

  xdp_adjust_tail: (m) => {
    const { meta, data, end } = edges(m);
    const to = end + s32Arg(m, 2);
    if (to > m.memory.r32(PKT_HARD_END) || to < data + ETH_HLEN) return ret(m, -ERRNO.EINVAL);
    if (to > end) m.memory.fill(end, to - end);
    movePacket(m.memory, meta, data, to);
    return ret(m, 0);
  },

  xdp_load_bytes: (m, ip) => copyPacketBytes(m, ip, false),
  xdp_store_bytes: (m, ip) => copyPacketBytes(m, ip, true),
  xdp_get_buff_len: (m) => ret64(m, BigInt(packetLength(m.memory))),

  // The redirection is recorded and returned as in the kernel. The packet is not followed further.
  redirect_map: (m, ip) => {
    const map = mapArg(m, ip);
    if (map === undefined) return false;
    const flags = u64Arg(m, 3);
    const broadcasts = map.def.type.startsWith("devmap") ? BROADCAST_FLAGS : 0n;
    if ((flags & ~(REDIRECT_DEFAULT | broadcasts)) !== 0n) return ret(m, XDP_ABORTED);
    const target = map.lookupAt(m.stageKey(u32Arg(m, 2)), m.env.cpu);
    if (target === 0 && (flags & BPF_F_BROADCAST) === 0n) return ret(m, Number(flags & REDIRECT_DEFAULT));
    m.memory.w32(REDIRECT, target === 0 ? 0 : m.memory.r32(target));
    m.memory.w32(REDIRECT + 4, Number(flags));
    return ret(m, XDP_REDIRECT);
  },
} satisfies Record<string, Helper>;
