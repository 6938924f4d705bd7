// Writes the take-home folder to disk.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Insn } from "../../isa/insn.ts";
import type { KernelDefinition } from "../../kernel/definition.ts";
import { DEFAULT_LICENSE, type Program } from "../../program/program.ts";
import { takeHome } from "../../takehome/take-home.ts";

interface TakeHomeInput {
  readonly definition: KernelDefinition;
  readonly insns: readonly Insn[];
  readonly maps?: Program["maps"];
  readonly mapRefs?: Program["mapRefs"];
}

/** Returns the paths of the written files, relative to `folder`. */
export function writeTakeHome(
  folder: string,
  { definition, insns, maps = [], mapRefs = new Map() }: TakeHomeInput,
): string[] {
  const files = takeHome(
    {
      insns,
      progType: definition.type.name,
      expectedAttachType: definition.type.attach.id,
      progFlags: 0,
      maps,
      mapRefs,
      license: DEFAULT_LICENSE,
    },
    definition,
  );
  for (const { path, text, executable } of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text, { mode: executable ? 0o755 : 0o644 });
  }
  return files.map(({ path }) => path);
}
