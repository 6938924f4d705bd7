// Words of the editor's menu and of the search for a register's uses. Loaded when they are first opened.
import { type Language, useSettings } from "../stores/page/settings.ts";

interface EditorTexts {
  readonly arrows: string;
  readonly hints: string;
  readonly slot: string;
  readonly kernel: string;
  readonly target: string;
  /** Where a jump leads; line 0: outside of the program. */
  readonly leads: (line: number, slot: number, label: string) => string;
  readonly editContext: string;
  readonly find: string;
  readonly compare: string;
  readonly breakpoint: string;
  readonly format: string;
  readonly foldAll: string;
  readonly unfoldAll: string;
  readonly register: string;
  readonly uses: string;
  readonly writes: string;
  readonly reads: string;
  readonly none: (register: string) => string;
  readonly place: (n: number, all: number) => string;
  readonly previous: string;
  readonly next: string;
  readonly close: string;
}

const TEXTS: Readonly<Record<Language, EditorTexts>> = {
  en: {
    arrows: "Jumps as arrows",
    hints: "Hints in the text",
    slot: "Slot numbers",
    kernel: "Kernel notation",
    target: "Jump targets",
    leads: (line, slot, label) => `→ ${line > 0 ? `line ${line}` : `slot ${slot}`}${label === "" ? "" : ` ${label}`}`,
    editContext: "Quick typing (turn off if an input method misbehaves)",
    find: "Writers and readers of a register",
    compare: "Compare with an earlier version",
    breakpoint: "Breakpoint on this line",
    format: "Align the columns",
    foldAll: "Fold all",
    unfoldAll: "Unfold all",
    register: "Register",
    uses: "Where the register is used",
    writes: "written",
    reads: "read",
    none: (register) => `No instruction uses ${register}.`,
    place: (n, all) => (n > 0 ? `${n} of ${all}` : `${all}`),
    previous: "Previous place",
    next: "Next place",
    close: "End the search",
  },
  ja: {
    arrows: "ジャンプを矢印で表示",
    hints: "本文中のヒント",
    slot: "スロット番号",
    kernel: "カーネル表記",
    target: "ジャンプ先",
    leads: (line, slot, label) =>
      `→ ${line > 0 ? `${line} 行目` : `スロット ${slot}`}${label === "" ? "" : ` ${label}`}`,
    editContext: "入力を速くする(IME で問題があればオフ)",
    find: "レジスタの書き込みと読み出しを探す",
    compare: "以前の版との違い",
    breakpoint: "この行のブレークポイント",
    format: "桁をそろえる",
    foldAll: "すべて折りたたむ",
    unfoldAll: "すべて展開する",
    register: "レジスタ",
    uses: "レジスタが使われる場所",
    writes: "書き込み",
    reads: "読み出し",
    none: (register) => `${register} を使う命令はありません。`,
    place: (n, all) => (n > 0 ? `${all} 件中 ${n} 件目` : `${all} 件`),
    previous: "前の場所",
    next: "次の場所",
    close: "検索を終える",
  },
};

export const editorTexts = (language: Language): EditorTexts => TEXTS[language];
export const useEditorTexts = (): EditorTexts => editorTexts(useSettings((s) => s.language));
