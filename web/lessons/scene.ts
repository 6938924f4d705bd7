// What fills the stage while a lesson is presented, and what each press of the clicker does there. The format is described
// in FORMAT.md; parse-scene.ts reads it, stage/film.ts plays it.
import type { Texts } from "../../engine/index.ts";

export interface Scene {
  /** One thing large, or two side by side. */
  readonly fill: readonly [Picture] | readonly [Picture, Picture];
  /** Point of the lesson's text that it belongs to, from 1; its notes are the speaker's. */
  readonly point: number;
  /** Slides of the deck whose content it shows. */
  readonly slides: readonly number[];
  /** Time that the speaker plans for it; 0: none of its own. */
  readonly minutes: number;
  /** The kernel starts anew with these steps of the recipe; null: it stays as it is. */
  readonly kernel: Recipe | null;
  /** Its calls are made on the page's real Linux 6.1, which has all steps. */
  readonly real: boolean;
  /** The sentence above the picture. */
  readonly says: Texts;
  readonly presses: readonly Press[];
}

export type Recipe = readonly [boolean, boolean, boolean, boolean];

export type Picture =
  /** Only the sentence, large, and what stands below it. */
  | { readonly kind: "title" }
  /** One line a press. */
  | { readonly kind: "words" }
  /** The four steps, on and off. */
  | { readonly kind: "recipe" }
  /** Three program types, each with what makes it run and its context. */
  | { readonly kind: "types" }
  /** The program with its bytes. */
  | { readonly kind: "program" }
  /** The program and the registers of its run. */
  | { readonly kind: "machine" }
  /** The verifier's log. */
  | { readonly kind: "log" }
  /** The parts of the kernel, and the way of the last call through them. */
  | { readonly kind: "parts" }
  | { readonly kind: "terminal" }
  /** What a step adds: one hunk, or one thing of a file. */
  | { readonly kind: "code"; readonly piece: PieceName }
  /** A context from both sides, and an access before and after it is rewritten; of a preset, "": of OREORE. */
  | { readonly kind: "context"; readonly preset: string }
  /** The prediction that the point is. */
  | { readonly kind: "question" }
  /** The files of the take-home. */
  | { readonly kind: "files" }
  /** The block of code in the point's text. */
  | { readonly kind: "listing" }
  /** What the maps of the running kernel hold. */
  | { readonly kind: "maps" }
  /** The bytes of the packet that was given, and as the run left them. */
  | { readonly kind: "packet" };

export interface PieceName {
  readonly step: 1 | 2 | 3 | 4;
  /** CodePieceView.name; where two files have it, after the file's name: `loader-libbpf.c main()`. */
  readonly name: string;
}

export type PictureKind = Picture["kind"];

export interface Press {
  readonly act: Act;
  /** The sentence that comes with it; null: what happened is said by its values. */
  readonly says: Texts | null;
}

export const PARTS = ["user", "syscall", "verifier", "program", "attach", "sysfs", "module"] as const;
export type PartName = (typeof PARTS)[number];

export type Act =
  /** The press only says something. */
  | { readonly kind: "say" }
  /** The press's sentence becomes the next line of the words. */
  | { readonly kind: "item" }
  | { readonly kind: "part"; readonly parts: readonly PartName[] }
  | { readonly kind: "type"; readonly name: string }
  | { readonly kind: "load" | "attach" | "detach" | "cat"; readonly answer: string }
  | { readonly kind: "echo"; readonly text: string; readonly answer: string }
  /** BPF_PROG_TEST_RUN on a packet's name, or hex. */
  | { readonly kind: "test"; readonly text: string; readonly answer: string }
  /** An element of a map of the running kernel, in the words of a lesson. */
  | {
      readonly kind: "update";
      readonly map: string;
      readonly key: string;
      readonly value: string;
      readonly answer: string;
    }
  /** A line that is typed into the shell. */
  | { readonly kind: "shell"; readonly line: string }
  /** A preset of program types takes OREORE's place: the kernel is booted anew. */
  | { readonly kind: "define"; readonly preset: string }
  /** The run, this many steps on; from its start where it was not looked at yet. */
  | { readonly kind: "step"; readonly by: number }
  /** Marks the line that has this text. */
  | { readonly kind: "at"; readonly text: string }
  | { readonly kind: "code"; readonly piece: PieceName }
  /** Applies a step of the recipe: the kernel is built and booted anew. */
  | { readonly kind: "apply"; readonly step: 1 | 2 | 3 | 4 }
  /** An access to a field of the context, as the program has it, and then as it runs. */
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "rewrite" }
  | { readonly kind: "answer" }
  /** Part of the program becomes other text. */
  | { readonly kind: "edit"; readonly from: string; readonly to: string }
  /** The program that solves the lesson. */
  | { readonly kind: "solution" }
  /** Uncovers the next blank of the sentence above it; made by the reader of the file, one for each blank. */
  | { readonly kind: "blank" };

export type ActKind = Act["kind"];

/** A run of text of one kind in a sentence of the stage. */
export interface Piece {
  readonly kind: "text" | "code" | "strong" | "blank";
  readonly text: string;
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\{\{([^{}]+)\}\}/g;

/** A sentence of the stage in its parts: `code`, **strong**, {{blank}}. */
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
