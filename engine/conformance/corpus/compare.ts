// Compares the corpus with libbpf and the running kernel. For each program of each object: does engine/object make the load that libbpf
// passes to bpf(2), and does the verifier answer as Linux does? Needs root on x86-64 Linux 6.18, after build.py:
//
//   npx tsx engine/conformance/corpus/compare.ts DIR [OBJECT …]        prints a table by program type
//
// Each difference is written to DIR/differences.txt. The answers of libbpf and Linux are kept in DIR/captures, so that they are asked
// only once.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { basename, join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { checkMapCreate } from "../../facts/map-create.ts";
import { Btf } from "../../object/btf/btf.ts";
import { loadOf } from "../../object/load.ts";
import { readObject } from "../../object/object.ts";
import { refusalText } from "../../object/refusal.ts";
import { parseConfig, type Target } from "../../object/target.ts";
import { judge } from "../judge.ts";
import { loadDifferences, progTypeName } from "../objects/load-differences.ts";
import { difference } from "../random/difference.ts";
import { type Captured, capture } from "./capture.ts";
import { objectsOf } from "./objects.ts";

interface Row {
  programs: number;
  /** Both libbpf and we made a load. */
  loads: number;
  /** Both refused it before the load. */
  refusedByBoth: number;
  sameLoad: number;
  judged: number;
  verdict: number;
  message: number;
  log: number;
  notSimulated: number;
}

const newRow = (): Row => ({
  programs: 0,
  loads: 0,
  refusedByBoth: 0,
  sameLoad: 0,
  judged: 0,
  verdict: 0,
  message: 0,
  log: 0,
  notSimulated: 0,
});

const [dir, ...named] = process.argv.slice(2);
if (dir === undefined) {
  console.error("usage: compare.ts DIR [OBJECT …]");
  process.exit(2);
}

const objects = objectsOf(dir, named);

const symbols = new Map<string, bigint>();
for (const line of readFileSync("/proc/kallsyms", "utf8").split("\n")) {
  const [address, , name, module] = line.split(/\s+/);
  if (name !== undefined && !module && !symbols.has(name)) symbols.set(name, BigInt(`0x${address}`));
}
const target: Target = {
  btf: new Btf(readFileSync("/sys/kernel/btf/vmlinux"), "/sys/kernel/btf/vmlinux"),
  config: parseConfig(gunzipSync(readFileSync("/proc/config.gz")).toString()),
  version: (6 << 16) | (18 << 8) | 44,
  cpus: cpus().length,
  addressOf: (name) => symbols.get(name),
};

const rows = new Map<string, Row>();
const kinds = new Map<string, number>();
const differences = join(dir, "differences.txt");
writeFileSync(differences, "");
const rowOf = (type: string): Row => {
  let row = rows.get(type);
  if (row === undefined) rows.set(type, (row = newRow()));
  return row;
};
const note = (object: string, program: string, what: string) =>
  appendFileSync(differences, `${relative(join(dir, "objects"), object)} ${program}: ${what}\n`);

for (const [i, path] of objects.entries()) {
  const name = relative(join(dir, "objects"), path);
  // Nothing is kept for an object outside the corpus.
  const captured = capture(dir, path, name.startsWith("..") ? undefined : join(dir, "captures", `${name}.jsonl.gz`));
  const read = readObject(readFileSync(path), basename(path), { cpus: target.cpus });
  if (typeof captured === "string" || !read.ok) {
    const row = rowOf("(whole objects)");
    row.programs++;
    if (typeof captured === "string" && !read.ok) row.refusedByBoth++;
    else note(path, "-", read.ok ? `libbpf refuses: ${captured}` : `we refuse: ${refusalText(read.refusal, "en")}`);
    continue;
  }
  const object = read.value;
  const byName = new Map(captured.map((one) => [one.program, one]));
  if (byName.size !== object.programs.length)
    note(path, "-", `${byName.size} programs for libbpf, ${object.programs.length} for us`);
  for (const program of object.programs) {
    const theirs = byName.get(program.name);
    if (theirs !== undefined) compareProgram(path, program.name, theirs, loadOf(object, program, target));
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${i + 1} of ${objects.length} `);
}

function compareProgram(path: string, name: string, theirs: Captured, ours: ReturnType<typeof loadOf>): void {
  const row = rowOf(theirs.load ? progTypeName(theirs.load.type) : "(not loaded by libbpf)");
  row.programs++;
  const refusedMap = ours.ok && ours.value.maps.some((map) => checkMapCreate(map) < 0);
  if (theirs.load === undefined && refusedMap) {
    row.refusedByBoth++;
    return;
  }
  if (theirs.load === undefined || !ours.ok) {
    if (theirs.load === undefined && !ours.ok) row.refusedByBoth++;
    else if (theirs.load !== undefined && !ours.ok) note(path, name, `we refuse: ${refusalText(ours.refusal, "en")}`);
    else note(path, name, `libbpf does not load it (${theirs.result}): ${theirs.messages.trim().split("\n").at(-1)}`);
    return;
  }
  if (!ours.ok) return;
  row.loads++;
  const parts = [...loadDifferences(theirs.load, ours.value)];
  if (parts.length === 0) row.sameLoad++;
  else note(path, name, `loads differ: ${parts.join("; ")}`);
  const verdict = judge(ours.value.program, { logLevel: 2 });
  if (verdict.notSimulated !== undefined) {
    row.notSimulated++;
    kinds.set(verdict.notSimulated, (kinds.get(verdict.notSimulated) ?? 0) + 1);
    return;
  }
  row.judged++;
  const kernel = {
    verdict: theirs.load.errno === 0 ? "accept" : "reject",
    errno: theirs.load.errno,
    log: theirs.load.log,
  };
  const { kind, line, kernel: there, ours: here } = difference(kernel, verdict);
  if (kind === "accepted-unsafe" || kind === "refused-safe") {
    note(path, name, `VERDICT ${kind}, line ${line}: "${there}" here "${here}"`);
    return;
  }
  row.verdict++;
  if (kind === "errno" || kind === "message")
    note(path, name, `${kind} ${kernel.errno}/${verdict.errno}, line ${line}: "${there}" here "${here}"`);
  else {
    row.message++;
    if (kind === "same") row.log++;
    else note(path, name, `log, line ${line}: "${there}" here "${here}"`);
  }
}

const columns = Object.keys(newRow()) as (keyof Row)[];
const total = newRow();
for (const row of rows.values()) for (const column of columns) total[column] += row[column];
const lines = [
  ["type", ...columns],
  ...[...rows].sort().map(([type, row]) => [type, ...columns.map((c) => String(row[c]))]),
  ["total", ...columns.map((c) => String(total[c]))],
];
const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
for (const line of lines)
  console.log(line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  "));
console.log("\nnot simulated, by kind");
for (const [kind, count] of [...kinds].sort((a, b) => b[1] - a[1]))
  console.log(`${String(count).padStart(6)}  ${kind}`);
