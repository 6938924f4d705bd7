// The large programs of the benchmark: as many instructions walked and states kept as on Linux. The two that take longest are only in
// the benchmark.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BPF_LOG_STATS } from "../verifier/log/buffer.ts";
import { largeProgram } from "./bench-large.ts";
import { judge } from "./judge.ts";

const recorded = readFileSync(new URL("recordings/large.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as { name: string; verdict: string; stats: string[] });

test.each(["balancer", "policy"] as const)("%s: the statistics of the walk are those of Linux", (name) => {
  const { verdict, log } = judge(largeProgram(name), { logLevel: BPF_LOG_STATS });
  const stats = log.split("\n").filter((line) => !line.startsWith("verification time"));
  expect({ name, verdict, stats }).toEqual(recorded.find((one) => one.name === name));
});
