// BPF_MAP_CREATE once its attributes were checked: a map of any simulated kind.
import { ERRNO } from "../../facts/errno.ts";
import { checkMapCreate } from "../../facts/map-create.ts";
import type { MapDef } from "../../program/program.ts";
import type { Memory } from "../memory.ts";
import { ArrayMap, ObjectArray } from "./array.ts";
import { BloomMap } from "./bloom.ts";
import { HashMap } from "./hash.ts";
import { LpmMap } from "./lpm.ts";
import type { BpfMap } from "./map.ts";
import { QueueMap } from "./queue.ts";
import { RingbufMap } from "./ringbuf.ts";
import { CgroupStorageMap, StackTraceMap } from "./storage.ts";
import { TargetMap } from "./targets.ts";
import { UserRingbufMap } from "./user-ringbuf.ts";

type Kind = new (memory: Memory, def: MapDef) => BpfMap & { readonly made: boolean };

const KINDS: Readonly<Record<string, Kind>> = {
  array: ArrayMap,
  percpu_array: ArrayMap,
  hash: HashMap,
  percpu_hash: HashMap,
  lru_hash: HashMap,
  lru_percpu_hash: HashMap,
  hash_of_maps: HashMap,
  lpm_trie: LpmMap,
  queue: QueueMap,
  stack: QueueMap,
  bloom_filter: BloomMap,
  ringbuf: RingbufMap,
  user_ringbuf: UserRingbufMap,
  array_of_maps: ObjectArray,
  prog_array: ObjectArray,
  perf_event_array: ObjectArray,
  cgroup_array: ObjectArray,
  stack_trace: StackTraceMap,
  cgroup_storage: CgroupStorageMap,
  percpu_cgroup_storage: CgroupStorageMap,
  devmap: TargetMap,
  devmap_hash: TargetMap,
  cpumap: TargetMap,
  xskmap: TargetMap,
};

/** A map, or a negative errno as BPF_MAP_CREATE answers it; -EOPNOTSUPP for kinds that are not simulated. */
export function createMap(memory: Memory, def: MapDef): BpfMap | number {
  const kind = KINDS[def.type];
  const refused = checkMapCreate(def);
  if (refused !== 0) return refused;
  if (kind === undefined) return -ERRNO.EOPNOTSUPP;
  const map = new kind(memory, def);
  if (map.made) return map;
  map.close();
  return -ERRNO.ENOMEM;
}
