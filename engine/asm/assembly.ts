// The result of assembling a source text. Plain data, never changed after `assemble` returned it.
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Span } from "../base/span.ts";
import type { Insn } from "../isa/insn.ts";
import type { MapDef, Program } from "../program/program.ts";

/** The written instruction that a slot came from. Slots made by one macro share the same object. */
export interface Written {
  /** From the first character of the macro or brace to its last, without the comma. */
  readonly span: Span;
  /** Name of the macro as written, such as `BPF_MOV64_IMM`. `undefined`: a braced initialiser. */
  readonly macro: string | undefined;
  /** Spans of the arguments as written, without surrounding white space. */
  readonly args: readonly Span[];
  readonly firstSlot: number;
  readonly slotCount: number;
  /** False: a part could not be read. Its fields are 0, the others have their values. */
  readonly complete: boolean;
}

export interface Label {
  readonly name: string;
  /** The slot that the label stands before. insns.length: it stands at the end. */
  readonly slot: number;
  /** Place of the name in the definition. */
  readonly span: Span;
  /** Places of the name in jumps and calls. */
  readonly uses: readonly Span[];
}

/** A map that the source declares, with the place of its name. */
export interface DeclaredMap {
  readonly def: MapDef;
  readonly span: Span;
}

/** What the source says about the program besides its instructions. Absent: the source does not say it. */
export interface ProgramSettings {
  /** Lower-case name without prefix, such as `socket_filter` or `oreore`. */
  readonly progType?: string;
  readonly expectedAttachType?: number;
  readonly progFlags?: number;
  readonly license?: string;
  /** The functions have BTF. Callbacks, and tail calls in functions, need it. */
  readonly funcInfo?: boolean;
  /** Bytes of the context for a run, or of the packet for types that have one. */
  readonly ctx?: Uint8Array;
}

export interface Assembly extends ProgramSettings {
  readonly insns: readonly Insn[];
  /** The source has no instruction and no error. `insns` is then the one empty slot that test_verifier loads. */
  readonly empty: boolean;
  /** The written instruction of each slot of `insns`. */
  readonly slots: readonly Written[];
  /** The written instructions in order: `slots` without repetition. */
  readonly written: readonly Written[];
  readonly maps: readonly MapDef[];
  readonly declaredMaps: readonly DeclaredMap[];
  /** First slot of a map load → index into `maps`. The slot's imm is 0 in `insns`. */
  readonly mapRefs: ReadonlyMap<number, number>;
  readonly labels: readonly Label[];
  /** Place of the directive `@attach` with its value. undefined: a record states the attach type, or nothing does. */
  readonly attachDirective: Span | undefined;
  /** Sorted by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** No diagnostic is an error. The bytes are those that a C compiler would make. */
  readonly ok: boolean;
}

/** Slots of the written instruction at this offset of the source, or of the nearest one before it on the same line. */
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

/** The program to load. `defaults` are used for all that the source does not say. */
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
