// Places in a source text. Offsets count UTF-16 code units from 0, as JavaScript strings and Monaco do.

/** `[start, end)` in a source text; `start === end` marks a place between two characters. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Line and column, both counted from 1, as editors and compilers print them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The lines of one text. A line is found by binary search over the starts of all lines. */
export class LineMap {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  position(offset: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] as number) + 1 };
  }

  /** Offset at which a line starts (lines count from 1). For a line beyond the end: the start of the last line. */
  lineStart(line: number): number {
    return this.#starts[Math.min(line, this.#starts.length) - 1] ?? 0;
  }

  get lineCount(): number {
    return this.#starts.length;
  }
}
