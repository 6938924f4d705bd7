// The speaker's window: notes, what comes next, the solution, the time compared with the plan. It follows the presenting page on this
// device, and can move it. That page opens it. Needs no network.
import { ChevronLeft, ChevronRight, RotateCcw, Square } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { type LessonTexts, lessonTexts } from "../i18n/lessons.ts";
import { stageTexts } from "../i18n/stage.ts";
import { Acting, Markdown } from "../lessons/Markdown.tsx";
import { slidesText } from "../lessons/parse-scene.ts";
import { Sentence } from "../stage/Sentence.tsx";
import type { SpeakerView } from "../stage/speaker-view.ts";
import { channelName, type SpeakerRequest, type SpeakerUpdate } from "../stores/lesson/speaker.ts";
import { useSettings } from "../stores/page/settings.ts";
import "./lesson.css";
import "./speaker.css";

/** All blanks are open, because the speaker has to know the answers. */
const ALL_OPEN = { uncovered: null, uncover: () => {}, goTo: () => {} };

/** The same keys as on the stage. */
const KEYS: Readonly<Record<string, SpeakerRequest>> = {
  PageDown: { kind: "advance", by: 1 },
  ArrowRight: { kind: "advance", by: 1 },
  ArrowDown: { kind: "advance", by: 1 },
  " ": { kind: "advance", by: 1 },
  PageUp: { kind: "advance", by: -1 },
  ArrowLeft: { kind: "advance", by: -1 },
  ArrowUp: { kind: "advance", by: -1 },
  Home: { kind: "home" },
  End: { kind: "end" },
  b: { kind: "black" },
  ".": { kind: "black" },
};

export default function Speaker({ id }: { readonly id: string }) {
  const [view, setView] = useState<SpeakerView | null>(null);
  const channel = useRef<BroadcastChannel | null>(null);
  const language = useSettings((s) => s.language);
  const text = lessonTexts(view?.language ?? language);
  const ask = (what: SpeakerRequest): void => channel.current?.postMessage(what);

  useEffect(() => {
    const open = new BroadcastChannel(channelName(id));
    channel.current = open;
    open.onmessage = ({ data }: MessageEvent<SpeakerUpdate>) => {
      if (data.kind === "view") {
        setView(data);
        useSettings.getState().set({ language: data.language });
        document.documentElement.lang = data.language;
      } else if (data.kind === "bye") setView(null);
    };
    open.postMessage({ kind: "hello" } satisfies SpeakerRequest);
    return () => open.close();
  }, [id]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const asked = KEYS[event.key];
      const pressed = event.target instanceof HTMLElement && event.target.matches("button, summary");
      if (!asked || event.ctrlKey || event.altKey || event.metaKey || (event.key === " " && pressed)) return;
      event.preventDefault();
      channel.current?.postMessage(asked);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  useEffect(() => {
    document.title = `${text.present.title}: ${view?.title ?? "Oreore"}`;
  }, [text, view]);

  if (!view)
    return (
      <main className="speaker speaker--waiting">
        <h1 className="visually-hidden">{text.present.title}</h1>
        <p>{text.present.waiting}</p>
      </main>
    );
  const stage = stageTexts(view.language);
  return (
    <Acting value={ALL_OPEN}>
      <main className="speaker">
        <header className="speaker__head">
          <h1>{view.title}</h1>
          <p className="hint" data-testid="speaker-place">
            {stage.at(view.press, view.presses)}
            {view.slides.length > 0 && ` · ${stage.slides(slidesText(view.slides))}`}
          </p>
        </header>
        <Clock view={view} text={text.present} restart={() => ask({ kind: "restart" })} />
        <section className="speaker__notes" aria-label={text.present.notes}>
          <h2 className="lesson__label">{text.present.notes}</h2>
          <p data-testid="speaker-notes" data-none={view.notes === "" || undefined}>
            {view.notes || text.present.noNotes}
          </p>
          {view.point.length > 0 && (
            <div className="lesson__body speaker__point">
              <Markdown tokens={view.point} name="point" />
            </div>
          )}
          {view.solution !== "" && (
            <details className="speaker__solution">
              <summary>{text.present.solution}</summary>
              <pre className="lesson__code">
                <code>{view.solution}</code>
              </pre>
            </details>
          )}
        </section>
        <section className="speaker__now" aria-label={text.present.now}>
          <h2 className="lesson__label">{text.present.now}</h2>
          <p>
            <Sentence text={view.heading} open={Number.POSITIVE_INFINITY} />
          </p>
          {view.call && <code>{view.call}</code>}
          {view.words && (
            <p className="speaker__said">
              <Sentence text={view.words} open={Number.POSITIVE_INFINITY} />
            </p>
          )}
        </section>
        <section className="speaker__next" aria-label={text.present.comes}>
          <h2 className="lesson__label">{text.present.comes}</h2>
          <p data-testid="speaker-next">
            <Sentence text={view.next} open={Number.POSITIVE_INFINITY} />
          </p>
        </section>
        <nav className="speaker__ways">
          <button type="button" className="button" onClick={() => ask({ kind: "advance", by: -1 })}>
            <ChevronLeft size={18} aria-hidden="true" />
            {text.present.previous}
          </button>
          <button type="button" className="button" aria-pressed={view.black} onClick={() => ask({ kind: "black" })}>
            <Square size={16} aria-hidden="true" />
            {text.present.black}
          </button>
          <button type="button" className="button button--main" onClick={() => ask({ kind: "advance", by: 1 })}>
            {text.present.next}
            <ChevronRight size={18} aria-hidden="true" />
          </button>
        </nav>
      </main>
    </Acting>
  );
}

interface ClockProps {
  readonly view: SpeakerView;
  readonly text: LessonTexts["present"];
  readonly restart: () => void;
}

const two = (n: number): string => String(n).padStart(2, "0");
/** Seconds as mm:ss, or h:mm:ss. */
function clockText(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function Clock({ view, text, restart }: ClockProps) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const elapsed = Math.max(0, Math.floor((now - view.beganAt) / 1000));
  const planned = Math.round(view.minutesBefore * 60);
  const date = new Date(now);
  return (
    <dl className="speaker__clock">
      <dt>{text.clock}</dt>
      <dd>{`${two(date.getHours())}:${two(date.getMinutes())}`}</dd>
      <dt>{text.elapsed}</dt>
      <dd data-testid="elapsed" data-late={(view.minutes > 0 && elapsed > planned + 60) || undefined}>
        {clockText(elapsed)}
        <button
          type="button"
          className="button button--quiet button--icon"
          aria-label={text.restart}
          title={text.restart}
          onClick={restart}
        >
          <RotateCcw size={15} aria-hidden="true" />
        </button>
      </dd>
      {view.minutes > 0 && (
        <>
          <dt>{text.plan}</dt>
          <dd data-testid="plan">
            {clockText(planned)}
            <span className="hint">/ {clockText(Math.round(view.minutes * 60))}</span>
          </dd>
        </>
      )}
    </dl>
  );
}
