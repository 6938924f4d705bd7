// What is known about the text at a place, as data: for a macro its expansion, its bytes, the kernel's notation and plain words;
// also for a register, helper, constant, struct or field. The page draws it.

import type { Span } from "../../base/span.ts";
import { formatInsn } from "../../disasm/kernel.ts";
import { helperId, helperName } from "../../facts/helpers.ts";
import { PROG_TYPES } from "../../facts/prog-types.ts";
import { formOf } from "../../isa/forms.ts";
import { type Insn, insnHex, isLdImm64 } from "../../isa/insn.ts";
import { type InsnMacro, insnMacro } from "../../isa/macros.ts";
import { type MapAttr, mapAttr } from "../../program/program.ts";
import type { Analysis } from "../assemble.ts";
import { slotsAt } from "../assembly.ts";
import { type CType, sizeOfType } from "../ctype.ts";
import { PREDEFINED } from "../dialect.ts";
import { DIRECTIVE_WORDS } from "./completion.ts";
import { helperMeaning, ROLE_VALUES } from "./meanings.ts";
import { type Place, placeAt, tokensOf } from "./place.ts";
import { explain, REGISTER_ROLES, rfcOf, type Words } from "./words.ts";

/** One slot of an instruction, split into its fields. */
export interface SlotHover {
  readonly slot: number;
  readonly hex: string;
  readonly fields: Insn;
  /** The instruction as in the verifier's log. "": the second half of a 64-bit load. */
  readonly kernel: string;
  readonly words: Words;
  readonly rfc: { readonly section: string; readonly url: string } | undefined;
  /** Name of the row in the table of forms. */
  readonly form: string | undefined;
}

export type Hover = { readonly span: Span } & (
  | {
      readonly kind: "insn";
      readonly name: string;
      readonly signature: string;
      readonly words: Words;
      readonly origin: InsnMacro["from"];
      /** File and line of the macro in Linux. "": a macro of ours. */
      readonly source: string;
      /** The macro's fields as C, one row per slot. Fields that are 0 are left out. */
      readonly expansion: readonly string[];
      readonly slots: readonly SlotHover[];
    }
  | { readonly kind: "register"; readonly register: number; readonly name: string; readonly role: Words }
  | {
      readonly kind: "helper";
      readonly id: number;
      readonly name: string;
      readonly prototype: string | undefined;
      /** The declaration in C. */
      readonly signature: string | undefined;
      readonly gplOnly: boolean;
      /** Short names of the program types that may call the helper. */
      readonly programTypes: readonly string[];
    }
  | {
      readonly kind: "constant";
      readonly name: string;
      readonly decimal: string;
      readonly hex: string;
      readonly meaning: Words | undefined;
    }
  | { readonly kind: "define"; readonly name: string; readonly text: string; readonly words: Words | undefined }
  | {
      readonly kind: "struct";
      readonly name: string;
      readonly size: number;
      readonly fields: readonly {
        readonly name: string;
        readonly off: number;
        readonly size: number;
        readonly type: string;
      }[];
    }
  | {
      readonly kind: "field";
      readonly struct: string;
      readonly name: string;
      readonly off: number;
      readonly size: number;
      readonly type: string;
    }
  | { readonly kind: "label"; readonly name: string; readonly slot: number; readonly uses: number }
  | ({ readonly kind: "map" } & MapAttr)
  | { readonly kind: "directive"; readonly name: string; readonly words: Words }
);

export function hoverAt(analysis: Analysis, source: string, offset: number): Hover | undefined {
  const place = placeAt(source, offset);
  if (place.comment) return directiveHover(source, offset, place.comment.textStart);
  const { word } = place;
  if (!word) return undefined;
  const span = { start: word.start, end: word.end };
  const { text } = word;
  const { assembly } = analysis;
  if (word.kind === "number") {
    const value = analysis.names.constant(text);
    return value ? undefined : numberHover(text, span);
  }
  const define = analysis.preprocessed.defines.findLast((d) => d.name === text);
  const predefined = PREDEFINED.find((row) => row.name === text);
  const macro = define ? undefined : insnMacro(text);
  if (macro || define || predefined?.insns) {
    const slots = slotsAt(assembly, offset);
    const written = assembly.slots[slots[0] ?? -1];
    if (macro) return insnHover(analysis, span, text, macro, written?.macro === text ? slots : []);
    if (define) {
      const params = define.params ? `(${define.params.join(", ")})` : "";
      return {
        kind: "define",
        span,
        name: text,
        text: `#define ${text}${params} ${define.body
          .map((t) => (t.spaced ? " " : "") + t.text)
          .join("")
          .trim()}`,
        words: undefined,
      };
    }
  }
  if (predefined) {
    const params = predefined.params ? `(${predefined.params.join(", ")})` : "";
    return {
      kind: "define",
      span,
      name: text,
      text: `#define ${text}${params} ${predefined.body.replace(/\s+/g, " ")}`,
      words: { en: predefined.en, ja: predefined.ja },
    };
  }
  const label = assembly.labels.find((l) => l.name === text);
  if (label && [label.span, ...label.uses].some((s) => s.start <= offset && offset <= s.end)) {
    return { kind: "label", span, name: text, slot: label.slot, uses: label.uses.length };
  }
  const register = /^(?:BPF_REG_|R)(\d+|FP|CTX|ARG[1-5])$/.test(text) ? analysis.names.constant(text) : undefined;
  if (register) {
    const number = Number(register.v);
    const role = REGISTER_ROLES[number];
    if (role) return { kind: "register", span, register: number, name: text, role };
  }
  if (text.startsWith("BPF_FUNC_")) {
    const id = helperId(text.slice("BPF_FUNC_".length));
    const meaning = id === undefined ? undefined : helperMeaning(id, assembly.progType);
    if (meaning) {
      const programTypes = PROG_TYPES.filter((type) => type.helper(meaning.id, 0) !== undefined).map(
        (type) => type.name,
      );
      return {
        kind: "helper",
        span,
        id: meaning.id,
        name: `bpf_${helperName(meaning.id)}`,
        prototype: meaning.prototype,
        signature: meaning.signature,
        gplOnly: meaning.gplOnly,
        programTypes,
      };
    }
  }
  const field = fieldHover(analysis, source, offset, span);
  if (field) return field;
  const struct = analysis.types.structNamed(text);
  if (struct) {
    const fields = struct.fields.map((f) => ({
      name: f.name,
      off: f.off,
      size: sizeOfType(f.type) ?? 0,
      type: typeName(f.type),
    }));
    return { kind: "struct", span, name: struct.name, size: struct.size, fields };
  }
  const map = assembly.maps.find((m) => m.name === text);
  if (map) {
    return { kind: "map", span, ...mapAttr(map) };
  }
  const constant = analysis.names.constant(text);
  if (constant) return constantHover(text, BigInt(constant.v), span, meaningAt(place, text));
  return undefined;
}

/** Meaning of a constant as this argument, else its general meaning: BPF_ADD means one thing for a register, another for memory. */
function meaningAt(place: Place, name: string): Words | undefined {
  const call = place.calls.find((outer) => insnMacro(outer.name));
  const role = call && insnMacro(call.name)?.params[call.argument]?.role;
  const row = role && ROLE_VALUES[role]?.find(({ label }) => label === name);
  return row && row.en !== "" ? { en: row.en, ja: row.ja } : MEANINGS.get(name);
}

const MEANINGS: ReadonlyMap<string, Words> = new Map(
  Object.values(ROLE_VALUES).flatMap((rows) =>
    (rows ?? []).filter((row) => row.en !== "").map((row) => [row.label, { en: row.en, ja: row.ja }] as const),
  ),
);

function insnHover(analysis: Analysis, span: Span, name: string, macro: InsnMacro, slots: readonly number[]): Hover {
  return {
    kind: "insn",
    span,
    name,
    signature: `${name}(${macro.params.map((param) => param.name).join(", ")})`,
    words: { en: macro.en, ja: macro.ja },
    origin: macro.from,
    source: macro.source,
    expansion: macro.slots.map(({ code, ...rest }) => {
      const fields = Object.entries({ code, ...rest }).map(([field, text]) => `.${MEMBERS[field] ?? field} = ${text}`);
      return `{ ${fields.join(", ")} }`;
    }),
    slots: slots.map((slot) => slotHover(analysis.assembly.insns, slot)),
  };
}

/** Fields that have another name in struct bpf_insn. */
const MEMBERS: Readonly<Record<string, string>> = { dst: "dst_reg", src: "src_reg" };

/** All facts about one slot. */
function slotHover(insns: readonly Insn[], slot: number): SlotHover {
  const insn = insns[slot] as Insn;
  const previous = insns[slot - 1];
  const second = insn.code === 0 && previous !== undefined && isLdImm64(previous);
  return {
    slot,
    hex: insnHex(insn),
    fields: insn,
    kernel: second ? "" : formatInsn(insn, insns[slot + 1], { helperName }),
    words: second
      ? { en: "Upper half of the 64-bit load before it", ja: "直前の 64 ビットロードの上位半分" }
      : explain(insn, slot, insns[slot + 1]),
    rfc: second ? rfcOf(previous) : rfcOf(insn),
    form: second ? undefined : formOf(insn)?.name,
  };
}

function constantHover(name: string, value: bigint, span: Span, meaning: Words | undefined): Hover {
  return {
    kind: "constant",
    span,
    name,
    decimal: String(value),
    hex: `0x${BigInt.asUintN(64, value).toString(16)}`,
    meaning,
  };
}

function numberHover(text: string, span: Span): Hover | undefined {
  const plain = text.replace(/[uUlLzZ]+$/, "");
  if (!/^(?:0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)$/.test(plain)) return undefined;
  const octal = /^0[0-7]+$/.test(plain);
  return constantHover(
    text,
    BigInt(octal ? `0o${plain.slice(1)}` : /^0\d/.test(plain) ? "0" : plain),
    span,
    octal ? { en: "octal: C reads a leading 0 so", ja: "8 進数(C では先頭の 0 が 8 進を表す)" } : undefined,
  );
}

const typeName = (type: CType): string =>
  type.kind === "array"
    ? `${typeName(type.of)}[${type.count}]`
    : type.kind === "pointer"
      ? `${type.to ? typeName(type.to) : "void"} *`
      : type.name;

/** The hover for a field in offsetof(struct x, field). */
function fieldHover(analysis: Analysis, source: string, offset: number, span: Span): Hover | undefined {
  const call = placeAt(source, offset).calls[0];
  if (!call || !/offsetof|sizeof_field|FIELD_SIZEOF/.test(call.name) || call.argument !== 1) return undefined;
  const { tokens } = tokensOf(source);
  const open = tokens.findIndex((token) => token.start >= call.nameSpan.end);
  const tag = tokens
    .slice(open + 1, open + 5)
    .find((token) => token.kind === "name" && !/^(?:struct|union|const)$/.test(token.text));
  const struct = tag && analysis.types.structNamed(tag.text);
  const field = struct?.fields.find((f) => f.name === source.slice(span.start, span.end));
  return struct && field
    ? {
        kind: "field",
        span,
        struct: struct.name,
        name: field.name,
        off: field.off,
        size: sizeOfType(field.type) ?? 0,
        type: typeName(field.type),
      }
    : undefined;
}

function directiveHover(source: string, offset: number, textStart: number): Hover | undefined {
  const start = source.lastIndexOf("@", offset);
  if (start < textStart) return undefined;
  const name = /^@\w+/.exec(source.slice(start, start + 20))?.[0];
  const words = name === undefined ? undefined : DIRECTIVE_WORDS[name];
  return name !== undefined && words && offset <= start + name.length
    ? { kind: "directive", span: { start, end: start + name.length }, name, words }
    : undefined;
}
