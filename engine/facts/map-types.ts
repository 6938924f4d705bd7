// Map types: their numbers and names, and which are simulated. Which sizes a map may have is in map-create.ts. Which helper may
// take which map is in the verifier. Source: enum bpf_map_type of the running kernel.
import type { MapType } from "./types.ts";
import { uapiConstant, uapiConstantNames } from "./uapi.ts";

const PREFIX = "BPF_MAP_TYPE_";

/** Map types that hold kernel objects which are not simulated, or that can only be created with BTF. */
const NOT_SIMULATED = new Set(
  "struct_ops inode_storage task_storage cgrp_storage arena insn_array sk_storage cgroup_array".split(" "),
);

const PER_CPU = new Set("percpu_hash percpu_array lru_percpu_hash percpu_cgroup_storage".split(" "));
const LRU = new Set("lru_hash lru_percpu_hash".split(" "));

/** Two map types have a second name, which ends in _deprecated. The recordings use the plain name. */
const ALIASES: readonly (readonly [string, string])[] = [
  ["cgroup_storage", "cgroup_storage_deprecated"],
  ["percpu_cgroup_storage", "percpu_cgroup_storage_deprecated"],
];

const BY_ID = new Map<number, MapType>();
const BY_NAME = new Map<string, MapType>();

for (const constant of uapiConstantNames()) {
  if (!constant.startsWith(PREFIX)) continue;
  const name = constant.slice(PREFIX.length).toLowerCase();
  if (name.endsWith("_deprecated")) continue;
  const id = Number(uapiConstant(constant));
  const traits = { simulated: !NOT_SIMULATED.has(name), perCpu: PER_CPU.has(name), lru: LRU.has(name) };
  const type: MapType = { id, name, ...traits };
  if (!BY_ID.has(id)) BY_ID.set(id, type);
  BY_NAME.set(name, type);
}
for (const [name, old] of ALIASES) {
  const type = BY_NAME.get(name);
  if (type) BY_NAME.set(old, type);
}

/** `hash` → its type. The deprecated names are known too. */
export const mapTypeByName = (name: string): MapType | undefined => BY_NAME.get(name);
/** 1 → hash. */
export const mapTypeById = (id: number): MapType | undefined => BY_ID.get(id);
/** Ascending by number. */
export const MAP_TYPES: readonly MapType[] = [...BY_ID.values()].sort((a, b) => a.id - b.id);
