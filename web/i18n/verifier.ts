// Words of the verifier's pane beyond the verdict: the explanation, the visits of an instruction, searching and folding the log. Loaded
// with those.
import { type Language, useSettings } from "../stores/page/settings.ts";
import { formatNumber } from "./numbers.ts";

export interface VerifierTexts {
  readonly why: {
    readonly title: string;
    readonly story: string;
    readonly start: string;
    readonly help: string;
    readonly state: string;
    readonly at: string;
    readonly root: string;
    readonly rule: string;
    readonly missed: string;
    readonly fixes: string;
    readonly trying: string;
    readonly none: string;
    readonly accepted: string;
    readonly further: string;
    readonly apply: string;
    readonly byHand: string;
    readonly out: string;
    readonly put: string;
    readonly copy: string;
    /** Headings of the text that is copied. */
    readonly report: {
      readonly reason: string;
      readonly at: string;
      readonly path: string;
      readonly missed: string;
      readonly suggestion: string;
    };
  };
  readonly visits: {
    readonly title: string;
    readonly before: string;
    readonly after: string;
    readonly changed: string;
    readonly differs: string;
    readonly nothing: string;
    readonly visit: string;
    readonly of: (all: number) => string;
    readonly previous: string;
    readonly next: string;
    readonly compare: string;
    readonly uncompare: string;
    readonly this: (visit: number) => string;
    readonly other: (visit: number) => string;
    readonly path: string;
    readonly from: (slot: number) => string;
    readonly start: string;
    readonly to: (slot: number) => string;
    readonly inLog: string;
    readonly end: {
      readonly exit: string;
      readonly pruned: (by: number) => string;
      readonly prunedUnknown: string;
      readonly refused: string;
    };
    readonly beside: string;
    readonly empty: string;
    readonly never: string;
    readonly range: (low: string, high: string, value: string) => string;
    readonly bits: string;
    readonly noBits: string;
    readonly unknownBits: (n: number) => string;
    readonly pin: string;
    readonly unpin: string;
    readonly pinned: string;
    readonly apart: string;
  };
  readonly help: {
    readonly compile: string;
    readonly drop: string;
    readonly file: string;
    readonly write: string;
    readonly put: string;
    readonly examples: string;
  };
  readonly walking: {
    readonly label: string;
    readonly walked: (insns: number) => string;
    readonly stop: string;
    readonly stopped: string;
    readonly again: string;
  };
  readonly log: {
    readonly search: string;
    readonly found: (at: number, all: number) => string;
    readonly none: string;
    readonly next: string;
    readonly previous: string;
    readonly close: string;
    readonly whole: string;
    readonly tooLong: string;
  };
}

const TEXTS: Readonly<Record<Language, VerifierTexts>> = {
  en: {
    why: {
      title: "Why",
      story: "How it came to this",
      start: "start",
      help: "What helps:",
      state: "Show what was believed here",
      at: "Refused at",
      root: "To change",
      rule: "The rule:",
      missed: "A check that did not count",
      fixes: "Fixes that were tried",
      trying: "Trying changes …",
      none: "No change that was tried made the program acceptable.",
      accepted: "accepted",
      further: "gets further, then refused elsewhere",
      apply: "Apply",
      byHand: "The map is declared beside the program: change it there.",
      out: "removed",
      put: "added",
      copy: "Copy the explanation",
      report: {
        reason: "Reason",
        at: "At",
        path: "Causal path",
        missed: "Checks that did not count",
        suggestion: "Suggestion",
      },
    },
    visits: {
      title: "What the verifier believed",
      before: "before",
      after: "after",
      changed: "changed by this instruction",
      differs: "differs between the two visits",
      nothing: "nothing",
      visit: "visit",
      of: (all) => `of ${formatNumber(all)}`,
      previous: "Previous visit of this instruction",
      next: "Next visit of this instruction",
      compare: "Compare with another visit",
      uncompare: "Stop comparing",
      this: (visit) => `before, visit ${visit}`,
      other: (visit) => `before, visit ${visit}`,
      path: "Follow this path",
      from: (slot) => `from ${slot}`,
      start: "start of the program",
      to: (slot) => `on to ${slot}`,
      inLog: "Show in the log",
      end: {
        exit: "This path ends here with exit.",
        pruned: (by) =>
          `This path ends here: visit ${by} of this instruction was found safe, and it allowed every value that may come now.`,
        prunedUnknown: "This path ends here: an earlier visit of this instruction was found safe and covers it.",
        refused: "The program is refused here.",
      },
      beside: "Show the two side by side",
      empty: "Put the cursor on an instruction to see what the verifier believes there.",
      never: "The verifier did not come to this instruction.",
      range: (low, high, value) => `${low} to ${high}${value === "" ? "" : `; now ${value}`}`,
      bits: "bits",
      noBits: "no bit is known",
      unknownBits: (n) => `${n} unknown bits, zeros above`,
      pin: "Pin this visit: stepping leaves it here",
      unpin: "Unpin: follow the run again",
      pinned: "Pinned: the run may stand elsewhere.",
      apart: "The run did not pass here with these values.",
    },
    help: {
      compile: "Compile it on your machine:",
      drop: "Then drop prog.o anywhere on this page: its programs are loaded as libbpf loads them, and judged.",
      file: "Open a file",
      write: "There is nothing to load yet. Write one macro a line; every program sets `R0` and ends with exit:",
      put: "Put this into the editor",
      examples: "Examples",
    },
    walking: {
      label: "Verification under way",
      walked: (insns) => `${formatNumber(insns)} of at most 1,000,000 instructions walked`,
      stop: "Stop",
      stopped: "The verification was stopped; what stands here is of the program before.",
      again: "Verify again",
    },
    log: {
      search: "Search the log",
      found: (at, all) => (at > 0 ? `${at} of ${formatNumber(all)}` : `${formatNumber(all)} lines`),
      none: "not found",
      next: "Next line found",
      previous: "Previous line found",
      close: "Close the search",
      whole: "Write the log all the same",
      tooLong: "The log of this program is very long; to be quick, only the result was written down.",
    },
  },
  ja: {
    why: {
      title: "理由",
      story: "ここに至るまで",
      start: "開始",
      help: "直すには:",
      state: "ここで把握していた値を見る",
      at: "拒否された場所",
      root: "直す場所",
      rule: "規則:",
      missed: "効かなかったチェック",
      fixes: "試した修正",
      trying: "修正を試しています…",
      none: "試した修正では、受理されるプログラムになりませんでした。",
      accepted: "受理",
      further: "先に進み、別の場所で拒否",
      apply: "適用",
      byHand: "マップはプログラムの外で宣言されています。そこで変更してください。",
      out: "削除",
      put: "追加",
      copy: "説明をコピー",
      report: {
        reason: "理由",
        at: "場所",
        path: "経緯",
        missed: "効かなかったチェック",
        suggestion: "提案",
      },
    },
    visits: {
      title: "verifier が把握している値",
      before: "実行前",
      after: "実行後",
      changed: "この命令で変化",
      differs: "2 回の訪問で異なる",
      nothing: "なし",
      visit: "訪問",
      of: (all) => `/ ${formatNumber(all)}`,
      previous: "この命令の前の訪問",
      next: "この命令の次の訪問",
      compare: "別の訪問と比べる",
      uncompare: "比較をやめる",
      this: (visit) => `実行前、訪問 ${visit}`,
      other: (visit) => `実行前、訪問 ${visit}`,
      path: "この経路をたどる",
      from: (slot) => `${slot} から`,
      start: "プログラムの先頭",
      to: (slot) => `${slot} へ`,
      inLog: "ログで見る",
      end: {
        exit: "この経路は exit でここで終わります。",
        pruned: (by) =>
          `この経路はここで打ち切られます。この命令の訪問 ${by} が安全と確認済みで、今来うる値をすべて含むためです。`,
        prunedUnknown: "この経路はここで打ち切られます。以前の訪問が安全と確認済みで、これを含むためです。",
        refused: "プログラムはここで拒否されます。",
      },
      beside: "2 つを並べて見る",
      empty: "命令の行にカーソルを置くと、verifier がそこで把握している値が見えます。",
      never: "verifier はこの命令に来ていません。",
      range: (low, high, value) => `${low} から ${high}${value === "" ? "" : `、現在 ${value}`}`,
      bits: "ビット",
      noBits: "確定したビットはありません",
      unknownBits: (count) => `${count} ビットは不明、上位は 0`,
      pin: "この訪問を固定する(ステップしても動きません)",
      unpin: "固定を外して、実行に合わせる",
      pinned: "固定中です。実行は別の場所にいることがあります。",
      apart: "この実行は、これらの値でここを通っていません。",
    },
    help: {
      compile: "お手元のマシンでコンパイルします。",
      drop: "できた prog.o をこのページのどこかにドロップしてください。libbpf と同じやり方でロードし、検証します。",
      file: "ファイルを開く",
      write:
        "ロードするものがまだありません。1 行に 1 つマクロを書きます。プログラムは `R0` を設定し、exit で終わります。",
      put: "これをエディタに入れる",
      examples: "サンプル",
    },
    walking: {
      label: "検証中",
      walked: (insns) => `最大 1,000,000 命令のうち ${formatNumber(insns)} 命令を検証`,
      stop: "中止",
      stopped: "検証を中止しました。ここにあるのは以前のプログラムの結果です。",
      again: "もう一度検証",
    },
    log: {
      search: "ログを検索",
      found: (at, all) => (at > 0 ? `${formatNumber(all)} 行中 ${at}` : `${formatNumber(all)} 行`),
      none: "見つかりません",
      next: "次の一致行",
      previous: "前の一致行",
      close: "検索を閉じる",
      whole: "それでもログを書き出す",
      tooLong: "このプログラムのログは非常に長いため、時間を優先して結果だけを記録しました。",
    },
  },
};

export const useVerifierTexts = (): VerifierTexts => TEXTS[useSettings((s) => s.language)];
