// `npm test`: everything a contributor must see green, one check after another. A check that fails does not
// hide the next one. The last line counts single tests: `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "oreore-test-"));

interface Count {
  passed: number;
  failed: number;
}

interface Check {
  readonly title: string;
  readonly command: readonly string[];
  /** Where it writes what became of its single tests, and how to count them; without it the check counts as one. */
  readonly report?: { readonly file: string; readonly count: (report: never) => Count };
}

const npx = (...args: string[]) => ["npx", "--no-install", ...args];
const vitestReport = join(scratch, "vitest.json");
const playwrightReport = join(scratch, "playwright.json");

const checks: Check[] = [
  { title: "format and lint", command: npx("biome", "ci", ".") },
  { title: "types: engine", command: npx("tsc", "-p", "engine/tsconfig.json") },
  { title: "types: tests and tools", command: npx("tsc", "-p", "engine/tsconfig.node.json") },
  { title: "types: web", command: npx("tsc", "-p", "web/tsconfig.json") },
  {
    title: "unit, property and conformance tests",
    command: npx("vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${vitestReport}`),
    report: {
      file: vitestReport,
      count: (report: { numPassedTests: number; numFailedTests: number }) => ({
        passed: report.numPassedTests,
        failed: report.numFailedTests,
      }),
    },
  },
  { title: "build within the size budget", command: ["npm", "run", "--silent", "build"] },
  { title: "a browser is there", command: npx("tsx", "e2e/chromium.ts") },
  {
    title: "end-to-end tests",
    command: npx("playwright", "test", "--config", "e2e/playwright.config.ts", "--reporter=list,json"),
    report: {
      file: playwrightReport,
      count: ({ stats }: { stats: { expected: number; flaky: number; unexpected: number } }) => ({
        passed: stats.expected + stats.flaky,
        failed: stats.unexpected,
      }),
    },
  },
];

const total: Count = { passed: 0, failed: 0 };
const red: string[] = [];
for (const { title, command, report } of checks) {
  console.log(`\n== ${title}`);
  const [program, ...args] = command as [string, ...string[]];
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport },
  });
  const written = report && existsSync(report.file);
  const counted = written
    ? report.count(JSON.parse(readFileSync(report.file, "utf8")) as never)
    : { passed: 0, failed: 0 };
  total.passed += counted.passed;
  total.failed += counted.failed;
  // A check without a report counts as one; so does one that fails although all its counted tests passed.
  if (!report && status === 0) total.passed += 1;
  if (status !== 0 && counted.failed === 0) total.failed += 1;
  if (status !== 0) red.push(title);
}
rmSync(scratch, { recursive: true, force: true });

console.log(red.length > 0 ? `\nnot green: ${red.join("; ")}` : "\nall green");
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = red.length > 0 ? 1 : 0;
