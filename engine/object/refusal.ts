// Why an object, or one of its programs, cannot be loaded: as a value, with its sentence in both languages. Inside this room a refusal is
// thrown, so that the readers need not pass it up step by step. The room's public functions catch it (`attempt`).
import type { Language } from "../base/language.ts";

interface Sentence {
  readonly en: string;
  readonly ja: string;
}

/** `{name}` stands for an argument. `at` is an offset in the file, or in the named section, in hex. */
const SENTENCES = {
  // The file
  "too-large": {
    en: "the file has {size} bytes; at most {limit} are read",
    ja: "ファイルは {size} バイトあります。読めるのは {limit} バイトまでです",
  },
  truncated: {
    en: "{what} at offset {at} takes {size} bytes, but there are only {left}",
    ja: "オフセット {at} の{what}は {size} バイトですが、残りは {left} バイトしかありません",
  },
  "not-elf": {
    en: "offset 0x0: expected the four bytes 7f 45 4c 46 of an ELF file, found {found}",
    ja: "オフセット 0x0: ELF ファイルの先頭 4 バイト 7f 45 4c 46 が必要ですが、{found} です",
  },
  "elf-field": {
    en: "offset {at}: {what} is {found}, expected {expected}",
    ja: "オフセット {at}: {what} が {found} です。{expected} でなければなりません",
  },
  "big-endian": {
    en: "offset 0x5: the object is big-endian; little-endian is read (clang --target=bpfel)",
    ja: "オフセット 0x5: このオブジェクトはビッグエンディアンです。読めるのはリトルエンディアンです (clang --target=bpfel)",
  },
  machine: {
    en: "offset 0x12: the object is compiled for {machine}, not for BPF; compile with clang -target bpf",
    ja: "オフセット 0x12: このオブジェクトは BPF ではなく {machine} 用にコンパイルされています。clang -target bpf でコンパイルしてください",
  },
  "no-symbols": {
    en: "there is no symbol table; is the object stripped?",
    ja: "シンボルテーブルがありません。strip されていませんか",
  },
  string: {
    en: "offset {at}: {what} names a string at {string}, but the strings end at {end}",
    ja: "オフセット {at}: {what}の文字列は {string} にあるはずですが、文字列の領域は {end} で終わります",
  },
  "section-index": {
    en: "{what} speaks of section {index}, but there are {count} sections",
    ja: "{what}がセクション {index} を指していますが、セクションは {count} 個です",
  },
  // BTF
  "no-btf": {
    en: "{what} needs BTF, and the object has none; compile it with -g",
    ja: "{what}には BTF が必要ですが、オブジェクトにありません。-g を付けてコンパイルしてください",
  },
  "btf-field": {
    en: "{section}, offset {at}: {what} is {found}, expected {expected}",
    ja: "{section} のオフセット {at}: {what}が {found} です。{expected} でなければなりません",
  },
  "btf-truncated": {
    en: "{section}, offset {at}: {what} takes {size} bytes, but there are only {left}",
    ja: "{section} のオフセット {at}: {what}は {size} バイトですが、残りは {left} バイトしかありません",
  },
  "btf-kind": {
    en: "BTF type {id} is {found}, expected {expected} ({what})",
    ja: "BTF の型 {id} は {found} です。{expected} でなければなりません ({what})",
  },
  "btf-depth": {
    en: "BTF type {id} leads to itself, or through more than {limit} others",
    ja: "BTF の型 {id} は自分自身に戻るか、{limit} 個を超える型をたどります",
  },
  // Programs
  "prog-size": {
    en: "program {name} in section {section}: {size} bytes at offset {at}; expected a multiple of 8 within the section's {end}",
    ja: "セクション {section} のプログラム {name}: オフセット {at} から {size} バイトです。8 の倍数で、セクションの {end} バイトに収まらなければなりません",
  },
  "static-prog": {
    en: "section {section}: program {name} is static; only functions in .text may be",
    ja: "セクション {section}: プログラム {name} は static です。static にできるのは .text の関数だけです",
  },
  "too-many": {
    en: "there are {count} {what}; at most {limit} are read",
    ja: "{what}が {count} 個あります。読めるのは {limit} 個までです",
  },
  "section-name": {
    en: "program {name}: section {section} is none that libbpf knows, so the program's type is not known",
    ja: "プログラム {name}: セクション {section} は libbpf の知らない名前なので、プログラムタイプがわかりません",
  },
  "attach-target": {
    en: "program {name}: section {section} does not say what to attach to; expected {expected}",
    ja: "プログラム {name}: セクション {section} にアタッチ先がありません。{expected} のように書きます",
  },
  "attach-missing": {
    en: "program {name}: the kernel's BTF has no {what} to attach to",
    ja: "プログラム {name}: カーネルの BTF にアタッチ先の {what} がありません",
  },
  "struct-ops-unused": {
    en: "program {name}: no struct_ops map refers to it",
    ja: "プログラム {name}: どの struct_ops マップからも使われていません",
  },
  license: {
    en: "section license: expected a text of at most {limit} bytes",
    ja: "license セクション: {limit} バイト以内の文字列でなければなりません",
  },
  version: {
    en: "section version: {size} bytes, expected 4",
    ja: "version セクション: {size} バイトです。4 バイトでなければなりません",
  },
  // Maps
  "legacy-maps": {
    en: 'section maps: definitions in SEC("maps") are of libbpf before 1.0; declare maps in SEC(".maps")',
    ja: 'maps セクション: SEC("maps") の定義は libbpf 1.0 より前のものです。SEC(".maps") で宣言してください',
  },
  "maps-datasec": {
    en: "the BTF has no DATASEC .maps for the section .maps",
    ja: "セクション .maps のための DATASEC .maps が BTF にありません",
  },
  "map-def": {
    en: "map {name}: {what} is {found}, expected {expected}",
    ja: "マップ {name}: {what}が {found} です。{expected} でなければなりません",
  },
  "map-conflict": {
    en: "map {name}: {what} is said twice, as {first} and as {second}",
    ja: "マップ {name}: {what}が 2 回書かれていて、{first} と {second} で食い違っています",
  },
  "map-field": {
    en: "map {name}: {field} is no field of a map definition",
    ja: "マップ {name}: {field} はマップ定義の項目ではありません",
  },
  "map-type": {
    en: "map {name}: map type {type} is none of Linux 6.18",
    ja: "マップ {name}: マップタイプ {type} は Linux 6.18 にありません",
  },
  "map-slot": {
    en: "map {name}: the value at offset {at} of .maps is {found}, expected {expected}",
    ja: "マップ {name}: .maps のオフセット {at} の値が {found} です。{expected} でなければなりません",
  },
  // Externs
  "extern-btf": {
    en: "extern {name}: its declaration is not in the BTF",
    ja: "extern {name}: 宣言が BTF にありません",
  },
  "extern-section": {
    en: "extern {name}: stands in section {section}, expected .kconfig or .ksyms",
    ja: "extern {name}: セクション {section} にあります。.kconfig か .ksyms でなければなりません",
  },
  "extern-type": {
    en: "extern {name}: {found} is no type for a value of the kernel's configuration",
    ja: "extern {name}: {found} はカーネルの設定値の型にできません",
  },
  "extern-value": {
    en: "extern {name}: the value {value} does not fit its type",
    ja: "extern {name}: 値 {value} が型に合いません",
  },
  "extern-missing": {
    en: "extern {name}: not found in {where}, and not declared __weak",
    ja: "extern {name}: {where}にありません。__weak でもありません",
  },
  "extern-differs": {
    en: "extern {name}: its type is not that of the kernel's {name}",
    ja: "extern {name}: カーネルの {name} と型が違います",
  },
  // Relocations
  "reloc-offset": {
    en: "section {section}, relocation {n}: offset {at} is no instruction of it",
    ja: "セクション {section} の再配置 {n}: オフセット {at} は命令の位置ではありません",
  },
  "reloc-symbol": {
    en: "section {section}, relocation {n}: there is no symbol {symbol}",
    ja: "セクション {section} の再配置 {n}: シンボル {symbol} がありません",
  },
  "reloc-insn": {
    en: "program {name}, instruction {slot}: a relocation against {symbol} fits a call or a 64-bit load, found opcode {code}",
    ja: "プログラム {name} の命令 {slot}: {symbol} への再配置は call か 64 ビットのロードに対するものですが、オペコードは {code} です",
  },
  "reloc-call": {
    en: "program {name}, instruction {slot}: a call of {symbol}, which is no function of .text",
    ja: "プログラム {name} の命令 {slot}: {symbol} を呼んでいますが、.text の関数ではありません",
  },
  "reloc-target": {
    en: "program {name}, instruction {slot}: {symbol} in section {section} is no map, variable or function",
    ja: "プログラム {name} の命令 {slot}: セクション {section} の {symbol} は、マップでも変数でも関数でもありません",
  },
  "call-target": {
    en: "program {name}, instruction {slot}: calls instruction {target} of .text, where no function stands",
    ja: "プログラム {name} の命令 {slot}: .text の命令 {target} を呼んでいますが、そこに関数はありません",
  },
  "too-long": {
    en: "program {name}: with the functions it calls it has more than {limit} instructions",
    ja: "プログラム {name}: 呼び出す関数を合わせると {limit} 命令を超えます",
  },
  // CO-RE
  "core-record": {
    en: "CO-RE relocation {n} of section {section}: {what} is {found}, expected {expected}",
    ja: "セクション {section} の CO-RE 再配置 {n}: {what}が {found} です。{expected} でなければなりません",
  },
  "core-spec": {
    en: "program {name}, instruction {slot}: the path {spec} does not fit {type}",
    ja: "プログラム {name} の命令 {slot}: パス {spec} が {type} に合いません",
  },
  "core-ambiguous": {
    en: "program {name}, instruction {slot}: the kernel has several {type}, and they differ: {first} and {second}",
    ja: "プログラム {name} の命令 {slot}: カーネルに {type} が複数あり、{first} と {second} で食い違っています",
  },
  "core-insn": {
    en: "program {name}, instruction {slot}: a CO-RE relocation expects {expected}, found {found}",
    ja: "プログラム {name} の命令 {slot}: CO-RE 再配置には {expected} が必要ですが、{found} です",
  },
  "core-value": {
    en: "program {name}, instruction {slot}: the relocated value {value} does not fit the instruction",
    ja: "プログラム {name} の命令 {slot}: 再配置後の値 {value} が命令に収まりません",
  },
} as const satisfies Readonly<Record<string, Sentence>>;

export type RefusalId = keyof typeof SENTENCES;
export type RefusalArgs = Readonly<Record<string, string | number>>;

export interface Refusal {
  readonly id: RefusalId;
  readonly args: RefusalArgs;
}

/** Thrown inside the room, and caught by `attempt`. */
class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusalText(refusal, "en"));
    this.refusal = refusal;
  }
}

export function refuse(id: RefusalId, args: RefusalArgs = {}): never {
  throw new Refused({ id, args });
}

export const refusalText = ({ id, args }: Refusal, language: Language): string =>
  SENTENCES[id][language].replace(/\{(\w+)\}/g, (_, name: string) => String(args[name] ?? ""));

/** Offsets are written in hex. */
export const hex = (offset: number): string => `0x${offset.toString(16)}`;

export type Attempt<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal };

/** The result of `make`, or why it refused. */
export function attempt<Value>(make: () => Value): Attempt<Value> {
  try {
    return { ok: true, value: make() };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}
