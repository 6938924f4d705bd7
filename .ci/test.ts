// `npm test`: all checks that a contributor must see green. Checks that do not wait for one another run at the same time. The output
// of each check stays together, in the order of the table below. If a check fails, the others still run. Each check prints how long
// it took. The last line counts single tests: `N passed, N failed`.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, setPriority, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Count, ofPlaywright, ofVitest } from "./count.ts";

const root = resolve(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "oreore-test-"));

interface Check {
  readonly title: string;
  readonly command: readonly string[];
  /** Titles of the checks that must have ended before. A `!` before the title: that check must also have passed. */
  readonly after?: readonly string[];
  /** The check runs with lower priority than the others. The browser tests have the tighter time limits, those of a person. */
  readonly lowPriority?: true;
  /** The report file in which the check lists its single tests, and how to count them. Absent: the check counts as one test. */
  readonly report?: { readonly file: string; readonly count: (report: never) => Count };
}

const npx = (...args: string[]) => ["npx", "--no-install", ...args];
const vitestReport = join(scratch, "vitest.json");
const playwrightReport = join(scratch, "playwright.json");

// Two chains of checks, for two cores. One needs no browser. The other ends with the browser tests and is longer.
const CHECKS: readonly Check[] = [
  { title: "format and lint", command: npx("biome", "ci", ".") },
  { title: "types: engine", command: npx("tsc", "-p", "engine/tsconfig.json"), after: ["format and lint"] },
  {
    title: "types: tests and tools",
    command: npx("tsc", "-p", "engine/tsconfig.node.json"),
    after: ["types: engine"],
  },
  { title: "types: web", command: npx("tsc", "-p", "web/tsconfig.json"), after: ["types: tests and tools"] },
  {
    title: "unit, property and conformance tests",
    // One core is left to the browser tests.
    command: npx(
      "vitest",
      "run",
      `--maxWorkers=${Math.max(1, availableParallelism() - 1)}`,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${vitestReport}`,
    ),
    after: ["types: web"],
    lowPriority: true,
    report: { file: vitestReport, count: ofVitest },
  },
  { title: "build", command: npx("vite", "build", "--logLevel", "warn") },
  { title: "size budget", command: npx("tsx", "web/build/budget.ts"), after: ["!build"] },
  { title: "browsers", command: npx("tsx", "e2e/browsers.ts") },
  {
    title: "end-to-end tests",
    command: npx("playwright", "test", "--config", "e2e/playwright.config.ts", "--reporter=list,json"),
    after: ["!build", "!browsers"],
    report: { file: playwrightReport, count: ofPlaywright },
  },
];

/** The result of a check. */
interface Outcome {
  readonly green: boolean;
  readonly count: Count;
}

const started = performance.now();
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** The output of the first check that has not ended is printed at once. The output of later checks is kept here until their turn. */
const buffered = CHECKS.map((): string[] => []);
const ended = CHECKS.map(() => false);
let printing = 0;
function say(index: number, text: string): void {
  if (index === printing) process.stdout.write(text);
  else buffered[index]?.push(text);
}
function closed(index: number): void {
  ended[index] = true;
  while (ended[printing]) {
    printing++;
    process.stdout.write(buffered[printing]?.splice(0).join("") ?? "");
  }
}

const outcomes = new Map<string, Promise<Outcome>>();
const indexOf = (title: string): number => CHECKS.findIndex((check) => check.title === title);
for (const check of CHECKS) outcomes.set(check.title, runAfterDependencies(check));

async function runAfterDependencies(check: Check): Promise<Outcome> {
  const index = indexOf(check.title);
  say(index, `\n== ${check.title}\n`);
  try {
    for (const name of check.after ?? []) {
      // In the table each check comes after those that it waits for, so their promises already exist.
      const before = await (outcomes.get(name.replace("!", "")) as Promise<Outcome>);
      if (!name.startsWith("!") || before.green) continue;
      say(index, `not run: "${name.slice(1)}" failed\n`);
      return { green: false, count: { passed: 0, failed: 1, skipped: [] } };
    }
    return await run(check, (text) => say(index, text));
  } finally {
    closed(index);
  }
}

async function run({ command, lowPriority, report }: Check, print: (text: string) => void): Promise<Outcome> {
  const since = performance.now();
  const [program, ...args] = command as [string, ...string[]];
  const child = spawn(program, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport,
      ...(process.stdout.isTTY && { FORCE_COLOR: "1" }),
    },
  });
  if (lowPriority && child.pid) setPriority(child.pid, 10);
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", print);
  const status = await new Promise<number | null>((resolve) => {
    child.on("error", ({ message }) => {
      print(`${message}\n`);
      resolve(null);
    });
    child.on("close", resolve);
  });
  // A check without a report counts as one test. A check that fails although all its tests passed counts as one failed test.
  const counted: Count =
    report && existsSync(report.file)
      ? report.count(JSON.parse(readFileSync(report.file, "utf8")) as never)
      : { passed: !report && status === 0 ? 1 : 0, failed: 0, skipped: [] };
  // A test that was skipped without a reason counts as failed: nobody would notice that it is missing.
  const silent = counted.skipped.filter(({ why }) => !why);
  for (const { title, why } of counted.skipped) print(`skipped: ${title}${why ? `: ${why}` : " (without a reason)"}\n`);
  const failed = counted.failed + silent.length;
  const green = status === 0 && failed === 0;
  const count = { ...counted, failed: green ? 0 : Math.max(1, failed) };
  print(`${green ? "green" : "not green"} in ${seconds(since)}\n`);
  return { green, count };
}

const all = await Promise.all(CHECKS.map(async (check) => [check, await outcomes.get(check.title)] as const));
rmSync(scratch, { recursive: true, force: true });
const red = all.filter(([, outcome]) => !outcome?.green).map(([{ title }]) => title);
const sum = (of: (count: Count) => number): number =>
  all.reduce((n, [, outcome]) => n + (outcome ? of(outcome.count) : 0), 0);
console.log(red.length > 0 ? `\nnot green: ${red.join("; ")}` : "\nall green");
console.log(`${sum(({ skipped }) => skipped.length)} skipped; in ${seconds(started)}`);
console.log(`${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`);
process.exitCode = red.length > 0 ? 1 : 0;
