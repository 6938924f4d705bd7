// What two sequences have in common, in order: the longest common subsequence, in time that grows with the differences and not
// with the sequences. Source: Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the greedy algorithm.

/** A place in the one and the place in the other that is the same. */
export type Pair = readonly [a: number, b: number];

/** Differences that are searched for; with more of them all between a common beginning and a common end counts as different. */
const MOST = 1500;

/** Pairs of equal elements, both numbers rising. */
export function common<Element>(a: readonly Element[], b: readonly Element[], most = MOST): Pair[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const row = (count: number, at: Pair): Pair[] => Array.from({ length: count }, (_, i) => [at[0] + i, at[1] + i]);
  const middle = between(a.slice(start, a.length - end), b.slice(start, b.length - end), most);
  return [
    ...row(start, [0, 0]),
    ...middle.map(([i, j]): Pair => [start + i, start + j]),
    ...row(end, [a.length - end, b.length - end]),
  ];
}

/**
 * The edit graph is walked by its diagonals k = i - j: reached[d][k + d] is the furthest i on diagonal k after d differences.
 */
function between<Element>(a: readonly Element[], b: readonly Element[], most: number): Pair[] {
  const reached: Int32Array[] = [];
  for (let d = 0; d <= Math.min(most, a.length + b.length); d++) {
    const now = new Int32Array(2 * d + 1);
    for (let k = -d; k <= d; k += 2) {
      let i = d === 0 ? 0 : furthest(reached[d - 1] as Int32Array, d - 1, k);
      let j = i - k;
      while (i < a.length && j < b.length && a[i] === b[j]) {
        i++;
        j++;
      }
      now[k + d] = i;
      if (i >= a.length && j >= b.length) return walkBack(reached, a.length, b.length, d);
    }
    reached.push(now);
  }
  return [];
}

/** Where diagonal k is entered after one difference more than `before` tells of: from above (j grows) or from the left (i grows). */
function furthest(before: Int32Array, d: number, k: number): number {
  const down = k + 1 <= d ? (before[k + 1 + d] as number) : -1;
  const right = k - 1 >= -d ? (before[k - 1 + d] as number) + 1 : -1;
  return Math.max(down, right);
}

function walkBack(reached: readonly Int32Array[], n: number, m: number, differences: number): Pair[] {
  const pairs: Pair[] = [];
  let [i, j] = [n, m];
  for (let d = differences; d >= 0; d--) {
    const k = i - j;
    const entered = d === 0 ? 0 : furthest(reached[d - 1] as Int32Array, d - 1, k);
    while (i > entered) pairs.push([--i, --j]);
    if (d === 0) break;
    const down = k + 1 <= d - 1 ? ((reached[d - 1] as Int32Array)[k + d] as number) : -1;
    // The one that furthest() took.
    if (down === entered) j--;
    else i--;
  }
  return pairs.reverse();
}

/** A stretch: the same in both, or what stands in its place. */
export type Stretch =
  | { readonly kind: "same"; readonly a: number; readonly b: number }
  | { readonly kind: "other"; readonly a: readonly number[]; readonly b: readonly number[] };

/** All places of both in order; what differs between two pairs as one stretch. */
export function stretches(lengthA: number, lengthB: number, pairs: readonly Pair[]): Stretch[] {
  const all: Stretch[] = [];
  const places = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  let [i, j] = [0, 0];
  const other = (a: number, b: number): void => {
    if (a > i || b > j) all.push({ kind: "other", a: places(i, a), b: places(j, b) });
  };
  for (const [a, b] of pairs) {
    other(a, b);
    all.push({ kind: "same", a, b });
    [i, j] = [a + 1, b + 1];
  }
  other(lengthA, lengthB);
  return all;
}
