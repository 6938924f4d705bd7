// "Did you mean": the nearest of the known names, or none where nothing is near.

/** At most a third of the letters may differ; a swap of neighbours counts once. Ties go to the first. */
export function similar(name: string, known: Iterable<string>): string | undefined {
  if (name.length < 2 || name.length > 64) return undefined;
  const upper = name.toUpperCase();
  let best: string | undefined;
  let bestCost = Math.floor(Math.max(1, name.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= bestCost) continue;
    // Only case differs: as near as can be without being the same.
    const cost = candidate.toUpperCase() === upper ? 0.5 : distance(name, candidate, bestCost);
    if (cost < bestCost) {
      bestCost = cost;
      best = candidate;
    }
  }
  return best;
}

/** Edits (insert, remove, replace, swap neighbours) from a to b, or `limit` where there are as many or more. */
function distance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(
        (previous[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (previous[j - 1] as number) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] as number) + 1);
      }
      row.push(cost);
      if (cost < least) least = cost;
    }
    if (least >= limit) return limit;
    before = previous;
    previous = row;
  }
  return previous[b.length] as number;
}
