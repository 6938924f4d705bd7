// Which sizes and flags BPF_MAP_CREATE accepts, for each map type. Source: map_alloc_check and map_alloc of the kernel's map
// types. recordings/map-create.jsonl holds the answers of the running kernel (record/record_map_create.py).
import type { MapDef } from "../program/program.ts";
import { ENOTSUPP, ERRNO } from "./errno.ts";
import { MAP_FLAGS } from "./flags.ts";
import { mapTypeByName } from "./map-types.ts";

const F = MAP_FLAGS;

const ACCESS = F.RDONLY | F.WRONLY | F.RDONLY_PROG | F.WRONLY_PROG;
const KMALLOC_MAX_SIZE = 4 << 20;
/** Bytes of struct htab_elem without key and value. */
const HTAB_ELEM_SIZE = 48;
/** Bytes of struct lpm_trie_node. */
const LPM_NODE_SIZE = 40;
/** Most bytes of data in the key of an lpm_trie, behind its 4 bytes of prefix length. */
const LPM_DATA_SIZE_MAX = 256;
const PCPU_MIN_UNIT_SIZE = 32768;
const PAGE_SIZE = 4096;
/** What U16_MAX leaves beside struct bpf_local_storage_elem. */
const LOCAL_STORAGE_MAX_VALUE_SIZE = 0xffff - 128;
/** Of a bloom filter's map_extra. */
const MAX_HASH_FUNCTIONS = 15;
const MAX_BPF_STACK = 512;
/** Value of sysctl kernel.perf_event_max_stack at boot. */
const MAX_STACK_DEPTH = 127;
const STACK_BUILD_ID_SIZE = 32;
const NR_CPUS = 512;

type Rule = (map: Sizes) => number;
interface Sizes {
  readonly type: string;
  readonly perCpu: boolean;
  readonly lru: boolean;
  readonly key: number;
  readonly value: number;
  readonly entries: number;
  readonly flags: number;
  /** Whether an inner map is given. Without one its file descriptor is 0, which is open but not a map. */
  readonly hasInner: boolean;
  readonly typed: boolean;
  /** bpf_attr.map_extra */
  readonly extra: number;
}

const { EINVAL, E2BIG } = ERRNO;
const first = (...errors: readonly (number | false)[]): number => errors.find((e) => e !== false && e !== 0) || 0;
const roundUp8 = (n: number): number => Math.ceil(n / 8) * 8;
const bothProg = (flags: number): boolean => (flags & F.RDONLY_PROG) !== 0 && (flags & F.WRONLY_PROG) !== 0;
const unknown = (flags: number, allowed: number): boolean => (flags & ~allowed) !== 0;

const array: Rule = ({ type, perCpu: percpu, key, value, entries, flags }) => {
  return first(
    (entries === 0 ||
      key !== 4 ||
      value === 0 ||
      unknown(flags, F.NUMA_NODE | F.MMAPABLE | ACCESS | F.PRESERVE_ELEMS | F.INNER_MAP) ||
      bothProg(flags) ||
      (percpu && (flags & F.NUMA_NODE) !== 0)) &&
      EINVAL,
    type !== "array" && (flags & (F.MMAPABLE | F.INNER_MAP)) !== 0 && EINVAL,
    type !== "perf_event_array" && (flags & F.PRESERVE_ELEMS) !== 0 && EINVAL,
    value > 0x7fffffff && E2BIG,
    percpu && roundUp8(value) > PCPU_MIN_UNIT_SIZE && E2BIG,
  );
};

const fdArray: Rule = (map) =>
  first(
    map.value !== 4 && EINVAL,
    (map.flags & (F.RDONLY_PROG | F.WRONLY_PROG)) !== 0 && EINVAL,
    array(map),
    map.type === "array_of_maps" && !map.hasInner && EINVAL,
  );

const hash: Rule = ({ type, perCpu: percpu, lru, key, value, entries, flags, hasInner }) => {
  const percpuLru = (flags & F.NO_COMMON_LRU) !== 0;
  return first(
    type === "hash_of_maps" && value !== 4 && EINVAL,
    (unknown(flags, F.NO_PREALLOC | F.NO_COMMON_LRU | F.NUMA_NODE | ACCESS | F.ZERO_SEED) || bothProg(flags)) && EINVAL,
    !lru && percpuLru && EINVAL,
    lru && (flags & F.NO_PREALLOC) !== 0 && ENOTSUPP,
    (flags & F.NUMA_NODE) !== 0 && (percpu || percpuLru) && EINVAL,
    (entries === 0 || key === 0 || value === 0) && EINVAL,
    key + value >= KMALLOC_MAX_SIZE - HTAB_ELEM_SIZE && E2BIG,
    percpu && roundUp8(value) > PCPU_MIN_UNIT_SIZE && E2BIG,
    type === "hash_of_maps" && !hasInner && EINVAL,
    entries > 2 ** 31 && E2BIG,
  );
};

const ring: Rule = ({ key, value, entries, flags }) =>
  first(
    unknown(flags, F.NUMA_NODE) && EINVAL,
    (key !== 0 || value !== 0 || entries === 0 || !Number.isInteger(Math.log2(entries)) || entries % PAGE_SIZE !== 0) &&
      EINVAL,
  );

const queue: Rule = ({ key, value, entries, flags }) =>
  first(
    (entries === 0 || key !== 0 || value === 0 || unknown(flags, F.NUMA_NODE | ACCESS) || bothProg(flags)) && EINVAL,
    value > KMALLOC_MAX_SIZE && E2BIG,
  );

const sockets: Rule = ({ type, key, value, entries, flags }) =>
  first(
    (entries === 0 ||
      (type === "sockmap" ? key !== 4 : key === 0) ||
      (value !== 4 && value !== 8) ||
      unknown(flags, F.NUMA_NODE | F.RDONLY | F.WRONLY)) &&
      EINVAL,
    type === "sockhash" && key > MAX_BPF_STACK && E2BIG,
  );

const devices: Rule = ({ type, key, value, entries, flags }) =>
  first(
    (entries === 0 ||
      key !== 4 ||
      (value !== 4 && (value !== 8 || type === "xskmap")) ||
      unknown(flags, type === "cpumap" ? F.NUMA_NODE : F.NUMA_NODE | F.RDONLY | F.WRONLY)) &&
      EINVAL,
    type === "cpumap" && entries > NR_CPUS && E2BIG,
    type === "devmap_hash" && entries > 2 ** 31 && EINVAL,
  );

const cgroupStorage: Rule = ({ type, key, value, entries, flags }) =>
  first(
    key !== 8 && key !== 16 && EINVAL,
    value === 0 && EINVAL,
    value > (type === "cgroup_storage" ? LOCAL_STORAGE_MAX_VALUE_SIZE : PCPU_MIN_UNIT_SIZE) && E2BIG,
    (unknown(flags, F.NUMA_NODE | ACCESS) || bothProg(flags)) && EINVAL,
    entries !== 0 && EINVAL,
  );

/** Values of sockets, inodes, tasks, cgroups.  @kernel bpf_local_storage.c bpf_local_storage_map_alloc_check */
const localStorage: Rule = ({ key, value, entries, flags, typed }) =>
  first(
    (unknown(flags, F.NO_PREALLOC | F.CLONE) ||
      (flags & F.NO_PREALLOC) === 0 ||
      entries !== 0 ||
      key !== 4 ||
      value === 0 ||
      !typed) &&
      EINVAL,
    value > LOCAL_STORAGE_MAX_VALUE_SIZE && E2BIG,
  );

const RULES: Readonly<Record<string, Rule>> = {
  array,
  percpu_array: array,
  prog_array: fdArray,
  perf_event_array: fdArray,
  cgroup_array: fdArray,
  array_of_maps: fdArray,
  reuseport_sockarray: (map) => first(map.value !== 4 && map.value !== 8 && EINVAL, array(map)),
  hash,
  percpu_hash: hash,
  lru_hash: hash,
  lru_percpu_hash: hash,
  hash_of_maps: hash,
  ringbuf: ring,
  user_ringbuf: ring,
  queue,
  stack: queue,
  sockmap: sockets,
  sockhash: sockets,
  devmap: devices,
  devmap_hash: devices,
  cpumap: devices,
  xskmap: devices,
  cgroup_storage: cgroupStorage,
  percpu_cgroup_storage: cgroupStorage,
  sk_storage: localStorage,
  inode_storage: localStorage,
  task_storage: localStorage,
  cgrp_storage: localStorage,
  // @kernel arena.c arena_map_alloc
  arena: ({ key, value, entries, flags, extra }) => {
    const bytes = entries * PAGE_SIZE;
    const half = (address: number): number => Math.floor(address / 2 ** 32);
    return first(
      (key !== 0 ||
        value !== 0 ||
        entries === 0 ||
        (flags & F.MMAPABLE) === 0 ||
        unknown(flags, F.MMAPABLE | F.SEGV_ON_FAULT | F.NO_USER_CONV)) &&
        EINVAL,
      extra % PAGE_SIZE !== 0 && EINVAL,
      bytes > 2 ** 32 && E2BIG,
      half(extra) !== half(extra + bytes - 1) && ERRNO.ERANGE,
    );
  },
  bloom_filter: ({ key, value, entries, flags, extra }) =>
    first(
      value > KMALLOC_MAX_SIZE && E2BIG,
      (key !== 0 ||
        value === 0 ||
        entries === 0 ||
        unknown(flags, F.NUMA_NODE | F.ZERO_SEED | ACCESS) ||
        bothProg(flags) ||
        extra > MAX_HASH_FUNCTIONS) &&
        EINVAL,
    ),
  lpm_trie: ({ key, value, entries, flags }) =>
    first(
      (entries === 0 ||
        (flags & F.NO_PREALLOC) === 0 ||
        unknown(flags, F.NO_PREALLOC | F.NUMA_NODE | ACCESS) ||
        bothProg(flags) ||
        key < 5 ||
        key > 4 + LPM_DATA_SIZE_MAX ||
        value < 1 ||
        value > KMALLOC_MAX_SIZE - LPM_DATA_SIZE_MAX - LPM_NODE_SIZE) &&
        EINVAL,
    ),
  stack_trace: ({ key, value, entries, flags }) =>
    first(
      unknown(flags, F.NUMA_NODE | F.RDONLY | F.WRONLY | F.STACK_BUILD_ID) && EINVAL,
      (entries === 0 || key !== 4 || value < 8 || value % 8 !== 0) && EINVAL,
      flags & F.STACK_BUILD_ID
        ? (value % STACK_BUILD_ID_SIZE !== 0 || value / STACK_BUILD_ID_SIZE > MAX_STACK_DEPTH) && EINVAL
        : value / 8 > MAX_STACK_DEPTH && EINVAL,
      entries > 2 ** 31 && E2BIG,
    ),
};

const TAKES_EXTRA: ReadonlySet<string> = new Set(["bloom_filter", "arena"]);

/** 0, or the negative errno that bpf(BPF_MAP_CREATE) returns for these sizes and flags. @kernel syscall.c map_create */
export function checkMapCreate(map: MapDef): number {
  const type = mapTypeByName(map.type);
  const rule = type && RULES[type.name];
  if (!type || !rule) return -EINVAL;
  const { extra = 0 } = map;
  if (extra !== 0 && !TAKES_EXTRA.has(type.name)) return -EINVAL;
  if (map.flags & F.RDONLY && map.flags & F.WRONLY) return -EINVAL;
  const error = rule({
    type: type.name,
    perCpu: type.perCpu,
    lru: type.lru,
    key: map.keySize,
    value: map.valueSize,
    entries: map.maxEntries,
    flags: map.flags & ~F.TOKEN_FD,
    hasInner: map.inner !== undefined,
    typed: map.typed === true || map.fields !== undefined,
    extra,
  });
  if (error !== 0) return -error;
  // The kernel looks at the token after sizes and flags. There are no tokens here.
  return map.flags & F.TOKEN_FD ? -EINVAL : 0;
}

/** Flags of the created map. Device maps are read-only for programs even if that was not asked for. @kernel devmap.c dev_map_init_map */
export const createdMapFlags = (map: MapDef): number =>
  map.type === "devmap" || map.type === "devmap_hash" ? map.flags | F.RDONLY_PROG : map.flags;
