// Words about the real Linux, loaded with it.
import {
  type DifferenceCause,
  FRAME_MAX,
  type KernelName,
  type LogComparison,
  RESULTS_MAX,
} from "../../engine/index.ts";
import type { CannotAskReason } from "../linux/store.ts";
import { type Language, useSettings } from "../stores/page/settings.ts";

export interface LinuxTexts {
  readonly title: string;
  readonly close: string;
  readonly which: string;
  readonly kernels: Readonly<Record<KernelName, string>>;
  readonly auto: string;
  readonly again: string;
  /** `mb`: megabytes with one decimal. */
  readonly needs: (mb: string) => string;
  readonly fetch: (mb: string) => string;
  readonly fetching: (done: string, all: string) => string;
  readonly starting: string;
  readonly cancel: string;
  readonly failed: (why: string) => string;
  readonly noAnswer: (why: string) => string;
  readonly retry: string;
  readonly asking: string;
  readonly cutOff: (seconds: number) => string;
  readonly wasReset: string;
  readonly says: (version: string) => string;
  readonly verdict: Readonly<Record<"accept" | "reject", string>>;
  readonly identical: string;
  readonly same: string;
  readonly differs: string;
  readonly old: string;
  readonly noBtf: string;
  readonly took: (ms: number) => string;
  readonly table: string;
  readonly what: Readonly<Record<LogComparison["differences"][number]["what"], string>>;
  readonly here: string;
  readonly there: string;
  readonly cause: string;
  readonly causes: Readonly<Record<DifferenceCause, string>>;
  readonly none: string;
  readonly diagnosis: (version: string) => string;
  readonly logs: string;
  readonly reasons: Readonly<Record<CannotAskReason, string>>;
  readonly takeHome: string;
  readonly whichKernel: string;
  readonly whichKernels: Readonly<Record<"simulated" | "real", string>>;
  readonly realNote: string;
  readonly console: string;
  readonly consoleHint: string;
  readonly reset: string;
  readonly resetTook: (ms: number) => string;
  readonly copy: string;
  readonly interrupt: string;
  readonly notice: string;
}

const REQUEST_MAX = `${FRAME_MAX / (1 << 20)} MiB`;

const TEXTS: Readonly<Record<Language, LinuxTexts>> = {
  en: {
    title: "A real Linux",
    close: "Close",
    which: "Kernel to ask",
    kernels: { "oreore-6.1": "6.1 with OREORE", "7.3": "7.3" },
    auto: "Ask after each edit",
    again: "Ask again",
    needs: (mb) =>
      `A real Linux runs in this page, in an emulator. Its files (${mb} MB) are fetched once and stay on this device, for the time without a network. While it runs it takes about 100 MB of memory.`,
    fetch: (mb) => `Fetch ${mb} MB`,
    fetching: (done, all) => `Fetching ${done} of ${all} MB`,
    starting: "The machine starts …",
    cancel: "Cancel",
    failed: (why) => `The real Linux could not be started: ${why}`,
    noAnswer: (why) => `The real Linux gave no answer: ${why}`,
    retry: "Try again",
    asking: "Asking …",
    cutOff: (seconds) => `The verifier was still busy after ${seconds} s: it was cut off, and the machine was reset.`,
    wasReset: "The machine was reset before it answered.",
    says: (version) => `Linux ${version} says`,
    verdict: { accept: "Accepted", reject: "Refused" },
    identical: "identical",
    same: "the same verdict, errno and last line",
    differs: "not the same",
    old: "The answer below is about the program before it was changed.",
    noBtf: "The program's functions were sent without BTF.",
    took: (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`,
    table: "Differences from the simulation",
    what: { verdict: "verdict", errno: "errno", message: "last line", processed: "instructions walked" },
    here: "simulated 6.18",
    there: "real",
    cause: "cause",
    causes: {
      address: "address: another at each boot",
      release: "another release of Linux",
      width: "32 bits: the emulator has no 64",
      btf: "BTF: the program was sent without it",
      unknown: "not known: another release, or 32 bits",
    },
    none: "none",
    diagnosis: (version) => `Diagnosis by Linux ${version} itself`,
    logs: "The logs side by side",
    reasons: {
      assembly: "The program does not assemble: there is nothing to ask yet.",
      type: "This kernel has no such program type. OREORE is in the 6.1.",
      "not simulated": "The page does not simulate this program, so there is nothing to compare.",
      "own type": "Your own program type is in no kernel here. Take its patches home and build it.",
      "too large": `Program and maps are more than this Linux can be asked with at once: ${REQUEST_MAX}, and ${RESULTS_MAX} system calls.`,
    },
    takeHome: "Take-home as a ZIP",
    whichKernel: "Which kernel load, attach, echo and cat go to",
    whichKernels: { simulated: "Simulated", real: "Real" },
    realNote: "Load, attach, echo and cat go to a real Linux 6.1 with OREORE, in an emulator in this page.",
    console: "Console",
    consoleHint: "A shell of the real Linux. The command loader loads and attaches the page's program.",
    reset: "Reset",
    resetTook: (ms) => `reset in ${Math.round(ms)} ms`,
    copy: "Copy what is marked, or all",
    interrupt: "Ctrl+C",
    notice: "Licences and source",
  },
  ja: {
    title: "本物の Linux",
    close: "閉じる",
    which: "尋ねるカーネル",
    kernels: { "oreore-6.1": "6.1 (OREORE 入り)", "7.3": "7.3" },
    auto: "編集するたびに尋ねる",
    again: "もう一度尋ねる",
    needs: (mb) =>
      `本物の Linux が、このページの中のエミュレータで動きます。ファイル (${mb} MB) は一度だけ取得してこの端末に残すので、次からはネットワークがなくても使えます。動いている間はメモリを約 100 MB 使います。`,
    fetch: (mb) => `${mb} MB を取得`,
    fetching: (done, all) => `取得中: ${all} MB のうち ${done} MB`,
    starting: "マシンを起動しています…",
    cancel: "中止",
    failed: (why) => `本物の Linux を起動できませんでした: ${why}`,
    noAnswer: (why) => `本物の Linux から答えがありませんでした: ${why}`,
    retry: "もう一度",
    asking: "尋ねています…",
    cutOff: (seconds) => `verifier が ${seconds} 秒たっても終わらなかったので、打ち切ってマシンをリセットしました。`,
    wasReset: "答えの前にマシンがリセットされました。",
    says: (version) => `Linux ${version} の答え`,
    verdict: { accept: "受理", reject: "拒否" },
    identical: "一致",
    same: "判定、errno、最後の行が同じ",
    differs: "同じではありません",
    old: "下の回答は、変更する前のプログラムについてのものです。",
    noBtf: "プログラムの関数は BTF なしで渡しました。",
    took: (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ミリ秒`,
    table: "シミュレーションとの違い",
    what: { verdict: "判定", errno: "errno", message: "最後の行", processed: "調べた命令数" },
    here: "シミュレーション (6.18)",
    there: "本物",
    cause: "原因",
    causes: {
      address: "アドレス: 起動ごとに変わる",
      release: "Linux のリリースの違い",
      width: "32 ビット: エミュレータに 64 ビットはない",
      btf: "BTF: プログラムを BTF なしで渡した",
      unknown: "不明 (リリースの違いか 32 ビット)",
    },
    none: "なし",
    diagnosis: (version) => `Linux ${version} 自身の診断`,
    logs: "ログの比較",
    reasons: {
      assembly: "プログラムがまだアセンブルできないので、尋ねられません。",
      type: "このカーネルにはこのプログラムタイプがありません。OREORE は 6.1 にあります。",
      "not simulated": "このプログラムはシミュレートしていないので、比べるものがありません。",
      "own type":
        "自作のプログラムタイプの入ったカーネルはここにはありません。パッチをダウンロードしてビルドしてください。",
      "too large": `プログラムとマップが、この Linux に一度に渡せる量 (${REQUEST_MAX}、システムコール ${RESULTS_MAX} 回) を超えています。`,
    },
    takeHome: "ダウンロード (.zip)",
    whichKernel: "ロード、アタッチ、echo、cat の相手",
    whichKernels: { simulated: "シミュレーション", real: "本物" },
    realNote:
      "ロード、アタッチ、echo、cat は、このページのエミュレータで動く OREORE 入りの本物の Linux 6.1 に届きます。",
    console: "コンソール",
    consoleHint: "本物の Linux のシェルです。コマンド loader でページのプログラムをロードしてアタッチします。",
    reset: "リセット",
    resetTook: (ms) => `${Math.round(ms)} ミリ秒でリセット`,
    copy: "選択した部分、なければ全部をコピー",
    interrupt: "Ctrl+C",
    notice: "ライセンスとソース",
  },
};

export const useLinuxTexts = (): LinuxTexts => TEXTS[useSettings((s) => s.language)];
