// Why a system call was refused, in words: one sentence per check of the kernel. Loaded when the first one is shown.
import type { Cause } from "../../engine/index.ts";
import { type Language, useSettings } from "../stores/page/settings.ts";
import { NOT_SIMULATED_JA } from "./not-simulated-ja.ts";

type Words = { readonly [Check in Cause["check"]]: (cause: Extract<Cause, { check: Check }>) => string };

const hex = (n: number): string => `0x${n.toString(16)}`;
const missing = {
  en: (step: number) => `Step ${step} of the recipe is not applied`,
  ja: (step: number) => `レシピの手順 ${step} が適用されていません`,
};

const CAUSES: Readonly<Record<Language, Words>> = {
  en: {
    "prog-flags": ({ flags }) => `The kernel does not know these program flags: ${hex(flags)}.`,
    "insn-cnt": ({ count, most }) => `A program has 1 to ${most} instructions; this one has ${count}.`,
    "prog-type": ({ progType, step }) =>
      step
        ? `${missing.en(step)}: the kernel has no program type ${progType} yet.`
        : `The kernel has no program type ${progType}.`,
    "not-simulated": ({ what }) => `The program would have to bring what is not simulated here: ${what}.`,
    "expected-attach-type": ({ given, taken }) =>
      taken.length === 1
        ? `This program type takes attach type ${taken.join()}, not ${given}.`
        : given === 0
          ? "A program of this type is loaded for an attach type, and none is chosen: choose one beside the program type."
          : `This program type does not take attach type ${given}: choose another beside the program type.`,
    "prog-name": ({ name }) => `A name has at most 15 letters, digits, dots and underscores: “${name}” is none.`,
    log: ({ level, size }) => `The kernel does not take log level ${level} with a buffer of ${size} bytes.`,
    verifier: () => "The verifier refused the program.",
    descriptors: () => "All file descriptors are in use.",
    "map-type": ({ type }) => `The kernel has no map type “${type}”.`,
    "inner-map": () => "A map of maps needs an inner map to take after.",
    "map-sizes": () => "Key size, value size, number of entries and flags do not fit this map type.",
    memory: () => "The map is larger than the memory of the machine.",
    "map-name": ({ name }) => `A name has at most 15 letters, digits, dots and underscores: “${name}” is none.`,
    "bad-fd": ({ fd }) => `File descriptor ${fd} is not open.`,
    "not-a-map": ({ fd }) => `File descriptor ${fd} is no map.`,
    "not-a-program": ({ fd }) => `File descriptor ${fd} is no program.`,
    "map-access": () => "The map can only be read from outside the kernel.",
    element: () =>
      "The map does not take this element: there is no such key, no room, or the value is none for this map.",
    "attach-type": ({ attachType, step }) =>
      step
        ? `${missing.en(step)}: the kernel has no attach type ${attachType} yet.`
        : `The kernel attaches nothing with attach type ${attachType}.`,
    "attach-flags": ({ flags }) => `This attach type does not take these flags: ${hex(flags)}.`,
    "other-prog-type": ({ has, wants }) => `The program has type ${has}; this attach type wants ${wants}.`,
    "other-attach-type": ({ loadedFor, given }) => `The program was loaded for attach type ${loadedFor}, not ${given}.`,
    "no-target": ({ progType }) => `Programs of type ${progType} are attached to what is not simulated here.`,
    "no-file": ({ step }) => (step ? `${missing.en(step)}: its module makes the file.` : "There is no such file."),
    input: () => "The file does not take this text.",
    "nothing-attached": () => "No program is attached.",
    "absent-map": () =>
      "The program is loaded, but a map of it is too large for the simulated machine or not simulated: it does not run.",
  },
  ja: {
    "prog-flags": ({ flags }) => `カーネルの知らないプログラムのフラグです: ${hex(flags)}。`,
    "insn-cnt": ({ count, most }) => `プログラムの命令は 1〜${most} 個です。これは ${count} 個です。`,
    "prog-type": ({ progType, step }) =>
      step
        ? `${missing.ja(step)}。カーネルにはまだプログラムタイプ ${progType} がありません。`
        : `カーネルにプログラムタイプ ${progType} はありません。`,
    "not-simulated": ({ what }) =>
      `ここで再現していないもの (${NOT_SIMULATED_JA[what]}) が、このプログラムには必要です。`,
    "expected-attach-type": ({ given, taken }) =>
      taken.length === 1
        ? `このプログラムタイプのアタッチタイプは ${taken.join()} です。${given} は使えません。`
        : given === 0
          ? "このタイプのプログラムは、アタッチタイプを指定してロードします。プログラムタイプの横で選んでください。"
          : `このプログラムタイプにアタッチタイプ ${given} は使えません。プログラムタイプの横で選び直してください。`,
    "prog-name": ({ name }) => `名前は英数字と「.」「_」で 15 文字までです。「${name}」は使えません。`,
    log: ({ level, size }) => `ログレベル ${level}、バッファ ${size} バイトの組み合わせは使えません。`,
    verifier: () => "verifier がプログラムを拒否しました。",
    descriptors: () => "ファイルディスクリプタをすべて使い切りました。",
    "map-type": ({ type }) => `カーネルにマップタイプ「${type}」はありません。`,
    "inner-map": () => "マップのマップには、手本になる内側のマップが必要です。",
    "map-sizes": () => "キーと値の大きさ、要素数、フラグが、このマップタイプに合いません。",
    memory: () => "マップがマシンのメモリより大きいです。",
    "map-name": ({ name }) => `名前は英数字と「.」「_」で 15 文字までです。「${name}」は使えません。`,
    "bad-fd": ({ fd }) => `ファイルディスクリプタ ${fd} は開いていません。`,
    "not-a-map": ({ fd }) => `ファイルディスクリプタ ${fd} はマップではありません。`,
    "not-a-program": ({ fd }) => `ファイルディスクリプタ ${fd} はプログラムではありません。`,
    "map-access": () => "このマップは、カーネルの外からは読むだけです。",
    element: () => "マップがこの要素を受け取りません。キーがない、空きがない、または値がこのマップに合いません。",
    "attach-type": ({ attachType, step }) =>
      step
        ? `${missing.ja(step)}。カーネルにはまだアタッチタイプ ${attachType} がありません。`
        : `アタッチタイプ ${attachType} でアタッチできるものはありません。`,
    "attach-flags": ({ flags }) => `このアタッチタイプに使えないフラグです: ${hex(flags)}。`,
    "other-prog-type": ({ has, wants }) =>
      `プログラムのタイプは ${has} です。このアタッチタイプには ${wants} が必要です。`,
    "other-attach-type": ({ loadedFor, given }) =>
      `プログラムはアタッチタイプ ${loadedFor} 用にロードされました。${given} ではありません。`,
    "no-target": ({ progType }) => `タイプ ${progType} のプログラムのアタッチ先は、ここでは再現していません。`,
    "no-file": ({ step }) =>
      step ? `${missing.ja(step)}。ファイルを作るのはそのモジュールです。` : "そのファイルはありません。",
    input: () => "ファイルがこの文字列を受け取りません。",
    "nothing-attached": () => "アタッチされたプログラムがありません。",
    "absent-map": () =>
      "ロードはできましたが、プログラムのマップがここのマシンには大きすぎるか、再現していない種類なので、実行できません。",
  },
};

/** The sentence for a cause, in the current language. */
export function useCauseText(): (cause: Cause) => string {
  const words = CAUSES[useSettings((s) => s.language)];
  return (cause) => (words[cause.check] as (cause: Cause) => string)(cause);
}
