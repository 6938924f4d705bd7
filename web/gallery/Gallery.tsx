// All built-in programs at a glance: what each is worth opening for, whether the verifier takes it, and for which type.
import { Ban, CircleCheck } from "lucide-react";
import { useMemo, useState } from "react";
import type { ExampleView } from "../../engine/index.ts";
import { closeDialog } from "../stores/dialog.ts";
import { openExample, useProgram } from "../stores/program.ts";
import { type Language, useSettings } from "../stores/settings.ts";
import { Segments } from "../ui/Segments.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import { EXAMPLES } from "./examples.ts";
import "./gallery.css";

const WORDS = {
  en: {
    title: "Gallery",
    about: (n: number) => `${n} programs, from the three instructions of the talk to a packet parser.`,
    close: "Close",
    search: "Search",
    verdict: "Which ones",
    all: "All",
    accept: "Accepted",
    reject: "Refused",
    type: "Program type",
    everyType: "Every type",
    found: (n: number) => `${n} found`,
    none: "Nothing fits. Try fewer words, or another type.",
  },
  ja: {
    title: "ギャラリー",
    about: (n: number) => `発表の 3 命令からパケットの解析まで、${n} 個のプログラム。`,
    close: "閉じる",
    search: "検索",
    verdict: "どれを見るか",
    all: "すべて",
    accept: "受理",
    reject: "拒否",
    type: "プログラムタイプ",
    everyType: "すべてのタイプ",
    found: (n: number) => `${n} 件`,
    none: "見つかりません。語を減らすか、別のタイプを選んでください。",
  },
} as const;

const VERDICTS = ["all", "accept", "reject"] as const;
const TYPES = [...new Set(EXAMPLES.map(({ program }) => program.progType))];
const SIGN = { accept: CircleCheck, reject: Ban } as const;

export default function Gallery() {
  const language = useSettings((s) => s.language);
  const text = WORDS[language];
  const [query, setQuery] = useState("");
  const [verdict, setVerdict] = useState<(typeof VERDICTS)[number]>("all");
  const [type, setType] = useState("");
  const found = useMemo(
    () =>
      EXAMPLES.filter(
        (one) =>
          (verdict === "all" || one.expect === verdict) &&
          (type === "" || one.program.progType === type) &&
          fits(one, query, language),
      ),
    [query, verdict, type, language],
  );
  return (
    <Sheet title={text.title} closeLabel={text.close} className="gallery" onClose={closeDialog}>
      <p className="gallery__about">{text.about(EXAMPLES.length)}</p>
      <div className="gallery__filter">
        <input
          className="field gallery__query"
          type="search"
          aria-label={text.search}
          placeholder={text.search}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
        <Segments
          label={text.verdict}
          name="gallery-verdict"
          choices={VERDICTS}
          chosen={verdict}
          words={text}
          onChoose={setVerdict}
        />
        <select
          className="select"
          aria-label={text.type}
          value={type}
          onChange={(event) => setType(event.currentTarget.value)}
        >
          <option value="">{text.everyType}</option>
          {TYPES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <span role="status" className="hint">
          {text.found(found.length)}
        </span>
      </div>
      <ul className="gallery__list" data-testid="gallery">
        {found.map((one) => (
          <Entry key={one.name} one={one} language={language} />
        ))}
      </ul>
      {found.length === 0 && <p className="hint">{text.none}</p>}
    </Sheet>
  );
}

function Entry({ one, language }: { readonly one: ExampleView; readonly language: Language }) {
  const open = useProgram((s) => s.example === one.name);
  const Sign = SIGN[one.expect];
  return (
    <li>
      <button
        type="button"
        className="gallery__one"
        aria-current={open || undefined}
        onClick={() => {
          closeDialog();
          void openExample(one.name);
        }}
      >
        <span className="gallery__head">
          <Sign size={16} role="img" aria-label={WORDS[language][one.expect]} data-verdict-kind={one.expect} />
          <span className="gallery__title">{one.title[language]}</span>
          <span className="spacer" />
          <code className="gallery__type">{one.program.progType}</code>
        </span>
        <span className="gallery__why">{one.about[language]}</span>
      </button>
    </li>
  );
}

/** Every word of the query somewhere in the name, the title, the sentence or the program. */
function fits({ name, title, about, program }: ExampleView, query: string, language: Language): boolean {
  const text = `${name} ${title[language]} ${about[language]} ${program.progType} ${program.source}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
