// The kernel that is extended: which program type stands in OREORE's place, which of the recipe's four steps are applied,
// and the folder to take home. Loaded when it is opened.
import { Download } from "lucide-react";
import { useEffect } from "react";
import { useText } from "../../i18n/index.ts";
import { choosePreset, loadPresets, patch, takeHome, useKernel } from "../../stores/kernel.ts";
import { useSettings } from "../../stores/settings.ts";

const STEPS = [1, 2, 3, 4] as const;

export default function Extend() {
  const text = useText();
  const language = useSettings((s) => s.language);
  const presets = useKernel((s) => s.presets);
  const preset = useKernel((s) => s.preset);
  const steps = useKernel((s) => s.kernel?.steps);
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
        </select>
      </label>
      {about && <p className="hint">{about}</p>}
      <fieldset className="extend__steps">
        <legend>{text.extend.steps}</legend>
        {STEPS.map((step) => (
          <label key={step} className="check">
            <input
              type="checkbox"
              checked={steps?.[step - 1] ?? false}
              onChange={(event) => void patch(step, event.currentTarget.checked)}
            />
            {text.extend.step[step - 1]}
          </label>
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
