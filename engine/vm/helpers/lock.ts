// Spin locks. There is one CPU: either a lock is free, or the program waits for itself. @kernel kernel/bpf/helpers.c
import { LOCK_HELD } from "../layout.ts";
import { type Helper, memArg, ret } from "./call.ts";

export const LOCK_HELPERS = {
  spin_lock: (m, ip) => {
    const at = memArg(m, ip, 1, 4, true);
    if (at < 0) return false;
    if (m.memory.r32(at) !== 0) return m.raise("deadlock", ip, "the lock is held already: the CPU would spin for ever");
    m.memory.w32(at, 1);
    m.memory.w32(LOCK_HELD, at);
    return ret(m, 0);
  },

  spin_unlock: (m, ip) => {
    const at = memArg(m, ip, 1, 4, true);
    if (at < 0) return false;
    if (m.memory.r32(LOCK_HELD) !== at) return m.raise("argument", ip, "argument 1 is no lock that is held");
    m.memory.w32(at, 0);
    m.memory.w32(LOCK_HELD, 0);
    return ret(m, 0);
  },
} satisfies Record<string, Helper>;
