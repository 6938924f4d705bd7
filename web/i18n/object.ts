// Words of the sheet that shows a BPF object, loaded with it.
import { type Language, useSettings } from "../stores/page/settings.ts";

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
  readonly verdict: Readonly<Record<"accept" | "reject" | "not simulated", string>>;
  readonly cost: (insns: number, states: number) => string;
  readonly waiting: string;
  readonly asMacros: string;
  readonly asMacrosAbout: string;
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
    insns: (n) => (n === 1 ? "1 instruction" : `${n.toLocaleString("en")} instructions`),
    notLoaded: "loaded only when asked for",
    pinned: "its pin is passed over",
    frozen: "frozen",
    weak: "may be missing",
    global: "verified by itself",
    verdict: {
      accept: "Linux 6.18 accepts it",
      reject: "Linux 6.18 refuses it",
      "not simulated": "Not simulated here",
    },
    cost: (insns, states) =>
      `${insns.toLocaleString("en")} instructions processed, ${states.toLocaleString("en")} states`,
    waiting: "Verifying …",
    asMacros: "As macros",
    asMacrosAbout: "Opens the program in the editor, with its maps: to run, step and share it.",
    tooLong: "Too long for the editor.",
    code: "Code",
    source: "C",
    addSource: "Add the .c file …",
    addSourceAbout:
      "The object has only the lines that became instructions. A file of that name can be dropped here too.",
    typesOfPage: "CO-RE goes by the types of Linux 6.18.",
    typesOf: (name, count) => `CO-RE goes by ${name}: ${count.toLocaleString("en")} types.`,
    otherTypes: "Take /sys/kernel/btf/vmlinux of another kernel …",
    typesBack: "Linux 6.18 again",
    log: "Log",
    relocations: (n) => `CO-RE (${n})`,
    asked: "Asked",
    found: "Found in the kernel",
    nothing: "nothing of that name",
    before: "Before",
    after: "After",
    poisoned: "made invalid: the verifier refuses the instruction if it can be reached",
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
    insns: (n) => `${n.toLocaleString("ja")} 命令`,
    notLoaded: "指定したときだけロードされる",
    pinned: "pin の指定は無視します",
    frozen: "freeze 済み",
    weak: "なくてもよい",
    global: "単独で検証される",
    verdict: {
      accept: "Linux 6.18 は受け入れます",
      reject: "Linux 6.18 は拒否します",
      "not simulated": "ここでは再現していません",
    },
    cost: (insns, states) => `処理した命令 ${insns.toLocaleString("ja")}、状態 ${states.toLocaleString("ja")}`,
    waiting: "検証しています…",
    asMacros: "マクロにする",
    asMacrosAbout: "プログラムをマップごとエディタで開きます。実行、ステップ、共有ができます。",
    tooLong: "エディタで開くには長すぎます。",
    code: "コード",
    source: "C",
    addSource: ".c ファイルを加える…",
    addSourceAbout:
      "オブジェクトには、命令になった行しか入っていません。同じ名前のファイルをここにドロップしても構いません。",
    typesOfPage: "CO-RE は Linux 6.18 の型を使います。",
    typesOf: (name, count) => `CO-RE は ${name} の型を使います (${count.toLocaleString("ja")} 個)。`,
    otherTypes: "別のカーネルの /sys/kernel/btf/vmlinux を使う…",
    typesBack: "Linux 6.18 に戻す",
    log: "ログ",
    relocations: (n) => `CO-RE (${n})`,
    asked: "求めたもの",
    found: "カーネルでの場所",
    nothing: "その名前はありません",
    before: "変更前",
    after: "変更後",
    poisoned: "無効な命令に置き換えました。実行されうる場所なら verifier が拒否します",
    line: (file, line) => `${file} の ${line} 行目`,
    refusedHere: "ここで拒否",
  },
};

export const useObjectTexts = (): ObjectTexts => TEXTS[useSettings((s) => s.language)];
