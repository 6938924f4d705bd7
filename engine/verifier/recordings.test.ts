// The verifier against what Linux 6.18 said about the same programs: verdict, errno and log, letter for letter. Also which refusals and
// which kinds of log lines the recordings contain.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { judge } from "../conformance/judge.ts";
import { NOT_RECORDED, refusalNames } from "../conformance/not-recorded.ts";
import { difference } from "../conformance/random/difference.ts";
import { ProgramRecord, programOfRecord } from "../conformance/records.ts";
import { LINE_KINDS, type LineKind } from "./log/kinds.ts";
import { NO_LINES } from "./log/line-table.ts";
import { REFUSALS, type RefusalId } from "./refusals.ts";

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

function judged(row: Row) {
  const program = programOfRecord(v.parse(ProgramRecord, row));
  return judge(program, { logLevel: row.log_level ?? 2, watched: { now: () => 0 } });
}

const RECORDINGS = resolve(import.meta.dirname, "../conformance/recordings");
const OURS = ["verifier", "loads", "refusals"].flatMap((name) => rowsOf(resolve(RECORDINGS, `${name}.jsonl`)));
test("there are a few hundred recordings, with every log level", () => {
  expect(OURS.length).toBeGreaterThan(350);
  expect(new Set(OURS.map((row) => row.log_level))).toEqual(new Set([1, 2, 4, 7]));
});

/** What the tests below ask of a row. */
function findingsOf(row: Row) {
  const ours = judged(row);
  const { kind, line, kernel, ours: here } = difference(row, ours);
  const { logLines } = ours.seen ?? { logLines: NO_LINES };
  const lines = ours.log.split("\n");
  return {
    found: { kind, line, here },
    wanted: { kind: "same", line: -1, here: kernel },
    lineKinds: [...logLines.kinds].map((code) => LINE_KINDS[code] as LineKind),
    blank: lines.map((text) => text === ""),
    slots: logLines.slots.length,
    hasRefusal: ours.refusal !== undefined,
    isRefused: ours.verdict === "reject" && ours.notSimulated === undefined,
    refusals: [...refusalNames(ours)],
  };
}
/** Each row is judged once, by the first test that asks for it. */
const judgedRows = new Map<Row, ReturnType<typeof findingsOf>>();
function findings(row: Row): ReturnType<typeof findingsOf> {
  const known = judgedRows.get(row) ?? findingsOf(row);
  judgedRows.set(row, known);
  return known;
}

test.each(OURS.map((row) => [row.id, row] as const))("%s", (_, row) => {
  const { found, wanted, lineKinds, blank, slots, hasRefusal, isRefused } = findings(row);
  expect(found).toEqual(wanted);
  // Each line has a kind, and each refusal has a name.
  expect(lineKinds.map((kind) => kind === "blank")).toEqual(blank);
  expect(slots).toBe(blank.length);
  expect(hasRefusal).toBe(isRefused);
});

test("each refusal has a recording, or a reason why it has none", () => {
  const ids = Object.keys(REFUSALS) as RefusalId[];
  const refused = new Set(OURS.flatMap((row) => findings(row).refusals));
  expect(ids.filter((id) => !refused.has(id))).toEqual(ids.filter((id) => id in NOT_RECORDED));
});

test("each kind of line has a recording, except the page's own kind", () => {
  const said = new Set(OURS.flatMap((row) => findings(row).lineKinds));
  expect(LINE_KINDS.filter((kind) => !said.has(kind))).toEqual(["gap"]);
});

/** Half of the kernel's own test programs, with a kernel's answers. They are not in the repository. */
const SUITE = resolve(import.meta.dirname, "../../../shared/oracle/verifier-linux-6.18.jsonl");

test.skipIf(!existsSync(SUITE))(
  `the kernel's own test programs get the kernel's verdict${existsSync(SUITE) ? "" : " (skipped: ../shared/oracle is not part of the repository)"}`,
  () => {
    // Programs that call kernel functions were recorded without the functions' numbers.
    const rows = rowsOf(SUITE).filter((row) => !row.needs?.includes("kfunc"));
    const wrong = rows.filter((row) => {
      const ours = judged(row);
      if (row.log_truncated) return row.verdict !== ours.verdict || row.errno !== ours.errno;
      return difference(row, ours).kind !== "same";
    });
    expect(wrong.map((row) => row.id)).toEqual([]);
  },
);
