// BTF: types by number. They are read from their bytes only when needed. The constructor checks that each type is complete and refers
// only to existing types and strings. What a caller expects of a type, the caller checks.
//
//   header (24): magic u16 = eb9f, version u8, flags u8, hdr_len, type_off, type_len, str_off, str_len u32
//   type: name_off, info = kind_flag << 31 | kind << 24 | vlen, size or type; then what its kind adds
// Source: Documentation/bpf/btf.rst
import { utf8Decode, utf8Encode, viewOf } from "../../base/bytes.ts";
import { MAX_NAME } from "../elf.ts";
import { hex, refuse } from "../refusal.ts";

export const KINDS = [
  "void",
  "int",
  "ptr",
  "array",
  "struct",
  "union",
  "enum",
  "fwd",
  "typedef",
  "volatile",
  "const",
  "restrict",
  "func",
  "func_proto",
  "var",
  "datasec",
  "float",
  "decl_tag",
  "type_tag",
  "enum64",
] as const;
export type Kind = (typeof KINDS)[number];

/** How many bytes follow the first twelve of a type: a fixed number, plus a number for each of its vlen entries. */
const EXTRA_BYTES: Readonly<Record<Kind, readonly [fixed: number, each: number]>> = {
  void: [0, 0],
  int: [4, 0],
  ptr: [0, 0],
  array: [12, 0],
  struct: [0, 12],
  union: [0, 12],
  enum: [0, 8],
  fwd: [0, 0],
  typedef: [0, 0],
  volatile: [0, 0],
  const: [0, 0],
  restrict: [0, 0],
  func: [0, 0],
  func_proto: [0, 8],
  var: [4, 0],
  datasec: [0, 12],
  float: [0, 0],
  decl_tag: [4, 0],
  type_tag: [0, 0],
  enum64: [0, 12],
};

const MODIFIERS: ReadonlySet<Kind> = new Set<Kind>(["typedef", "volatile", "const", "restrict", "type_tag"]);
/** Kinds whose third word refers to another type. */
export const REFERRING_KINDS: ReadonlySet<Kind> = new Set<Kind>([
  ...MODIFIERS,
  "ptr",
  "func",
  "func_proto",
  "var",
  "decl_tag",
]);

export const MAGIC = 0xeb9f;
const HEADER_BYTES = 24;
/** The highest number of types that is read. A kernel with every option has about 300 000. */
const MAX_TYPES = 1 << 21;
/** How many modifiers and arrays may be around a type. More means a cycle. @kernel libbpf MAX_RESOLVE_DEPTH */
const MAX_DEPTH = 32;

export interface Member {
  readonly name: string;
  readonly type: number;
  /** In bits from the start of the structure. */
  readonly bitOffset: number;
  /** Size of a bit field in bits. 0: not a bit field. */
  readonly bitSize: number;
}

export interface SectionVariable {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

export class Btf {
  /** The bytes as they were read. `sectionName`: what refusals call them. */
  readonly bytes: Uint8Array;
  readonly sectionName: string;
  readonly #view: DataView;
  /** Offset of each type. Of void: 0. */
  readonly #at: Uint32Array;
  /** Number of types, including void. */
  readonly count: number;
  readonly #strings: number;
  readonly #stringsEnd: number;
  readonly #texts = new Map<number, string>();
  #index: Index | undefined;

  /** Refuses bytes that are not BTF. */
  constructor(bytes: Uint8Array, sectionName = ".BTF") {
    this.bytes = bytes;
    this.sectionName = sectionName;
    this.#view = viewOf(bytes);
    const header = readHeader(bytes, sectionName);
    this.#strings = header.strings;
    this.#stringsEnd = header.stringsEnd;
    this.#at = this.#findTypes(header.types, header.typesEnd);
    this.count = this.#at.length;
    for (let id = 1; id < this.count; id++) this.#checkReferences(id);
  }

  #findTypes(from: number, end: number): Uint32Array {
    const starts: number[] = [0];
    for (let at = from; at < end; ) {
      if (end - at < 12) this.#refuseTruncated(at, "a type", 12, end - at);
      const info = this.#view.getUint32(at + 4, true);
      const kind = KINDS[(info >>> 24) & 31];
      if (kind === undefined || kind === "void")
        return refuse("btf-field", {
          section: this.sectionName,
          at: hex(at + 4),
          what: "kind",
          found: (info >>> 24) & 31,
          expected: "1 to 19",
        });
      const [fixed, each] = EXTRA_BYTES[kind];
      const size = 12 + fixed + each * (info & 0xffff);
      if (end - at < size) this.#refuseTruncated(at, `type ${starts.length} (${kind})`, size, end - at);
      starts.push(at);
      if (starts.length > MAX_TYPES) refuse("too-many", { what: "BTF types", count: starts.length, limit: MAX_TYPES });
      at += size;
    }
    return Uint32Array.from(starts);
  }

  #refuseTruncated(at: number, what: string, size: number, left: number): never {
    return refuse("btf-truncated", { section: this.sectionName, at: hex(at), what, size, left });
  }

  #checkReferences(id: number): void {
    const at = this.#at[id]!;
    const kind = this.kind(id);
    this.#checkName(at);
    if (REFERRING_KINDS.has(kind)) this.#checkType(at + 8);
    const vlen = this.vlen(id);
    switch (kind) {
      case "array":
        this.#checkType(at + 12);
        this.#checkType(at + 16);
        break;
      case "struct":
      case "union":
        for (let i = 0; i < vlen; i++) {
          this.#checkName(at + 12 + 12 * i);
          this.#checkType(at + 16 + 12 * i);
        }
        break;
      case "enum":
      case "enum64":
        for (let i = 0; i < vlen; i++) this.#checkName(at + 12 + (kind === "enum" ? 8 : 12) * i);
        break;
      case "func_proto":
        for (let i = 0; i < vlen; i++) {
          this.#checkName(at + 12 + 8 * i);
          this.#checkType(at + 16 + 8 * i);
        }
        break;
      case "datasec":
        for (let i = 0; i < vlen; i++) this.#checkType(at + 12 + 12 * i);
        break;
    }
  }

  #checkName(at: number): void {
    const name = this.#view.getUint32(at, true);
    if (this.#strings + name >= this.#stringsEnd)
      refuse("btf-field", {
        section: this.sectionName,
        at: hex(at),
        what: "name_off",
        found: hex(name),
        expected: `below ${hex(this.#stringsEnd - this.#strings)}`,
      });
  }

  #checkType(at: number): void {
    const type = this.#view.getUint32(at, true);
    if (type >= this.count)
      refuse("btf-field", {
        section: this.sectionName,
        at: hex(at),
        what: "type",
        found: type,
        expected: `below ${this.count}`,
      });
  }

  /** Whether a type with this number exists. */
  has(id: number): boolean {
    return Number.isInteger(id) && id >= 0 && id < this.count;
  }

  #start(id: number): number {
    if (!this.has(id)) refuse("btf-kind", { id, found: "none", expected: "a type", what: `${this.count} types` });
    return this.#at[id]!;
  }

  #info(id: number): number {
    const at = this.#start(id);
    return at === 0 ? 0 : this.#view.getUint32(at + 4, true);
  }

  /** The text at an offset of the strings, cut after MAX_NAME bytes. "": there is none. */
  text(offset: number): string {
    let text = this.#texts.get(offset);
    if (text === undefined) {
      const from = this.#strings + offset;
      text = from < this.#stringsEnd ? utf8Decode(this.bytes.subarray(from, this.#endOfText(from))) : "";
      this.#texts.set(offset, text);
    }
    return text;
  }

  /** Where the text that begins at `from` ends, both as offsets of the bytes. */
  #endOfText(from: number): number {
    const most = this.bytes.subarray(from, Math.min(this.#stringsEnd, from + MAX_NAME));
    const length = most.indexOf(0);
    if (length >= 0) return from + length;
    return most.length === MAX_NAME ? from + MAX_NAME : from; // without an end there is no text
  }

  kind(id: number): Kind {
    return KINDS[(this.#info(id) >>> 24) & 31]!;
  }

  kindFlag(id: number): boolean {
    return this.#info(id) >>> 31 === 1;
  }

  vlen(id: number): number {
    return this.#info(id) & 0xffff;
  }

  name(id: number): string {
    const at = this.#start(id);
    return at === 0 ? "" : this.text(this.#view.getUint32(at, true));
  }

  /** Size in bytes, for kinds that have a size. */
  size(id: number): number {
    const at = this.#start(id);
    return at === 0 ? 0 : this.#view.getUint32(at + 8, true);
  }

  /** The type that this one refers to, for kinds that refer to one. */
  type(id: number): number {
    return this.size(id);
  }

  /** Word `n` after the type's first twelve bytes: encoding of an int, linkage of a var, component index of a decl_tag. */
  word(id: number, n = 0): number {
    return this.#view.getInt32(this.#start(id) + 12 + 4 * n, true);
  }

  array(id: number): { readonly type: number; readonly index: number; readonly count: number } {
    const at = this.#start(id) + 12;
    return {
      type: this.#view.getUint32(at, true),
      index: this.#view.getUint32(at + 4, true),
      count: this.#view.getUint32(at + 8, true),
    };
  }

  member(id: number, i: number): Member {
    const at = this.#start(id) + 12 + 12 * i;
    const where = this.#view.getUint32(at + 8, true);
    const fields = this.kindFlag(id);
    return {
      name: this.text(this.#view.getUint32(at, true)),
      type: this.#view.getUint32(at + 4, true),
      bitOffset: fields ? where & 0xff_ffff : where,
      bitSize: fields ? where >>> 24 : 0,
    };
  }

  members(id: number): Member[] {
    return Array.from({ length: this.vlen(id) }, (_, i) => this.member(id, i));
  }

  param(id: number, i: number): { readonly name: string; readonly type: number } {
    const at = this.#start(id) + 12 + 8 * i;
    return { name: this.text(this.#view.getUint32(at, true)), type: this.#view.getUint32(at + 4, true) };
  }

  enumerator(id: number, i: number): { readonly name: string; readonly value: bigint } {
    const wide = this.kind(id) === "enum64";
    const at = this.#start(id) + 12 + (wide ? 12 : 8) * i;
    const name = this.text(this.#view.getUint32(at, true));
    if (wide) {
      const low = BigInt(this.#view.getUint32(at + 4, true));
      return { name, value: (BigInt(this.#view.getUint32(at + 8, true)) << 32n) | low };
    }
    // A signed value is extended to 64 bits.
    return { name, value: BigInt.asUintN(64, BigInt(this.#view.getInt32(at + 4, true))) };
  }

  variable(id: number, i: number): SectionVariable {
    const at = this.#start(id) + 12 + 12 * i;
    return {
      type: this.#view.getUint32(at, true),
      offset: this.#view.getUint32(at + 4, true),
      size: this.#view.getUint32(at + 8, true),
    };
  }

  /** The type after removing typedefs and qualifiers. */
  strip(id: number): number {
    let at = id;
    for (let depth = 0; MODIFIERS.has(this.kind(at)); depth++) {
      if (depth === MAX_DEPTH * 2) refuse("btf-depth", { id, limit: MAX_DEPTH * 2 });
      at = this.type(at);
    }
    return at;
  }

  isComposite(id: number): boolean {
    const kind = this.kind(id);
    return kind === "struct" || kind === "union";
  }

  isEnum(id: number): boolean {
    const kind = this.kind(id);
    return kind === "enum" || kind === "enum64";
  }

  /** Size of a value of the type in bytes. undefined: it has no size. @kernel libbpf btf__resolve_size */
  sizeOf(id: number): number | undefined {
    let elements = 1;
    let at = id;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const kind = this.kind(at);
      switch (kind) {
        case "int":
        case "struct":
        case "union":
        case "enum":
        case "enum64":
        case "datasec":
        case "float":
          return sizeInU32(elements * this.size(at));
        case "ptr":
          return sizeInU32(elements * 8);
        case "array": {
          const array = this.array(at);
          elements = elements === 0 ? 0 : (sizeInU32(elements * array.count) ?? 0);
          at = array.type;
          break;
        }
        case "var":
          at = this.type(at);
          break;
        default:
          if (!MODIFIERS.has(kind)) return undefined;
          at = this.type(at);
      }
    }
    return undefined;
  }

  /** Alignment in bytes of a number, a pointer or an array of them. 0: another type. @kernel libbpf btf__align_of */
  alignOf(id: number): number {
    let at = id;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const kind = this.kind(at);
      if (kind === "int" || kind === "enum" || kind === "enum64" || kind === "float") return Math.min(8, this.size(at));
      if (kind === "ptr") return 8;
      if (kind === "array") at = this.array(at).type;
      else if (MODIFIERS.has(kind)) at = this.type(at);
      else return 0;
    }
    return 0;
  }

  /** The first type with this name and kind. undefined: there is none. */
  find(name: string, kind: Kind): number | undefined {
    return this.named(name).find((id) => this.kind(id) === kind);
  }

  /** All types whose name is equal up to a `___` suffix, ascending. */
  withEssentialName(name: string): readonly number[] {
    const wanted = essentialName(name);
    const bytes = utf8Encode(wanted);
    this.#index ??= this.#makeIndex();
    const { heads, next } = this.#index;
    const found: number[] = [];
    for (let id = heads[hashOf(bytes, 0, bytes.length) & (heads.length - 1)]!; id !== 0; id = next[id]!)
      if (essentialName(this.name(id)) === wanted) found.push(id);
    return found;
  }

  /** All types with exactly this name, ascending. */
  named(name: string): readonly number[] {
    return this.withEssentialName(name).filter((id) => this.name(id) === name);
  }

  /** An index of types by the hash of their names: chains of type numbers. It is made without decoding strings. */
  #makeIndex(): Index {
    const { bytes } = this;
    const heads = new Int32Array(1 << Math.ceil(Math.log2(this.count + 1)));
    const next = new Int32Array(this.count);
    for (let id = this.count - 1; id > 0; id--) {
      const name = this.#view.getUint32(this.#at[id]!, true);
      if (name === 0) continue;
      const from = this.#strings + name;
      const end = from + essentialLength(bytes, from, this.#endOfText(from));
      const hash = hashOf(bytes, from, end) & (heads.length - 1);
      next[id] = heads[hash]!;
      heads[hash] = id;
    }
    return { heads, next };
  }
}

interface Index {
  readonly heads: Int32Array;
  readonly next: Int32Array;
}

/** FNV-1a */
function hashOf(bytes: Uint8Array, from: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash;
}

const UNDERSCORE = 0x5f;

/** The same as essentialName, for bytes. */
function essentialLength(bytes: Uint8Array, from: number, end: number): number {
  for (let i = end - 5; i >= from; i--) {
    if (bytes[i + 1] !== UNDERSCORE || bytes[i + 2] !== UNDERSCORE || bytes[i + 3] !== UNDERSCORE) continue;
    if (bytes[i] !== UNDERSCORE && bytes[i + 4] !== UNDERSCORE) return i + 1 - from;
  }
  return end - from;
}

const sizeInU32 = (size: number): number | undefined => (size <= 0xffff_ffff ? size : undefined);

/** `task_struct___old` → `task_struct`: programs name variants of a type like this. @kernel libbpf bpf_core_essential_name_len */
export function essentialName(name: string): string {
  for (let i = name.length - 5; i >= 0; i--) {
    if (name[i] !== "_" && name.startsWith("___", i + 1) && name[i + 4] !== "_") return name.slice(0, i + 1);
  }
  return name;
}

/** The parts of .BTF, as offsets in its bytes. */
function readHeader(bytes: Uint8Array, section: string) {
  const view = viewOf(bytes);
  if (bytes.length < HEADER_BYTES)
    refuse("btf-truncated", { section, at: "0x0", what: "header", size: HEADER_BYTES, left: bytes.length });
  const field = (at: number, what: string, found: number, wanted: number) => {
    if (found !== wanted) refuse("btf-field", { section, at: hex(at), what, found: hex(found), expected: hex(wanted) });
  };
  field(0, "magic", view.getUint16(0, true), MAGIC);
  field(2, "version", view.getUint8(2), 1);
  const length = view.getUint32(4, true);
  const part = (at: number, what: string): [from: number, end: number] => {
    const from = length + view.getUint32(at, true);
    const size = view.getUint32(at + 4, true);
    if (from + size > bytes.length)
      refuse("btf-truncated", { section, at: hex(from), what, size, left: Math.max(0, bytes.length - from) });
    return [from, from + size];
  };
  const [types, typesEnd] = part(8, "types");
  const [strings, stringsEnd] = part(16, "strings");
  if (stringsEnd === strings || bytes[strings] !== 0 || bytes[stringsEnd - 1] !== 0)
    refuse("btf-field", {
      section,
      at: hex(strings),
      what: "strings",
      found: "no text",
      expected: "texts that end in 0",
    });
  return { types, typesEnd, strings, stringsEnd };
}
