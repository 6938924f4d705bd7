// The verifier against what Linux 6.18 said of the same programs: verdict, errno and log, letter for letter.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { verify } from "../verifier/verify.ts";
import { difference } from "./random/differ.ts";
import { ProgramRecord, programOfRecord } from "./records.ts";

interface Row {
  readonly id: string;
  readonly needs?: readonly string[];
  readonly log_level?: number;
  readonly verdict: "accept" | "reject";
  readonly errno: number;
  readonly log: string;
  readonly log_truncated?: boolean;
}

const rowsOf = (path: string): Row[] =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);

function judge(row: Row) {
  const program = programOfRecord(v.parse(ProgramRecord, row));
  return verify(program, { logLevel: row.log_level ?? 2, now: () => 0 });
}

const OURS = ["verifier", "loads"].flatMap((name) => rowsOf(resolve(import.meta.dirname, `recordings/${name}.jsonl`)));

test("our recordings are a few hundred, with every log level", () => {
  expect(OURS.length).toBeGreaterThan(350);
  expect(new Set(OURS.map((row) => row.log_level))).toEqual(new Set([1, 2, 4, 7]));
});

test.each(OURS.map((row) => [row.id, row] as const))("%s", (_, row) => {
  const ours = judge(row);
  const { kind, line, kernel, ours: here } = difference(row, ours);
  expect({ kind, line, here }).toEqual({ kind: "same", line: -1, here: kernel });
});

/** Half of the kernel's own test programs, as a kernel answered them. Not in the repository. */
const SUITE = resolve(import.meta.dirname, "../../../shared/oracle/verifier-linux-6.18.jsonl");

test.skipIf(!existsSync(SUITE))(
  "the kernel's own test programs are judged as the kernel judges them",
  () => {
    // What calls kernel functions is recorded without their numbers.
    const rows = rowsOf(SUITE).filter((row) => !row.needs?.includes("kfunc"));
    const wrong = rows.filter((row) => {
      const ours = judge(row);
      if (row.log_truncated) return row.verdict !== ours.verdict || row.errno !== ours.errno;
      return difference(row, ours).kind !== "same";
    });
    expect(wrong.map((row) => row.id)).toEqual([]);
  },
  120_000,
);
