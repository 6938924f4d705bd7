// The kind and the slot of each line of a log, in typed arrays that grow with the text and are cut with it. Mutable.
import { codeOf, type LineKind } from "./kinds.ts";

/** One entry for each line of a text that is split at \n. After a final newline there is one more line, a blank one. */
export interface LogLines {
  /** Index into LINE_KINDS. */
  readonly kinds: Uint8Array;
  /** The slot that the line is about, or -1. */
  readonly slots: Int32Array;
  /**
   * The column at which the state begins, on a line of an instruction or of a path's start (`from 6 to 9: …`). 0: no state on the line.
   */
  readonly stateColumns: Uint16Array;
}

export const NO_LINES: LogLines = {
  kinds: new Uint8Array(1),
  slots: new Int32Array(1).fill(-1),
  stateColumns: new Uint16Array(1),
};

const BLANK = codeOf.blank;

export class LineTable {
  #kinds = new Uint8Array(64);
  #slots = new Int32Array(64).fill(-1);
  #stateColumns = new Uint16Array(64);
  /** Position of each line's first character in the whole log. For the last line this may be the end of the log. */
  #starts = new Float64Array(64);
  /** Index of the first line that is still held. */
  #first = 0;
  /** One past the index of the last line. An empty line is there from the beginning. */
  #end = 1;

  /** `text` was appended at position `pos`. The kind of a line is that of the text with which it begins. */
  append(text: string, pos: number, kind: LineKind, slot: number): void {
    const code = codeOf[kind];
    const last = this.#end - 1;
    const column = pos - this.#starts[last]!;
    if (text.charCodeAt(0) === NEWLINE) {
      // The newline only ends the line.
    } else if (column === 0) this.#mark(code, slot);
    else if (this.#stateColumns[last] === 0 && hasState(this.#kinds[last]!))
      this.#stateColumns[last] = Math.min(column, MAX_COLUMN);
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.#push(pos + at + 1);
      if (at + 1 < text.length && text.charCodeAt(at + 1) !== NEWLINE) this.#mark(code, slot);
    }
  }

  /** The log was cut at `pos`. */
  reset(pos: number): void {
    while (this.#end - 1 > this.#first && this.#starts[this.#end - 1]! > pos) this.#end--;
    const last = this.#end - 1;
    const start = this.#starts[last]!;
    if (this.#stateColumns[last]! >= pos - start) this.#stateColumns[last] = 0;
    if (start < pos) return;
    this.#starts[last] = pos;
    this.#kinds[last] = BLANK;
    this.#slots[last] = -1;
  }

  /** Lines that end before `pos` are no longer needed. */
  forget(pos: number): void {
    while (this.#first + 1 < this.#end && this.#starts[this.#first + 1]! <= pos) this.#first++;
    if (this.#first < this.#end - this.#first) return;
    for (const array of [this.#kinds, this.#slots, this.#stateColumns, this.#starts])
      array.copyWithin(0, this.#first, this.#end);
    this.#end -= this.#first;
    this.#first = 0;
  }

  /** Lines of kind `from` that begin at or after `pos` become lines of kind `to`. */
  changeKind(pos: number, from: LineKind, to: LineKind): void {
    for (let i = this.#end - 1; i >= this.#first && this.#starts[i]! >= pos; i--)
      if (this.#kinds[i] === codeOf[from]) this.#kinds[i] = codeOf[to];
  }

  /** The lines of the text between the positions `from` and `to`. */
  linesBetween(from: number, to: number): LogLines {
    let first = this.#first;
    while (first + 1 < this.#end && this.#starts[first + 1]! <= from) first++;
    let end = this.#end;
    while (end - 1 > first && this.#starts[end - 1]! > to) end--;
    const stateColumns = this.#stateColumns.slice(first, end);
    // A state that begins after the end of the text is not part of it.
    const last = end - 1;
    if (this.#starts[last]! + this.#stateColumns[last]! >= to) stateColumns[last - first] = 0;
    return { kinds: this.#kinds.slice(first, end), slots: this.#slots.slice(first, end), stateColumns };
  }

  #mark(code: number, slot: number): void {
    this.#kinds[this.#end - 1] = code;
    this.#slots[this.#end - 1] = slot;
  }

  #push(start: number): void {
    if (this.#end === this.#starts.length) this.#grow();
    this.#starts[this.#end] = start;
    this.#kinds[this.#end] = BLANK;
    this.#slots[this.#end] = -1;
    this.#stateColumns[this.#end] = 0;
    this.#end++;
  }

  #grow(): void {
    const size = this.#starts.length * 2;
    const [kinds, slots, stateColumns] = [new Uint8Array(size), new Int32Array(size), new Uint16Array(size)];
    const starts = new Float64Array(size);
    kinds.set(this.#kinds);
    slots.set(this.#slots);
    stateColumns.set(this.#stateColumns);
    starts.set(this.#starts);
    [this.#kinds, this.#slots, this.#stateColumns, this.#starts] = [kinds, slots, stateColumns, starts];
  }
}

const hasState = (code: number): boolean => code === codeOf.insn || code === codeOf.branch;

const NEWLINE = 10;
const MAX_COLUMN = 0xffff;
