// An undo log: the old contents of buffer words that were overwritten. Mutable and hot.

/** Entries are `old words…, word index, count`, oldest entry first. They are read from the end. */
export class Journal {
  /** The buffer. Whoever replaces the buffer must set this too. */
  i32: Int32Array;
  #words = new Int32Array(1 << 12);
  /** Number of ints in use. undoTo() takes such a number. */
  top = 0;

  constructor(i32: Int32Array) {
    this.i32 = i32;
  }

  /** Size of the journal in bytes. */
  get bytes(): number {
    return this.#words.byteLength;
  }

  /** Saves the words that [at, at + size) overlaps. */
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

  /** The byte ranges that were written between two places, newest first, with their old contents. */
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
