// Loads that are refused, or nearly refused, before the verifier sees the program: odd maps and odd attributes. The records are in the
// form of `conform verify`. The maps are created with their names, as the page does it.

interface OddMap {
  readonly name?: string;
  readonly type?: string;
  readonly key_size?: number;
  readonly value_size?: number;
  readonly max_entries?: number;
  readonly flags?: number;
  readonly init?: Readonly<Record<string, string>>;
  readonly inner?: OddMap;
}

export interface OddLoad {
  readonly prog_type: string;
  readonly expected_attach_type: number;
  readonly insns: string;
  readonly maps: readonly object[];
  readonly map_refs: Readonly<Record<string, string>>;
  readonly log_level: number;
  readonly prog_flags?: number;
  readonly log_size?: number;
  readonly license?: string;
}

const EXIT = "b7000000000000009500000000000000";
const LOAD_MAP = `1811000000000000${"00".repeat(8)}`;
/** Calls bpf_trace_printk, for which the license is checked before the arguments. */
const GPL_ONLY = `8500000006000000${EXIT}`;
const ONE = "0100000000000000";
const MAP = { name: "m", type: "array", key_size: 4, value_size: 8, max_entries: 1, named: true };

const mapOf = ({ inner, ...odd }: OddMap): object => ({ ...MAP, ...odd, ...(inner && { inner: mapOf(inner) }) });

/** A program that loads the first of the maps and exits. */
const maps = (...odd: readonly OddMap[]): OddLoad => {
  const made = odd.map(mapOf);
  return { ...load({}), insns: LOAD_MAP + EXIT, maps: made, map_refs: { 0: odd[0]?.name ?? MAP.name } };
};
const load = (odd: Partial<OddLoad>): OddLoad => ({
  prog_type: "socket_filter",
  expected_attach_type: 0,
  insns: EXIT,
  maps: [],
  map_refs: {},
  log_level: 2,
  ...odd,
});

const GIB = 2 ** 30;

export const ODD_LOADS: Readonly<Record<string, OddLoad>> = {
  "a name with a blank": maps({ name: "bad name" }),
  "a name with a dash": maps({ name: "a-b" }),
  "a name of 15 letters": maps({ name: "abcdefghijklmno" }),
  "a name of 16 letters": maps({ name: "abcdefghijklmnop" }),
  "a name with a dot": maps({ name: ".rodata" }),
  "no name": maps({ name: "" }),
  "a bad name of an inner map": maps({ type: "array_of_maps", value_size: 4, inner: { name: "in ner" } }),
  "a map of maps": maps({ type: "array_of_maps", value_size: 4, inner: { name: "inner" } }),
  "a map of maps without one to take after": maps({ type: "array_of_maps", value_size: 4 }),
  "a hash of maps without one to take after": maps({ type: "hash_of_maps", value_size: 4 }),
  "an element beyond the array": maps({ init: { 9: ONE } }),
  "an element of the array": maps({ init: { 0: ONE } }),
  "one element too many": maps({ type: "hash", init: { 1: ONE, 2: ONE } }),
  "the same number of elements as entries": maps({ type: "hash", max_entries: 2, init: { 1: ONE, 2: ONE } }),
  "one more than the least recently used table has": maps({ type: "lru_hash", init: { 1: ONE, 2: ONE } }),
  "a queue that is filled": maps({ type: "queue", key_size: 0, init: { 0: ONE } }),
  "an element of a ring buffer": maps({
    type: "ringbuf",
    key_size: 0,
    value_size: 0,
    max_entries: 4096,
    init: { 0: ONE },
  }),
  "a program array that holds no program": maps({ type: "prog_array", value_size: 4, init: { 0: "00000000" } }),
  "a program array that holds a closed descriptor": maps({
    type: "prog_array",
    value_size: 4,
    init: { 0: "84030000" },
  }),
  "a socket map that holds a closed descriptor": maps({ type: "sockmap", value_size: 4, init: { 0: "84030000" } }),
  "a socket map": maps({ type: "sockmap", value_size: 4 }),
  "a hash of sockets": maps({ type: "sockhash", value_size: 4 }),
  "an array of sockets": maps({ type: "reuseport_sockarray", value_size: 4 }),
  "read only from outside, and filled": maps({ flags: 8, init: { 0: ONE } }),
  "read only from outside": maps({ flags: 8 }),
  "read only for programs, and filled": maps({ flags: 128, init: { 0: ONE } }),
  "an array of 200 MiB": maps({ value_size: 4096, max_entries: 50 << 10 }),
  "an array of 4 GiB": maps({ value_size: 4096, max_entries: 1 << 20 }),
  "an element of an array of 4 GiB": maps({ value_size: 4096, max_entries: 1 << 20, init: { 1048575: ONE } }),
  "an element beyond an array of 4 GiB": maps({ value_size: 4096, max_entries: 1 << 20, init: { 1048576: ONE } }),
  "an array of 1 TiB": maps({ value_size: 4096, max_entries: GIB / 4 }),
  "an array with a value of 2 GiB": maps({ value_size: 2 * GIB }),
  "an array with keys of 8 bytes": maps({ key_size: 8 }),
  "an array without entries": maps({ max_entries: 0 }),
  "an array without values": maps({ value_size: 0 }),
  "a hash without keys": maps({ type: "hash", key_size: 0 }),
  "a hash without values": maps({ type: "hash", value_size: 0 }),
  "a hash with a key of 4 MiB": maps({ type: "hash", key_size: 4 << 20 }),
  "a per-CPU value of more than 32 KiB": maps({ type: "percpu_array", value_size: 32769 }),
  "a ring buffer of 100 bytes": maps({ type: "ringbuf", key_size: 0, value_size: 0, max_entries: 100 }),
  "a prefix tree with room taken ahead": maps({ type: "lpm_trie", key_size: 8 }),
  "a queue with keys": maps({ type: "queue" }),
  "an unknown flag of a map": maps({ flags: 1 << 20 }),
  "flags of a map that exclude each other": maps({ flags: 24 }),
  "an unknown map type": maps({ type: "no_such_type" }),
  "local storage without BTF": maps({ type: "sk_storage", flags: 1, max_entries: 0 }),
  "a bad map that nothing loads": maps({}, { name: "other", key_size: 8 }),
  "two bad maps": maps({ name: "bad name" }, { name: "other", max_entries: 1, init: { 3: ONE } }),
  "a bad map and no such program type": { ...maps({ init: { 9: ONE } }), prog_type: "no_such_type" },

  "no instructions": load({ insns: "" }),
  "an unknown flag of programs": load({ prog_flags: 0x100 }),
  "a token that is none": load({ prog_flags: 0x10000 }),
  "an unknown program type": load({ prog_type: "no_such_type" }),
  "no program type": load({ prog_type: "unspec" }),
  "any attach type of a socket filter": load({ expected_attach_type: 99 }),
  "no attach type where one is needed": load({ prog_type: "sk_lookup" }),
  "another attach type": load({ prog_type: "sk_lookup", expected_attach_type: 37 }),
  "no attach type where 0 stands for one": load({ prog_type: "sk_reuseport" }),
  "no attach type of a socket's program": load({ prog_type: "cgroup_sock" }),
  "an attach type beyond all": load({ prog_type: "cgroup_skb", expected_attach_type: 1000 }),
  "a program for netfilter": load({ prog_type: "netfilter", expected_attach_type: 45 }),
  "a log level beyond all": load({ log_level: 16 }),
  "a log level without a buffer": load({ log_size: 0 }),
  "a buffer beyond all": load({ log_size: GIB }),
  "a buffer that is too small": load({ log_size: 128 }),
  "a buffer that keeps the beginning and is too small": load({ log_size: 128, log_level: 10 }),
  "no log, whatever the buffer": load({ log_size: 128, log_level: 0 }),
  "a license that is not free": load({ insns: GPL_ONLY, license: "Proprietary" }),
  "a license that is": load({ insns: GPL_ONLY, license: "Dual BSD/GPL" }),
};
