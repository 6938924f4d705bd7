// Explanations name the true cause, and Linux accepts the fixes. Checked with programs of our own, and with the running kernel's
// recorded verdict for each of their fixes.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { WHY_PROGRAMS, type WhyProgram } from "./record/why-programs.ts";
import { type WhyRow, whyOf } from "./why.ts";

const ROWS = new Map(
  readFileSync(new URL("recordings/why.jsonl", import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
    .map((line): readonly [string, WhyRow] => {
      const row = JSON.parse(line) as WhyRow;
      return [row.id, row];
    }),
);

function check(id: string, { rule, missed = [], says, fix }: WhyProgram): void {
  const { explanation, marks, fixes } = whyOf(id);
  expect(explanation.id).toBe(rule);
  expect({ at: explanation.at, root: explanation.root }).toEqual(marks);
  expect(explanation.missed.map(({ why }) => why)).toEqual(missed);
  for (const words of says) expect(explanation.reason.en).toMatch(words);
  for (const { ja } of [explanation.reason, ...explanation.missed, ...explanation.steps, ...fixes])
    expect(ja).toMatch(/[ぁ-んァ-ヶ一-龠]/);
  const accepted = fixes.filter(({ outcome }) => outcome === "accepted");
  if (fix) expect(accepted.map(({ en }) => en).join("\n")).toMatch(fix);
  const row = ROWS.get(id);
  expect(row?.verdict, "the program itself, as Linux answered").toBe("reject");
  expect(accepted.map(({ record }) => record)).toEqual(row?.fixes.map(({ verdict: _, ...record }) => record));
  expect(row?.fixes.map(({ verdict }) => verdict)).toEqual(accepted.map(() => "accept"));
}

for (const [id, program] of Object.entries(WHY_PROGRAMS)) test(id, () => check(id, program));
