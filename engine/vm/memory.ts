// The one buffer: typed views, an allocator, the shadow that says which bytes may be touched, and a journal of
// overwritten words. Mutable and hot. Everything a run changes is changed through the write methods here (or by
// the interpreter's own stores, which the timeline logs itself), so undoing the journal undoes the run.
// Not in here: what the bytes mean.
import { bug } from "../base/bug.ts";
import { asU64 } from "../base/u64.ts";
import {
  addressOf,
  CLOCK,
  HEAP,
  KERNEL_HI,
  MAX_BYTES,
  OUTPUT_COUNT,
  SCRATCH,
  SCRATCH_BYTES,
  SHADOW_BYTES,
  SHADOW_READONLY,
  TRACE_COUNT,
} from "./layout.ts";
import type { BpfMap } from "./maps/map.ts";

export type RegionKind =
  | "stack"
  | "ctx"
  | "packet"
  | "packet_meta"
  | "map_value"
  | "map"
  | "ringbuf"
  | "object"
  | "mem"
  | "rodata";

/** A piece of memory that programs can see. Addresses are guest addresses. */
export interface Region {
  readonly name: string;
  readonly kind: RegionKind;
  readonly start: bigint;
  readonly size: number;
  readonly writable: boolean;
  /** Name of the map whose value this is, and the key in hex. */
  readonly map?: string;
  readonly key?: string;
  /** Frame number of a stack. */
  readonly frame?: number;
}

/** A region by its buffer offset. */
export type Place = Omit<Region, "start"> & { readonly start: number };

/** Whoever owns memory lists it. */
export interface RegionSource {
  places(): Iterable<Place>;
}

/** A record that a program sent to user space through a perf event array or a ring buffer. */
export interface OutputRecord {
  readonly map: string;
  readonly cpu: number;
  readonly data: Uint8Array;
}

export interface MemoryOptions {
  /** Possible CPUs: how many values a per-CPU map holds for a key. */
  readonly cpus?: number;
  /** Like a WebAssembly.Memory, for a machine that a JIT shares; otherwise a plain buffer. */
  readonly backing?: { readonly buffer: ArrayBuffer; grow(pages: number): number };
}

const WASM_PAGE = 65536;
const FIRST_HEAP_BYTES = 1 << 20;
/** Bytes beyond the last allocation that may be read as whole words. */
const SLACK = 16;
/** Room that only constants of programs may take: a million instructions with one each. */
const FOR_PROGRAMS = 8 << 20;
/** Below this end of the buffer new room is cheaper than cutting up what was freed. */
const CUT_FROM = MAX_BYTES >>> 1;

/** Bytes that maps can take together. */
export const ROOM_FOR_MAPS = MAX_BYTES - FOR_PROGRAMS - HEAP - SLACK;

const roundUp = (size: number): number => Math.max(16, Math.ceil(size / 16) * 16);

export class Memory {
  readonly cpus: number;
  u8!: Uint8Array;
  i32!: Int32Array;
  u64!: BigUint64Array;
  view!: DataView;
  shadow!: Uint8Array;
  /** Changes when the views above were replaced because the buffer grew. */
  generation = 0;
  /** Present while a timeline records. */
  journal: Journal | undefined;
  /** Owners of memory, in the order of creation. */
  readonly sources = new Set<RegionSource>();
  readonly #maps = new Map<number, BpfMap>();
  readonly #mapsByAddress = new Map<number, BpfMap>();
  /** Where scratch(1, …) found room beyond the fixed area, and how much. */
  #largeScratch = { at: 0, size: 0 };
  /** Ids of maps and programs, as the kernel counts them. */
  #nextId = 1;
  #brk = HEAP;
  readonly #free = new Map<number, number[]>();
  readonly #backing: MemoryOptions["backing"];
  readonly #trace: string[] = [];
  readonly #output: OutputRecord[] = [];

  constructor(options: MemoryOptions = {}) {
    this.cpus = options.cpus ?? 4;
    this.#backing = options.backing;
    const bytes = HEAP + FIRST_HEAP_BYTES;
    if (this.#backing === undefined) this.#use(new ArrayBuffer(bytes));
    else {
      const missing = bytes - this.#backing.buffer.byteLength;
      if (missing > 0) this.#backing.grow(Math.ceil(missing / WASM_PAGE));
      this.#use(this.#backing.buffer);
    }
  }

  newId(): number {
    return this.#nextId++;
  }

  addMap(map: BpfMap): void {
    this.sources.add(map);
    this.#maps.set(map.id, map);
    this.#mapsByAddress.set(map.address, map);
  }
  removeMap(map: BpfMap): void {
    this.sources.delete(map);
    this.#maps.delete(map.id);
    this.#mapsByAddress.delete(map.address);
  }
  mapById(id: number): BpfMap | undefined {
    return this.#maps.get(id);
  }
  /** The map whose struct bpf_map lies at this offset. */
  mapAt(off: number): BpfMap | undefined {
    return this.#mapsByAddress.get(off);
  }

  /** Offset of `size` bytes that only helpers use, until the next call with the same slot: 0 for keys, 1 for values. */
  scratch(slot: 0 | 1, size: number): number {
    const half = SCRATCH_BYTES >>> 1;
    if (size <= half - SLACK) return SCRATCH + slot * half;
    if (!this.reserveScratch(size)) throw bug(`nobody reserved ${size} bytes of scratch memory`);
    return this.#largeScratch.at + slot * size;
  }

  /** Makes sure that scratch() has this many bytes; false where memory is exhausted. */
  reserveScratch(size: number): boolean {
    if (size <= (SCRATCH_BYTES >>> 1) - SLACK || this.#largeScratch.size >= 2 * size) return true;
    const at = this.alloc(2 * size);
    if (at !== 0) this.#largeScratch = { at, size: 2 * size };
    return at !== 0;
  }

  /** End of what was ever allocated: a copy of [THREAD, brk) is the whole state. */
  get brk(): number {
    return this.#brk;
  }

  /**
   * Offset of zeroed bytes nobody may touch yet, 16-byte aligned; 0 where memory is exhausted (-ENOMEM). `forProgram`:
   * the last bytes are kept for constants of programs, so that maps alone cannot keep a program from being loaded.
   */
  alloc(size: number, forProgram = false): number {
    const rounded = roundUp(size);
    const reused = this.#free.get(rounded)?.pop() ?? this.#cut(rounded);
    if (reused !== undefined) {
      this.u8.fill(0, reused, reused + rounded);
      return reused;
    }
    const at = this.#brk;
    const end = at + rounded;
    if (!(end + SLACK <= MAX_BYTES - (forProgram ? 0 : FOR_PROGRAMS))) return 0;
    if (end + SLACK > this.u8.length) this.#grow(end + SLACK);
    this.u8.fill(0, at, end);
    this.#brk = end;
    return at;
  }

  /** Gives back what alloc(size) gave, nothing included. */
  free(at: number, size: number): void {
    if (at === 0) return;
    const rounded = roundUp(size);
    this.forbid(at, rounded);
    this.#keep(at, rounded);
    // What lies at the end is given back altogether.
    for (let found = true; found; ) {
      found = false;
      for (const [bytes, list] of this.#free) {
        const last = list.indexOf(this.#brk - bytes);
        if (last < 0) continue;
        list.splice(last, 1);
        this.#brk -= bytes;
        found = true;
      }
    }
  }

  #keep(at: number, rounded: number): void {
    const list = this.#free.get(rounded);
    if (list === undefined) this.#free.set(rounded, [at]);
    else list.push(at);
  }

  /** Once the buffer has grown large: a piece of the smallest free one that is larger. */
  #cut(rounded: number): number | undefined {
    if (this.#brk + rounded < CUT_FROM) return undefined;
    const sizes = [...this.#free].flatMap(([bytes, list]) => (bytes > rounded && list.length > 0 ? [bytes] : []));
    const bytes = Math.min(...sizes);
    const at = this.#free.get(bytes)?.pop();
    if (at !== undefined) this.#keep(at + rounded, bytes - rounded);
    return at;
  }

  /** Lets programs touch [at, at + size). `at` must be 8-byte aligned. */
  permit(at: number, size: number, writable = true): void {
    const first = at >>> 3;
    const whole = size >>> 3;
    const rest = size & 7;
    const flag = writable ? 0 : SHADOW_READONLY;
    this.journal?.save(first, whole + 1);
    this.shadow.fill(8 | flag, first, first + whole);
    if (rest !== 0) this.shadow[first + whole] = rest | flag;
  }

  forbid(at: number, size: number): void {
    const first = at >>> 3;
    const granules = (size + 7) >>> 3;
    this.journal?.save(first, granules);
    this.shadow.fill(0, first, first + granules);
  }

  /** Whether all of [at, at + size) may be read (written). An empty range always may. */
  allows(at: number, size: number, write: boolean): boolean {
    if (size <= 0) return size === 0;
    if (at < SHADOW_BYTES || at + size > this.u8.length) return false;
    const last = at + size - 1;
    const lastGranule = last >>> 3;
    for (let granule = at >>> 3; granule < lastGranule; granule++) {
      const byte = this.shadow[granule] as number;
      if (write ? byte !== 8 : (byte & 15) !== 8) return false;
    }
    const byte = this.shadow[lastGranule] as number;
    return (byte & 15) > (last & 7) && !(write && byte >= SHADOW_READONLY);
  }

  /** Buffer offset of a guest address, or -1 where it lies outside the buffer. */
  offsetOf(address: bigint): number {
    const off = Number(asU64(address) & 0xffff_ffffn);
    return Number(asU64(address) >> 32n) === KERNEL_HI >>> 0 && off >= SHADOW_BYTES && off < this.u8.length ? off : -1;
  }

  r32(at: number): number {
    return this.view.getUint32(at, true);
  }
  r64(at: number): bigint {
    return this.view.getBigUint64(at, true);
  }

  w8(at: number, value: number): void {
    this.journal?.save(at, 1);
    this.u8[at] = value;
  }
  w16(at: number, value: number): void {
    this.journal?.save(at, 2);
    this.view.setUint16(at, value, true);
  }
  w32(at: number, value: number): void {
    this.journal?.save(at, 4);
    this.view.setUint32(at, value, true);
  }
  w64(at: number, value: bigint): void {
    this.journal?.save(at, 8);
    this.view.setBigUint64(at, asU64(value), true);
  }
  /** `value` may be any integer up to 2^53; its two's complement is stored in 64 bits. */
  wNumber(at: number, value: number): void {
    this.journal?.save(at, 8);
    this.view.setInt32(at, value | 0, true);
    this.view.setInt32(at + 4, Math.floor(value / 0x1_0000_0000) | 0, true);
  }
  /** A guest pointer to a buffer offset; 0 is NULL. */
  wPointer(at: number, off: number): void {
    this.journal?.save(at, 8);
    this.view.setInt32(at, off, true);
    this.view.setInt32(at + 4, off === 0 ? 0 : KERNEL_HI, true);
  }
  copyIn(at: number, bytes: Uint8Array): void {
    this.journal?.save(at, bytes.length);
    this.u8.set(bytes, at);
  }
  copyWithin(to: number, from: number, size: number): void {
    this.journal?.save(to, size);
    this.u8.copyWithin(to, from, from + size);
  }
  fill(at: number, size: number, value = 0): void {
    this.journal?.save(at, size);
    this.u8.fill(value, at, at + size);
  }
  copyOut(at: number, size: number): Uint8Array {
    return this.u8.slice(at, at + size);
  }

  /** Lines of /sys/kernel/tracing/trace_pipe, without their newline. */
  tracePipe(): readonly string[] {
    this.#trace.length = Math.min(this.#trace.length, this.r32(TRACE_COUNT));
    return this.#trace;
  }
  traceLine(line: string): void {
    const count = this.tracePipe().length;
    this.#trace.push(line);
    this.w32(TRACE_COUNT, count + 1);
  }
  clearTrace(): void {
    this.w32(TRACE_COUNT, 0);
  }

  /** Records sent through perf event arrays, oldest first. */
  output(): readonly OutputRecord[] {
    this.#output.length = Math.min(this.#output.length, this.r32(OUTPUT_COUNT));
    return this.#output;
  }
  outputRecord(record: OutputRecord): void {
    const count = this.output().length;
    this.#output.push(record);
    this.w32(OUTPUT_COUNT, count + 1);
  }

  /** Nanoseconds since boot; each look moves the clock, so that two readings differ as they do on a machine. */
  now(tick: number): bigint {
    const time = this.r64(CLOCK);
    this.w64(CLOCK, time + BigInt(tick));
    return time;
  }

  /** Every region that programs can see, in the order of their addresses. */
  regions(): Region[] {
    const found: Region[] = [];
    for (const source of this.sources) {
      for (const region of source.places()) found.push({ ...region, start: addressOf(region.start) });
    }
    return found.sort((a, b) => (a.start < b.start ? -1 : 1));
  }

  /** The region that holds the address, or the one whose end or start is nearest to it. */
  nearestRegion(address: bigint): Region | undefined {
    let best: Region | undefined;
    let least = -1n;
    for (const region of this.regions()) {
      const end = region.start + BigInt(region.size);
      const distance = address < region.start ? region.start - address : address >= end ? address - end + 1n : 0n;
      if (best === undefined || distance < least) {
        best = region;
        least = distance;
      }
    }
    return best;
  }

  #grow(needed: number): void {
    const length = Math.min(MAX_BYTES, Math.max(needed, this.u8.length + (this.u8.length - SHADOW_BYTES)));
    if (this.#backing === undefined) {
      const buffer = new ArrayBuffer((length + 15) & ~15);
      const brk = this.#brk;
      new Uint8Array(buffer).set(this.u8.subarray(SHADOW_BYTES, brk), SHADOW_BYTES);
      new Uint8Array(buffer).set(this.u8.subarray(SHADOW_BYTES >>> 3, brk >>> 3), SHADOW_BYTES >>> 3);
      this.#use(buffer);
    } else {
      const pages = Math.ceil((length - this.#backing.buffer.byteLength) / WASM_PAGE);
      if (this.#backing.grow(pages) < 0) throw bug(`the buffer did not grow by ${pages} pages`);
      this.#use(this.#backing.buffer);
    }
  }

  #use(buffer: ArrayBuffer): void {
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer, 0, buffer.byteLength >>> 2);
    this.u64 = new BigUint64Array(buffer, 0, buffer.byteLength >>> 3);
    this.view = new DataView(buffer);
    this.shadow = new Uint8Array(buffer, 0, SHADOW_BYTES);
    this.generation++;
    if (this.journal !== undefined) this.journal.i32 = this.i32;
  }
}

/**
 * Words as they were before they were overwritten, oldest first: `old words…, word index, count`, read from the end.
 */
export class Journal {
  i32: Int32Array;
  #words = new Int32Array(1 << 12);
  /** Ints in use: a place to undo to. */
  top = 0;

  constructor(memory: Memory) {
    this.i32 = memory.i32;
  }

  /** Bytes the journal holds. */
  get bytes(): number {
    return this.#words.byteLength;
  }

  /** Keeps the words that [at, at + size) touches. */
  save(at: number, size: number): void {
    const first = at >>> 2;
    const count = ((at + size + 3) >>> 2) - first;
    if (this.top + count + 2 > this.#words.length) this.#grow(count + 2);
    const words = this.#words;
    let top = this.top;
    if (count <= 16) for (let i = 0; i < count; i++) words[top++] = this.i32[first + i] as number;
    else {
      words.set(this.i32.subarray(first, first + count), top);
      top += count;
    }
    words[top++] = first;
    words[top++] = count;
    this.top = top;
  }

  undoTo(place: number): void {
    const words = this.#words;
    let top = this.top;
    while (top > place) {
      const count = words[top - 1] as number;
      const first = words[top - 2] as number;
      top -= count + 2;
      for (let i = 0; i < count; i++) this.i32[first + i] = words[top + i] as number;
    }
    this.top = top;
  }

  /** Byte ranges [start, end) written between two places, newest first, with what they held before. */
  *entries(from: number, to: number): Generator<{ at: number; old: Int32Array }> {
    let top = to;
    while (top > from) {
      const count = this.#words[top - 1] as number;
      const first = this.#words[top - 2] as number;
      top -= count + 2;
      yield { at: first << 2, old: this.#words.subarray(top, top + count) };
    }
  }

  #grow(more: number): void {
    const words = new Int32Array(Math.max(this.#words.length * 2, this.#words.length + more));
    words.set(this.#words);
    this.#words = words;
  }
}
