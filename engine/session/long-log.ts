// The log of a verification, kept by the engine: what the page gets of it at once (of a long one its head and its tail), and
// the rest line by line when it is asked for. What a line is the verifier says.
import { codeOf } from "../verifier/log/kinds.ts";
import { type LogLines, NO_LINES } from "../verifier/log/line-table.ts";

/** What the page gets of a log with the verdict. */
export interface ShownLog {
  readonly text: string;
  /** What each line of the text is. */
  readonly lines: LogLines;
  /** Lines left out; one line in their place says so. */
  readonly cut: number;
  /** Lines before those. */
  readonly head: number;
}

const HEAD = 1 << 16;
const TAIL = 3 << 16;

export class LogText {
  readonly text: string;
  readonly #lines: LogLines;
  /** Where each line begins; the last one is behind the text where that ends with a newline. */
  readonly #starts: number[];

  constructor(text = "", lines: LogLines = NO_LINES) {
    this.text = text;
    this.#lines = lines;
    this.#starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  /** Lines, the empty one behind a final newline not counted. */
  get count(): number {
    return this.text.endsWith("\n") || this.text === "" ? this.#starts.length - 1 : this.#starts.length;
  }

  line(index: number): string {
    const start = this.#starts[index] ?? this.text.length;
    return this.text.slice(start, (this.#starts[index + 1] ?? this.text.length + 1) - 1);
  }

  lines(from: number, count: number): string[] {
    const first = Math.max(0, from);
    return Array.from({ length: Math.max(0, Math.min(count, this.count - first)) }, (_, i) => this.line(first + i));
  }

  /** The slots that those lines are about. */
  slots(from: number, count: number): Int32Array {
    const first = Math.max(0, from);
    return this.#lines.slots.slice(first, Math.min(first + count, this.count));
  }

  /** Line that begins at or after a position; -1 where there is none. */
  lineAt(position: number): number {
    const line = this.#firstFrom(position);
    return line < this.#starts.length ? line : -1;
  }

  /** Numbers of the lines that hold a text, upper and lower case alike. */
  search(query: string): Int32Array {
    const found: number[] = [];
    if (query === "") return new Int32Array();
    const text = this.text.toLowerCase();
    const wanted = query.toLowerCase();
    for (let at = text.indexOf(wanted); at >= 0; ) {
      const line = this.#firstFrom(at + 1) - 1;
      found.push(line);
      const next = this.#starts[line + 1];
      at = next === undefined ? -1 : text.indexOf(wanted, next);
    }
    return Int32Array.from(found);
  }

  /** Numbers of the lines at which a path begins. */
  sections(): Int32Array {
    const found: number[] = [];
    const { kinds } = this.#lines;
    for (let i = 0; i < kinds.length; i++)
      if (kinds[i] === codeOf.branch || kinds[i] === codeOf["branch-safe"]) found.push(i);
    return Int32Array.from(found);
  }

  shown(head = HEAD, tail = TAIL): ShownLog {
    const { text } = this;
    const whole = { text, lines: this.#lines, cut: 0, head: this.count };
    if (text.length <= head + tail) return whole;
    const from = this.#firstFrom(head);
    const to = this.#firstFrom(text.length - tail);
    const cut = to - from;
    if (cut <= 0) return whole;
    const start = text.slice(0, this.#starts[from]);
    const { kinds, slots } = this.#lines;
    // The gap takes the place of the last line that is left out.
    const lines = { kinds: new Uint8Array(kinds.length - cut + 1), slots: new Int32Array(slots.length - cut + 1) };
    lines.kinds.set(kinds.subarray(to - 1), from);
    lines.slots.set(slots.subarray(to - 1), from);
    lines.kinds.set(kinds.subarray(0, from));
    lines.slots.set(slots.subarray(0, from));
    lines.kinds[from] = codeOf.gap;
    lines.slots[from] = -1;
    return { text: `${start}… ${cut} lines left out …\n${text.slice(this.#starts[to])}`, lines, cut, head: from };
  }

  /** Index of the first start at or after a position. */
  #firstFrom(position: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
