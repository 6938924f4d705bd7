// Fixes of the refused program. Each was made and verified before it is shown. The changed lines are shown first. One press writes them
// into the editor, as one step of undo.
import { WandSparkles } from "lucide-react";
import type { DiffLineView, FixView } from "../../../engine/index.ts";
import { useVerifierTexts } from "../../i18n/verifier.ts";
import { answered, engine } from "../../stores/engine.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { writeSource } from "../../stores/program/program.ts";
import { Prose } from "../../ui/Prose.tsx";
import { QUIET, useAnswer } from "./useAnswer.ts";

export function Fixes({ revision }: { readonly revision: number }) {
  const text = useVerifierTexts();
  const fixes = useFixes(revision);
  return (
    <section aria-label={text.why.fixes} aria-busy={fixes === null}>
      <h3 className="why__title">{text.why.fixes}</h3>
      {fixes === null && <p className="hint">{text.why.trying}</p>}
      {fixes?.length === 0 && <p className="hint">{text.why.none}</p>}
      {fixes?.map((fix, i) => (
        <Fix key={fix.en} fix={fix} open={i === 0} />
      ))}
    </section>
  );
}

function Fix({ fix, open }: { readonly fix: FixView; readonly open: boolean }) {
  const text = useVerifierTexts();
  const readOnly = useSettings((s) => s.readOnly);
  const language = useSettings((s) => s.language);
  const { source } = fix;
  return (
    <details className="fix" data-testid="fix" data-outcome={fix.outcome} open={open}>
      <summary className="fix__head">
        <span>
          <Prose text={fix[language]} />
        </span>{" "}
        <span className="fix__outcome">{text.why[fix.outcome]}</span>
      </summary>
      <div className="fix__body">
        {source === null ? <p className="hint">{text.why.byHand}</p> : <Diff lines={fix.diff} />}
        {source !== null && !readOnly && (
          <button
            type="button"
            className="button fix__apply"
            data-testid="apply-fix"
            onClick={() => writeSource(source)}
          >
            <WandSparkles size={14} aria-hidden="true" />
            {text.why.apply}
          </button>
        )}
      </div>
    </details>
  );
}

const SIGN = { same: " ", out: "−", in: "+", gap: "…" } as const;

function Diff({ lines }: { readonly lines: readonly DiffLineView[] }) {
  const text = useVerifierTexts();
  const said = { same: "", out: text.why.out, in: text.why.put, gap: "" } as const;
  return (
    <pre className="fix__diff">
      {lines.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line of a difference has no other name
        <code key={i} className="fix__line" data-kind={line.kind}>
          <span aria-hidden="true">{SIGN[line.kind]} </span>
          {said[line.kind] !== "" && <span className="visually-hidden">{said[line.kind]}: </span>}
          {line.text}
        </code>
      ))}
    </pre>
  );
}

/** null: the fixes are being tried. Those of an older program are never shown. */
function useFixes(revision: number): readonly FixView[] | null {
  const found = useAnswer(revision, askFixes, QUIET);
  return found?.of === revision ? (found.answer ?? []) : null;
}

const askFixes = (revision: number) => answered(engine().api.check.fixes(revision));
