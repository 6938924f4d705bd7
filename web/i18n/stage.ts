// Words of the stage: what a press did, what the next one does, the parts of the pictures. Loaded with the stage.
import type { Act, PartName } from "../lessons/scene.ts";
import type { RealAnswerState } from "../stage/film.ts";
import type { CallKind } from "../stage/world.ts";
import type { Language } from "../stores/page/settings.ts";
import { plural } from "./numbers.ts";

/** The values in a caption. */
export interface CallFacts {
  readonly ret: number;
  readonly errnoName: string;
  readonly data: string;
  readonly verified: boolean;
  readonly attached: boolean;
  /** Which steps of the recipe the kernel has. */
  readonly recipe: readonly boolean[];
  readonly ran: { readonly insns: number; readonly said: string; readonly returned: string } | null;
}

export interface StageTexts {
  readonly stage: string;
  readonly map: string;
  /** `part` of `parts` scenes that are about them. */
  readonly slides: (list: string, part?: number, parts?: number) => string;
  readonly at: (press: number, presses: number) => string;
  readonly loading: string;
  readonly black: string;
  readonly leave: string;
  readonly speaker: string;
  readonly unset: string;
  readonly ctx: string;
  readonly fp: string;
  readonly above: (lines: number) => string;
  readonly below: (lines: number) => string;
  readonly verdict: Readonly<Record<"accept" | "reject" | "error", string>>;
  readonly on: string;
  readonly off: string;
  readonly recipe: readonly [string, string, string, string];
  readonly file: (path: string, line: number) => string;
  readonly blank: string;
  readonly parts: Readonly<Record<PartName, string>>;
  readonly gap: (step: number) => string;
  readonly nothing: string;
  readonly progSide: string;
  readonly kernSide: string;
  readonly becomes: string;
  readonly types: Readonly<Record<string, string>>;
  readonly event: string;
  readonly context: string;
  readonly calls: Readonly<Record<CallKind, (facts: CallFacts) => string>>;
  /** Of a scene on the real Linux: who answers in the terminal. */
  readonly real: Readonly<Record<RealAnswerState["state"], (release: string) => string>>;
  readonly noMaps: string;
  readonly noElements: string;
  readonly noPacket: string;
  readonly packetIn: (bytes: number) => string;
  readonly packetOut: string;
  readonly comes: (said: string) => string;
  readonly acts: { readonly [Kind in Act["kind"]]: (act: Extract<Act, { kind: Kind }>) => string };
  readonly scene: (says: string) => string;
  readonly end: string;
  readonly answer: string;
}

const TEXTS: Readonly<Record<Language, StageTexts>> = {
  en: {
    stage: "Stage",
    map: "Parts of the kernel, and the path of the last call",
    slides: (list, part = 1, parts = 1) =>
      `slide ${list.replaceAll("-", "–")}${parts > 1 ? `, ${part} of ${parts}` : ""}`,
    at: (press, presses) => `${press} / ${presses}`,
    loading: "One moment …",
    black: "The screen is black. Any key of the clicker brings it back.",
    leave: "Leave the stage (Esc)",
    speaker: "Speaker's window",
    unset: "not set",
    ctx: "→ context",
    fp: "→ stack",
    above: (lines) => `↑ ${plural(lines, "line")} above`,
    below: (lines) => `↓ ${plural(lines, "line")} below`,
    verdict: { accept: "accepted", reject: "refused", error: "does not assemble" },
    on: "done",
    off: "to do",
    recipe: ["Define the program type", "Prepare attaching", "Write what runs it", "Call it from user space"],
    file: (path, line) => `${path}, line ${line}`,
    blank: "a blank",
    parts: {
      user: "user space",
      syscall: "bpf(2)",
      verifier: "verifier",
      program: "program",
      attach: "oreore_prog",
      sysfs: "/sys/oreore/bpf",
      module: "oreore_module",
    },
    gap: (step) => `comes with step ${step}`,
    nothing: "nothing yet",
    progSide: "as the program sees it",
    kernSide: "as the kernel has it",
    becomes: "becomes",
    types: {
      xdp: "a packet arrives at a network card",
      sk_skb: "a socket has received data",
      kprobe: "a function of the kernel is called",
    },
    event: "event",
    context: "context",
    calls: {
      load: ({ ret, errnoName, verified, recipe }) => {
        if (ret >= 0) return `verified and loaded: it is fd ${ret}`;
        if (!recipe[0]) return `${errnoName}: the kernel knows no such program type`;
        return verified ? `${errnoName}: the verifier refuses it` : `${errnoName}: refused before it was verified`;
      },
      attach: ({ ret, errnoName, recipe }) => {
        if (ret >= 0) return "the pointer oreore_prog refers to the program";
        return recipe[1] ? `${errnoName}: no program is loaded` : `${errnoName}: the kernel knows no such attach type`;
      },
      detach: ({ ret, errnoName }) =>
        ret >= 0 ? "oreore_prog is NULL again; the program stays as long as its fd is open" : errnoName,
      echo: ({ ret, errnoName, ran, recipe, attached }) => {
        if (ran) return `the program ran, ${ran.insns} instructions: ${ran.said}`;
        if (ret >= 0) return "written";
        if (!recipe[2]) return `${errnoName}: there is no such file yet`;
        return attached ? `${errnoName}: the module refuses the text` : `${errnoName}: no program is attached`;
      },
      cat: ({ ret, errnoName, data, recipe }) => {
        if (ret >= 0) return `the answer is ${data.trim()}`;
        return recipe[2] ? errnoName : `${errnoName}: there is no such file yet`;
      },
      test: ({ ret, errnoName, ran }) =>
        ret < 0 || !ran ? errnoName : `the program ran, ${ran.insns} instructions, and returned ${ran.returned}`,
      update: ({ ret, errnoName }) => (ret < 0 ? errnoName : "user space has written the element"),
      shell: () => "the shell answers",
    },
    real: {
      answered: (release) => `a real Linux ${release}, in this page`,
      wanted: () => "simulated: the real Linux is coming",
      missing: () => "simulated: the real Linux could not be started here",
      failed: () => "simulated: the real Linux did not answer",
    },
    noMaps: "no map has been made yet",
    noElements: "no element",
    noPacket: "no packet yet",
    packetIn: (bytes) => `the packet, ${bytes} bytes`,
    packetOut: "as the program leaves it",
    comes: (said) => `next: ${said}`,
    acts: {
      say: () => "one sentence",
      item: () => "the next line",
      part: ({ parts }) => `show: ${parts.join(", ")}`,
      type: ({ name }) => `show: ${name}`,
      load: () => "load the program",
      attach: () => "attach it",
      detach: () => "detach it",
      cat: () => "cat /sys/oreore/bpf",
      echo: ({ text }) => `echo ${text} > /sys/oreore/bpf`,
      test: ({ text }) => `run it on the packet ${text}`,
      update: ({ map, key, value }) => `from user space: ${map}[${key}] = ${value}`,
      shell: ({ line }) => line,
      define: ({ preset }) => `build the type ${preset} into the kernel`,
      step: ({ by }) => (by === 1 ? "one step" : `${by} steps`),
      at: ({ text }) => `mark: ${text}`,
      code: ({ piece }) => `code of step ${piece.step}: ${piece.name}`,
      apply: ({ step }) => `apply step ${step} to the kernel`,
      field: ({ name }) => `an access to ${name}`,
      rewrite: () => "the access as it runs",
      answer: () => "the answer",
      edit: ({ to }) => `change the program: ${to}`,
      solution: () => "show the solution",
      blank: () => "uncover a blank",
    },
    scene: (says) => `next picture: ${says}`,
    end: "This was the last press.",
    answer: "Answer",
  },
  ja: {
    stage: "発表の画面",
    map: "カーネルの部品と、直前の呼び出しの経路",
    slides: (list, part = 1, parts = 1) =>
      `スライド ${list.replaceAll("-", "〜").replaceAll(",", "、")}${parts > 1 ? `(${part}/${parts})` : ""}`,
    at: (press, presses) => `${press} / ${presses}`,
    loading: "準備しています…",
    black: "画面を暗くしています。リモコンのどのキーでも戻ります。",
    leave: "発表を終える (Esc)",
    speaker: "発表者の画面",
    unset: "未初期化",
    ctx: "→ コンテキスト",
    fp: "→ スタック",
    above: (lines) => `↑ この上に ${lines} 行`,
    below: (lines) => `↓ この下に ${lines} 行`,
    verdict: { accept: "受理", reject: "拒否", error: "アセンブルできません" },
    on: "済み",
    off: "これから",
    recipe: ["プログラムタイプを定義", "アタッチする機能を用意", "実行する関数を定義", "ユーザ空間から呼び出し"],
    file: (path, line) => `${path} ${line} 行目`,
    blank: "空欄",
    parts: {
      user: "ユーザ空間",
      syscall: "bpf(2)",
      verifier: "verifier",
      program: "プログラム",
      attach: "oreore_prog",
      sysfs: "/sys/oreore/bpf",
      module: "oreore_module",
    },
    gap: (step) => `手順 ${step} で追加`,
    nothing: "まだ何もない",
    progSide: "プログラムから見た形",
    kernSide: "カーネルが持つ形",
    becomes: "書き換えると",
    types: {
      xdp: "パケットがネットワークカードに届く",
      sk_skb: "ソケットがデータを受け取る",
      kprobe: "カーネルの関数が呼ばれる",
    },
    event: "イベント",
    context: "コンテキスト",
    calls: {
      load: ({ ret, errnoName, verified, recipe }) => {
        if (ret >= 0) return `検証に通り、ロードされました。fd は ${ret} です`;
        if (!recipe[0]) return `${errnoName}: カーネルはこのプログラムタイプを知りません`;
        return verified ? `${errnoName}: verifier が拒否しました` : `${errnoName}: 検証の前に断られました`;
      },
      attach: ({ ret, errnoName, recipe }) => {
        if (ret >= 0) return "ポインタ oreore_prog がプログラムを指しました";
        return recipe[1]
          ? `${errnoName}: ロードしたプログラムがありません`
          : `${errnoName}: カーネルはこのアタッチタイプを知りません`;
      },
      detach: ({ ret, errnoName }) =>
        ret >= 0 ? "oreore_prog は NULL に戻りました。fd が開いている間、プログラムは残ります" : errnoName,
      echo: ({ ret, errnoName, ran, recipe, attached }) => {
        if (ran) return `プログラムが ${ran.insns} 命令動きました: ${ran.said}`;
        if (ret >= 0) return "書き込みました";
        if (!recipe[2]) return `${errnoName}: このファイルはまだありません`;
        return attached
          ? `${errnoName}: モジュールがこの文字列を断りました`
          : `${errnoName}: アタッチされたプログラムがありません`;
      },
      cat: ({ ret, errnoName, data, recipe }) => {
        if (ret >= 0) return `答えは ${data.trim()} です`;
        return recipe[2] ? errnoName : `${errnoName}: このファイルはまだありません`;
      },
      test: ({ ret, errnoName, ran }) =>
        ret < 0 || !ran ? errnoName : `プログラムが ${ran.insns} 命令動き、${ran.returned} を返しました`,
      update: ({ ret, errnoName }) => (ret < 0 ? errnoName : "ユーザ空間が要素を書き込みました"),
      shell: () => "シェルの答え",
    },
    real: {
      answered: (release) => `このページで動く本物の Linux ${release}`,
      wanted: () => "シミュレーション: 本物の Linux を準備しています",
      missing: () => "シミュレーション: ここでは本物の Linux を起動できませんでした",
      failed: () => "シミュレーション: 本物の Linux が答えませんでした",
    },
    noMaps: "マップはまだありません",
    noElements: "要素なし",
    noPacket: "パケットはまだありません",
    packetIn: (bytes) => `届いたパケット(${bytes} バイト)`,
    packetOut: "プログラムが書き換えたあと",
    comes: (said) => `次: ${said}`,
    acts: {
      say: () => "ひとこと",
      item: () => "次の行",
      part: ({ parts }) => `${parts.join("、")} を見せる`,
      type: ({ name }) => `${name} を見せる`,
      load: () => "プログラムをロード",
      attach: () => "アタッチ",
      detach: () => "デタッチ",
      cat: () => "cat /sys/oreore/bpf",
      echo: ({ text }) => `echo ${text} > /sys/oreore/bpf`,
      test: ({ text }) => `パケット ${text} で動かす`,
      update: ({ map, key, value }) => `ユーザ空間から ${map}[${key}] = ${value}`,
      shell: ({ line }) => line,
      define: ({ preset }) => `タイプ ${preset} をカーネルに組み込む`,
      step: ({ by }) => `${by} ステップ進む`,
      at: ({ text }) => `「${text}」の行を指す`,
      code: ({ piece }) => `手順 ${piece.step} のコード: ${piece.name}`,
      apply: ({ step }) => `手順 ${step} をカーネルに適用`,
      field: ({ name }) => `${name} へのアクセス`,
      rewrite: () => "書き換えたあとの命令",
      answer: () => "答え",
      edit: ({ to }) => `プログラムを変更: ${to}`,
      solution: () => "解答を見せる",
      blank: () => "空欄を開く",
    },
    scene: (says) => `次の絵: ${says}`,
    end: "これで最後です。",
    answer: "答え",
  },
};

export const stageTexts = (language: Language): StageTexts => TEXTS[language];

/** What a press does, in words. */
export const actWords = (text: StageTexts, act: Act): string => (text.acts[act.kind] as (act: Act) => string)(act);
