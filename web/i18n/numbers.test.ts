import { expect, test } from "vitest";
import { formatNumber, plural } from "./numbers.ts";

test("digits are grouped by commas from 1,000 on", () => {
  expect([0, 1, 999, 1000, 1_000_000, -1000].map(formatNumber)).toEqual([
    "0",
    "1",
    "999",
    "1,000",
    "1,000,000",
    "-1,000",
  ]);
});

test("a part of a whole has at most three digits", () => {
  expect([1.5, 0.12345, 12.3].map(formatNumber)).toEqual(["1.5", "0.123", "12.3"]);
});

test("only one is singular", () => {
  expect([0, 1, 2, 1024].map((n) => plural(n, "byte"))).toEqual(["0 bytes", "1 byte", "2 bytes", "1,024 bytes"]);
  expect(plural(2, "entry", "entries")).toBe("2 entries");
});
