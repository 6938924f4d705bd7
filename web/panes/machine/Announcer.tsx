// Tells each step to screen readers: what it did, and what comes next. Of quick steps only the last is told.
import { useEffect, useState } from "react";
import type { StepView } from "../../../engine/index.ts";
import { type MachineTexts, useMachineTexts } from "../../i18n/machine.ts";
import { useMachine } from "../../stores/run/machine.ts";
import { formatValue } from "./format.ts";

/** Milliseconds without a step before the last one is told. */
const PAUSE = 150;

export function Announcer() {
  const words = useMachineTexts();
  const run = useMachine((s) => s.run);
  const view = useMachine((s) => s.view);
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (!run || !view) return setSaid("");
    const timer = setTimeout(
      () => setSaid(words.announce(view.step, run.length, view.text, happened(view, words))),
      PAUSE,
    );
    return () => clearTimeout(timer);
  }, [run, view, words]);
  return (
    <p className="visually-hidden" role="status" aria-live="polite">
      {said}
    </p>
  );
}

function happened({ call, changed, memory, trace }: StepView, words: MachineTexts): string {
  return [
    ...(call ? [`bpf_${call.name}()`] : []),
    ...changed.map(({ reg, new: value }) => `R${reg} = ${formatValue(value, "hex")}`),
    ...memory.map(({ region, off, new: value }) => `${region}${off < 0 ? off : `+${off}`} = ${value}`),
    ...trace.map((line) => `${words.output.trace}: ${line}`),
  ].join(", ");
}
