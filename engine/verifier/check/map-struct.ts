// Loads through a map pointer itself: the kernel's own structure of the map, of which the log knows the name.
import { type Env, notSimulated, verbose } from "../state/env.ts";
import { EACCES } from "../state/errors.ts";
import type { RegState } from "../state/reg.ts";

/** Reading the fields of a map's own kernel structure. @kernel verifier.c check_ptr_to_map_access */
export function checkMapStruct(env: Env, regno: number, reg: RegState, off: number, write: boolean): number {
  const struct = mapStruct(reg.map!.def.type);
  if (off < 0) {
    verbose(env, `R${regno} is ${struct} invalid negative access: off=${off}\n`);
    return EACCES;
  }
  if (write) {
    verbose(env, `only read from ${struct} is supported\n`);
    return EACCES;
  }
  return notSimulated(env, "access to kernel structures through BTF");
}

/** The kernel's structure behind a type of map, by map type. @kernel ->map_btf_id of each map_ops */
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

const mapStruct = (type: string): string => MAP_STRUCT[type] ?? "bpf_map";
