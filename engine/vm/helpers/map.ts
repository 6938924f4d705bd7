// Helpers of maps, and tail calls, which use a map.
// @kernel kernel/bpf/helpers.c
import { TAIL_CALLS } from "../layout.ts";
import { ObjectArray } from "../maps/array.ts";
import { CgroupStorageMap } from "../maps/cgroup-storage.ts";
import type { BpfMap } from "../maps/map.ts";
import { type Caller, type Helper, mapArg, memArg, ret, retPointer, u32Arg, u64AsU32Arg } from "./call.ts";

/** How many tail calls a run may make (MAX_TAIL_CALL_CNT). */
const MAX_TAIL_CALLS = 33;

/** Reads argument 1 as a map and argument 2 as a key, and calls `then` with them. */
function withKey(m: Caller, ip: number, then: (map: BpfMap, key: number) => boolean): boolean {
  const map = mapArg(m, ip);
  if (map === undefined) return false;
  const key = memArg(m, ip, 2, map.def.keySize, false);
  return key >= 0 && then(map, key);
}

/** A helper whose argument 1 is a map and argument 2 a value. */
const withValue =
  (write: boolean, then: (m: Caller, map: BpfMap, value: number) => number): Helper =>
  (m, ip) => {
    const map = mapArg(m, ip);
    if (map === undefined) return false;
    const value = memArg(m, ip, 2, map.def.valueSize, write);
    return value >= 0 && ret(m, then(m, map, value));
  };

export const MAP_HELPERS = {
  // The helper that programs call most. Written without a closure for speed.
  map_lookup_elem: (m, ip) => {
    const map = mapArg(m, ip);
    if (map === undefined) return false;
    const key = memArg(m, ip, 2, map.def.keySize, false);
    return key >= 0 && retPointer(m, map.lookupAt(key, m.env.cpu));
  },

  map_update_elem: (m, ip) =>
    withKey(m, ip, (map, key) => {
      const value = memArg(m, ip, 3, map.def.valueSize, false);
      return value >= 0 && ret(m, map.updateAt(key, value, u64AsU32Arg(m, 4), m.env.cpu));
    }),

  map_delete_elem: (m, ip) => withKey(m, ip, (map, key) => ret(m, map.deleteAt(key))),

  map_push_elem: withValue(false, (m, map, value) => map.pushAt(value, u64AsU32Arg(m, 3))),
  map_pop_elem: withValue(true, (_, map, value) => map.popAt(value)),
  map_peek_elem: withValue(true, (_, map, value) => map.peekAt(value)),

  map_lookup_percpu_elem: (m, ip) =>
    withKey(m, ip, (map, key) => {
      const cpu = u32Arg(m, 3);
      return retPointer(m, map.perCpu && cpu < m.memory.cpus ? map.lookupAt(key, cpu) : 0);
    }),

  get_local_storage: (m, ip) => {
    const map = mapArg(m, ip);
    if (map === undefined) return false;
    if (!(map instanceof CgroupStorageMap)) return m.raise("argument", ip, `map ${map.name} is no cgroup storage`);
    return retPointer(m, map.storageAt(m.env.cpu));
  },

  // A tail call that cannot be made is not an error: the program continues after it, and R0 keeps its value.
  tail_call: (m, ip) => {
    const map = mapArg(m, ip, 2);
    if (map === undefined) return false;
    if (!(map instanceof ObjectArray)) return m.raise("argument", ip, `map ${map.name} holds no programs`);
    const tailCalls = m.memory.r32(TAIL_CALLS);
    const id = map.objectAt(u32Arg(m, 3));
    if (id === 0 || tailCalls >= MAX_TAIL_CALLS) return true;
    if (!m.switchProgram(id)) return true;
    m.memory.w32(TAIL_CALLS, tailCalls + 1);
    m.ip = 0;
    return true;
  },
} satisfies Record<string, Helper>;
