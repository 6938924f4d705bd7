// Where the lines of a text moved in an edit, for whatever belongs to a line.

/** The new number of an old line, both from 1. 0: the line is gone. */
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
    // Inside the edited part, the first lines keep what belongs to them, as many as there are new lines.
    return line - head <= changed ? line : 0;
  };
}
