// Words for handing in and judging answers, and for keeping progress in a file. Loaded with them.
import { type Language, useSettings } from "../stores/page/settings.ts";

const en = {
  copy: "Copy my answer",
  copied: "The link to your answer is copied. It holds your program and what you did.",
  notCopied: "Copying is not allowed here: select the link and copy it.",
  link: "The link to your answer",
  judge: "Judge answers",
  title: "Judge the answers of a class",
  close: "Close",
  about: (lesson: string) =>
    `Paste the links of a class, one a line, with a name before each or without. They are judged by this lesson: ${lesson}. Nothing leaves this device.`,
  paste: "Links, one a line",
  start: "Judge",
  stop: "Stop",
  judged: (n: number, all: number) => `${n} of ${all} judged`,
  columns: { who: "Name", solved: "Solved", now: "What is missing", link: "Link" },
  yes: "yes",
  no: "no",
  open: "Open",
  copyTable: "Copy as a table",
  tableCopied: "Copied: paste it into a spreadsheet.",
  save: "Save my progress",
  load: "Load progress",
  loaded: (n: number) => (n === 1 ? "1 lesson was taken from the file." : `${n} lessons were taken from the file.`),
  notLoaded: "This file holds no progress that this page has saved.",
};

export type AnswerTexts = typeof en;

const ja: AnswerTexts = {
  copy: "解答をコピー",
  copied: "解答のリンクをコピーしました。プログラムと操作が入っています。",
  notCopied: "ここではコピーできません。リンクを選択してコピーしてください。",
  link: "解答のリンク",
  judge: "解答を採点",
  title: "クラスの解答を採点",
  close: "閉じる",
  about: (lesson) =>
    `クラスのリンクを 1 行に 1 つずつ貼り付けてください。リンクの前に名前があってもかまいません。このレッスンで採点します: ${lesson}。この端末の外には出ません。`,
  paste: "リンク (1 行に 1 つ)",
  start: "採点する",
  stop: "中止",
  judged: (n, all) => `${all} 件中 ${n} 件を採点しました`,
  columns: { who: "名前", solved: "解けた", now: "足りないもの", link: "リンク" },
  yes: "はい",
  no: "いいえ",
  open: "開く",
  copyTable: "表としてコピー",
  tableCopied: "コピーしました。表計算ソフトに貼り付けてください。",
  save: "進み具合を保存",
  load: "進み具合を読み込む",
  loaded: (n) => `ファイルから ${n} 個のレッスンを取り込みました。`,
  notLoaded: "このファイルには、このページで保存した進み具合が入っていません。",
};

const TEXTS: Readonly<Record<Language, AnswerTexts>> = { en, ja };
export const useAnswerTexts = (): AnswerTexts => TEXTS[useSettings((s) => s.language)];
