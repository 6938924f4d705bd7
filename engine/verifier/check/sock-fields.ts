// Which bytes of the socket structures a program may read. Only the kernel writes them.
// Source: include/uapi/linux/bpf.h struct bpf_sock, bpf_tcp_sock, bpf_xdp_sock;
// @kernel net/core/filter.c bpf_sock_is_valid_access, bpf_sock_common_is_valid_access, bpf_tcp_sock_is_valid_access,
// bpf_xdp_sock_is_valid_access
import { PTR_TO_SOCK_COMMON, PTR_TO_SOCKET, PTR_TO_TCP_SOCK, PTR_TO_XDP_SOCK } from "../state/regtype.ts";

/** [first byte, end, allowed sizes of loads]. A load must be aligned to its own size. Bytes without a row may not be loaded. */
type Row = readonly [from: number, end: number, widths: readonly number[]];

const WORD = [4];
const NARROW = [1, 2, 4];

const SOCK: readonly Row[] = [
  [0, 4, WORD], // bound_dev_if
  [4, 5, NARROW], // family, type, protocol: narrow loads of the low bytes only
  [8, 9, NARROW],
  [12, 13, NARROW],
  [16, 24, WORD], // mark, priority
  [24, 44, NARROW], // src_ip4, src_ip6
  [44, 45, NARROW], // src_port
  [48, 50, NARROW], // dst_port, which has two bytes but may be read as a word
  [52, 72, NARROW], // dst_ip4, dst_ip6
  [72, 73, NARROW], // state
  [76, 77, NARROW], // rx_queue_mapping
];

/** For a socket that may not be a full one: type to priority do not exist. */
const SOCK_COMMON = SOCK.filter(([from]) => from < 8 || from >= 24);

const TCP_SOCK: readonly Row[] = [
  [0, 80, WORD],
  [80, 96, [8]], // bytes_received, bytes_acked
  [96, 112, WORD],
];

const XDP_SOCK: readonly Row[] = [[0, 4, WORD]];

const ROWS: Readonly<Record<number, readonly Row[]>> = {
  [PTR_TO_SOCKET]: SOCK,
  [PTR_TO_SOCK_COMMON]: SOCK_COMMON,
  [PTR_TO_TCP_SOCK]: TCP_SOCK,
  [PTR_TO_XDP_SOCK]: XDP_SOCK,
};

/** Whether `size` bytes at `off` of the structure behind a pointer of this type may be loaded. */
export function sockFieldReadable(type: number, off: number, size: number): boolean {
  if (off % size !== 0) return false;
  return (ROWS[type] ?? []).some(([from, end, widths]) => off >= from && off < end && widths.includes(size));
}
