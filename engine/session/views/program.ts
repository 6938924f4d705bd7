// Terms that checks and runs share: a value of 64 bits, a place in the source, an instruction.

import type { Texts } from "../../base/language.ts";
import type { MapAttr } from "../../program/program.ts";
/** 64 bits as 16 lower-case hex digits. */
export type Hex64 = string;

/** `[start, end)` in UTF-16 units. Lines and columns from 1, as Monaco counts. */
export interface SpanView {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One instruction. A 64-bit load takes two slots and is one SlotView (16 bytes of hex). */
export interface SlotView {
  readonly slot: number;
  readonly slots: 1 | 2;
  /** 16 or 32 hex digits. */
  readonly hex: string;
  /** As the verifier's log prints it: `r0 = *(u32 *)(r1 +0)`. */
  readonly text: string;
  readonly span: SpanView | null;
  /** Where it leads besides the next instruction. The slot may lie outside the program. */
  readonly jump: JumpView | null;
  /** Bit n: the instruction reads Rn / writes Rn. */
  readonly reads: number;
  readonly writes: number;
  /** It calls a helper that prints a line or sends a record. */
  readonly sends: boolean;
}

export interface JumpView {
  readonly to: number;
  /** `func`: takes the address of a function. */
  readonly kind: "if" | "always" | "call" | "func";
}

/** A map as the page edits it. See BPF_MAP_CREATE. */
export interface MapInput extends MapAttr {
  /** First contents: hex of the key → hex of the value. */
  readonly init?: Readonly<Record<string, string>>;
  /** Offsets of special fields in the value, which BTF would announce: `bpf_spin_lock`, `bpf_timer`. */
  readonly fields?: Readonly<Record<string, number>>;
  readonly inner?: MapInput;
}

/** The source text in the editor, with the settings for it. */
export interface ProgramInput {
  readonly source: string;
  /** `oreore`, `socket_filter`, `xdp`, … */
  readonly progType: string;
  readonly maps: readonly MapInput[];
  /** Number in enum bpf_attach_type. Absent: what the type needs, else 0. */
  readonly expectedAttachType?: number;
  readonly progFlags?: number;
  readonly license?: string;
  /** The functions have BTF, as compilers write it. Programs with callbacks need it. */
  readonly funcInfo?: boolean;
  /** Contents of maps before the program runs, in addition to `init`: name of the map → hex of key → hex of value. */
  readonly contents?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The verifier's log from which the source was rebuilt. It replaces our verifier's answer. */
  readonly pasted?: string;
}

/**
 * What runs a program. `sysfs`: a write of `data` to a file, including the newline that echo adds. `packet`: a frame, for socket filter, tc
 * and XDP. `ctx`: raw bytes of the context.
 */
export type EventInput =
  | { readonly kind: "sysfs"; readonly path: string; readonly data: string }
  | { readonly kind: "packet"; readonly hex: string }
  | { readonly kind: "ctx"; readonly hex: string };

/** The text of a program's input after reading: the event, and the text in its usual form. Otherwise why it is faulty. */
export type InputView =
  | { readonly ok: true; readonly event: EventInput; readonly text: string }
  | { readonly ok: false; readonly why: Texts };

export interface DiagnosticView {
  readonly span: SpanView;
  readonly severity: "error" | "warning" | "hint";
  /** Kebab-case name of the rule: the key of a translated sentence that `args` fill in. */
  readonly code: string;
  /** English. */
  readonly message: string;
  readonly messages: Texts;
  readonly args: Readonly<Record<string, string | number>>;
  readonly fixes: readonly {
    readonly title: Texts;
    readonly edits: readonly { readonly span: SpanView; readonly text: string }[];
  }[];
}

export type CodeRowKind = "load" | "store" | "compute" | "jump" | "call" | "exit";

/** A program as a small picture. */
export interface CodePictureView {
  /** One row per instruction: its kind of work, and the lengths of the kernel's words for it. */
  readonly rows: readonly { readonly kind: CodeRowKind; readonly words: readonly number[] }[];
  /** Jumps from row to row, without those that leave the program. */
  readonly jumps: readonly { readonly from: number; readonly to: number; readonly kind: JumpView["kind"] }[];
  /** The row that the verifier refused. -1: none. */
  readonly refused: number;
  /** What its instructions do and call, in the kernel's words and in plain ones: for the search. */
  readonly words: Texts;
}

/** What kind of text a paste is. */
export interface PasteView {
  readonly kind: string;
  readonly name: Texts;
  /** The same as macros. null: the text is macros already, or nothing could be read. */
  readonly source: string | null;
  /** The text is a verifier's log: see ProgramInput.pasted. */
  readonly isLog: boolean;
  /** The pieces that could not be read, as they are in the text. */
  readonly faults: readonly string[];
}
