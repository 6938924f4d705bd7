// Completion depends on the place: macros where an instruction begins, and for each argument the values that fit it.
import type { Span } from "../../base/span.ts";
import { HELPER_MAX_ID } from "../../facts/helpers.ts";
import { ATTACH_TYPE_NAMES, attachTypeName, progTypeByName } from "../../facts/prog-types.ts";
import { INSN_MACROS, type InsnMacro, insnMacro, type ParamRole } from "../../isa/macros.ts";
import { attachTypesOf } from "../../object/sections.ts";
import type { Analysis } from "../assemble.ts";
import { type CType, sizeOfType } from "../ctype.ts";
import { PREDEFINED } from "../dialect.ts";
import { BUILTIN_NAMES } from "../expr.ts";
import { baseConstantNames } from "../names.ts";
import { PROG_TYPE_NAMES } from "../prog-type-names.ts";
import { helperMeaning, REGISTERS, ROLE_VALUES } from "./meanings.ts";
import { type Place, placeAt, tokensOf } from "./place.ts";
import type { Words } from "./words.ts";

export type ItemKind =
  | "macro"
  | "register"
  | "constant"
  | "helper"
  | "field"
  | "struct"
  | "label"
  | "map"
  | "function"
  | "directive"
  | "value";

export interface Item extends Words {
  readonly label: string;
  readonly kind: ItemKind;
  /** The text to insert. If `snippet`, `${1:DST}` marks places to fill in (the snippet syntax of VS Code). */
  readonly insert: string;
  readonly snippet: boolean;
  /** Items with smaller numbers come first. */
  readonly order: number;
}

export interface Completions {
  /** The text that the chosen item replaces. */
  readonly span: Span;
  readonly items: readonly Item[];
}

const item = (kind: ItemKind, label: string, words: Words, order: number, insert = label, snippet = false): Item => ({
  kind,
  label,
  insert,
  snippet,
  order,
  en: words.en,
  ja: words.ja,
});
const both = (text: string): Words => ({ en: text, ja: text });

export function complete(analysis: Analysis, source: string, offset: number): Completions {
  const place = placeAt(source, offset);
  const span = place.word
    ? { start: place.word.start, end: Math.max(place.word.end, offset) }
    : { start: offset, end: offset };
  if (place.inString) return { span, items: [] };
  if (place.comment) return completeDirective(analysis, source, offset, place.comment.textStart);
  const call = place.calls[0];
  const structs = call && structArguments(analysis, source, offset, place, span);
  if (structs) return structs;
  const outer = place.calls.find((c) => insnMacro(c.name));
  const macro = outer && insnMacro(outer.name);
  if (outer && macro) {
    const role = macro.params[outer.argument]?.role;
    return {
      span,
      items: role ? [...forMacro(roleItems(analysis, role), macro), ...general(analysis, place, role)] : [],
    };
  }
  if (place.member)
    return {
      span,
      items: ["code", "dst_reg", "src_reg", "off", "imm"].map((name, i) =>
        item("field", name, both("struct bpf_insn"), i, `${name} = `),
      ),
    };
  return { span, items: place.calls.length > 0 ? general(analysis, place, undefined) : statementItems(analysis) };
}

function statementItems(analysis: Analysis): Item[] {
  const items: Item[] = INSN_MACROS.map((macro, i) => {
    const holes = macro.params.map((param, n) => `\${${n + 1}:${param.name}}`).join(", ");
    return item(
      "macro",
      macro.name,
      { en: macro.en, ja: macro.ja },
      (macro.from === "oreore" ? 200 : 100) + i,
      `${macro.name}(${holes}),`,
      true,
    );
  });
  for (const row of PREDEFINED) {
    if (row.insns)
      items.push(
        item(
          "macro",
          row.name,
          row,
          300,
          row.params ? `${row.name}(${row.params.map((p, n) => `\${${n + 1}:${p}}`).join(", ")}),` : `${row.name},`,
          true,
        ),
      );
  }
  for (const define of analysis.preprocessed.defines) items.push(item("macro", define.name, both("#define"), 50));
  for (const name of ["@prog", "@map", "@label", "@ctx", "@attach", "@license", "@flags", "@btf", "@use"]) {
    items.push(item("directive", `// ${name}`, DIRECTIVE_WORDS[name] ?? both(""), 400, `// ${name} `));
  }
  return items;
}

/** Descriptions of operations name a source register. For a macro that takes a number they name the number instead. */
const forMacro = (items: Item[], { params }: InsnMacro): Item[] =>
  params.some(({ name }) => name === "IMM") && !params.some(({ name }) => name === "SRC")
    ? items.map((one) => ({ ...one, en: one.en.replace(/\bSRC\b/g, "IMM"), ja: one.ja.replace(/\bSRC\b/g, "IMM") }))
    : items;

function roleItems(analysis: Analysis, role: ParamRole): Item[] {
  const { assembly } = analysis;
  const kind: ItemKind = role === "dst" || role === "src" ? "register" : "constant";
  const items = (ROLE_VALUES[role] ?? []).map((meaning, i) => item(kind, meaning.label, meaning, i));
  switch (role) {
    case "helper": {
      const type = assembly.progType === undefined ? undefined : progTypeByName(assembly.progType);
      const allowed = type && new Set(type.helperIds(assembly.expectedAttachType ?? 0));
      for (let id = 1; id < HELPER_MAX_ID; id++) {
        const meaning = helperMeaning(id, assembly.progType);
        if (meaning) items.push(item("helper", meaning.label, meaning, allowed?.has(id) === false ? 1000 + id : id));
      }
      break;
    }
    case "jump":
    case "jump_imm":
    case "call_target":
    case "func_target":
      for (const label of assembly.labels)
        items.push(item("label", label.name, { en: `slot ${label.slot}`, ja: `スロット ${label.slot}` }, 0));
      break;
    case "map":
      for (const map of assembly.maps)
        items.push(
          item("map", map.name, both(`${map.type}, key ${map.keySize}, value ${map.valueSize}, ${map.maxEntries}`), 0),
        );
      break;
    case "off":
    case "imm":
      items.push(...contextFields(analysis));
      if (role === "off")
        for (let off = 8; off <= 64; off += 8)
          items.push(
            item("value", String(-off), { en: `the stack, R10 - ${off}`, ja: `スタック、R10 - ${off}` }, 60 + off),
          );
      break;
  }
  return items;
}

/** Fields of the program type's context, each as an offsetof expression. */
function contextFields(analysis: Analysis): Item[] {
  const { progType } = analysis.assembly;
  const tag = progType === undefined ? analysis.context : progTypeByName(progType)?.ctxStruct;
  const struct = tag === undefined || tag === "" ? undefined : analysis.types.structNamed(tag);
  return (struct?.fields ?? []).map((field, i) =>
    item(
      "field",
      `offsetof(struct ${tag}, ${field.name})`,
      { en: `offset ${field.off}, ${typeText(field.type)}`, ja: `オフセット ${field.off}、${typeText(field.type)}` },
      20 + i,
    ),
  );
}

const typeText = (type: CType): string =>
  type.kind === "array"
    ? `${typeText(type.of)}[${type.count}]`
    : type.kind === "pointer"
      ? "pointer"
      : type.kind === "int"
        ? type.name
        : type.name;

/** Items for any expression: constants of the source, constants of the UAPI after a few letters, sizeof and similar builtins. */
function general(analysis: Analysis, place: Place, role: ParamRole | undefined): Item[] {
  const items: Item[] = [];
  for (const [name, value] of analysis.declared.constants)
    items.push(item("constant", name, both(String(value.v)), 500));
  for (const define of analysis.preprocessed.defines) items.push(item("constant", define.name, both("#define"), 510));
  for (const name of BUILTIN_NAMES)
    items.push(item("function", name, BUILTIN_WORDS[name] ?? both(""), 520, `${name}($1)`, true));
  for (const row of PREDEFINED)
    if (!row.insns) items.push(item("function", row.name, row, 530, `${row.name}($1)`, true));
  if (role !== "dst" && role !== "src")
    for (const register of REGISTERS) items.push(item("register", register.label, register, 900));
  const typed = place.word?.text ?? "";
  if (typed.length >= 2 && place.word?.kind === "name") {
    const upper = typed.toUpperCase();
    let count = 0;
    for (const name of baseConstantNames()) {
      if (
        !name.toUpperCase().startsWith(upper.slice(0, Math.max(2, Math.min(upper.length, 6)))) ||
        name.startsWith("BPF_FUNC_")
      )
        continue;
      items.push(item("constant", name, both(String(analysis.names.constant(name)?.v ?? "")), 600));
      if (++count >= 400) break;
    }
  }
  return items;
}

/** Items in offsetof(…) and sizeof(…): structs, then the fields of the chosen struct. */
function structArguments(
  analysis: Analysis,
  source: string,
  offset: number,
  place: Place,
  span: Span,
): Completions | undefined {
  const call = place.calls[0];
  if (!call || !BUILTIN_NAMES.includes(call.name)) return undefined;
  if (call.argument === 0) {
    const hasKeyword = /\b(?:struct|union)\s+\w*$/.test(source.slice(call.argumentStart, offset));
    const items = [...analysis.types.structNames()].map((tag) => {
      const size = analysis.types.structNamed(tag)?.size;
      return item(
        "struct",
        tag,
        { en: `${size ?? "?"} bytes`, ja: `${size ?? "?"} バイト` },
        analysis.types.declared.has(tag) ? 0 : 10,
        hasKeyword ? tag : `struct ${tag}`,
      );
    });
    return { span, items };
  }
  const { tokens } = tokensOf(source);
  const open = tokens.findIndex((token) => token.start >= call.nameSpan.end);
  const words = tokens
    .slice(open + 1, open + 6)
    .filter(
      (token) => token.kind === "name" && token.text !== "struct" && token.text !== "union" && token.text !== "const",
    );
  const struct = words[0] && analysis.types.structNamed(words[0].text);
  return {
    span,
    items: (struct?.fields ?? []).map((field, i) =>
      item(
        "field",
        field.name,
        {
          en: `offset ${field.off}, ${sizeOfType(field.type) ?? "?"} bytes: ${typeText(field.type)}`,
          ja: `オフセット ${field.off}、${sizeOfType(field.type) ?? "?"} バイト: ${typeText(field.type)}`,
        },
        i,
      ),
    ),
  };
}

const BUILTIN_WORDS: Readonly<Record<string, Words>> = {
  sizeof: { en: "bytes of a type", ja: "型のバイト数" },
  offsetof: { en: "where a field begins in its struct", ja: "構造体の中でフィールドが始まる位置" },
  offsetofend: { en: "where a field ends in its struct", ja: "構造体の中でフィールドが終わる位置" },
  sizeof_field: { en: "bytes of a field", ja: "フィールドのバイト数" },
};

export const DIRECTIVE_WORDS: Readonly<Record<string, Words>> = {
  "@prog": { en: "the program type: @prog xdp", ja: "プログラムの種類: @prog xdp" },
  "@attach": {
    en: "the attach type that the program is loaded for; the choice beside the program type writes it: @attach BPF_CGROUP_INET_EGRESS",
    ja: "ロードのときに指定するアタッチタイプ。プログラムタイプの横で選ぶと書かれる: @attach BPF_CGROUP_INET_EGRESS",
  },
  "@flags": {
    en: "flags of BPF_PROG_LOAD: @flags BPF_F_ANY_ALIGNMENT",
    ja: "BPF_PROG_LOAD のフラグ: @flags BPF_F_ANY_ALIGNMENT",
  },
  "@license": { en: "the license given to the kernel: @license GPL", ja: "カーネルに渡すライセンス: @license GPL" },
  "@map": { en: "a map: @map name type key=4 value=8 entries=1", ja: "マップ: @map 名前 種類 key=4 value=8 entries=1" },
  "@ctx": {
    en: "the context or packet to run with: @ctx u32 10, or hex bytes",
    ja: "実行時のコンテキストやパケット: @ctx u32 10、または 16 進バイト列",
  },
  "@label": { en: "a place to jump to: @label name", ja: "飛び先: @label 名前" },
  "@btf": {
    en: "functions come with BTF, which callbacks need: @btf functions",
    ja: "関数に BTF を付ける(コールバックに必要): @btf functions",
  },
  "@use": { en: "which of several programs to take: @use name", ja: "複数あるうち使うプログラム: @use 名前" },
};

const flagNames = (): readonly string[] => baseConstantNames().filter((name) => /^BPF_F_/.test(name));

/** Attach types of the program's type. All of them if the type is not stated or has none of its own. */
function attachNames(progType: string | undefined): readonly string[] {
  const own = progType === undefined ? [] : attachTypesOf(progType).map((id) => attachTypeName(id) ?? "");
  return own.length > 0 ? own : ATTACH_TYPE_NAMES;
}

function completeDirective(analysis: Analysis, source: string, offset: number, textStart: number): Completions {
  const line = source.slice(Math.max(textStart, source.lastIndexOf("\n", offset - 1) + 1), offset);
  const match = /@(\w*)(?:[ \t]+(.*))?$/.exec(line);
  if (!match) return { span: { start: offset, end: offset }, items: [] };
  const tail = (/[\w=[\].]*$/.exec(match[2] ?? "") as RegExpExecArray)[0];
  if (match[2] === undefined) {
    const start = offset - (match[1] as string).length - 1;
    return {
      span: { start, end: offset },
      items: Object.entries(DIRECTIVE_WORDS).map(([name, words], i) => item("directive", name, words, i, `${name} `)),
    };
  }
  const span = { start: offset - tail.length, end: offset };
  if (match[1] === "prog") return { span, items: PROG_TYPE_NAMES.map((name, i) => item("value", name, both(""), i)) };
  if (match[1] === "attach" || match[1] === "flags") {
    const names = match[1] === "flags" ? flagNames() : attachNames(analysis.assembly.progType);
    return {
      span,
      items: names.map((name, i) => item("constant", name, both(String(analysis.names.constant(name)?.v ?? "")), i)),
    };
  }
  if (match[1] === "map") {
    const words = (match[2] ?? "").trimStart().split(/\s+/);
    if (words.length === 2) {
      const names = baseConstantNames()
        .filter((name) => name.startsWith("BPF_MAP_TYPE_"))
        .map((name) => name.slice(13).toLowerCase());
      return { span, items: names.map((name, i) => item("value", name, both(""), i)) };
    }
    if (words.length > 2)
      return {
        span,
        items: ["key=", "value=", "entries=", "flags=", "init[0]=", "field.", "frozen", "named", "typed"].map(
          (name, i) => item("value", name, both(""), i),
        ),
      };
  }
  return { span, items: [] };
}
