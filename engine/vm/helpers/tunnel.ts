// Tunnel metadata of a packet, for a device that would send it through a tunnel: one program sets it, the next one reads it. No packet
// arrives through a tunnel here.
//
//   struct bpf_tunnel_key   0    4 … 20   20    21    22            24      28 … 44
//                           id   remote   tos   ttl   ext or flags  label   local
//
//   kept   0      4             8            16                        64
//          mode   option bytes  flags given  the key as it was given   options
//
// @kernel net/core/filter.c
import { ERRNO } from "../../facts/errno.ts";
import { NEXT_OBJECT, TUNNEL } from "../layout.ts";
import { type Caller, type Helper, memArg, ret, u32Arg, u64Arg } from "./call.ts";

const TUNNEL_KEY = { id: 0, remote: 4, tos: 20, ext: 22, label: 24, local: 28, size: 44 } as const;
/** Sizes of older, shorter versions of the struct. They are accepted too. */
const SHORTER_KEY_SIZES: readonly number[] = [8, TUNNEL_KEY.ext, TUNNEL_KEY.label, TUNNEL_KEY.local];
const MODE = { none: 0, ipv4: 1, ipv6: 2 } as const;
const METADATA = { mode: 0, optionBytes: 4, flags: 8, key: 16, options: 64, size: 64 + 256 } as const;
const MAX_OPTIONS = 255;

const BPF_F_TUNINFO_IPV6 = 1;
const BPF_F_ZERO_CSUM_TX = 2;
const BPF_F_DONT_FRAGMENT = 4;
const BPF_F_SEQ_NUMBER = 8;
const BPF_F_NO_TUNNEL_KEY = 16;
/** A flag of bpf_skb_get_tunnel_key: return the tunnel's flags in `ext`; otherwise `ext` is zero. */
const BPF_F_TUNINFO_FLAGS = 16;

/** Bits of the flags that are returned, big-endian. @kernel include/uapi/linux/if_tunnel.h */
const TUNNEL_FLAGS = {
  csum: 0x0100,
  key: 0x0400,
  seq: 0x0800,
  dontFragment: 0x0001,
  noCache: 0x0020,
  options: 0x00d8,
} as const;

/** Where the metadata of the packet is kept. 0: it has none. */
const metadataOf = (m: Caller): number => m.memory.r32(TUNNEL);

function returnedFlags(setFlags: number, options: boolean): number {
  const bit = (on: boolean, value: number) => (on ? value : 0);
  return (
    TUNNEL_FLAGS.noCache |
    bit((setFlags & BPF_F_ZERO_CSUM_TX) === 0, TUNNEL_FLAGS.csum) |
    bit((setFlags & BPF_F_DONT_FRAGMENT) !== 0, TUNNEL_FLAGS.dontFragment) |
    bit((setFlags & BPF_F_SEQ_NUMBER) !== 0, TUNNEL_FLAGS.seq) |
    bit((setFlags & BPF_F_NO_TUNNEL_KEY) === 0, TUNNEL_FLAGS.key) |
    bit(options, TUNNEL_FLAGS.options)
  );
}

export const TUNNEL_HELPERS = {
  skb_set_tunnel_key: (m, ip) => {
    const { memory } = m;
    const [size, flags] = [u32Arg(m, 3), u64Arg(m, 4)];
    const from = memArg(m, ip, 2, size, false);
    if (from < 0) return false;
    if (flags > 31n || (size !== TUNNEL_KEY.size && !SHORTER_KEY_SIZES.includes(size))) return ret(m, -ERRNO.EINVAL);
    const key = new Uint8Array(TUNNEL_KEY.size);
    key.set(memory.u8.subarray(from, from + size));
    const ipv6 = (flags & BigInt(BPF_F_TUNINFO_IPV6)) !== 0n;
    const nonZero = (at: number, length: number) => key.subarray(at, at + length).some((byte) => byte !== 0);
    if (nonZero(TUNNEL_KEY.ext, 2) || (!ipv6 && nonZero(TUNNEL_KEY.label, 4))) return ret(m, -ERRNO.EINVAL);
    let at = metadataOf(m);
    if (at === 0) {
      at = memory.r32(NEXT_OBJECT);
      memory.w32(NEXT_OBJECT, at + METADATA.size);
      memory.w32(TUNNEL, at);
    }
    memory.w32(at + METADATA.mode, ipv6 ? MODE.ipv6 : MODE.ipv4);
    memory.w32(at + METADATA.optionBytes, 0);
    memory.w32(at + METADATA.flags, Number(flags));
    memory.copyIn(at + METADATA.key, key);
    return ret(m, 0);
  },

  // Local and remote are exchanged: the remote address that was set reads back as the local one.
  skb_get_tunnel_key: (m, ip) => {
    const { memory } = m;
    const [size, flags] = [u32Arg(m, 3), u64Arg(m, 4)];
    const to = memArg(m, ip, 2, size, true);
    if (to < 0) return false;
    const at = metadataOf(m);
    memory.fill(to, size);
    if (at === 0 || (flags & ~BigInt(BPF_F_TUNINFO_IPV6 | BPF_F_TUNINFO_FLAGS)) !== 0n) return ret(m, -ERRNO.EINVAL);
    const ipv6 = memory.r32(at + METADATA.mode) === MODE.ipv6;
    if (ipv6 !== ((flags & BigInt(BPF_F_TUNINFO_IPV6)) !== 0n)) return ret(m, -ERRNO.EPROTO);
    if (size !== TUNNEL_KEY.size && (!SHORTER_KEY_SIZES.includes(size) || (size === 8 && ipv6)))
      return ret(m, -ERRNO.EINVAL);
    const storedKey = memory.copyOut(at + METADATA.key, TUNNEL_KEY.size);
    const key = new Uint8Array(TUNNEL_KEY.size);
    key.set(storedKey.subarray(TUNNEL_KEY.id, TUNNEL_KEY.id + 4), TUNNEL_KEY.id);
    key.set(storedKey.subarray(TUNNEL_KEY.tos, TUNNEL_KEY.tos + 2), TUNNEL_KEY.tos);
    const address = ipv6 ? 16 : 4;
    key.set(storedKey.subarray(TUNNEL_KEY.local, TUNNEL_KEY.local + address), TUNNEL_KEY.remote);
    key.set(storedKey.subarray(TUNNEL_KEY.remote, TUNNEL_KEY.remote + address), TUNNEL_KEY.local);
    if (ipv6)
      key.set(
        storedKey.subarray(TUNNEL_KEY.label, TUNNEL_KEY.label + 4).map((byte, i) => byte & FLOW_LABEL[i]!),
        TUNNEL_KEY.label,
      );
    if ((flags & BigInt(BPF_F_TUNINFO_FLAGS)) !== 0n) {
      const bits = returnedFlags(memory.r32(at + METADATA.flags), memory.r32(at + METADATA.optionBytes) !== 0);
      key[TUNNEL_KEY.ext] = bits & 0xff;
      key[TUNNEL_KEY.ext + 1] = bits >>> 8;
    }
    memory.copyIn(to, key.subarray(0, size));
    return ret(m, 0);
  },

  skb_set_tunnel_opt: (m, ip) => {
    const { memory } = m;
    const size = u32Arg(m, 3);
    const from = memArg(m, ip, 2, size, false);
    if (from < 0) return false;
    const at = metadataOf(m);
    if (at === 0 || size % 4 !== 0) return ret(m, -ERRNO.EINVAL);
    if (size > MAX_OPTIONS) return ret(m, -ERRNO.ENOMEM);
    memory.w32(at + METADATA.optionBytes, size);
    memory.copyWithin(at + METADATA.options, from, size);
    return ret(m, 0);
  },

  skb_get_tunnel_opt: (m, ip) => {
    const { memory } = m;
    const size = u32Arg(m, 3);
    const to = memArg(m, ip, 2, size, true);
    if (to < 0) return false;
    const at = metadataOf(m);
    const length = at === 0 ? 0 : memory.r32(at + METADATA.optionBytes);
    memory.fill(to, size);
    if (length === 0) return ret(m, -ERRNO.ENOENT);
    if (size < length) return ret(m, -ERRNO.ENOMEM);
    memory.copyWithin(to, at + METADATA.options, length);
    return ret(m, length);
  },

  // No packet here was decrypted by IPsec.
  skb_get_xfrm_state: (m, ip) => {
    const size = u32Arg(m, 4);
    const to = memArg(m, ip, 3, size, true);
    if (to < 0) return false;
    m.memory.fill(to, size);
    return ret(m, -ERRNO.EINVAL);
  },
} satisfies Record<string, Helper>;

/** Mask of the low 20 bits of the label, as the struct holds it (host byte order). */
const FLOW_LABEL = [0xff, 0xff, 0x0f, 0];
