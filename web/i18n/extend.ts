// Words of the panel that extends the kernel: what each step does, the form for a definition of one's own, its faults.
// Apart from the dictionary because the panel is loaded when it is opened.
import type { DefinitionFault } from "../../engine/index.ts";
import { type Language, useSettings } from "../stores/settings.ts";

type Args = DefinitionFault["args"];
/** Every code of checkDefinition(); "shape" by the last part of the path. */
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
    | "helper-set"
    | "empty-range"
    | "sysfs-path"
    | "sysfs-taken"
    | "shape-off"
    | "shape-fields"
    | "shape-min"
    | "shape-max",
    (args: Args) => string
  >
>;

export interface ExtendTexts {
  /** What a step is for, 1 … 4. */
  readonly about: readonly [string, string, string, string];
  readonly code: string;
  readonly codeOf: (step: number) => string;
  readonly tree: string;
  readonly folder: string;
  readonly noProgram: string;
  readonly own: string;
  readonly form: {
    readonly open: string;
    readonly name: string;
    readonly fields: string;
    readonly field: (n: number) => string;
    readonly fieldName: string;
    readonly size: string;
    readonly off: string;
    readonly writable: string;
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
    form: {
      open: "Define one of your own",
      name: "Name",
      fields: "Fields of the context",
      field: (n) => `Field ${n}`,
      fieldName: "Field name",
      size: "Bytes",
      off: "Offset",
      writable: "writable",
      add: "Add a field",
      remove: (name) => `Remove field ${name}`,
      range: "Only these return values",
      min: "Lowest",
      max: "Highest",
      path: "File in sysfs",
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
      "helper-set": ({ set }) => `There is no set of helpers called “${set}”.`,
      "empty-range": ({ min, max }) => `${min} is above ${max}: no value would be allowed.`,
      "sysfs-path": () => "A file in one directory below /sys, like /sys/oreore/bpf.",
      "sysfs-taken": () => "/sys/kernel belongs to the kernel; choose another directory.",
      "shape-off": () => "A whole number from 0 to 65535.",
      "shape-fields": () => "A context has 1 to 32 fields.",
      "shape-min": () => "A whole number of 32 bits, with sign.",
      "shape-max": () => "A whole number of 32 bits, with sign.",
    },
  },
  ja: {
    about: [
      "新しいタイプの番号、プログラムから見える構造体、何を読めて何を呼べるかを決める 2 つの ops 構造体をカーネルに加えます。",
      "bpf システムコールに、このタイプのプログラムをどこへ付けるかを教えます(ロード、アタッチ、デタッチ)。",
      "モジュールがファイルを作ります。書き込むとアタッチ中のプログラムが動き、読み出すとその戻り値が得られます。",
      "自分のプログラムから bpf(2) を 2 回呼びます。命令列のロードと、そのアタッチです。",
    ],
    code: "コード",
    codeOf: (step) => `ステップ ${step} のコード`,
    tree: "Linux 6.1",
    folder: "持ち帰りフォルダ",
    noProgram: "プログラムの全行がアセンブルできると、ここにローダが表示されます。",
    own: "自分で定義したタイプ",
    form: {
      open: "自分で定義する",
      name: "名前",
      fields: "コンテキストのフィールド",
      field: (n) => `フィールド ${n}`,
      fieldName: "フィールド名",
      size: "バイト数",
      off: "オフセット",
      writable: "書き込み可",
      add: "フィールドを追加",
      remove: (name) => `フィールド ${name} を削除`,
      range: "戻り値をこの範囲に限る",
      min: "最小",
      max: "最大",
      path: "sysfs のファイル",
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
      "helper-set": ({ set }) => `「${set}」というヘルパーの集まりはありません。`,
      "empty-range": ({ min, max }) => `${min} は ${max} より大きく、許される値がありません。`,
      "sysfs-path": () => "/sys/oreore/bpf のように、/sys の下のディレクトリ 1 つとファイル名にします。",
      "sysfs-taken": () => "/sys/kernel はカーネルのものです。別のディレクトリにしてください。",
      "shape-off": () => "0 から 65535 までの整数です。",
      "shape-fields": () => "コンテキストのフィールドは 1 個から 32 個です。",
      "shape-min": () => "符号付き 32 ビットの整数です。",
      "shape-max": () => "符号付き 32 ビットの整数です。",
    },
  },
};

export const useExtendTexts = (): ExtendTexts => TEXTS[useSettings((s) => s.language)];

/** A fault in the reader's language; one that no text is there for in the engine's English. */
export function faultText({ faults }: ExtendTexts, { code, path, message, args }: DefinitionFault): string {
  const key = code === "shape" ? `shape-${path.split(".").at(-1)}` : code;
  return Object.hasOwn(faults, key) ? faults[key as keyof FaultTexts](args) : message;
}
