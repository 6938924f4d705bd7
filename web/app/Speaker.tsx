// The speaker's window: notes, what comes next, the clock. Follows the page that presents, on this device only, and can
// move it. Opened by that page; works without a network.
import { ChevronLeft, ChevronRight, RotateCcw } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { lessonTexts } from "../i18n/lessons.ts";
import type { Point } from "../lessons/lesson.ts";
import { Acting, Markdown } from "../lessons/Markdown.tsx";
import { channelName, type SpeakerAsks, type SpeakerIs, type SpeakerView } from "../stores/present.ts";
import { useSettings } from "../stores/settings.ts";
import "./lesson.css";
import "./speaker.css";

/** All blanks stand open: the speaker has to know. */
const ALL_OPEN = { uncovered: null, uncover: () => {}, goTo: () => {} };

export default function Speaker({ id }: { readonly id: string }) {
  const [view, setView] = useState<SpeakerView | null>(null);
  const channel = useRef<BroadcastChannel | null>(null);
  const language = useSettings((s) => s.language);
  const text = lessonTexts(view?.language ?? language);
  const ask = (what: SpeakerAsks): void => channel.current?.postMessage(what);

  useEffect(() => {
    const open = new BroadcastChannel(channelName(id));
    channel.current = open;
    open.onmessage = ({ data }: MessageEvent<SpeakerIs>) => {
      if (data.kind === "view") {
        setView(data);
        useSettings.getState().set({ language: data.language });
        document.documentElement.lang = data.language;
      } else if (data.kind === "bye") setView(null);
    };
    open.postMessage({ kind: "hello" } satisfies SpeakerAsks);
    return () => open.close();
  }, [id]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const by = { PageDown: 1, ArrowRight: 1, " ": 1, PageUp: -1, ArrowLeft: -1 }[event.key];
      if (by === undefined || (event.key === " " && event.target instanceof HTMLButtonElement)) return;
      event.preventDefault();
      channel.current?.postMessage({ kind: "advance", by: by as 1 | -1 } satisfies SpeakerAsks);
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
  return (
    <Acting value={ALL_OPEN}>
      <main className="speaker">
        <header className="speaker__head">
          <h1>{view.title}</h1>
          <p className="hint" data-testid="speaker-place">
            {view.number > 0 && `${text.of(view.number, view.lessons)} · `}
            {view.points > 0 && `${text.present.point(view.point, view.points)} · `}
            {text.present.step(view.step, view.steps)}
          </p>
        </header>
        <Clock since={view.since} text={text.present} restart={() => ask({ kind: "restart" })} />
        <section className="speaker__notes" aria-label={text.present.notes}>
          <h2 className="lesson__label">{text.present.notes}</h2>
          <p data-testid="speaker-notes" data-none={view.notes === "" || undefined}>
            {view.notes || text.present.noNotes}
          </p>
        </section>
        <section className="speaker__now" aria-label={text.present.now}>
          <h2 className="lesson__label">{text.present.now}</h2>
          <PointText point={view.now} name="now" />
          {view.said && <p className="speaker__said">{view.said}</p>}
        </section>
        <section className="speaker__next" aria-label={text.present.comes}>
          <h2 className="lesson__label">{text.present.comes}</h2>
          {view.next ? (
            <PointText point={view.next} name="next" />
          ) : view.insn ? (
            <code data-testid="speaker-insn">{view.insn}</code>
          ) : (
            <p>{text.present.nothingComes}</p>
          )}
        </section>
        <nav className="speaker__ways">
          <button type="button" className="button" onClick={() => ask({ kind: "advance", by: -1 })}>
            <ChevronLeft size={18} aria-hidden="true" />
            {text.present.previous}
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

function PointText({ point, name }: { readonly point: Point | null; readonly name: string }) {
  if (!point) return null;
  return (
    <div className="lesson__body speaker__point">
      <Markdown tokens={point.kind === "text" ? point.tokens : point.question} name={name} />
      {point.kind === "predict" && (
        <p className="speaker__answer">
          → {typeof point.answer === "number" ? (point.choices[point.answer] ?? "").replace(/`/g, "") : point.answer}
        </p>
      )}
    </div>
  );
}

interface ClockProps {
  readonly since: number;
  readonly text: { readonly clock: string; readonly elapsed: string; readonly restart: string };
  readonly restart: () => void;
}

function Clock({ since, text, restart }: ClockProps) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const elapsed = Math.max(0, Math.floor((now - since) / 1000));
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(elapsed / 3600);
  const date = new Date(now);
  return (
    <dl className="speaker__clock">
      <dt>{text.clock}</dt>
      <dd>{`${two(date.getHours())}:${two(date.getMinutes())}`}</dd>
      <dt>{text.elapsed}</dt>
      <dd data-testid="elapsed">
        {`${hours > 0 ? `${hours}:` : ""}${two(Math.floor(elapsed / 60) % 60)}:${two(elapsed % 60)}`}
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
    </dl>
  );
}
