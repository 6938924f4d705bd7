// Bloom filters: push adds a value, peek says whether it may have been added. @kernel kernel/bpf/bloom_filter.c
import type { MapDef } from "../../program/program.ts";
import type { Memory } from "../memory.ts";
import { jhash } from "./jhash.ts";
import { BPF_ANY, BpfMap, EINVAL, ENOENT, EOPNOTSUPP, type MapEntry } from "./map.ts";

/** How many hash functions are used if map_extra is 0. */
const DEFAULT_HASHES = 5;

export class BloomMap extends BpfMap {
  readonly #hashes: number;
  readonly #bits: number;
  readonly #mask: number;

  constructor(memory: Memory, def: MapDef) {
    super(memory, def);
    this.#hashes = def.extra || DEFAULT_HASHES;
    // bits = entries * hashes / ln 2, approximated as 7/5, rounded up to a power of two of at least 64.
    const wanted = Math.floor((def.maxEntries * this.#hashes) / 5) * 7;
    const bits = Math.min(2 ** 32, 2 ** Math.ceil(Math.log2(Math.max(64, wanted))));
    this.#mask = bits - 1;
    this.#bits = memory.alloc(bits / 8);
  }

  get isAllocated(): boolean {
    return this.#bits !== 0;
  }

  override get count(): number {
    return 0;
  }

  #bit(value: number, n: number): number {
    return (jhash(this.memory.view, value, this.def.valueSize, n) & this.#mask) >>> 0;
  }

  override pushAt(value: number, flags: number): number {
    if (flags !== BPF_ANY) return -EINVAL;
    for (let n = 0; n < this.#hashes; n++) {
      const bit = this.#bit(value, n);
      const at = this.#bits + (bit >>> 3);
      this.memory.w8(at, (this.memory.u8[at] as number) | (1 << (bit & 7)));
    }
    this.observer?.({ map: this.name, op: "push", value: this.memory.copyOut(value, this.def.valueSize) });
    return 0;
  }

  override popAt(): number {
    return -EOPNOTSUPP;
  }

  override peekAt(value: number): number {
    for (let n = 0; n < this.#hashes; n++) {
      const bit = this.#bit(value, n);
      if (((this.memory.u8[this.#bits + (bit >>> 3)] as number) & (1 << (bit & 7))) === 0) return -ENOENT;
    }
    return 0;
  }

  /** bpf(2) passes the value to look for in the field `value`. */
  override contains(value: Uint8Array): number {
    return this.peekAt(this.stage(1, value));
  }

  override lookup(): number {
    return -EINVAL;
  }
  override update(_key: Uint8Array, value: Uint8Array, flags = 0): number {
    return this.pushAt(this.stage(1, value), flags);
  }
  override delete(): number {
    return -EOPNOTSUPP;
  }
  override nextKey(): number {
    return -EOPNOTSUPP;
  }
  override entries(): MapEntry[] {
    return [];
  }

  *bufferRegions() {}

  protected freeStorage(): void {
    this.memory.free(this.#bits, (this.#mask + 1) / 8);
  }
}
