// All built-in programs at a glance, by topic: a picture of the code, why it is worth opening, whether the verifier accepts it, and for
// which type.
import { Ban, CircleCheck } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { type ExampleView, TOPICS } from "../../engine/index.ts";
import { closeDialog } from "../stores/page/dialog.ts";
import { type Language, useSettings } from "../stores/page/settings.ts";
import { drawPictures, useCodePictures } from "../stores/program/code-pictures.ts";
import { openExample, useProgram } from "../stores/program/program.ts";
import { Segments } from "../ui/Segments.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import { CodePicture } from "./CodePicture.tsx";
import { EXAMPLES } from "./examples.ts";
import { fits, TOPIC_WORDS } from "./search.ts";
import "./gallery.css";

const WORDS = {
  en: {
    title: "Gallery",
    about: (n: number) => `${n} programs, from the three instructions of the talk to a packet parser.`,
    close: "Close",
    search: "Word, instruction, helper, program type",
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
    search: "言葉、命令、ヘルパー、プログラムタイプ",
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
  const pictures = useCodePictures((s) => s.byExample);
  useEffect(() => void drawPictures(EXAMPLES), []);
  const found = useMemo(
    () =>
      EXAMPLES.filter(
        (one) =>
          (verdict === "all" || one.expect === verdict) &&
          (type === "" || one.program.progType === type) &&
          fits(one, pictures.get(one.name), query),
      ),
    [query, verdict, type, pictures],
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
      <div data-testid="gallery">
        {TOPICS.filter((topic) => found.some((one) => one.topic === topic)).map((topic) => (
          <section key={topic} aria-labelledby={`gallery-${topic}`}>
            <h3 className="gallery__topic" id={`gallery-${topic}`}>
              {TOPIC_WORDS[language][topic]}
            </h3>
            <ul className="gallery__list">
              {found
                .filter((one) => one.topic === topic)
                .map((one) => (
                  <Entry key={one.name} one={one} language={language} />
                ))}
            </ul>
          </section>
        ))}
      </div>
      {found.length === 0 && <p className="hint">{text.none}</p>}
    </Sheet>
  );
}

function Entry({ one, language }: { readonly one: ExampleView; readonly language: Language }) {
  const open = useProgram((s) => s.example === one.name);
  const picture = useCodePictures((s) => s.byExample.get(one.name));
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
        <span className="gallery__picture">{picture && <CodePicture picture={picture} />}</span>
        <span className="gallery__words">
          <span className="gallery__head">
            <span className="gallery__title">{one.title[language]}</span>
            <Sign size={15} role="img" aria-label={WORDS[language][one.expect]} data-verdict-kind={one.expect} />
          </span>
          <span className="gallery__why">{one.about[language]}</span>
          <code className="gallery__type">{one.program.progType}</code>
        </span>
      </button>
    </li>
  );
}
