import { expect, test } from "vitest";
import { breakEven, decades, ticks } from "./break-even.ts";

test("compiling has paid off at the first run after which less time has passed", () => {
  const costs = { interp: 200, compiled: 10, compiling: 500_000 };
  const runs = breakEven(costs);
  const total = (n: number): readonly [number, number] => [costs.interp * n, costs.compiling + costs.compiled * n];
  expect(runs).toBe(2632);
  expect(total(runs)[1]).toBeLessThan(total(runs)[0]);
  expect(total(runs - 1)[1]).toBeGreaterThanOrEqual(total(runs - 1)[0]);
});

test("a program that is slower compiled never pays off", () => {
  expect(breakEven({ interp: 211, compiled: 1101, compiling: 1 })).toBe(Number.POSITIVE_INFINITY);
  expect(breakEven({ interp: 211, compiled: 211, compiling: 1 })).toBe(Number.POSITIVE_INFINITY);
});

test("an axis has round numbers that reach as far as what it measures", () => {
  expect(ticks(1101)).toEqual([0, 500, 1000, 1500]);
  expect(ticks(8.1)).toEqual([0, 5, 10]);
  expect(ticks(200)).toEqual([0, 50, 100, 150, 200]);
  expect(decades(211, 1.2e9)).toEqual([1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]);
  expect(decades(1000, 1000)).toEqual([1e3, 1e4]);
});
