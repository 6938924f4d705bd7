// Words of the sheet of files and programs, loaded with it.
import { type Language, useSettings } from "../stores/page/settings.ts";
import { formatNumber, plural } from "./numbers.ts";

export interface FilesTexts {
  readonly title: string;
  readonly close: string;
  readonly open: string;
  readonly openAbout: string;
  readonly save: string;
  readonly form: Readonly<Record<"source" | "hex" | "json", string>>;
  readonly formAbout: Readonly<Record<"source" | "hex" | "json", string>>;
  readonly last: string;
  readonly none: string;
  readonly failed: string;
  readonly lines: (n: number) => string;
  readonly forget: (name: string) => string;
}

const TEXTS: Readonly<Record<Language, FilesTexts>> = {
  en: {
    title: "Files and programs",
    close: "Close",
    open: "Open a file",
    openAbout: "Source, hex, dumps, a saved state, a lesson; or drop it anywhere on the page.",
    save: "Save as",
    form: { source: "Source", hex: "Hex", json: "State" },
    formAbout: {
      source: "The text of the editor, .c",
      hex: "Eight bytes a line, as the kernel takes them",
      json: "All that a link holds, .json",
    },
    last: "Your last programs",
    none: "What you load, and what an example or a link sets aside, is kept here, on this device only.",
    failed: "This browser gives no room to keep programs: save what you need as a file.",
    lines: (n) => plural(n, "line"),
    forget: (name) => `Forget “${name}”`,
  },
  ja: {
    title: "ファイルとプログラム",
    close: "閉じる",
    open: "ファイルを開く",
    openAbout: "ソース、16 進、ダンプ、保存した状態、レッスン。ページのどこにドロップしても開けます。",
    save: "保存する形式",
    form: { source: "ソース", hex: "16 進", json: "状態" },
    formAbout: {
      source: "エディタのテキスト (.c)",
      hex: "カーネルに渡る形で、1 行に 8 バイト",
      json: "リンクに入るものすべて (.json)",
    },
    last: "最近のプログラム",
    none: "ロードしたプログラムや、サンプルやリンクを開いて退避したものが、この端末だけに残ります。",
    failed: "このブラウザにはプログラムを残せません。必要なものはファイルに保存してください。",
    lines: (n) => `${formatNumber(n)} 行`,
    forget: (name) => `「${name}」を一覧から消す`,
  },
};

export const useFilesTexts = (): FilesTexts => TEXTS[useSettings((s) => s.language)];
