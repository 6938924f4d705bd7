// Under the kernel's words: the rule that was broken, why there is such a rule, how the value that broke it came to be, what
// helps. Each step of that story leads to its line, and to what was believed there.
import { useEffect, useState } from "react";
import type { CheckView, ExplanationView } from "../../../engine/index.ts";
import { useVerifierTexts } from "../../i18n/verifier.ts";
import { answered, engine } from "../../stores/engine.ts";
import { point, revealSlot } from "../../stores/focus.ts";
import { showView } from "../../stores/layout.ts";
import { useSettings } from "../../stores/settings.ts";
import { showVisit } from "../../stores/visits.ts";
import { Prose } from "../../ui/Prose.tsx";
import { Witness } from "./Witness.tsx";

export default function Explanation({ check }: { readonly check: CheckView }) {
  const text = useVerifierTexts();
  const { language, why, set } = useSettings();
  const found = useExplanation(check.revision);
  if (found === null) return null;
  const words = found[language];
  const last = found.steps.length - 1;
  return (
    <details
      className="why"
      data-testid="explanation"
      open={why}
      onToggle={(event) => event.currentTarget.open !== why && set({ why: event.currentTarget.open })}
    >
      <summary className="why__head">{text.why.title}</summary>
      <p className="why__rule">
        <Prose text={words.rule} />
      </p>
      <p>
        <Prose text={words.why} />
      </p>
      {found.steps.length > 0 && (
        <>
          <h3 className="why__title">{text.why.story}</h3>
          <ol className="why__story">
            {found.steps.map((step, i) => (
              <li key={`${step.slot} ${step.visit}`} className="why__step" data-last={i === last || undefined}>
                {step.visit < 0 ? (
                  <span className="why__insn hint">{step.slot < 0 ? "…" : text.why.start}</span>
                ) : (
                  <button
                    type="button"
                    className="why__insn why__link"
                    title={text.why.state}
                    onClick={() => {
                      revealSlot(step.slot, false);
                      showView("verifier", "beliefs");
                      void showVisit(step.visit);
                    }}
                    onPointerEnter={() => point(step.slot)}
                    onPointerLeave={() => point(-1)}
                  >
                    <code>
                      {step.slot}: {check.slots.find((s) => s.slot === step.slot)?.text}
                    </code>
                  </button>
                )}
                <span>
                  <Prose text={step[language]} />
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
      <p>
        <strong>{text.why.help}</strong> <Prose text={words.help} />
      </p>
      {why && <Witness revision={check.revision} />}
    </details>
  );
}

function useExplanation(revision: number): ExplanationView | null {
  const [found, set] = useState<ExplanationView | null>(null);
  useEffect(() => {
    let wanted = true;
    void answered(engine().api.check.explain(revision)).then((answer) => wanted && set(answer ?? null));
    return () => {
      wanted = false;
    };
  }, [revision]);
  return found;
}
