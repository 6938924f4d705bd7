// Computes the size of type on the stage. It is as large as the text has room for, between a least and a most size that follow
// the stage's height. A text with no room at the least size is broken into rows. If that is not enough, a window on it is shown.

/** Pixels. */
export interface Area {
  readonly width: number;
  readonly height: number;
}

/** Sizes of code, as fractions of the stage's height. */
export const CODE_SIZE = { least: 0.032, most: 0.058 } as const;
/** Largest type of a window, as a fraction of the stage's height. It is used if at least WINDOW_ROWS rows fit. */
const WINDOW_SIZE = 0.038;
const WINDOW_ROWS = 8;
export const LINE_HEIGHT = 1.4;
/** Width of a letter of IBM Plex Mono, as a fraction of the type size. */
export const LETTER_WIDTH = 0.6;
/** Pixels that the browser may lose by rounding, and the rounding error of our own arithmetic. */
const SLACK = 2;
const ROUNDING = 1e-6;

export interface Row {
  /** Line of the text, from 0. */
  readonly line: number;
  readonly text: string;
  /** The row continues a line that was too long for one row. */
  readonly continues: boolean;
}

export interface Fit {
  /** Pixels. */
  readonly size: number;
  readonly rows: readonly Row[];
  /** Number of lines that are hidden before the first row, and after the last. */
  readonly above: number;
  readonly below: number;
}

/** Letters of Chinese, Japanese and Korean count as two columns. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/;
export const columns = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1), 0);

const TAB_WIDTH = 4;
/** Replaces tabs by blanks, with a stop at every fourth column: the stage is narrower than a kernel developer's screen. */
export function withoutTabs(text: string): string {
  let made = "";
  for (const letter of text) made += letter === "\t" ? " ".repeat(TAB_WIDTH - (made.length % TAB_WIDTH)) : letter;
  return made;
}

/** `stageHeight`: in pixels. `mark`: the line that must be visible. */
export function fitLines(lines: readonly string[], area: Area, stageHeight: number, mark = 0): Fit {
  const texts = lines.map(withoutTabs);
  const longest = Math.max(1, ...texts.map(columns));
  const largest = Math.min(
    stageHeight * CODE_SIZE.most,
    (area.width - SLACK) / (longest * LETTER_WIDTH),
    (area.height - SLACK) / (Math.max(1, texts.length) * LINE_HEIGHT),
  );
  // If a window is needed anyhow, its type is as large as possible without breaking lines.
  const windowed = largest < stageHeight * CODE_SIZE.least;
  const unbroken = Math.min(stageHeight * WINDOW_SIZE, (area.width - SLACK) / (longest * LETTER_WIDTH));
  const rowsAt = (at: number): number => Math.max(1, Math.floor((area.height - SLACK) / (at * LINE_HEIGHT) + ROUNDING));
  const larger = rowsAt(unbroken) >= WINDOW_ROWS ? unbroken : 0;
  const size = windowed ? Math.max(stageHeight * CODE_SIZE.least, larger) : largest;
  const maxRows = rowsAt(size);
  const width = Math.max(8, Math.floor((area.width - SLACK) / (size * LETTER_WIDTH) + ROUNDING));
  const rows = texts.flatMap((text, line) =>
    wrapLine(text, width).map((part, i): Row => ({ line, text: part, continues: i > 0 })),
  );
  if (rows.length <= maxRows) return { size, rows, above: 0, below: 0 };
  // One row is for the numbers of hidden lines above and below.
  const shown = Math.max(1, maxRows - 1);
  const at = rows.findIndex(({ line }) => line === mark);
  const from = Math.max(0, Math.min(rows.length - shown, at - Math.floor(shown / 2)));
  const window = rows.slice(from, from + shown);
  const first = window[0]?.line ?? 0;
  const last = window.at(-1)?.line ?? 0;
  return { size, rows: window, above: first, below: texts.length - 1 - last };
}

/** Breaks a line into pieces of at most `width` columns, at a blank if possible. All pieces but the first are indented. */
function wrapLine(text: string, width: number): string[] {
  if (columns(text) <= width) return [text];
  const indent = Math.min(/^ */.exec(text)?.[0].length ?? 0, Math.floor(width / 3)) + 2;
  const parts: string[] = [];
  let rest = text;
  while (columns(rest) > width) {
    let end = 0;
    for (let sum = 0; end < rest.length; end++) {
      sum += columns(rest[end] as string);
      if (sum > width) break;
    }
    const start = rest.length - rest.trimStart().length;
    const blank = rest.lastIndexOf(" ", end);
    const cut = blank > Math.max(start, Math.floor(width / 4)) ? blank : Math.max(end, start + 1);
    parts.push(rest.slice(0, cut).trimEnd());
    rest = " ".repeat(indent) + rest.slice(cut).trimStart();
  }
  parts.push(rest);
  return parts;
}
