// Records the running Linux's answers for programs of ours: those of programs/ (verifier, global, objects), and those random ones that show something
// new, by rule: a message, a kind of log line, a kind of register. Needs root on x86-64 Linux 6.18:
//
//   npx tsx engine/conformance/record/verifier.ts            writes ../recordings/verifier.jsonl
//
// A report lists the refusals of our verifier that no recording has.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Program } from "../../program/program.ts";
import { REFUSALS, type RefusalId } from "../../verifier/refusals.ts";
import { judge } from "../judge.ts";
import { NOT_RECORDED, refusalNames } from "../not-recorded.ts";
import { anyCallProgram } from "../random/any-call.ts";
import { callbackProgram } from "../random/callbacks.ts";
import { messageOf } from "../random/difference.ts";
import { randomProgram } from "../random/generate.ts";
import { Kernel, type KernelAnswer, programRecord, whyNoKernel } from "../random/kernel.ts";
import { objectProgram } from "../random/objects.ts";
import { readPrograms } from "./programs.ts";

/** The random programs that are asked about. */
const FAMILIES: Readonly<Record<string, { make: (seed: number) => Program; seeds: number }>> = {
  random: { make: randomProgram, seeds: 700 },
  "any call": { make: anyCallProgram, seeds: 400 },
  callbacks: { make: callbackProgram, seeds: 400 },
  objects: { make: objectProgram, seeds: 400 },
};
/** A program is kept only if its log is at most this long. */
const MAX_LOG = 9_000;
/** Number of programs that are kept for each new thing. */
const KEPT_PER_FEATURE = 2;
/** One of this many programs of ours is recorded at the other log levels too. */
const LEVELS_EVERY = 8;

const OUT = fileURLToPath(new URL("../recordings/verifier.jsonl", import.meta.url));

const reason = whyNoKernel();
if (reason) {
  console.error(`cannot record: ${reason}`);
  process.exit(1);
}

const row = (id: string, program: Program, level: number, { verdict, errno, log }: KernelAnswer) =>
  JSON.stringify({
    id,
    ...programRecord(program, level),
    verdict,
    errno,
    log: log.replace(/(?<=time )\d+(?= usec)/, "0"),
  });

/** What an answer shows, as a list of names. Each new name is worth a recording. */
function* featuresOf({ verdict, log }: KernelAnswer): Generator<string> {
  if (verdict === "reject") yield `message ${messageOf(log).replace(/0x[0-9a-f]+|-?\d+/g, "N")}`;
  for (const line of log.split("\n")) {
    for (const [, type] of line.matchAll(/ (?:R\d+|fp-\d+)=[m0?]*P?([a-z_]+)\(/g)) yield `register ${type}`;
    const insn = /^\d+: \((..)\)/.exec(line);
    if (insn) yield `opcode ${insn[1]}${line.includes(";") ? " with a state" : ""}`;
    else yield `line ${/^[^a-z]*([a-z_#]+ ?[a-z]*)/i.exec(line)?.[1]}`;
  }
}

async function main(): Promise<void> {
  const kernel = new Kernel();
  const rows: string[] = [];
  const refused = new Set<RefusalId>();
  const count = new Map<string, number>();
  const keep = (id: string, program: Program, level: number, answer: KernelAnswer) => {
    if (answer.error) throw new Error(`${id}: ${answer.error}`);
    for (const thing of new Set(featuresOf(answer))) count.set(thing, (count.get(thing) ?? 0) + 1);
    rows.push(row(id, program, level, answer));
    for (const name of refusalNames(judge(program, { logLevel: 0 }))) refused.add(name);
  };

  const ours = (["verifier", "global", "objects"] as const).flatMap((corpus) => [...readPrograms(corpus)]);
  for (const [i, [name, { program, logLevel }]] of ours.entries()) {
    const levels = logLevel ? [logLevel] : i % LEVELS_EVERY === 0 ? [2, 1, 4, 7] : [2];
    for (const level of levels) {
      keep(level === levels[0] ? name : `${name}, level ${level}`, program, level, await kernel.ask(program, level));
    }
  }
  const written = rows.length;

  const found: { id: string; program: Program; answer: KernelAnswer }[] = [];
  for (const [family, { make, seeds }] of Object.entries(FAMILIES)) {
    for (let seed = 1; seed <= seeds; seed++) {
      const program = make(seed);
      const answer = await kernel.ask(program, 2);
      if (answer.error || answer.log.length > MAX_LOG || judge(program, { logLevel: 0 }).notSimulated) continue;
      found.push({ id: `${family} ${seed}`, program, answer });
    }
  }
  kernel.close();
  found.sort((a, b) => a.program.insns.length - b.program.insns.length);
  for (const { id, program, answer } of found) {
    const isNew = [...new Set(featuresOf(answer))].some((thing) => (count.get(thing) ?? 0) < KEPT_PER_FEATURE);
    if (isNew) keep(id, program, 2, answer);
  }

  writeFileSync(OUT, `${rows.join("\n")}\n`);
  console.log(
    `${written} programs of ours, ${rows.length - written} of ${found.length} random ones, ${count.size} things shown`,
  );
  report(refused);
}

function report(refused: ReadonlySet<RefusalId>): void {
  const all = Object.keys(REFUSALS) as RefusalId[];
  const missing = all.filter((id) => !refused.has(id));
  console.log(`${refused.size} of ${all.length} refusals are shown; not these:`);
  for (const id of missing) console.log(`  ${id}: ${NOT_RECORDED[id] ?? "???"}`);
}

await main();
