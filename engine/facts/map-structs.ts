// The kernel's own structure behind a map pointer. Programs may read it; its BTF says what lies where.
import { mapStructs } from "./recorded/map-structs.ts";

/** Map type → the kernel's structure for it. @kernel ->map_btf_id of each map_ops */
const MAP_STRUCT: Readonly<Record<string, string>> = {
  array: "bpf_array",
  percpu_array: "bpf_array",
  prog_array: "bpf_array",
  perf_event_array: "bpf_array",
  cgroup_array: "bpf_array",
  array_of_maps: "bpf_array",
  hash: "bpf_htab",
  lru_hash: "bpf_htab",
  percpu_hash: "bpf_htab",
  lru_percpu_hash: "bpf_htab",
  hash_of_maps: "bpf_htab",
  stack_trace: "bpf_stack_map",
  lpm_trie: "lpm_trie",
  devmap: "bpf_dtab",
  devmap_hash: "bpf_dtab",
  sockmap: "bpf_stab",
  sockhash: "bpf_shtab",
  cpumap: "bpf_cpu_map",
  xskmap: "xsk_map",
  cgroup_storage: "bpf_cgroup_storage_map",
  percpu_cgroup_storage: "bpf_cgroup_storage_map",
  reuseport_sockarray: "reuseport_array",
  queue: "bpf_queue_stack",
  stack: "bpf_queue_stack",
  sk_storage: "bpf_local_storage_map",
  task_storage: "bpf_local_storage_map",
  inode_storage: "bpf_local_storage_map",
  cgrp_storage: "bpf_local_storage_map",
  struct_ops: "bpf_struct_ops_map",
  ringbuf: "bpf_ringbuf_map",
  user_ringbuf: "bpf_ringbuf_map",
  bloom_filter: "bpf_bloom_filter",
  arena: "bpf_arena",
};

/** The kernel's structure for a map type: `array` → `bpf_array`. `bpf_map` if the table has none. */
export const mapStructOf = (mapType: string): string => MAP_STRUCT[mapType] ?? "bpf_map";

/** Whether a load of `size` bytes at `off` reads a number (and not a pointer, a gap or parts of two members). */
export const findsNumber = (struct: string, off: number, size: number): boolean =>
  (mapStructs[struct] ?? []).some(([first, end, memberEnd]) => off >= first && off < end && off + size <= memberEnd);
