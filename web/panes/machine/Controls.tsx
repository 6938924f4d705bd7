// Steps, and ways to the stops where there are any.
import { ChevronFirst, ChevronLast, FastForward, Rewind, StepBack, StepForward } from "lucide-react";
import { useMachineTexts } from "../../i18n/machine.ts";
import { useBreakpoints } from "../../stores/breakpoints.ts";
import { moveBy, moveTo, moveToEnd, useMachine } from "../../stores/machine.ts";
import { goOn } from "../../stores/travel.ts";
import { useVerdict } from "../../stores/verdict.ts";

export function Controls() {
  const words = useMachineTexts();
  const atStart = useMachine((s) => s.run !== null && s.position === 0);
  const atEnd = useMachine((s) => s.run !== null && s.position === s.run.length);
  // Without a run there is nothing to step through; the pane says why below.
  const none = useMachine((s) => s.run === null);
  const refused = useVerdict((s) => s.check !== null && s.check.verdict !== "accept");
  const why = none && refused ? words.noRun : "";
  const stops = useBreakpoints((s) => s.points.length + s.watches.length > 0);
  const button = (id: string, label: string, keys: string, Icon: typeof StepBack, off: boolean, act: () => void) => (
    <button
      type="button"
      className="button button--icon"
      data-testid={id}
      aria-label={label}
      title={why || (keys ? `${label} (${keys})` : label)}
      aria-disabled={off || why !== ""}
      onClick={why === "" ? act : undefined}
    >
      <Icon size={15} aria-hidden="true" />
    </button>
  );
  return (
    <fieldset className="controls">
      <legend className="visually-hidden">{words.timeline}</legend>
      {button("reset", words.reset, "", ChevronFirst, atStart, () => void moveTo(0))}
      {stops && button("stop-back", words.stops.back, "Alt+F9", Rewind, atStart, () => void goOn(true))}
      {button("step-back", words.stepBack, "Alt+F10", StepBack, atStart, () => void moveBy(-1))}
      {button("step", words.step, "F10", StepForward, atEnd, () => void moveBy(1))}
      {stops && button("stop-on", words.stops.on, "Ctrl+F9", FastForward, atEnd, () => void goOn())}
      {button("run-to-end", words.runToEnd, "", ChevronLast, atEnd, () => void moveToEnd())}
    </fieldset>
  );
}
