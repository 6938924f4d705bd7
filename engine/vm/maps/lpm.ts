// Longest prefix match: a binary trie. A node stands where two prefixes split, so some nodes have no value. Key: u32 prefixlen (host
// order), then the address, most significant bit first.
//
//   node   0       4        8       12                16 … key data …  value
//          child0  child1   prefix  HAS_VALUE or 0
//
// @kernel kernel/bpf/lpm_trie.c
import { viewOf } from "../../base/bytes.ts";
import type { MapDef } from "../../program/program.ts";
import type { Memory } from "../memory.ts";
import { BPF_EXIST, BPF_NOEXIST, BpfMap, EEXIST, EINVAL, ENOENT, ENOMEM, ENOSPC } from "./map.ts";
import { POOL_HEAD_BYTES, Pool } from "./pool.ts";

const PREFIX = 8;
const HAS_VALUE = 12;
const DATA = 16;

/** Offsets in the map's head: u32 root, u32 number of entries, the pool's head. */
const ROOT = 0;
const COUNT = 4;
const POOL = 8;
const HEAD_BYTES = POOL + POOL_HEAD_BYTES;

export class LpmMap extends BpfMap {
  readonly #head: number;
  readonly #dataBytes: number;
  readonly #valueAt: number;
  readonly #pool: Pool;

  constructor(memory: Memory, def: MapDef) {
    super(memory, def);
    this.#dataBytes = def.keySize - 4;
    this.#valueAt = DATA + ((this.#dataBytes + 7) & ~7);
    this.#head = memory.alloc(HEAD_BYTES);
    this.#pool = new Pool(memory, this.#head + POOL, {
      elementBytes: this.#valueAt + this.stride,
      // At most one fork for each entry except one, plus the new node that replaces an old one.
      maxElements: 2 * def.maxEntries + 1,
      linkAt: 0,
      prepare: (node) => memory.permit(node + this.#valueAt, def.valueSize, !this.readOnly),
    });
  }

  get isAllocated(): boolean {
    return this.#head !== 0;
  }

  override get count(): number {
    return this.memory.r32(this.#head + COUNT);
  }

  #bit(data: number, n: number): number {
    return ((this.memory.u8[data + (n >>> 3)] as number) >>> (7 - (n & 7))) & 1;
  }

  /** How many leading bits two addresses share, at most `limit`. */
  #commonBits(a: number, b: number, limit: number): number {
    const { u8 } = this.memory;
    let bits = 0;
    while (bits < limit) {
      const differs = (u8[a + (bits >>> 3)] as number) ^ (u8[b + (bits >>> 3)] as number);
      if (differs !== 0) return Math.min(limit, bits + Math.clz32(differs) - 24);
      bits += 8;
    }
    return limit;
  }

  override lookupAt(key: number): number {
    const { memory } = this;
    const prefixlen = memory.r32(key);
    if (prefixlen > this.#dataBytes * 8) return 0;
    let found = 0;
    let node = memory.r32(this.#head + ROOT);
    while (node !== 0) {
      const prefix = memory.r32(node + PREFIX);
      const common = this.#commonBits(node + DATA, key + 4, Math.min(prefix, prefixlen));
      if (common < prefix) break;
      if (memory.r32(node + HAS_VALUE) !== 0) found = node;
      if (prefix >= prefixlen || prefix === this.#dataBytes * 8) break;
      node = memory.r32(node + 4 * this.#bit(key + 4, prefix));
    }
    return found === 0 ? 0 : found + this.#valueAt;
  }

  override updateAt(key: number, value: number, flags: number): number {
    const { memory } = this;
    if (flags > BPF_EXIST) return -EINVAL;
    const prefixlen = memory.r32(key);
    if (prefixlen > this.#dataBytes * 8) return -EINVAL;

    // `place`: the word that points to the node, or will point to it.
    let place = this.#head + ROOT;
    let node = memory.r32(place);
    let common = 0;
    while (node !== 0) {
      const prefix = memory.r32(node + PREFIX);
      common = this.#commonBits(node + DATA, key + 4, Math.min(prefix, prefixlen));
      if (common < prefix || prefix === prefixlen) break;
      place = node + 4 * this.#bit(key + 4, prefix);
      node = memory.r32(place);
    }
    const prefix = node === 0 ? 0 : memory.r32(node + PREFIX);
    const same = node !== 0 && common === prefix && prefix === prefixlen;
    const known = same && memory.r32(node + HAS_VALUE) !== 0;
    if (known && flags === BPF_NOEXIST) return -EEXIST;
    if (!known && flags === BPF_EXIST) return -ENOENT;
    if (!known && this.count >= this.def.maxEntries) return -ENOSPC;

    const forks = !same && node !== 0 && common !== prefixlen;
    const fresh = this.#pool.alloc();
    const fork = forks && fresh !== 0 ? this.#pool.alloc() : 0;
    if (fresh === 0 || (forks && fork === 0)) {
      if (fresh !== 0) this.#pool.free(fresh);
      return -ENOMEM;
    }
    memory.w32(fresh + PREFIX, prefixlen);
    memory.w32(fresh + HAS_VALUE, 1);
    memory.copyWithin(fresh + DATA, key + 4, this.#dataBytes);
    memory.copyWithin(fresh + this.#valueAt, value, this.def.valueSize);
    this.#notify("update", key, known ? node : 0, value);
    if (!known) memory.w32(this.#head + COUNT, this.count + 1);
    if (same) {
      memory.copyWithin(fresh, node, 8);
      this.#pool.free(node);
      memory.w32(place, fresh);
      return 0;
    }
    memory.fill(fresh, 8);
    if (node === 0) memory.w32(place, fresh);
    else if (!forks) {
      memory.w32(fresh + 4 * this.#bit(node + DATA, prefixlen), node);
      memory.w32(place, fresh);
    } else {
      memory.fill(fork, 8);
      memory.w32(fork + PREFIX, common);
      memory.w32(fork + HAS_VALUE, 0);
      memory.copyWithin(fork + DATA, node + DATA, this.#dataBytes);
      memory.w32(fork + 4 * this.#bit(key + 4, common), fresh);
      memory.w32(fork + 4 * (1 - this.#bit(key + 4, common)), node);
      memory.w32(place, fork);
    }
    return 0;
  }

  override deleteAt(key: number): number {
    const { memory } = this;
    const prefixlen = memory.r32(key);
    if (prefixlen > this.#dataBytes * 8) return -EINVAL;
    let parentPlace = 0;
    let parent = 0;
    let place = this.#head + ROOT;
    let node = memory.r32(place);
    while (node !== 0) {
      const prefix = memory.r32(node + PREFIX);
      const common = this.#commonBits(node + DATA, key + 4, Math.min(prefix, prefixlen));
      if (common < prefix || prefix === prefixlen) break;
      parentPlace = place;
      parent = node;
      place = node + 4 * this.#bit(key + 4, prefix);
      node = memory.r32(place);
    }
    if (node === 0 || memory.r32(node + PREFIX) !== prefixlen || memory.r32(node + HAS_VALUE) === 0) return -ENOENT;
    if (this.#commonBits(node + DATA, key + 4, prefixlen) !== prefixlen) return -ENOENT;
    this.#notify("delete", key, node, 0);
    memory.w32(this.#head + COUNT, this.count - 1);
    const [left, right] = [memory.r32(node), memory.r32(node + 4)];
    if (left !== 0 && right !== 0) {
      memory.w32(node + HAS_VALUE, 0);
      return 0;
    }
    memory.w32(place, left || right);
    this.#pool.free(node);
    // A node without value needs two children. With one child left, the child takes its place.
    if (parent !== 0 && memory.r32(parent + HAS_VALUE) === 0) {
      const [a, b] = [memory.r32(parent), memory.r32(parent + 4)];
      if (a === 0 || b === 0) {
        memory.w32(parentPlace, a || b);
        this.#pool.free(parent);
      }
    }
    return 0;
  }

  /** Nodes with a value. A more specific prefix comes before a less specific one. */
  *#nodes(node = this.memory.r32(this.#head + ROOT)): Generator<number> {
    if (node === 0) return;
    yield* this.#nodes(this.memory.r32(node));
    yield* this.#nodes(this.memory.r32(node + 4));
    if (this.memory.r32(node + HAS_VALUE) !== 0) yield node;
  }

  #keyOf(node: number): Uint8Array {
    const key = new Uint8Array(this.def.keySize);
    viewOf(key).setUint32(0, this.memory.r32(node + PREFIX), true);
    key.set(this.memory.u8.subarray(node + DATA, node + DATA + this.#dataBytes), 4);
    return key;
  }

  override lookup(key: Uint8Array): Uint8Array | number {
    const value = this.lookupAt(this.stage(0, key));
    return value === 0 ? -ENOENT : this.memory.copyOut(value, this.def.valueSize);
  }
  override update(key: Uint8Array, value: Uint8Array, flags = 0): number {
    return this.updateAt(this.stage(0, key), this.stage(1, value), flags);
  }
  override delete(key: Uint8Array): number {
    return this.deleteAt(this.stage(0, key));
  }
  override nextKey(key: Uint8Array | undefined): Uint8Array | number {
    const at = key === undefined ? 0 : this.stage(0, key);
    let first = 0;
    let found = false;
    for (const node of this.#nodes()) {
      if (found) return this.#keyOf(node);
      first ||= node;
      // Bits of the address beyond the prefix do not matter.
      const prefix = this.memory.r32(node + PREFIX);
      found = at !== 0 && prefix === this.memory.r32(at) && this.#commonBits(node + DATA, at + 4, prefix) === prefix;
    }
    return first === 0 || found ? -ENOENT : this.#keyOf(first);
  }

  *bufferRegions() {
    for (const node of this.#nodes()) yield this.region(node + this.#valueAt, this.#keyOf(node));
  }

  protected freeStorage(): void {
    if (this.isAllocated) this.#pool.freeAll();
    this.memory.free(this.#head, HEAD_BYTES);
  }

  #notify(op: "update" | "delete", key: number, old: number, value: number): void {
    const { memory } = this;
    this.observer?.({
      map: this.name,
      op,
      key: memory.copyOut(key, this.def.keySize),
      ...(old !== 0 && { old: memory.copyOut(old + this.#valueAt, this.def.valueSize) }),
      ...(value !== 0 && { value: memory.copyOut(value, this.def.valueSize) }),
    });
  }
}
