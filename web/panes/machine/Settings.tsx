// What made the run, what repeats it exactly, and whether values are animated.
import { Dices } from "lucide-react";
import { useState } from "react";
import { useMachineTexts } from "../../i18n/machine.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { CPUS, newSeed, setEnvironment, useEnvironment } from "../../stores/program/environment.ts";
import { useMachine } from "../../stores/run/machine.ts";

export function Settings() {
  const words = useMachineTexts();
  const cpu = useEnvironment((s) => s.cpu);
  const seed = useEnvironment((s) => s.seed);
  const motion = useSettings((s) => s.motion);
  const set = useSettings((s) => s.set);
  return (
    <div className="environment">
      <Origin />
      <Seed key={seed} seed={seed} />
      <button
        type="button"
        className="button button--quiet button--icon"
        aria-label={words.environment.newSeed}
        title={words.environment.newSeed}
        onClick={() => void newSeed()}
      >
        <Dices size={15} aria-hidden="true" />
      </button>
      <label className="environment__one">
        {words.environment.cpu}
        <select
          className="select select--small"
          value={cpu}
          onChange={(event) => void setEnvironment({ cpu: Number(event.currentTarget.value) })}
        >
          {Array.from({ length: CPUS }, (_, one) => one).map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <span className="spacer" />
      <label className="environment__one">
        <input type="checkbox" checked={motion} onChange={(event) => set({ motion: event.currentTarget.checked })} />
        {words.motion}
      </label>
    </div>
  );
}

function Origin() {
  const words = useMachineTexts();
  const origin = useMachine((s) => s.origin);
  const input = useMachine((s) => s.input);
  const said = words.origin[origin](input.length > 24 ? `${input.slice(0, 20)}…` : input);
  return (
    <p className="hint environment__origin" title={input}>
      {said}
    </p>
  );
}

function Seed({ seed }: { readonly seed: number }) {
  const words = useMachineTexts();
  const [typed, setTyped] = useState(String(seed));
  const take = (): void => {
    const value = Number(typed);
    if (typed.trim() === "" || !Number.isFinite(value)) setTyped(String(seed));
    else void setEnvironment({ seed: value });
  };
  return (
    <label className="environment__one" title={words.environment.about}>
      {words.environment.seed}
      <input
        className="field field--code environment__seed"
        data-testid="seed"
        inputMode="numeric"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={take}
        onKeyDown={(event) => event.key === "Enter" && take()}
      />
    </label>
  );
}
