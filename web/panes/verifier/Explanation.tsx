// Under the kernel's words: the rule that was broken, why there is such a rule, where the value came from, what helps.
import { useEffect, useState } from "react";
import type { CheckView, ExplanationView } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import { engine } from "../../stores/engine.ts";
import { point, revealSlot } from "../../stores/focus.ts";
import { useSettings } from "../../stores/settings.ts";

export default function Explanation({ check }: { readonly check: CheckView }) {
  const text = useText();
  const language = useSettings((s) => s.language);
  const found = useExplanation(check.revision);
  if (found === null) return null;
  const words = found[language];
  return (
    <details className="why" open>
      <summary className="why__head">{text.why.title}</summary>
      <p className="why__rule">{words.rule}</p>
      <p>{words.why}</p>
      {found.before && (
        <p className="why__value">
          <span className="hint">{text.why.believed}</span>{" "}
          <code>
            R{found.reg}={found.before.text}
          </code>
        </p>
      )}
      {found.origin.length > 0 && (
        <p className="why__origin">
          <span className="hint">{text.why.origin}</span>
          {[...found.origin].reverse().map((slot) => (
            <button
              key={slot}
              type="button"
              className="why__slot"
              onClick={() => revealSlot(slot)}
              onPointerEnter={() => point(slot)}
              onPointerLeave={() => point(-1)}
            >
              <code>
                {slot}: {check.slots.find((s) => s.slot === slot)?.text}
              </code>
            </button>
          ))}
        </p>
      )}
      <p>
        <strong>{text.why.help}</strong> {words.help}
      </p>
    </details>
  );
}

function useExplanation(revision: number): ExplanationView | null {
  const [found, set] = useState<ExplanationView | null>(null);
  useEffect(() => {
    let wanted = true;
    engine()
      .api.explain(revision)
      .then((answer) => wanted && set(answer))
      .catch(() => wanted && set(null));
    return () => {
      wanted = false;
    };
  }, [revision]);
  return found;
}
