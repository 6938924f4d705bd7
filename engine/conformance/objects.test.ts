// Our own objects: their loads equal those that libbpf gives to bpf(2), and our verdict and log equal those of Linux 6.18.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readKernelFile } from "../object/kernel-file.ts";
import { type Load, loadOf } from "../object/load.ts";
import { type BpfObject, readObject } from "../object/object.ts";
import { linux618 } from "../object/target.ts";
import { judge } from "./judge.ts";
import { judgeObject } from "./objects/judge-object.ts";
import { type CapturedLoad, loadDifferences } from "./objects/load-differences.ts";
import { difference } from "./random/difference.ts";

interface Row {
  readonly file: string;
  readonly program: string;
  readonly load: CapturedLoad;
}

const here = (path: string): URL => new URL(path, import.meta.url);
const { btf, config } = readKernelFile(gunzipSync(readFileSync(here("../facts/recorded/linux-6.18.bin.gz"))));
const target = linux618(btf, config);
const ROWS = readFileSync(here("recordings/objects.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);

function objectOf(file: string): BpfObject {
  const read = readObject(readFileSync(here(`../object/fixtures/${file}`)), file);
  if (!read.ok) throw new Error(JSON.stringify(read.refusal));
  return read.value;
}

function load(file: string, program: string): Load {
  const object = objectOf(file);
  const loaded = loadOf(object, object.programs.find(({ name }) => name === program)!, target);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.refusal));
  return loaded.value;
}

test.each(ROWS.map((row) => [`${row.file} ${row.program}`, row] as const))("%s", (_, row) => {
  const ours = load(row.file, row.program);
  expect([...loadDifferences(row.load, ours)]).toEqual([]);
  const verdict = judge(ours.program, { logLevel: 2 });
  expect(verdict.notSimulated).toBe(row.program === "locks" ? "calls of kernel functions" : undefined);
  if (verdict.notSimulated !== undefined) return;
  const kernel = { verdict: row.load.errno === 0 ? "accept" : "reject", errno: row.load.errno, log: row.load.log };
  const { kind, line, kernel: there, ours: said } = difference(kernel, verdict);
  expect({ kind, line, said }).toEqual({ kind: "same", line: -1, said: there });
});

test("all programs of the objects are recorded", () => {
  const files = [...new Set(ROWS.map(({ file }) => file))];
  const programs = files.flatMap((file) => objectOf(file).programs.map(({ name }) => `${file} ${name}`));
  expect(ROWS.map(({ file, program }) => `${file} ${program}`)).toEqual(programs);
});

test("verify has the kernel's figures, and says what is not simulated", () => {
  const files = [...new Set(ROWS.map(({ file }) => file))];
  const judged = files.flatMap((file) => judgeObject(objectOf(file), { file, target }));
  const figures = judged.map(({ program, verdict, insns, states, peak_states: peak, message }) =>
    verdict === "not simulated" ? `${program} ${message}` : `${program} ${verdict} ${insns} ${states} ${peak}`,
  );
  const recorded = ROWS.map(({ program, load: { errno, log } }) => {
    if (program === "locks")
      return `${program} calls of kernel functions (it calls bpf_rcu_read_lock, bpf_rcu_read_unlock)`;
    const [, insns, states, peak] = /processed (\d+) insns .* total_states (\d+) peak_states (\d+)/.exec(log)!;
    return `${program} ${errno === 0 ? "accept" : "reject"} ${insns} ${states} ${peak}`;
  });
  expect(figures).toEqual(recorded);
});

test("a CO-RE relocation tells what was asked for, what was found, and the instruction before and after", () => {
  const [first] = load("core.bpf.o", "fields").relocations;
  expect(first).toMatchObject({
    kind: "byte_off",
    asked: "struct task_struct.pid",
    found: "struct task_struct.pid",
    from: 4n,
    poisoned: false,
  });
  expect(first!.before[0]).toMatchObject({ imm: 4 });
  expect(first!.after[0]!.imm).toBe(Number(first!.to));
});

test("a field that the kernel lacks becomes an instruction that every verifier refuses", () => {
  const { relocations, program } = load("core.bpf.o", "poisoned");
  const poisoned = relocations.find((one) => one.poisoned)!;
  expect(poisoned).toMatchObject({ asked: "struct task_struct.not_a_field", found: undefined });
  expect(program.insns[poisoned.slot]).toMatchObject({ code: 0x85, imm: 195896080 });
});

test("a refusal points at its line of C", () => {
  const { program } = load("refused.bpf.o", "hit");
  const { log } = judge(program, { logLevel: 2 });
  expect(log).toContain("; *value += 1; @ refused.bpf.c:17\n");
});

test("the contents of a map of maps and of a prog array are told", () => {
  const object = objectOf("counter.bpf.o");
  const named = object.slots.map(({ map, key, value }) => [
    object.maps[map]!.name,
    key,
    "map" in value ? object.maps[value.map]!.name : object.programs[value.program]!.name,
  ]);
  expect(named).toEqual([
    ["outer", 1, "first"],
    ["jumps", 2, "drop"],
  ]);
});
