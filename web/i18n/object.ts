// Words of the sheet that shows a BPF object, loaded with it.
import type { NotSimulated, RelocationView } from "../../engine/index.ts";
import { type Language, useSettings } from "../stores/page/settings.ts";
import { NOT_SIMULATED_JA } from "./not-simulated-ja.ts";
import { formatNumber, plural } from "./numbers.ts";

export interface ObjectTexts {
  readonly close: string;
  readonly programs: string;
  readonly maps: string;
  readonly functions: string;
  readonly externs: string;
  readonly types: string;
  readonly insns: (n: number) => string;
  readonly notLoaded: string;
  readonly pinned: string;
  readonly frozen: string;
  readonly weak: string;
  readonly global: string;
  readonly verdict: Readonly<Record<"accept" | "reject" | "not simulated", (program: string) => string>>;
  /** What is not simulated. */
  readonly notSimulated: (what: NotSimulated) => string;
  readonly calls: (kernelFunctions: readonly string[]) => string;
  readonly stillThere: string;
  readonly cost: (insns: number, states: number) => string;
  readonly waiting: string;
  readonly asMacros: string;
  readonly asMacrosAbout: string;
  readonly asMacrosUnjudged: string;
  readonly tooLong: string;
  readonly code: string;
  readonly source: string;
  readonly addSource: string;
  readonly addSourceAbout: string;
  readonly typesOfPage: string;
  readonly typesOf: (name: string, count: number) => string;
  readonly otherTypes: string;
  readonly typesBack: string;
  readonly log: string;
  readonly relocations: (n: number) => string;
  readonly asked: string;
  readonly found: string;
  readonly nothing: string;
  readonly before: string;
  readonly after: string;
  readonly poisoned: string;
  readonly poisonedHere: (asked: string) => string;
  readonly kinds: Readonly<Record<RelocationView["kind"], string>>;
  readonly insnAt: (slot: number) => string;
  readonly line: (file: string, line: number) => string;
  readonly refusedHere: string;
}

const TEXTS: Readonly<Record<Language, ObjectTexts>> = {
  en: {
    close: "Close",
    programs: "Programs",
    maps: "Maps",
    functions: "Functions",
    externs: "From the kernel",
    types: "Types",
    insns: (n) => plural(n, "instruction"),
    notLoaded: "loaded only when asked for",
    pinned: "its pin is passed over",
    frozen: "frozen",
    weak: "may be missing",
    global: "verified by itself",
    verdict: {
      accept: (program) => `Linux 6.18 accepts ${program}`,
      reject: (program) => `Linux 6.18 refuses ${program}`,
      "not simulated": (program) => `No verdict on ${program}`,
    },
    notSimulated: (what) => `Not simulated: ${what}.`,
    calls: (names) => `It calls ${names.join(", ")}.`,
    stillThere: "Code, source and relocations are those that Linux would get.",
    cost: (insns, states) => `${plural(insns, "instruction")} processed, ${plural(states, "state")}`,
    waiting: "Verifying …",
    asMacros: "As macros",
    asMacrosUnjudged: "Opens the program in the editor, with its maps: its graph, its bytes, a link to it.",
    asMacrosAbout: "Opens the program in the editor, with its maps: to run, step and share it.",
    tooLong: "Too long for the editor.",
    code: "Code",
    source: "C",
    addSource: "Add the .c file …",
    addSourceAbout:
      "The object has only the lines that became instructions. A file of that name can be dropped here too.",
    typesOfPage: "CO-RE goes by the types of Linux 6.18. Those of another kernel stand in its /sys/kernel/btf/vmlinux.",
    typesOf: (name, count) => `CO-RE goes by ${name}: ${formatNumber(count)} types.`,
    otherTypes: "Choose the file …",
    typesBack: "Linux 6.18 again",
    log: "Log",
    relocations: (n) => `CO-RE (${n})`,
    asked: "Asked",
    found: "Found in the kernel",
    nothing: "nothing of that name",
    before: "Before",
    after: "After",
    poisoned: "made invalid: the verifier refuses the instruction if it can be reached",
    poisonedHere: (asked) =>
      `CO-RE made this instruction invalid: the kernel has no ${asked} that fits it. Ask first, with bpf_core_field_exists() for a field: code behind an answer of no is never reached.`,
    kinds: {
      byte_off: "Offset of a field",
      byte_sz: "Size of a field",
      field_exists: "Is there such a field?",
      signed: "Is the field signed?",
      lshift_u64: "Shift left of a bit field",
      rshift_u64: "Shift right of a bit field",
      local_type_id: "Number of a type of the object",
      target_type_id: "Number of a type of the kernel",
      type_exists: "Is there such a type?",
      type_size: "Size of a type",
      enumval_exists: "Is there such a value of an enum?",
      enumval_value: "Value of an enum",
      type_matches: "Does the type match?",
    },
    insnAt: (slot) => `instruction ${slot}`,
    line: (file, line) => `${file}, line ${line}`,
    refusedHere: "refused here",
  },
  ja: {
    close: "閉じる",
    programs: "プログラム",
    maps: "マップ",
    functions: "関数",
    externs: "カーネルから",
    types: "型",
    insns: (n) => `${formatNumber(n)} 命令`,
    notLoaded: "指定したときだけロードされる",
    pinned: "pin の指定は無視します",
    frozen: "freeze 済み",
    weak: "なくてもよい",
    global: "単独で検証される",
    verdict: {
      accept: (program) => `Linux 6.18 は ${program} を受理します`,
      reject: (program) => `Linux 6.18 は ${program} を拒否します`,
      "not simulated": (program) => `${program} の判定はありません`,
    },
    notSimulated: (what) => `再現していないもの: ${NOT_SIMULATED_JA[what]}。`,
    calls: (names) => `${names.join("、")} を呼びます。`,
    stillThere: "コード、ソース、再配置は Linux に渡るものと同じです。",
    cost: (insns, states) => `処理した命令 ${formatNumber(insns)}、状態 ${formatNumber(states)}`,
    waiting: "検証しています…",
    asMacros: "マクロにする",
    asMacrosUnjudged: "プログラムをマップごとエディタで開きます。グラフ、バイト列、リンクがあります。",
    asMacrosAbout: "プログラムをマップごとエディタで開きます。実行、ステップ、共有ができます。",
    tooLong: "エディタで開くには長すぎます。",
    code: "コード",
    source: "C",
    addSource: ".c ファイルを加える…",
    addSourceAbout:
      "オブジェクトには、命令になった行しか入っていません。同じ名前のファイルをここにドロップしても構いません。",
    typesOfPage: "CO-RE は Linux 6.18 の型を使います。別のカーネルの型は、その /sys/kernel/btf/vmlinux にあります。",
    typesOf: (name, count) => `CO-RE は ${name} の型を使います (${formatNumber(count)} 個)。`,
    otherTypes: "ファイルを選ぶ…",
    typesBack: "Linux 6.18 に戻す",
    log: "ログ",
    relocations: (n) => `CO-RE (${n})`,
    asked: "求めたもの",
    found: "カーネルでの場所",
    nothing: "その名前はありません",
    before: "変更前",
    after: "変更後",
    poisoned: "無効な命令に置き換えました。実行されうる場所なら verifier が拒否します",
    poisonedHere: (asked) =>
      `CO-RE がこの命令を無効にしました。カーネルには、この命令に合う ${asked} がありません。フィールドなら bpf_core_field_exists() で先に確かめてください。ないときに通らないコードは、検証されません。`,
    kinds: {
      byte_off: "フィールドの位置",
      byte_sz: "フィールドの大きさ",
      field_exists: "フィールドがあるか",
      signed: "フィールドが符号付きか",
      lshift_u64: "ビットフィールドの左シフト",
      rshift_u64: "ビットフィールドの右シフト",
      local_type_id: "オブジェクトの型の番号",
      target_type_id: "カーネルの型の番号",
      type_exists: "型があるか",
      type_size: "型の大きさ",
      enumval_exists: "enum の値があるか",
      enumval_value: "enum の値",
      type_matches: "型が一致するか",
    },
    insnAt: (slot) => `命令 ${slot}`,
    line: (file, line) => `${file} の ${line} 行目`,
    refusedHere: "ここで拒否",
  },
};

export const useObjectTexts = (): ObjectTexts => TEXTS[useSettings((s) => s.language)];
