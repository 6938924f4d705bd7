// Names of C types, and the layout of structs as gcc makes it on x86-64. Structs come from the UAPI (recorded in facts) and from
// declarations in the source. The source's structs take precedence.
import type { Span } from "../base/span.ts";
import type { UapiStruct } from "../facts/types.ts";
import {
  alignOfType,
  BOOL,
  type CType,
  type IntType,
  S8,
  S16,
  S32,
  S64,
  type StructField,
  type StructType,
  sizeOfType,
  TYPEDEFS,
  U8,
  U16,
  U32,
  U64,
} from "./ctype.ts";
import type { Cursor } from "./cursor.ts";
import { type Reporter, replaceFix } from "./messages.ts";

/** Gives the structs that the source does not declare. */
export interface StructSource {
  struct(tag: string): UapiStruct | undefined;
  structNames(): Iterable<string>;
}

export type FieldPath = Span &
  ({ readonly kind: "name"; readonly name: string } | { readonly kind: "index"; readonly index: number });

const QUALIFIERS = new Set([
  "const",
  "volatile",
  "restrict",
  "__restrict",
  "register",
  "_Atomic",
  "__user",
  "__percpu",
  "__rcu",
  "__kptr",
  "__force",
]);
const BASE_WORDS = new Set([
  "void",
  "char",
  "short",
  "int",
  "long",
  "signed",
  "unsigned",
  "_Bool",
  "__signed__",
  "float",
  "double",
  "__int128",
]);
const TAG_WORDS = new Set(["struct", "union", "enum"]);

/** The integer type of these specifiers. Their order does not matter. */
function baseType(words: readonly string[]): CType | undefined {
  const has = (word: string) => words.includes(word);
  if (has("void")) return { kind: "opaque", name: "void" };
  if (has("float")) return { kind: "opaque", name: "float" };
  if (has("double")) return { kind: "opaque", name: "double" };
  if (has("_Bool")) return BOOL;
  const unsigned = has("unsigned");
  if (has("__int128")) return { kind: "opaque", name: "__int128" };
  if (has("char")) return unsigned ? U8 : S8;
  if (has("short")) return unsigned ? U16 : S16;
  if (has("long")) return unsigned ? U64 : S64;
  return unsigned ? U32 : S32;
}

export class Types {
  readonly #source: StructSource;
  readonly #tags = new Map<string, CType>();
  readonly #typedefs = new Map<string, CType>();
  readonly #recorded = new Map<string, StructType | undefined>();
  /** Places where the source declares a tag or a typedef, by name. */
  readonly declared = new Map<string, Span>();

  constructor(source: StructSource) {
    this.#source = source;
  }

  /** Whether a type begins `ahead` tokens from here. */
  startsType(cursor: Cursor, ahead: number): boolean {
    const { kind, text } = cursor.ahead(ahead);
    if (kind !== "name") return false;
    return (
      BASE_WORDS.has(text) ||
      TAG_WORDS.has(text) ||
      QUALIFIERS.has(text) ||
      this.isTypedef(text) ||
      text === "typeof" ||
      text === "__typeof__"
    );
  }

  isTypedef(name: string): boolean {
    return this.#typedefs.has(name) || Object.hasOwn(TYPEDEFS, name);
  }
  hasTag(tag: string): boolean {
    return this.#tags.has(tag) || this.#uapi(tag) !== undefined;
  }
  defineTag(tag: string, type: CType, span: Span): void {
    this.#tags.set(tag, type);
    this.declared.set(tag, span);
  }
  defineTypedef(name: string, type: CType, span: Span): void {
    this.#typedefs.set(name, type);
    this.declared.set(name, span);
  }
  /** Names of the structs of the source and of the UAPI. */
  *structNames(): Iterable<string> {
    yield* this.#tags.keys();
    yield* this.#source.structNames();
  }
  structNamed(tag: string): StructType | undefined {
    const type = this.#tags.get(tag) ?? this.#uapi(tag);
    return type?.kind === "struct" ? type : undefined;
  }

  /** Reads the name of a type, such as `const struct foo *` or `unsigned long [4]`. `undefined`: a fault was reported. */
  parseTypeName(cursor: Cursor, reporter: Reporter): CType | undefined {
    const base = this.parseSpecifiers(cursor, reporter);
    if (!base) return undefined;
    let type = base;
    while (cursor.is("*") || QUALIFIERS.has(cursor.token.text)) {
      if (cursor.next().text === "*") type = { kind: "pointer", to: type };
    }
    const counts: number[] = [];
    while (cursor.is("[")) {
      const count = cursor.ahead(2).text === "]" ? Number(cursor.ahead(1).text) : Number.NaN;
      if (!Number.isInteger(count)) {
        if (cursor.ahead(1).text !== "]") break;
        counts.push(0);
        cursor.next();
        cursor.next();
        continue;
      }
      counts.push(count);
      cursor.next();
      cursor.next();
      cursor.next();
    }
    for (const count of counts.toReversed()) type = { kind: "array", of: type, count };
    return type;
  }

  /** Reads specifiers without a body in braces: `struct foo`, `unsigned int`, `__u32`. */
  parseSpecifiers(cursor: Cursor, reporter: Reporter): CType | undefined {
    const words: string[] = [];
    let named: CType | undefined;
    for (;;) {
      const token = cursor.token;
      if (token.kind !== "name") break;
      if (QUALIFIERS.has(token.text)) cursor.next();
      else if (BASE_WORDS.has(token.text)) words.push(cursor.next().text);
      else if (TAG_WORDS.has(token.text)) {
        cursor.next();
        const tag = cursor.token;
        if (tag.kind !== "name") {
          reporter.report("unknown-type", token, { name: token.text });
          return undefined;
        }
        cursor.next();
        named = token.text === "enum" ? U32 : this.tagged(token.text, tag.text);
      } else if (!named && words.length === 0 && this.isTypedef(token.text)) {
        named = this.#typedefs.get(token.text) ?? TYPEDEFS[token.text];
        cursor.next();
      } else break;
    }
    if (named) return named;
    if (words.length > 0) return baseType(words);
    reporter.report("unknown-type", cursor.token, { name: cursor.token.text });
    return undefined;
  }

  tagged(keyword: string, tag: string): CType {
    return this.#tags.get(tag) ?? this.#uapi(tag) ?? { kind: "opaque", name: `${keyword} ${tag}` };
  }

  /** The definition of a type that was not defined yet when it was used. */
  complete(type: CType): CType {
    if (type.kind === "opaque") {
      const tag = /^(?:struct|union) (\w+)$/.exec(type.name)?.[1];
      const found = tag === undefined ? undefined : (this.#tags.get(tag) ?? this.#uapi(tag));
      if (found && found.kind !== "opaque") return found;
    }
    if (type.kind === "array") return { ...type, of: this.complete(type.of) };
    return type;
  }

  alignOf(type: CType): number {
    return alignOfType(type);
  }

  reportUnknown(type: CType, span: Span, reporter: Reporter): void {
    const opaque = type.kind === "array" ? type.of : type;
    const name = opaque.kind === "opaque" ? opaque.name : "this type";
    const tagged = /^(struct|union) (\w+)$/.exec(name);
    if (!tagged) {
      reporter.report("incomplete-type", span, { name });
      return;
    }
    const near = reporter.similar(tagged[2] as string, () => this.structNames());
    if (near === undefined) reporter.report("unknown-type", span, { name });
    else {
      const text = `${tagged[1]} ${near}`;
      reporter.report("unknown-type-similar", span, { name, similar: text }, [replaceFix(span, text)]);
    }
  }

  #uapi(tag: string): StructType | undefined {
    if (this.#recorded.has(tag)) return this.#recorded.get(tag);
    const found = this.#source.struct(tag);
    // Set first, so that a struct that points to itself does not recurse forever.
    this.#recorded.set(tag, undefined);
    const type = found && this.#fromUapi(found);
    this.#recorded.set(tag, type);
    return type;
  }

  #fromUapi(struct: UapiStruct): StructType {
    let align = 1;
    const fields: StructField[] = struct.fields.map((field) => {
      const count = field.count;
      const each = count === undefined || count === 0 ? field.size : field.size / count;
      const nested = field.struct === undefined || field.type.includes("*") ? undefined : this.#uapi(field.struct);
      const of: CType = nested ?? unsignedOf(each, field.type);
      if (!field.bit) align = Math.max(align, alignOfType(of));
      const type: CType = count === undefined ? of : { kind: "array", of, count };
      return { name: field.name, off: field.off, type, ...(field.bit ? { bits: field.bit[1] } : {}) };
    });
    return { kind: "struct", name: `struct ${struct.name}`, size: struct.size, align, fields };
  }
}

function unsignedOf(size: number, text: string): CType {
  const signed = /^(?:__s|s\d|int|long|short|char|signed)/.test(text);
  const table: Record<number, readonly [IntType, IntType]> = {
    1: [U8, S8],
    2: [U16, S16],
    4: [U32, S32],
    8: [U64, S64],
  };
  const pair = table[size];
  return pair ? (signed ? pair[1] : pair[0]) : { kind: "array", of: U8, count: size };
}

/** Offset and type at the end of a path of fields and indices. `undefined`: a fault was reported. */
export function walkField(
  type: CType,
  path: readonly FieldPath[],
  builtin: string,
  reporter: Reporter,
): { readonly off: number; readonly type: CType } | undefined {
  let off = 0;
  let at: CType = type;
  for (const step of path) {
    if (step.kind === "index") {
      if (at.kind !== "array") {
        reporter.report("not-a-field", step, { text: `[${step.index}]`, builtin });
        return undefined;
      }
      off += step.index * (sizeOfType(at.of) ?? 0);
      at = at.of;
      continue;
    }
    if (at.kind !== "struct") {
      reporter.report("not-a-field", step, { text: step.name, builtin });
      return undefined;
    }
    const struct = at;
    const field = struct.fields.find((f) => f.name === step.name);
    if (!field) {
      const near = reporter.similar(step.name, () => struct.fields.map((f) => f.name));
      const args = { type: struct.name, name: step.name };
      if (near === undefined) reporter.report("unknown-field", step, args);
      else reporter.report("unknown-field-similar", step, { ...args, similar: near }, [replaceFix(step, near)]);
      return undefined;
    }
    if (field.bits !== undefined) {
      reporter.report("bit-field", step, { name: step.name });
      return undefined;
    }
    off += field.off;
    at = field.type;
  }
  return { off, type: at };
}

/** A member to lay out. `bits`: width of a bit-field. An anonymous struct or union has no name. */
export interface Member {
  readonly name: string | undefined;
  readonly type: CType;
  readonly bits?: number;
  readonly align?: number;
}

/** Lays members out as gcc does on x86-64. Members of anonymous structs and unions become members of the outer type. */
export function layOut(
  name: string,
  members: readonly Member[],
  how: { readonly union: boolean; readonly packed: boolean; readonly align?: number },
): StructType {
  const fields: StructField[] = [];
  let bit = 0;
  let size = 0;
  let align = how.align ?? 1;
  for (const member of members) {
    const memberAlign = Math.max(how.packed ? 1 : alignOfType(member.type), member.align ?? 1);
    const bytes = sizeOfType(member.type) ?? 0;
    if (how.union) bit = 0;
    if (member.bits !== undefined) {
      const unit = bytes * 8;
      // A bit-field does not cross a unit of its own type. Width 0 ends the unit.
      if (member.bits === 0 || (!how.packed && (bit % unit) + member.bits > unit)) bit = Math.ceil(bit / unit) * unit;
      if (member.name !== undefined) {
        fields.push({ name: member.name, off: Math.floor(bit / unit) * bytes, type: member.type, bits: member.bits });
        align = Math.max(align, memberAlign);
      }
      bit += member.bits;
    } else {
      const off = Math.ceil(Math.ceil(bit / 8) / memberAlign) * memberAlign;
      align = Math.max(align, memberAlign);
      if (member.name !== undefined) fields.push({ name: member.name, off, type: member.type });
      else if (member.type.kind === "struct") {
        for (const inner of member.type.fields) fields.push({ ...inner, off: off + inner.off });
      }
      bit = (off + bytes) * 8;
    }
    size = Math.max(size, Math.ceil(bit / 8));
  }
  return { kind: "struct", name, size: Math.ceil(size / align) * align, align, fields };
}
