// The command palette: a few letters, in either language, name a command, an example or a lesson. Recent ones first.
import { useEffect, useMemo, useRef, useState } from "react";
import { EXAMPLES, type Texts } from "../../engine/index.ts";
import { type LessonEntry, lessonList } from "../lessons/index.ts";
import { closeDialog } from "../stores/page/dialog.ts";
import { useSettings } from "../stores/page/settings.ts";
import { openExample, openLesson } from "../stores/program/program.ts";
import { Sheet } from "../ui/Sheet.tsx";
import { COMMANDS } from "./commands.ts";
import { score } from "./fuzzy.ts";
import { Keys } from "./Keys.tsx";
import "./palette.css";

interface Entry {
  readonly id: string;
  readonly words: Texts;
  /** What kind of thing it is, where it is no command. */
  readonly kind?: Texts;
  readonly keys?: readonly string[];
  readonly act: () => unknown;
}

const WORDS = {
  title: { en: "Commands", ja: "コマンド" },
  search: { en: "Command, example or lesson", ja: "コマンド、サンプル、レッスンを検索" },
  close: { en: "Close", ja: "閉じる" },
  none: { en: "Nothing is called that.", ja: "該当するものがありません。" },
  example: { en: "example", ja: "サンプル" },
  lesson: { en: "lesson", ja: "レッスン" },
  found: { en: (n: number) => `${n} found`, ja: (n: number) => `${n} 件` },
} as const;

const SHOWN = 40;
const RECENT_KEY = "oreore.recent-commands";
const RECENT = 6;

export default function Palette() {
  const language = useSettings((s) => s.language);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const recent = useMemo(readRecent, []);
  const [lessons, setLessons] = useState<readonly LessonEntry[]>([]);
  const entries = useMemo(() => allEntries(lessons), [lessons]);
  const found = useMemo(() => find(entries, query, recent), [entries, query, recent]);
  const chosen = found[Math.min(at, found.length - 1)];

  useEffect(() => {
    input.current?.focus();
    void lessonList().then(setLessons);
  }, []);
  useEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const run = (entry: Entry): void => {
    remember(entry.id, recent);
    closeDialog(); // first: what it does may open another sheet
    void entry.act();
  };
  const move = (by: number): void =>
    setAt((now) => (found.length === 0 ? 0 : (now + by + found.length) % found.length));
  return (
    <Sheet title={WORDS.title[language]} closeLabel={WORDS.close[language]} className="palette" onClose={closeDialog}>
      <input
        ref={input}
        className="field palette__query"
        role="combobox"
        aria-label={WORDS.search[language]}
        placeholder={WORDS.search[language]}
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={chosen && `palette-${chosen.id}`}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
          if (by !== undefined) move(by);
          else if (event.key === "Enter" && chosen) run(chosen);
          else return;
          event.preventDefault();
        }}
      />
      <p className="visually-hidden" role="status">
        {WORDS.found[language](found.length)}
      </p>
      <div ref={list} id="palette-list" role="listbox" aria-label={WORDS.title[language]} className="palette__list">
        {found.map((entry, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the keys are the combobox's
          <div
            key={entry.id}
            id={`palette-${entry.id}`}
            role="option"
            aria-selected={entry === chosen}
            className="palette__one"
            data-at={i}
            onPointerMove={() => setAt(i)}
            onClick={() => run(entry)}
          >
            <span>{entry.words[language]}</span>
            <span className="spacer" />
            {entry.kind && <span className="hint">{entry.kind[language]}</span>}
            {entry.keys && <Keys names={entry.keys.slice(0, 1)} />}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="hint palette__none">{WORDS.none[language]}</p>}
    </Sheet>
  );
}

const allEntries = (lessons: readonly LessonEntry[]): readonly Entry[] => [
  ...COMMANDS.filter((command) => command.id !== "page.palette" && (command.when?.() ?? true)),
  ...EXAMPLES.map(({ name, title }) => ({
    id: `example.${name}`,
    words: title,
    kind: WORDS.example,
    act: () => openExample(name),
  })),
  ...lessons.map(({ title, number }) => ({
    id: `lesson.${number}`,
    words: { en: `${number}. ${title.en}`, ja: `${number}. ${title.ja}` },
    kind: WORDS.lesson,
    act: () => openLesson(number),
  })),
];

/** Matches in either language, best first; what was used lately stands before what was not. */
function find(entries: readonly Entry[], query: string, recent: readonly string[]): readonly Entry[] {
  const rank = (id: string): number => {
    const at = recent.indexOf(id);
    return at < 0 ? 0 : (RECENT - at) / RECENT;
  };
  return entries
    .map((entry) => ({ entry, points: Math.max(score(query, entry.words.en), score(query, entry.words.ja)) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points + rank(b.entry.id) - (a.points + rank(a.entry.id)))
    .slice(0, SHOWN)
    .map(({ entry }) => entry);
}

function readRecent(): readonly string[] {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(RECENT_KEY) ?? "[]");
    return Array.isArray(saved) ? saved.filter((id) => typeof id === "string").slice(0, RECENT) : [];
  } catch {
    return [];
  }
}

function remember(id: string, recent: readonly string[]): void {
  if (useSettings.getState().embed) return;
  try {
    localStorage.setItem(RECENT_KEY, JSON.stringify([id, ...recent.filter((one) => one !== id)].slice(0, RECENT)));
  } catch {
    // No room or not allowed: nothing is remembered.
  }
}
