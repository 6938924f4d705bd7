// Which lines of a text another one does not have, by the longest common subsequence of lines.

/** Line numbers of `now` from 0. Hunk headers of a diff only count lines: they are not compared. */
export function changedLines(before: string, now: string): ReadonlySet<number> {
  const a = before.split("\n").map(plain);
  const b = now.split("\n").map(plain);
  if (before === now) return new Set();
  const width = b.length + 1;
  /** length[i * width + j]: of the longest common part of a from i on and b from j on. */
  const length = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => length[i * width + j] as number;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const changed = new Set<number>();
  for (let i = 0, j = 0; j < b.length; ) {
    if (i < a.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (i < a.length && at(i + 1, j) >= at(i, j + 1)) i++;
    else changed.add(j++);
  }
  return changed;
}

const plain = (line: string): string => (line.startsWith("@@ ") ? "@@" : line);
