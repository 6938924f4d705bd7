// Maps of stack traces by id. @kernel kernel/bpf/stackmap.c
import { viewOf } from "../../base/bytes.ts";
import type { MapDef } from "../../program/program.ts";
import type { Memory } from "../memory.ts";
import { u32Key } from "./array.ts";
import { jhash } from "./jhash.ts";
import { BpfMap, E2BIG, EEXIST, EINVAL, ENOENT } from "./map.ts";

/** stack_trace: lists of instruction addresses. The id is made from their hash. A value is u64 addresses, filled up with zeros. */
export class StackTraceMap extends BpfMap {
  readonly #values: number;
  readonly #buckets: number;

  constructor(memory: Memory, def: MapDef) {
    super(memory, def);
    this.#buckets = 2 ** Math.ceil(Math.log2(Math.max(1, def.maxEntries)));
    // Each bucket: u32 number of addresses + 1 (0: free), u32 hash, then the value.
    this.#values = memory.alloc(this.#buckets * (8 + this.stride));
  }

  get isAllocated(): boolean {
    return this.#values !== 0;
  }

  #at(id: number): number {
    return this.#values + id * (8 + this.stride);
  }

  /** id of the trace. -EEXIST: another trace has its place and may not be replaced. */
  addTrace(trace: readonly bigint[], reuse: boolean): number {
    const { memory } = this;
    const depth = Math.min(trace.length, this.def.valueSize >>> 3);
    const staged = memory.scratch(1, this.stride);
    memory.fill(staged, this.stride);
    for (let i = 0; i < depth; i++) memory.w64(staged + 8 * i, trace[i] as bigint);
    const hash = jhash(memory.view, staged, 8 * depth, 0) >>> 0;
    const id = (hash & (this.#buckets - 1)) >>> 0;
    const at = this.#at(id);
    if (memory.r32(at) === depth + 1 && memory.r32(at + 4) === hash) return id;
    if (memory.r32(at) !== 0 && !reuse) return -EEXIST;
    memory.w32(at, depth + 1);
    memory.w32(at + 4, hash);
    memory.copyWithin(at + 8, staged, this.stride);
    return id;
  }

  override lookup(key: Uint8Array): Uint8Array | number {
    const id = viewOf(key).getUint32(0, true);
    if (id >= this.#buckets || this.memory.r32(this.#at(id)) === 0) return -ENOENT;
    return this.memory.copyOut(this.#at(id) + 8, this.def.valueSize);
  }
  override update(): number {
    return -EINVAL;
  }
  override delete(key: Uint8Array): number {
    const id = viewOf(key).getUint32(0, true);
    if (id >= this.#buckets) return -E2BIG;
    if (this.memory.r32(this.#at(id)) === 0) return -ENOENT;
    this.memory.w32(this.#at(id), 0);
    return 0;
  }
  override nextKey(key: Uint8Array | undefined): Uint8Array | number {
    const previous = key === undefined ? -1 : viewOf(key).getUint32(0, true);
    let id =
      previous >= this.#buckets || (previous >= 0 && this.memory.r32(this.#at(previous)) === 0) ? 0 : previous + 1;
    while (id < this.#buckets && this.memory.r32(this.#at(id)) === 0) id++;
    return id < this.#buckets ? u32Key(id) : -ENOENT;
  }

  *bufferRegions() {}

  protected freeStorage(): void {
    this.memory.free(this.#values, this.#buckets * (8 + this.stride));
  }
}
