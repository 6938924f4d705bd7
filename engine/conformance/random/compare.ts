// Random programs, judged by the running kernel and by this verifier:
//
//   npx tsx engine/conformance/random/compare.ts --count 1000 --seed 1 --log-level 2 [--show kind]
//
// Prints a table of agreements, and for each cause of disagreement how often it came and the smallest program that shows it.
import { parseArgs } from "node:util";
import type { Program } from "../../program/program.ts";
import { verify } from "../../verifier/verify.ts";
import type { Difference, Judgement, Kind } from "./differ.ts";
import { difference, listing, messageOf } from "./differ.ts";
import { randomProgram } from "./generate.ts";
import type { KernelAnswer } from "./kernel.ts";
import { Kernel, whyNoKernel } from "./kernel.ts";

/** The recorder's buffer; what does not fit is lost from the beginning, and the program refused. */
const KERNEL_LOG_SIZE = 1 << 20;

interface Cause {
  readonly kind: Kind;
  count: number;
  seed: number;
  program: Program;
  found: Difference;
  kernel: KernelAnswer;
  ours: Judgement;
}

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
const first = Number(values.seed);
const count = values.one ? 1 : Number(values.count);
const logLevel = Number(values["log-level"]);
const kinds = new Map<Kind, number>();
const causes = new Map<string, Cause>();
let accepted = 0;
let insns = 0;
let oursMs = 0;
const started = performance.now();
const kernel = new Kernel();

function judge(program: Program): Judgement {
  const start = performance.now();
  try {
    const verdict = verify(program, { logLevel, logSize: KERNEL_LOG_SIZE });
    insns += verdict.insnsProcessed;
    return verdict;
  } catch (fault) {
    const where = (fault as Error).stack?.split("\n").slice(0, 3).join(" ") ?? "";
    return { verdict: "thrown", errno: 0, log: where };
  } finally {
    oursMs += performance.now() - start;
  }
}

function note(seed: number, program: Program, answer: KernelAnswer): void {
  if (answer.error) {
    console.error(`seed ${seed}: ${answer.error}`);
    return;
  }
  if (answer.verdict === "accept") accepted++;
  const ours = judge(program);
  const found = difference(answer, ours);
  kinds.set(found.kind, (kinds.get(found.kind) ?? 0) + 1);
  if (found.kind === "same") return;
  const key = `${found.kind}: ${found.cause}`;
  const cause = causes.get(key);
  if (!cause) causes.set(key, { kind: found.kind, count: 1, seed, program, found, kernel: answer, ours });
  else {
    cause.count++;
    if (program.insns.length < cause.program.insns.length)
      Object.assign(cause, { seed, program, found, kernel: answer, ours });
  }
}

// A few questions ahead, so that kernel and verifier work at the same time and memory stays bounded.
const AHEAD = 32;
const queue: { seed: number; program: Program; answer: Promise<KernelAnswer> }[] = [];
for (let seed = first; seed < first + count || queue.length > 0; seed++) {
  if (seed < first + count) {
    const program = randomProgram(seed);
    queue.push({ seed, program, answer: kernel.ask(program, logLevel) });
    if (queue.length < AHEAD && seed < first + count - 1) continue;
  }
  const next = queue.shift()!;
  note(next.seed, next.program, await next.answer);
}
kernel.close();

if (values.one) {
  const program = randomProgram(first);
  console.log(listing(program));
  for (const { kernel: theirs, ours } of causes.values()) {
    console.log(`\n--- kernel\n${theirs.log}\n--- here\n${ours.log}`);
  }
}
const sorted = [...causes.values()].sort((a, b) => b.count - a.count);
for (const { kind, count: n, seed, program, found, kernel: theirs, ours } of sorted.slice(0, Number(values.causes))) {
  console.log(`\n${n} × ${kind}, smallest: seed ${seed}, ${program.insns.length} slots, ${program.progType}`);
  if (kind === "accepted-unsafe" || kind === "refused-safe" || kind === "message") {
    console.log(
      `  kernel says: ${messageOf(theirs.log)} (${theirs.errno})\n  here:        ${messageOf(ours.log)} (${ours.errno})`,
    );
  }
  console.log(`  line ${found.line}\n  kernel: ${found.kernel}\n  here:   ${found.ours}`);
}
console.log(`\n${sorted.length} causes`);
console.log(Object.fromEntries([...kinds].sort()));
console.log({
  programs: count,
  accepted,
  insns,
  insnsPerSecond: Math.round(insns / (oursMs / 1000)),
  seconds: Math.round((performance.now() - started) / 1000),
});
