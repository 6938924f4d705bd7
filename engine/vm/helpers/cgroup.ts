// Helpers of cgroup programs, and of programs that read perf events. @kernel kernel/bpf/cgroup.c
import { ERRNO } from "../../facts/errno.ts";
import { type Helper, memArg, ret, u32Arg } from "./call.ts";

export const CGROUP_HELPERS = {
  current_task_under_cgroup: (m) => ret(m, -ERRNO.EAGAIN),

  // Perf events have no processor counter here.
  perf_prog_read_value: (m, ip) => {
    const size = u32Arg(m, 3);
    const at = memArg(m, ip, 2, size, true);
    if (at < 0) return false;
    m.memory.fill(at, size);
    return ret(m, -ERRNO.EINVAL);
  },
} satisfies Record<string, Helper>;
