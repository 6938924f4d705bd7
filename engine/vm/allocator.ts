// Who has which part of the heap. All that is known about it lies in the buffer and is written through the journal, so
// that memory which a run takes is given back when the run is undone.
//
//   free block   0              4      8 …
//                next or 0      size   zeros
//
// Free blocks are chained by ascending address; neighbours are one block, and none lies at the end: there the end
// moves. What is free is zero, and so is all that lies behind the end.
import { BRK, FREE_BLOCKS, HEAP } from "./layout.ts";

/** What the books are kept in. */
interface Words {
  r32(at: number): number;
  w32(at: number, value: number): void;
  fill(at: number, size: number): void;
}

const SIZE = 4;
const BLOCK_HEAD = 8;

/** Bytes that a piece of `size` bytes takes. */
export const roundUp = (size: number): number => Math.max(16, Math.ceil(size / 16) * 16);

/** End of what is in use. A memory nobody has taken from yet has no word for it. */
export const endOfHeap = (memory: Words): number => memory.r32(BRK) || HEAP;

/**
 * Offset of `rounded` zeroed bytes: a free block of just this size, or else a piece of the first larger one; 0 where
 * there is none.
 */
export function takeFree(memory: Words, rounded: number): number {
  let larger = 0;
  for (let place = FREE_BLOCKS, block = memory.r32(place); block !== 0; place = block, block = memory.r32(place)) {
    const size = memory.r32(block + SIZE);
    if (size > rounded && larger === 0) larger = place;
    if (size !== rounded) continue;
    memory.w32(place, memory.r32(block));
    memory.fill(block, BLOCK_HEAD);
    return block;
  }
  if (larger === 0) return 0;
  const block = memory.r32(larger);
  const [next, size] = [memory.r32(block), memory.r32(block + SIZE)];
  memory.fill(block, BLOCK_HEAD);
  memory.w32(larger, writeBlock(memory, block + rounded, size - rounded, next));
  return block;
}

/** Moves the end; the bytes from the old one on are the caller's. */
export function takeAtEnd(memory: Words, rounded: number): number {
  const at = endOfHeap(memory);
  memory.w32(BRK, at + rounded);
  return at;
}

/** Zeroes [at, at + rounded) and keeps it for those who ask next. */
export function giveFree(memory: Words, at: number, rounded: number): void {
  memory.fill(at, rounded);
  // Where the chain names the block before, and the word that names that one.
  let before = 0;
  let place = FREE_BLOCKS;
  let next = memory.r32(place);
  while (next !== 0 && next < at) {
    before = place;
    place = next;
    next = memory.r32(place);
  }
  let [start, size] = [at, rounded];
  if (next === at + rounded) {
    size += memory.r32(next + SIZE);
    const behind = memory.r32(next);
    memory.fill(next, BLOCK_HEAD);
    next = behind;
  }
  if (place !== FREE_BLOCKS && place + memory.r32(place + SIZE) === at) {
    start = place;
    size += memory.r32(place + SIZE);
    memory.fill(place, BLOCK_HEAD);
    place = before;
  }
  if (start + size === endOfHeap(memory)) {
    memory.w32(BRK, start);
    memory.w32(place, 0);
  } else memory.w32(place, writeBlock(memory, start, size, next));
}

function writeBlock(memory: Words, at: number, size: number, next: number): number {
  memory.w32(at, next);
  memory.w32(at + SIZE, size);
  return at;
}
