// The panel that extends the kernel: which program type takes OREORE's place, and four views of it: the recipe's steps as switches, the
// parts as a map, the form for a reader's own type, and the code. Loaded when it is opened.
import { Download } from "lucide-react";
import { lazy, useEffect, useState } from "react";
import "./extend.css";
import type { ContextView } from "../../../engine/index.ts";
import { useExtendTexts } from "../../i18n/extend.ts";
import { useText } from "../../i18n/index.ts";
import { useDefinitionDraft } from "../../stores/kernel/definition-draft.ts";
import {
  askContext,
  choosePreset,
  loadPresets,
  OWN_DEFINITION,
  switchStep,
  takeHome,
  useKernel,
} from "../../stores/kernel/kernel.ts";
import { useDialog } from "../../stores/page/dialog.ts";
import { EXTEND_VIEWS, showLarge, showView, useLayout } from "../../stores/page/layout.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { useProgram } from "../../stores/program/program.ts";
import { LazyPart } from "../../ui/LazyPart.tsx";
import { Segments } from "../../ui/Segments.tsx";
import { ContextTable } from "./ContextTable.tsx";

const KernelCode = lazy(() => import("./KernelCode.tsx"));
const DefinitionForm = lazy(() => import("./DefinitionForm.tsx"));
const PartsMap = lazy(() => import("./PartsMap.tsx"));

const STEPS = [1, 2, 3, 4] as const;
type Step = (typeof STEPS)[number];

export default function Extend({ view }: { readonly view: (typeof EXTEND_VIEWS)[number] }) {
  const text = useText();
  const texts = useExtendTexts();
  const [step, setStep] = useState<Step>(1);
  const language = useSettings((s) => s.language);
  const presets = useKernel((s) => s.presets);
  const preset = useKernel((s) => s.preset);
  const own = useKernel((s) => s.definition?.name);
  const large = useLayout((s) => s.maximised === "kernel");
  useEffect(() => void loadPresets(), []);
  useEffect(() => {
    if (!large) return;
    const onKey = ({ key, defaultPrevented }: KeyboardEvent): void => {
      if (key === "Escape" && !defaultPrevented && useDialog.getState().open === null)
        showLarge("kernel", "run", false);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [large]);
  const about = presets.find((p) => p.name === preset)?.about[language];
  return (
    <div className="extend">
      <div className="extend__row">
        <label>
          <span>{texts.recipe.type}</span>
          <select className="select" value={preset} onChange={(event) => void choosePreset(event.currentTarget.value)}>
            {presets.map((p) => (
              <option key={p.name} value={p.name}>
                {p.title[language]}
              </option>
            ))}
            {preset === OWN_DEFINITION && (
              <option value={OWN_DEFINITION}>
                {texts.own}: {own}
              </option>
            )}
          </select>
        </label>
        <button type="button" className="button" title={texts.recipe.takeHomeAbout} onClick={() => void takeHome()}>
          <Download size={14} aria-hidden="true" />
          {texts.recipe.takeHome}
        </button>
      </div>
      {about && view !== "parts" && <p className="hint">{about}</p>}
      <Segments
        label={text.extend.open}
        name="kernel-view"
        choices={EXTEND_VIEWS}
        chosen={view}
        words={texts.views}
        onChoose={(chosen) => showView("kernel", chosen)}
      />
      <LazyPart>
        {view === "steps" && (
          <div className="extend__overview">
            <fieldset className="extend__steps">
              <legend>{texts.recipe.steps}</legend>
              {STEPS.map((one) => (
                <StepSwitch
                  key={one}
                  step={one}
                  onCode={() => {
                    setStep(one);
                    showView("kernel", "code");
                  }}
                />
              ))}
            </fieldset>
            {/* Shows which part is missing when a step is undone. */}
            {large && <PartsMap />}
          </div>
        )}
        {view === "parts" && <PartsMap />}
        {view === "type" && presets.length > 0 && (
          <div className="extend__type">
            <DefinitionForm />
            <div className="extend__beside">
              <Context />
              <CodeOf step={step} onStep={setStep} />
            </div>
          </div>
        )}
        {view === "code" && presets.length > 0 && (
          <div className="extend__code">
            <CodeOf step={step} onStep={setStep} />
          </div>
        )}
      </LazyPart>
    </div>
  );
}

/** The code of one step, chosen among the four. */
function CodeOf({ step, onStep }: { readonly step: Step; readonly onStep: (step: Step) => void }) {
  const texts = useExtendTexts();
  const faulty = useDefinitionDraft((s) => s.faults.length > 0);
  return (
    <>
      <Segments
        label={texts.code}
        name="kernel-code-step"
        choices={STEPS.map(String)}
        chosen={String(step)}
        words={texts.stepNames}
        onChoose={(one) => onStep(Number(one) as Step)}
      />
      {faulty && <p className="hint">{texts.codeBefore}</p>}
      <KernelCode step={step} />
    </>
  );
}

/** The context of the definition in the form. If the program has one of the kernel's own types: of that type. */
function Context() {
  const typed = useDefinitionDraft((s) => s.context);
  const progType = useProgram((s) => s.progType);
  const own = useKernel((s) => s.kernel?.own.name);
  const [known, setKnown] = useState<ContextView | null>(null);
  useEffect(() => {
    let wanted = true;
    setKnown(null);
    if (progType !== own)
      void askContext(progType).then((found) => {
        if (wanted && found) setKnown(found);
      });
    return () => {
      wanted = false;
    };
  }, [progType, own]);
  return (
    <>
      {typed && <ContextTable context={typed} />}
      {known && known.fields.length > 0 && <ContextTable context={known} />}
    </>
  );
}

/** The switch of a step, what the step is for, and a link to its code. */
function StepSwitch({ step, onCode }: { readonly step: Step; readonly onCode: () => void }) {
  const texts = useExtendTexts();
  // undefined: the kernel is not there yet.
  const applied = useKernel((s) => s.kernel?.steps[step - 1]);
  return (
    <div className="kpatch">
      <div className="kpatch__head">
        <label className="check">
          <input
            type="checkbox"
            ref={(box) => {
              if (box) box.indeterminate = applied === undefined;
            }}
            checked={applied ?? false}
            disabled={applied === undefined}
            onChange={(event) => void switchStep(step, event.currentTarget.checked)}
          />
          {texts.recipe.step[step - 1]}
        </label>
        <span className="spacer" />
        <button type="button" className="button button--quiet" aria-label={texts.codeOf(step)} onClick={onCode}>
          {texts.code}
        </button>
      </div>
      <p className="hint">{texts.about[step - 1]}</p>
    </div>
  );
}
