// Where the lines of a text went when it was edited, for what hangs on a line.

/** From a line of the text before, from 1, to the same line of the text after; 0: it is gone. */
export function lineMoves(before: string, after: string): (line: number) => number {
  const old = before.split("\n");
  const now = after.split("\n");
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < most - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const changed = now.length - tail - head;
  return (line) => {
    if (line <= head) return line;
    if (line > old.length - tail) return line + now.length - old.length;
    // Within what was changed: as many lines as there are now keep what hung on them.
    return line - head <= changed ? line : 0;
  };
}
