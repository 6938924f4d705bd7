// The maps of the recorded programs. A program gets those that its text names.
import { toHex, utf8Encode } from "../../base/bytes.ts";
import { MAP_FLAGS } from "../../facts/flags.ts";
import type { MapDef } from "../../program/program.ts";
import { mapDef as map } from "../map-def.ts";

export const MAPS: readonly MapDef[] = [
  map("array", "array", 4, 48),
  map("array4", "array", 4, 48, 4),
  map("hash", "hash", 8, 16, 4),
  map("readonly", "array", 4, 48, 1, MAP_FLAGS.RDONLY_PROG),
  { ...map("rodata", "array", 4, 16, 1, MAP_FLAGS.RDONLY_PROG), frozen: true },
  {
    ...map("text", "array", 4, 32, 1, MAP_FLAGS.RDONLY_PROG),
    // "hello %d %s\0", then "%q\0", then letters without a zero at the end.
    init: { "0": `${toHex(utf8Encode("hello %d %s\0%q\0"))}${"78".repeat(17)}` },
    frozen: true,
  },
  {
    ...map("numbers", "array", 4, 16, 1, MAP_FLAGS.RDONLY_PROG),
    init: { "0": "80ff7f00ffffffff0100000000000080" },
    frozen: true,
  },
  { ...map("rodata4", "array", 4, 16, 4, MAP_FLAGS.RDONLY_PROG), frozen: true },
  { ...map("frozenhash", "hash", 4, 16, 1, MAP_FLAGS.RDONLY_PROG), frozen: true },
  { ...map("writable", "array", 4, 16), frozen: true },
  { ...map("prog.rodata", "array", 4, 16), named: true },
  { ...map("counts", "hash", 4, 16, 4), named: true },
  map("writeonly", "array", 4, 48, 1, MAP_FLAGS.WRONLY_PROG),
  map("ring", "ringbuf", 0, 0, 4096),
  map("progs", "prog_array", 4, 4, 4),
  map("perf", "perf_event_array", 4, 4, 4),
  map("queue", "queue", 0, 8, 4),
  map("percpu", "percpu_array", 4, 8, 4),
  map("socks", "sockmap", 4, 4, 4),
  map("xsks", "xskmap", 4, 4, 4),
  map("devs", "devmap", 4, 4, 4),
  map("cpus", "cpumap", 4, 4, 4),
  map("cgstorage", "cgroup_storage", 8, 8, 0),
  map("cgstorage2", "cgroup_storage", 8, 16, 0),
  map("stacks", "stack_trace", 4, 80, 4),
  map("bloom", "bloom_filter", 0, 4, 4),
  map("lpm", "lpm_trie", 8, 8, 4, MAP_FLAGS.NO_PREALLOC),
  map("users", "user_ringbuf", 0, 0, 4096),
  { ...map("locks", "array", 4, 16), fields: { bpf_spin_lock: 4 } },
  { ...map("timers", "array", 4, 24), fields: { bpf_timer: 0 } },
  { ...map("outer", "array_of_maps", 4, 4), inner: map("inner", "array", 4, 48) },
];
