// Elements of one size for a map. They are cut from segments of growing size; freed elements are kept in a list. All bookkeeping lies in
// the buffer.
//
//   head      0      4            8                  12               16
//             free   never used   end of its segment last segment     elements in all segments
//
//   segment   0                 4       16 …
//             the one before    bytes   elements
//
//   A free element has the offset of the next free one at `linkAt`.
import { blockBytes } from "../allocator.ts";
import type { Memory } from "../memory.ts";

const FREE = 0;
const UNUSED = 4;
const END = 8;
const SEGMENT = 12;
const COUNT = 16;
export const POOL_HEAD_BYTES = 24;

const SEGMENT_HEAD = 16;
/** How many elements the first segment has. */
const FIRST_SEGMENT_ELEMENTS = 64;

export interface PoolOptions {
  /** Least size of an element in bytes. */
  readonly elementBytes: number;
  /** How many elements there can be at a time. */
  readonly maxElements: number;
  /** Where a free element holds the link to the next one. All other bytes keep what they held. */
  readonly linkAt: number;
  /** Called for an element before it is used for the first time. */
  readonly prepare: (at: number) => void;
}

export class Pool {
  readonly #memory: Memory;
  readonly #head: number;
  readonly #elementBytes: number;
  readonly #options: PoolOptions;

  /** `head`: offset of POOL_HEAD_BYTES zero bytes that the pool may use. */
  constructor(memory: Memory, head: number, options: PoolOptions) {
    this.#memory = memory;
    this.#head = head;
    this.#elementBytes = blockBytes(options.elementBytes);
    this.#options = options;
  }

  /** Offset of an unused element, 16-byte aligned. It still holds what its last user wrote. 0: memory is exhausted. */
  alloc(): number {
    const memory = this.#memory;
    const head = this.#head;
    const free = memory.r32(head + FREE);
    if (free !== 0) {
      memory.w32(head + FREE, memory.r32(free + this.#options.linkAt));
      return free;
    }
    if (memory.r32(head + UNUSED) === memory.r32(head + END) && !this.#addSegment()) return 0;
    const at = memory.r32(head + UNUSED);
    memory.w32(head + UNUSED, at + this.#elementBytes);
    this.#options.prepare(at);
    return at;
  }

  free(at: number): void {
    this.#memory.w32(at + this.#options.linkAt, this.#memory.r32(this.#head + FREE));
    this.#memory.w32(this.#head + FREE, at);
  }

  /** Frees all segments. */
  freeAll(): void {
    const memory = this.#memory;
    for (let at = memory.r32(this.#head + SEGMENT); at !== 0; ) {
      const [before, bytes] = [memory.r32(at), memory.r32(at + 4)];
      memory.free(at, bytes);
      at = before;
    }
  }

  #addSegment(): boolean {
    const memory = this.#memory;
    const head = this.#head;
    const known = memory.r32(head + COUNT);
    const count = Math.min(Math.max(FIRST_SEGMENT_ELEMENTS, known), this.#options.maxElements - known);
    const bytes = SEGMENT_HEAD + count * this.#elementBytes;
    const at = count > 0 ? memory.alloc(bytes) : 0;
    if (at === 0) return false;
    memory.w32(at, memory.r32(head + SEGMENT));
    memory.w32(at + 4, bytes);
    memory.w32(head + SEGMENT, at);
    memory.w32(head + UNUSED, at + SEGMENT_HEAD);
    memory.w32(head + END, at + bytes);
    memory.w32(head + COUNT, known + count);
    return true;
  }
}
