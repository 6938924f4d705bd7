// A map whose contents are not in the machine's memory, because they do not fit or its kind is not simulated. bpf(2) creates, fills and
// reads it like any other map, so programs with it can be verified. They cannot run. Mutable. Only arrays and hash tables have contents
// here.
// @kernel arraymap.c, hashtab.c
import { fromHex, toHex, viewOf } from "../../base/bytes.ts";
import type { MapDef } from "../../program/program.ts";
import type { Memory } from "../memory.ts";
import { u32Key } from "./array.ts";
import {
  BPF_EXIST,
  BPF_F_LOCK,
  BPF_NOEXIST,
  BpfMap,
  E2BIG,
  EEXIST,
  EINVAL,
  ENOENT,
  knownUpdateFlags,
  type MapEntry,
} from "./map.ts";

export class AbsentMap extends BpfMap {
  readonly #errno: number;
  readonly #kind: "array" | "hash" | "lru" | "other";
  /** Key in hex → value. All other values of an array are zero. */
  readonly #values = new Map<string, Uint8Array>();

  /** `errno`: the positive errno that a run of a program with this map ends with. */
  constructor(memory: Memory, def: MapDef, errno: number) {
    super(memory, def);
    this.#errno = errno;
    this.#kind = CONTENT_KINDS[def.type] ?? "other";
  }

  override get absentErrno(): number {
    return this.#errno;
  }

  override lookup(key: Uint8Array): Uint8Array | number {
    if (this.#kind === "other") return super.lookup(key);
    const found = this.#values.get(toHex(key));
    if (found) return found.slice();
    return this.#kind === "array" && indexOf(key) < this.def.maxEntries ? new Uint8Array(this.userValueSize) : -ENOENT;
  }

  override update(key: Uint8Array, value: Uint8Array, flags = 0): number {
    if (this.#kind === "other") return super.update(key, value, flags);
    const refused = this.#updateError(key, flags);
    if (refused === 0) this.#values.set(toHex(key), value.slice());
    return refused;
  }

  #updateError(key: Uint8Array, flags: number): number {
    const { maxEntries } = this.def;
    if (flags & BPF_F_LOCK && !this.hasLock) return -EINVAL;
    if (!knownUpdateFlags(flags)) return -EINVAL;
    const how = flags & ~BPF_F_LOCK;
    if (this.#kind === "array") return indexOf(key) >= maxEntries ? -E2BIG : how === BPF_NOEXIST ? -EEXIST : 0;
    if (this.#values.has(toHex(key))) return how === BPF_NOEXIST ? -EEXIST : 0;
    if (how === BPF_EXIST) return -ENOENT;
    return this.#kind === "hash" && this.#values.size >= maxEntries ? -E2BIG : 0;
  }

  override delete(key: Uint8Array): number {
    if (this.#kind === "array") return -EINVAL;
    if (this.#kind === "other") return super.delete(key);
    return this.#values.delete(toHex(key)) ? 0 : -ENOENT;
  }

  override nextKey(key: Uint8Array | undefined): Uint8Array | number {
    if (this.#kind === "other") return super.nextKey(key);
    if (this.#kind === "array") {
      const index = key ? indexOf(key) : -1;
      return index === this.def.maxEntries - 1 ? -ENOENT : u32Key(index >= this.def.maxEntries ? 0 : index + 1);
    }
    const keys = [...this.#values.keys()];
    const next = keys[key ? keys.indexOf(toHex(key)) + 1 : 0];
    return next === undefined ? -ENOENT : (fromHex(next) as Uint8Array);
  }

  /** Only values that were stored. The zeros of an array are not listed. */
  override entries(limit = Number.POSITIVE_INFINITY): MapEntry[] {
    return [...this.#values].slice(0, limit).map(([key, value]) => ({
      key: fromHex(key) as Uint8Array,
      values: this.perCpu ? this.splitByCpu(value) : [value.slice()],
    }));
  }

  override get count(): number {
    return this.#values.size;
  }

  *bufferRegions() {}
  protected freeStorage(): void {}
}

const indexOf = (key: Uint8Array): number => viewOf(key).getUint32(0, true);

/** Whether an absent map answers bpf(2) just like a real one. */
export const canBeAbsent = ({ type }: MapDef): boolean => Object.hasOwn(CONTENT_KINDS, type);

const CONTENT_KINDS: Readonly<Record<string, "array" | "hash" | "lru">> = {
  array: "array",
  percpu_array: "array",
  hash: "hash",
  percpu_hash: "hash",
  lru_hash: "lru",
  lru_percpu_hash: "lru",
};
