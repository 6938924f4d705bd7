// Where the run stops: breakpoints and watched values, each breakpoint with its condition. Shown only if there are any.
import { Eye, X } from "lucide-react";
import { useState } from "react";
import { useMachineTexts } from "../../i18n/machine.ts";
import { revealSlot } from "../../stores/check/reveal.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { slotOfLine } from "../../stores/program/lines.ts";
import {
  type Breakpoint,
  setCondition,
  toggleBreakpoint,
  toggleWatch,
  useBreakpoints,
} from "../../stores/run/breakpoints.ts";

export function Stops() {
  const words = useMachineTexts();
  const points = useBreakpoints((s) => s.breakpoints);
  const watches = useBreakpoints((s) => s.watches);
  if (points.length + watches.length === 0) return null;
  return (
    <ul className="stops" aria-label={words.stops.title}>
      {points.map((point) => (
        <Point key={point.line} point={point} />
      ))}
      {watches.map((watch) => (
        <li key={watch.name} className="stop">
          <Eye size={14} aria-hidden="true" />
          <span>{words.stops.watching(watch.name)}</span>
          <Remove name={words.stops.watching(watch.name)} act={() => toggleWatch(watch)} />
        </li>
      ))}
    </ul>
  );
}

function Point({ point }: { readonly point: Breakpoint }) {
  const words = useMachineTexts();
  const { line, when, fault } = point;
  const slot = useVerdict((s) => slotOfLine(s.check, line));
  const [typed, setTyped] = useState(when);
  const name = words.stops.line(line);
  return (
    <li className="stop" data-idle={slot < 0 || undefined}>
      <span className="stop__dot" data-when={when !== "" || undefined} aria-hidden="true" />
      <button
        type="button"
        className="stop__line"
        title={slot < 0 ? words.stops.noInsn : undefined}
        onClick={() => revealSlot(slot)}
      >
        {name}
      </button>
      <label className="stop__when">
        <span className="hint">{words.stops.when}</span>
        <input
          className="field field--code"
          placeholder={words.stops.whenExample}
          aria-invalid={fault !== ""}
          value={typed}
          spellCheck={false}
          autoCapitalize="off"
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            void setCondition(line, event.currentTarget.value);
          }}
        />
      </label>
      <Remove name={name} act={() => toggleBreakpoint(line)} />
      {fault !== "" && (
        <p className="stop__fault" role="alert" lang="en">
          {fault}
        </p>
      )}
    </li>
  );
}

function Remove({ name, act }: { readonly name: string; readonly act: () => void }) {
  const words = useMachineTexts();
  return (
    <button
      type="button"
      className="button button--quiet button--small"
      aria-label={words.stops.remove(name)}
      title={words.stops.remove(name)}
      onClick={act}
    >
      <X size={13} aria-hidden="true" />
    </button>
  );
}
