// Which calls are repeated in a new worker: the rows are calls and what is left of them, by method and first argument.
import { expect, test } from "vitest";
import type { Method } from "./api.ts";
import { CallsToRepeat } from "./calls-to-repeat.ts";

type Row = readonly [method: Method, ...args: unknown[]];

function left(...rows: readonly Row[]): readonly Row[] {
  const journal = new CallsToRepeat();
  for (const [method, ...args] of rows) journal.remember({ method, args }, undefined);
  return [...journal.calls()].map(({ method, args }) => [method, ...args]);
}

const check = (what: string, called: readonly Row[], again: readonly Row[]): void =>
  test(what, () => expect(left(...called)).toEqual(again));

check("questions are not repeated", [["kernel.hello"], ["check.visits", 1], ["runs.steps", 1], ["tools.packets"]], []);
check(
  "what holds a descriptor is repeated in order, and so is what happened",
  [["kernel.load", "p"], ["kernel.attach"], ["kernel.writeFile", "f"], ["kernel.readFile", "f"]],
  [["kernel.load", "p"], ["kernel.attach"], ["kernel.writeFile", "f"], ["kernel.readFile", "f"]],
);
check(
  "of checks and trial runs the last one is repeated",
  [
    ["check.check", 1],
    ["runs.runOnce", 1],
    ["check.check", 2],
    ["runs.runOnce", 2],
  ],
  [
    ["check.check", 2],
    ["runs.runOnce", 2],
  ],
);
check(
  "a kernel that is started anew leaves how it is built, its environment and the last check",
  [
    ["check.check", 1],
    ["kernel.setEnvironment", 5],
    ["kernel.load", "p"],
    ["runs.runOnce", 1],
    ["kernel.writeFile", "f"],
    ["kernel.restart", 1],
  ],
  [
    ["check.check", 1],
    ["kernel.setEnvironment", 5],
    ["kernel.restart", 1],
  ],
);
check(
  "a step that was switched to and fro is repeated as it stands, a definition and a seed as the last one says",
  [
    ["kernel.define", "a"],
    ["kernel.patch", 1, false],
    ["kernel.patch", 2, false],
    ["kernel.patch", 1, true],
    ["kernel.restart", 1],
    ["kernel.define", "b"],
    ["kernel.restart", 2],
  ],
  [
    ["kernel.patch", 2, false],
    ["kernel.patch", 1, true],
    ["kernel.define", "b"],
    ["kernel.restart", 2],
  ],
);

test("of 300 writes the last 200 are repeated, of 1100 map updates the last 1024", () => {
  const writes = Array.from({ length: 300 }, (_, i): Row => ["kernel.writeFile", i]);
  expect(left(...writes)).toEqual(writes.slice(100));
  const updates = Array.from({ length: 1100 }, (_, i): Row => ["kernel.updateMap", i]);
  expect(left(["kernel.load", "p"], ...updates)).toEqual([["kernel.load", "p"], ...updates.slice(76)]);
});

test("a run's number is set before the run is made again", () => {
  const journal = new CallsToRepeat();
  journal.remember({ method: "kernel.writeFile", args: ["f"] }, 7);
  expect([...journal.calls()]).toEqual([
    { method: "runs.runsFrom", args: [7] },
    { method: "kernel.writeFile", args: ["f"] },
  ]);
});
