// Program types that a reader can start from: the talk's, and others that each change one thing. Each is an input for the form.

import { OREORE } from "./definition.ts";
import type { DefinitionInput } from "./definition-input.ts";

export interface Preset {
  readonly name: string;
  readonly title: { readonly en: string; readonly ja: string };
  /** What is special about it. */
  readonly about: { readonly en: string; readonly ja: string };
  readonly definition: DefinitionInput;
}

export const PRESETS: readonly Preset[] = [
  {
    name: OREORE.type.name,
    title: { en: "OREORE, as in the talk", ja: "発表の OREORE" },
    about: { en: "One number in, one number out.", ja: "数を 1 つ受け取り、1 つ返します。" },
    definition: {
      name: OREORE.type.name,
      ctx: { struct: OREORE.type.ctx.struct, fields: OREORE.type.ctx.fields.map((field) => ({ ...field })) },
      helpers: { set: OREORE.type.helpers.set },
      attachName: OREORE.type.attach.name,
      sysfsPath: OREORE.attribute.path,
    },
  },
  {
    name: "adder",
    title: { en: "Two numbers", ja: "2 つの数" },
    about: {
      en: "A context of two fields: a write is two numbers with a blank between them.",
      ja: "フィールドが 2 つのコンテキスト。空白で区切った 2 つの数を書き込みます。",
    },
    definition: {
      name: "adder",
      ctx: {
        struct: "adder_ctx",
        fields: [
          { name: "a", off: 0, size: 4, writable: false },
          { name: "b", off: 4, size: 4, writable: false },
        ],
      },
      helpers: { set: "base" },
      attachName: "BPF_ADDER_ATTACH",
      sysfsPath: "/sys/adder/sum",
    },
  },
  {
    name: "scratch",
    title: { en: "A field to write to", ja: "書き込めるフィールド" },
    about: {
      en: "The program may change the second field of its context: a store to it is accepted.",
      ja: "コンテキストの 2 番目のフィールドを変更でき、そこへのストアは受理されます。",
    },
    definition: {
      name: "scratch",
      ctx: {
        struct: "scratch_ctx",
        fields: [
          { name: "in", off: 0, size: 4, writable: false },
          { name: "out", off: 4, size: 4, writable: true },
        ],
      },
      helpers: { set: "base" },
      attachName: "BPF_SCRATCH_ATTACH",
      sysfsPath: "/sys/scratch/run",
    },
  },
  {
    name: "verdict",
    title: { en: "Yes or no", ja: "はい・いいえ" },
    about: {
      en: "The return value has to be 0 or 1: the verifier asks for proof at exit.",
      ja: "戻り値は 0 か 1 だけ。verifier は exit でその証明を求めます。",
    },
    definition: {
      name: "verdict",
      ctx: { struct: "verdict_ctx", fields: [{ name: "val", off: 0, size: 8, writable: false }] },
      helpers: { set: "base" },
      returnRange: { min: 0, max: 1 },
      attachName: "BPF_VERDICT_ATTACH",
      sysfsPath: "/sys/verdict/ask",
    },
  },
  {
    name: "converted",
    title: { en: "A context the kernel keeps otherwise", ja: "カーネル側の形が違うコンテキスト" },
    about: {
      en: "The program's struct is not the kernel's: the verifier rewrites each access (see dump xlated).",
      ja: "プログラムから見える構造体とカーネルの構造体が異なり、verifier がアクセス命令を書き換えます(dump xlated で見られます)。",
    },
    definition: {
      name: "converted",
      ctx: {
        struct: "converted_ctx",
        fields: [
          { name: "len", off: 0, size: 4, writable: false, narrow: true, kernel: { name: "length", off: 8, size: 2 } },
          { name: "mark", off: 4, size: 4, writable: true, kernel: { name: "mark", off: 0, size: 4 } },
          { name: "stamp", off: 8, size: 4, writable: false, kernel: { name: "stamp_ns", off: 16, size: 8 } },
        ],
      },
      helpers: { set: "base" },
      attachName: "BPF_CONVERTED_ATTACH",
      sysfsPath: "/sys/converted/run",
    },
  },
];
