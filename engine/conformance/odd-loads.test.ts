// Loads that are refused, or nearly refused, before the verifier sees the program. `conform verify`, the page's check and its load
// answer like Linux 6.18. Recorded by record/odd-loads.ts.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { Registry } from "../kernel/registry.ts";
import { createCheck } from "../session/groups/check.ts";
import { createKernel } from "../session/groups/kernel.ts";
import { newState } from "../session/state.ts";
import type { CheckView } from "../session/views/check.ts";
import { isIdentifier, pageInput, type RecordedLoad } from "./page-input.ts";
import { difference } from "./random/difference.ts";
import { answerVerify } from "./verify.ts";

interface Row extends RecordedLoad {
  readonly id: string;
  readonly verdict: "accept" | "reject";
  readonly errno: number;
  readonly log: string;
  readonly log_level: number;
  readonly log_size?: number;
  readonly call?: string;
  readonly map?: string;
}

const ROWS = readFileSync(resolve(import.meta.dirname, "recordings/odd-loads.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);

const asAnswer = ({ verdict, errno, log }: CheckView) => ({ verdict, errno, log });

test.each(ROWS.map((row) => [row.id, row] as const))("conform verify: %s", (_, row) => {
  const ours = answerVerify(row as unknown as Record<string, unknown>) as Row;
  expect(difference(row, ours)).toMatchObject({ kind: "same" });
});

/** The page asks for the whole log with the largest buffer. For the page an empty source is not a program. */
const PAGE_ROWS = ROWS.filter(
  ({ log_level, log_size, insns }) => log_level === 2 && log_size === undefined && insns !== "",
);

test.each(PAGE_ROWS.map((row) => [row.id, row] as const))("check and load: %s", (_, row) => {
  const state = newState(new Registry());
  const program = pageInput(row);
  const checked = createCheck(state).check(program, 1) as CheckView;
  const loaded = createKernel(state).load(program);
  expect(loaded.check).toEqual({ ...checked, revision: -1, us: loaded.check.us });
  expect(loaded.errno).toBe(row.errno);
  const answer = asAnswer(checked);
  const isWhole = row.maps.every(({ name }) => isIdentifier(name));
  if (isWhole) expect(difference(row, answer)).toMatchObject({ kind: "same" });
  else expect(answer).toMatchObject({ verdict: row.verdict, errno: row.errno });
  // What was refused is told. A map is named as the kernel's loader knows it.
  if (row.verdict === "reject" && row.log === "")
    expect(checked.refusedCall).toMatchObject({ call: row.call ?? "prog-load", map: outerMap(row) });
});

/** The name of the program's map that is, or contains, the refused map. */
const outerMap = ({ map = "", maps }: Row): string =>
  maps.find(({ name, inner }) => name === map || inner?.name === map)?.name ?? "";
