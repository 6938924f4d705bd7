// All hash tables: plain, per CPU, least recently used, and of maps. Elements are chained in the machine's buffer.
//
//   element   0     4     8      12     16 … 16 + round8(key) …  values, one for each CPU of per-CPU kinds
//             next  hash  older  newer  key
//
// An update of a plain hash puts a new element in front and removes the old one, as in the kernel. So a pointer to the old value still
// shows the old value. The order of iteration is the kernel's for maps with BPF_F_ZERO_SEED. LRU kinds always evict the least recently
// used element. The kernel does so only approximately, by batches and CPUs.
// @kernel kernel/bpf/hashtab.c
import { mapTypeByName } from "../../facts/map-types.ts";
import type { MapDef } from "../../program/program.ts";
import { MAX_BYTES } from "../layout.ts";
import type { Memory } from "../memory.ts";
import { jhash } from "./jhash.ts";
import {
  BPF_EXIST,
  BPF_F_LOCK,
  BPF_NOEXIST,
  BpfMap,
  E2BIG,
  EEXIST,
  EINVAL,
  ENOENT,
  ENOMEM,
  ENOTSUPP,
  knownUpdateFlags,
  type LookupPlan,
} from "./map.ts";
import { POOL_HEAD_BYTES, Pool } from "./pool.ts";

const NEXT = 0;
const HASH = 4;
const OLDER = 8;
const NEWER = 12;
const KEY = 16;

/** Offsets in the map's head. The pool's head follows. */
const COUNT = 0;
const OLDEST = 4;
const NEWEST = 8;
const POOL = 16;
const HEAD_BYTES = POOL + POOL_HEAD_BYTES;

/** A cursor is a bucket times this, plus the offset of an element. Offset 0: the walk goes on with the bucket's first element. */
const CURSOR_BUCKET = MAX_BYTES;

export class HashMap extends BpfMap {
  readonly #head: number;
  readonly #buckets: number;
  readonly #mask: number;
  readonly #valueAt: number;
  readonly #copies: number;
  readonly #lru: boolean;
  readonly #pool: Pool;

  constructor(memory: Memory, def: MapDef) {
    super(memory, def);
    this.#lru = mapTypeByName(def.type)?.lru ?? false;
    this.#copies = this.perCpu ? memory.cpus : 1;
    this.#valueAt = KEY + ((def.keySize + 7) & ~7);
    const buckets = 2 ** Math.ceil(Math.log2(Math.max(1, def.maxEntries)));
    this.#mask = buckets - 1;
    this.#head = memory.alloc(HEAD_BYTES);
    this.#buckets = buckets * 4 < MAX_BYTES ? memory.alloc(buckets * 4) : 0;
    this.#pool = new Pool(memory, this.#head + POOL, {
      elementBytes: this.#valueAt + this.#copies * this.stride,
      // One more than max_entries: an update takes the new element before it frees the old one.
      maxElements: def.maxEntries + 1,
      // As in the kernel, a freed element keeps its link to the next one, its key and its values: a walk may stand on it.
      linkAt: OLDER,
      prepare: (elem) => this.#permitValues(elem),
    });
  }

  get isAllocated(): boolean {
    return this.#head !== 0 && this.#buckets !== 0;
  }

  get #ofMaps(): boolean {
    return this.def.type === "hash_of_maps";
  }

  override get count(): number {
    return this.memory.r32(this.#head + COUNT);
  }

  /** Not for LRU maps: there a look-up changes the order of use. */
  override get lookupPlan(): LookupPlan | undefined {
    if (this.#lru || this.perCpu || this.#ofMaps) return undefined;
    const [buckets, mask, value] = [this.#buckets, this.#mask, this.#valueAt];
    return { kind: "hash", buckets, mask, next: NEXT, hash: HASH, key: KEY, value };
  }

  // ---- chains ----

  #hash(key: number): number {
    return jhash(this.memory.view, key, this.def.keySize, 0);
  }

  #find(key: number, hash: number): number {
    const { view } = this.memory;
    const size = this.def.keySize;
    let elem = view.getInt32(this.#buckets + 4 * (hash & this.#mask), true);
    while (elem !== 0) {
      if (view.getInt32(elem + HASH, true) === hash && sameBytes(view, elem + KEY, key, size)) return elem;
      elem = view.getInt32(elem + NEXT, true);
    }
    return 0;
  }

  #link(elem: number, hash: number): void {
    const { memory } = this;
    const bucket = this.#buckets + 4 * (hash & this.#mask);
    memory.w32(elem + NEXT, memory.r32(bucket));
    memory.w32(elem + HASH, hash);
    memory.w32(bucket, elem);
    if (this.#lru) this.#enqueue(elem);
    memory.w32(this.#head + COUNT, this.count + 1);
  }

  #unlink(elem: number): void {
    const { memory } = this;
    let place = this.#buckets + 4 * (memory.r32(elem + HASH) & this.#mask);
    while (memory.r32(place) !== elem) place = memory.r32(place) + NEXT;
    memory.w32(place, memory.r32(elem + NEXT));
    if (this.#lru) this.#dequeue(elem);
    memory.w32(this.#head + COUNT, this.count - 1);
    this.#pool.free(elem);
  }

  #permitValues(elem: number): void {
    for (let cpu = 0; cpu < this.#copies && !this.#ofMaps; cpu++) {
      this.memory.permit(elem + this.#valueAt + cpu * this.stride, this.def.valueSize, !this.readOnly);
    }
  }

  // ---- order of use ----

  #enqueue(elem: number): void {
    const { memory } = this;
    const newest = memory.r32(this.#head + NEWEST);
    memory.w32(elem + OLDER, newest);
    memory.w32(elem + NEWER, 0);
    memory.w32(newest === 0 ? this.#head + OLDEST : newest + NEWER, elem);
    memory.w32(this.#head + NEWEST, elem);
  }

  #dequeue(elem: number): void {
    const { memory } = this;
    const older = memory.r32(elem + OLDER);
    const newer = memory.r32(elem + NEWER);
    memory.w32(older === 0 ? this.#head + OLDEST : older + NEWER, newer);
    memory.w32(newer === 0 ? this.#head + NEWEST : newer + OLDER, older);
  }

  #markNewest(elem: number): void {
    if (!this.#lru || this.memory.r32(this.#head + NEWEST) === elem) return;
    this.#dequeue(elem);
    this.#enqueue(elem);
  }

  // ---- operations ----

  override lookupAt(key: number, cpu: number): number {
    const elem = this.#find(key, this.#hash(key));
    if (elem === 0) return 0;
    this.#markNewest(elem);
    const value = elem + this.#valueAt + (this.perCpu ? cpu * this.stride : 0);
    return this.#ofMaps ? (this.memory.mapById(this.memory.r32(value))?.address ?? 0) : value;
  }

  override updateAt(key: number, value: number, flags: number, cpu: number): number {
    return this.#ofMaps ? -EINVAL : this.#update(key, value, flags, cpu);
  }

  /** `cpu` -1: `value` holds the values of all CPUs. */
  #update(key: number, value: number, flags: number, cpu: number): number {
    const { memory } = this;
    if (!knownUpdateFlags(flags)) return -EINVAL;
    if (flags & BPF_F_LOCK && !this.hasLock) return -EINVAL;
    const hash = this.#hash(key);
    const old = this.#find(key, hash);
    if (old !== 0 && flags & BPF_NOEXIST) return -EEXIST;
    if (old === 0 && flags & BPF_EXIST) return -ENOENT;
    this.#notify("update", key, old, value, cpu);
    if (old !== 0 && (this.perCpu || flags & BPF_F_LOCK)) {
      this.#store(old, value, cpu, false);
      this.#markNewest(old);
      return 0;
    }
    if (old === 0 && this.count >= this.def.maxEntries) {
      if (!this.#lru) return -E2BIG;
      const victim = memory.r32(this.#head + OLDEST);
      this.#notify("evict", victim + KEY, victim, 0, cpu);
      this.#unlink(victim);
    }
    const elem = this.#pool.alloc();
    if (elem === 0) return -ENOMEM;
    memory.copyWithin(elem + KEY, key, this.def.keySize);
    if (this.perCpu && cpu >= 0) memory.fill(elem + this.#valueAt, this.#copies * this.stride);
    this.#store(elem, value, cpu, true);
    this.#link(elem, hash);
    if (old !== 0) this.#unlink(old);
    return 0;
  }

  #store(elem: number, value: number, cpu: number, fresh: boolean): void {
    const at = elem + this.#valueAt;
    if (!this.perCpu) this.storeValue(at, value, fresh);
    else if (cpu >= 0) this.storeValue(at + cpu * this.stride, value, fresh);
    else for (let i = 0; i < this.#copies; i++) this.storeValue(at + i * this.stride, value + i * this.stride, fresh);
  }

  override deleteAt(key: number): number {
    const elem = this.#find(key, this.#hash(key));
    if (elem === 0) return -ENOENT;
    this.#notify("delete", key, elem, 0, 0);
    this.#unlink(elem);
    return 0;
  }

  /** Ascending buckets; in each bucket the newest element first. */
  *#elements(): Generator<number> {
    for (let bucket = 0; bucket <= this.#mask; bucket++) {
      let elem = this.memory.r32(this.#buckets + 4 * bucket);
      for (; elem !== 0; elem = this.memory.r32(elem + NEXT)) yield elem;
    }
  }

  /**
   * The next element of the same bucket is found before the callback runs, and the first of a later bucket after it. If the callback
   * deletes the next element, the walk still comes to it. @kernel hashtab.c bpf_for_each_hash_elem
   */
  override elementAt(cursor: number, cpu: number) {
    const { memory } = this;
    let bucket = Math.floor(cursor / CURSOR_BUCKET);
    let elem = cursor % CURSOR_BUCKET;
    while (elem === 0 && bucket <= this.#mask) {
      elem = memory.r32(this.#buckets + 4 * bucket);
      if (elem === 0) bucket++;
    }
    if (elem === 0) return undefined;
    const after = memory.r32(elem + NEXT);
    const next = (after === 0 ? bucket + 1 : bucket) * CURSOR_BUCKET + after;
    return { key: elem + KEY, value: elem + this.#valueAt + (this.perCpu ? cpu * this.stride : 0), next };
  }

  /** The first element of this bucket or of a later one. 0: none. */
  #firstFrom(bucket: number): number {
    for (let i = bucket; i <= this.#mask; i++) {
      const first = this.memory.r32(this.#buckets + 4 * i);
      if (first !== 0) return first;
    }
    return 0;
  }

  override lookup(key: Uint8Array): Uint8Array | number {
    const at = this.stage(0, key);
    const elem = this.#find(at, this.#hash(at));
    return elem === 0 ? -ENOENT : this.valueBytes(elem + this.#valueAt, this.userValueSize);
  }

  override update(key: Uint8Array, value: Uint8Array, flags = 0): number {
    return this.#update(this.stage(0, key), this.stage(1, value), flags, -1);
  }

  override delete(key: Uint8Array): number {
    return this.deleteAt(this.stage(0, key));
  }

  override lookupAndDelete(key: Uint8Array): Uint8Array | number {
    const value = this.#ofMaps ? -ENOTSUPP : this.lookup(key);
    if (typeof value !== "number") this.delete(key);
    return value;
  }

  override nextKey(key: Uint8Array | undefined): Uint8Array | number {
    let bucket = 0;
    if (key !== undefined) {
      const at = this.stage(0, key);
      const hash = this.#hash(at);
      const elem = this.#find(at, hash);
      if (elem !== 0) {
        const next = this.memory.r32(elem + NEXT);
        if (next !== 0) return this.#keyOf(next);
        bucket = (hash & this.#mask) + 1;
      }
    }
    const first = this.#firstFrom(bucket);
    return first === 0 ? -ENOENT : this.#keyOf(first);
  }

  #keyOf(elem: number): Uint8Array {
    return this.memory.copyOut(elem + KEY, this.def.keySize);
  }

  *bufferRegions() {
    if (this.#ofMaps) return;
    for (const elem of this.#elements()) {
      for (let cpu = 0; cpu < this.#copies; cpu++) {
        const at = elem + this.#valueAt + cpu * this.stride;
        yield this.region(at, this.#keyOf(elem), this.perCpu ? cpu : undefined);
      }
    }
  }

  protected freeStorage(): void {
    if (this.isAllocated) this.#pool.freeAll();
    this.memory.free(this.#head, HEAD_BYTES);
    this.memory.free(this.#buckets, 4 * (this.#mask + 1));
  }

  #notify(op: "update" | "delete" | "evict", key: number, old: number, value: number, cpu: number): void {
    if (this.observer === undefined) return;
    const size = this.def.valueSize;
    const skip = this.perCpu && cpu > 0 ? cpu * this.stride : 0;
    this.observer({
      map: this.name,
      op,
      key: this.memory.copyOut(key, this.def.keySize),
      ...(old !== 0 && { old: this.memory.copyOut(old + this.#valueAt + skip, size) }),
      ...(value !== 0 && { value: this.memory.copyOut(value, size) }),
    });
  }
}

function sameBytes(view: DataView, a: number, b: number, size: number): boolean {
  let i = 0;
  for (; i + 4 <= size; i += 4) if (view.getInt32(a + i, true) !== view.getInt32(b + i, true)) return false;
  for (; i < size; i++) if (view.getUint8(a + i) !== view.getUint8(b + i)) return false;
  return true;
}
