// Forbids in end-to-end tests: waiting for a fixed time, skipping a test without a reason, running one test alone, running a failed test
// again.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const FORBIDDEN: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    "a fixed sleep",
    /waitForTimeout|networkidle|timers\/promises|new Promise\([^)]*\)?\s*=>\s*setTimeout|\bsetTimeout\((?!\d)|\bdelay: \d/,
  ],
  ["a test that is left out without saying why", /\.(?:skip|fixme|fail)\(\s*(?:["'`)(]|async|true)/],
  ["a test that keeps the others from running", /\.only\(/],
  ["a second chance", /retries(?!: 0,)|\.configure\(/],
];

const found = (text: string): string[] =>
  text
    .split("\n")
    .flatMap((line, i) => FORBIDDEN.filter(([, pattern]) => pattern.test(line)).map(([what]) => `${i + 1}: ${what}`));

test("no end-to-end test sleeps, is skipped without a reason, runs alone or is run again", () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );
  expect(files.length).toBeGreaterThan(15);
  for (const file of files) expect(found(readFileSync(join(import.meta.dirname, file), "utf8")), file).toEqual([]);
});

test("each forbidden line is found, and allowed lines are not", () => {
  for (const line of [
    "await page.waitForTimeout(500);",
    "await new Promise((resolve) => setTimeout(resolve, 500));",
    "await setTimeout(delay);",
    'await page.keyboard.type("BPF_", { delay: 30 });',
    'import { setTimeout } from "node:timers/promises";',
    'await page.waitForLoadState("networkidle");',
    'test.skip("a title", async () => {',
    "test.skip();",
    'test.only("a title", async () => {',
    "retries: process.env.CI ? 1 : 0,",
    "test.describe.configure({ retries: 2 });",
  ])
    expect(found(line), line).toHaveLength(1);
  for (const line of ["test.skip(!firefox, NO_FIREFOX);", "retries: 0,", "test.setTimeout(240_000);"])
    expect(found(line), line).toEqual([]);
});
