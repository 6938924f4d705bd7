// Ring buffers: programs reserve or copy records, and user space takes them out in order.
//
//   record   0                                4        8
//            length | BUSY << 31 | DISCARD << 30       page offset  data …, rounded up to 8 bytes
//
// A record that reaches the end of the ring continues behind it, in the second half of the data. In the kernel a double mapping gives the
// same picture.
// @kernel kernel/bpf/ringbuf.c
import type { MapDef } from "../../program/program.ts";
import type { Memory } from "../memory.ts";
import { BpfMap, EAGAIN, ENOTSUPP, type MapEntry } from "./map.ts";

const BUSY = 0x8000_0000;
const DISCARD = 0x4000_0000;
const HEADER = 8;
/** The longest record (RINGBUF_MAX_RECORD_SZ). */
const MAX_RECORD = 0x3fff_ffff;

/** u32 positions in bytes. They only grow and never wrap around. */
const CONSUMER = 0;
const PRODUCER = 4;
const HEAD_BYTES = 16;

/** Values of the argument of bpf_ringbuf_query. */
const RINGBUF_QUERY = { availableData: 0, ringSize: 1, consumerPos: 2, producerPos: 3 } as const;

export class RingbufMap extends BpfMap {
  readonly #head: number;
  readonly #data: number;
  readonly #mask: number;

  constructor(memory: Memory, def: MapDef) {
    super(memory, def);
    this.#mask = def.maxEntries - 1;
    this.#head = memory.alloc(HEAD_BYTES);
    this.#data = memory.alloc(2 * def.maxEntries);
  }

  get isAllocated(): boolean {
    return this.#data !== 0;
  }

  #position(which: number): number {
    return this.memory.r32(this.#head + which);
  }

  /** Offset of `size` bytes to fill. 0: there is no room. */
  reserve(size: number): number {
    const { memory } = this;
    if (size > MAX_RECORD) return 0;
    const whole = (size + HEADER + 7) & ~7;
    const producer = this.#position(PRODUCER);
    if (whole > this.#mask + 1 || producer + whole - this.#position(CONSUMER) > this.#mask) return 0;
    const record = this.#data + (producer & this.#mask);
    memory.w32(record, (size | BUSY) >>> 0);
    memory.w32(record + 4, (producer & this.#mask) >>> 12);
    memory.w32(this.#head + PRODUCER, producer + whole);
    memory.permit(record + HEADER, size);
    this.observer?.({ map: this.name, op: "reserve" });
    return record + HEADER;
  }

  /** Completes a record that reserve() began. false: `data` is not such a record. */
  commit(data: number, discard: boolean): boolean {
    const { memory } = this;
    const record = data - HEADER;
    if (record < this.#data || record > this.#data + this.#mask || (record & 7) !== 0) return false;
    const header = memory.r32(record);
    const size = (header & ~BUSY) >>> 0;
    const isRecord = memory.r32(record + 4) === (record - this.#data) >>> 12 && size <= this.#mask;
    if ((header & BUSY) === 0 || !isRecord) return false;
    memory.forbid(data, size);
    memory.w32(record, (size | (discard ? DISCARD : 0)) >>> 0);
    this.observer?.({
      map: this.name,
      op: discard ? "discard" : "submit",
      value: memory.copyOut(data, size),
    });
    return true;
  }

  /** bpf_ringbuf_output: 0, or -EAGAIN if there is no room. */
  output(from: number, size: number): number {
    const data = this.reserve(size);
    if (data === 0) return -EAGAIN;
    this.memory.copyWithin(data, from, size);
    this.commit(data, false);
    return 0;
  }

  query(what: number): number {
    const values: Record<number, number> = {
      [RINGBUF_QUERY.availableData]: this.#position(PRODUCER) - this.#position(CONSUMER),
      [RINGBUF_QUERY.ringSize]: this.#mask + 1,
      [RINGBUF_QUERY.consumerPos]: this.#position(CONSUMER),
      [RINGBUF_QUERY.producerPos]: this.#position(PRODUCER),
    };
    return values[what] ?? 0;
  }

  /** Records that user space has not taken yet, oldest first. Stops at a record that is still being written. */
  records(): { data: Uint8Array; discarded: boolean }[] {
    return [...this.#walk()].map(({ at, size, discarded }) => ({ data: this.memory.copyOut(at, size), discarded }));
  }

  /** User space takes the oldest record that was not discarded. undefined: there is none. */
  consume(): Uint8Array | undefined {
    for (const { at, size, discarded, next } of this.#walk()) {
      this.memory.w32(this.#head + CONSUMER, next);
      if (!discarded) return this.memory.copyOut(at, size);
    }
    return undefined;
  }

  /** The oldest record, unless it is still being written. `next` is the position behind it. */
  protected oldest(): { at: number; size: number; next: number } | undefined {
    for (const { at, size, next } of this.#walk()) return { at, size, next };
    return undefined;
  }

  /** Frees everything before this position. */
  protected consumeTo(position: number): void {
    this.memory.w32(this.#head + CONSUMER, position);
  }

  *#walk() {
    const producer = this.#position(PRODUCER);
    let position = this.#position(CONSUMER);
    while (position < producer) {
      const record = this.#data + (position & this.#mask);
      const header = this.memory.r32(record);
      if (header & BUSY) return;
      const size = header & ~DISCARD & ~BUSY;
      position += (size + HEADER + 7) & ~7;
      yield { at: record + HEADER, size, discarded: (header & DISCARD) !== 0, next: position };
    }
  }

  override lookup(): number {
    return -ENOTSUPP;
  }
  override update(): number {
    return -ENOTSUPP;
  }
  override delete(): number {
    return -ENOTSUPP;
  }
  override nextKey(): number {
    return -ENOTSUPP;
  }
  override entries(): MapEntry[] {
    return this.records()
      .filter((record) => !record.discarded)
      .map(({ data }) => ({ key: new Uint8Array(0), values: [data] }));
  }

  /** Records that are being written. Programs may touch only these. */
  *bufferRegions() {
    let position = this.#position(CONSUMER);
    const producer = this.#position(PRODUCER);
    while (position < producer) {
      const record = this.#data + (position & this.#mask);
      const header = this.memory.r32(record);
      const size = header & ~DISCARD & ~BUSY;
      if (header & BUSY) {
        yield {
          name: `record in ring buffer ${this.name}`,
          kind: "ringbuf" as const,
          start: record + HEADER,
          size,
          writable: true,
          map: this.name,
        };
      }
      position += (size + HEADER + 7) & ~7;
    }
  }

  protected freeStorage(): void {
    this.memory.free(this.#head, HEAD_BYTES);
    this.memory.free(this.#data, 2 * (this.#mask + 1));
  }
}
