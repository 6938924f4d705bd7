// `npm run real-linux [-- KERNEL …]`: builds the page's kernels, from Debian's sources to the files in public/linux. For Debian, as
// root; it takes about half an hour. `--sources DIR` builds nothing: it puts into DIR the complete sources of what public/linux holds,
// for whoever gives these files away (NOTICE.md says why). `--notice` writes only the notes about the result anew.
// fetch.sh, build.sh and sources.sh do what a shell does best. This file has the order of the steps, the boot, and the notes.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { decodeInsns } from "../../isa/insn.ts";
import { OREORE } from "../../kernel/definition.ts";
import { isKernel, KERNELS, type KernelName } from "../../linux/kernels.ts";
import { writeTakeHome } from "../take-home/write.ts";
import { PUBLIC, stateFile } from "./node.ts";
import { type Manifest, noticeText } from "./notice.ts";
import { bootAndSave, WASM_FILE } from "./save.ts";

/** Debian's package with the sources of each kernel. */
const SOURCES: Readonly<Record<KernelName, string>> = { "oreore-6.1": "linux-source-6.1", "7.3": "linux-source-7.3" };
/** log2 of the window in bytes over which Zstandard looks back. Its reader in the emulator keeps this much in memory. */
const WINDOW_LOG = 24;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    build: { type: "string", default: "/var/tmp/oreore-real-linux" },
    sources: { type: "string" },
    notice: { type: "boolean", default: false },
  },
});
const dir = values.build;
const wanted = positionals.length === 0 ? (Object.keys(KERNELS) as KernelName[]) : positionals.filter(isKernel);
if (wanted.length < positionals.length) {
  console.error(`usage: npm run real-linux [-- ${Object.keys(KERNELS).join("|")} … | --sources DIR | --notice]`);
  process.exit(2);
}

const here = import.meta.dirname;
const run = (script: string, ...args: string[]): void =>
  void execFileSync("bash", [join(here, script), ...args], { stdio: "inherit" });
const sumOf = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

const takeHome = join(dir, "take-home");
const manifestFile = join(PUBLIC, "kernels.json");
const before = existsSync(manifestFile) ? (JSON.parse(readFileSync(manifestFile, "utf8")) as Manifest) : undefined;

mkdirSync(dir, { recursive: true });
if (values.sources !== undefined) collectSources(values.sources);
else if (values.notice) writeNotes();
else await build();
process.exit(0);

async function build(): Promise<void> {
  const packages = fetchPackages();
  writeOreore();
  const kernels: Record<string, Manifest["kernels"][KernelName]> = { ...before?.kernels };
  const seabios = join(dir, "unpacked/seabios/usr/share/seabios");
  for (const name of wanted) {
    console.error(`${name}: compiling (${join(dir, name)}) …`);
    run("build.sh", dir, name, SOURCES[name], ...(KERNELS[name].oreore ? [takeHome] : []));
    const raw = join(dir, name, "state");
    const { ms } = await bootAndSave(
      {
        bzImage: join(dir, name, "bzImage"),
        initrd: join(dir, name, "initrd.gz"),
        bios: join(seabios, "bios.bin"),
        vgaBios: join(seabios, "vgabios-stdvga.bin"),
      },
      raw,
    );
    mkdirSync(PUBLIC, { recursive: true });
    const file = stateFile(name);
    execFileSync("zstd", ["-q", "-f", "--ultra", "-22", `--zstd=wlog=${WINDOW_LOG}`, raw, "-o", file]);
    copyFileSync(join(dir, name, "config"), join(PUBLIC, `${name}.config`));
    const debian = packages.find((one) => one.name === SOURCES[name])?.version ?? "";
    kernels[name] = {
      file: `${name}.state.zst`,
      version: debian.split("-")[0] ?? "",
      source: { package: SOURCES[name], version: debian },
      bytes: statSync(file).size,
      sha256: sumOf(file),
      state: statSync(raw).size,
      bzImage: { bytes: statSync(join(dir, name, "bzImage")).size, sha256: sumOf(join(dir, name, "bzImage")) },
    };
    console.error(`${name}: booted in ${ms} ms, ${statSync(file).size} bytes`);
  }

  const wasm = readFileSync(WASM_FILE);
  const manifest: Manifest = {
    emulator: {
      package: "v86",
      version: versionOf("v86"),
      bytes: wasm.length,
      gzipped: gzipSync(wasm, { level: 9 }).length,
    },
    packages,
    kernels: kernels as Manifest["kernels"],
  };
  writeFileSync(manifestFile, `${JSON.stringify(manifest, undefined, 2)}\n`);
  packSources(join(PUBLIC, "source.tar.gz"));
  writeFileSync(join(PUBLIC, "NOTICE.md"), noticeText(manifest));
}

/** Writes NOTICE.md and source.tar.gz anew for the kernels that are there. */
function writeNotes(): void {
  if (!before) throw new Error(`${manifestFile} is not there: build the kernels first`);
  writeOreore();
  packSources(join(PUBLIC, "source.tar.gz"));
  writeFileSync(join(PUBLIC, "NOTICE.md"), noticeText(before));
}

/** Puts the complete sources of the kernels that are there into a folder. */
function collectSources(folder: string): void {
  if (!before) throw new Error(`${manifestFile} is not there: build the kernels first`);
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
  const packages = fetchPackages();
  for (const { name, version, sha256 } of before.packages)
    if (packages.find((one) => one.name === name)?.sha256 !== sha256)
      throw new Error(
        `${name}: the files in public/linux were made from ${version} (SHA-256 ${sha256}), not from this`,
      );
  run("sources.sh", dir, folder);
}

function fetchPackages(): Manifest["packages"] {
  run("fetch.sh", dir);
  return readFileSync(join(dir, "packages/list"), "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const [name = "", version = "", sha256 = ""] = line.split(" ");
      return { name, version, sha256 };
    });
}

/** Writes the take-home of the talk's type. Its program does not matter here: it does nothing. */
function writeOreore(): void {
  rmSync(takeHome, { recursive: true, force: true });
  mkdirSync(takeHome, { recursive: true });
  const nothing = decodeInsns(Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0));
  writeTakeHome(takeHome, { definition: OREORE, insns: nothing });
}

/** Packs patches, module, configurations, agent and scripts: everything that is not Debian's. */
function packSources(file: string): void {
  const folder = mkdtempSync(join(tmpdir(), "oreore-source-"));
  for (const from of ["patches", "module"]) execFileSync("cp", ["-r", join(takeHome, from), folder]);
  execFileSync("find", [
    join(folder, "module"),
    "-type",
    "f",
    "!",
    "-name",
    "*.c",
    "!",
    "-name",
    "Makefile",
    "-delete",
  ]);
  for (const name of [
    "agent.c",
    "PROTOCOL.md",
    "packages.txt",
    "fetch.sh",
    "build.sh",
    "sources.sh",
    "save.ts",
    "main.ts",
    "kernel.config",
    ...(Object.keys(KERNELS) as KernelName[]).map((kernel) => `${kernel}.config`),
  ])
    copyFileSync(join(here, name), join(folder, name));
  const tar = ["--sort=name", "--owner=0", "--group=0", "--mtime=@0", "-C", folder, "-cf", "-", "."];
  writeFileSync(file, gzipSync(execFileSync("tar", tar, { maxBuffer: 1 << 26 }), { level: 9 }));
  rmSync(folder, { recursive: true });
}

function versionOf(name: string): string {
  const { devDependencies } = JSON.parse(readFileSync(join(here, "../../../package.json"), "utf8")) as {
    devDependencies: Record<string, string>;
  };
  return devDependencies[name] ?? "";
}
