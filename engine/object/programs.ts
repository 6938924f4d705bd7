// The functions of an object: the programs (every function outside .text), and the functions of .text that they call; with the references
// that are still to be filled in.
// @kernel libbpf.c bpf_object__add_programs, bpf_object__collect_prog_relos

import { BPF_PSEUDO_CALL } from "../isa/codes.ts";
import { decodeInsns, INSN_BYTES, type Insn, isLdImm64 } from "../isa/insn.ts";
import {
  type Elf,
  type ElfSymbol,
  isExtern,
  readRelocations,
  type Section,
  SHF_EXECINSTR,
  SHN_LORESERVE,
  SHT_PROGBITS,
  SHT_REL,
  STB_LOCAL,
  STT_FUNC,
  STT_SECTION,
  STV_HIDDEN,
  STV_INTERNAL,
} from "./elf.ts";
import type { Extern } from "./externs.ts";
import type { MapSpec } from "./maps.ts";
import { hex, refuse } from "./refusal.ts";

/** What an instruction refers to. */
export type Reference =
  | { readonly kind: "map"; readonly map: number }
  | { readonly kind: "data"; readonly map: number; readonly offset: number }
  | { readonly kind: "extern"; readonly extern: number; readonly call: boolean }
  /** A function of .text. `offset`: bytes from the start of .text; the instruction's imm is added to it. */
  | { readonly kind: "call" | "function"; readonly offset: number };

export interface ObjectFunction {
  readonly name: string;
  readonly section: number;
  /** Without the leading `?`, which means: load only if asked for. */
  readonly sectionName: string;
  readonly autoload: boolean;
  /** First slot in its section. */
  readonly start: number;
  readonly insns: readonly Insn[];
  readonly isGlobal: boolean;
  /** The symbol is global but hidden, so the function's BTF must call it static. */
  readonly hidden: boolean;
  /** By slot of the function. */
  readonly references: ReadonlyMap<number, Reference>;
}

/** The highest number of functions that is read. */
const MAX_FUNCTIONS = 1 << 16;
/** Section of the variables that lie in the arena. */
const ARENA_SECTION = ".addr_space.1";
const BPF_MAP_TYPE_ARENA = 33;
const CALL = 0x85;

export interface Functions {
  /** Sorted by section and place. */
  readonly all: readonly ObjectFunction[];
  /** Index of the section .text. -1: there is none. */
  readonly text: number;
}

export function readFunctions(elf: Elf, maps: readonly MapSpec[], externs: readonly Extern[]): Functions {
  const code = elf.sections.filter(
    ({ type, flags, size }) => type === SHT_PROGBITS && flags & SHF_EXECINSTR && size > 0,
  );
  const text = code.findLast(({ name }) => name === ".text")?.index ?? -1;
  const sections = new Map(code.map((section) => [section.index, section]));
  const symbols = elf.symbols.filter(({ section, type }) => type === STT_FUNC && sections.has(section));
  if (symbols.length > MAX_FUNCTIONS)
    refuse("too-many", { what: "functions", count: symbols.length, limit: MAX_FUNCTIONS });
  const withoutReferences = symbols
    .map((symbol) => readFunction(sections.get(symbol.section)!, symbol, text))
    .sort((a, b) => a.section - b.section || a.start - b.start);
  const references = withoutReferences.map(() => new Map<number, Reference>());
  const finder = new FunctionFinder(withoutReferences);
  for (const section of elf.sections) {
    if (section.type !== SHT_REL || !sections.has(section.info)) continue;
    const target = sections.get(section.info)!;
    for (const [n, relocation] of readRelocations(section).entries()) {
      const symbol = elf.symbols[relocation.symbol];
      if (symbol === undefined) return refuse("reloc-symbol", { section: section.name, n, symbol: relocation.symbol });
      if (relocation.offset % INSN_BYTES !== 0 || relocation.offset >= target.size)
        refuse("reloc-offset", { section: section.name, n, at: hex(relocation.offset) });
      const slot = relocation.offset / INSN_BYTES;
      const at = finder.indexAt(target.index, slot);
      // Left-over code of a function that the linker replaced by another.
      if (at < 0) continue;
      const func = withoutReferences[at]!;
      references[at]!.set(
        slot - func.start,
        referenceOf({ elf, maps, externs, text }, func, slot - func.start, symbol),
      );
    }
  }
  return { all: withoutReferences.map((one, i) => ({ ...one, references: references[i]! })), text };
}

function readFunction(section: Section, symbol: ElfSymbol, text: number): Omit<ObjectFunction, "references"> {
  const { name, value, size, bind, visibility } = symbol;
  if (value + size > section.size || size === 0 || size % INSN_BYTES !== 0 || value % INSN_BYTES !== 0)
    refuse("prog-size", { name, section: section.name, size, at: hex(value), end: section.size });
  const isGlobal = bind !== STB_LOCAL;
  if (section.index !== text && !isGlobal) refuse("static-prog", { section: section.name, name });
  const autoload = !section.name.startsWith("?");
  return {
    name,
    section: section.index,
    sectionName: autoload ? section.name : section.name.slice(1),
    autoload,
    start: value / INSN_BYTES,
    insns: decodeInsns(section.data.subarray(value, value + size)),
    isGlobal,
    hidden: isGlobal && (visibility === STV_HIDDEN || visibility === STV_INTERNAL),
  };
}

/** Finds the function that contains a slot of a section. */
export class FunctionFinder {
  readonly #all: readonly Pick<ObjectFunction, "section" | "start" | "insns">[];

  /** `all`: sorted by section and place. */
  constructor(all: readonly Pick<ObjectFunction, "section" | "start" | "insns">[]) {
    this.#all = all;
  }

  /** Index of the function, or -1. */
  indexAt(section: number, slot: number): number {
    let low = 0;
    let high = this.#all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const one = this.#all[middle]!;
      if (one.section < section || (one.section === section && one.start <= slot)) low = middle + 1;
      else high = middle;
    }
    const found = this.#all[low - 1];
    const holds =
      found !== undefined &&
      found.section === section &&
      slot >= found.start &&
      slot < found.start + found.insns.length;
    return holds ? low - 1 : -1;
  }
}

interface RelocationContext {
  readonly elf: Elf;
  readonly maps: readonly MapSpec[];
  readonly externs: readonly Extern[];
  readonly text: number;
}

/** @kernel libbpf.c bpf_program__record_reloc */
function referenceOf(
  context: RelocationContext,
  func: Omit<ObjectFunction, "references">,
  slot: number,
  symbol: ElfSymbol,
): Reference {
  const { elf, maps, externs, text } = context;
  const insn = func.insns[slot]!;
  const section = elf.sections[symbol.section];
  const name = symbol.type === STT_SECTION && symbol.name === "" ? (section?.name ?? "?") : symbol.name;
  const where = { name: func.name, slot, symbol: name };
  const isCall = insn.code === CALL;
  if (!isCall && !isLdImm64(insn)) refuse("reloc-insn", { ...where, code: insn.code });
  if (isExtern(symbol)) {
    const extern = externs.findIndex((one) => one.symbol === symbol.index);
    if (extern < 0) refuse("extern-btf", { name });
    return { kind: "extern", extern, call: isCall };
  }
  if (isCall) {
    if (insn.src !== BPF_PSEUDO_CALL || symbol.section !== text || symbol.value % INSN_BYTES !== 0)
      refuse("reloc-call", where);
    return { kind: "call", offset: symbol.value };
  }
  const wrong = (): never => refuse("reloc-target", { ...where, section: section?.name ?? `${symbol.section}` });
  if (symbol.section === 0 || symbol.section >= SHN_LORESERVE || section === undefined) return wrong();
  if (symbol.section === text && (symbol.type === STT_FUNC || symbol.type === STT_SECTION)) {
    if (symbol.value % INSN_BYTES !== 0 || insn.imm % INSN_BYTES !== 0) return wrong();
    return { kind: "function", offset: symbol.value };
  }
  if (section.name === ARENA_SECTION) {
    const arena = maps.findIndex(({ type }) => type === BPF_MAP_TYPE_ARENA);
    return arena < 0 ? wrong() : { kind: "data", map: arena, offset: symbol.value };
  }
  const declared = section.name === ".maps";
  const map = maps.findIndex(
    (one) =>
      one.section === symbol.section &&
      (!declared || one.offset === symbol.value) &&
      (one.origin === "declared") === declared,
  );
  if (map < 0) return wrong();
  return declared ? { kind: "map", map } : { kind: "data", map, offset: symbol.value };
}
