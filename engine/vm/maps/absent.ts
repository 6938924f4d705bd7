// A map whose contents are not in the machine's memory: they do not fit, or its kind is not simulated. bpf(2) creates, fills
// and reads it as any other, so that programs with it are verified; none of them runs. Mutable.
// Not in here: kinds other than arrays and hash tables have no contents.  @kernel arraymap.c, hashtab.c
import { fromHex, toHex, viewOf } from "../../base/bytes.ts";
import type { MapDef } from "../../program/program.ts";
import type { Memory } from "../memory.ts";
import { u32Key } from "./array.ts";
import * as M from "./map.ts";

export class AbsentMap extends M.BpfMap {
  readonly #why: number;
  readonly #kind: "array" | "hash" | "lru" | "other";
  /** Hex of the key → value. An array's other values are zero. */
  readonly #values = new Map<string, Uint8Array>();

  /** `why`: positive errno that a run of a program with this map ends with. */
  constructor(memory: Memory, def: MapDef, why: number) {
    super(memory, def);
    this.#why = why;
    this.#kind = KINDS[def.type] ?? "other";
  }

  override get absent(): number {
    return this.#why;
  }

  override lookup(key: Uint8Array): Uint8Array | number {
    if (this.#kind === "other") return super.lookup(key);
    const found = this.#values.get(toHex(key));
    if (found) return found.slice();
    return this.#kind === "array" && indexOf(key) < this.def.maxEntries
      ? new Uint8Array(this.userValueSize)
      : -M.ENOENT;
  }

  override update(key: Uint8Array, value: Uint8Array, flags = 0): number {
    if (this.#kind === "other") return super.update(key, value, flags);
    const refused = this.#refuses(key, flags);
    if (refused === 0) this.#values.set(toHex(key), value.slice());
    return refused;
  }

  #refuses(key: Uint8Array, flags: number): number {
    const { maxEntries } = this.def;
    if (flags & M.BPF_F_LOCK && !this.hasLock) return -M.EINVAL;
    const how = flags & ~M.BPF_F_LOCK;
    if (how > M.BPF_EXIST) return -M.EINVAL;
    if (this.#kind === "array") return indexOf(key) >= maxEntries ? -M.E2BIG : how === M.BPF_NOEXIST ? -M.EEXIST : 0;
    if (this.#values.has(toHex(key))) return how === M.BPF_NOEXIST ? -M.EEXIST : 0;
    if (how === M.BPF_EXIST) return -M.ENOENT;
    return this.#kind === "hash" && this.#values.size >= maxEntries ? -M.E2BIG : 0;
  }

  override delete(key: Uint8Array): number {
    if (this.#kind === "array") return -M.EINVAL;
    if (this.#kind === "other") return super.delete(key);
    return this.#values.delete(toHex(key)) ? 0 : -M.ENOENT;
  }

  override nextKey(key: Uint8Array | undefined): Uint8Array | number {
    if (this.#kind === "other") return super.nextKey(key);
    if (this.#kind === "array") {
      const index = key ? indexOf(key) : -1;
      return index === this.def.maxEntries - 1 ? -M.ENOENT : u32Key(index >= this.def.maxEntries ? 0 : index + 1);
    }
    const keys = [...this.#values.keys()];
    const next = keys[key ? keys.indexOf(toHex(key)) + 1 : 0];
    return next === undefined ? -M.ENOENT : (fromHex(next) as Uint8Array);
  }

  /** What was put in; an array's zeros are not told. */
  override entries(limit = Number.POSITIVE_INFINITY): M.MapEntry[] {
    return [...this.#values].slice(0, limit).map(([key, value]) => ({
      key: fromHex(key) as Uint8Array,
      values: this.perCpu ? this.split(value) : [value.slice()],
    }));
  }

  override get count(): number {
    return this.#values.size;
  }

  *places() {}
  protected release(): void {}
}

const indexOf = (key: Uint8Array): number => viewOf(key).getUint32(0, true);

/** Whether a map answers the same when it is absent. */
export const canBeAbsent = ({ type }: MapDef): boolean => Object.hasOwn(KINDS, type);

const KINDS: Readonly<Record<string, "array" | "hash" | "lru">> = {
  array: "array",
  percpu_array: "array",
  hash: "hash",
  percpu_hash: "hash",
  lru_hash: "lru",
  lru_percpu_hash: "lru",
};
