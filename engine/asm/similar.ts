// "Did you mean": finds the nearest of the known names, if one is near.

/** At most a third of the letters may differ. A swap of neighbours counts once. If two names are equally near, the first is taken. */
export function similar(name: string, known: Iterable<string>): string | undefined {
  if (name.length < 2 || name.length > 64) return undefined;
  const upper = name.toUpperCase();
  let best: string | undefined;
  let bestCost = Math.floor(Math.max(1, name.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= bestCost) continue;
    // A name that differs only in upper and lower case is nearer than any other.
    const same = candidate.length === name.length && candidate.toUpperCase() === upper;
    const cost = same ? 0.5 : distance(name, candidate, bestCost);
    if (cost < bestCost) {
      bestCost = cost;
      best = candidate;
    }
  }
  return best;
}

const ROWS = [new Uint8Array(80), new Uint8Array(80), new Uint8Array(80)] as const;

/** Number of edits (insert, remove, replace, swap neighbours) from a to b, at most `limit`. */
function distance(a: string, b: string, limit: number): number {
  let from = 0;
  let aEnd = a.length;
  let bEnd = b.length;
  while (from < aEnd && from < bEnd && a.charCodeAt(from) === b.charCodeAt(from)) from++;
  while (aEnd > from && bEnd > from && a.charCodeAt(aEnd - 1) === b.charCodeAt(bEnd - 1)) {
    aEnd--;
    bEnd--;
  }
  const width = bEnd - from;
  if (width >= 79) return limit;
  let [before, previous, row] = ROWS as readonly [Uint8Array, Uint8Array, Uint8Array];
  for (let j = 0; j <= width; j++) previous[j] = j;
  for (let i = 1; i <= aEnd - from; i++) {
    row[0] = i;
    let least = i;
    const letter = a.charCodeAt(from + i - 1);
    for (let j = 1; j <= width; j++) {
      const other = b.charCodeAt(from + j - 1);
      let cost = (previous[j - 1] as number) + (letter === other ? 0 : 1);
      if ((previous[j] as number) + 1 < cost) cost = (previous[j] as number) + 1;
      if ((row[j - 1] as number) + 1 < cost) cost = (row[j - 1] as number) + 1;
      const swapped = i > 1 && j > 1 && letter === b.charCodeAt(from + j - 2) && a.charCodeAt(from + i - 2) === other;
      if (swapped && (before[j - 2] as number) + 1 < cost) cost = (before[j - 2] as number) + 1;
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least >= limit) return limit;
    [before, previous, row] = [previous, row, before];
  }
  return previous[width] as number;
}
