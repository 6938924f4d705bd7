// Arrays: values side by side, one for each index, or one for each index and CPU.
// @kernel kernel/bpf/arraymap.c
import { viewOf } from "../../base/bytes.ts";
import type { MapDef } from "../../program/program.ts";
import type { Memory } from "../memory.ts";
import {
  BPF_ANY,
  BPF_F_LOCK,
  BPF_NOEXIST,
  BpfMap,
  E2BIG,
  EEXIST,
  EINVAL,
  ENOENT,
  ENOTSUPP,
  knownUpdateFlags,
  type LookupPlan,
  type MapEntry,
} from "./map.ts";

export class ArrayMap extends BpfMap {
  /** Offset of the first value. The values of one index for all CPUs lie next to each other. */
  readonly #values: number;
  readonly #bytes: number;
  readonly #copies: number;

  constructor(memory: Memory, def: MapDef) {
    super(memory, def);
    this.#copies = this.perCpu ? memory.cpus : 1;
    this.#bytes = def.maxEntries * this.#copies * this.stride;
    this.#values = memory.alloc(this.#bytes);
    if (this.#values === 0) return;
    if (this.stride === def.valueSize) memory.permit(this.#values, this.#bytes, !this.readOnly);
    else {
      for (let i = 0; i < def.maxEntries * this.#copies; i++) {
        memory.permit(this.#values + i * this.stride, def.valueSize, !this.readOnly);
      }
    }
  }

  /** false: there was no memory for the values. */
  get isAllocated(): boolean {
    return this.#values !== 0;
  }

  override get valueArea(): number | undefined {
    return this.perCpu ? undefined : this.#values;
  }

  override get lookupPlan(): LookupPlan | undefined {
    const [values, stride, entries] = [this.#values, this.stride, this.def.maxEntries];
    return this.perCpu ? undefined : { kind: "array", values, stride, entries };
  }

  #at(index: number, cpu: number): number {
    return this.#values + (index * this.#copies + (this.perCpu ? cpu : 0)) * this.stride;
  }

  override lookupAt(key: number, cpu: number): number {
    const index = this.memory.view.getUint32(key, true);
    return index < this.def.maxEntries ? this.#at(index, cpu) : 0;
  }

  override updateAt(key: number, value: number, flags: number, cpu: number): number {
    const index = this.memory.r32(key);
    const error = this.#updateError(index, flags);
    if (error !== 0) return error;
    const at = this.#at(index, cpu);
    this.#notify(index, at, value);
    this.storeValue(at, value, false);
    return 0;
  }

  override deleteAt(): number {
    return -EINVAL;
  }

  override elementAt(index: number, cpu: number, keyAt: number) {
    if (index >= this.def.maxEntries) return undefined;
    this.memory.w32(keyAt, index);
    return { key: keyAt, value: this.#at(index, cpu), next: index + 1 };
  }

  override lookup(key: Uint8Array): Uint8Array | number {
    const index = viewOf(key).getUint32(0, true);
    if (index >= this.def.maxEntries) return -ENOENT;
    return this.valueBytes(this.#at(index, 0), this.userValueSize);
  }

  override update(key: Uint8Array, value: Uint8Array, flags = 0): number {
    const index = viewOf(key).getUint32(0, true);
    // bpf(2) checks for the lock before it calls the map.
    const error = flags & BPF_F_LOCK && !this.hasLock ? -EINVAL : this.#updateError(index, flags);
    if (error !== 0) return error;
    const staged = this.stage(1, value);
    for (let copy = 0; copy < this.#copies; copy++) {
      this.storeValue(this.#at(index, copy), staged + copy * this.stride, false);
    }
    return 0;
  }

  override delete(): number {
    return -EINVAL;
  }

  override nextKey(key: Uint8Array | undefined): Uint8Array | number {
    const last = this.def.maxEntries - 1;
    const index = key === undefined ? 0xffff_ffff : viewOf(key).getUint32(0, true);
    if (index === last) return -ENOENT;
    return u32Key(index > last ? 0 : index + 1);
  }

  override get count(): number {
    return this.def.maxEntries;
  }

  *bufferRegions() {
    if (this.def.maxEntries > 64) {
      yield {
        ...this.region(this.#values, undefined),
        name: `values of map ${this.name}`,
        size: this.#bytes,
      };
      return;
    }
    for (let index = 0; index < this.def.maxEntries; index++) {
      for (let cpu = 0; cpu < this.#copies; cpu++) {
        yield this.region(this.#at(index, cpu), u32Key(index), this.perCpu ? cpu : undefined);
      }
    }
  }

  protected freeStorage(): void {
    this.memory.free(this.#values, this.#bytes);
  }

  #updateError(index: number, flags: number): number {
    if (!knownUpdateFlags(flags)) return -EINVAL;
    if (index >= this.def.maxEntries) return -E2BIG;
    if (flags & BPF_NOEXIST) return -EEXIST;
    return flags & BPF_F_LOCK && !this.hasLock ? -EINVAL : 0;
  }

  #notify(index: number, at: number, value: number): void {
    this.observer?.({
      map: this.name,
      op: "update",
      key: u32Key(index),
      old: this.memory.copyOut(at, this.def.valueSize),
      value: this.memory.copyOut(value, this.def.valueSize),
    });
  }
}

export function u32Key(index: number): Uint8Array {
  const key = new Uint8Array(4);
  viewOf(key).setUint32(0, index, true);
  return key;
}

/** Arrays whose values are kernel objects: programs, maps, perf events. A value is an object's id. 0: none. */
export class ObjectArray extends BpfMap {
  readonly #values: number;

  constructor(memory: Memory, def: MapDef) {
    super(memory, def);
    this.#values = memory.alloc(def.maxEntries * 4);
  }

  get isAllocated(): boolean {
    return this.#values !== 0;
  }

  /** id of the object at an index. 0: none. */
  objectAt(index: number): number {
    return index < this.def.maxEntries ? this.memory.r32(this.#values + 4 * index) : 0;
  }

  override lookupAt(key: number): number {
    if (this.def.type !== "array_of_maps") return 0;
    return this.memory.mapById(this.objectAt(this.memory.r32(key)))?.address ?? 0;
  }

  override lookup(key: Uint8Array): Uint8Array | number {
    if (this.def.type === "perf_event_array") return -ENOTSUPP;
    const id = this.objectAt(viewOf(key).getUint32(0, true));
    return id === 0 ? -ENOENT : u32Key(id);
  }

  /** `value`: the object's id, 4 bytes. bpf(2) takes a descriptor; the caller turns it into the id. */
  override update(key: Uint8Array, value: Uint8Array, flags = 0): number {
    if (flags !== BPF_ANY) return -EINVAL;
    const index = viewOf(key).getUint32(0, true);
    if (index >= this.def.maxEntries) return -E2BIG;
    this.memory.w32(this.#values + 4 * index, viewOf(value).getUint32(0, true));
    return 0;
  }

  override updateAt(): number {
    return -EINVAL;
  }

  override delete(key: Uint8Array): number {
    const index = viewOf(key).getUint32(0, true);
    if (index >= this.def.maxEntries) return -E2BIG;
    if (this.objectAt(index) === 0) return -ENOENT;
    this.memory.w32(this.#values + 4 * index, 0);
    return 0;
  }

  override nextKey(key: Uint8Array | undefined): Uint8Array | number {
    const last = this.def.maxEntries - 1;
    const index = key === undefined ? 0xffff_ffff : viewOf(key).getUint32(0, true);
    if (index === last) return -ENOENT;
    return u32Key(index > last ? 0 : index + 1);
  }

  override entries(): MapEntry[] {
    const found: MapEntry[] = [];
    for (let i = 0; i < this.def.maxEntries; i++) {
      if (this.objectAt(i) !== 0) found.push({ key: u32Key(i), values: [u32Key(this.objectAt(i))] });
    }
    return found;
  }

  *bufferRegions() {}

  protected freeStorage(): void {
    this.memory.free(this.#values, this.def.maxEntries * 4);
  }
}
