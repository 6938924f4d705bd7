// Run it a million times: the interpreter beside the code that the JIT made, with times and the WebAssembly text.
import { useState } from "react";
import type { EngineSpeedView, SpeedView } from "../../../engine/index.ts";
import { useMachineTexts } from "../../i18n/machine.ts";
import { engine } from "../../stores/engine.ts";
import { readInput } from "../../stores/inputs.ts";
import { useMachine } from "../../stores/machine.ts";
import { programInput, useProgram } from "../../stores/program.ts";

const RUNS = 1_000_000;

export default function Speed() {
  const text = useMachineTexts();
  const revision = useProgram((s) => s.revision);
  const run = useMachine((s) => s.run);
  const [found, setFound] = useState<{ readonly revision: number; readonly view: SpeedView | null } | null>(null);
  const [busy, setBusy] = useState(false);
  const view = found?.revision === revision ? found.view : null;
  const measure = async (): Promise<void> => {
    const program = useProgram.getState();
    const input = await readInput();
    if (!input?.ok) return;
    setBusy(true);
    try {
      const answer = await engine().api.tools.speed(programInput(program), input.event, RUNS);
      setFound({ revision: program.revision, view: answer });
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="speed">
      <div className="speed__head">
        <h3 className="machine-pane__part">{text.speed.title}</h3>
        <span className="spacer" />
        <button type="button" className="button" disabled={busy || !run} onClick={() => void measure()}>
          {busy ? text.speed.running : text.speed.run(RUNS)}
        </button>
      </div>
      {!view && <p className="hint">{text.speed.about}</p>}
      {view && (
        <>
          <Engine name={text.speed.interp} speed={view.interp} slowest={slowestOf(view)} />
          <Engine name={text.speed.jit} speed={view.jit} slowest={slowestOf(view)} />
          <p className="hint">{text.speed.compiled(view.compileMs, view.wasmBytes)}</p>
          <details className="speed__code">
            <summary>{text.speed.code}</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and without a stop the keyboard could not */}
            <pre lang="en" tabIndex={0}>
              {view.wasmText}
            </pre>
          </details>
        </>
      )}
    </section>
  );
}

const slowestOf = ({ interp, jit }: SpeedView): number => Math.max(...interp.series, ...jit.series, 1);

function Engine({
  name,
  speed,
  slowest,
}: {
  readonly name: string;
  readonly speed: EngineSpeedView;
  readonly slowest: number;
}) {
  const text = useMachineTexts();
  const perSecond = speed.nsPerRun > 0 ? (speed.insns / speed.nsPerRun) * 1e9 : 0;
  const words = speed.fault !== "" ? speed.fault : text.speed.result(speed.runs, speed.nsPerRun, perSecond);
  return (
    <div className="speed__engine">
      <p>
        <strong>{name}</strong> {words}
      </p>
      <svg
        className="speed__chart"
        viewBox={`0 0 ${speed.series.length * 4} 32`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {speed.series.map((ns, i) => {
          const height = Math.max(1, (32 * ns) / slowest);
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in the series
          return <rect key={i} x={i * 4} y={32 - height} width="3" height={height} />;
        })}
      </svg>
    </div>
  );
}
