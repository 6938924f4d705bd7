// A log of many megabytes is cut in its middle before it goes to the page: its head and its tail stay whole.

/** What the page gets of a log, and how to find a place of the whole one in it. */
export interface ShownLog {
  readonly text: string;
  /** Lines left out; one line in their place says so. */
  readonly cut: number;
  /** Line of `text` that begins at or after a position of the whole log; -1 where it was left out or there is none. */
  readonly lineAt: (position: number) => number;
}

const HEAD = 1 << 20;
const TAIL = 3 << 20;

export function showLog(log: string, head = HEAD, tail = TAIL): ShownLog {
  const starts = [0];
  for (let at = log.indexOf("\n"); at >= 0; at = log.indexOf("\n", at + 1)) starts.push(at + 1);
  const wholeLine = (position: number): number => {
    const line = lowerBound(starts, position);
    return line < starts.length ? line : -1;
  };
  if (log.length <= head + tail) return { text: log, cut: 0, lineAt: wholeLine };
  const from = lowerBound(starts, head);
  const to = lowerBound(starts, log.length - tail);
  const cut = to - from;
  if (cut <= 0) return { text: log, cut: 0, lineAt: wholeLine };
  return {
    text: `${log.slice(0, starts[from])}… ${cut} lines left out …\n${log.slice(starts[to])}`,
    cut,
    lineAt(position) {
      const line = wholeLine(position);
      return line < from ? line : line < to ? -1 : line - cut + 1;
    },
  };
}

/** Index of the first start at or after a position. */
function lowerBound(starts: readonly number[], position: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
