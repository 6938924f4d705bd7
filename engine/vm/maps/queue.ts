// Queues and stacks: a ring of values. @kernel kernel/bpf/queue_stack_maps.c
import type { MapDef } from "../../program/program.ts";
import type { Memory } from "../memory.ts";
import { BPF_ANY, BPF_EXIST, BpfMap, E2BIG, EINVAL, ENOENT, type MapEntry } from "./map.ts";

/** u32 index of the oldest value; u32 number of values. */
const FIRST = 0;
const COUNT = 4;
const HEAD_BYTES = 16;

export class QueueMap extends BpfMap {
  readonly #head: number;
  readonly #values: number;
  readonly #lastInFirstOut: boolean;

  constructor(memory: Memory, def: MapDef) {
    super(memory, def);
    this.#lastInFirstOut = def.type === "stack";
    this.#head = memory.alloc(HEAD_BYTES);
    this.#values = memory.alloc(def.maxEntries * this.stride);
  }

  get isAllocated(): boolean {
    return this.#values !== 0;
  }

  override get count(): number {
    return this.memory.r32(this.#head + COUNT);
  }

  #at(position: number): number {
    const first = this.memory.r32(this.#head + FIRST);
    return this.#values + ((first + position) % this.def.maxEntries) * this.stride;
  }

  override pushAt(value: number, flags: number): number {
    const { memory } = this;
    const full = this.count >= this.def.maxEntries;
    if (flags !== BPF_ANY && flags !== BPF_EXIST) return -EINVAL;
    if (full && flags !== BPF_EXIST) return -E2BIG;
    if (full) this.#dropOldest();
    const at = this.#at(this.count);
    this.observer?.({ map: this.name, op: "push", value: memory.copyOut(value, this.def.valueSize) });
    memory.copyWithin(at, value, this.def.valueSize);
    memory.w32(this.#head + COUNT, this.count + 1);
    return 0;
  }

  override popAt(value: number): number {
    const error = this.peekAt(value);
    if (error !== 0) return error;
    this.observer?.({ map: this.name, op: "pop", value: this.memory.copyOut(value, this.def.valueSize) });
    if (this.#lastInFirstOut) this.memory.w32(this.#head + COUNT, this.count - 1);
    else this.#dropOldest();
    return 0;
  }

  override peekAt(value: number): number {
    if (this.count === 0) {
      this.memory.fill(value, this.def.valueSize);
      return -ENOENT;
    }
    this.memory.copyWithin(value, this.#at(this.#lastInFirstOut ? this.count - 1 : 0), this.def.valueSize);
    return 0;
  }

  #dropOldest(): void {
    this.memory.w32(this.#head + FIRST, (this.memory.r32(this.#head + FIRST) + 1) % this.def.maxEntries);
    this.memory.w32(this.#head + COUNT, this.count - 1);
  }

  override lookup(): Uint8Array | number {
    return this.#copyForUser((at) => this.peekAt(at));
  }
  override lookupAndDelete(): Uint8Array | number {
    return this.#copyForUser((at) => this.popAt(at));
  }
  override update(_key: Uint8Array, value: Uint8Array, flags = 0): number {
    return this.pushAt(this.stage(1, value), flags);
  }
  override delete(): number {
    return -EINVAL;
  }
  override nextKey(): number {
    return -EINVAL;
  }

  #copyForUser(take: (at: number) => number): Uint8Array | number {
    const at = this.memory.scratch(1, this.def.valueSize);
    const error = take(at);
    return error === 0 ? this.memory.copyOut(at, this.def.valueSize) : error;
  }

  /** In the order in which they would be popped. Queues have no keys. */
  override entries(limit = Number.POSITIVE_INFINITY): MapEntry[] {
    const count = this.count;
    return Array.from({ length: Math.min(count, limit) }, (_, i) => ({
      key: new Uint8Array(0),
      values: [this.memory.copyOut(this.#at(this.#lastInFirstOut ? count - 1 - i : i), this.def.valueSize)],
    }));
  }

  *bufferRegions() {}

  protected freeStorage(): void {
    this.memory.free(this.#head, HEAD_BYTES);
    this.memory.free(this.#values, this.def.maxEntries * this.stride);
  }
}
