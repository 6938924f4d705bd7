// The run as a line: drag, use the arrow keys, Home and End, or type a step. Marks show calls, stores, loads, branches, the fault and,
// below the line, steps at breakpoints.
import { memo, useState } from "react";
import { MARK } from "../../../engine/index.ts";
import { useMachineTexts } from "../../i18n/machine.ts";
import { moveTo, useMachine } from "../../stores/run/machine.ts";

const KINDS = [
  ["fault", MARK.fault],
  ["call", MARK.call | MARK.helper],
  ["store", MARK.store],
  ["branch", MARK.branch],
  ["load", MARK.load],
] as const;

export function Timeline() {
  const words = useMachineTexts();
  const run = useMachine((s) => s.run);
  const position = useMachine((s) => s.position);
  const marks = useMachine((s) => s.marks);
  const length = run?.length ?? 0;
  return (
    <div className="timeline">
      <div className="timeline__line">
        {run && <Marks marks={marks} />}
        <input
          type="range"
          className="timeline__slider"
          data-testid="timeline"
          aria-label={words.timeline}
          aria-valuemin={0}
          aria-valuemax={length}
          aria-valuenow={position}
          aria-valuetext={words.at(position, length)}
          min={0}
          max={length}
          step={1}
          value={position}
          disabled={!run}
          onChange={(event) => void moveTo(Number(event.currentTarget.value))}
        />
      </div>
      {run && <GoTo key={`${run.run} ${position}`} position={position} length={length} />}
    </div>
  );
}

/** Drawn again for another run, not for another step. */
const Marks = memo(({ marks }: { readonly marks: Uint8Array }) => (
  <div className="timeline__marks" aria-hidden="true">
    {Array.from(marks, (bits, i) => {
      const kind = KINDS.find(([, bit]) => (bits & bit) !== 0)?.[0];
      const left = `${(100 * (i + 0.5)) / marks.length}%`;
      return [
        // biome-ignore-start lint/suspicious/noArrayIndexKey: a mark is its place
        kind && <span key={i} className="timeline__mark" data-kind={kind} style={{ left }} />,
        (bits & MARK.breakpoint) !== 0 && (
          <span key={`stop ${i}`} className="timeline__mark" data-kind="breakpoint" style={{ left }} />
        ),
        // biome-ignore-end lint/suspicious/noArrayIndexKey: end
      ];
    })}
  </div>
));

/** The current step, as a field into which another step can be typed. */
function GoTo({ position, length }: { readonly position: number; readonly length: number }) {
  const words = useMachineTexts();
  const [typed, setTyped] = useState<string | null>(null);
  const go = (): void => {
    const step = Number(typed?.replace(/[\s,_]/g, ""));
    setTyped(null);
    if (typed?.trim() && Number.isFinite(step)) void moveTo(step);
  };
  return (
    <form
      className="timeline__at"
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <input
        className="timeline__step"
        inputMode="numeric"
        aria-label={words.goTo}
        title={words.goTo}
        style={{ width: `${Math.max(2, String(length).length + 1)}ch` }}
        value={typed ?? String(position)}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={go}
      />
      <span>{words.of(length)}</span>
    </form>
  );
}
