// The machine's one buffer: typed views, an allocator, the shadow that says which bytes may be touched, and a journal of overwritten
// words. Mutable and hot. Everything that a run changes is written through the methods here, or by the interpreter's own stores, which
// the timeline logs itself. So undoing the journal undoes the run. What the bytes mean is not known here.
import { bug } from "../base/bug.ts";
import { asU64 } from "../base/u64.ts";
import { addFreeBlock, allocAtEnd, allocFromFreeList, blockBytes, endOfHeap } from "./allocator.ts";
import { CPUS } from "./env.ts";
import type { Journal } from "./journal.ts";
import {
  addressOf,
  CLOCK,
  HEAP,
  KERNEL_HI,
  LARGE_SCRATCH,
  MAX_BYTES,
  OUTPUT_COUNT,
  RUN_STATE,
  SCRATCH,
  SCRATCH_BYTES,
  SHADOW_BYTES,
  SHADOW_READONLY,
  TRACE_COUNT,
} from "./layout.ts";

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

/** A region whose start is a buffer offset. */
export type BufferRegion = Omit<Region, "start"> & { readonly start: number };

/** An owner of memory. It lists its regions. */
export interface MemoryOwner {
  bufferRegions(): Iterable<BufferRegion>;
}

/** A map, as far as the memory needs it: its id and the offset of its struct bpf_map. maps/map.ts has the rest. */
export interface RegisteredMap extends MemoryOwner {
  readonly id: number;
  readonly address: number;
}

/** A record that a program sent to user space through a perf event array or a ring buffer. */
export interface OutputRecord {
  readonly map: string;
  readonly cpu: number;
  readonly data: Uint8Array;
}

/** Everything that a memory holds at a moment. */
export interface MemorySnapshot {
  /** The buffer from RUN_STATE to the end of the used part, and the shadow of the same range. */
  readonly bytes: Uint8Array;
  readonly shadow: Uint8Array;
  /** All owners of memory at that moment, including maps. */
  readonly owners: readonly MemoryOwner[];
  readonly maps: readonly RegisteredMap[];
  readonly trace: readonly string[];
  readonly textStarts: readonly number[];
  readonly output: readonly OutputRecord[];
}

export interface MemoryOptions {
  /** Number of possible CPUs: how many values a per-CPU map has for a key. Left out: CPUS. */
  readonly cpus?: number;
  /** An array or hash table larger than this (bytes) is kept outside the buffer (maps/absent.ts), as if it did not fit. */
  readonly largestMap?: number;
  /** Something like a WebAssembly.Memory, for a machine that a JIT shares. undefined: a plain buffer. */
  readonly backing?: { readonly buffer: ArrayBuffer; grow(pages: number): number };
}

const WASM_PAGE = 65536;
const FIRST_HEAP_BYTES = 1 << 20;
/** Bytes after the last allocation that may be read as part of whole words. */
const SLACK = 16;
/** Bytes kept back from maps' contents: for constants of programs (a million instructions with one each) and struct bpf_map. */
const RESERVE_BYTES = 8 << 20;

export class Memory {
  readonly cpus: number;
  readonly largestMap: number;
  u8!: Uint8Array;
  i32!: Int32Array;
  u64!: BigUint64Array;
  view!: DataView;
  shadow!: Uint8Array;
  /** Changes when the buffer grew and the views above were replaced. */
  generation = 0;
  /** Set while a timeline records. */
  journal: Journal | undefined;
  /** Owners of memory, in the order of creation. */
  readonly owners = new Set<MemoryOwner>();
  readonly #maps = new Map<number, RegisteredMap>();
  readonly #mapsByAddress = new Map<number, RegisteredMap>();
  /** The next id of a map or program. Ids count up, as in the kernel. */
  #nextId = 1;
  readonly #backing: MemoryOptions["backing"];
  readonly #trace: string[] = [];
  /** One for each line of #trace: the result of traceTextStart(). */
  readonly #textStarts: number[] = [];
  readonly #output: OutputRecord[] = [];

  constructor(options: MemoryOptions = {}) {
    this.cpus = options.cpus ?? CPUS;
    this.largestMap = options.largestMap ?? MAX_BYTES;
    this.#backing = options.backing;
    const bytes = HEAP + FIRST_HEAP_BYTES;
    if (this.#backing === undefined) this.#setViews(new ArrayBuffer(bytes));
    else {
      const missing = bytes - this.#backing.buffer.byteLength;
      if (missing > 0) this.#backing.grow(Math.ceil(missing / WASM_PAGE));
      this.#setViews(this.#backing.buffer);
    }
  }

  newId(): number {
    return this.#nextId++;
  }

  addMap(map: RegisteredMap): void {
    this.owners.add(map);
    this.#maps.set(map.id, map);
    this.#mapsByAddress.set(map.address, map);
  }
  removeMap(map: RegisteredMap): void {
    this.owners.delete(map);
    this.#maps.delete(map.id);
    this.#mapsByAddress.delete(map.address);
  }
  mapById(id: number): RegisteredMap | undefined {
    return this.#maps.get(id);
  }
  /** The map whose struct bpf_map is at this offset. */
  mapAt(off: number): RegisteredMap | undefined {
    return this.#mapsByAddress.get(off);
  }

  /** Offset of `size` bytes that only helpers use. They are valid until the next call with the same area. Area 0: keys; area 1: values. */
  scratch(area: 0 | 1, size: number): number {
    const half = SCRATCH_BYTES >>> 1;
    if (size <= half - SLACK) return SCRATCH + area * half;
    if (!this.reserveScratch(size)) throw bug(`nobody reserved ${size} bytes of scratch memory`);
    return this.r32(LARGE_SCRATCH) + area * size;
  }

  /** Makes sure that scratch() can give this many bytes. false: memory is exhausted. */
  reserveScratch(size: number): boolean {
    if (size <= (SCRATCH_BYTES >>> 1) - SLACK || this.r32(LARGE_SCRATCH + 4) >= 2 * size) return true;
    const at = this.alloc(2 * size);
    if (at === 0) return false;
    this.free(this.r32(LARGE_SCRATCH), this.r32(LARGE_SCRATCH + 4));
    this.w32(LARGE_SCRATCH, at);
    this.w32(LARGE_SCRATCH + 4, 2 * size);
    return true;
  }

  /** End of the used part. [RUN_STATE, brk) holds all data. */
  get brk(): number {
    return endOfHeap(this);
  }

  /**
   * Offset of zeroed bytes that no program may touch yet, 16-byte aligned. 0: memory is exhausted (-ENOMEM). `fromReserve`: may also
   * take the last RESERVE_BYTES bytes. Maps' contents may not take these, so that maps alone cannot keep a program from being loaded.
   */
  alloc(size: number, fromReserve = false): number {
    const rounded = blockBytes(size);
    const reused = allocFromFreeList(this, rounded);
    if (reused !== 0) return reused;
    const end = this.brk + rounded + SLACK;
    if (!(end <= MAX_BYTES - (fromReserve ? 0 : RESERVE_BYTES))) return 0;
    if (end > this.u8.length) this.#grow(end);
    return allocAtEnd(this, rounded);
  }

  /** Frees what alloc(size) returned. 0 is allowed for `at`. */
  free(at: number, size: number): void {
    if (at === 0) return;
    const rounded = blockBytes(size);
    this.forbid(at, rounded);
    addFreeBlock(this, at, rounded);
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

  /**
   * Lets programs read [at, at + size) until revokeRead(). Writes what was granted to `record` (u32 offset, u32 size). Size 0: programs
   * could read it before, so there is nothing to revoke.
   */
  grantRead(record: number, at: number, size: number): void {
    const granted = this.allows(at, size, false) ? 0 : size;
    if (granted !== 0) this.permit(at, size, false);
    this.w32(record, at);
    this.w32(record + 4, granted);
  }

  revokeRead(record: number): void {
    if (this.r32(record + 4) === 0) return;
    this.forbid(this.r32(record), this.r32(record + 4));
    this.w32(record + 4, 0);
  }

  /** Whether all of [at, at + size) may be read, or written if `write`. An empty range is always allowed. */
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

  /** Buffer offset of a guest address. -1: outside the buffer. */
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
  /** `value`: any integer up to 2^53. It is stored as 64-bit two's complement. */
  wNumber(at: number, value: number): void {
    this.journal?.save(at, 8);
    this.view.setInt32(at, value | 0, true);
    this.view.setInt32(at + 4, Math.floor(value / 0x1_0000_0000) | 0, true);
  }
  /** Writes a guest pointer to a buffer offset. 0 is NULL. */
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

  /** The lines of /sys/kernel/tracing/trace_pipe, without newlines. */
  tracePipe(): readonly string[] {
    this.#trace.length = Math.min(this.#trace.length, this.r32(TRACE_COUNT));
    return this.#trace;
  }
  /** At which character of a trace_pipe line the program's own text starts. */
  traceTextStart(index: number): number {
    return this.#textStarts[index] ?? 0;
  }
  /** `textStart`: at which character of the line the program's own text starts. */
  addTraceLine(line: string, textStart: number): void {
    const count = this.tracePipe().length;
    this.#trace.push(line);
    this.#textStarts[count] = textStart;
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
  addOutput(record: OutputRecord): void {
    const count = this.output().length;
    this.#output.push(record);
    this.w32(OUTPUT_COUNT, count + 1);
  }

  snapshot(): MemorySnapshot {
    const { brk } = this;
    return {
      bytes: this.u8.slice(RUN_STATE, brk),
      shadow: this.shadow.slice(RUN_STATE >>> 3, brk >>> 3),
      owners: [...this.owners],
      maps: [...this.#maps.values()],
      trace: [...this.tracePipe()],
      textStarts: this.#textStarts.slice(0, this.#trace.length),
      output: [...this.output()],
    };
  }

  /** Restores everything. Ids that were given out since then are not given out again. */
  restore({ bytes, shadow, owners, maps, trace, textStarts, output }: MemorySnapshot): void {
    const [last, end] = [this.brk, RUN_STATE + bytes.length];
    this.u8.set(bytes, RUN_STATE);
    this.shadow.set(shadow, RUN_STATE >>> 3);
    if (last > end) {
      this.u8.fill(0, end, last);
      this.shadow.fill(0, end >>> 3, last >>> 3);
    }
    this.owners.clear();
    for (const owner of owners) this.owners.add(owner);
    this.#maps.clear();
    this.#mapsByAddress.clear();
    for (const map of maps) {
      this.#maps.set(map.id, map);
      this.#mapsByAddress.set(map.address, map);
    }
    replaceAll(this.#trace, trace);
    replaceAll(this.#textStarts, textStarts);
    replaceAll(this.#output, output);
  }

  /** Nanoseconds since boot. Each call moves the clock, so that two readings differ as on a real machine. */
  readClock(tick: number): bigint {
    const time = this.r64(CLOCK);
    this.w64(CLOCK, time + BigInt(tick));
    return time;
  }

  /** Every region that programs can see, by address. */
  regions(): Region[] {
    const found: Region[] = [];
    for (const owner of this.owners) {
      for (const region of owner.bufferRegions()) found.push({ ...region, start: addressOf(region.start) });
    }
    return found.sort((a, b) => (a.start < b.start ? -1 : 1));
  }

  /** The region that holds the address, or else the nearest one. */
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
      const { brk } = this;
      new Uint8Array(buffer).set(this.u8.subarray(SHADOW_BYTES, brk), SHADOW_BYTES);
      new Uint8Array(buffer).set(this.u8.subarray(SHADOW_BYTES >>> 3, brk >>> 3), SHADOW_BYTES >>> 3);
      this.#setViews(buffer);
    } else {
      const pages = Math.ceil((length - this.#backing.buffer.byteLength) / WASM_PAGE);
      if (this.#backing.grow(pages) < 0) throw bug(`the buffer did not grow by ${pages} pages`);
      this.#setViews(this.#backing.buffer);
    }
  }

  #setViews(buffer: ArrayBuffer): void {
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer, 0, buffer.byteLength >>> 2);
    this.u64 = new BigUint64Array(buffer, 0, buffer.byteLength >>> 3);
    this.view = new DataView(buffer);
    this.shadow = new Uint8Array(buffer, 0, SHADOW_BYTES);
    this.generation++;
    if (this.journal !== undefined) this.journal.i32 = this.i32;
  }
}

/** Makes `list` hold these items. An argument list would have room for about 100,000 of them. */
function replaceAll<T>(list: T[], items: readonly T[]): void {
  list.length = items.length;
  for (let i = 0; i < items.length; i++) list[i] = items[i] as T;
}
