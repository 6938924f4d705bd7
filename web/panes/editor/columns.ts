// How wide the program is: columns of its longest line, and pixels that an editor needs to show it completely.

/** Columns between two tab stops, in both editors. */
const TAB = 8;
/** Hangul, kana, ideographs and full-width forms take two columns. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/;

/** Columns of a hint inside a line: `→ line 11` with the space before it. */
export const HINT = 11;

/** Columns between a line and the words behind it. */
export const GAP = 3;
/** Columns of a step's value behind its line: the longest is an address in a register. */
export const VALUE = GAP + "R0 = 0xffff888100810100".length;

/** Size of the editor's type in pixels. */
export const fontSize = (): number => (window.innerWidth < 1200 ? 13 : 14);

/** Columns of a line that begins at column `from`. */
export function columnsOf(line: string, from = 0): number {
  let columns = from;
  for (const char of line) columns += char === "\t" ? TAB - (columns % TAB) : WIDE.test(char) ? 2 : 1;
  return columns;
}

/** Columns of the longest line. `hinted`: lines, from 1, with a hint inside. */
export function longestLine(source: string, hinted: ReadonlySet<number> = new Set()): number {
  let longest = 0;
  for (const [index, line] of source.split("\n").entries()) {
    // A character takes at most eight columns: a line that cannot be the longest is not counted.
    if ((line.length + 1) * TAB <= longest) continue;
    longest = Math.max(longest, columnsOf(line, hinted.has(index + 1) ? HINT : 0));
  }
  return longest;
}

/** IBM Plex Mono is 0.6 em wide. */
export const ADVANCE = 0.6;
/** Pixels left of the text (line number, signs, fold handle) and right of it (scroll bar, two columns beyond the end). */
const AROUND = 84;

/** Pixels of a word in a title line, with the space around it. */
const wordWidth = (word: string): number => columnsOf(word) * 6.3 + 20;

/**
 * Whether a program type's whole name fits. `head`: pixels of the title line. `words`: the other choices in it. `attach`: the attach
 * type can be chosen there too.
 */
export function hasRoom(constant: string, head: number, words: readonly string[], attach: boolean): boolean {
  const name = constant.length * 8.3 + 40;
  // Then each of the two selects has half a line (editor.css).
  if (attach && head <= 680) return name <= head / 2 - 20;
  const others = words.reduce((sum, word) => sum + wordWidth(word), 0) + (attach ? 170 : 0);
  return name + others + AROUND_WORDS <= head;
}
/** Pixels of the title line's buttons and gaps. */
const AROUND_WORDS = 120;

/** Pixels of a listing that cuts no instruction, up to a limit. Its font size is 12.5 pixels (editor.css). */
export const listingRoom = (slots: readonly { readonly text: string }[]): number =>
  Math.min(320, 60 + Math.max(0, ...slots.map(({ text }) => text.length)) * 12.5 * ADVANCE);

/** Pixels of an editor that cuts no line. `font`: pixels of its font size. `margin`: pixels of the arrows beside the text. */
export const roomFor = (columns: number, font: number, margin: number): number =>
  Math.ceil(columns * font * ADVANCE) + AROUND + margin;
