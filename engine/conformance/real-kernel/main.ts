// `npm run real-kernel`: for each preset and each definition in a file of this folder (or in --definition FILE) it writes the
// take-home, builds and boots the kernel, repeats a session on it and on the simulation, and records the comparison. For Debian, as
// root. The first one takes a quarter of an hour, each other one some minutes.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { toHex, utf8Encode } from "../../base/bytes.ts";
import { decodeInsns } from "../../isa/insn.ts";
import type { KernelDefinition } from "../../kernel/definition.ts";
import { readDefinition } from "../../kernel/definition-input.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { PRESETS } from "../../kernel/presets.ts";
import { replay, type SessionRow } from "../replay.ts";
import { writeTakeHome } from "../take-home/write.ts";
import { type ScenarioRow, scenario } from "./scenario.ts";

const recordings = resolve(import.meta.dirname, "../recordings");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { definition: { type: "string" }, build: { type: "string", default: "/var/tmp/oreore-real-kernel" } },
});

/** A call in the form that replay.c reads. */
function callOf(row: SessionRow): string {
  switch (row.op) {
    case "load":
      return `load ${row.prog_type} ${row.expected_attach_type} ${row.insns}`;
    case "attach":
      return `attach ${row.attach_type}${row.fd === "bad" || row.name === "bad fd" ? " bad" : ""}`;
    case "detach":
      return `detach ${row.attach_type}`;
    case "write":
      return `write ${toHex(utf8Encode(row.data)) || "-"}${row.file ? ` ${row.file}` : ""}`;
    case "read":
      return `read${row.file ? ` ${row.file}` : ""}`;
    case "end":
      return "";
  }
}

interface Answer {
  readonly op: string;
  readonly ret: number;
  readonly errno: number;
  readonly data?: string;
  readonly log?: string;
}

/** What is compared: the returned number, the errno, and what was read. */
function comparableResult(row: SessionRow): string {
  if (row.op === "load") return row.errno === 0 ? "loads" : `errno ${row.errno}`;
  if (row.op === "end") return "";
  if ("errno" in row && row.errno) return `errno ${row.errno}`;
  return row.op === "read" ? `${row.ret} ${JSON.stringify(row.data)}` : String(row.ret);
}
function comparableAnswer({ op, ret, errno, data }: Answer): string {
  if (ret < 0) return `errno ${errno}`;
  return op === "load" ? "loads" : op === "read" ? `${ret} ${JSON.stringify(data)}` : String(ret);
}

/** The definitions in this folder. */
const ownFiles = (): unknown[] =>
  readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(join(import.meta.dirname, file), "utf8")) as unknown);

function definitions(): { name: string; definition: KernelDefinition }[] {
  const inputs =
    values.definition === undefined
      ? [...PRESETS.map(({ definition }) => definition as unknown), ...ownFiles()]
      : [JSON.parse(readFileSync(values.definition, "utf8"))];
  return inputs
    .map((input) => {
      const read = readDefinition(input);
      if (!read.ok) throw new Error(read.faults.map(({ path, message }) => `${path}: ${message}`).join("\n"));
      return { name: read.definition.type.name, definition: read.definition };
    })
    .filter(({ name }) => positionals.length === 0 || positionals.includes(name));
}

let differing = 0;
for (const { name, definition } of definitions()) {
  const rows: readonly ScenarioRow[] =
    name === "oreore"
      ? readFileSync(join(recordings, "oreore.jsonl"), "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as SessionRow)
      : scenario(definition);
  const simulated = replay(new Kernel({ definition }), rows);
  const folder = join(values.build, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const insns = decodeInsns(Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0));
  writeTakeHome(folder, { definition, insns });
  const calls = join(folder, "calls");
  const asked = rows.map(callOf).filter((call) => call !== "");
  writeFileSync(calls, `${asked.join("\n")}\n`);
  console.error(`${name}: building and booting (${folder}) …`);
  const serial = execFileSync("bash", [join(folder, "try.sh"), "replay", calls], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 3_000_000,
    // All definitions use the same source tree, so only what a definition changes is compiled again.
    env: { ...process.env, BUILD: join(values.build, "tree") },
  });
  const answers = serial
    .split(/\r?\n/)
    .filter((line) => line.startsWith('{"op":'))
    .map((line) => JSON.parse(line) as Answer);
  if (answers.length !== asked.length)
    throw new Error(`${name}: ${asked.length} calls and ${answers.length} answers; the machine's output:\n${serial}`);
  const warnings = readFileSync(join(values.build, "tree/warnings"), "utf8").trim();

  const table = simulated.flatMap((row, i) => {
    if (row.op === "end") return [];
    const real = comparableAnswer(answers[i] as Answer);
    const ours = comparableResult(row);
    const { since } = rows[i] as ScenarioRow;
    // A known difference between the releases must show as well: a 6.1 that answers like 6.18 would be wrong too.
    if ((real === ours) === (since !== undefined)) differing++;
    const file = "file" in row && row.file !== undefined ? `${row.file} ` : "";
    const what = "name" in row ? row.name : file + (row.op === "write" ? JSON.stringify(row.data) : "");
    return [{ op: row.op, what, real, simulated: ours, same: real === ours, ...(since && { since }) }];
  });
  const same = table.filter((row) => row.same).length;
  const newer = table.filter((row) => !row.same && row.since !== undefined).length;
  writeFileSync(
    join(recordings, `real-kernel-${name}.jsonl`),
    `${table.map((row) => JSON.stringify(row)).join("\n")}\n`,
  );
  console.log(
    `${name}: ${same} of ${table.length} answers the same${newer > 0 ? `, ${newer} as a later release answers` : ""}; compiler warnings: ${warnings === "" ? "none" : warnings}`,
  );
  for (const row of table.filter((row) => !row.same))
    console.log(`  ${row.op} ${row.what}: kernel ${row.real}, here ${row.simulated}`);
}
process.exitCode = differing === 0 ? 0 : 1;
