// Every rejection that a kernel of ours was ever recorded with has an explanation.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readLog } from "../session/log-lines.ts";
import { explain } from "../verifier/explain/explain.ts";

test("no message of the recorded rejections is without a rule", () => {
  const rows = readFileSync(new URL("./recordings/verifier.jsonl", import.meta.url), "utf8")
    .trim()
    .split("\n");
  const messages = rows
    .map((row) => JSON.parse(row) as { verdict?: string; log?: string })
    .filter(({ verdict, log }) => verdict === "reject" && log !== undefined && log !== "")
    .map(({ log = "" }) => {
      const { lines, messageLine } = readLog(log, -1);
      return lines[messageLine] ?? "";
    });
  expect(messages.length).toBeGreaterThan(200);
  expect(messages.filter((message) => message !== "" && !explain(message))).toEqual([]);
});
