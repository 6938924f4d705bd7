// Maps that hold one value for the cgroup of the running program, and maps of stack traces by id.
// @kernel kernel/bpf/local_storage.c, kernel/bpf/stackmap.c
import { viewOf } from "../../base/bytes.ts";
import type { MapDef } from "../../program/program.ts";
import type { Memory } from "../memory.ts";
import { u32Key } from "./array.ts";
import { jhash } from "./jhash.ts";
import * as M from "./map.ts";

/** cgroup_storage and its per-CPU kind. The simulated machine has one cgroup, so there is one value (or one for each CPU). */
export class CgroupStorageMap extends M.BpfMap {
  readonly #value: number;

  constructor(memory: Memory, def: MapDef) {
    super(memory, def);
    this.#value = memory.alloc(this.userValueSize);
    const copies = this.perCpu ? memory.cpus : 1;
    for (let cpu = 0; cpu < copies && this.#value !== 0; cpu++) {
      memory.permit(this.#value + cpu * this.stride, def.valueSize);
    }
  }

  get made(): boolean {
    return this.#value !== 0;
  }

  /** Offset of the value, for bpf_get_local_storage. */
  storageAt(cpu: number): number {
    return this.#value + (this.perCpu ? cpu * this.stride : 0);
  }

  override lookup(): Uint8Array {
    return this.memory.copyOut(this.#value, this.userValueSize);
  }
  override update(_key: Uint8Array, value: Uint8Array, flags = 0): number {
    if (flags & M.BPF_NOEXIST) return -M.EINVAL;
    this.memory.copyIn(this.#value, value.subarray(0, this.userValueSize));
    return 0;
  }
  override delete(): number {
    return -M.EINVAL;
  }
  override nextKey(key: Uint8Array | undefined): Uint8Array | number {
    return key === undefined ? new Uint8Array(this.def.keySize) : -M.ENOENT;
  }

  *places() {
    yield { ...this.region(this.#value, undefined), name: `storage ${this.name}` };
  }

  protected release(): void {
    this.memory.free(this.#value, this.userValueSize);
  }
}

/** stack_trace: lists of instruction addresses. The id is made from their hash. A value is u64 addresses, filled up with zeros. */
export class StackTraceMap extends M.BpfMap {
  readonly #values: number;
  readonly #buckets: number;

  constructor(memory: Memory, def: MapDef) {
    super(memory, def);
    this.#buckets = 2 ** Math.ceil(Math.log2(Math.max(1, def.maxEntries)));
    // Each bucket: u32 number of addresses + 1 (0: free), u32 hash, then the value.
    this.#values = memory.alloc(this.#buckets * (8 + this.stride));
  }

  get made(): boolean {
    return this.#values !== 0;
  }

  #at(id: number): number {
    return this.#values + id * (8 + this.stride);
  }

  /** id of the trace. -EEXIST: another trace has its place and may not be replaced. */
  remember(trace: readonly bigint[], reuse: boolean): number {
    const { memory } = this;
    const depth = Math.min(trace.length, this.def.valueSize >>> 3);
    const staged = memory.scratch(1, this.stride);
    memory.fill(staged, this.stride);
    for (let i = 0; i < depth; i++) memory.w64(staged + 8 * i, trace[i] as bigint);
    const hash = jhash(memory.view, staged, 8 * depth, 0) >>> 0;
    const id = (hash & (this.#buckets - 1)) >>> 0;
    const at = this.#at(id);
    if (memory.r32(at) === depth + 1 && memory.r32(at + 4) === hash) return id;
    if (memory.r32(at) !== 0 && !reuse) return -M.EEXIST;
    memory.w32(at, depth + 1);
    memory.w32(at + 4, hash);
    memory.copyWithin(at + 8, staged, this.stride);
    return id;
  }

  override lookup(key: Uint8Array): Uint8Array | number {
    const id = viewOf(key).getUint32(0, true);
    if (id >= this.#buckets || this.memory.r32(this.#at(id)) === 0) return -M.ENOENT;
    return this.memory.copyOut(this.#at(id) + 8, this.def.valueSize);
  }
  override update(): number {
    return -M.EINVAL;
  }
  override delete(key: Uint8Array): number {
    const id = viewOf(key).getUint32(0, true);
    if (id >= this.#buckets) return -M.E2BIG;
    if (this.memory.r32(this.#at(id)) === 0) return -M.ENOENT;
    this.memory.w32(this.#at(id), 0);
    return 0;
  }
  override nextKey(key: Uint8Array | undefined): Uint8Array | number {
    const given = key === undefined ? -1 : viewOf(key).getUint32(0, true);
    let id = given >= this.#buckets || (given >= 0 && this.memory.r32(this.#at(given)) === 0) ? 0 : given + 1;
    while (id < this.#buckets && this.memory.r32(this.#at(id)) === 0) id++;
    return id < this.#buckets ? u32Key(id) : -M.ENOENT;
  }

  *places() {}

  protected release(): void {
    this.memory.free(this.#values, this.#buckets * (8 + this.stride));
  }
}
