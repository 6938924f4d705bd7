// Words of the panel that extends the kernel: what each step does, the form for a reader's own definition, its faults. Not in the
// dictionary, because the panel loads when it is opened.
import type { DefinitionFault } from "../../engine/index.ts";
import { type Language, useSettings } from "../stores/page/settings.ts";

type PartName = "user" | "syscall" | "verifier" | "program" | "attach" | "sysfs" | "module";
type WhatName = "load" | "attach" | "detach" | "test" | "write" | "read" | "other";

type Args = DefinitionFault["args"];
/** Every code of checkDefinition(). "shape": by the last part of the path. */
type FaultTexts = Readonly<
  Record<
    | "c-name"
    | "lower-case"
    | "too-long"
    | "name-taken"
    | "ctx-size"
    | "unaligned"
    | "outside"
    | "twice"
    | "overlap"
    | "kernel-wider"
    | "helper-set"
    | "no-helper"
    | "helper-not-for-all"
    | "not-in-base"
    | "empty-range"
    | "sysfs-path"
    | "sysfs-taken"
    | "file-name"
    | "file-twice"
    | "no-field"
    | "field-twice"
    | "shape-off"
    | "shape-fields"
    | "shape-files"
    | "shape-min"
    | "shape-max",
    (args: Args) => string
  >
>;

export interface ExtendTexts {
  readonly recipe: {
    readonly type: string;
    readonly steps: string;
    readonly step: readonly string[];
    readonly missing: (steps: string) => string;
    readonly putBack: string;
    readonly takeHome: string;
    readonly takeHomeAbout: string;
  };
  /** What a step is for, 1 … 4. */
  readonly about: readonly [string, string, string, string];
  readonly code: string;
  readonly codeOf: (step: number) => string;
  readonly tree: string;
  readonly folder: string;
  readonly noProgram: string;
  readonly own: string;
  readonly views: Readonly<Record<"steps" | "parts" | "type" | "code", string>>;
  /** The steps, named by what they add, for the views of the code. */
  readonly stepNames: Readonly<Record<string, string>>;
  /** Shown before a line that the kernel's own definition does not have. */
  readonly changed: string;
  readonly codeBefore: string;
  readonly context: {
    readonly title: string;
    readonly same: string;
    readonly differs: string;
    readonly prog: string;
    readonly kern: string;
    readonly access: string;
  };
  readonly parts: {
    readonly title: string;
    readonly above: string;
    readonly below: string;
    readonly names: Readonly<Record<PartName, string>>;
    readonly what: Readonly<Record<WhatName, string>>;
    readonly gap: (step: number) => string;
    readonly gaps: (names: readonly string[]) => string;
    readonly stopped: (part: string, errno: string) => string;
    readonly through: (ret: number) => string;
    readonly none: string;
    /** What ends a sentence before the next one. */
    readonly stop: string;
    readonly type: (name: string) => string;
    readonly program: (id: number, insns: number) => string;
    readonly noProgram: string;
    readonly attached: (id: number) => string;
    readonly notAttached: string;
  };
  readonly form: {
    readonly open: string;
    readonly name: string;
    readonly fields: string;
    readonly field: (n: number) => string;
    readonly fieldName: string;
    readonly size: string;
    readonly off: string;
    readonly writable: string;
    readonly narrow: string;
    readonly elsewhere: string;
    readonly kernel: string;
    readonly member: string;
    readonly helpers: string;
    readonly plus: string;
    readonly minus: string;
    readonly files: string;
    readonly file: (n: number) => string;
    readonly fileName: string;
    readonly of: string;
    readonly result: string;
    readonly parse: string;
    readonly parses: Readonly<Record<"u" | "s" | "hex" | "bytes", string>>;
    readonly show: string;
    readonly shows: Readonly<Record<"%u" | "%d" | "0x%x", string>>;
    readonly addFile: string;
    readonly removeFile: (name: string) => string;
    readonly add: string;
    readonly remove: (name: string) => string;
    readonly range: string;
    readonly min: string;
    readonly max: string;
    readonly path: string;
    readonly attach: string;
    readonly use: string;
    readonly used: (name: string) => string;
    readonly faulty: string;
  };
  readonly faults: FaultTexts;
}

const TEXTS: Readonly<Record<Language, ExtendTexts>> = {
  en: {
    recipe: {
      type: "Program type",
      steps: "The recipe's four steps; changing one starts the kernel anew",
      step: [
        "1. The program type and its ops",
        "2. The attach type and the bpf system call",
        "3. The module with its file in sysfs",
        "4. User space: load and attach",
      ],
      missing: (steps) => `This kernel is not whole. Missing: ${steps}`,
      putBack: "Put it back",
      takeHome: "Take it home (.zip)",
      takeHomeAbout: "A patch for Linux 6.1, the module, a loader with this program, and how to try them in QEMU.",
    },
    about: [
      "The kernel gets a number for the new type, the struct its programs see, and the two ops structs that say what they may read and call.",
      "The bpf system call learns where programs of the type are attached: at load, at attach and at detach.",
      "A module makes the file; a write to it runs the attached program, a read gives what the program returned.",
      "A program of your own calls bpf(2) twice: once to load the instructions, once to attach them.",
    ],
    code: "Code",
    codeOf: (step) => `Code for number ${step}`,
    tree: "Linux 6.1",
    folder: "Take-home folder",
    noProgram: "Once every line of the program assembles, its loader stands here.",
    own: "A type of your own",
    views: { steps: "Steps", parts: "Parts", type: "Your type", code: "Code" },
    stepNames: { 1: "Type", 2: "Attach", 3: "Module", 4: "Loader" },
    changed: "changed",
    codeBefore: "The code is that of the last definition without a fault.",
    context: {
      title: "The context from both sides",
      same: "Both sides are the same: accesses stay as they are.",
      differs: "The verifier rewrites accesses to what the kernel holds.",
      prog: "Programs see",
      kern: "The kernel holds",
      access: "An access becomes",
    },
    parts: {
      title: "The parts of the kernel, and the path of the last call",
      above: "user space",
      below: "kernel",
      names: {
        user: "Your shell",
        syscall: "System call",
        verifier: "Verifier",
        program: "Program",
        attach: "Attach point",
        sysfs: "sysfs",
        module: "Module",
      },
      what: {
        load: "Load",
        attach: "Attach",
        detach: "Detach",
        test: "Test run",
        write: "Write",
        read: "Read",
        other: "System call",
      },
      gap: (step) => `step ${step} missing`,
      gaps: (names) => `Not there: ${names.join(", ")}.`,
      stopped: (part, errno) => `${part} refused it: ${errno}.`,
      through: (ret) => `It came back with ${ret}.`,
      none: "Load, attach, write or read: the path of the call lights up here.",
      stop: ". ",
      type: (name) => `type ${name}`,
      program: (id, insns) => `id ${id}, ${insns} instructions`,
      noProgram: "none loaded",
      attached: (id) => `program ${id}`,
      notAttached: "nothing attached",
    },
    form: {
      open: "Define one of your own",
      name: "Name",
      fields: "Fields of the context",
      field: (n) => `Field ${n}`,
      fieldName: "Field name",
      size: "Bytes",
      off: "Offset",
      writable: "writable",
      narrow: "parts readable",
      elsewhere: "kernel side differs",
      kernel: "In the kernel's struct",
      member: "Member",
      helpers: "Helpers: the base set",
      plus: "and these",
      minus: "without these",
      files: "Files in sysfs",
      file: (n) => `File ${n}`,
      fileName: "File name",
      of: "Holds",
      result: "the result",
      parse: "A write is read as",
      parses: { u: "numbers", s: "numbers with sign", hex: "hexadecimal", bytes: "bytes as they are" },
      show: "A read prints",
      shows: { "%u": "42", "%d": "-42", "0x%x": "0x2a" },
      addFile: "Add a file",
      removeFile: (name) => `Remove file ${name}`,
      add: "Add a field",
      remove: (name) => `Remove field ${name}`,
      range: "Only these return values",
      min: "Lowest",
      max: "Highest",
      path: "The file that runs the program",
      attach: "Attach type",
      use: "Use this definition",
      used: (name) => `The kernel now knows ${name}.`,
      faulty: "Not yet: see the fields marked above.",
    },
    faults: {
      "c-name": ({ name }) => (name === "" ? "A name is needed." : `“${name}” is not a name in C.`),
      "lower-case": () => "Lower-case letters only; the kernel's constant is made from it.",
      "too-long": ({ max }) => `At most ${max} letters.`,
      "name-taken": ({ name }) => `The kernel has “${name}” already.`,
      "ctx-size": ({ max }) => `A context has at most ${max} bytes.`,
      unaligned: ({ off, size }) => `Offset ${off} is not a multiple of the size ${size}.`,
      outside: ({ end, size }) => `Ends at byte ${end}, but the context has ${size} bytes.`,
      twice: ({ name }) => `There are two fields called “${name}”.`,
      overlap: ({ other }) => `Lies over the field “${other}”.`,
      "kernel-wider": ({ size, kernel }) =>
        `A store of ${size} bytes would leave part of the kernel's ${kernel} bytes as they were: at most ${size} where programs may write.`,
      "no-helper": ({ name }) => `There is no helper called “${name}”.`,
      "helper-not-for-all": ({ name, known }) =>
        `“${name}” needs what a type like this does not have. To be added: ${known}.`,
      "not-in-base": ({ name }) => `“${name}” is not in the base set.`,
      "file-name": ({ name }) => `“${name}” cannot be a file's name: letters, digits, - and _.`,
      "file-twice": ({ name }) => `There are two files called “${name}”.`,
      "no-field": ({ name }) => `There is no field called “${name}”.`,
      "field-twice": ({ name }) => `“${name}” has a file already.`,
      "shape-files": () => "At most 8 files.",
      "helper-set": ({ set }) => `There is no set of helpers called “${set}”.`,
      "empty-range": ({ min, max }) => `${min} is above ${max}: no value would be allowed.`,
      "sysfs-path": () => "A file in one directory below /sys, like /sys/oreore/bpf.",
      "sysfs-taken": () => "That directory belongs to the kernel; choose another one.",
      "shape-off": () => "A whole number from 0 to 65535.",
      "shape-fields": () => "A context has 1 to 32 fields.",
      "shape-min": () => "A whole number of 32 bits, with sign.",
      "shape-max": () => "A whole number of 32 bits, with sign.",
    },
  },
  ja: {
    recipe: {
      type: "プログラムタイプ",
      steps: "レシピの 4 つの手順(切り替えるとカーネルを起動し直します)",
      step: [
        "1. プログラムタイプと ops",
        "2. アタッチタイプと bpf システムコール",
        "3. モジュールと sysfs のファイル",
        "4. ユーザ空間からのロードとアタッチ",
      ],
      missing: (steps) => `このカーネルには足りない手順があります: ${steps}`,
      putBack: "元に戻す",
      takeHome: "ダウンロード (.zip)",
      takeHomeAbout:
        "Linux 6.1 へのパッチ、モジュール、このプログラムを入れたローダー、QEMU での試し方が入っています。",
    },
    about: [
      "新しいタイプの番号、プログラムから見える構造体、何を読めて何を呼べるかを決める 2 つの ops 構造体をカーネルに加えます。",
      "bpf システムコールに、このタイプのプログラムをどこへ付けるかを教えます(ロード、アタッチ、デタッチ)。",
      "モジュールがファイルを作ります。書き込むとアタッチ中のプログラムが動き、読み出すとその戻り値が得られます。",
      "自分のプログラムから bpf(2) を 2 回呼びます。命令列のロードと、そのアタッチです。",
    ],
    code: "コード",
    codeOf: (step) => `手順 ${step} のコード`,
    tree: "Linux 6.1",
    folder: "ダウンロードの中身",
    noProgram: "プログラムの全行がアセンブルできると、ここにローダーが表示されます。",
    own: "自分で定義したタイプ",
    views: { steps: "手順", parts: "全体図", type: "自分のタイプ", code: "コード" },
    stepNames: { 1: "タイプ", 2: "アタッチ", 3: "モジュール", 4: "ローダー" },
    changed: "変更",
    codeBefore: "誤りのない最後の定義のコードです。",
    context: {
      title: "両側から見たコンテキスト",
      same: "両側は同じ形です。アクセス命令はそのまま動きます。",
      differs: "アクセス命令は、カーネルが持つ構造体に合わせて verifier が書き換えます。",
      prog: "プログラムから見える",
      kern: "カーネルが持つ",
      access: "アクセス命令の書き換え",
    },
    parts: {
      title: "カーネルの部品と、直前の呼び出しの経路",
      above: "ユーザ空間",
      below: "カーネル",
      names: {
        user: "シェル",
        syscall: "システムコール",
        verifier: "verifier",
        program: "プログラム",
        attach: "アタッチ先",
        sysfs: "sysfs",
        module: "モジュール",
      },
      what: {
        load: "ロード",
        attach: "アタッチ",
        detach: "デタッチ",
        test: "テスト実行",
        write: "書き込み",
        read: "読み出し",
        other: "システムコール",
      },
      gap: (step) => `手順 ${step} が未適用`,
      gaps: (names) => `まだないもの: ${names.join("、")}。`,
      stopped: (part, errno) => `${part}で拒否されました: ${errno}。`,
      through: (ret) => `${ret} が返りました。`,
      none: "ロード、アタッチ、書き込み、読み出しをすると、呼び出しの経路がここで光ります。",
      stop: "。",
      type: (name) => `タイプ ${name}`,
      program: (id, insns) => `id ${id}、${insns} 命令`,
      noProgram: "未ロード",
      attached: (id) => `プログラム ${id}`,
      notAttached: "アタッチなし",
    },
    form: {
      open: "自分で定義する",
      name: "名前",
      fields: "コンテキストのフィールド",
      field: (n) => `フィールド ${n}`,
      fieldName: "フィールド名",
      size: "バイト数",
      off: "オフセット",
      writable: "書き込み可",
      narrow: "一部だけの読み出し可",
      elsewhere: "カーネル側は別の形",
      kernel: "カーネルの構造体では",
      member: "メンバ",
      helpers: "ヘルパー: 基本の組",
      plus: "追加する",
      minus: "除く",
      files: "sysfs のファイル",
      file: (n) => `ファイル ${n}`,
      fileName: "ファイル名",
      of: "中身",
      result: "結果",
      parse: "書き込みの読み方",
      parses: { u: "数値", s: "符号付きの数値", hex: "16 進", bytes: "バイト列のまま" },
      show: "読み出しの表示",
      shows: { "%u": "42", "%d": "-42", "0x%x": "0x2a" },
      addFile: "ファイルを追加",
      removeFile: (name) => `ファイル ${name} を削除`,
      add: "フィールドを追加",
      remove: (name) => `フィールド ${name} を削除`,
      range: "戻り値をこの範囲に限る",
      min: "最小",
      max: "最大",
      path: "プログラムを動かすファイル",
      attach: "アタッチタイプ",
      use: "この定義を使う",
      used: (name) => `カーネルに ${name} が加わりました。`,
      faulty: "まだ使えません。印の付いた欄を見てください。",
    },
    faults: {
      "c-name": ({ name }) => (name === "" ? "名前を入れてください。" : `「${name}」は C の名前として使えません。`),
      "lower-case": () => "小文字だけを使います。カーネルの定数名はここから作られます。",
      "too-long": ({ max }) => `${max} 文字までです。`,
      "name-taken": ({ name }) => `「${name}」はカーネルにすでにあります。`,
      "ctx-size": ({ max }) => `コンテキストは ${max} バイトまでです。`,
      unaligned: ({ off, size }) => `オフセット ${off} は、サイズ ${size} の倍数ではありません。`,
      outside: ({ end, size }) => `${end} バイト目で終わりますが、コンテキストは ${size} バイトです。`,
      twice: ({ name }) => `「${name}」というフィールドが 2 つあります。`,
      overlap: ({ other }) => `フィールド「${other}」と重なっています。`,
      "kernel-wider": ({ size, kernel }) =>
        `${size} バイトのストアでは、カーネル側の ${kernel} バイトの一部が古いまま残ります。書き込めるフィールドは ${size} バイトまでです。`,
      "no-helper": ({ name }) => `「${name}」というヘルパーはありません。`,
      "helper-not-for-all": ({ name, known }) =>
        `「${name}」はこのようなタイプでは使えません。追加できるもの: ${known}。`,
      "not-in-base": ({ name }) => `「${name}」は基本の組にありません。`,
      "file-name": ({ name }) => `「${name}」はファイル名に使えません。英数字、-、_ だけです。`,
      "file-twice": ({ name }) => `「${name}」というファイルが 2 つあります。`,
      "no-field": ({ name }) => `「${name}」というフィールドはありません。`,
      "field-twice": ({ name }) => `「${name}」のファイルはすでにあります。`,
      "shape-files": () => "ファイルは 8 個までです。",
      "helper-set": ({ set }) => `「${set}」というヘルパーの集まりはありません。`,
      "empty-range": ({ min, max }) => `${min} は ${max} より大きく、許される値がありません。`,
      "sysfs-path": () => "/sys/oreore/bpf のように、/sys の下のディレクトリ 1 つとファイル名にします。",
      "sysfs-taken": () => "そのディレクトリはカーネルのものです。別のディレクトリにしてください。",
      "shape-off": () => "0 から 65535 までの整数です。",
      "shape-fields": () => "コンテキストのフィールドは 1 個から 32 個です。",
      "shape-min": () => "符号付き 32 ビットの整数です。",
      "shape-max": () => "符号付き 32 ビットの整数です。",
    },
  },
};

export const useExtendTexts = (): ExtendTexts => TEXTS[useSettings((s) => s.language)];

/** A fault in the reader's language. Without a text for it: the engine's English. */
export function faultText({ faults }: ExtendTexts, { code, path, message, args }: DefinitionFault): string {
  const key = code === "shape" ? `shape-${path.split(".").at(-1)}` : code;
  return Object.hasOwn(faults, key) ? faults[key as keyof FaultTexts](args) : message;
}
