// The command palette: a few letters, in either language, find a command, an example or a lesson. Recent ones come first.
import { Autocomplete } from "@base-ui/react/autocomplete";
import { useEffect, useMemo, useRef, useState } from "react";
import { EXAMPLES, type Texts } from "../../engine/index.ts";
import { type LessonEntry, lessonList } from "../lessons/index.ts";
import { keep, readKept } from "../stores/page/device.ts";
import { closeDialog } from "../stores/page/dialog.ts";
import { useSettings } from "../stores/page/settings.ts";
import { openExample, openLesson } from "../stores/program/program.ts";
import { Sheet } from "../ui/Sheet.tsx";
import { COMMANDS } from "./commands.ts";
import { Keys } from "./Keys.tsx";
import { search } from "./palette-search.ts";
import "./palette.css";

interface Entry {
  readonly id: string;
  readonly words: Texts;
  /** The kind of the entry, if it is not a command. */
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
  const input = useRef<HTMLInputElement>(null);
  const recent = useMemo(readRecent, []);
  const [lessons, setLessons] = useState<readonly LessonEntry[]>([]);
  const entries = useMemo(() => allEntries(lessons), [lessons]);
  const found = useMemo(() => search(entries, query, recent).slice(0, SHOWN), [entries, query, recent]);

  useEffect(() => {
    input.current?.focus();
    void lessonList().then(setLessons);
  }, []);

  const run = (entry: Entry): void => {
    remember(entry.id, recent);
    closeDialog(); // first, because the action may open another sheet
    void entry.act();
  };
  return (
    <Sheet title={WORDS.title[language]} closeLabel={WORDS.close[language]} className="palette" onClose={closeDialog}>
      <Autocomplete.Root
        inline
        open
        autoHighlight="always"
        keepHighlight
        items={found}
        filter={null}
        value={query}
        onValueChange={setQuery}
        itemToStringValue={(entry: Entry) => entry.words[language]}
      >
        <Autocomplete.Input
          ref={input}
          className="field palette__query"
          aria-label={WORDS.search[language]}
          placeholder={WORDS.search[language]}
          spellCheck={false}
        />
        <Autocomplete.Status className="visually-hidden">{WORDS.found[language](found.length)}</Autocomplete.Status>
        <Autocomplete.Empty className="hint palette__none">{WORDS.none[language]}</Autocomplete.Empty>
        <Autocomplete.List className="palette__list" aria-label={WORDS.title[language]}>
          {(entry: Entry) => (
            <Autocomplete.Item key={entry.id} value={entry} className="palette__one" onClick={() => run(entry)}>
              <span>{entry.words[language]}</span>
              <span className="spacer" />
              {entry.kind && <span className="hint">{entry.kind[language]}</span>}
              {entry.keys && <Keys names={entry.keys.slice(0, 1)} />}
            </Autocomplete.Item>
          )}
        </Autocomplete.List>
      </Autocomplete.Root>
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

function readRecent(): readonly string[] {
  const saved = readKept(RECENT_KEY);
  return Array.isArray(saved) ? saved.filter((id) => typeof id === "string").slice(0, RECENT) : [];
}

function remember(id: string, recent: readonly string[]): void {
  if (useSettings.getState().embed) return;
  keep(RECENT_KEY, [id, ...recent.filter((one) => one !== id)].slice(0, RECENT));
}
