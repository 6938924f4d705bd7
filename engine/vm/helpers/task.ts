// Time, randomness, CPU and task: all from the machine's Env.
// @kernel kernel/bpf/helpers.c, kernel/trace/bpf_trace.c
import { ERRNO } from "../../facts/errno.ts";
import { nextRandom } from "../env.ts";
import { RANDOM_STATE } from "../layout.ts";
import { commBytes, currentTask } from "../task.ts";
import { type Caller, type Helper, memArg, ret, ret64, retPointer, u32Arg, u64Arg } from "./call.ts";

const NS_PER_JIFFY = 4_000_000n;
/** Coarse clocks advance with the timer interrupt. */
const coarse = (ns: bigint) => ns - (ns % NS_PER_JIFFY);
const INITIAL_JIFFIES = 0xffff_ffffn - 300n * 250n + 1n;

const readClock = (m: Caller) => m.memory.readClock(m.env.tick);

export const TASK_HELPERS = {
  ktime_get_ns: (m) => ret64(m, readClock(m)),
  ktime_get_boot_ns: (m) => ret64(m, readClock(m)),
  ktime_get_coarse_ns: (m) => ret64(m, coarse(readClock(m))),
  ktime_get_tai_ns: (m) => ret64(m, readClock(m) + m.env.wallOffset),
  jiffies64: (m) => ret64(m, INITIAL_JIFFIES + readClock(m) / NS_PER_JIFFY),

  get_prandom_u32: (m) => {
    const state = new Uint32Array(4);
    for (let i = 0; i < 4; i++) state[i] = m.memory.r32(RANDOM_STATE + 4 * i);
    const value = nextRandom(state);
    for (let i = 0; i < 4; i++) m.memory.w32(RANDOM_STATE + 4 * i, state[i] as number);
    return ret(m, value);
  },

  get_smp_processor_id: (m) => ret(m, m.env.cpu),
  get_numa_node_id: (m) => ret(m, m.env.numaNode),
  get_current_pid_tgid: (m) => ret64(m, (BigInt(m.env.tgid) << 32n) | BigInt(m.env.pid)),
  get_current_uid_gid: (m) => ret64(m, (BigInt(m.env.gid) << 32n) | BigInt(m.env.uid)),
  get_current_cgroup_id: (m) => ret64(m, m.env.cgroupId),
  get_current_ancestor_cgroup_id: (m) => ret64(m, u32Arg(m, 1) === 0 ? m.env.cgroupId : 0n),

  get_current_comm: (m, ip) => {
    const size = u32Arg(m, 2);
    const at = memArg(m, ip, 1, size, true);
    if (at < 0) return false;
    if (size === 0) return ret(m, -ERRNO.EINVAL);
    m.memory.fill(at, size);
    m.memory.copyIn(at, commBytes(m.env.comm).subarray(0, size - 1));
    return ret(m, 0);
  },

  get_current_task: (m) => retPointer(m, currentTask(m)),
  get_current_task_btf: (m) => retPointer(m, currentTask(m)),

  get_ns_current_pid_tgid: (m, ip) => {
    const size = u32Arg(m, 4);
    const at = memArg(m, ip, 3, size, true);
    if (at < 0) return false;
    m.memory.fill(at, size);
    // There is one pid namespace. It has the first inode number of its kind, on the device that holds namespaces.
    if (size !== 8 || u64Arg(m, 1) !== 4n || u64Arg(m, 2) !== 0xeffffffcn) return ret(m, -ERRNO.EINVAL);
    m.memory.w32(at, m.env.pid);
    m.memory.w32(at + 4, m.env.tgid);
    return ret(m, 0);
  },

  get_func_ip: (m) => ret64(m, m.funcIp),
  get_attach_cookie: (m) => ret64(m, 0n),
  // User memory does not exist here. Writing to it fails as for an address that is not mapped.
  probe_write_user: (m) => ret(m, -ERRNO.EFAULT),
} satisfies Record<string, Helper>;
