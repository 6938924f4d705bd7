// The kernel that is extended: which program type stands in OREORE's place, which of the recipe's four steps are applied and
// what code each is, a definition of one's own, and the folder to take home. Loaded when it is opened.
import { Code, Download, SlidersHorizontal } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import "./extend.css";
import { useExtendTexts } from "../../i18n/extend.ts";
import { useText } from "../../i18n/index.ts";
import { choosePreset, loadPresets, OWN, patch, takeHome, useKernel } from "../../stores/kernel.ts";
import { useSettings } from "../../stores/settings.ts";

const KernelCode = lazy(() => import("./KernelCode.tsx"));
const DefinitionForm = lazy(() => import("./DefinitionForm.tsx"));

const STEPS = [1, 2, 3, 4] as const;

export default function Extend() {
  const text = useText();
  const texts = useExtendTexts();
  const [defining, setDefining] = useState(false);
  const language = useSettings((s) => s.language);
  const presets = useKernel((s) => s.presets);
  const preset = useKernel((s) => s.preset);
  const own = useKernel((s) => s.definition?.name);
  useEffect(() => void loadPresets(), []);
  const about = presets.find((p) => p.name === preset)?.about[language];
  return (
    <div className="extend">
      <label className="extend__row">
        <span>{text.extend.type}</span>
        <select className="select" value={preset} onChange={(event) => void choosePreset(event.currentTarget.value)}>
          {presets.map((p) => (
            <option key={p.name} value={p.name}>
              {p.title[language]}
            </option>
          ))}
          {preset === OWN && (
            <option value={OWN}>
              {texts.own}: {own}
            </option>
          )}
        </select>
      </label>
      {about && <p className="hint">{about}</p>}
      <button
        type="button"
        className="button extend__define"
        aria-expanded={defining}
        onClick={() => setDefining(!defining)}
      >
        <SlidersHorizontal size={14} aria-hidden="true" />
        {texts.form.open}
      </button>
      {defining && presets.length > 0 && (
        <Suspense>
          <DefinitionForm />
        </Suspense>
      )}
      <fieldset className="extend__steps">
        <legend>{text.extend.steps}</legend>
        {STEPS.map((step) => (
          <Step key={step} step={step} />
        ))}
      </fieldset>
      <button type="button" className="button" onClick={() => void takeHome()}>
        <Download size={14} aria-hidden="true" />
        {text.extend.takeHome}
      </button>
      <p className="hint">{text.extend.takeHomeAbout}</p>
    </div>
  );
}

/** The switch of a step, what it is for, and its code when that is opened. */
function Step({ step }: { readonly step: 1 | 2 | 3 | 4 }) {
  const text = useText();
  const texts = useExtendTexts();
  const [open, setOpen] = useState(false);
  const applied = useKernel((s) => s.kernel?.steps[step - 1] ?? false);
  return (
    <div className="kpatch">
      <div className="kpatch__head">
        <label className="check">
          <input
            type="checkbox"
            checked={applied}
            onChange={(event) => void patch(step, event.currentTarget.checked)}
          />
          {text.extend.step[step - 1]}
        </label>
        <span className="spacer" />
        <button
          type="button"
          className="button button--quiet"
          aria-expanded={open}
          aria-label={texts.codeOf(step)}
          onClick={() => setOpen(!open)}
        >
          <Code size={14} aria-hidden="true" />
          {texts.code}
        </button>
      </div>
      <p className="hint">{texts.about[step - 1]}</p>
      {open && (
        <Suspense>
          <KernelCode step={step} />
        </Suspense>
      )}
    </div>
  );
}
