// What one types, and what one means by it.
import fc from "fast-check";
import { expect, test } from "vitest";
import { score } from "./fuzzy.ts";

const NAMES = [
  "Layout: write",
  "Layout: step through a run",
  "Layout: follow the verifier",
  "Step",
  "Step back",
  "Copy a link",
  "Copy as Markdown",
  "Theme: dark",
  "レイアウト: 書く",
  "テーマ: ダーク",
];

const best = (query: string): string | undefined =>
  NAMES.filter((name) => score(query, name) > 0).sort((a, b) => score(query, b) - score(query, a))[0];

test.each([
  ["step", "Step"],
  ["stepb", "Step back"],
  ["sb", "Step back"],
  ["lf", "Layout: follow the verifier"],
  ["cam", "Copy as Markdown"],
  ["mark", "Copy as Markdown"],
  ["dark", "Theme: dark"],
  ["DARK", "Theme: dark"],
  ["書く", "レイアウト: 書く"],
  ["ﾀﾞｰｸ", "テーマ: ダーク"],
])("%s means %s", (query, name) => {
  expect(best(query)).toBe(name);
});

test("letters that are not there, or not in this order, do not match", () => {
  expect(score("xyz", "Step back")).toBe(0);
  expect(score("pets", "Step")).toBe(0);
});

test("any piece of a name finds it", () => {
  fc.assert(
    fc.property(fc.constantFrom(...NAMES), fc.nat(), fc.nat(), (name, a, b) => {
      const [from, to] = [a % name.length, b % name.length].sort((x, y) => x - y) as [number, number];
      expect(score(name.slice(from, to + 1), name)).toBeGreaterThan(0);
    }),
  );
});
