// The run as a line: drag, arrow keys, Home and End. Marks show calls, stores, branches and faults.
import { MARK, type RunView } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import { moveTo, useMachine } from "../../stores/machine.ts";

const KINDS = [
  ["fault", MARK.fault],
  ["call", MARK.call | MARK.helper],
  ["store", MARK.store],
  ["branch", MARK.branch],
  ["load", MARK.load],
] as const;

export function Timeline({ run, position }: { readonly run: RunView | null; readonly position: number }) {
  const text = useText();
  const marks = useMachine((s) => s.marks);
  const length = run?.length ?? 0;
  return (
    <div className="timeline">
      <div className="timeline__marks" aria-hidden="true">
        {run &&
          Array.from(marks, (bits, i) => {
            const kind = KINDS.find(([, bit]) => (bits & bit) !== 0)?.[0];
            return kind ? (
              <span
                // biome-ignore lint/suspicious/noArrayIndexKey: a mark is its place
                key={i}
                className="timeline__mark"
                data-kind={kind}
                style={{ left: `${(100 * (i + 0.5)) / marks.length}%` }}
              />
            ) : null;
          })}
      </div>
      <input
        type="range"
        className="timeline__slider"
        data-testid="timeline"
        aria-label={text.machine.timeline}
        aria-valuemin={0}
        aria-valuemax={length}
        aria-valuenow={position}
        aria-valuetext={text.machine.at(position, length)}
        min={0}
        max={length}
        step={1}
        value={position}
        disabled={!run}
        onChange={(event) => void moveTo(Number(event.currentTarget.value))}
      />
      <output className="timeline__at">{run ? text.machine.at(position, length) : ""}</output>
    </div>
  );
}
