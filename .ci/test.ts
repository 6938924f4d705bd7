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
  /** Counts single tests from a report; without it the check counts as one. */
  readonly count?: () => Count;
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
    count: () => {
      const report = JSON.parse(readFileSync(vitestReport, "utf8"));
      return { passed: report.numPassedTests, failed: report.numFailedTests };
    },
  },
  { title: "build within the size budget", command: ["npm", "run", "--silent", "build"] },
  { title: "a browser is there", command: npx("tsx", "e2e/chromium.ts") },
  {
    title: "end-to-end tests",
    command: npx("playwright", "test", "--config", "e2e/playwright.config.ts", "--reporter=list,json"),
    count: () => {
      const { stats } = JSON.parse(readFileSync(playwrightReport, "utf8"));
      return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
    },
  },
];

const total: Count = { passed: 0, failed: 0 };
const red: string[] = [];
for (const { title, command, count } of checks) {
  console.log(`\n== ${title}`);
  const [program, ...args] = command as [string, ...string[]];
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport },
  });
  const report = title === "end-to-end tests" ? playwrightReport : vitestReport;
  const counted = count && existsSync(report) ? count() : { passed: 0, failed: 0 };
  total.passed += counted.passed;
  total.failed += counted.failed;
  // A check without a report counts as one; so does one that fails although all its counted tests passed.
  if (!count && status === 0) total.passed += 1;
  if (status !== 0 && counted.failed === 0) total.failed += 1;
  if (status !== 0) red.push(title);
}
rmSync(scratch, { recursive: true, force: true });

console.log(red.length > 0 ? `\nnot green: ${red.join("; ")}` : "\nall green");
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = red.length > 0 ? 1 : 0;
