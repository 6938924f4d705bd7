// The log of a verification, kept by the engine. The page gets a short log whole, and the head and tail of a long one. It asks for the
// other lines when it needs them. The verifier says what kind each line is.
import { beginsPath, codeOf } from "../../verifier/log/kinds.ts";
import { type LogLines, NO_LINES } from "../../verifier/log/line-table.ts";

/** The part of a log that the page gets with the verdict. */
interface ShownLog {
  readonly text: string;
  /** What kind each line of the text is. */
  readonly lines: LogLines;
  /** How many lines are left out. One line in their place says so. */
  readonly cut: number;
  /** How many lines stand before those left out. */
  readonly head: number;
}

const HEAD_CHARS = 1 << 16;
const TAIL_CHARS = 3 << 16;

export class LogText {
  readonly text: string;
  readonly #lines: LogLines;
  /** Where each line begins. If the text ends with a newline, the last entry is behind the text. */
  readonly #starts: number[];

  constructor(text = "", lines: LogLines = NO_LINES) {
    this.text = text;
    this.#lines = lines;
    this.#starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  /** The number of lines, without the empty one behind a final newline. */
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

  /** The kinds and slots of those lines. */
  lineFacts(from: number, count: number): LogLines {
    const first = Math.max(0, from);
    const end = Math.min(first + count, this.count);
    const { kinds, slots, stateColumns } = this.#lines;
    return {
      kinds: kinds.slice(first, end),
      slots: slots.slice(first, end),
      stateColumns: stateColumns.slice(first, end),
    };
  }

  /** The first line that begins at or after a position and is not empty. -1: none. An empty line stands before each new path. */
  lineAt(position: number): number {
    let line = this.#firstFrom(position);
    while (this.#starts[line + 1] === (this.#starts[line] as number) + 1) line++;
    return line < this.#starts.length ? line : -1;
  }

  /** Numbers of the lines that contain the query. Upper and lower case are alike. */
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

  /** Numbers of the lines that begin a path. */
  sections(): Int32Array {
    const found: number[] = [];
    const { kinds } = this.#lines;
    for (let i = 0; i < kinds.length; i++) if (beginsPath(kinds[i]!)) found.push(i);
    return Int32Array.from(found);
  }

  shown(head = HEAD_CHARS, tail = TAIL_CHARS): ShownLog {
    const { text } = this;
    const whole = { text, lines: this.#lines, cut: 0, head: this.count };
    if (text.length <= head + tail) return whole;
    const from = this.#firstFrom(head);
    const to = this.#firstFrom(text.length - tail);
    const cut = to - from;
    if (cut <= 0) return whole;
    const start = text.slice(0, this.#starts[from]);
    const { kinds, slots, stateColumns } = this.#lines;
    const lines = {
      kinds: withGap(kinds, from, to, codeOf.gap),
      slots: withGap(slots, from, to, -1),
      stateColumns: withGap(stateColumns, from, to, 0),
    };
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

/** The values before `from` and from `to` on, with `gap` between them. */
function withGap<Values extends Uint8Array | Uint16Array | Int32Array>(
  values: Values,
  from: number,
  to: number,
  gap: number,
): Values {
  const shown = values.slice(0, values.length - (to - from) + 1) as Values;
  shown.set(values.subarray(to - 1), from);
  shown[from] = gap;
  return shown;
}
