// Compares two versions. Each row is measured in both versions in turn, pair by pair, so that other work of the machine affects both.
// Each figure is measured in a process of its own. Both sides use the benchmarks of this version: their files are copied over a work
// tree of the other commit, whose engine they then measure.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Row } from "./bench-row.ts";

const root = resolve(import.meta.dirname, "../..");
const FOLDER = "engine/conformance";
/** The objects that the benchmarks verify. */
const LARGE_OBJECTS = `${FOLDER}/large`;
const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: "pipe" }).trim();

function commitNamed(text: string): string | undefined {
  try {
    return git("rev-parse", "--short", "--verify", `${text}^{commit}`);
  } catch {
    return undefined;
  }
}

/** Makes a work tree of a commit, with the benchmarks and packages of this version, and calls `use` on it. */
function withVersion(commit: string, use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "oreore-bench-"));
  git("worktree", "add", "--detach", "--force", folder, commit);
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
    const benchmarks = readdirSync(join(root, FOLDER)).filter((name) => /^bench\b.*\.ts$/.test(name));
    for (const name of benchmarks) copyFileSync(join(root, FOLDER, name), join(folder, FOLDER, name));
    cpSync(join(root, LARGE_OBJECTS), join(folder, LARGE_OBJECTS), { recursive: true });
    use(folder);
  } finally {
    git("worktree", "remove", "--force", folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The figure of a row in a version. undefined: this benchmark cannot measure that engine. */
function figure(folder: string, row: Row): number | undefined {
  try {
    const out = execFileSync(join(root, "node_modules/.bin/tsx"), [join(folder, FOLDER, "bench-rows.ts"), row.name], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const value = Number(out.trim().split("\n").at(-1));
    return value > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

const median = (sorted: readonly number[]): number =>
  ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;

/**
 * Prints for each row the medians of both versions, and the minimum, median and maximum ratio of the pairs. A ratio above 1 means that
 * this version is better.
 */
export function compare(commit: string, rows: readonly Row[], pairs: number): void {
  const name = commitNamed(commit);
  if (name === undefined) return console.error(`--against is "${commit}" and should name a commit`);
  const cell = (value: number | string, digits = 2) =>
    (typeof value === "number" ? value.toFixed(digits) : value).padStart(10);
  console.log(`${pairs} pairs, each row in turn there and here; a ratio above 1 is better here`);
  console.log(
    `${"".padEnd(46)}${cell(name)}${cell("here")} ${"".padEnd(10)}${["min", "median", "max"].map((one) => cell(one)).join("")}`,
  );
  withVersion(name, (folder) => {
    for (const row of rows) {
      const there: number[] = [];
      const here: number[] = [];
      for (let pair = 0; pair < pairs; pair++) {
        // The order alternates, because the machine may be warm or busy for the second one.
        const order = pair % 2 === 0 ? ([folder, root] as const) : ([root, folder] as const);
        for (const version of order) {
          const value = figure(version, row);
          if (value !== undefined) (version === root ? here : there).push(value);
        }
        if (there.length !== here.length) break;
      }
      if (there.length !== pairs || here.length !== pairs) {
        console.log(`${row.name.padEnd(46)}cannot be measured ${here.length === 0 ? "here" : `in ${name}`}`);
        continue;
      }
      const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);
      const ratios = sorted(
        here.map((value, i) => {
          const other = there[i] as number;
          return row.better === "more" ? value / other : other / value;
        }),
      );
      const [least, greatest] = [ratios[0] as number, ratios.at(-1) as number];
      const medians = [there, here].map((values) => cell(median(sorted(values)), 1)).join("");
      console.log(
        `${row.name.padEnd(46)}${medians} ${row.unit.padEnd(10)}${[least, median(ratios), greatest].map((one) => cell(one)).join("")}`,
      );
    }
  });
}
