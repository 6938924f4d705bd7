import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { messages, NOT_RECORDED } from "./messages.ts";

test("each message of the verifier is shown by a recording of the kernel, or it is said why not", () => {
  const log = readFileSync(resolve(import.meta.dirname, "recordings/verifier.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { log: string }).log)
    .join("\n");
  const all = messages();
  const missing = all.filter(({ pattern }) => !pattern.test(log)).map(({ text }) => text);
  expect(all.length).toBeGreaterThan(200);
  expect(missing.filter((text) => !NOT_RECORDED.some(([part]) => text.includes(part)))).toEqual([]);
  expect(NOT_RECORDED.map(([part]) => part).filter((part) => !missing.some((text) => text.includes(part)))).toEqual([]);
});
