// One word for one thing: no lesson and no dictionary of the page contains a word that the glossary forbids.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** The words in the last column of the glossary's table. */
const FORBIDDEN: readonly string[] = read("GLOSSARY.md")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| English"))
  .flatMap((line) => (line.split("|").at(-2) ?? "").split(", "))
  .map((word) => word.trim())
  .filter((word) => word !== "");

const LESSONS = readdirSync(new URL("built-in", import.meta.url)).map((name) => `built-in/${name}`);
const DICTIONARIES = ["lessons", "goals", "answers", "stage", "extend", "causes", "ja"].map(
  (name) => `../i18n/${name}.ts`,
);

test("the glossary forbids something", () => {
  expect(FORBIDDEN.length).toBeGreaterThan(20);
});

test.each([...LESSONS, ...DICTIONARIES])("%s contains no word that the glossary forbids", (path) => {
  const text = read(path);
  expect(FORBIDDEN.filter((word) => text.includes(word))).toEqual([]);
});
