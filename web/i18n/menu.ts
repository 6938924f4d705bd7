// Words of the header's menu and of the list of keys, loaded with them.
import { type Language, type Theme, useSettings } from "../stores/page/settings.ts";

interface MenuTexts {
  readonly files: string;
  readonly commands: string;
  readonly present: string;
  readonly keys: string;
  readonly closeKeys: string;
  readonly themeLabel: string;
  readonly theme: Readonly<Record<Theme, string>>;
}

const TEXTS: Readonly<Record<Language, MenuTexts>> = {
  en: {
    files: "Files and programs",
    commands: "All commands",
    present: "Present",
    keys: "Keyboard shortcuts",
    closeKeys: "Close",
    themeLabel: "Colours",
    theme: { system: "As the system", light: "Light", dark: "Dark", contrast: "High contrast" },
  },
  ja: {
    files: "ファイルとプログラム",
    commands: "すべてのコマンド",
    present: "発表モード",
    keys: "キーボードショートカット",
    closeKeys: "閉じる",
    themeLabel: "配色",
    theme: { system: "システムに合わせる", light: "ライト", dark: "ダーク", contrast: "ハイコントラスト" },
  },
};

export const useMenuTexts = (): MenuTexts => TEXTS[useSettings((s) => s.language)];
