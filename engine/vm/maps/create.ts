// BPF_MAP_CREATE after its attributes were checked: makes a map of any simulated kind.
import { ERRNO } from "../../facts/errno.ts";
import { checkMapCreate } from "../../facts/map-create.ts";
import { mapTypeByName } from "../../facts/map-types.ts";
import type { MapDef } from "../../program/program.ts";
import type { Memory } from "../memory.ts";
import { AbsentMap, canBeAbsent } from "./absent.ts";
import { ArrayMap, ObjectArray } from "./array.ts";
import { BloomMap } from "./bloom.ts";
import { CgroupStorageMap } from "./cgroup-storage.ts";
import { HashMap } from "./hash.ts";
import { LpmMap } from "./lpm.ts";
import type { BpfMap } from "./map.ts";
import { QueueMap } from "./queue.ts";
import { RedirectMap } from "./redirect.ts";
import { RingbufMap } from "./ringbuf.ts";
import { StackTraceMap } from "./stack-trace.ts";
import { UserRingbufMap } from "./user-ringbuf.ts";

type MapClass = new (memory: Memory, def: MapDef) => BpfMap & { readonly isAllocated: boolean };

const MAP_CLASSES: Readonly<Record<string, MapClass>> = {
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
  devmap: RedirectMap,
  devmap_hash: RedirectMap,
  cpumap: RedirectMap,
  xskmap: RedirectMap,
};

/** How many bytes the values of a map take. For a ring buffer: its data, which lies in memory twice. */
function storageBytes({ type, valueSize, maxEntries }: MapDef, cpus: number): number {
  if (valueSize === 0) return 2 * maxEntries;
  return maxEntries * Math.ceil(valueSize / 8) * 8 * (mapTypeByName(type)?.perCpu ? cpus : 1);
}

/** Memory of the simulated machine in bytes. A larger map is refused with -ENOMEM, as vmalloc() does. */
const TOTAL_RAM = 2 ** 34;

/** A map, or the negative errno of BPF_MAP_CREATE. A map that does not fit, or whose kind is not simulated, is an AbsentMap. */
export function createMap(memory: Memory, def: MapDef): BpfMap | number {
  const refused = checkMapCreate(def);
  if (refused !== 0) return refused;
  const bytes = storageBytes(def, memory.cpus);
  if (bytes > TOTAL_RAM) return -ERRNO.ENOMEM;
  if (bytes > memory.largestMap && canBeAbsent(def)) return new AbsentMap(memory, def, ERRNO.ENOMEM);
  const kind = MAP_CLASSES[def.type];
  const map = kind && new kind(memory, def);
  if (map?.isAllocated && memory.reserveScratch(Math.max(def.keySize, map.userValueSize))) return map;
  map?.close();
  return new AbsentMap(memory, def, kind ? ERRNO.ENOMEM : ERRNO.EOPNOTSUPP);
}
