// The code of the recipe's four steps for a definition, one text a file, for reading. Loaded when first asked for; the same
// generators as the take-home's, so what is read is what is built.
import type { KernelDefinition } from "../kernel/definition.ts";
import type { Program } from "../program/program.ts";
import { rawLoader } from "../takehome/loader.ts";
import { moduleSource } from "../takehome/module.ts";
import { namesOf } from "../takehome/names.ts";
import { attachTypePatch, progTypePatch } from "../takehome/patches.ts";
import type { CodeFileView, KernelCodeView } from "./views.ts";

const FILE_HEAD = /^diff --git a\/(\S+) b\/.*\n/;

/** A patch as one diff a file: the path, and the hunks without the lines that only name it. */
function filesOf(patch: string): CodeFileView[] {
  return patch.split(/^(?=diff --git )/m).map((part) => {
    const path = FILE_HEAD.exec(part)?.[1] ?? "";
    return { path, text: part.slice(part.indexOf("@@ ")), diff: true };
  });
}

/** `program`: undefined where it does not assemble; step 4 then has nothing to load. */
export function kernelCode(definition: KernelDefinition, program: Program | undefined): KernelCodeView {
  const { lower } = namesOf(definition);
  return [
    filesOf(progTypePatch(definition)),
    filesOf(attachTypePatch(definition)),
    [{ path: `module/${lower}_module.c`, text: moduleSource(definition), diff: false }],
    program ? [{ path: "loader.c", text: rawLoader(definition, program), diff: false }] : [],
  ];
}
