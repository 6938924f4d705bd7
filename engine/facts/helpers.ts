// Helper functions: numbers, names, prototypes. Which program type may call which helper is in prog-types.ts.
// Source: recorded/helpers.ts, read from the struct bpf_func_proto objects of the running kernel.
import {
  argKinds,
  baseSet,
  changesPacket,
  names,
  retKinds,
  protos as rows,
  typeFlags as TYPE_FLAG,
} from "./recorded/helpers.ts";
import type { HelperArg, HelperProto } from "./types.ts";

/** enum bpf_type_flag: PTR_MAYBE_NULL = 0x100, … */
export { TYPE_FLAG };

const DONTCARE: HelperArg = { kind: "ARG_DONTCARE", flags: 0, size: 0 };

/** All recorded prototypes, ascending by helper number. Some numbers have several prototypes. */
export const HELPER_PROTOS: readonly HelperProto[] = rows.map(([id, func, ret, args, bits, extra]) => ({
  id,
  name: names[id]!,
  func: func || `bpf_${names[id]}`,
  ret: retKinds[ret & 0xff]!,
  retFlags: ret & ~0xff,
  ...(extra?.r ? { retBtf: String(extra.r) } : {}),
  args: [0, 1, 2, 3, 4].map((i): HelperArg => {
    const type = args[i];
    if (!type) return DONTCARE;
    const more = extra?.[i];
    return {
      kind: argKinds[type & 0xff]!,
      flags: type & ~0xff,
      size: typeof more === "number" ? more : 0,
      ...(typeof more === "string" ? { btf: more } : {}),
    };
  }),
  gplOnly: (bits & 1) !== 0,
  pktAccess: (bits & 2) !== 0,
  mightSleep: (bits & 4) !== 0,
  allowFastcall: (bits & 8) !== 0,
  ...(extra?.a ? { allowed: String(extra.a) } : {}),
}));

const NUMBERS = new Map(names.map((name, id) => [name, id]));

/** Helpers that print a line to trace_pipe or send a record to user space. */
const SENDING = new Set(
  (
    "trace_printk trace_vprintk ringbuf_output ringbuf_reserve ringbuf_submit ringbuf_discard ringbuf_query " +
    "ringbuf_reserve_dynptr ringbuf_submit_dynptr ringbuf_discard_dynptr perf_event_output skb_output xdp_output " +
    "seq_printf seq_write seq_printf_btf"
  ).split(" "),
);

export const helperHasOutput = (id: number): boolean => SENDING.has(helperName(id) ?? "");

/** 1 → "map_lookup_elem", 0 → "unspec". `undefined` for numbers below 0 and from __BPF_FUNC_MAX_ID on. */
export const helperName = (id: number): string | undefined => names[id];
/** "map_lookup_elem" → 1. */
export const helperId = (name: string): number | undefined => NUMBERS.get(name);
/** __BPF_FUNC_MAX_ID: the last helper's number plus 1. */
export const HELPER_MAX_ID = names.length;

const idsOf = (list: string): ReadonlySet<number> => new Set(list.split(" ").map((name) => helperId(name)!));
/** Helpers that look a socket up and return it with a reference held. */
export const SOCKET_LOOKUPS = idsOf("sk_lookup_tcp sk_lookup_udp skc_lookup_tcp");
/** Helpers whose result must be released. @kernel verifier.c is_acquire_function, which names kptr_xchg as well */
export const ACQUIRING: ReadonlySet<number> = new Set([...SOCKET_LOOKUPS, ...idsOf("ringbuf_reserve")]);

/** How many arguments a helper takes, 0 … 5. */
export function paramCount(proto: HelperProto): number {
  const end = proto.args.findIndex((arg) => arg.kind === "ARG_DONTCARE");
  return end < 0 ? proto.args.length : end;
}

const ARG_COUNTS: readonly (number | undefined)[] = HELPER_PROTOS.reduce<number[]>((counts, proto) => {
  counts[proto.id] = paramCount(proto);
  return counts;
}, []);

/** How many arguments helper `id` takes. For an unknown helper: 5, the number of argument registers. */
export const helperArgCount = (id: number): number => ARG_COUNTS[id] ?? 5;

/** Kinds of arguments that are an address of any memory. */
export const MEMORY_ARGS: ReadonlySet<HelperArg["kind"]> = new Set<HelperArg["kind"]>([
  "ARG_PTR_TO_MEM",
  "ARG_PTR_TO_MAP_KEY",
  "ARG_PTR_TO_MAP_VALUE",
]);

/** The kind of the argument in Rn (n: 1 … 5), by the helper's first recorded prototype. undefined: no such helper or argument. */
export const helperArgKind = (id: number, n: number): HelperArg["kind"] | undefined =>
  HELPER_PROTOS.find((proto) => proto.id === id)?.args[n - 1]?.kind;

const VOID = new Set(HELPER_PROTOS.filter(({ ret }) => ret === "RET_VOID").map(({ id }) => id));
/** Whether a call of the helper leaves a value in R0. */
export const helperReturns = (id: number): boolean => !VOID.has(id);

const CHANGES = new Set(changesPacket);
/** Whether a call of the helper makes packet pointers invalid. @kernel net/core/filter.c bpf_helper_changes_pkt_data */
export const helperChangesPktData = (id: number): boolean => CHANGES.has(id);

/** Helper number → prototype. `ranges`: indices into HELPER_PROTOS ("0-12,15"). */
export function helperSet(ranges: string): ReadonlyMap<number, HelperProto> {
  return new Map(expandRanges(ranges).map((i) => [HELPER_PROTOS[i]!.id, HELPER_PROTOS[i]!]));
}

/** "1-3,7" → [1, 2, 3, 7]. */
export function expandRanges(ranges: string): number[] {
  if (ranges === "") return [];
  return ranges.split(",").flatMap((part) => {
    const [from, to = from] = part.split("-").map(Number) as [number, number?];
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

/** The helpers that bpf_base_func_proto gives to a privileged loader. Program types build on this set. */
export const BASE_HELPERS = helperSet(baseSet);
