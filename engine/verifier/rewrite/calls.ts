// What a call of a helper becomes: a call of the kernel function behind it, or the instructions that it does.
// @kernel verifier.c do_misc_fixups, the map_gen_lookup functions of kernel/bpf
import { helperName } from "../../facts/helpers.ts";
import { addresses, callOffsets } from "../../facts/recorded/rewrites.ts";
import type { HelperProto } from "../../facts/types.ts";
import * as I from "../../isa/codes.ts";
import type { InsnAux } from "../state/env.ts";
import type { VerifierMap } from "../state/map.ts";
import type { Node } from "./code.ts";
import * as E from "./emit.ts";

const R0 = 0;
const R1 = 1;
const R2 = 2;

/** offsetof(struct bpf_array, value), offsetof(struct htab_elem, key). */
const ARRAY_VALUES = 312;
const HTAB_KEY = 48;
/** offsetof(struct htab_elem, lru_node.ref). */
const LRU_REF = 19;
/** offsetof(struct xsk_map, xsk_map). */
const XSK_MAP = 304;
/** GFP_ATOMIC and GFP_KERNEL. */
const GFP_ATOMIC = 0x820;
const GFP_KERNEL = 0xcc0;

const roundUp8 = (n: number) => (n + 7) & ~7;

export interface CallContext {
  readonly proto: HelperProto | undefined;
  readonly aux: InsnAux;
  readonly sleepable: boolean;
}

/** The nodes that replace the call. `next` is the node after it. */
export function callBecomes(node: Node, next: Node, { proto, aux, sleepable }: CallContext): readonly Node[] {
  const name = helperName(node.insn.imm) ?? "";
  const map = aux.callMapPoison ? null : aux.callMap;
  const inline = map && (name === "map_lookup_elem" ? LOOKUPS[map.def.type]?.(map, next) : undefined);
  if (inline) return last(inline, node.slot);
  const direct = map && OPS[name]?.[map.def.type];
  if (direct) return [called(node, direct)];
  const special = SPECIAL[name];
  if (special) return last(special(node, sleepable), node.slot);
  const func = proto?.func ?? `bpf_${name}`;
  // A few kernel functions have no `bpf_` prefix.
  return [called(node, func in callOffsets || !(name in callOffsets) ? func : name)];
}

const called = (node: Node, callee: string): Node => ({ ...E.call(callee), slot: node.slot });
function last(nodes: readonly Node[], slot: number): readonly Node[] {
  const end = nodes.at(-1);
  if (end) end.slot = slot;
  return nodes;
}

const SPECIAL: Readonly<Record<string, (node: Node, sleepable: boolean) => readonly Node[]>> = {
  // bpf_insn_prepare_dump gives it its old number back.
  tail_call: ({ insn }) => [{ insn, slot: -1 }],
  get_prandom_u32: () => [E.call("bpf_user_rnd_u32")],
  get_smp_processor_id: () => [E.mov(R0, addresses.cpuNumber), E.percpu(R0), E.load(I.BPF_W, R0, R0, 0)],
  jiffies64: () => [E.address(R0, BigInt(addresses.jiffies)), E.load(I.BPF_DW, R0, R0, 0)],
  timer_set_callback: () => [E.address(3, BigInt(addresses.progAux)), E.call("bpf_timer_set_callback")],
  ...Object.fromEntries(
    ["task", "sk", "inode", "cgrp"].map((kind) => [
      `${kind}_storage_get`,
      (_: Node, sleepable: boolean) => [
        E.mov(5, sleepable ? GFP_KERNEL : GFP_ATOMIC),
        E.call(`bpf_${kind}_storage_get`),
      ],
    ]),
  ),
};

/** By map type: the map_ops functions that are called directly, without the helper. */
const OPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  map_lookup_elem: {
    lpm_trie: "trie_lookup_elem",
    sockmap: "sock_map_lookup",
    sockhash: "sock_hash_lookup",
    devmap: "dev_map_lookup_elem",
    devmap_hash: "dev_map_hash_lookup_elem",
    reuseport_sockarray: "reuseport_array_lookup_elem",
  },
  map_update_elem: {
    array: "array_map_update_elem",
    percpu_array: "array_map_update_elem",
    hash: "htab_map_update_elem",
    lru_hash: "htab_lru_map_update_elem",
    percpu_hash: "htab_percpu_map_update_elem",
    lru_percpu_hash: "htab_lru_percpu_map_update_elem",
    lpm_trie: "trie_update_elem",
  },
  map_delete_elem: {
    array: "array_map_delete_elem",
    percpu_array: "array_map_delete_elem",
    hash: "htab_map_delete_elem",
    lru_hash: "htab_lru_map_delete_elem",
    percpu_hash: "htab_map_delete_elem",
    lru_percpu_hash: "htab_lru_map_delete_elem",
    lpm_trie: "trie_delete_elem",
  },
  map_push_elem: {
    queue: "queue_stack_map_push_elem",
    stack: "queue_stack_map_push_elem",
    bloom_filter: "bloom_map_push_elem",
  },
  map_pop_elem: { queue: "queue_map_pop_elem", stack: "stack_map_pop_elem" },
  map_peek_elem: { queue: "queue_map_peek_elem", stack: "stack_map_peek_elem", bloom_filter: "bloom_map_peek_elem" },
  redirect_map: {
    devmap: "dev_map_redirect",
    devmap_hash: "dev_hash_map_redirect",
    cpumap: "cpu_map_redirect",
    xskmap: "xsk_map_redirect",
  },
  for_each_map_elem: {
    array: "bpf_for_each_array_elem",
    percpu_array: "bpf_for_each_array_elem",
    ...Object.fromEntries(
      ["hash", "lru_hash", "percpu_hash", "lru_percpu_hash"].map((type) => [type, "bpf_for_each_hash_elem"]),
    ),
  },
  map_lookup_percpu_elem: {
    percpu_array: "percpu_array_map_lookup_percpu_elem",
    percpu_hash: "htab_percpu_map_lookup_percpu_elem",
    lru_percpu_hash: "htab_lru_percpu_map_lookup_percpu_elem",
  },
};

/** r0 = index < max_entries ? the element's address : 0. `found` is then applied to the address. */
function arrayLookup(map: VerifierMap, next: Node, elementSize: number, found: readonly Node[]): readonly Node[] {
  const none = E.mov(R0, 0);
  const power = (elementSize & (elementSize - 1)) === 0;
  return [
    E.alu64(I.BPF_ADD, R1, ARRAY_VALUES),
    E.load(I.BPF_W, R0, R2, 0),
    E.jump(I.BPF_JGE, R0, map.maxEntries, none),
    power ? E.alu64(I.BPF_LSH, R0, Math.log2(elementSize)) : E.alu64(I.BPF_MUL, R0, elementSize),
    E.alu64Reg(I.BPF_ADD, R0, R1),
    ...found,
    E.goto(next),
    none,
  ];
}

const htabValue = (map: VerifierMap) => E.alu64(I.BPF_ADD, R0, HTAB_KEY + roundUp8(map.keySize));
const htabLookup = (next: Node, found: readonly Node[]): readonly Node[] => [
  E.call("__htab_map_lookup_elem"),
  E.jump(I.BPF_JEQ, R0, 0, next),
  ...found,
];

function lruLookup(map: VerifierMap, next: Node): readonly Node[] {
  const value = htabValue(map);
  return htabLookup(next, [
    E.load(I.BPF_B, R1, R0, LRU_REF),
    E.jump(I.BPF_JNE, R1, 0, value),
    E.storeImm(I.BPF_B, R0, LRU_REF, 1),
    value,
  ]);
}

/** By map type. An array with BPF_F_INNER_MAP is not inlined. @kernel array_map_gen_lookup, htab_map_gen_lookup, … */
const LOOKUPS: Readonly<Record<string, (map: VerifierMap, next: Node) => readonly Node[] | undefined>> = {
  array: (map, next) => (map.flags & BPF_F_INNER_MAP ? undefined : arrayLookup(map, next, roundUp8(map.valueSize), [])),
  percpu_array: (map, next) => arrayLookup(map, next, 8, [E.load(I.BPF_DW, R0, R0, 0), E.percpu(R0)]),
  hash: (map, next) => htabLookup(next, [htabValue(map)]),
  percpu_hash: (map, next) => htabLookup(next, [htabValue(map), E.load(I.BPF_DW, R0, R0, 0), E.percpu(R0)]),
  lru_hash: lruLookup,
  array_of_maps(map, next) {
    const none = E.mov(R0, 0);
    return [
      E.alu64(I.BPF_ADD, R1, ARRAY_VALUES),
      E.load(I.BPF_W, R0, R2, 0),
      E.jump(I.BPF_JGE, R0, map.maxEntries, none),
      E.alu64(I.BPF_LSH, R0, 3),
      E.alu64Reg(I.BPF_ADD, R0, R1),
      E.load(I.BPF_DW, R0, R0, 0),
      E.jump(I.BPF_JEQ, R0, 0, none),
      E.goto(next),
      none,
    ];
  },
  xskmap(map, next) {
    const none = E.mov(R0, 0);
    return [
      E.load(I.BPF_W, R0, R2, 0),
      E.jump(I.BPF_JGE, R0, map.maxEntries, none),
      E.alu64(I.BPF_LSH, R0, 3),
      E.alu64(I.BPF_ADD, R1, XSK_MAP),
      E.alu64Reg(I.BPF_ADD, R0, R1),
      E.load(I.BPF_DW, R0, R0, 0),
      E.goto(next),
      none,
    ];
  },
  hash_of_maps: (map, next) => htabLookup(next, [htabValue(map), E.load(I.BPF_DW, R0, R0, 0)]),
};
const BPF_F_INNER_MAP = 1 << 12;
