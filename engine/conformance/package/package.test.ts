// The package is packed and installed in an empty folder without a network. Then its command is run, and its library is used from
// TypeScript.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../../..");
const FIXTURE = join(ROOT, "engine/object/fixtures/counter.bpf.o");
const REFUSED = join(ROOT, "engine/object/fixtures/refused.bpf.o");
const dir = mkdtempSync(join(tmpdir(), "oreore-package-"));
const installed = join(dir, "node_modules/oreore");
const command = join(dir, "node_modules/.bin/oreore");
const npm = (...args: string[]) => execFileSync("npm", args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });

beforeAll(() => {
  npm("pack", "--silent", "--pack-destination", dir);
  const tarball = readdirSync(dir).find((name) => name.endsWith(".tgz")) as string;
  writeFileSync(join(dir, "package.json"), '{ "type": "module" }');
  npm("install", "--prefix", dir, "--offline", "--no-audit", "--no-fund", "--silent", join(dir, tarball));
}, 300_000);
afterAll(() => rmSync(dir, { recursive: true }));

function bytesOf(path: string): number {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

const run = (...args: string[]) => spawnSync(command, args, { cwd: dir, encoding: "utf8" });

test("it takes at most 5 MB, installs no other package, and does not contain the page", () => {
  expect(bytesOf(installed)).toBeLessThan(5 << 20);
  expect(readdirSync(join(dir, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["oreore"]);
  expect(readdirSync(installed).sort()).toEqual(["LICENSE", "README.md", "dist-npm", "package.json"]);
});

test("oreore verify prints a table, and its exit code tells whether everything is accepted", () => {
  const good = run("verify", FIXTURE);
  expect(good.stdout).toMatch(/^File +Program +Verdict +Duration \(us\) +Insns +States +Peak states\n/);
  expect(good.stdout).toMatch(/counter\.bpf\.o +count +success/);
  expect(good.status).toBe(0);
  const bad = run("verify", "--json", REFUSED);
  expect(
    bad.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object),
  ).toMatchObject([
    { file: "refused.bpf.o", program: "hit", prog_type: "xdp", verdict: "reject", errno: 13 },
    { program: "takes_nothing_known", verdict: "accept" },
  ]);
  expect(bad.status).toBe(1);
  const none = run("verify", "no-such-file.o");
  expect(none.stderr).toContain("no-such-file.o");
  expect(none.status).toBe(2);
});

test("oreore verify --log shows the log with its lines of C", () => {
  const { stdout } = run("verify", "--log", "hit", REFUSED);
  expect(stdout).toContain("; *value += 1; @ refused.bpf.c:17\n");
  expect(stdout).toContain("R0 invalid mem access 'map_value_or_null'\n");
});

test("oreore conform answers a line", () => {
  const input = '{"id":1,"source":"BPF_MOV64_IMM(BPF_REG_0, 7), BPF_EXIT_INSN(),"}\n';
  const { stdout } = spawnSync(command, ["conform", "verify"], { cwd: dir, encoding: "utf8", input });
  expect(JSON.parse(stdout)).toMatchObject({ id: 1, verdict: "accept" });
});

test("oreore judge knows the built-in lessons", () => {
  const input = "#src=BPF_MOV64_IMM(BPF_REG_0,42),BPF_EXIT_INSN(),\n";
  const { stdout } = spawnSync(command, ["judge", "6"], { cwd: dir, encoding: "utf8", input });
  expect(JSON.parse(stdout)).toMatchObject({ lesson: 6, solved: true });
});

test("an unknown command is refused with the list of commands", () => {
  const { status, stderr } = run("nonsense");
  expect(stderr).toContain('there is no command "nonsense"');
  expect(status).toBe(2);
});

const SCRIPT = `
import { readFileSync } from "node:fs";
import { assemble, disassemble, kernel, loadProgram, readObject, verify, type Verdict } from "oreore";

const { ok, program } = assemble("BPF_MOV64_IMM(BPF_REG_0, 7), BPF_EXIT_INSN(),");
const verdict: Verdict = verify(program);
const lines: string[] = disassemble(program.insns);
const linux = kernel();
const object = readObject(readFileSync(process.argv[2] as string), "counter.bpf.o");
if (!linux.ok || !object.ok) throw new Error("not read");
const loads = object.value.programs.map((one) => {
  const load = loadProgram(object.value, one, linux.value);
  return load.ok ? verify(load.value.program).verdict : load.message;
});
console.log(JSON.stringify({ ok, verdict: verdict.verdict, lines, loads }));
`;

test("the library has types, and a typed program can use it", () => {
  mkdirSync(join(dir, "src"));
  writeFileSync(join(dir, "src/use.ts"), SCRIPT);
  const options = [
    "--strict",
    "--module",
    "nodenext",
    "--target",
    "es2022",
    "--types",
    "node",
    "--skipLibCheck",
    "false",
  ];
  execFileSync(
    join(ROOT, "node_modules/.bin/tsc"),
    [...options, "--typeRoots", join(ROOT, "node_modules/@types"), "--outDir", "out", "src/use.ts"],
    { cwd: dir },
  );
  const said = execFileSync("node", [join(dir, "out/use.js"), FIXTURE], { cwd: dir, encoding: "utf8" });
  expect(JSON.parse(said)).toEqual({
    ok: true,
    verdict: "accept",
    lines: ["0: (b7) r0 = 7", "1: (95) exit"],
    loads: ["accept", "accept", "accept", "accept", "accept"],
  });
});
