// What the kernel's verifier says: yes or no, the line of the log with the reason, and the whole log.
import { Ban, CircleCheck, Cpu, LoaderCircle, TriangleAlert } from "lucide-react";
import { lazy } from "react";
import type { CheckView } from "../../../engine/index.ts";
import { Keys } from "../../app/Keys.tsx";
import { useText } from "../../i18n/index.ts";
import { askRealLinux, useRealPanel } from "../../linux/panel-open.ts";
import { revealSlot } from "../../stores/check/reveal.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { revealSpan } from "../../stores/page/focus.ts";
import { showView, useView } from "../../stores/page/layout.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { lineOfSlot } from "../../stores/program/lines.ts";
import { useProgram } from "../../stores/program/program.ts";
import { LazyPart } from "../../ui/LazyPart.tsx";
import { PaneTools } from "../../ui/PaneTools.tsx";
import { Prose } from "../../ui/Prose.tsx";
import { Segments } from "../../ui/Segments.tsx";
import { Log } from "./Log.tsx";

const CauseText = lazy(() => import("../../ui/CauseText.tsx"));
const Explanation = lazy(() => import("./Explanation.tsx"));
const Visits = lazy(() => import("./Visits.tsx"));
const RealPanel = lazy(() => import("../../linux/RealPanel.tsx"));
const SourceHelp = lazy(() => import("./SourceHelp.tsx"));
const Walking = lazy(() => import("./Walking.tsx"));
const PastedNote = lazy(() => import("./PastedNote.tsx"));
const VIEWS = ["log", "beliefs"] as const;

/** Diagnostics for which SourceHelp says what to do. */
const HELPED = ["c-source", "no-instructions"] as const;

export function VerifierPane() {
  const text = useText();
  const refused = useVerdict((s) => s.check?.verdict === "reject");
  const pasted = useVerdict((s) => s.check?.pasted ?? null);
  const view = useView("verifier", VIEWS);
  const real = useRealPanel((s) => s.open);
  const help = useVerdict((s) => HELPED.find((one) => s.check?.diagnostics.some(({ code }) => code === one)));
  const isWalking = useVerdict((s) => s.insnsProcessed > 0 || s.stopped);
  const views = (
    <Segments
      label={text.beliefs.views}
      name="verifier-view"
      choices={VIEWS}
      chosen={view}
      words={text.beliefs.view}
      onChoose={(choice) => showView("verifier", choice)}
    />
  );
  return (
    <section className="pane verifier-pane" data-refused={refused || undefined} aria-label={text.panes.verifier}>
      <Verdict />
      {real && (
        <LazyPart>
          <RealPanel />
        </LazyPart>
      )}
      {isWalking && (
        <LazyPart>
          <Walking />
        </LazyPart>
      )}
      {pasted && (
        <LazyPart>
          <PastedNote pasted={pasted} />
        </LazyPart>
      )}
      {help && (
        <LazyPart>
          <SourceHelp what={help} />
        </LazyPart>
      )}
      {refused && !help && <Why />}
      {view === "log" ? (
        <Log views={views} />
      ) : (
        <LazyPart>
          <Visits views={views} />
        </LazyPart>
      )}
    </section>
  );
}

function Why() {
  const check = useVerdict((s) => s.check);
  return <LazyPart>{check?.verdict === "reject" && <Explanation check={check} />}</LazyPart>;
}

const ICON = { accept: CircleCheck, reject: Ban, error: TriangleAlert } as const;

function Verdict() {
  const text = useText();
  const language = useSettings((s) => s.language);
  const check = useVerdict((s) => s.check);
  const bug = useVerdict((s) => s.bug);
  const revision = useProgram((s) => s.revision);
  const fresh = check?.revision === revision;
  const verdict = bug ? "error" : check?.verdict;
  if (!verdict)
    return (
      <div className="verdict" data-verdict-kind="waiting">
        <LoaderCircle className="spin" size={18} aria-hidden="true" />
        <h2 className="verdict__word">{text.verdict.waiting}</h2>
      </div>
    );
  const Icon = ICON[verdict];
  const errors = check?.diagnostics.filter((d) => d.severity === "error") ?? [];
  const first = errors.find(({ code }) => code === "c-source") ?? errors[0];
  const message = bug
    ? text.verdict.bug
    : check && check.verdict === "error" && first
      ? first.messages[language]
      : check?.notSimulated
        ? text.verdict.notSimulated(check.notSimulated)
        : (check?.message ?? "");
  const line = check ? lineOf(check) : undefined;
  return (
    <div
      className="verdict"
      data-testid="verdict"
      data-verdict={verdict}
      data-verdict-kind={verdict}
      data-fresh={fresh}
      role="status"
      aria-live="polite"
    >
      <Icon className="verdict__icon" size={20} strokeWidth={2.2} aria-hidden="true" />
      <div className="verdict__main">
        <h2 className="verdict__word">
          {text.verdict[verdict]}
          {check?.errnoName && verdict !== "error" && <code className="verdict__errno">-{check.errnoName}</code>}
          {line !== undefined && (
            <button
              type="button"
              className="link verdict__line"
              onClick={() => check && goTo(check)}
              title={text.verdict.goTo}
            >
              {text.verdict.line(line)} <Keys names={["F8"]} />
            </button>
          )}
        </h2>
        <p
          className="verdict__message"
          data-testid="verifier-message"
          data-code={verdict === "error" ? first?.code : undefined}
          lang={verdict === "reject" ? "en" : undefined}
        >
          {verdict === "accept" ? text.verdict.safe : verdict === "error" ? <Prose text={message} /> : message}
          {bug && <code className="verdict__bug">{bug.split("\n")[0]}</code>}
        </p>
        {check?.refusedCall && !bug && (
          <LazyPart>
            <CauseText cause={check.refusedCall.cause} />
          </LazyPart>
        )}
      </div>
      {verdict !== "error" && check && !check.pasted && (
        <p className="verdict__stats">{text.verdict.stats(check.insnsProcessed, check.us)}</p>
      )}
      {verdict !== "error" && (
        <button
          type="button"
          className="button"
          data-testid="ask-linux"
          onClick={askRealLinux}
          title={text.verdict.askLinuxTitle}
        >
          <Cpu size={14} aria-hidden="true" /> {text.verdict.askLinux}
        </button>
      )}
      <PaneTools pane="verifier" />
    </div>
  );
}

function lineOf(check: CheckView): number | undefined {
  if (check.verdict === "error") return check.diagnostics.find((d) => d.severity === "error")?.span.line;
  return lineOfSlot(check, check.messageSlot) || undefined;
}

function goTo(check: CheckView): void {
  const span = check.verdict === "error" ? check.diagnostics.find((d) => d.severity === "error")?.span : undefined;
  if (span) revealSpan(span);
  else revealSlot(check.messageSlot);
}
