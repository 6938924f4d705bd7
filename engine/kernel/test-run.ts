// BPF_PROG_TEST_RUN (BPF_PROG_RUN): runs a loaded program once, on bytes that the caller gives.
// @kernel kernel/bpf/syscall.c bpf_prog_test_run, net/bpf/test_run.c bpf_prog_test_run_skb, bpf_prog_test_run_xdp
import { ENOTSUPP, ERRNO } from "../facts/errno.ts";
import type { ProgType } from "../facts/types.ts";
import type { Kernel } from "./kernel.ts";
import { runProg } from "./run.ts";

export interface TestRunInput {
  /** A packet, from its Ethernet header on. */
  readonly dataIn: Uint8Array;
}

export interface TestRunResult {
  /** 0 or a negative errno. */
  readonly ret: number;
  /** Low 32 bits of R0. */
  readonly retval: number;
}

/** Types whose bpf_prog_ops have a test_run that takes a packet. */
const PACKET_TYPES: ReadonlySet<string> = new Set([
  "socket_filter",
  "sched_cls",
  "sched_act",
  "cgroup_skb",
  "lwt_in",
  "lwt_out",
  "lwt_xmit",
  "xdp",
]);
/** Types whose test_run takes a context and refuses a packet. */
const CTX_TYPES: ReadonlySet<string> = new Set(["raw_tracepoint", "raw_tracepoint_writable", "sk_lookup", "syscall"]);

export const takesPacket = ({ name }: ProgType): boolean => PACKET_TYPES.has(name);

export function testRun(kernel: Kernel, fd: number, { dataIn }: TestRunInput): TestRunResult {
  const failed = (errno: number): TestRunResult => ({ ret: -errno, retval: 0 });
  const prog = kernel.fds.get(fd);
  if (!prog) return failed(ERRNO.EBADF);
  if (prog.kind !== "prog") return failed(ERRNO.EINVAL);
  if (CTX_TYPES.has(prog.type.name)) return failed(ERRNO.EINVAL);
  if (!takesPacket(prog.type)) return failed(ENOTSUPP);
  const outcome = runProg(kernel, prog, { kind: "packet", data: dataIn });
  if (typeof outcome === "number") return failed(-outcome);
  if (outcome.kind === "exit") return { ret: 0, retval: Number(BigInt.asUintN(32, outcome.r0)) };
  return failed(outcome.kind === "paused" ? ERRNO.EINTR : ERRNO.EIO);
}
