// Joins the lines of a log that a mail program has broken.

/**
 * Mail programs break lines at a blank, so that no line is longer than 65 to 80 columns, except for a single long word. LEAST_WIDTH
 * is smaller, because all lines that remain may happen to be shorter.
 */
const LEAST_WIDTH = 48;
const MOST_WIDTH = 80;
/** Possible beginnings of the rest of a broken line: words of a message, a state, a number of the statistics. */
const GOES_ON = /^(?:[a-z(]|0x[\da-f]+\)|R\d+(?:_\w+)?=|\d+ )/;

/**
 * The lines, unbroken. A line is joined to the one before if its first word did not fit there. `isStart`: whether a line begins as
 * a line of a log does; such a line is not joined.
 */
export function unwrapped(lines: readonly string[], isStart: (line: string) => boolean): string[] {
  const width = widthOf(lines);
  if (width < LEAST_WIDTH) return [...lines];
  const whole: string[] = [];
  let lastLength = 0;
  for (const line of lines) {
    const word = line.indexOf(" ") < 0 ? line.length : line.indexOf(" ");
    if (lastLength > 0 && lastLength + 1 + word > width && GOES_ON.test(line) && !isStart(line))
      whole[whole.length - 1] += ` ${line}`;
    else whole.push(line);
    lastLength = line.length;
  }
  return whole;
}

/** Length of the longest line with several words. 0: no line was broken, because one is longer than any mail program leaves it. */
function widthOf(lines: readonly string[]): number {
  let width = 0;
  for (const line of lines) {
    if (!line.trim().includes(" ")) continue;
    if (line.length <= MOST_WIDTH) width = Math.max(width, line.length);
    else if (line.trim().lastIndexOf(" ", MOST_WIDTH) > 0) return 0;
  }
  return width;
}
