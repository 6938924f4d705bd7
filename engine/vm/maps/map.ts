// What every kind of map offers to helpers and to bpf(2). All state of a map lies in the machine's buffer and is written through the
// journal, so a step back undoes changes of maps too. Only AbsentMap keeps its contents elsewhere: no program with it runs. Errors are
// negative errnos, as the kernel returns them.
import { toHex } from "../../base/bytes.ts";
import { ENOTSUPP, ERRNO } from "../../facts/errno.ts";
import { MAP_FLAGS } from "../../facts/flags.ts";
import { mapTypeByName } from "../../facts/map-types.ts";
import type { MapDef } from "../../program/program.ts";
import type { BufferRegion, Memory, RegisteredMap } from "../memory.ts";

export const BPF_ANY = 0;
export const BPF_NOEXIST = 1;
export const BPF_EXIST = 2;
export const BPF_F_LOCK = 4;

/** Whether an update may have these flags, besides BPF_F_LOCK. They are a u64 of the kernel, so bits above 31 count. */
export const knownUpdateFlags = (flags: number): boolean => {
  const how = flags - (flags & BPF_F_LOCK);
  return how >= BPF_ANY && how <= BPF_EXIST;
};

export { ENOTSUPP };
export const { EINVAL, ENOENT, E2BIG, EEXIST, ENOMEM, EOPNOTSUPP, ENOSPC, EAGAIN } = ERRNO;

/** What a step did to a map, for people. */
export interface MapOperation {
  readonly map: string;
  readonly op: "update" | "delete" | "push" | "pop" | "reserve" | "submit" | "discard" | "output" | "evict";
  readonly key?: Uint8Array;
  readonly old?: Uint8Array;
  readonly value?: Uint8Array;
}

/** A key with its one value, or with one value for each CPU. */
export interface MapEntry {
  readonly key: Uint8Array;
  readonly values: readonly Uint8Array[];
}

/** Sizes in bytes of special fields that BTF declares in a value. Copying a value leaves these fields out. */
const FIELD_BYTES: Readonly<Record<string, number>> = {
  bpf_spin_lock: 4,
  bpf_res_spin_lock: 8,
  bpf_timer: 16,
  bpf_wq: 16,
  bpf_task_work: 8,
  bpf_list_head: 16,
  bpf_rb_root: 16,
  bpf_list_node: 24,
  bpf_rb_node: 32,
  bpf_refcount: 4,
};
const POINTER_BYTES = 8;

/** How code can find a key without calling the map: offsets in the buffer, valid as long as the map exists. */
export type LookupPlan =
  | { readonly kind: "array"; readonly values: number; readonly stride: number; readonly entries: number }
  | {
      /** Elements are chained by jhash() of the key. All numbers but `buckets` and `mask` are relative to an element. */
      readonly kind: "hash";
      readonly buckets: number;
      readonly mask: number;
      readonly next: number;
      readonly hash: number;
      readonly key: number;
      readonly value: number;
    };

/** How many bytes a struct bpf_map takes in the buffer. */
const STRUCT_BPF_MAP_BYTES = 0x100;

export abstract class BpfMap implements RegisteredMap {
  readonly id: number;
  readonly def: MapDef;
  readonly memory: Memory;
  /** Offset of the map's struct bpf_map. LD_IMM64 of a map loads it. */
  readonly address: number;
  readonly perCpu: boolean;
  /** Distance in bytes from one value to the next. */
  readonly stride: number;
  /** Special fields in a value, ascending: locks, timers, kernel pointers. */
  readonly #fields: readonly { readonly off: number; readonly size: number }[];
  /** Whether values have a bpf_spin_lock, so that BPF_F_LOCK is allowed. */
  readonly hasLock: boolean;
  /** Called for each change while a step is being described. */
  observer: ((event: MapOperation) => void) | undefined;

  constructor(memory: Memory, def: MapDef) {
    this.memory = memory;
    this.def = def;
    this.id = memory.newId();
    this.perCpu = mapTypeByName(def.type)?.perCpu ?? false;
    this.stride = (def.valueSize + 7) & ~7;
    this.#fields = Object.entries(def.fields ?? {})
      .map(([name, off]) => ({ off, size: FIELD_BYTES[name] ?? POINTER_BYTES }))
      .sort((a, b) => a.off - b.off);
    this.hasLock = Object.keys(def.fields ?? {}).some((name) => name === "bpf_spin_lock");
    this.address = memory.alloc(STRUCT_BPF_MAP_BYTES, true);
    writeBpfMapStruct(memory, this.address, def, this.id);
    memory.addMap(this);
  }

  get name(): string {
    return this.def.name;
  }

  /** Whether programs may not write values (BPF_F_RDONLY_PROG). */
  get readOnly(): boolean {
    return (this.def.flags & MAP_FLAGS.RDONLY_PROG) !== 0;
  }

  /** The errno that a run ends with because the contents are not in the machine's memory (absent.ts). 0: they are. */
  get absentErrno(): number {
    return 0;
  }

  /** Offset of the values, for LD_IMM64 of a map value. undefined: this kind of map has no such area. */
  get valueArea(): number | undefined {
    return undefined;
  }

  /** How lookupAt() finds a value. undefined: lookupAt() does something more, or its result depends on the CPU. */
  get lookupPlan(): LookupPlan | undefined {
    return undefined;
  }

  // ---- for helpers: key and value are offsets in the buffer, the CPU is the program's ----

  /** Offset of the value. 0: there is none. */
  lookupAt(_key: number, _cpu: number): number {
    return 0;
  }
  updateAt(_key: number, _value: number, _flags: number, _cpu: number): number {
    return -EOPNOTSUPP;
  }
  deleteAt(_key: number): number {
    return -EOPNOTSUPP;
  }
  /** pushAt, popAt and peekAt: for queues, stacks and bloom filters. `flags` are those of map_push_elem. */
  pushAt(_value: number, _flags: number): number {
    return -EOPNOTSUPP;
  }
  popAt(_value: number): number {
    return -EOPNOTSUPP;
  }
  peekAt(_value: number): number {
    return -EOPNOTSUPP;
  }
  /**
   * The element at a cursor (as offsets) and the next cursor, for bpf_for_each_map_elem. Cursor 0 is the start. undefined: the end, or
   * this kind cannot be walked. `keyAt`: room for a key that the map does not store.
   */
  elementAt(_cursor: number, _cpu: number, _keyAt: number): { key: number; value: number; next: number } | undefined {
    return undefined;
  }

  // ---- for bpf(2) and the page ----

  /** For per-CPU kinds: the values of all CPUs, each rounded up to 8 bytes. */
  lookup(_key: Uint8Array): Uint8Array | number {
    return -EOPNOTSUPP;
  }
  update(_key: Uint8Array, _value: Uint8Array, _flags = 0): number {
    return -EOPNOTSUPP;
  }
  delete(_key: Uint8Array): number {
    return -EOPNOTSUPP;
  }
  lookupAndDelete(_key: Uint8Array): Uint8Array | number {
    return -ENOTSUPP;
  }
  /** Only bloom_filter. 0: the value may have been added. -ENOENT: it was not. */
  contains(_value: Uint8Array): number {
    return -EOPNOTSUPP;
  }
  /** The key after this one. The first key if none is given, or if the given one does not exist. */
  nextKey(_key: Uint8Array | undefined): Uint8Array | number {
    return -EOPNOTSUPP;
  }

  /** All entries of the map, for people. */
  entries(limit = Number.POSITIVE_INFINITY): MapEntry[] {
    const found: MapEntry[] = [];
    for (let key = this.nextKey(undefined); typeof key !== "number" && found.length < limit; key = this.nextKey(key)) {
      const value = this.lookup(key);
      if (typeof value !== "number") found.push({ key, values: this.perCpu ? this.splitByCpu(value) : [value] });
    }
    return found;
  }

  /** How many entries there are. */
  get count(): number {
    return this.entries().length;
  }

  abstract bufferRegions(): Iterable<BufferRegion>;

  /** Size in bytes of a value in bpf(2). */
  get userValueSize(): number {
    return this.perCpu ? this.stride * this.memory.cpus : this.def.valueSize;
  }

  /** Frees all memory of the map, after its last reference is gone. */
  close(): void {
    this.memory.removeMap(this);
    this.memory.free(this.address, STRUCT_BPF_MAP_BYTES);
    this.freeStorage();
  }

  protected abstract freeStorage(): void;

  protected splitByCpu(value: Uint8Array): Uint8Array[] {
    return Array.from({ length: this.memory.cpus }, (_, cpu) =>
      value.slice(cpu * this.stride, cpu * this.stride + this.def.valueSize),
    );
  }

  protected region(start: number, key: Uint8Array | undefined, cpu?: number): BufferRegion {
    const where = key === undefined ? "" : `[${keyText(key)}]`;
    return {
      name: `map ${this.name}${where}${cpu === undefined ? "" : ` on CPU ${cpu}`}`,
      kind: "map_value",
      start,
      size: this.def.valueSize,
      writable: !this.readOnly,
      map: this.name,
      ...(key && { key: toHex(key) }),
    };
  }

  /** Copies a value over an old one, or (`isNew`) into a new element. Special fields keep their contents, or become zero. */
  protected storeValue(at: number, from: number, isNew: boolean): void {
    const { memory } = this;
    let done = 0;
    for (const { off, size } of this.#fields) {
      memory.copyWithin(at + done, from + done, off - done);
      if (isNew) memory.fill(at + off, size);
      done = off + size;
    }
    memory.copyWithin(at + done, from + done, this.def.valueSize - done);
  }

  /** A value as bpf(2) returns it: special fields are zero. */
  protected valueBytes(at: number, size: number): Uint8Array {
    const bytes = this.memory.copyOut(at, size);
    for (let value = 0; value < size; value += this.stride) {
      for (const field of this.#fields) bytes.fill(0, value + field.off, value + field.off + field.size);
    }
    return bytes;
  }

  /** Copies bytes of bpf(2) into the buffer and returns their offset. */
  protected stage(area: 0 | 1, bytes: Uint8Array): number {
    const at = this.memory.scratch(area, bytes.length);
    this.memory.u8.set(bytes, at);
    return at;
  }
}

const asMap = (owner: RegisteredMap | undefined): BpfMap | undefined => (owner instanceof BpfMap ? owner : undefined);
export const mapById = (memory: Memory, id: number): BpfMap | undefined => asMap(memory.mapById(id));
/** The map whose struct bpf_map is at this offset. */
export const mapAt = (memory: Memory, off: number): BpfMap | undefined => asMap(memory.mapAt(off));

const keyText = (key: Uint8Array): string =>
  key.length === 4 ? String(new DataView(key.buffer, key.byteOffset, 4).getUint32(0, true)) : toHex(key);

/**
 * Writes the fields of struct bpf_map that BTF lets programs read: map_type, key_size, value_size, max_entries, flags, id. Offsets are
 * those of x86-64: ops at 0, inner_map_meta at 8, security at 16, then these.
 */
function writeBpfMapStruct(memory: Memory, at: number, def: MapDef, id: number): void {
  const words = [mapTypeByName(def.type)?.id ?? 0, def.keySize, def.valueSize, def.maxEntries];
  words.forEach((word, i) => {
    memory.view.setUint32(at + 24 + 4 * i, word, true);
  });
  memory.view.setUint32(at + 48, def.flags, true);
  memory.view.setUint32(at + 52, id, true);
  memory.permit(at, 64, false);
}
