// ELF objects for BPF: sections, symbols, relocations. Little-endian, 64 bits, not linked. Each number is checked before use, so that
// nothing is read outside the file and no number in it can make us allocate much memory.
//
//   64-byte header: e_shoff at 0x28, e_shentsize 0x3a, e_shnum 0x3c, e_shstrndx 0x3e
//   section header (64): name u32, type u32, flags u64, addr u64, offset u64, size u64, link u32, info u32, align u64, entsize u64
//   symbol (24): name u32, info u8, other u8, shndx u16, value u64, size u64
//   relocation (16): offset u64, type u32, symbol u32
// Source: the ELF gABI; Documentation/bpf/llvm_reloc.rst.
import { utf8Decode, viewOf } from "../base/bytes.ts";
import { hex, refuse } from "./refusal.ts";

export const SHT_PROGBITS = 1;
const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
export const SHT_NOBITS = 8;
export const SHT_REL = 9;
export const SHF_EXECINSTR = 4;
export const STT_OBJECT = 1;
export const STT_FUNC = 2;
export const STT_SECTION = 3;
export const STB_LOCAL = 0;
export const STB_WEAK = 2;
export const STV_INTERNAL = 1;
export const STV_HIDDEN = 2;
const SHN_UNDEF = 0;
export const SHN_LORESERVE = 0xff00;
const SHN_XINDEX = 0xffff;

const EM_BPF = 247;
/** What a compiler makes when BPF is not asked for: e_machine → name. Source: linux/elf-em.h. */
const MACHINES: Readonly<Record<number, string>> = {
  3: "x86 (32 bits)",
  8: "MIPS",
  20: "PowerPC",
  21: "PowerPC64",
  22: "s390x",
  40: "Arm (32 bits)",
  62: "x86-64",
  183: "AArch64",
  243: "RISC-V",
  258: "LoongArch",
};
const ET_REL = 1;
const HEADER_BYTES = 64;
const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;
const RELOCATION_BYTES = 16;

/** Size of the largest file that is read, in bytes. */
const MAX_FILE = 64 << 20;
/** The most bytes of a name. Names may overlap, so without a limit a small file could make us decode its strings over and over. */
export const MAX_NAME = 4096;
/** A compiler's object has a few dozen sections, or a few thousand with -ffunction-sections. */
const MAX_SECTIONS = 1 << 16;

export interface Section {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  /** Size in bytes. For SHT_NOBITS: the size in memory. */
  readonly size: number;
  /** Where its bytes start in the file. */
  readonly offset: number;
  readonly link: number;
  readonly info: number;
  /** The section's bytes. Empty for SHT_NOBITS. */
  readonly data: Uint8Array;
}

export interface ElfSymbol {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly bind: number;
  readonly visibility: number;
  readonly section: number;
  readonly value: number;
  readonly size: number;
}

export interface Relocation {
  /** In bytes from the start of the section that it changes. */
  readonly offset: number;
  readonly symbol: number;
}

export interface Elf {
  readonly sections: readonly Section[];
  readonly symbols: readonly ElfSymbol[];
}

/** Refuses files that are not such objects. */
export function readElf(file: Uint8Array): Elf {
  if (file.length > MAX_FILE) refuse("too-large", { size: file.length, limit: MAX_FILE });
  const view = viewOf(file);
  requireBytes(file, "ELF header", 0, HEADER_BYTES);
  const magic = [...file.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  if (magic !== "7f 45 4c 46") refuse("not-elf", { found: magic });
  // First the machine: another one explains every other field that differs.
  const machine = view.getUint16(0x12, file[5] !== 2);
  if (machine in MACHINES) refuse("machine", { machine: `${MACHINES[machine]} (e_machine ${machine})` });
  requireField(4, "EI_CLASS", file[4] as number, 2, "2 (64 bits)");
  if (file[5] === 2) refuse("big-endian");
  requireField(5, "EI_DATA", file[5] as number, 1, "1 (little-endian)");
  if (machine !== 0 && machine !== EM_BPF) refuse("machine", { machine: `e_machine ${machine}` });
  requireField(0x10, "e_type", view.getUint16(0x10, true), ET_REL, "1 (ET_REL)");
  requireField(0x3a, "e_shentsize", view.getUint16(0x3a, true), SECTION_BYTES, String(SECTION_BYTES));

  const table = u64(view, 0x28, "e_shoff", file.length);
  requireBytes(file, "section header", table, SECTION_BYTES);
  // If there are very many sections, the first section header has their number.
  const count = view.getUint16(0x3c, true) || u64(view, table + 32, "sh_size", file.length);
  if (count > MAX_SECTIONS) refuse("too-many", { what: "sections", count, limit: MAX_SECTIONS });
  requireBytes(file, "section headers", table, count * SECTION_BYTES);
  let names = view.getUint16(0x3e, true);
  if (names === SHN_XINDEX) names = view.getUint32(table + 40, true);
  if (names >= count) refuse("section-index", { what: "e_shstrndx", index: names, count });

  const raw = Array.from({ length: count }, (_, index) =>
    readSection(file, view, table + index * SECTION_BYTES, index),
  );
  const strings = raw[names]!.data;
  const sections = raw.map(({ nameAt, headerAt, ...section }) => ({
    ...section,
    name: stringAt(strings, nameAt, headerAt, "sh_name"),
  }));
  return { sections, symbols: readSymbols(sections) };
}

function readSection(file: Uint8Array, view: DataView, at: number, index: number) {
  const type = view.getUint32(at + 4, true);
  const inFile = index !== 0 && type !== SHT_NOBITS;
  // A section without bytes in the file may have a large size. Map sizes are checked later.
  const size = index === 0 ? 0 : u64(view, at + 32, "sh_size", inFile ? file.length : Number.MAX_SAFE_INTEGER);
  const offset = inFile ? u64(view, at + 24, "sh_offset", file.length) : 0;
  if (inFile && offset + size > file.length)
    refuse("truncated", { what: `section ${index}`, at: hex(offset), size, left: Math.max(0, file.length - offset) });
  return {
    index,
    nameAt: view.getUint32(at, true),
    headerAt: at,
    type,
    // All flags that matter are in the low half.
    flags: view.getUint32(at + 8, true),
    size,
    offset,
    link: view.getUint32(at + 40, true),
    info: view.getUint32(at + 44, true),
    data: inFile ? file.subarray(offset, offset + size) : new Uint8Array(),
  };
}

function readSymbols(sections: readonly Section[]): ElfSymbol[] {
  const tables = sections.filter(({ type }) => type === SHT_SYMTAB);
  const table = tables[0];
  if (table === undefined) return refuse("no-symbols");
  if (tables.length > 1)
    refuse("elf-field", { at: hex(tables[1]!.offset), what: "symbol table", found: "a second one", expected: "one" });
  const strings = sections[table.link];
  if (strings === undefined || strings.type !== SHT_STRTAB)
    return refuse("section-index", { what: "sh_link of the symbol table", index: table.link, count: sections.length });
  const view = viewOf(table.data);
  const count = Math.floor(table.data.length / SYMBOL_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const at = index * SYMBOL_BYTES;
    const info = view.getUint8(at + 4);
    return {
      index,
      name: stringAt(strings.data, view.getUint32(at, true), table.offset + at, "st_name"),
      type: info & 15,
      bind: info >> 4,
      visibility: view.getUint8(at + 5) & 3,
      section: view.getUint16(at + 6, true),
      value: u64(view, at + 8, "st_value", Number.MAX_SAFE_INTEGER),
      size: u64(view, at + 16, "st_size", Number.MAX_SAFE_INTEGER),
    };
  });
}

/** The relocations of a section of type SHT_REL. */
export function readRelocations(section: Section): Relocation[] {
  const view = viewOf(section.data);
  const count = Math.floor(section.data.length / RELOCATION_BYTES);
  return Array.from({ length: count }, (_, i) => ({
    offset: u64(view, i * RELOCATION_BYTES, "r_offset", Number.MAX_SAFE_INTEGER),
    symbol: view.getUint32(i * RELOCATION_BYTES + 12, true),
  }));
}

/** Whether the symbol is declared here and defined elsewhere. */
export const isExtern = ({ section, bind, type }: ElfSymbol): boolean =>
  section === SHN_UNDEF && bind !== STB_LOCAL && type === 0;

function requireBytes(file: Uint8Array, what: string, at: number, size: number): void {
  if (at + size > file.length) refuse("truncated", { what, at: hex(at), size, left: Math.max(0, file.length - at) });
}

function requireField(at: number, what: string, found: number, wanted: number, expected: string): void {
  if (found !== wanted) refuse("elf-field", { at: hex(at), what, found, expected });
}

function u64(view: DataView, at: number, what: string, limit: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(limit))
    refuse("elf-field", { at: hex(at), what, found: `0x${value.toString(16)}`, expected: `at most ${hex(limit)}` });
  return Number(value);
}

function stringAt(strings: Uint8Array, start: number, at: number, what: string): string {
  const longest = strings.subarray(start, start + MAX_NAME + 1);
  const length = longest.indexOf(0);
  if (length >= 0) return length === 0 ? "" : utf8Decode(longest.subarray(0, length));
  if (longest.length > MAX_NAME)
    return refuse("elf-field", {
      at: hex(at),
      what,
      found: hex(start),
      expected: `a name of at most ${MAX_NAME} bytes`,
    });
  if (start === 0 && strings.length === 0) return "";
  return refuse("string", { at: hex(at), what, string: hex(start), end: hex(strings.length) });
}
