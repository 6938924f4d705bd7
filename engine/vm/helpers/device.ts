// Helpers that send a packet elsewhere, and what a device reports. The only device here is the loopback. A redirection is recorded and
// returned as in the kernel, but the packet is not followed further.
// @kernel net/core/filter.c
import { ERRNO } from "../../facts/errno.ts";
import { AF_INET, AF_INET6, ETH_HLEN, XDP_ABORTED, XDP_REDIRECT } from "../../facts/net.ts";
import { PKT_DATA, PKT_END, REDIRECT } from "../layout.ts";
import { type Caller, type Helper, memArg, ret, ret64, s32Arg, u32Arg, u64Arg } from "./call.ts";

const TC_ACT_SHOT = 2;
const TC_ACT_REDIRECT = 7;
const BPF_F_INGRESS = 1n;
const BPF_MTU_CHK_SEGS = 1n;
/** enum bpf_check_mtu_ret */
const FRAG_NEEDED = 1;
const LOOPBACK_MTU = 65536;
/** Bytes of struct bpf_redir_neigh. */
const REDIR_NEIGH_BYTES = 20;
/** struct bpf_fib_lookup: its size, the offset of its ifindex, the flags it accepts; enum BPF_FIB_LKUP_RET_FWD_DISABLED. */
const FIB_LOOKUP_BYTES = 64;
const FIB_IFINDEX = 8;
const FIB_LOOKUP_FLAGS = 0x3f;
const FIB_FWD_DISABLED = 5;

function recordRedirect(m: Caller, ifindex: number, flags: bigint): void {
  m.memory.w32(REDIRECT, ifindex);
  m.memory.w32(REDIRECT + 4, Number(flags));
}

function redirect(m: Caller, ifindex: number, flags: bigint, allowed: bigint): boolean {
  if ((flags & ~allowed) !== 0n) return ret(m, m.isXdp ? XDP_ABORTED : TC_ACT_SHOT);
  recordRedirect(m, ifindex, flags);
  return ret(m, m.isXdp ? XDP_REDIRECT : TC_ACT_REDIRECT);
}

export const DEVICE_HELPERS = {
  redirect: (m) => redirect(m, u32Arg(m, 1), u64Arg(m, 2), m.isXdp ? 0n : BPF_F_INGRESS),
  redirect_peer: (m) => redirect(m, u32Arg(m, 1), u64Arg(m, 2), 0n),

  redirect_neigh: (m, ip) => {
    const size = s32Arg(m, 3);
    if ((size !== 0 && size < REDIR_NEIGH_BYTES) || u64Arg(m, 4) !== 0n) return ret(m, TC_ACT_SHOT);
    if (size !== 0 && memArg(m, ip, 2, size, false) < 0) return false;
    recordRedirect(m, u32Arg(m, 1), 0n);
    return ret(m, TC_ACT_REDIRECT);
  },

  clone_redirect: (m) => {
    const known = u32Arg(m, 2) === m.env.ifindex && (u64Arg(m, 3) & ~BPF_F_INGRESS) === 0n;
    return ret(m, known ? 0 : -ERRNO.EINVAL);
  },

  check_mtu: (m, ip) => {
    const at = memArg(m, ip, 3, 4, true);
    if (at < 0) return false;
    const { memory } = m;
    const [ifindex, diff, flags] = [u32Arg(m, 2), s32Arg(m, 4), u64Arg(m, 5)];
    const inputLength = memory.r32(at);
    if ((flags & ~(m.isXdp ? 0n : BPF_MTU_CHK_SEGS)) !== 0n) return ret(m, -ERRNO.EINVAL);
    if (flags !== 0n && (diff !== 0 || inputLength !== 0)) return ret(m, -ERRNO.EINVAL);
    if (ifindex !== 0 && ifindex !== m.env.ifindex) return ret(m, -ERRNO.ENODEV);
    const length = (inputLength !== 0 ? inputLength + ETH_HLEN : memory.r32(PKT_END) - memory.r32(PKT_DATA)) + diff;
    memory.w32(at, LOOPBACK_MTU);
    return ret(m, (length | 0) > LOOPBACK_MTU + ETH_HLEN ? FRAG_NEEDED : 0);
  },

  // The loopback does not forward, like any device of a machine that is not a router. Then nothing is looked up.
  fib_lookup: (m, ip) => {
    const size = s32Arg(m, 3);
    const at = memArg(m, ip, 2, size >>> 0, true);
    if (at < 0) return false;
    if (size < FIB_LOOKUP_BYTES || (u32Arg(m, 4) & ~FIB_LOOKUP_FLAGS) !== 0) return ret(m, -ERRNO.EINVAL);
    const family = m.memory.u8[at] as number;
    if (family !== AF_INET && family !== AF_INET6) return ret(m, -ERRNO.EAFNOSUPPORT);
    return ret(m, m.memory.r32(at + FIB_IFINDEX) === m.env.ifindex ? FIB_FWD_DISABLED : -ERRNO.ENODEV);
  },

  /** The cookie of the first network namespace. */
  get_netns_cookie: (m) => ret64(m, 1n),
} satisfies Record<string, Helper>;
