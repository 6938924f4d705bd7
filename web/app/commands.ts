// The list of all commands of the page. Key handling, the sheet of keys and the command palette read it. A row: id, group, words, keys (if
// any), when it is offered, act. Loaded with later.ts, beside the first drawing, so it may contain words.
import type { Texts } from "../../engine/index.ts";
import { switchLanguage } from "../i18n/index.ts";
import { hasPlace, makeLink } from "../links/share.ts";
import { askRealLinux } from "../linux/panel-open.ts";
import { findRegisterAtCursor } from "../stores/check/register-search.ts";
import { nextProblem } from "../stores/check/reveal.ts";
import { canRedo, canUndo, redoProgram, undoProgram } from "../stores/history/undo.ts";
import { attach, detach, load, read, runAll, takeHome, write } from "../stores/kernel/kernel.ts";
import { openDialog, toggleDialog } from "../stores/page/dialog.ts";
import { runEditorAction } from "../stores/page/editor-actions.ts";
import {
  chooseLayout,
  LAYOUTS,
  type Layout,
  maximise,
  PANES,
  type Pane,
  showLarge,
  showView,
  useLayout,
} from "../stores/page/layout.ts";
import { THEMES, type Theme, useSettings } from "../stores/page/settings.ts";
import { newSeed } from "../stores/program/environment.ts";
import { openTalk, restoreSetAside, resumeLessons, useProgram } from "../stores/program/program.ts";
import { toggleBreakpoint } from "../stores/run/breakpoints.ts";
import { moveBy, moveTo, useMachine } from "../stores/run/machine.ts";
import { togglePlay, usePlay } from "../stores/run/play.ts";
import { goOn, runToCursor, untilChange, visitLine } from "../stores/run/travel.ts";
import { copyOrSay } from "../ui/copy.ts";

export const GROUPS = ["program", "run", "view", "share", "learn", "page"] as const;

export interface Command {
  /** `group.what`. The device keeps it in the list of recent commands, so it must not change. */
  readonly id: string;
  readonly group: (typeof GROUPS)[number];
  readonly words: Texts;
  /** Names of combinations: `C-` Ctrl or Command, `A-` Alt, `S-` Shift with a named key, then KeyboardEvent.key. */
  readonly keys?: readonly string[];
  /** Where the keys work. Absent: everywhere, in the editor too. */
  readonly where?: "outside-text" | "presenting" | "program";
  /** Whether the command is offered now. Absent: always. */
  readonly when?: () => boolean;
  readonly act: () => unknown;
}

const hasRun = (): boolean => useMachine.getState().run !== null;
const presenting = (): boolean => useSettings.getState().present;
const onStage = async (press: (stage: typeof import("../stores/lesson/present.ts")) => unknown): Promise<unknown> =>
  press(await import("../stores/lesson/present.ts"));

const THEME_WORDS: Readonly<Record<Theme, Texts>> = {
  system: { en: "Theme: as the system", ja: "テーマ: システムに合わせる" },
  light: { en: "Theme: light", ja: "テーマ: ライト" },
  dark: { en: "Theme: dark", ja: "テーマ: ダーク" },
  contrast: { en: "Theme: high contrast", ja: "テーマ: ハイコントラスト" },
};
const LAYOUT_WORDS: Readonly<Record<Layout, Texts>> = {
  write: { en: "Layout: write", ja: "レイアウト: 書く" },
  step: { en: "Layout: step through a run", ja: "レイアウト: ステップ実行" },
  verify: { en: "Layout: follow the verifier", ja: "レイアウト: verifier を追う" },
  teach: { en: "Layout: teach", ja: "レイアウト: 講義" },
};
const MAXIMISE_WORDS: Readonly<Record<Pane, Texts>> = {
  editor: { en: "Maximise the program", ja: "プログラムを最大化" },
  verifier: { en: "Maximise the verifier", ja: "verifier を最大化" },
  machine: { en: "Maximise the machine", ja: "マシンを最大化" },
  kernel: { en: "Maximise the kernel", ja: "カーネルを最大化" },
};

/** Forms in which a program is saved (links/files.ts). */
const SAVED_AS = ["source", "hex", "json"] as const;
const SAVE_WORDS: Readonly<Record<(typeof SAVED_AS)[number], Texts>> = {
  source: { en: "Save the source (.c)", ja: "ソースを保存 (.c)" },
  hex: { en: "Save the instructions as hex", ja: "命令列を 16 進で保存" },
  json: { en: "Save the whole state (.json)", ja: "状態をすべて保存 (.json)" },
};

export const COMMANDS: readonly Command[] = [
  {
    id: "run.all",
    group: "run",
    words: { en: "Run: load, attach, echo, cat", ja: "実行: ロード、アタッチ、echo、cat" },
    keys: ["C-Enter"],
    act: () => runAll().then((ok) => ok || nextProblem()),
  },
  {
    id: "run.ask-linux",
    group: "run",
    words: { en: "Ask a real Linux", ja: "本物の Linux に尋ねる" },
    act: askRealLinux,
  },
  { id: "run.step", group: "run", words: { en: "Step", ja: "1 ステップ進む" }, keys: ["F10"], act: () => moveBy(1) },
  {
    id: "run.back",
    group: "run",
    words: { en: "Step back", ja: "1 ステップ戻る" },
    keys: ["A-F10"],
    act: () => moveBy(-1),
  },
  {
    id: "run.breakpoint",
    group: "run",
    words: { en: "Breakpoint on this line", ja: "この行のブレークポイント" },
    keys: ["F9"],
    act: () => toggleBreakpoint(),
  },
  {
    id: "run.previous-stop",
    group: "run",
    words: { en: "Go back to the previous stop", ja: "前の停止位置まで戻る" },
    keys: ["A-F9"],
    act: () => goOn(true),
  },
  {
    id: "run.to-cursor",
    group: "run",
    words: { en: "Run to the cursor", ja: "カーソルの行まで実行" },
    keys: ["C-F10"],
    act: runToCursor,
  },
  {
    id: "run.next-visit",
    group: "run",
    words: { en: "Next visit of this line", ja: "この行の次の実行へ" },
    keys: ["A-PageDown"],
    act: () => visitLine(false),
  },
  {
    id: "run.previous-visit",
    group: "run",
    words: { en: "Previous visit of this line", ja: "この行の前の実行へ" },
    keys: ["A-PageUp"],
    act: () => visitLine(true),
  },
  {
    id: "run.new-seed",
    group: "run",
    words: { en: "New seed for random numbers", ja: "乱数の新しいシード" },
    act: newSeed,
  },
  {
    id: "run.start",
    group: "run",
    words: { en: "Back to the start of the run", ja: "実行の最初に戻る" },
    when: hasRun,
    act: () => moveTo(0),
  },
  {
    id: "run.end",
    group: "run",
    words: { en: "Go to the next stop, or to the end of the run", ja: "次の停止位置 (なければ実行の最後) まで進む" },
    keys: ["C-F9"],
    when: hasRun,
    act: () => goOn(),
  },
  {
    id: "run.play",
    group: "run",
    words: { en: "Play the run, or pause", ja: "実行を再生、一時停止" },
    keys: ["C-F8"],
    act: togglePlay,
  },
  {
    id: "run.until-change",
    group: "run",
    words: { en: "Run until the chosen register changes", ja: "選んだレジスタが変わるまで進む" },
    when: hasRun,
    act: () => untilChange(usePlay.getState().reg),
  },
  {
    id: "run.back-to-change",
    group: "run",
    words: { en: "Go back to where the chosen register changed", ja: "選んだレジスタが変わった所まで戻る" },
    when: hasRun,
    act: () => untilChange(usePlay.getState().reg, true),
  },
  { id: "run.load", group: "run", words: { en: "Load", ja: "ロード" }, act: load },
  { id: "run.attach", group: "run", words: { en: "Attach", ja: "アタッチ" }, act: () => attach() },
  { id: "run.detach", group: "run", words: { en: "Detach", ja: "デタッチ" }, act: () => detach() },
  { id: "run.write", group: "run", words: { en: "echo to the file", ja: "ファイルに echo" }, act: write },
  { id: "run.read", group: "run", words: { en: "cat the file", ja: "ファイルを cat" }, act: read },

  {
    id: "program.problem",
    group: "program",
    words: { en: "Next problem", ja: "次の問題へ" },
    keys: ["F8"],
    act: nextProblem,
  },
  {
    id: "program.register",
    group: "program",
    words: { en: "Writers and readers of a register", ja: "レジスタの書き込みと読み出しを探す" },
    act: findRegisterAtCursor,
  },
  {
    id: "program.format",
    group: "program",
    words: { en: "Align the columns", ja: "桁をそろえる" },
    act: () => runEditorAction("format"),
  },
  {
    id: "program.fold",
    group: "program",
    words: { en: "Fold all of the program", ja: "プログラムをすべて折りたたむ" },
    act: () => runEditorAction("foldAll"),
  },
  {
    id: "program.unfold",
    group: "program",
    words: { en: "Unfold all of the program", ja: "プログラムをすべて展開する" },
    act: () => runEditorAction("unfoldAll"),
  },
  {
    id: "program.undo",
    group: "program",
    words: { en: "Undo: program, input, type", ja: "元に戻す (プログラム、入力、タイプ)" },
    keys: ["C-z"],
    where: "program",
    when: canUndo,
    act: undoProgram,
  },
  {
    id: "program.redo",
    group: "program",
    words: { en: "Redo", ja: "やり直す" },
    keys: ["C-S-z", "C-y"],
    where: "program",
    when: canRedo,
    act: redoProgram,
  },
  {
    id: "program.compare",
    group: "program",
    words: { en: "Compare with an earlier version", ja: "以前の版との違い" },
    act: () => openDialog("compare"),
  },
  {
    id: "program.files",
    group: "program",
    words: { en: "Files and the last fifty programs", ja: "ファイルと最近の 50 個のプログラム" },
    keys: ["C-o"],
    act: () => toggleDialog("files"),
  },
  {
    id: "program.open-file",
    group: "program",
    words: { en: "Open a file", ja: "ファイルを開く" },
    act: () => import("../links/files.ts").then(({ askForFile }) => askForFile()),
  },
  ...SAVED_AS.map(
    (form): Command => ({
      id: `program.save-${form}`,
      group: "program",
      words: SAVE_WORDS[form],
      act: () => import("../links/files.ts").then(({ saveProgram }) => saveProgram(form)),
    }),
  ),
  {
    id: "program.take-back",
    group: "program",
    words: { en: "Back to my program", ja: "自分のプログラムに戻る" },
    when: () => useProgram.getState().setAsideDraft !== null,
    act: restoreSetAside,
  },

  ...LAYOUTS.map(
    (layout, i): Command => ({
      id: `view.layout-${layout}`,
      group: "view",
      words: LAYOUT_WORDS[layout],
      keys: [`A-${i + 1}`],
      act: () => chooseLayout(layout),
    }),
  ),
  ...PANES.map(
    (pane): Command => ({
      id: `view.maximise-${pane}`,
      group: "view",
      words: MAXIMISE_WORDS[pane],
      when: () => useLayout.getState().maximised !== pane,
      act: () => maximise(pane),
    }),
  ),
  {
    id: "view.restore",
    group: "view",
    words: { en: "All panes again", ja: "すべてのペインを表示" },
    when: () => useLayout.getState().maximised !== null,
    act: () => maximise(null),
  },
  ...THEMES.map(
    (theme): Command => ({
      id: `view.theme-${theme}`,
      group: "view",
      words: THEME_WORDS[theme],
      when: () => useSettings.getState().theme !== theme,
      act: () => useSettings.setState({ theme }),
    }),
  ),
  {
    id: "view.motion",
    group: "view",
    words: { en: "Motion on or off", ja: "動きのオン・オフ" },
    act: () => useSettings.setState((s) => ({ motion: !s.motion })),
  },
  {
    id: "view.japanese",
    group: "view",
    words: { en: "日本語で表示", ja: "日本語で表示" },
    when: () => useSettings.getState().language !== "ja",
    act: () => switchLanguage("ja"),
  },
  {
    id: "view.english",
    group: "view",
    words: { en: "Show in English", ja: "英語で表示 (English)" },
    when: () => useSettings.getState().language !== "en",
    act: () => switchLanguage("en"),
  },

  {
    id: "share.copy",
    group: "share",
    words: { en: "Copy a link", ja: "リンクをコピー" },
    keys: ["C-s"],
    act: () => {
      openDialog("share");
      return makeLink(hasPlace()).then(copyOrSay);
    },
  },
  {
    id: "share.copy-step",
    group: "share",
    words: { en: "Copy a link to this step", ja: "このステップへのリンクをコピー" },
    when: hasRun,
    act: () => makeLink(true).then(copyOrSay),
  },
  {
    id: "share.markdown",
    group: "share",
    words: { en: "Copy as Markdown", ja: "Markdown でコピー" },
    act: async () => {
      const { pageAsMarkdown } = await import("../links/copies.ts");
      return copyOrSay(pageAsMarkdown(await makeLink(hasPlace())));
    },
  },
  {
    id: "share.picture",
    group: "share",
    words: { en: "Save a picture of the panes", ja: "ペインの画像を保存" },
    act: () => import("../links/copies.ts").then(({ savePicture }) => savePicture()),
  },

  {
    id: "learn.gallery",
    group: "learn",
    words: { en: "Gallery of programs", ja: "プログラムのギャラリー" },
    act: () => openDialog("gallery"),
  },
  {
    id: "learn.lessons",
    group: "learn",
    words: { en: "Lessons", ja: "レッスン" },
    act: resumeLessons,
  },
  {
    id: "learn.answers",
    group: "learn",
    words: { en: "Judge the answers of a class to this lesson", ja: "このレッスンのクラスの解答を採点" },
    act: () => useProgram.getState().lesson !== 0 && openDialog("answers"),
  },
  {
    id: "learn.lesson-file",
    group: "learn",
    words: { en: "Open a lesson from a file", ja: "ファイルのレッスンを開く" },
    act: () => openDialog("lesson-file"),
  },
  {
    id: "learn.print",
    group: "learn",
    words: { en: "Print the lesson, or save it as PDF", ja: "レッスンを印刷 (PDF に保存)" },
    keys: ["C-p"],
    act: () => openDialog("print"),
  },
  {
    id: "learn.present",
    group: "learn",
    words: { en: "Present", ja: "発表モード" },
    keys: ["A-p"],
    act: () => useSettings.setState((s) => ({ present: !s.present })),
  },
  {
    id: "learn.talk",
    group: "learn",
    words: { en: "Give the whole talk", ja: "発表を最初から最後まで" },
    act: async () => {
      await openTalk();
      useSettings.setState({ present: true });
    },
  },
  {
    id: "learn.next",
    group: "learn",
    words: { en: "On, with a slide clicker", ja: "進む (リモコン)" },
    keys: ["PageDown", "ArrowRight", "ArrowDown", " "],
    where: "presenting",
    when: presenting,
    act: () => onStage(({ advance }) => advance(1)),
  },
  {
    id: "learn.previous",
    group: "learn",
    words: { en: "Back, with a slide clicker", ja: "戻る (リモコン)" },
    keys: ["PageUp", "ArrowLeft", "ArrowUp"],
    where: "presenting",
    when: presenting,
    act: () => onStage(({ advance }) => advance(-1)),
  },
  {
    id: "learn.black",
    group: "learn",
    words: { en: "Black screen, while presenting", ja: "画面を暗くする (発表中)" },
    keys: ["b", "."],
    where: "presenting",
    when: presenting,
    act: () => onStage(({ toggleBlack }) => toggleBlack()),
  },
  {
    id: "learn.speaker",
    group: "learn",
    words: { en: "Speaker's window", ja: "発表者の画面" },
    when: presenting,
    act: () => import("../stores/lesson/speaker.ts").then(({ openSpeaker }) => openSpeaker()),
  },
  {
    id: "learn.first",
    group: "learn",
    words: { en: "To the start, while presenting", ja: "最初に戻る (発表中)" },
    keys: ["Home"],
    where: "presenting",
    when: presenting,
    act: () => onStage(({ home }) => home()),
  },
  {
    id: "learn.last",
    group: "learn",
    words: { en: "To the end, while presenting", ja: "最後に進む (発表中)" },
    keys: ["End"],
    where: "presenting",
    when: presenting,
    act: () => onStage(({ end }) => end()),
  },
  {
    id: "learn.leave-present",
    group: "learn",
    words: { en: "Leave presenting", ja: "発表モードを終える" },
    keys: ["Escape"],
    where: "presenting",
    when: presenting,
    act: () => onStage(({ leaveStage }) => leaveStage()),
  },

  {
    id: "view.graph",
    group: "view",
    words: { en: "Control flow as a graph", ja: "制御フローをグラフで見る" },
    act: () => showView("editor", "graph"),
  },
  {
    id: "view.visits",
    group: "view",
    words: { en: "What the verifier believes at the cursor", ja: "カーソル位置で verifier が把握している値" },
    act: () => showView("verifier", "beliefs"),
  },
  {
    id: "view.search-log",
    group: "view",
    words: { en: "Search the verifier's log", ja: "verifier のログを検索" },
    act: async () => {
      showView("verifier", "log");
      (await import("../stores/check/log.ts")).searchLog("");
    },
  },
  {
    id: "kernel.steps",
    group: "view",
    words: { en: "Extend the kernel: the four steps", ja: "カーネルの拡張: 4 つのステップ" },
    act: () => showLarge("kernel", "steps"),
  },
  {
    id: "kernel.parts",
    group: "view",
    words: { en: "Extend the kernel: the map of the parts", ja: "カーネルの拡張: 全体図" },
    act: () => showLarge("kernel", "parts"),
  },
  {
    id: "kernel.type",
    group: "view",
    words: { en: "Extend the kernel: a program type of your own", ja: "カーネルの拡張: 自分のプログラムタイプ" },
    act: () => showLarge("kernel", "type"),
  },
  {
    id: "kernel.code",
    group: "view",
    words: { en: "Extend the kernel: the code", ja: "カーネルの拡張: コード" },
    act: () => showLarge("kernel", "code"),
  },
  {
    id: "kernel.take-home",
    group: "program",
    words: { en: "Take the kernel's code home (.zip)", ja: "カーネルのコードをダウンロード (.zip)" },
    act: takeHome,
  },

  {
    id: "page.palette",
    group: "page",
    words: { en: "Command palette", ja: "コマンドパレット" },
    keys: ["C-k"],
    act: () => toggleDialog("palette"),
  },
  {
    id: "page.keys",
    group: "page",
    words: { en: "Keyboard shortcuts", ja: "キーボードショートカット" },
    keys: ["?"],
    where: "outside-text",
    act: () => toggleDialog("keys"),
  },
];
