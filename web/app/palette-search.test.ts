// What a reader types, and what is found.
import fc from "fast-check";
import { expect, test } from "vitest";
import { search } from "./palette-search.ts";

const PAIRS = [
  ["Layout: write", "レイアウト: 書く"],
  ["Layout: step through a run", "レイアウト: 実行を追う"],
  ["Layout: follow the verifier", "レイアウト: 検証を追う"],
  ["Step", "1 つ進む"],
  ["Step back", "1 つ戻る"],
  ["Copy a link", "リンクをコピー"],
  ["Copy as Markdown", "Markdown としてコピー"],
  ["Theme: dark", "テーマ: ダーク"],
] as const;
const ENTRIES = PAIRS.map(([en, ja]) => ({ id: en, words: { en, ja } }));

const names = (query: string, recent: readonly string[] = []): readonly string[] =>
  search(ENTRIES, query, recent).map(({ id }) => id);

test.each([
  ["step", "Step"],
  ["stepb", "Step back"],
  ["sb", "Step back"],
  ["lf", "Layout: follow the verifier"],
  ["cam", "Copy as Markdown"],
  ["mark", "Copy as Markdown"],
  ["dark", "Theme: dark"],
  ["DARK", "Theme: dark"],
  ["書く", "Layout: write"],
  ["ﾀﾞｰｸ", "Theme: dark"],
])("%s means %s", (query, name) => {
  expect(names(query)[0]).toBe(name);
});

test("letters that are missing, or in another order, do not match", () => {
  expect(names("xyz")).toEqual([]);
  expect(names("pets")).toEqual([]);
});

test("an empty query lists all, the last used ones first", () => {
  expect(names("", ["Theme: dark", "Step back"]).slice(0, 2)).toEqual(["Theme: dark", "Step back"]);
  expect(names("")).toHaveLength(ENTRIES.length);
});

test("any part of a name finds it", () => {
  fc.assert(
    fc.property(fc.constantFrom(...PAIRS.flat()), fc.nat(), fc.nat(), (name, a, b) => {
      const [from, to] = [a % name.length, b % name.length].sort((x, y) => x - y) as [number, number];
      const id = PAIRS.find((pair) => (pair as readonly string[]).includes(name))?.[0];
      expect(names(name.slice(from, to + 1))).toContain(id);
    }),
  );
});
