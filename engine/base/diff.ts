// The longest common subsequence of two sequences. The time needed grows with the number of differences, not with the length
// of the sequences. Source: Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the greedy algorithm.

/** Two places with equal elements: an index into the first sequence and one into the second. */
export type Pair = readonly [a: number, b: number];

/** The search gives up after this many differences. Then all between the common beginning and the common end counts as different. */
const MAX_DIFFERENCES = 1500;

/** The pairs of equal elements. Both indices rise from pair to pair. */
export function commonPairs<Element>(a: readonly Element[], b: readonly Element[], most = MAX_DIFFERENCES): Pair[] {
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
 * Walks the edit graph along its diagonals k = i - j. reached[d][k + d] is the furthest i on diagonal k after d differences.
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

/** The i at which diagonal k is entered with one difference more than in `before`: from above (j grows) or from the left (i grows). */
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
    // The same choice that furthest() made.
    if (down === entered) j--;
    else i--;
  }
  return pairs.reverse();
}

/** A part of both sequences: either one pair of equal elements, or indices of elements that differ (`a` or `b` may be empty). */
export type Chunk =
  | { readonly kind: "same"; readonly a: number; readonly b: number }
  | { readonly kind: "other"; readonly a: readonly number[]; readonly b: readonly number[] };

/** All indices of both sequences, in order. All that differs between two pairs is one stretch. */
export function alignment(lengthA: number, lengthB: number, pairs: readonly Pair[]): Chunk[] {
  const all: Chunk[] = [];
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
