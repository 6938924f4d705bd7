// The corpus and its recordings speak of the same programs: what the text assembles to is what the kernel was asked about.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { programRecord } from "../random/kernel.ts";
import { type Corpus, readPrograms } from "./programs.ts";

type Row = { readonly id: string; readonly verdict: string; readonly errno: number; readonly log: string };

const rowsOf = (recording: string): ReadonlyMap<string, Row> =>
  new Map(
    readFileSync(new URL(`../recordings/${recording}.jsonl`, import.meta.url), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Row)
      .map((row) => [row.id, row]),
  );

const RECORDED_IN: Readonly<Record<Corpus, string>> = {
  verifier: "verifier",
  global: "verifier",
  objects: "verifier",
  loads: "loads",
  refusals: "refusals",
};

test.each(Object.entries(RECORDED_IN) as [Corpus, string][])("the programs of %s stand in %s.jsonl", (corpus, file) => {
  const rows = rowsOf(file);
  const programs = readPrograms(corpus);
  expect(programs.size).toBeGreaterThan(5);
  for (const [name, { program, logLevel = 2 }] of programs) {
    const row = rows.get(name);
    expect(row, name).toBeDefined();
    const { id: _, verdict: _verdict, errno: _errno, log: _log, ...asked } = row as Row;
    expect(JSON.parse(JSON.stringify(programRecord(program, logLevel))), name).toEqual(asked);
  }
});
