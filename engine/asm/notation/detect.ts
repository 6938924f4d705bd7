// Recognises the notation of a pasted text, and turns the text into instructions and macros.

import { INDENT, macroLines, macroText } from "../../disasm/macro.ts";
import { helperName } from "../../facts/helpers.ts";
import { BPF_PSEUDO_MAP_VALUE } from "../../isa/codes.ts";
import { decodeInsns, type Insn } from "../../isa/insn.ts";
import { insnMacro } from "../../isa/macros.ts";
import { SELFTEST_MAPS } from "../selftest-maps.ts";
import { type Translated, translate } from "./classic.ts";
import { type ClassicInsn, readClassic } from "./classic-text.ts";
import { type DumpKind, readDump } from "./dump.ts";
import { isVariable, readCompiled, readObjdump } from "./listing.ts";
import { parseText, type TextProgram } from "./text.ts";

export type PasteKind =
  | "macro"
  | "kernel"
  | "llvm"
  | "inline-asm"
  | "bpftool"
  | "objdump"
  | "verifier-log"
  | "classic"
  | DumpKind
  | "unknown";

/** Names of the notations, for the message after a paste. */
export const PASTE_NAMES: Readonly<Record<PasteKind, { readonly en: string; readonly ja: string }>> = {
  macro: { en: "C macros", ja: "C マクロ" },
  kernel: { en: "the kernel's notation", ja: "カーネルの表記" },
  llvm: { en: "LLVM's assembly", ja: "LLVM のアセンブリ" },
  "inline-asm": { en: "clang's inline assembly", ja: "clang のインラインアセンブリ" },
  bpftool: { en: "a dump by bpftool", ja: "bpftool のダンプ" },
  objdump: { en: "a listing by llvm-objdump", ja: "llvm-objdump の出力" },
  "verifier-log": { en: "a log of the verifier", ja: "検証器のログ" },
  classic: { en: "classic BPF, translated as the kernel does", ja: "classic BPF(カーネルと同じように変換)" },
  xxd: { en: "a hex dump", ja: "16 進ダンプ" },
  escapes: { en: "a byte string", ja: "バイト文字列" },
  "byte-array": { en: "an array of bytes", ja: "バイトの配列" },
  words: { en: "64-bit words", ja: "64 ビットワード" },
  hex: { en: "hex digits", ja: "16 進数字" },
  unknown: { en: "no BPF that is known here", ja: "BPF とは読めないもの" },
};

export interface Pasted {
  readonly kind: PasteKind;
  /** Absent: the text is macros, which stay as they are, or nothing could be read. */
  readonly insns?: readonly Insn[];
  /** The program as macros, with declarations of the maps that its loads name. */
  readonly source?: string;
  /** Parts that could not be read. */
  readonly faults: TextProgram["faults"];
}

export function detect(text: string): Pasted {
  const filter = readClassic(text);
  const translated = filter && translate(filter);
  if (translated)
    return { kind: "classic", insns: translated.insns, source: classicSource(filter, translated), faults: [] };
  const assembly = /\basm\b|__asm__/.test(text);
  if (!assembly && looksLikeMacros(text)) return { kind: "macro", faults: [] };
  const dump = assembly ? undefined : readDump(text);
  if (dump) {
    const insns = decodeInsns(dump.bytes);
    return { kind: dump.kind, insns, source: sourceOf(insns), faults: [] };
  }
  const listed = assembly ? undefined : readObjdump(text);
  if (listed) {
    const { insns, maps, others } = listed;
    return { kind: "objdump", insns, source: notTaken(others) + sourceOf(insns, maps), faults: [] };
  }
  const compiled = assembly ? undefined : readCompiled(text);
  const program = parseText(compiled?.statements ?? text);
  if (assembly && program.understood === 0 && looksLikeMacros(text)) return { kind: "macro", faults: [] };
  if (program.understood === 0 || program.faults.length > program.understood)
    return { kind: "unknown", faults: program.faults };
  const insns = compiled ? withVariables(program) : program.insns;
  return {
    kind: kindOf(text, program),
    insns,
    source: notTaken(compiled?.others ?? []) + sourceOf(insns, program.maps),
    faults: program.faults,
  };
}

/** Compilers name variables in the same way as maps. If a load reads through the address, it is a variable. */
const withVariables = ({ insns, maps }: TextProgram): readonly Insn[] =>
  insns.map((insn, slot) =>
    maps.has(slot) && isVariable(insns, slot) ? { ...insn, src: BPF_PSEUDO_MAP_VALUE } : insn,
  );

const notTaken = (programs: readonly string[]): string =>
  programs.length === 0 ? "" : `// The text holds other programs too: ${programs.join(", ")}.\n`;

/** The macros of a translated filter, each group after a comment with its classic instruction. */
function classicSource(filter: readonly ClassicInsn[], { insns, slots }: Translated): string {
  const lines = macroLines(insns, { helperName });
  let text = "// @prog socket_filter\n";
  for (const [slot, line] of lines.entries()) {
    const of = filter[slots.indexOf(slot)];
    if (of) text += `// ${of.code} ${of.jt} ${of.jf} ${of.k}\n`;
    text += `${INDENT}${line.text},\n`;
  }
  return text;
}

/** Whether the text uses an instruction macro, or has an initialiser of struct bpf_insn. */
function looksLikeMacros(text: string): boolean {
  for (const match of text.matchAll(/\b(_*BPF_[A-Z0-9_]+|TAIL_CALL)\s*\(/g))
    if (insnMacro(match[1] as string) || /^_*BPF_/.test(match[1] as string)) return true;
  return /\.code\s*=|struct\s+bpf_insn\b|\.insns\s*=/.test(text);
}

function kindOf(text: string, program: TextProgram): PasteKind {
  if (/\basm\b|__asm__/.test(text)) return "inline-asm";
  if (/^processed \d+ insns|^\s*\d+: \([0-9a-f]{2}\).*;\s*R\d|^\d+: R1=/m.test(text)) return "verifier-log";
  if (/^\s*\d+:\s+(?:[0-9a-f]{2} ){7}[0-9a-f]{2}/m.test(text)) return "objdump";
  if (program.printed) return "bpftool";
  return /\bpc ?[-+]|\(r\d+ [-+]\d|#\d/.test(text) ? "kernel" : "llvm";
}

/** A program as macros, with a declaration for each map that it names. */
function sourceOf(insns: readonly Insn[], maps: ReadonlyMap<number, string> = new Map()): string {
  const names = new Set([...maps.values()].map(identifier));
  /** For each map: the size of its value in bytes, as far as loads use it. */
  const sizes = new Map<string, number>();
  for (const [slot, name] of maps) {
    if (insns[slot]?.src !== BPF_PSEUDO_MAP_VALUE) continue;
    const end = ((insns[slot + 1]?.imm ?? 0) & ~7) + 8;
    sizes.set(identifier(name), Math.max(sizes.get(identifier(name)) ?? 0, end));
  }
  const declarations = [...names].map((name) => declaration(name, sizes.get(name))).join("");
  const mapName = (slot: number): string | undefined => {
    const name = maps.get(slot);
    return name === undefined ? undefined : identifier(name);
  };
  return declarations + macroText(insns, { helperName, mapName }, INDENT);
}
/** Declaration of a map that the text only names: that of the selftests if they have this map, else a guess for the reader to correct. */
function declaration(name: string, valueSize = 8): string {
  const def = SELFTEST_MAPS[name] ?? { type: "array", keySize: 4, valueSize, maxEntries: 1, flags: 0 };
  const fields = Object.entries(def.fields ?? {}).map(([field, off]) => ` field.${field}=${off}`);
  const init = Object.entries(def.init ?? {}).map(([key, bytes]) => ` init[${key}]=${bytes}`);
  const flags = def.flags === 0 ? "" : ` flags=${def.flags}`;
  return `// @map ${name} ${def.type} key=${def.keySize} value=${def.valueSize} entries=${def.maxEntries}${flags}${fields.join("")}${init.join("")}\n`;
}

const identifier = (name: string): string => name.replace(/\W/g, "_").replace(/^(?=\d)/, "_");
