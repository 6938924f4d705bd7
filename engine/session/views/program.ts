// What programs and runs both speak of: a value of 64 bits, a place in the source, an instruction.

import type { Texts } from "../../base/language.ts";
/** 64 bits as 16 lower-case hex digits. */
export type Hex64 = string;

/** `[start, end)` in UTF-16 units; lines and columns from 1, as Monaco counts. */
export interface SpanView {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One instruction; a 64-bit load takes two slots and is one SlotView (16 bytes of hex). */
export interface SlotView {
  readonly slot: number;
  readonly slots: 1 | 2;
  /** 16 or 32 hex digits. */
  readonly hex: string;
  /** As the verifier's log writes it: `r0 = *(u32 *)(r1 +0)`. */
  readonly text: string;
  readonly span: SpanView | null;
  /** Where it leads besides the next instruction; the slot may lie outside the program. */
  readonly jump: JumpView | null;
  /** Bit n: the instruction reads Rn / writes Rn. */
  readonly reads: number;
  readonly writes: number;
  /** It calls a helper that sends something out: a line, a record. */
  readonly sends: boolean;
}

export interface JumpView {
  readonly to: number;
  /** `func`: the address of a function is taken there. */
  readonly kind: "if" | "always" | "call" | "func";
}

/** A map as the page edits it; see BPF_MAP_CREATE. */
export interface MapInput {
  readonly name: string;
  /** `array`, `hash`, `percpu_array`, … */
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** First contents: hex of the key → hex of the value. */
  readonly init?: Readonly<Record<string, string>>;
  /** Offsets in the value that BTF would announce: `bpf_spin_lock`, `bpf_timer`. */
  readonly fields?: Readonly<Record<string, number>>;
  readonly inner?: MapInput;
}

/** What stands in the editor and around it. */
export interface ProgramInput {
  readonly source: string;
  /** `oreore`, `socket_filter`, `xdp`, … */
  readonly progType: string;
  readonly maps: readonly MapInput[];
  /** Number in enum bpf_attach_type; left out: what the type asks for, else 0. */
  readonly expectedAttachType?: number;
  readonly progFlags?: number;
  readonly license?: string;
  /** The functions come with BTF, as compilers write it; programs with callbacks need it. */
  readonly funcInfo?: boolean;
  /** What maps hold before the program runs, by the map's name and beyond what `init` says: hex of key → hex of value. */
  readonly contents?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The log of a verifier that the source was rebuilt from: it is shown in place of our verifier's answer. */
  readonly pasted?: string;
}

/**
 * What makes a program run. `sysfs`: a write of `data` to a file, with the newline that echo adds; `packet`: a frame, for
 * socket filter, tc and XDP; `ctx`: raw bytes of the context.
 */
export type EventInput =
  | { readonly kind: "sysfs"; readonly path: string; readonly data: string }
  | { readonly kind: "packet"; readonly hex: string }
  | { readonly kind: "ctx"; readonly hex: string };

/** The text beside a program as it was read: what runs the program, and the text that is read as the same; or why not. */
export type InputView =
  | { readonly ok: true; readonly event: EventInput; readonly text: string }
  | { readonly ok: false; readonly why: Texts };

export interface DiagnosticView {
  readonly span: SpanView;
  readonly severity: "error" | "warning" | "hint";
  /** Kebab-case rule name; the key for a translated sentence with `args` filled in. */
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
  /** An instruction each: what kind of work it is, and the lengths of the kernel's words for it. */
  readonly rows: readonly { readonly kind: CodeRowKind; readonly words: readonly number[] }[];
  /** From row to row; those that leave the program are left out. */
  readonly jumps: readonly { readonly from: number; readonly to: number; readonly kind: JumpView["kind"] }[];
  /** The row that the verifier refused; -1: none. */
  readonly refused: number;
  /** What its instructions do and call, in the kernel's words and in plain ones: to look for. */
  readonly words: Texts;
}

/** What a pasted text was taken for. */
export interface PasteView {
  readonly kind: string;
  readonly name: Texts;
  /** The same as macros; null for macros, which stay as they are, and where nothing could be read. */
  readonly source: string | null;
  /** It is a verifier's log: ProgramInput.pasted. */
  readonly isLog: boolean;
  /** The pieces that could not be read, as they stand in the text. */
  readonly faults: readonly string[];
}
