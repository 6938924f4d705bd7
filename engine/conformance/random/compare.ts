// Random programs, verified by the running kernel and by this verifier:
//
//   npx tsx engine/conformance/random/compare.ts --seed 1 --count 1000 --log-level 2
//   npx tsx engine/conformance/random/compare.ts --seed 77 --one            one program and both logs
//   npx tsx engine/conformance/random/compare.ts --family callbacks         any-type, any-call, callbacks, globals, objects
//   npx tsx engine/conformance/random/compare.ts --mutate programs.jsonl    changed copies of recorded programs
//   npx tsx engine/conformance/random/compare.ts --mutate random            changed copies of random ones
//
// Prints a table of agreements. For each group of differences it prints their number, and the smallest program that shows one.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as v from "valibot";
import type { Program } from "../../program/program.ts";
import { ProgramRecord, programOfRecord } from "../records.ts";
import { anyCallProgram } from "./any-call.ts";
import { callbackProgram } from "./callbacks.ts";
import { listing, messageOf } from "./difference.ts";
import { anyTypeProgram, randomProgram } from "./generate.ts";
import { globalProgram } from "./globals.ts";
import { whyNoKernel } from "./kernel.ts";
import { mutated } from "./mutate.ts";
import { objectProgram } from "./objects.ts";
import { tally } from "./tally.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    "log-level": { type: "string", default: "2" },
    groups: { type: "string", default: "20" },
    one: { type: "boolean", default: false },
    family: { type: "string", default: "any" },
    mutate: { type: "string" },
  },
});
const reason = whyNoKernel();
if (reason) {
  console.error(`skipped: ${reason}`);
  process.exit(0);
}
/** The programs of a file of records, except those that need something that the recorder cannot make. */
function recordedPrograms(file: string): Program[] {
  const records = readFileSync(file, "utf8").trim().split("\n");
  return records.flatMap((line) => {
    const record = JSON.parse(line) as { needs?: string[] };
    return record.needs?.length ? [] : [programOfRecord(v.parse(ProgramRecord, record))];
  });
}

const FAMILIES: Readonly<Record<string, (seed: number) => Program>> = {
  any: randomProgram,
  "any-type": anyTypeProgram,
  "any-call": anyCallProgram,
  callbacks: callbackProgram,
  globals: globalProgram,
  objects: objectProgram,
};
const family = FAMILIES[values.family] ?? randomProgram;

const seeds = values.mutate === undefined || values.mutate === "random" ? [] : recordedPrograms(values.mutate);
const make = (seed: number): Program => {
  const base = seeds.length === 0 ? family(seed) : seeds[seed % seeds.length]!;
  return values.mutate === undefined ? base : mutated(base, seed);
};

const seed = Number(values.seed);
const started = performance.now();
const { programs, accepted, kinds, groups, insns, ms } = await tally(
  seed,
  values.one ? 1 : Number(values.count),
  Number(values["log-level"]),
  make,
);

if (values.one) {
  console.log(listing(make(seed)));
  for (const { kernel, ours } of groups) console.log(`\n--- kernel\n${kernel.log}\n--- here\n${ours.log}`);
}
for (const { kind, count, seed: shown, program, difference, kernel, ours } of groups.slice(0, Number(values.groups))) {
  console.log(`\n${count} × ${kind}, smallest: seed ${shown}, ${program.insns.length} slots, ${program.progType}`);
  if (kind !== "log") {
    console.log(`  kernel says: ${messageOf(kernel.log)} (${kernel.errno})`);
    console.log(`  here:        ${messageOf(ours.log)} (${ours.errno})`);
  }
  console.log(`  line ${difference.line}\n  kernel: ${difference.kernel}\n  here:   ${difference.ours}`);
}
console.log(`\n${groups.length} groups of differences`);
console.table(Object.fromEntries(kinds));
console.log({
  programs,
  accepted,
  insns,
  insnsPerSecond: Math.round(insns / (ms / 1000)),
  seconds: Math.round((performance.now() - started) / 1000),
});
