// Reading memory that may not exist, and the stack of the simulated kernel.
// @kernel kernel/trace/bpf_trace.c, kernel/bpf/stackmap.c
import { ERRNO } from "../../facts/errno.ts";
import { StackTraceMap } from "../maps/stack-trace.ts";
import { currentTask } from "../task.ts";
import { type Caller, type Helper, mapArg, memArg, pointerArg, ret, u32Arg, u64Arg } from "./call.ts";

/** Copies kernel memory if it exists; else zeroes the target and returns -EFAULT. There is no user memory here. */
function probeRead(m: Caller, ip: number, kernel: boolean): boolean {
  const size = u32Arg(m, 2);
  const to = memArg(m, ip, 1, size, true);
  if (to < 0) return false;
  const bytes = kernel ? m.read(u64Arg(m, 3), size) : undefined;
  if (bytes === undefined) m.memory.fill(to, size);
  else m.memory.copyIn(to, bytes);
  return ret(m, bytes === undefined && size > 0 ? -ERRNO.EFAULT : 0);
}

/** Returns the length with NUL, or -EFAULT after zeroing the target. */
function probeReadString(m: Caller, ip: number, kernel: boolean): boolean {
  const size = u32Arg(m, 2);
  const to = memArg(m, ip, 1, size, true);
  if (to < 0) return false;
  if (size === 0) return ret(m, 0);
  const { memory } = m;
  let from = kernel ? memory.offsetOf(u64Arg(m, 3)) : -1;
  if (from < 0 || !memory.allows(from, 1, false)) {
    memory.fill(to, size);
    return ret(m, -ERRNO.EFAULT);
  }
  let length = 0;
  for (; length < size - 1 && memory.allows(from, 1, false) && memory.u8[from] !== 0; from++) {
    memory.w8(to + length++, memory.u8[from] as number);
  }
  memory.w8(to + length, 0);
  return ret(m, length + 1);
}

/** Return addresses of the program's own frames, innermost first. The simulated kernel stack has nothing else. */
function stackAddresses(m: Caller): bigint[] {
  return m
    .frames()
    .map((frame) => 0xffff_ffff_c000_0000n + BigInt(frame.prog) * 0x10_0000n + BigInt(frame.slot * 8))
    .reverse();
}

const BPF_F_SKIP_FIELD_MASK = 0xffn;
const BPF_F_USER_STACK = 1n << 8n;
const BPF_F_FAST_STACK_CMP = 1n << 9n;
const BPF_F_REUSE_STACKID = 1n << 10n;
const BPF_F_USER_BUILD_ID = 1n << 11n;

/** Arguments 2 … 4: target, its size in bytes, flags. */
const getStack: Helper = (m, ip) => {
  const size = u32Arg(m, 3);
  const to = memArg(m, ip, 2, size, true);
  if (to < 0) return false;
  const flags = u64Arg(m, 4);
  m.memory.fill(to, size);
  if ((flags & ~(BPF_F_SKIP_FIELD_MASK | BPF_F_USER_STACK | BPF_F_USER_BUILD_ID)) !== 0n || size % 8 !== 0) {
    return ret(m, -ERRNO.EINVAL);
  }
  if ((flags & BPF_F_USER_STACK) !== 0n) return ret(m, -ERRNO.EFAULT);
  const addresses = stackAddresses(m).slice(Number(flags & BPF_F_SKIP_FIELD_MASK), size / 8 + Number(flags & 0xffn));
  addresses.forEach((address, i) => {
    m.memory.w64(to + 8 * i, address);
  });
  return ret(m, Math.min(size, addresses.length * 8));
};

export const PROBE_HELPERS = {
  probe_read: (m, ip) => probeRead(m, ip, true),
  probe_read_kernel: (m, ip) => probeRead(m, ip, true),
  probe_read_user: (m, ip) => probeRead(m, ip, false),
  copy_from_user: (m, ip) => probeRead(m, ip, false),
  probe_read_str: (m, ip) => probeReadString(m, ip, true),
  probe_read_kernel_str: (m, ip) => probeReadString(m, ip, true),
  probe_read_user_str: (m, ip) => probeReadString(m, ip, false),

  get_stackid: (m, ip) => {
    const map = mapArg(m, ip, 2);
    if (map === undefined) return false;
    if (!(map instanceof StackTraceMap)) return m.raise("argument", ip, `map ${map.name} holds no stack traces`);
    const flags = u64Arg(m, 3);
    const known = BPF_F_SKIP_FIELD_MASK | BPF_F_USER_STACK | BPF_F_FAST_STACK_CMP | BPF_F_REUSE_STACKID;
    if ((flags & ~known) !== 0n) return ret(m, -ERRNO.EINVAL);
    const skipped = stackAddresses(m).slice(Number(flags & BPF_F_SKIP_FIELD_MASK));
    if ((flags & BPF_F_USER_STACK) !== 0n || skipped.length === 0) return ret(m, -ERRNO.EFAULT);
    return ret(m, map.addTrace(skipped, (flags & BPF_F_REUSE_STACKID) !== 0n));
  },

  // The simulated processor records no branches.
  get_branch_snapshot: (m, ip) => {
    if (memArg(m, ip, 1, u32Arg(m, 2), true) < 0) return false;
    return ret(m, u64Arg(m, 3) !== 0n ? -ERRNO.EINVAL : -ERRNO.ENOENT);
  },

  copy_from_user_task: (m, ip) => {
    const size = u32Arg(m, 2);
    const to = memArg(m, ip, 1, size, true);
    if (to < 0) return false;
    if (u64Arg(m, 5) !== 0n) return ret(m, -ERRNO.EINVAL);
    m.memory.fill(to, size);
    return ret(m, size === 0 ? 0 : -ERRNO.EFAULT);
  },

  get_stack: getStack,
  get_task_stack: (m, ip) =>
    pointerArg(m, 1) === currentTask(m)
      ? getStack(m, ip)
      : m.raise("argument", ip, "argument 1 of bpf_get_task_stack is not the task that runs"),
} satisfies Record<string, Helper>;
