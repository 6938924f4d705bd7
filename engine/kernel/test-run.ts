// BPF_PROG_TEST_RUN (BPF_PROG_RUN): one run of a loaded program on bytes given by the caller.
// @kernel kernel/bpf/syscall.c bpf_prog_test_run, net/bpf/test_run.c bpf_prog_test_run_skb, bpf_prog_test_run_xdp
import { ERRNO } from "../facts/errno.ts";
import type { Kernel } from "./kernel.ts";
import type { Prog } from "./objects.ts";

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

/** Not one of errno.h's: the kernel's own "not supported", which reaches user space as a bare number. */
const ENOTSUPP = 524;

/** Contexts of the types whose bpf_prog_ops have a test_run that takes a packet. */
export const PACKET_CONTEXTS: ReadonlySet<string> = new Set(["__sk_buff", "xdp_md"]);

export const takesPacket = (prog: Prog): boolean => PACKET_CONTEXTS.has(prog.type.ctxStruct);

export function testRun(kernel: Kernel, fd: number, { dataIn }: TestRunInput): TestRunResult {
  const failed = (errno: number): TestRunResult => ({ ret: -errno, retval: 0 });
  const prog = kernel.fds.get(fd);
  if (!prog) return failed(ERRNO.EBADF);
  if (prog.kind !== "prog") return failed(ERRNO.EINVAL);
  if (!takesPacket(prog)) return failed(ENOTSUPP);
  const outcome = kernel.run(prog, { kind: "packet", data: dataIn });
  if (typeof outcome === "number") return failed(-outcome);
  if (outcome.kind === "exit") return { ret: 0, retval: Number(BigInt.asUintN(32, outcome.r0)) };
  return failed(outcome.kind === "paused" ? ERRNO.EINTR : ERRNO.EIO);
}
