// Sockets. The simulated machine has only the socket that a test packet belongs to, so look-ups find nothing, as on a machine where
// nobody listens. If `Env.sockets` is set, each look-up finds a new socket, which is gone once it is released.
// @kernel net/core/filter.c
import { ERRNO } from "../../facts/errno.ts";
import { AF_INET } from "../../facts/net.ts";
import { uapiStruct } from "../../facts/uapi.ts";
import { ctxField, SOCK } from "../ctx.ts";
import { CTX, NEXT_OBJECT, SCRATCH } from "../layout.ts";
import { type Caller, type Helper, memArg, pointerArg, ret, retPointer, u32Arg, u64Arg } from "./call.ts";

const lookupSocket: Helper = (m, ip) => {
  const size = u32Arg(m, 3);
  const tuple = memArg(m, ip, 2, size, false);
  if (tuple < 0) return false;
  return retPointer(m, m.env.sockets ? newSocket(m) : 0);
};

const SOCK_BYTES = ((uapiStruct("bpf_sock")?.size ?? 0) + 7) & ~7;
const sockField = (name: string): number => ctxField(SOCK, name) - CTX;
const TCP_LISTEN = 10;

/** A new listening socket, as struct bpf_sock. 0: no room for one more. */
function newSocket({ memory }: Caller): number {
  const at = memory.r32(NEXT_OBJECT);
  if (at + SOCK_BYTES > SCRATCH) return 0;
  memory.w32(NEXT_OBJECT, at + SOCK_BYTES);
  memory.fill(at, SOCK_BYTES);
  memory.permit(at, SOCK_BYTES, false);
  memory.w32(at + sockField("family"), AF_INET);
  memory.w32(at + sockField("state"), TCP_LISTEN);
  return at;
}

/** Frees a socket that a look-up found. The packet's own socket stays. */
function releaseSocket(m: Caller): void {
  if (!m.env.sockets) return;
  const at = pointerArg(m, 1);
  if (at > 0 && m.memory.allows(at, SOCK_BYTES, false)) m.memory.forbid(at, SOCK_BYTES);
}

/** Returns argument 1 itself. NULL: it is not an address. */
const returnArg1 = (m: Caller): boolean => retPointer(m, Math.max(0, pointerArg(m, 1)));

export const SOCK_HELPERS = {
  sk_lookup_tcp: lookupSocket,
  sk_lookup_udp: lookupSocket,
  skc_lookup_tcp: lookupSocket,
  sk_release: (m) => {
    releaseSocket(m);
    return ret(m, 0);
  },
  sk_fullsock: returnArg1,
  // The test socket is neither TCP nor listening.
  tcp_sock: (m) => retPointer(m, 0),
  get_listener_sock: (m) => retPointer(m, 0),
  skc_to_tcp_sock: (m) => retPointer(m, 0),
  skc_to_tcp6_sock: (m) => retPointer(m, 0),
  skc_to_udp6_sock: (m) => retPointer(m, 0),
  skc_to_mptcp_sock: (m) => retPointer(m, 0),
  skc_to_unix_sock: (m) => retPointer(m, 0),
  skc_to_tcp_timewait_sock: (m) => retPointer(m, 0),
  skc_to_tcp_request_sock: (m) => retPointer(m, 0),
  tcp_check_syncookie: (m) => ret(m, -ERRNO.EINVAL),
  tcp_gen_syncookie: (m) => ret(m, -ERRNO.EINVAL),
  // A socket can only be assigned at the ingress hook. A packet of a test run is not there.
  sk_assign: (m) => ret(m, pointerArg(m, 2) === 0 || u64Arg(m, 3) !== 0n ? -ERRNO.EINVAL : -ERRNO.EOPNOTSUPP),
  skb_ecn_set_ce: (m) => ret(m, 0),
} satisfies Record<string, Helper>;
