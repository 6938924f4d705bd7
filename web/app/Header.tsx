// The line on top: name, examples, share, language, theme, help.
import {
  Contrast,
  FolderOpen,
  GraduationCap,
  Keyboard,
  LayoutGrid,
  Moon,
  Presentation,
  Search,
  Share2,
  Sun,
  SunMoon,
} from "lucide-react";
import { switchLanguage, useText } from "../i18n/index.ts";
import { openDialog } from "../stores/dialog.ts";
import { chooseLayout, LAYOUTS, useLayout } from "../stores/layout.ts";
import { resumeLessons, useProgram } from "../stores/program.ts";
import { THEMES, type Theme, useSettings } from "../stores/settings.ts";
import { Segments } from "../ui/Segments.tsx";

const THEME_ICON = { system: SunMoon, light: Sun, dark: Moon, contrast: Contrast } as const;

export function Header() {
  const text = useText();
  const lesson = useProgram((s) => s.lesson);
  return (
    <header className="header">
      <button type="button" className="skip" onClick={skipToEditor}>
        {text.header.skip}
      </button>
      <h1 className="header__name">
        <img src="icon.svg" alt="" width="24" height="24" />
        <span>oreore</span>
      </h1>
      <GalleryButton />
      {lesson === 0 && (
        <button type="button" className="button button--quiet header__lessons" onClick={() => void resumeLessons()}>
          <GraduationCap size={16} aria-hidden="true" />
          <span>{text.lesson.open}</span>
        </button>
      )}
      <button
        type="button"
        className="button button--quiet button--icon"
        aria-label={text.header.files}
        title={`${text.header.files} (Ctrl+O)`}
        onClick={() => openDialog("files")}
      >
        <FolderOpen size={16} aria-hidden="true" />
      </button>
      <span className="spacer" />
      <Layouts />
      <span className="spacer" />
      <button
        type="button"
        className="button button--quiet button--icon"
        aria-label={text.header.commands}
        title={`${text.header.commands} (Ctrl+K)`}
        onClick={() => openDialog("palette")}
      >
        <Search size={16} aria-hidden="true" />
      </button>
      <button type="button" className="button" data-testid="share" onClick={() => openDialog("share")}>
        <Share2 size={14} aria-hidden="true" />
        <span className="header__word">{text.header.share}</span>
      </button>
      <PresentButton />
      <ThemeButton />
      <button
        type="button"
        className="button button--quiet button--icon header__keys"
        aria-label={text.header.keys}
        title={`${text.header.keys} (?)`}
        onClick={() => openDialog("keys")}
      >
        <Keyboard size={16} aria-hidden="true" />
      </button>
      <LanguageButton />
    </header>
  );
}

/** Alt+1 … Alt+4 */
function Layouts() {
  const text = useText();
  const layout = useLayout((s) => s.layout);
  return (
    <div className="header__layouts">
      <Segments
        label={text.layouts.label}
        name="layout"
        choices={LAYOUTS}
        chosen={layout}
        words={text.layouts.words}
        onChoose={chooseLayout}
      />
    </div>
  );
}

export function LanguageButton() {
  const text = useText();
  const language = useSettings((s) => s.language);
  const other = language === "en" ? "ja" : "en";
  return (
    <button
      type="button"
      className="button button--quiet"
      data-testid="language"
      lang={other}
      title={text.header.languageLabel}
      onClick={() => void switchLanguage(other)}
    >
      {text.header.language}
    </button>
  );
}

function ThemeButton() {
  const text = useText();
  const theme = useSettings((s) => s.theme);
  const set = useSettings((s) => s.set);
  const Icon = THEME_ICON[theme];
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme;
  const label = `${text.header.theme[theme]} (${text.header.themeNext})`;
  return (
    <button
      type="button"
      className="button button--quiet button--icon"
      data-theme-button={theme}
      aria-label={label}
      title={label}
      onClick={() => set({ theme: next })}
    >
      <Icon size={16} aria-hidden="true" />
    </button>
  );
}

function PresentButton() {
  const text = useText();
  const set = useSettings((s) => s.set);
  return (
    <button
      type="button"
      className="button button--quiet button--icon header__present"
      aria-label={text.header.present}
      title={`${text.header.present} (Alt+P)`}
      onClick={() => set({ present: true })}
    >
      <Presentation size={16} aria-hidden="true" />
    </button>
  );
}

/** What stands in the editor, by its name; leads to the gallery. */
function GalleryButton() {
  const text = useText();
  const { example, lesson, title } = useProgram();
  const language = useSettings((s) => s.language);
  const name = example !== "" || lesson !== 0 ? title?.[language] : undefined;
  return (
    <button
      type="button"
      className="button header__examples"
      title={text.header.openExample}
      onClick={() => openDialog("gallery")}
    >
      <LayoutGrid size={14} aria-hidden="true" />
      <span className="visually-hidden">{text.header.openExample}: </span>
      <span className="header__program">{name ?? text.header.ownProgram}</span>
    </button>
  );
}

function skipToEditor(): void {
  document.querySelector<HTMLElement>("[data-testid=editor] textarea, [data-testid=editor] [role=textbox]")?.focus();
}
