// Words of the lessons, of presenting, and of the gallery: loaded with them.
import { type Language, useSettings } from "../stores/page/settings.ts";

export interface LessonTexts {
  readonly panel: string;
  readonly of: (n: number, all: number) => string;
  readonly own: string;
  /** `list`: `25-27,31` */
  readonly slides: (list: string) => string;
  readonly previous: string;
  readonly next: string;
  readonly leave: string;
  readonly again: string;
  readonly list: string;
  readonly listTitle: string;
  readonly listAbout: string;
  readonly back: string;
  readonly solved: string;
  readonly solvedOf: (n: number, all: number) => string;
  readonly reset: string;
  readonly resetSure: string;
  readonly openFile: string;
  readonly print: string;
  readonly fold: string;
  readonly unfold: string;
  readonly blank: string;
  readonly toStep: (n: number) => string;
  readonly guess: string;
  readonly guessHere: string;
  readonly check: string;
  readonly right: string;
  readonly wrong: (answer: string) => string;
  readonly notRight: string;
  readonly tellAnswer: string;
  readonly guessAgain: string;
  readonly hint: (n: number, all: number) => string;
  readonly solution: string;
  readonly solutionActs: string;
  readonly goal: string;
  readonly goalMet: string;
  readonly goalOf: (met: number, all: number) => string;
  readonly met: string;
  readonly unmet: string;
  readonly file: {
    readonly title: string;
    readonly about: string;
    readonly paste: string;
    readonly choose: string;
    readonly open: string;
    readonly faults: (n: number) => string;
    readonly line: (n: number) => string;
    readonly expected: string;
    readonly close: string;
  };
  readonly present: {
    readonly solution: string;
    readonly black: string;
    readonly plan: string;
    readonly previous: string;
    readonly next: string;
    readonly notes: string;
    readonly noNotes: string;
    readonly comes: string;
    readonly now: string;
    readonly clock: string;
    readonly elapsed: string;
    readonly restart: string;
    readonly waiting: string;
    readonly title: string;
  };
  readonly printed: {
    readonly title: string;
    readonly close: string;
    readonly program: string;
    readonly registers: string;
    readonly answers: string;
    readonly course: string;
    readonly solution: string;
    readonly unset: string;
    readonly step: string;
    readonly verdict: string;
    readonly source: string;
  };
}

const TEXTS: Readonly<Record<Language, LessonTexts>> = {
  en: {
    panel: "Lesson",
    of: (n, all) => `Lesson ${n} of ${all}`,
    own: "Lesson from a file",
    slides: (list) =>
      /^\d+$/.test(list) ? `slide ${list}` : `slides ${list.replaceAll(",", ", ").replaceAll("-", "–")}`,
    previous: "Previous lesson",
    next: "Next lesson",
    leave: "Leave the lessons",
    again: "Start this lesson again",
    list: "All lessons",
    listTitle: "Lessons",
    listAbout: "They follow the talk by Keisuke Nishimura, and go on where it stopped.",
    back: "Back to the lesson",
    solved: "solved",
    solvedOf: (n, all) => `${n} of ${all} solved`,
    reset: "Forget my progress",
    resetSure: "Really forget it?",
    openFile: "Open a lesson from a file",
    print: "Print this lesson",
    fold: "Fold the lesson away",
    unfold: "Unfold the lesson",
    blank: "Show what stands here",
    toStep: (n) => `step ${n}`,
    guess: "Predict",
    guessHere: "Your prediction",
    check: "That is my guess",
    right: "Right.",
    wrong: (answer) => `Not right. The answer: ${answer}`,
    notRight: "Not right.",
    tellAnswer: "Show the answer",
    guessAgain: "Guess again",
    hint: (n, all) => (all === 1 ? "A hint" : `Hint ${n} of ${all}`),
    solution: "Show the solution",
    solutionActs: "What to do, in order:",
    goal: "Goal",
    goalMet: "Solved",
    goalOf: (met, all) => `${met} of ${all}`,
    met: "met",
    unmet: "not yet",
    file: {
      title: "A lesson from a file",
      about:
        "Drop a Markdown file here, choose one, or paste its text. A list of lessons comes together with its files. All of it stays on this device.",
      paste: "Text of the lesson",
      choose: "Choose a file",
      open: "Open",
      faults: (n) => (n === 1 ? "1 thing is not as expected:" : `${n} things are not as expected:`),
      line: (n) => `line ${n}`,
      expected: "expected",
      close: "Close",
    },
    present: {
      solution: "Solution",
      black: "Black",
      plan: "Plan",
      previous: "Back",
      next: "On",
      notes: "Notes",
      noNotes: "No notes for this point.",
      comes: "Next",
      now: "On the screen",
      clock: "Clock",
      elapsed: "Since the start",
      restart: "Start the clock again",
      waiting: "Waiting for the page that presents. Open this window from there.",
      title: "Speaker",
    },
    printed: {
      title: "Print",
      close: "Close",
      program: "Program",
      registers: "Registers",
      answers: "With the answers",
      course: "All lessons",
      solution: "Solution",
      unset: "not set",
      step: "step",
      verdict: "Verifier",
      source: "From the talk “eBPFを使ったオレオレカーネル拡張入門” by Keisuke Nishimura",
    },
  },
  ja: {
    panel: "レッスン",
    of: (n, all) => `レッスン ${n} / ${all}`,
    own: "ファイルのレッスン",
    slides: (list) => `スライド ${list.replaceAll(",", "、").replaceAll("-", "〜")}`,
    previous: "前のレッスン",
    next: "次のレッスン",
    leave: "レッスンを閉じる",
    again: "このレッスンを最初から",
    list: "レッスン一覧",
    listTitle: "レッスン",
    listAbout: "西村啓佑さんの発表に沿って進み、その先へ続きます。",
    back: "レッスンに戻る",
    solved: "解けた",
    solvedOf: (n, all) => `${all} 個中 ${n} 個が解けました`,
    reset: "進み具合を消す",
    resetSure: "本当に消しますか",
    openFile: "ファイルのレッスンを開く",
    print: "このレッスンを印刷",
    fold: "レッスンをたたむ",
    unfold: "レッスンを開く",
    blank: "ここの答えを見る",
    toStep: (n) => `ステップ ${n}`,
    guess: "予想",
    guessHere: "あなたの予想",
    check: "これで予想する",
    right: "正解です。",
    wrong: (answer) => `不正解です。答え: ${answer}`,
    notRight: "不正解です。",
    tellAnswer: "答えを見る",
    guessAgain: "もう一度予想する",
    hint: (n, all) => (all === 1 ? "ヒント" : `ヒント ${n} / ${all}`),
    solution: "解答を見る",
    solutionActs: "すること (この順に):",
    goal: "ゴール",
    goalMet: "解けました",
    goalOf: (met, all) => `${met} / ${all}`,
    met: "達成",
    unmet: "まだ",
    file: {
      title: "ファイルのレッスン",
      about:
        "Markdown ファイルをここにドロップするか、選ぶか、本文を貼り付けてください。レッスンの一覧は、そのファイルと一緒に渡します。この端末の外には出ません。",
      paste: "レッスンの本文",
      choose: "ファイルを選ぶ",
      open: "開く",
      faults: (n) => `${n} か所が書式と違います:`,
      line: (n) => `${n} 行目`,
      expected: "期待したもの",
      close: "閉じる",
    },
    present: {
      solution: "解答",
      black: "暗くする",
      plan: "予定",
      previous: "戻る",
      next: "進む",
      notes: "メモ",
      noNotes: "この要点にメモはありません。",
      comes: "次",
      now: "今の画面",
      clock: "時刻",
      elapsed: "経過",
      restart: "経過時間を 0 に戻す",
      waiting: "発表しているページを待っています。この画面はそのページから開いてください。",
      title: "発表者",
    },
    printed: {
      title: "印刷",
      close: "閉じる",
      program: "プログラム",
      registers: "レジスタ",
      answers: "解答付き",
      course: "全レッスン",
      solution: "解答",
      unset: "未初期化",
      step: "ステップ",
      verdict: "verifier",
      source: "「eBPFを使ったオレオレカーネル拡張入門」(西村啓佑)に基づく",
    },
  },
};

export const useLessonText = (): LessonTexts => TEXTS[useSettings((s) => s.language)];
export const lessonTexts = (language: Language): LessonTexts => TEXTS[language];
