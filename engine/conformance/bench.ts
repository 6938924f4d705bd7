// `npm run bench`: a table of how fast programs are assembled, verified, run and walked. It stores its figures by commit in
// node_modules/.cache, and shows the change since the last other commit on which it was run.
//
//   npm run bench -- interpreter parser              only rows with one of these words in their name
//   npm run bench -- --against COMMIT --pairs 7      measures both versions in turn and prints ratios
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compare } from "./bench-against.ts";
import type { Row } from "./bench-row.ts";
import { rowsNamed } from "./bench-rows.ts";

type Figures = Record<string, number>;
const CACHE = fileURLToPath(new URL("../../node_modules/.cache/oreore-bench.json", import.meta.url));

function storedFigures(): { commit: string; figures: Figures }[] {
  try {
    return JSON.parse(readFileSync(CACHE, "utf8"));
  } catch {
    return [];
  }
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

async function printAll(rows: readonly Row[]): Promise<void> {
  const here = commit();
  const history = storedFigures();
  const known = history.find((entry) => entry.commit === here)?.figures;
  const before = history.findLast((entry) => entry.commit !== here);
  const figures: Figures = { ...known };
  console.log(`${"".padEnd(46)}${"".padStart(10)} ${"".padEnd(12)}${before ? `since ${before.commit}` : ""}`);
  for (const { name, unit, measure, note } of rows) {
    const value = measure();
    figures[name] = value;
    const old = before?.figures[name];
    const change = old === undefined ? "" : `${value >= old ? "+" : ""}${(((value - old) / old) * 100).toFixed(0)} %`;
    const cells = `${name.padEnd(46)}${value.toFixed(1).padStart(10)} ${unit.padEnd(12)}${change.padStart(8)}`;
    console.log(`${cells}  ${note ? await note(value) : ""}`.trimEnd());
  }
  mkdirSync(new URL(".", `file://${CACHE}`), { recursive: true });
  const others = history.filter((entry) => entry.commit !== here);
  writeFileSync(CACHE, JSON.stringify([...others, { commit: here, figures }].slice(-20)));
}

const { values, positionals } = parseArgs({
  options: { against: { type: "string" }, pairs: { type: "string", default: "5" } },
  allowPositionals: true,
});
const rows = await rowsNamed(positionals);
const pairs = Number(values.pairs);
if (rows.length === 0) console.error(`no row has ${positionals.map((word) => `"${word}"`).join(" or ")} in its name`);
else if (!Number.isInteger(pairs) || pairs < 1) console.error(`--pairs is "${values.pairs}" and should be 1 or more`);
else if (values.against === undefined) await printAll(rows);
else compare(values.against, rows, pairs);
