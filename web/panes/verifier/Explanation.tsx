// Under the kernel's words: what is wrong, with its values; checks that did not help; fixes that were tried; how the value came about; the
// rule. Each place leads to its line, and to what the verifier believed there.
import type { ReactNode } from "react";
import type { CheckView, ExplanationStepView, ExplanationView } from "../../../engine/index.ts";
import { useVerifierTexts, type VerifierTexts } from "../../i18n/verifier.ts";
import { revealSlot } from "../../stores/check/reveal.ts";
import { answered, engine } from "../../stores/engine.ts";
import { hoverSlot } from "../../stores/page/focus.ts";
import { showView } from "../../stores/page/layout.ts";
import { type Language, useSettings } from "../../stores/page/settings.ts";
import { showVisit } from "../../stores/run/visits.ts";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { Prose } from "../../ui/Prose.tsx";
import { Fixes } from "./Fixes.tsx";
import { useAnswer } from "./useAnswer.ts";
import { Witness } from "./Witness.tsx";
import "./why.css";

export default function Explanation({ check }: { readonly check: CheckView }) {
  const text = useVerifierTexts();
  const { language, why, set } = useSettings();
  // The last explanation stays until the next one is there.
  const found = useAnswer(check.revision, askExplanation)?.answer;
  if (!found) return null;
  const words = found[language];
  const last = found.steps.length - 1;
  return (
    <details
      className="why"
      data-testid="explanation"
      data-rule={found.id}
      data-root={found.root}
      open={why}
      onToggle={(event) => event.currentTarget.open !== why && set({ why: event.currentTarget.open })}
    >
      <summary className="why__head">{text.why.title}</summary>
      <div className="why__first">
        <p className="why__rule">
          <Prose text={found.reason[language]} />
        </p>
        <CopyButton label={text.why.copy} make={() => report(found, check, language, text)} />
      </div>
      <p className="why__places">
        {found.at >= 0 && <Place check={check} slot={found.at} label={text.why.at} />}
        {found.root >= 0 && found.root !== found.at && <Place check={check} slot={found.root} label={text.why.root} />}
      </p>
      {found.missed.length > 0 && (
        <Section title={text.why.missed}>
          {found.missed.map((step) => (
            <div key={step.slot} className="why__missed" data-testid="missed">
              <Insn check={check} step={step} />
              <span>
                <Prose text={step[language]} />
              </span>
            </div>
          ))}
        </Section>
      )}
      {why && !lacksStep(check) && <Fixes revision={check.revision} />}
      {why && <Witness revision={check.revision} />}
      <p>
        <strong>{text.why.help}</strong> <Prose text={words.help} />
      </p>
      {found.steps.length > 0 && (
        <Section title={text.why.story}>
          <ol className="why__story">
            {found.steps.map((step, i) => (
              <li key={`${step.slot} ${step.visit}`} className="why__step" data-last={i === last || undefined}>
                {step.visit < 0 ? (
                  <span className="why__insn hint">{step.slot < 0 ? "…" : text.why.start}</span>
                ) : (
                  <Insn check={check} step={step} />
                )}
                <span>
                  <Prose text={step[language]} />
                </span>
              </li>
            ))}
          </ol>
        </Section>
      )}
      <p>
        <strong>{text.why.rule}</strong> <Prose text={words.rule} />
      </p>
    </details>
  );
}

/** The kernel lacks a step, so no change of the program helps. */
const lacksStep = ({ refusedCall }: CheckView): boolean => refusedCall !== null && "step" in refusedCall.cause;

const Section = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <>
    <h3 className="why__title">{title}</h3>
    {children}
  </>
);

const insnText = (check: CheckView, slot: number): string =>
  `${slot}: ${check.slots.find((s) => s.slot === slot)?.text ?? ""}`;

/** An instruction of the path. It leads to its line, and to what the verifier believed there. */
function Insn({ check, step }: { readonly check: CheckView; readonly step: ExplanationStepView }) {
  const text = useVerifierTexts();
  return (
    <button
      type="button"
      className="why__insn why__link"
      title={text.why.state}
      onClick={() => {
        revealSlot(step.slot, false);
        showView("verifier", "beliefs");
        void showVisit(step.visit);
      }}
      onPointerEnter={() => hoverSlot(step.slot)}
      onPointerLeave={() => hoverSlot(-1)}
    >
      <code>{insnText(check, step.slot)}</code>
    </button>
  );
}

function Place({ check, slot, label }: { readonly check: CheckView; readonly slot: number; readonly label: string }) {
  return (
    <span>
      {label}{" "}
      <button
        type="button"
        className="why__link"
        onClick={() => revealSlot(slot)}
        onPointerEnter={() => hoverSlot(slot)}
        onPointerLeave={() => hoverSlot(-1)}
      >
        <code>{insnText(check, slot)}</code>
      </button>
    </span>
  );
}

/** The explanation as one text for a mail or an issue, in the order of Linux 7.3's diagnosis. */
function report(found: ExplanationView, check: CheckView, language: Language, text: VerifierTexts): string {
  const { report: heads } = text.why;
  const plain = (words: string): string => words.replaceAll("`", "");
  const lines = (steps: readonly ExplanationStepView[]): string =>
    steps
      .map((step) => `  ${step.slot < 0 ? "…" : insnText(check, step.slot)}\n      ${plain(step[language])}`)
      .join("\n");
  const parts: readonly (readonly [string, string])[] = [
    [heads.reason, `  ${plain(found.reason[language])}`],
    [heads.at, found.at < 0 ? "" : `  ${insnText(check, found.at)}`],
    [heads.path, lines(found.steps)],
    [heads.missed, lines(found.missed)],
    [heads.suggestion, `  ${plain(found[language].help)}`],
  ];
  const body = parts.filter(([, said]) => said !== "").map(([head, said]) => `${head}:\n${said}\n`);
  return `${check.message}\n\n${body.join("\n")}`;
}

const askExplanation = (revision: number) => answered(engine().api.check.explain(revision));
