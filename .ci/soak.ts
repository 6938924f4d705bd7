// `npm run soak`: runs the repository's property tests and random programs with new seeds, round after round, until the time is over
// or a test fails. `npm run soak -- --minutes 20 engine/vm` sets how long, and which files (a part of their path).
// After a failure it exits with 1, and its last line is the command that repeats the failure.
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";

const MINUTES = "5";
const root = resolve(import.meta.dirname, "..");

const { values, positionals } = parseArgs({
  options: { minutes: { type: "string", default: MINUTES } },
  allowPositionals: true,
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  console.error(`--minutes is "${values.minutes}" and should be a number above 0`);
  process.exit(2);
}

/** Test files that depend on the seed. */
function seededTests(): string[] {
  const files = ["engine", "web"].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).map((name) => join(root, room, name)),
  );
  return files
    .filter((file) => file.endsWith(".test.ts"))
    .filter((file) => /from "(?:fast-check|[./]+\/seed\.ts)"/.test(readFileSync(file, "utf8")))
    .map((file) => relative(root, file))
    .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
    .sort();
}

const files = seededTests();
if (files.length === 0) {
  console.error(`no property test has ${positionals.map((part) => `"${part}"`).join(" or ")} in its name`);
  process.exit(2);
}
const end = Date.now() + minutes * 60_000;
let rounds = 0;
do {
  const seed = randomInt(2 ** 31);
  const start = Date.now();
  process.stdout.write(`SEED=${seed} … `);
  const { status, stdout, stderr } = spawnSync("npx", ["--no-install", "vitest", "run", ...files], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, SEED: String(seed) },
    maxBuffer: 1 << 28,
  });
  console.log(`${status === 0 ? "green" : "red"} after ${((Date.now() - start) / 1000).toFixed(0)} s`);
  if (status !== 0) {
    console.log(`${stdout}${stderr}\nagain: SEED=${seed} npx vitest run ${files.join(" ")}`);
    process.exit(1);
  }
  rounds++;
} while (Date.now() < end);
console.log(`${rounds} rounds of ${files.length} files, all green`);
