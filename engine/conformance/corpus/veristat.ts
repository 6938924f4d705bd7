// Runs the corpus through the command `verify` and through veristat. Programs, verdicts and figures must be equal, except for the
// duration and for what is not simulated. veristat loads each program alone. If a prog array of the source holds another program, libbpf
// cannot fill it, and veristat reports a failure although Linux accepted the program. Needs root on x86-64 Linux 6.18, after build.py:
//
//   npx tsx engine/conformance/corpus/veristat.ts DIR [OBJECT …]
//
// Each difference is written to DIR/veristat-differences.txt.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readObject } from "../../object/object.ts";
import { judgeObject } from "../objects/judge-object.ts";
import { targetKernel } from "../objects/recorded-kernel.ts";
import { objectsOf } from "./objects.ts";

const FIGURES = ["insns", "states", "peak_states"] as const;
const COLUMNS = "file,prog,verdict,total_insns,total_states,peak_states";

const [dir, ...named] = process.argv.slice(2);
if (dir === undefined) {
  console.error("usage: veristat.ts DIR [OBJECT …]");
  process.exit(2);
}
const target = targetKernel(undefined);
if (!target.ok) throw new Error("the recorded kernel cannot be read");

/** Program → verdict and figures, as one text. Empty: veristat cannot open the object. */
function veristat(path: string): Map<string, string> {
  const said = execFileSync(join(dir as string, "veristat"), ["-q", "-o", "csv", "-e", COLUMNS, path], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 28,
  });
  const rows = said.trimEnd().split("\n").slice(1).filter(Boolean);
  return new Map(rows.map((row) => row.split(",")).map(([, program, ...rest]) => [program as string, rest.join(" ")]));
}

const counts = {
  programs: 0,
  same: 0,
  "same figures; accepted, but veristat leaves out a program that a prog array holds": 0,
  "not simulated": 0,
  different: 0,
  "objects refused by both": 0,
};
const differences: string[] = [];
const note = (path: string, program: string, theirs: string, ours: string): void => {
  counts.different++;
  differences.push(`${path.slice(join(dir as string, "objects/").length)} ${program}: ${theirs} here ${ours}`);
};

for (const path of objectsOf(dir, named)) {
  const theirs = veristat(path);
  const read = readObject(readFileSync(path), path, { cpus: target.value.cpus, entriesIfZero: 1 });
  if (!read.ok) {
    if (theirs.size === 0) counts["objects refused by both"]++;
    else note(path, "-", `${theirs.size} programs`, read.refusal.id);
    continue;
  }
  const ours = judgeObject(read.value, { file: basename(path), target: target.value });
  for (const one of ours) {
    counts.programs++;
    const expected = theirs.get(one.program) ?? "no such program";
    const figures = FIGURES.map((name) => one[name]).join(" ");
    const found = `${one.verdict === "accept" ? "success" : "failure"} ${figures}`;
    const holdsAnother = read.value.slots.some(
      ({ value }) => "program" in value && read.value.programs[value.program]?.name !== one.program,
    );
    if (one.verdict === "not simulated") counts["not simulated"]++;
    else if (found === expected) counts.same++;
    else if (holdsAnother && one.verdict === "accept" && expected === `failure ${figures}`)
      counts["same figures; accepted, but veristat leaves out a program that a prog array holds"]++;
    else note(path, one.program, expected, `${found} ${one.message ?? ""}`.trimEnd());
  }
  const here = new Set(ours.map(({ program }) => program));
  for (const program of theirs.keys()) if (!here.has(program)) note(path, program, "a program", "none");
}
for (const [what, count] of Object.entries(counts)) console.log(`${String(count).padStart(6)}  ${what}`);
writeFileSync(join(dir, "veristat-differences.txt"), `${differences.join("\n")}\n`);
