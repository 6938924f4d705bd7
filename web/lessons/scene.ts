// What fills the stage while a lesson is presented, and what each press of the clicker does. FORMAT.md describes the format,
// parse-scene.ts reads it, stage/film.ts plays it.
import type { Texts } from "../../engine/index.ts";

export interface Scene {
  /** One large picture, or two side by side. */
  readonly fill: readonly [Picture] | readonly [Picture, Picture];
  /** Point of the lesson's text that the scene belongs to, from 1. The speaker's notes are those of the point. */
  readonly point: number;
  /** Slides of the talk whose content the scene shows. */
  readonly slides: readonly number[];
  /** Minutes that the speaker plans for the scene. 0: none. */
  readonly minutes: number;
  /** The kernel is booted with these steps of the recipe. null: it stays as it is. */
  readonly kernel: Recipe | null;
  /** The calls are made on the page's real Linux 6.1, which has all four steps. */
  readonly real: boolean;
  /** The sentence above the picture. */
  readonly says: Texts;
  readonly presses: readonly Press[];
}

export type Recipe = readonly [boolean, boolean, boolean, boolean];

export type Picture =
  /** The sentence in large type, and the lines below it. */
  | { readonly kind: "title" }
  /** Lines of words. Each press adds one. */
  | { readonly kind: "words" }
  /** The four steps of the recipe, each on or off. */
  | { readonly kind: "recipe" }
  /** Program types, each with the event that makes it run and its context. */
  | { readonly kind: "types" }
  /** The program with its bytes. */
  | { readonly kind: "program" }
  /** The program and the registers of its run. */
  | { readonly kind: "machine" }
  /** The verifier's log. */
  | { readonly kind: "log" }
  /** The parts of the kernel, and the last call's way through them. */
  | { readonly kind: "parts" }
  | { readonly kind: "terminal" }
  /** A piece of the code that a step of the recipe adds. */
  | { readonly kind: "code"; readonly piece: PieceName }
  /** A preset's context from both sides, and an access before and after the kernel rewrites it. `preset` "": OREORE. */
  | { readonly kind: "context"; readonly preset: string }
  /** The prediction at the scene's point. */
  | { readonly kind: "question" }
  /** The files of the take-home. */
  | { readonly kind: "files" }
  /** The code block in the point's text. */
  | { readonly kind: "listing" }
  /** The elements of the running kernel's maps. */
  | { readonly kind: "maps" }
  /** The packet's bytes before and after the run. */
  | { readonly kind: "packet" };

export interface PieceName {
  readonly step: 1 | 2 | 3 | 4;
  /** CodePieceView.name. If two files have a piece with this name, the file's name comes first: `loader-libbpf.c main()`. */
  readonly name: string;
}

export type PictureKind = Picture["kind"];

export interface Press {
  readonly act: Act;
  /** The sentence shown with the press. null: the stage makes one from the values. */
  readonly says: Texts | null;
}

export const PARTS = ["user", "syscall", "verifier", "program", "attach", "sysfs", "module"] as const;
export type PartName = (typeof PARTS)[number];

export type Act =
  /** The press only shows its sentence. */
  | { readonly kind: "say" }
  /** The press's sentence becomes the next line of the words. */
  | { readonly kind: "item" }
  | { readonly kind: "part"; readonly parts: readonly PartName[] }
  | { readonly kind: "type"; readonly name: string }
  | { readonly kind: "load" | "attach" | "detach" | "cat"; readonly answer: string }
  | { readonly kind: "echo"; readonly text: string; readonly answer: string }
  /** BPF_PROG_TEST_RUN on a packet, given by its name or in hex. */
  | { readonly kind: "test"; readonly text: string; readonly answer: string }
  /** Changes an element of a map of the running kernel. `key` and `value` are written as in a lesson's file. */
  | {
      readonly kind: "update";
      readonly map: string;
      readonly key: string;
      readonly value: string;
      readonly answer: string;
    }
  /** A line that is typed into the shell. */
  | { readonly kind: "shell"; readonly line: string }
  /** Puts a preset of program types in OREORE's place. The kernel is booted anew. */
  | { readonly kind: "define"; readonly preset: string }
  /** Moves the run this many steps on. It begins at step 0 if the run was not shown yet. */
  | { readonly kind: "step"; readonly by: number }
  /** Marks the line that contains this text. */
  | { readonly kind: "at"; readonly text: string }
  | { readonly kind: "code"; readonly piece: PieceName }
  /** Applies a step of the recipe: the kernel is built and booted anew. */
  | { readonly kind: "apply"; readonly step: 1 | 2 | 3 | 4 }
  /** Shows an access to a field of the context as the program has it. `rewrite` then shows it as it runs. */
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "rewrite" }
  | { readonly kind: "answer" }
  /** Replaces part of the program. */
  | { readonly kind: "edit"; readonly from: string; readonly to: string }
  /** Writes the program that solves the lesson. */
  | { readonly kind: "solution" }
  /** Uncovers the next blank of the latest sentence. The parser adds one such press per blank. */
  | { readonly kind: "blank" };

/** A part of a sentence on the stage, with text of one kind. */
export interface Piece {
  readonly kind: "text" | "code" | "strong" | "blank";
  readonly text: string;
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\{\{([^{}]+)\}\}/g;

/** Splits a sentence of the stage into its parts: `code`, **strong**, {{blank}} and plain text. */
export function pieces(sentence: string): readonly Piece[] {
  const made: Piece[] = [];
  let at = 0;
  for (const match of sentence.matchAll(INLINE)) {
    if (match.index > at) made.push({ kind: "text", text: sentence.slice(at, match.index) });
    const [all, code, strong, blank] = match;
    if (code !== undefined) made.push({ kind: "code", text: code });
    else if (strong !== undefined) made.push({ kind: "strong", text: strong });
    else if (blank !== undefined) made.push({ kind: "blank", text: blank.trim() });
    at = match.index + all.length;
  }
  if (at < sentence.length) made.push({ kind: "text", text: sentence.slice(at) });
  return made;
}

export const blanksIn = (sentence: string): number => pieces(sentence).filter(({ kind }) => kind === "blank").length;
