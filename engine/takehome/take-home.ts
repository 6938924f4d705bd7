// The take-home: what a reader built on the page, as a folder with patches, module, loaders, configuration, script and README.
import { type KernelDefinition, OREORE } from "../kernel/definition.ts";
import type { Program } from "../program/program.ts";
import { configFragment } from "./kernel-config.ts";
import { libbpfLoader, rawLoader } from "./loader.ts";
import { moduleMakefile, moduleSource } from "./module.ts";
import { namesOf } from "./names.ts";
import { attachTypePatch, progTypePatch } from "./patches.ts";
import { readme } from "./readme.ts";
import { replaySource } from "./replay.ts";
import { makefile, qemuScript } from "./scripts.ts";

export interface TakeHomeFile {
  /** Path inside the folder, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly executable?: true;
}

export function takeHome(program: Program, definition: KernelDefinition = OREORE): TakeHomeFile[] {
  const { lower } = namesOf(definition);
  return [
    { path: "README.md", text: readme(definition, "en") },
    { path: "README.ja.md", text: readme(definition, "ja") },
    { path: "patches/0001-prog-type.patch", text: progTypePatch(definition) },
    { path: "patches/0002-attach-type.patch", text: attachTypePatch(definition) },
    { path: `module/${lower}_module.c`, text: moduleSource(definition) },
    { path: "module/Makefile", text: moduleMakefile(definition) },
    { path: "loader.c", text: rawLoader(definition, program) },
    { path: "loader-libbpf.c", text: libbpfLoader(definition, program) },
    { path: "replay.c", text: replaySource(definition) },
    { path: "Makefile", text: makefile() },
    { path: "kernel.config", text: configFragment() },
    { path: "try.sh", text: qemuScript(definition), executable: true },
  ];
}
