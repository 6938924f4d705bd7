// The allocator of the heap. All its bookkeeping lies in the machine's buffer and is written through the journal, so that memory which a
// run takes is given back when the run is undone.
//
//   free block   0              4      8 …
//                next or 0      size   zeros
//
// Free blocks are chained by ascending address. Two free neighbours are merged into one block. A free block at the end of the heap is cut
// off: the end moves down instead. All free bytes are zero, and so is everything behind the end.
import { BRK, FREE_BLOCKS, HEAP } from "./layout.ts";

/** Where the bookkeeping is read and written. */
interface Words {
  r32(at: number): number;
  w32(at: number, value: number): void;
  fill(at: number, size: number): void;
}

const SIZE = 4;
const BLOCK_HEAD = 8;

/** How many bytes a request for `size` bytes occupies. */
export const blockBytes = (size: number): number => Math.max(16, Math.ceil(size / 16) * 16);

/** Where the used part of the heap ends. The word at BRK is 0 until something was allocated. */
export const endOfHeap = (memory: Words): number => memory.r32(BRK) || HEAP;

/**
 * Takes a free block of exactly this size, or else a piece of the first larger one. Its bytes are zero. 0: no free block is large enough.
 */
export function allocFromFreeList(memory: Words, rounded: number): number {
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

/** Takes the bytes at the end of the heap and moves the end up. */
export function allocAtEnd(memory: Words, rounded: number): number {
  const at = endOfHeap(memory);
  memory.w32(BRK, at + rounded);
  return at;
}

/** Zeroes [at, at + rounded) and puts it on the list of free blocks. */
export function addFreeBlock(memory: Words, at: number, rounded: number): void {
  memory.fill(at, rounded);
  // `place`: the word that links to `next`. It lies in the free block before `at`, or is FREE_BLOCKS. `before`: the word that links to
  // that block.
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
