// Words shown with a pasted verifier's log.
import { type Language, useSettings } from "../stores/page/settings.ts";

export interface PastedTexts {
  readonly what: string;
  readonly ours: string;
  readonly notOurs: string;
  readonly missing: (slots: string) => string;
  readonly cutStart: string;
  readonly cutEnd: string;
  readonly verify: string;
}

const TEXTS: Readonly<Record<Language, PastedTexts>> = {
  en: {
    what: "The verdict and the log are those you pasted, not this page's.",
    ours: "This page's verifier refuses the rebuilt program in the same words.",
    notOurs: "The rebuilt program is not refused in these words here: the log does not tell all of it.",
    missing: (slots) =>
      `The log does not show instructions ${slots}: others stand in their place, below comments that say so.`,
    cutStart: "It begins in the middle.",
    cutEnd: "It ends before its last line.",
    verify: "Verify the rebuilt program here",
  },
  ja: {
    what: "判定とログは貼り付けられたもので、このページの答えではありません。",
    ours: "復元したプログラムは、このページの verifier も同じ文で拒否します。",
    notOurs: "復元したプログラムは、ここでは同じ文で拒否されません。ログだけではプログラム全体が分からないためです。",
    missing: (slots) => `命令 ${slots} はログにありません。代わりの命令を置き、コメントで示しています。`,
    cutStart: "ログは途中から始まっています。",
    cutEnd: "ログは最後の行の前で切れています。",
    verify: "復元したプログラムをここで検証",
  },
};

export const usePastedTexts = (): PastedTexts => TEXTS[useSettings((s) => s.language)];
