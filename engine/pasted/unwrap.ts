// Lines of a log that a mailer broke, whole again.

/** Mailers break lines at a blank, so that none is longer than 65 to 80 columns; a single word may be. What is left may all be shorter. */
const LEAST_WIDTH = 48;
const MOST_WIDTH = 80;
/** How the rest of a line may begin: with words of a message, a state, a count of the statistics. */
const GOES_ON = /^(?:[a-z(]|0x[\da-f]+\)|R\d+(?:_\w+)?=|\d+ )/;

/** `isStart`: the line begins something of a log's. A line is joined to the one before where its first word did not fit there. */
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

/** The longest line of several words; 0: some line is longer than any mailer leaves it, so none was broken. */
function widthOf(lines: readonly string[]): number {
  let width = 0;
  for (const line of lines) {
    if (!line.trim().includes(" ")) continue;
    if (line.length <= MOST_WIDTH) width = Math.max(width, line.length);
    else if (line.trim().lastIndexOf(" ", MOST_WIDTH) > 0) return 0;
  }
  return width;
}
