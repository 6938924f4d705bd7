// The maps that test_verifier makes for its records. `.fixup_map_hash_8b = { 3 }` puts the map hash_8b into the load at slot 3.
// Source: Linux 6.18 tools/testing/selftests/bpf/test_verifier.c (do_test_fixup and the functions that make the maps).
import { toHex } from "../base/bytes.ts";
import { MAP_FLAGS } from "../facts/flags.ts";
import type { MapDef } from "../program/program.ts";

const map = (name: string, type: string, keySize: number, valueSize: number, rest: Partial<MapDef> = {}): MapDef => ({
  name,
  type,
  keySize,
  valueSize,
  maxEntries: 1,
  flags: 0,
  ...rest,
});

/** The value that update_map() writes: struct test_val { index = (6 + 1) * sizeof(int), foo[6] = 0xabcdef12 }. */
function testVal(): string {
  const bytes = new Uint8Array(48);
  bytes.set([28], 0);
  bytes.set([0x12, 0xef, 0xcd, 0xab], 4 + 6 * 4);
  return toHex(bytes);
}
const filled = { init: { "0": testVal() } };

/** The maps by the name of their fixup without `fixup_`. */
export const SELFTEST_MAPS: Readonly<Record<string, MapDef>> = Object.fromEntries([
  ["map_hash_8b", map("hash_8b", "hash", 8, 8, { flags: MAP_FLAGS.NO_PREALLOC })],
  ["map_hash_48b", map("hash_48b", "hash", 8, 48, { flags: MAP_FLAGS.NO_PREALLOC })],
  ["map_hash_16b", map("hash_16b", "hash", 8, 16, { flags: MAP_FLAGS.NO_PREALLOC })],
  ["map_array_48b", map("array_48b", "array", 4, 48, filled)],
  ["map_array_ro", map("array_ro", "array", 4, 48, { flags: MAP_FLAGS.RDONLY_PROG, ...filled })],
  ["map_array_wo", map("array_wo", "array", 4, 48, { flags: MAP_FLAGS.WRONLY_PROG, ...filled })],
  ["map_array_small", map("array_small", "array", 4, 1)],
  ["map_sockmap", map("sockmap", "sockmap", 4, 4)],
  ["map_sockhash", map("sockhash", "sockhash", 4, 4)],
  ["map_xskmap", map("xskmap", "xskmap", 4, 4)],
  ["map_stacktrace", map("stacktrace", "stack_trace", 4, 8)],
  ["prog1", map("prog1", "prog_array", 4, 4, { maxEntries: 4 })],
  ["prog2", map("prog2", "prog_array", 4, 4, { maxEntries: 8 })],
  ["map_in_map", map("map_in_map", "array_of_maps", 4, 4, { inner: map("inner", "array", 4, 4) })],
  ["cgroup_storage", map("cgroup_storage", "cgroup_storage", 16, 64, { maxEntries: 0 })],
  ["percpu_cgroup_storage", map("percpu_cgroup_storage", "percpu_cgroup_storage", 16, 64, { maxEntries: 0 })],
  ["map_spin_lock", map("spin_lock", "array", 4, 8, { fields: { bpf_spin_lock: 4 } })],
  [
    "sk_storage_map",
    map("sk_storage", "sk_storage", 4, 8, {
      maxEntries: 0,
      flags: MAP_FLAGS.NO_PREALLOC,
      fields: { bpf_spin_lock: 4 },
    }),
  ],
  ["map_event_output", map("event_output", "perf_event_array", 4, 4)],
  ["map_reuseport_array", map("reuseport_array", "reuseport_sockarray", 4, 8)],
  ["map_ringbuf", map("ringbuf", "ringbuf", 0, 0, { maxEntries: 4096 })],
  ["map_timer", map("timer", "array", 4, 16, { fields: { bpf_timer: 0 } })],
  ["map_kptr", map("kptr", "array", 4, 24, { fields: { kptr_untrusted: 0, kptr: 8 } })],
] satisfies [string, MapDef][]);
