// Words of the control-flow graph, loaded with it.
import type { EdgeKind } from "../../engine/index.ts";
import { type Language, useSettings } from "../stores/page/settings.ts";
import type { Walker } from "../stores/run/graph.ts";
import { formatNumber, plural } from "./numbers.ts";

export interface GraphTexts {
  readonly title: string;
  readonly help: string;
  readonly walkers: string;
  readonly walker: Readonly<Record<Walker, string>>;
  readonly size: (blocks: number, loops: number) => string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly fit: string;
  readonly empty: string;
  readonly tooLarge: string;
  readonly loading: string;
  readonly main: string;
  readonly function: (entry: number) => string;
  readonly left: (insns: number) => string;
  readonly kind: Readonly<Record<EdgeKind, string>>;
  readonly times: (n: number) => string;
  readonly never: string;
  /** Description of a block for screen readers. */
  readonly block: (start: number, last: number) => string;
  readonly leads: (kind: EdgeKind, to: number, back: boolean, times: number) => string;
  readonly ends: string;
  readonly current: string;
  readonly refused: string;
  readonly list: string;
  readonly path: string;
  readonly dropped: (n: number) => string;
  readonly rounds: {
    readonly open: (rounds: number) => string;
    readonly title: (head: number) => string;
    readonly count: (shown: number, total: number) => string;
    readonly round: string;
    readonly at: Readonly<Record<Walker, string>>;
    readonly same: string;
    readonly none: string;
    readonly close: string;
    readonly entered: string;
    readonly from: (round: number) => string;
    readonly changed: string;
  };
}

const TEXTS: Readonly<Record<Language, GraphTexts>> = {
  en: {
    title: "Control flow",
    help: "Arrow keys follow the edges from a block, Enter goes to its line, + and − zoom, 0 fits.",
    walkers: "Whose way to draw",
    walker: { run: "This run", verifier: "Verifier" },
    size: (blocks, loops) =>
      loops === 0 ? plural(blocks, "block") : `${plural(blocks, "block")}, ${plural(loops, "loop")}`,
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    fit: "Fit",
    empty: "Once every line assembles, the ways through the program are drawn here.",
    tooLarge: "This program has more than 5,000 blocks: too many for a picture that helps.",
    loading: "Drawing",
    main: "main program",
    function: (entry) => `function at ${entry}`,
    left: (insns) => `${plural(insns, "instruction")} more`,
    kind: { next: "", goto: "", taken: "taken", "not-taken": "not taken" },
    times: (n) => `×${formatNumber(n)}`,
    never: "never walked",
    block: (start, last) => (start === last ? `Block ${start}` : `Block ${start} to ${last}`),
    leads: (kind, to, back, times) =>
      `${{ next: "goes on", goto: "jumps", taken: "if the jump is taken, goes", "not-taken": "if not, goes" }[kind]} ${back ? "back " : ""}to ${to} (${plural(times, "time")})`,
    ends: "ends here",
    current: "about to run",
    refused: "refused here",
    list: "Blocks and edges",
    path: "path to the refused instruction",
    dropped: (n) => `${formatNumber(n)} more were not kept`,
    rounds: {
      open: (rounds) => (rounds === 0 ? "loop" : `loop, ${plural(rounds, "arrival")}`),
      title: (head) => `Loop at ${head}: what changes from round to round`,
      count: (shown, total) => (shown < total ? `first ${shown} of ${formatNumber(total)}` : plural(total, "round")),
      round: "round",
      at: { run: "step", verifier: "visit" },
      same: "Nothing differs between these rounds.",
      none: "Nobody came to this loop.",
      close: "Close the comparison",
      entered: "enters",
      from: (round) => `after round ${round}`,
      changed: "changed",
    },
  },
  ja: {
    title: "制御フロー",
    help: "矢印キーでエッジをたどり、Enter で該当行へ移動します。+ と − で拡大縮小、0 で全体表示。",
    walkers: "どちらの経路を描くか",
    walker: { run: "この実行", verifier: "verifier" },
    size: (blocks, loops) => (loops === 0 ? `${blocks} ブロック` : `${blocks} ブロック、ループ ${loops} 個`),
    zoomIn: "拡大",
    zoomOut: "縮小",
    fit: "全体を表示",
    empty: "全行がアセンブルできると、プログラムの流れがここに描かれます。",
    tooLarge: "ブロックが 5,000 個を超えています。図にしても役に立ちません。",
    loading: "描画中",
    main: "メインプログラム",
    function: (entry) => `関数 (${entry} から)`,
    left: (insns) => `ほか ${formatNumber(insns)} 命令`,
    kind: { next: "", goto: "", taken: "分岐する", "not-taken": "分岐しない" },
    times: (n) => `×${formatNumber(n)}`,
    never: "未到達",
    block: (start, last) => (start === last ? `ブロック ${start}` : `ブロック ${start}〜${last}`),
    leads: (kind, to, back, times) =>
      `${{ next: "そのまま", goto: "ジャンプして", taken: "分岐すると", "not-taken": "分岐しないと" }[kind]} ${to} へ${back ? "戻る" : "進む"} (${times} 回)`,
    ends: "ここで終わる",
    current: "次に実行",
    refused: "ここで拒否",
    list: "ブロックとエッジ",
    path: "拒否された命令までの経路",
    dropped: (n) => `ほか ${formatNumber(n)} 回は記録されていません`,
    rounds: {
      open: (rounds) => (rounds === 0 ? "ループ" : `ループ、到達 ${rounds} 回`),
      title: (head) => `${head} のループ: 周回ごとに変わるもの`,
      count: (shown, total) => (shown < total ? `${formatNumber(total)} 周のうち最初の ${shown} 周` : `${total} 周`),
      round: "周",
      at: { run: "ステップ", verifier: "訪問" },
      same: "周回の間に違いはありません。",
      none: "このループには到達していません。",
      close: "比較を閉じる",
      entered: "入口",
      from: (round) => `${round} 周目の後`,
      changed: "変化",
    },
  },
};

export const useGraphTexts = (): GraphTexts => TEXTS[useSettings((state) => state.language)];
