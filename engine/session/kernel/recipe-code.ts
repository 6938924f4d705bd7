// The code of the recipe's four steps for a definition, one text per file, for reading. Loaded when first asked for. The take-home uses the
// same generators, so the code that is read is the code that is built.
import type { KernelDefinition } from "../../kernel/definition.ts";
import type { Program } from "../../program/program.ts";
import { type Change, hunk, type Insertion, joined, newFile, type Piece } from "../../takehome/diff.ts";
import { libbpfLoaderPieces, rawLoaderPieces } from "../../takehome/loader.ts";
import { modulePieces } from "../../takehome/module.ts";
import { namesOf } from "../../takehome/names.ts";
import { attachTypeChange, progTypeChange } from "../../takehome/patches.ts";
import type { CodeFileView, CodePieceView, KernelCodeView } from "../views/kernel.ts";

const lines = (text: string): string[] => text.split("\n");

/** The pieces of one text, with an empty line between two. `first`: the line number of the first piece. */
function pieceViews(pieces: readonly Piece[], first: number): CodePieceView[] {
  let line = first;
  return pieces.map(({ name, text }) => {
    const added = lines(text);
    const view = { name, line, before: [], added, after: [] };
    line += added.length + 1;
    return view;
  });
}

function insertionViews({ line, enclosing, before, added, after, pieces }: Insertion): CodePieceView[] {
  if (pieces) return pieceViews(pieces, line + before.length + 1);
  return [{ name: enclosing, line, before, added, after }];
}

/** A patch as one diff per file. */
function filesOf({ insertions, files }: Change): CodeFileView[] {
  const changed = [...new Set(insertions.map(({ path }) => path))].map((path): CodeFileView => {
    const here = insertions.filter((one) => one.path === path);
    let shift = 0;
    const text = here.flatMap((one) => {
      const made = hunk(one, shift);
      shift += one.added.length;
      return made;
    });
    return { path, text: `${text.join("\n")}\n`, diff: true, pieces: here.flatMap(insertionViews) };
  });
  const made = files.map((file): CodeFileView => {
    return { path: file.path, text: `${newFile(file).join("\n")}\n`, diff: true, pieces: pieceViews(file.pieces, 1) };
  });
  return [...changed, ...made];
}

const wholeFile = (path: string, pieces: readonly Piece[]): CodeFileView => ({
  path,
  text: joined(pieces),
  diff: false,
  pieces: pieceViews(pieces, 1),
});

/** `program`: undefined if it does not assemble. Step 4 then has nothing to load. */
export function kernelCode(definition: KernelDefinition, program: Program | undefined): KernelCodeView {
  const { lower } = namesOf(definition);
  return [
    filesOf(progTypeChange(definition)),
    filesOf(attachTypeChange(definition)),
    [wholeFile(`module/${lower}_module.c`, modulePieces(definition))],
    program
      ? [
          wholeFile("loader.c", rawLoaderPieces(definition, program)),
          wholeFile("loader-libbpf.c", libbpfLoaderPieces(definition, program)),
        ]
      : [],
  ];
}
