// Steps, play, and on to the end or the next stop. Rarer ways and the speed of play are in a menu that loads at its first press. The
// buttons never change their places: a breakpoint changes the name of the last one only.
import { ChevronDown, ChevronFirst, ChevronLast, Pause, Play, StepBack, StepForward } from "lucide-react";
import { lazy, useState } from "react";
import { keyCaps } from "../../app/combination.ts";
import { useMachineTexts } from "../../i18n/machine.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { useBreakpoints } from "../../stores/run/breakpoints.ts";
import { moveBy, moveTo, useMachine } from "../../stores/run/machine.ts";
import { pause, togglePlay, usePlay } from "../../stores/run/play.ts";
import { goOn } from "../../stores/run/travel.ts";
import { LazyPart } from "../../ui/LazyPart.tsx";

const StepMenu = lazy(() => import("./StepMenu.tsx"));

export function Controls() {
  const words = useMachineTexts();
  const atStart = useMachine((s) => s.run !== null && s.position === 0);
  const atEnd = useMachine((s) => s.run !== null && s.position === s.run.length);
  // Without a run there is nothing to step through. The pane says why below.
  const none = useMachine((s) => s.run === null);
  const refused = useVerdict((s) => s.check !== null && s.check.verdict !== "accept");
  const why = none && refused ? words.noRun : "";
  const stops = useBreakpoints((s) => s.breakpoints.length + s.watches.length > 0);
  const playing = usePlay((s) => s.playing);
  const button = (id: string, label: string, keys: string, Icon: typeof StepBack, atEdge: boolean, act: () => void) => {
    const off = atEdge || why !== "";
    return (
      <button
        type="button"
        className="button button--icon"
        data-testid={id}
        aria-label={label}
        title={why || (keys ? `${label} (${keyCaps(keys).join("+")})` : label)}
        aria-disabled={off}
        onClick={
          off
            ? undefined
            : () => {
                if (id !== "play") pause();
                act();
              }
        }
      >
        <Icon size={15} aria-hidden="true" />
      </button>
    );
  };
  return (
    <fieldset className="controls">
      <legend className="visually-hidden">{words.timeline}</legend>
      {button("reset", words.reset, "", ChevronFirst, atStart, () => void moveTo(0))}
      {button("step-back", words.stepBack, "A-F10", StepBack, atStart, () => void moveBy(-1))}
      {button(
        "play",
        playing ? words.play.pause : words.play.play,
        "C-F8",
        playing ? Pause : Play,
        false,
        () => void togglePlay(),
      )}
      {button("step", words.step, "F10", StepForward, atEnd, () => void moveBy(1))}
      {button("run-to-end", stops ? words.stops.on : words.runToEnd, "C-F9", ChevronLast, atEnd, () => void goOn())}
      <More />
    </fieldset>
  );
}

/** The menu's contents load at the first press. */
function More() {
  const words = useMachineTexts();
  const [asked, ask] = useState(false);
  const button = (
    <button
      type="button"
      className="button button--quiet button--icon"
      aria-label={words.play.more}
      title={words.play.more}
      aria-haspopup="dialog"
      aria-expanded={false}
      onClick={() => ask(true)}
    >
      <ChevronDown size={15} aria-hidden="true" />
    </button>
  );
  return asked ? (
    <LazyPart fallback={button}>
      <StepMenu />
    </LazyPart>
  ) : (
    button
  );
}
