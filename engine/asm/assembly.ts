// What the assembler makes of a source text. Plain data, never changed after `assemble` returned it.
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Span } from "../base/span.ts";
import type { Insn } from "../isa/insn.ts";
import type { MapDef, Program } from "../program/program.ts";

/** The written instruction that a slot came from. Slots that one macro made share it by identity. */
export interface Written {
  /** From the first character of the macro or brace to its last, without the comma. */
  readonly span: Span;
  /** Name of the macro as written: `BPF_MOV64_IMM`; `undefined` for a braced initialiser. */
  readonly macro: string | undefined;
  /** Spans of the arguments as written, white space trimmed. */
  readonly args: readonly Span[];
  readonly firstSlot: number;
  readonly slotCount: number;
  /** False where a part could not be understood: its fields are 0 then, the rest stands. */
  readonly complete: boolean;
}

export interface Label {
  readonly name: string;
  /** Slot that it stands before; insns.length at the end. */
  readonly slot: number;
  /** The name where it is defined. */
  readonly span: Span;
  /** The name wherever a jump or call speaks of it. */
  readonly uses: readonly Span[];
}

/** A map as declared in the source; `span` is where. */
export interface DeclaredMap {
  readonly def: MapDef;
  readonly span: Span;
}

/** What the source says of the program besides its instructions; all that is absent was not said. */
export interface ProgramSettings {
  /** Lower-case name without prefix: `socket_filter`, `oreore`. */
  readonly progType?: string;
  readonly expectedAttachType?: number;
  readonly progFlags?: number;
  readonly license?: string;
  /** The functions come with BTF, which callbacks and tail calls out of functions need. */
  readonly funcInfo?: boolean;
  /** Bytes of the context, or of the packet for types that have one, to start a run with. */
  readonly ctx?: Uint8Array;
}

export interface Assembly extends ProgramSettings {
  readonly insns: readonly Insn[];
  /** Nothing was written, and nothing is wrong: `insns` is the one empty slot that test_verifier loads for it. */
  readonly empty: boolean;
  /** One for each slot of `insns`. */
  readonly slots: readonly Written[];
  /** The written instructions in order: `slots` without repetition. */
  readonly written: readonly Written[];
  readonly maps: readonly MapDef[];
  readonly declaredMaps: readonly DeclaredMap[];
  /** First slot of a map load → index into `maps`; its imm is 0 in `insns`. */
  readonly mapRefs: ReadonlyMap<number, number>;
  readonly labels: readonly Label[];
  /** The directive `@attach` with its value; undefined: the attach type is said by a record, or not at all. */
  readonly attachDirective: Span | undefined;
  /** In order of place. */
  readonly diagnostics: readonly Diagnostic[];
  /** No diagnostic is an error: the bytes are what a C compiler would make. */
  readonly ok: boolean;
}

/** Slots of the written instruction at an offset of the source, or of the nearest before it on the same line. */
export function slotsAt(assembly: Assembly, offset: number): readonly number[] {
  const list = assembly.written;
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as Written).span.start <= offset) low = middle + 1;
    else high = middle;
  }
  const found = list[low - 1];
  if (!found || found.span.end < offset) return [];
  return Array.from({ length: found.slotCount }, (_, i) => found.firstSlot + i);
}

/** The program to load: what the source says, completed by what the page or command asks for. */
export function programOf(assembly: Assembly, defaults: Omit<Program, "insns" | "maps" | "mapRefs">): Program {
  return {
    insns: assembly.insns,
    maps: assembly.maps,
    mapRefs: assembly.mapRefs,
    progType: assembly.progType ?? defaults.progType,
    expectedAttachType: assembly.expectedAttachType ?? defaults.expectedAttachType,
    progFlags: assembly.progFlags ?? defaults.progFlags,
    license: assembly.license ?? defaults.license,
    ...((assembly.funcInfo ?? defaults.funcInfo) ? { funcInfo: true } : {}),
  };
}
