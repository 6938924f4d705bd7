// What happened to the program, in words. Loaded when there is something to say.

import { type Language, useSettings } from "../stores/page/settings.ts";
import type { Notice } from "../stores/program/program.ts";

export interface NoticeTexts {
  readonly setAside: string;
  readonly takeBack: string;
  readonly editedExample: string;
  readonly openExample: string;
  readonly dismiss: string;
  readonly fault: Readonly<Record<Extract<Notice, { kind: "link-fault" }>["fault"], string>>;
  readonly pasted: (what: string) => string;
  readonly noExample: (name: string) => string;
  readonly noLesson: (name: string) => string;
  readonly notCopied: string;
}

const TEXTS: Readonly<Record<Language, NoticeTexts>> = {
  en: {
    setAside: "Your own program is kept.",
    takeBack: "Back to my program",
    editedExample: "This is the example as you changed it.",
    openExample: "Open the example",
    dismiss: "Dismiss",
    fault: {
      broken: "This link is damaged: part of it is missing or changed. Your own program is still here.",
      "too-large": "This link unfolds to more than the page takes. Your own program is still here.",
      "unknown-version": "This link was made by a newer version of the page. Your own program is still here.",
      definition:
        "This link was made for a program type that the kernel here does not take. Your own program is still here.",
      "unknown-form": "This address names nothing that the page knows. Your own program is still here.",
    },
    pasted: (what) => `Pasted: ${what}, written as macros. Undo brings back the text as it was.`,
    noExample: (name) => `There is no example called ${name}. Your own program is still here.`,
    noLesson: (name) => `There is no lesson ${name}. Your own program is still here.`,
    notCopied: "The browser does not allow copying here.",
  },
  ja: {
    setAside: "書きかけのプログラムは残してあります。",
    takeBack: "自分のプログラムに戻る",
    editedExample: "あなたが書きかえたサンプルです。",
    openExample: "もとのサンプルを開く",
    dismiss: "閉じる",
    fault: {
      broken: "このリンクは壊れています(一部が欠けているか、変わっています)。書きかけのプログラムはそのままです。",
      "too-large": "このリンクの中身は、このページで扱える大きさを超えています。書きかけのプログラムはそのままです。",
      "unknown-version": "このリンクは、より新しい版のページで作られたものです。書きかけのプログラムはそのままです。",
      definition:
        "このリンクのプログラムタイプは、このページのカーネルでは使えません。書きかけのプログラムはそのままです。",
      "unknown-form": "このアドレスが指すものは、このページにはありません。書きかけのプログラムはそのままです。",
    },
    pasted: (what) =>
      `${what}を貼り付けたので、マクロに書き直しました。元に戻す操作で、貼り付けたままのテキストになります。`,
    noExample: (name) => `${name} というサンプルはありません。書きかけのプログラムはそのままです。`,
    noLesson: (name) => `レッスン ${name} はありません。書きかけのプログラムはそのままです。`,
    notCopied: "このブラウザでは、ここからのコピーが許可されていません。",
  },
};

export const useNoticeTexts = (): NoticeTexts => TEXTS[useSettings((s) => s.language)];
