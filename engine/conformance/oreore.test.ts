// The talk's extension, step by step: the simulated kernel answers like a real one.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { Kernel } from "../kernel/kernel.ts";
import { replay, type SessionRow } from "./replay.ts";

const rowsOf = (path: string): SessionRow[] =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as SessionRow);

const nameOf = (row: SessionRow, i: number): string =>
  `${i + 1} ${row.op} ${"name" in row ? row.name : "data" in row ? JSON.stringify(row.data) : ""}`;

/** Messages with another wording in 6.18. */
const REWORDED: Readonly<Record<string, string>> = {
  "BPF_ST stores into R1 ctx is not allowed": "invalid bpf_context access off=0 size=4",
  "unknown func bpf_skb_load_bytes#26": "program of this type cannot use helper bpf_skb_load_bytes#26",
};

describe("our recording (record/record_oreore.py)", () => {
  const rows = rowsOf(resolve(import.meta.dirname, "recordings/oreore.jsonl"));
  const answers = replay(new Kernel(), rows);

  test("has 98 rows", () => {
    expect(rows).toHaveLength(98);
  });

  test.each(rows.map((row, i) => [nameOf(row, i), i] as const))("%s", (_, i) => {
    expect(answers[i]).toEqual(rows[i]);
  });
});

/** A booted Linux 6.1 with the four steps built in. Its logs have the wording of 6.1. Not in the repository. */
const BOOTED = resolve(import.meta.dirname, "../../../shared/oracle/oreore-linux-6.1.jsonl");
const why = existsSync(BOOTED) ? "" : " (skipped: ../shared/oracle is not part of the repository)";

test.skipIf(why !== "")(`a booted Linux 6.1 gave the same answers and refused for the same reasons${why}`, () => {
  const rows = rowsOf(BOOTED);
  const comparable = (row: SessionRow): object =>
    row.op === "load" ? { ...row, log: row.errno === 0 ? "" : reason(row.log) } : row;
  expect(replay(new Kernel(), rows).map(comparable)).toEqual(rows.map(comparable));
});

/** The last line of a log before its statistics, in the wording of 6.18. */
function reason(log: string): string {
  const said = log.split("\n").findLast((line) => line !== "" && !line.startsWith("processed ")) ?? "";
  return REWORDED[said] ?? said;
}
