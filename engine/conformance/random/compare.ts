// Random programs, judged by the running kernel and by this verifier:
//
//   npx tsx engine/conformance/random/compare.ts --seed 1 --count 1000 --log-level 2
//   npx tsx engine/conformance/random/compare.ts --seed 77 --one          one program and both logs
//
// Prints a table of agreements, and for each cause of disagreement how often it came and the smallest program that shows it.
import { parseArgs } from "node:util";
import { listing, messageOf } from "./differ.ts";
import { randomProgram } from "./generate.ts";
import { whyNoKernel } from "./kernel.ts";
import { tally } from "./tally.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    "log-level": { type: "string", default: "2" },
    causes: { type: "string", default: "20" },
    one: { type: "boolean", default: false },
  },
});
const reason = whyNoKernel();
if (reason) {
  console.error(`skipped: ${reason}`);
  process.exit(0);
}
const seed = Number(values.seed);
const started = performance.now();
const { programs, accepted, kinds, causes, insns, ms } = await tally(
  seed,
  values.one ? 1 : Number(values.count),
  Number(values["log-level"]),
);

if (values.one) {
  console.log(listing(randomProgram(seed)));
  for (const { kernel, ours } of causes) console.log(`\n--- kernel\n${kernel.log}\n--- here\n${ours.log}`);
}
for (const { kind, count, seed: shown, program, found, kernel, ours } of causes.slice(0, Number(values.causes))) {
  console.log(`\n${count} × ${kind}, smallest: seed ${shown}, ${program.insns.length} slots, ${program.progType}`);
  if (kind !== "log") {
    console.log(`  kernel says: ${messageOf(kernel.log)} (${kernel.errno})`);
    console.log(`  here:        ${messageOf(ours.log)} (${ours.errno})`);
  }
  console.log(`  line ${found.line}\n  kernel: ${found.kernel}\n  here:   ${found.ours}`);
}
console.log(`\n${causes.length} causes of disagreement`);
console.table(Object.fromEntries(kinds));
console.log({
  programs,
  accepted,
  insns,
  insnsPerSecond: Math.round(insns / (ms / 1000)),
  seconds: Math.round((performance.now() - started) / 1000),
});
