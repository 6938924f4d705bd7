// The line at the top: name, examples, lessons, what is open, layouts, share, menu, language.
import { GraduationCap, LayoutGrid, Menu as MenuIcon, Share2 } from "lucide-react";
import { type ComponentType, lazy, useEffect, useState } from "react";
import { switchLanguage, useText } from "../i18n/index.ts";
import { useKernel } from "../stores/kernel/kernel.ts";
import { openDialog } from "../stores/page/dialog.ts";
import { chooseLayout, LAYOUTS, useLayout } from "../stores/page/layout.ts";
import { useSettings } from "../stores/page/settings.ts";
import { resumeLessons, useProgram } from "../stores/program/program.ts";
import { focusEditor } from "../ui/focus-editor.ts";
import { LazyPart } from "../ui/LazyPart.tsx";
import { Segments } from "../ui/Segments.tsx";

const MainMenu = lazy(() => import("./MainMenu.tsx"));

export function Header() {
  const text = useText();
  const lesson = useProgram((s) => s.lesson);
  return (
    <header className="header">
      <button type="button" className="skip" onClick={focusEditor}>
        {text.header.skip}
      </button>
      <h1 className="header__name">
        <span>oreore</span>
      </h1>
      <button type="button" className="button header__examples" onClick={() => openDialog("gallery")}>
        <LayoutGrid size={14} aria-hidden="true" />
        <span>{text.header.examples}</span>
      </button>
      {lesson === 0 && (
        <button type="button" className="button button--quiet header__lessons" onClick={() => void resumeLessons()}>
          <GraduationCap size={16} aria-hidden="true" />
          <span>{text.lesson.open}</span>
        </button>
      )}
      <ProgramName />
      <span className="spacer" />
      <Layouts />
      <span className="spacer" />
      <button type="button" className="button" data-testid="share" onClick={() => openDialog("share")}>
        <Share2 size={14} aria-hidden="true" />
        <span className="header__word">{text.header.share}</span>
      </button>
      <MenuButton />
      <LanguageButton />
      <MissingSteps />
    </header>
  );
}

/**
 * Says which steps of the recipe the kernel lacks, and applies them again. Not in a lesson, where missing steps are intended. Its code is
 * loaded as soon as the kernel is known: so the line comes with the press that undid a step, and not later, under the next press.
 */
function MissingSteps() {
  const steps = useKernel((s) => s.kernel?.steps);
  const inLesson = useProgram((s) => s.lesson !== 0);
  const [Line, setLine] = useState<ComponentType>();
  const isThere = steps !== undefined;
  useEffect(() => {
    if (isThere) void import("./MissingSteps.tsx").then(({ default: loaded }) => setLine(() => loaded));
  }, [isThere]);
  return Line && steps?.includes(false) && !inLesson && <Line />;
}

/** What is open in the editor: an example, a lesson, a program of an object, or a program of the reader's own. */
function ProgramName() {
  const text = useText();
  const { example, lesson, title, edited } = useProgram();
  const language = useSettings((s) => s.language);
  const name = example !== "" || lesson !== 0 || !edited ? title?.[language] : undefined;
  return <span className="header__program">{name ?? text.header.ownProgram}</span>;
}

/** The menu's items load at the first press. */
function MenuButton() {
  const text = useText();
  const [asked, ask] = useState(false);
  const button = (
    <button
      type="button"
      className="button button--quiet header__menu"
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => ask(true)}
    >
      <MenuIcon size={16} aria-hidden="true" />
      <span className="header__word">{text.header.menu}</span>
    </button>
  );
  return asked ? (
    <LazyPart fallback={button}>
      <MainMenu />
    </LazyPart>
  ) : (
    button
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

function LanguageButton() {
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
