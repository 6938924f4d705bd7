// Every line, whatever it contains, is answered by one line with its id. Nothing is thrown.
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Answer, answerLine, MODES } from "./answer.ts";
import { answerAsm } from "./asm.ts";
import { answerRun } from "./run.ts";
import { answerVerify } from "./verify.ts";

const PLUS42 = "6110000000000000040000002a0000009500000000000000";
const ask = async (answer: Answer, record: unknown): Promise<Record<string, unknown>> =>
  JSON.parse(await answerLine(typeof record === "string" ? record : JSON.stringify(record), answer)) as Record<
    string,
    unknown
  >;

test("asm: a source becomes bytes", async () => {
  expect(await ask(answerAsm, { id: "a", source: "BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_EXIT_INSN()," })).toEqual({
    id: "a",
    insns: "b7000000010000009500000000000000",
  });
});

test("asm: a source with a mistake gives diagnostics with line and column", async () => {
  const { id, diagnostics } = await ask(answerAsm, { id: 7, source: "BPF_EXIT_INSN(),\n  BPF_NO_SUCH(1)," });
  expect(id).toBe(7);
  expect(diagnostics).toMatchObject([{ line: 2, column: 3, severity: "error" }]);
});

test.each([
  [{ insns: PLUS42 }, { verdict: "accept", errno: 0 }],
  [
    { insns: PLUS42, expected_attach_type: 44, runs: [{ data_in: "0a000000" }] },
    { verdict: "accept", runs: [{ retval: 52 }] },
  ],
  [
    { insns: "79100000000000009500000000000000", expected_attach_type: 44 },
    { verdict: "reject", errno: 13 },
  ],
  [{ source: "BPF_MOV64_IMM(BPF_REG_0, 3), BPF_EXIT_INSN()," }, { verdict: "accept" }],
  [
    { prog_type: "socket_filter", insns: "b7000000070000009500000000000000", runs: [{ data_in: "00".repeat(64) }] },
    { runs: [{ retval: 7 }] },
  ],
  [
    { prog_type: "xdp", insns: "b7000000070000009500000000000000", runs: [{ data_in: "00" }] },
    { runs: [{ errno: 22 }] },
  ],
] as const)("verify: %j", async (record, expected) => {
  expect(await ask(answerVerify, { id: 1, prog_type: "oreore", ...record })).toMatchObject({ id: 1, ...expected });
});

test("verify: with log_level 0 the log is empty", async () => {
  expect(await ask(answerVerify, { id: 1, insns: "9500000000000000", log_level: 0 })).toMatchObject({
    verdict: "reject",
    log: "",
  });
});

test.each([
  [{ insns: "b7000000050000009500000000000000" }, { retval: "0000000000000005", executed: 2 }],
  [
    { insns: "b7000000050000009500000000000000", repeat: 3 },
    { ns: [expect.any(Number), expect.any(Number), expect.any(Number)] },
  ],
  [{ insns: "7110010000000000950000000000000000".slice(0, 32), mem: "0102" }, { retval: "0000000000000002" }],
  [{ insns: "79100000000000009500000000000000", mem: "01" }, { fault: expect.stringMatching(/./) }],
  [{ insns: "" }, { error: "insns: at least one instruction was expected" }],
] as const)("run: %j in both engines", async (record, expected) => {
  for (const engine of ["interp", "jit"])
    expect(await ask(answerRun, { id: 2, engine, ...record })).toMatchObject({ id: 2, ...expected });
});

const INVALID: readonly (readonly [line: string, id: unknown])[] = [
  ["", null],
  ["{", null],
  ["[]", null],
  ["null", null],
  ['"text"', null],
  ["[".repeat(100_000), null],
  ["{}", null],
  ['{"id":5}', 5],
  ['{"id":{"a":[1]},"insns":5}', { a: [1] }],
  ['{"id":1,"insns":"abc"}', 1],
  ['{"id":1,"insns":"ab","source":5}', 1],
  ['{"id":1,"insns":"9500000000000000","engine":"other","maps":5}', 1],
];

describe.each([
  ["asm", answerAsm],
  ["verify", answerVerify],
  ["run", answerRun],
] as const)("%s", (_, answer) => {
  test.each(INVALID)("an invalid line is answered with an error: %.40s", async (line, id) => {
    expect(await ask(answer, line)).toEqual({ id, error: expect.stringMatching(/./) });
  });

  test("any JSON is answered", async () => {
    const fields = [
      "id",
      "source",
      "insns",
      "mem",
      "maps",
      "map_refs",
      "prog_type",
      "runs",
      "repeat",
      "log_level",
      "expected_attach_type",
    ];
    const record = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 });
    await fc.assert(
      fc.asyncProperty(record, async (value) => {
        // The id as it stands in the line: JSON has no -0.
        const { id = null } = JSON.parse(JSON.stringify(value)) as { readonly id?: unknown };
        expect((await ask(answer, value)).id).toEqual(id);
      }),
      { numRuns: 100 },
    );
  });

  test("any bytes as instructions are answered", async () => {
    const insns = fc.uint8Array({ minLength: 8, maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString("hex"));
    await fc.assert(
      fc.asyncProperty(insns, async (hex) => {
        const said = await ask(answer, { id: 1, insns: hex, source: hex });
        expect(said.id).toBe(1);
      }),
      { numRuns: 100 },
    );
  });
});

test.each([
  ["too many entries", { type: "array", key_size: 4, value_size: 8, max_entries: 0xffff_ffff }],
  ["too large a value", { type: "hash", key_size: 4, value_size: 0xffff_fff0, max_entries: 1 }],
  ["no such type", { type: "nonsense", key_size: 4, value_size: 8, max_entries: 1 }],
])("a map with %s does not end the command", async (_, map) => {
  const insns = `1811000000000000${"00".repeat(8)}b7000000000000009500000000000000`;
  const record = {
    id: 1,
    insns,
    maps: [{ name: "m", ...map }],
    map_refs: { 0: "m" },
    runs: [{ data_in: "00".repeat(64) }],
  };
  expect((await ask(answerVerify, record)).id).toBe(1);
});

test("there are four modes", () => {
  expect(Object.keys(MODES)).toEqual(["asm", "verify", "run", "explain"]);
});

const ROOT = resolve(import.meta.dirname, "../..");
const CONFORM = ["--import", "tsx", resolve(ROOT, "cli/oreore.ts"), "conform", "asm"];

test("the command answers each line before it waits for the next, and ends with 0", async () => {
  const command = spawn(process.execPath, CONFORM, { cwd: ROOT });
  let heard = "";
  const line = () =>
    new Promise<string>((done) => {
      const take = () => {
        const end = heard.indexOf("\n");
        if (end < 0) return;
        command.stdout.off("data", take);
        const first = heard.slice(0, end);
        heard = heard.slice(end + 1);
        done(first);
      };
      command.stdout.on("data", take);
      take();
    });
  command.stdout.on("data", (data: Buffer) => {
    heard += data.toString();
  });
  command.stdin.write('{"id":1,"source":"BPF_EXIT_INSN(),"}\n');
  expect(JSON.parse(await line())).toEqual({ id: 1, insns: "9500000000000000" });
  command.stdin.write("nonsense\n");
  expect(JSON.parse(await line())).toMatchObject({ id: null });
  command.stdin.end();
  expect(await new Promise((done) => command.on("exit", done))).toBe(0);
});

/** How the command ends with this standard output, and what it says on standard error. `pipe`: one that nobody reads. */
async function ending(stdout: number | "pipe"): Promise<{ readonly code: unknown; readonly said: string }> {
  const command = spawn(process.execPath, CONFORM, { cwd: ROOT, stdio: ["pipe", stdout, "pipe"] });
  command.stdout?.destroy();
  let said = "";
  command.stderr?.on("data", (data: Buffer) => {
    said += data.toString();
  });
  command.stdin?.on("error", () => {});
  command.stdin?.end('{"id":1,"source":"BPF_EXIT_INSN(),"}\n');
  const code = await new Promise((done) => command.on("close", done));
  return { code, said };
}

test("a reader of the output that has gone is no error", async () => {
  expect(await ending("pipe")).toEqual({ code: 0, said: "" });
});

const noFull = existsSync("/dev/full") ? "" : " (skipped: no /dev/full)";
test.skipIf(noFull !== "")(
  `an output that cannot be written is told, and the command ends with 1${noFull}`,
  async () => {
    const full = openSync("/dev/full", "w");
    const { code, said } = await ending(full);
    closeSync(full);
    expect(said).toMatch(/^oreore: the output cannot be written: ENOSPC/);
    expect(code).toBe(1);
  },
);
