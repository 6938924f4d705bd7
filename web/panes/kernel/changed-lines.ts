// Which lines of a text another text does not have.
import { commonPairs } from "../../../engine/index.ts";

/** Line numbers of `now` from 0. Hunk headers of a diff only count lines, so they are not compared. */
export function changedLines(before: string, now: string): ReadonlySet<number> {
  const [a, b] = [before, now].map((text) => text.split("\n").map(plain)) as [string[], string[]];
  const kept = new Set(commonPairs(a, b).map(([, line]) => line));
  return new Set(b.flatMap((_, line) => (kept.has(line) ? [] : [line])));
}

const plain = (line: string): string => (line.startsWith("@@ ") ? "@@" : line);
