// Context structures as programs see them. Most fields are plain memory. Two kinds are not: fields of 32 bits in the UAPI struct that
// stand for a 64-bit pointer, and fields that are narrower in the kernel's own struct. Accesses to these go through here; in the kernel
// the verifier rewrites them. Field offsets come from facts/uapi.
// @kernel net/core/filter.c bpf_convert_ctx_access, xdp_convert_ctx_access
import { bug } from "../base/bug.ts";
import { progTypeByName } from "../facts/prog-types.ts";
import { uapiStruct } from "../facts/uapi.ts";
import { CTX, KERNEL_BASE, PKT_DATA, PKT_END, PKT_META } from "./layout.ts";
import { loadLittleEndian, storeLittleEndian } from "./little-endian.ts";
import type { BufferRegion, Memory } from "./memory.ts";

/** Accesses to context fields that are not plain memory. Places are buffer offsets. */
export interface CtxAccessor {
  /** For each u32 of the context: the word of the packet state that it shows as a pointer, or 0. */
  readonly pointers?: Int32Array;
  /** undefined: not handled here, because it is outside the context or plain memory. */
  load(memory: Memory, at: number, size: 1 | 2 | 4 | 8): bigint | undefined;
  /** false: not handled here, because it is outside the context or plain memory. */
  store(memory: Memory, at: number, size: 1 | 2 | 4 | 8, value: bigint): boolean;
  bufferRegions(memory: Memory): Iterable<BufferRegion>;
}

/** How a program type's context differs from the plain struct of its name. */
export interface CtxLayout {
  /** Name of the UAPI struct. */
  readonly struct: string;
  /** u32 fields that load as a packet pointer → the word of the packet state that holds the pointer. */
  readonly pointers: Readonly<Record<string, number>>;
  /** Fields that are narrower in the kernel → what is kept of a stored u32. undefined: the store does nothing. */
  readonly narrow: Readonly<Record<string, (value: number) => number | undefined>>;
}

const low16 = (value: number) => value & 0xffff;

/** __sk_buff: socket filters, tc, lwt, cgroup_skb, sk_skb. */
export const SKB: CtxLayout = {
  struct: "__sk_buff",
  pointers: { data: PKT_DATA, data_end: PKT_END, data_meta: PKT_META },
  narrow: {
    queue_mapping: (value) => (value >= 0xffff ? undefined : value),
    tc_index: low16,
    tc_classid: low16,
  },
};

/** xdp_md. */
export const XDP: CtxLayout = {
  struct: "xdp_md",
  pointers: { data: PKT_DATA, data_end: PKT_END, data_meta: PKT_META },
  narrow: {},
};

/** bpf_sock: how programs see a socket. */
export const SOCK: CtxLayout = { struct: "bpf_sock", pointers: {}, narrow: {} };

/** Offsets in the context of a program type at which a packet pointer is loaded → the word of the packet state that holds it. */
export function packetPointers(progType: string): ReadonlyMap<number, number> {
  const struct = progTypeByName(progType)?.ctxStruct;
  const layout = [SKB, XDP].find((one) => one.struct === struct);
  if (layout === undefined) return new Map();
  return new Map(Object.entries(layout.pointers).map(([name, word]) => [ctxField(layout, name) - CTX, word]));
}

/** Buffer offset of a field of the context. */
export function ctxField(layout: CtxLayout, name: string): number {
  const field = uapiStruct(layout.struct)?.fields.find((f) => f.name === name);
  if (field === undefined) throw bug(`struct ${layout.struct} has no field ${name}`);
  return CTX + field.off;
}

/** Lays out the context area as a struct of this layout. Its plain fields are zero. */
export function layOutCtx(memory: Memory, layout: CtxLayout): CtxAccessor {
  const struct = uapiStruct(layout.struct);
  if (struct === undefined) throw bug(`no UAPI struct ${layout.struct}`);
  memory.fill(CTX, (struct.size + 7) & ~7);
  memory.permit(CTX, struct.size);
  const pointers = new Int32Array((struct.size + 3) >>> 2);
  const narrowAt = new Map<number, (value: number) => number | undefined>();
  for (const [name, word] of Object.entries(layout.pointers)) {
    const at = ctxField(layout, name);
    pointers[(at - CTX) >>> 2] = word;
    memory.forbid(at & ~7, 8);
  }
  for (const [name, keep] of Object.entries(layout.narrow)) {
    const at = ctxField(layout, name);
    narrowAt.set(at, keep);
    memory.forbid(at & ~7, 8);
  }
  const inside = (at: number, size: number) => at >= CTX && at + size <= CTX + struct.size;
  return {
    pointers,
    load(m, at, size) {
      if (!inside(at, size)) return undefined;
      const word = (at & 3) === 0 ? (pointers[(at - CTX) >>> 2] as number) : 0;
      if (word !== 0 && size === 4) return KERNEL_BASE | BigInt(m.r32(word));
      return loadLittleEndian(m.view, at, size);
    },
    store(m, at, size, value) {
      if (!inside(at, size)) return false;
      // The verifier allows only stores of the whole field. Any other store just changes its own bytes.
      const keep = size === 4 ? narrowAt.get(at) : undefined;
      const kept = keep === undefined ? value : keep(Number(BigInt.asUintN(32, value)));
      if (kept !== undefined) storeLittleEndian(m.view, at, size, BigInt(kept));
      return true;
    },
    *bufferRegions(m) {
      const ctx = { name: `context (struct ${layout.struct})`, kind: "ctx" as const, writable: true };
      yield { ...ctx, start: CTX, size: struct.size };
      yield* packetRegions(m);
    },
  };
}

/** A field at an offset of the context. A store keeps only its low `keptBytes` bytes, because the kernel's member is that small. */
export interface NarrowedField {
  readonly off: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly keptBytes: 1 | 2 | 4 | 8;
}

/**
 * A context that is plain memory: numbers of a tracepoint, registers of a kprobe, OREORE's u32. Stores to `narrowed` fields are cut to
 * the size of the field in the kernel's struct.
 */
export function plainCtx(
  memory: Memory,
  name: string,
  bytes: Uint8Array,
  writable: boolean,
  narrowed: readonly NarrowedField[] = [],
): CtxAccessor {
  memory.fill(CTX, (bytes.length + 7) & ~7);
  memory.copyIn(CTX, bytes);
  memory.permit(CTX, bytes.length, writable);
  for (const { off } of narrowed) memory.forbid((CTX + off) & ~7, 8);
  const inside = (at: number, size: number) => at >= CTX && at + size <= CTX + bytes.length;
  return {
    // Words with a narrowed field are forbidden as memory, so that every access to them comes through here.
    load: (m, at, size) => (narrowed.length > 0 && inside(at, size) ? loadLittleEndian(m.view, at, size) : undefined),
    store(m, at, size, value) {
      if (narrowed.length === 0 || !inside(at, size)) return false;
      const field = narrowed.find(({ off }) => CTX + off === at);
      storeLittleEndian(m.view, at, size, field ? BigInt.asUintN(8 * field.keptBytes, value) : value);
      return true;
    },
    *bufferRegions(m) {
      yield { name, kind: "ctx" as const, start: CTX, size: bytes.length, writable };
      yield* packetRegions(m);
    },
  };
}

function* packetRegions(memory: Memory) {
  const [meta, data, end] = [memory.r32(PKT_META), memory.r32(PKT_DATA), memory.r32(PKT_END)];
  if (meta < data)
    yield { name: "packet metadata", kind: "packet_meta" as const, start: meta, size: data - meta, writable: true };
  if (end > data) yield { name: "packet", kind: "packet" as const, start: data, size: end - data, writable: true };
}
