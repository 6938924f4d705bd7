// Where XDP programs send packets: maps of devices, CPUs and sockets. There is one device, the loopback, number 1. There are no AF_XDP
// sockets, so an xskmap stays empty. The event decides what a redirection through these maps does.
//
//   entry   0            4      8 …
//           1: in use    key    value
//
// @kernel kernel/bpf/devmap.c, kernel/bpf/cpumap.c, net/xdp/xskmap.c
import { viewOf } from "../../base/bytes.ts";
import { ERRNO } from "../../facts/errno.ts";
import type { MapDef } from "../../program/program.ts";
import type { BufferRegion, Memory } from "../memory.ts";
import { u32Key } from "./array.ts";
import { BPF_EXIST, BPF_NOEXIST, BpfMap, E2BIG, EEXIST, EINVAL, ENOENT, ENOMEM, EOPNOTSUPP } from "./map.ts";

const LOOPBACK = 1;
const MAX_CPU_QUEUE = 16384;
const USED = 0;
const KEY = 4;
const VALUE = 8;

/** The value to store, or the negative errno with which it is refused. 0 removes the entry. */
type Check = (memory: Memory, key: number, target: number, prog: number) => number;

const device: Check = (_, __, ifindex, prog) =>
  (ifindex !== 0 && ifindex !== LOOPBACK) || prog > 0 ? -EINVAL : ifindex;

const CHECKS: Readonly<Record<string, Check>> = {
  devmap: device,
  devmap_hash: (memory, key, ifindex, prog) => (ifindex === 0 ? -EINVAL : device(memory, key, ifindex, prog)),
  cpumap: (memory, cpu, queue, prog) => {
    if (queue > MAX_CPU_QUEUE) return -ERRNO.EOVERFLOW;
    if (cpu >= memory.cpus) return -ERRNO.ENODEV;
    return queue !== 0 && prog > 0 ? -ENOMEM : queue;
  },
  xskmap: () => -ERRNO.EBADF,
};

export class RedirectMap extends BpfMap {
  readonly #entries: number;
  readonly #entryBytes: number;
  readonly #byKey: boolean;

  constructor(memory: Memory, def: MapDef) {
    super(memory, def);
    this.#byKey = def.type === "devmap_hash";
    this.#entryBytes = VALUE + this.stride;
    this.#entries = memory.alloc(def.maxEntries * this.#entryBytes);
    for (let i = 0; i < def.maxEntries && this.#entries !== 0; i++) {
      memory.permit(this.#at(i) + VALUE, def.valueSize, false);
    }
  }

  get isAllocated(): boolean {
    return this.#entries !== 0;
  }

  #at(index: number): number {
    return this.#entries + index * this.#entryBytes;
  }

  /** Offset of the entry with this key. 0: there is none. */
  #find(key: number): number {
    if (!this.#byKey) return key < this.def.maxEntries && this.memory.r32(this.#at(key) + USED) ? this.#at(key) : 0;
    for (const at of this.#usedEntries()) if (this.memory.r32(at + KEY) === key) return at;
    return 0;
  }

  *#usedEntries(): Generator<number> {
    for (let slot = 0; slot < this.def.maxEntries; slot++) {
      if (this.memory.r32(this.#at(slot) + USED) !== 0) yield this.#at(slot);
    }
  }

  /** Offset for a new entry with this key. 0: all places are taken. */
  #freeEntry(key: number): number {
    if (!this.#byKey) return this.#at(key);
    for (let slot = 0; slot < this.def.maxEntries; slot++) {
      if (this.memory.r32(this.#at(slot) + USED) === 0) return this.#at(slot);
    }
    return 0;
  }

  override lookupAt(key: number): number {
    const at = this.#find(this.memory.r32(key));
    return at === 0 ? 0 : at + VALUE;
  }

  override lookup(key: Uint8Array): Uint8Array | number {
    if (this.def.type === "xskmap") return -EOPNOTSUPP;
    const at = this.#find(viewOf(key).getUint32(0, true));
    return at === 0 ? -ENOENT : this.memory.copyOut(at + VALUE, this.def.valueSize);
  }

  override update(key: Uint8Array, value: Uint8Array, flags = 0): number {
    const { memory } = this;
    const number = viewOf(key).getUint32(0, true);
    if (flags > BPF_EXIST) return -EINVAL;
    const old = this.#find(number);
    if (!this.#byKey && number >= this.def.maxEntries) return -E2BIG;
    if (!this.#byKey && flags === BPF_NOEXIST) return -EEXIST;
    const view = viewOf(value);
    const program = value.length >= 8 ? view.getInt32(4, true) : 0;
    const target = (CHECKS[this.def.type] as Check)(memory, number, view.getUint32(0, true), program);
    if (target < 0) return target;
    if (this.#byKey && old !== 0 && flags === BPF_NOEXIST) return -EEXIST;
    const at = old === 0 ? this.#freeEntry(number) : old;
    if (at === 0) return -E2BIG;
    memory.w32(at + USED, target === 0 ? 0 : 1);
    memory.w32(at + KEY, number);
    memory.fill(at + VALUE, this.stride);
    memory.w32(at + VALUE, target);
    return 0;
  }

  override delete(key: Uint8Array): number {
    const number = viewOf(key).getUint32(0, true);
    if (!this.#byKey && number >= this.def.maxEntries) return -EINVAL;
    const at = this.#find(number);
    if (at !== 0) this.memory.w32(at + USED, 0);
    return at === 0 && this.#byKey ? -ENOENT : 0;
  }

  override nextKey(key: Uint8Array | undefined): Uint8Array | number {
    const previous = key === undefined ? undefined : viewOf(key).getUint32(0, true);
    if (this.#byKey) {
      const keys = this.#keysInOrder();
      const next = keys[previous === undefined ? 0 : keys.indexOf(previous) + 1];
      return next === undefined ? -ENOENT : u32Key(next);
    }
    const last = this.def.maxEntries - 1;
    if (previous === last) return -ENOENT;
    return u32Key(previous === undefined || previous > last ? 0 : previous + 1);
  }

  /** Keys in the order of their buckets. The hash of a key is the key itself. */
  #keysInOrder(): number[] {
    const mask = 2 ** Math.ceil(Math.log2(this.def.maxEntries)) - 1;
    const keys = [...this.#usedEntries()].map((at) => this.memory.r32(at + KEY)).reverse();
    return keys.sort((a, b) => ((a & mask) >>> 0) - ((b & mask) >>> 0));
  }

  *bufferRegions(): Iterable<BufferRegion> {
    for (const at of this.#usedEntries()) yield this.region(at + VALUE, u32Key(this.memory.r32(at + KEY)));
  }

  protected freeStorage(): void {
    this.memory.free(this.#entries, this.def.maxEntries * this.#entryBytes);
  }
}
