// The recorded run: where it stands, the registers with what changed, the stack where it is used.
import { ChevronFirst, ChevronLast, StepBack, StepForward } from "lucide-react";
import { lazy, Suspense, type TouchEvent, useRef } from "react";
import type { RunView, StepView } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import { progTypeView } from "../../stores/kernel.ts";
import { moveBy, moveTo, moveToEnd, runUnverified, useMachine } from "../../stores/machine.ts";
import { useProgram } from "../../stores/program.ts";
import { BASES, useSettings } from "../../stores/settings.ts";
import { useVerdict } from "../../stores/verdict.ts";
import { PaneTools } from "../../ui/PaneTools.tsx";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";
import { Segments } from "../../ui/Segments.tsx";
import { formatValue } from "./numbers.ts";
import { Registers } from "./Registers.tsx";
import { Stack } from "./Stack.tsx";
import { Timeline } from "./Timeline.tsx";

const Speed = lazy(() => import("./Speed.tsx"));

export function MachinePane() {
  const text = useText();
  const { run, view, position, origin, input, firstSet } = useMachine();
  const swipe = useSwipe((steps) => void moveBy(steps));
  return (
    <section className="pane machine-pane" aria-label={text.panes.machine} {...swipe}>
      <header className="pane__head">
        <h2 className="pane__title">{text.panes.machine}</h2>
        {run && (
          <span className="hint machine-pane__origin">
            {text.machine.origin[origin](input.length > 24 ? `${input.slice(0, 20)}…` : input)}
          </span>
        )}
        <span className="spacer" />
        <BaseSwitch />
        <PaneTools pane="machine" />
      </header>
      <div className="machine-pane__controls">
        <Controls run={run} position={position} />
        <Timeline run={run} position={position} />
      </div>
      <Now run={run} view={view} />
      <ScrollRegion className="pane__body machine-pane__body" aria-label={text.machine.registers}>
        <Registers view={view} firstSet={firstSet} />
        {run && <Stack view={view} />}
        {run && <Legend />}
        {run && (
          <Suspense>
            <Speed />
          </Suspense>
        )}
      </ScrollRegion>
      <Announcer run={run} view={view} />
    </section>
  );
}

/** A finger to the left steps on, to the right steps back. The slider keeps its own drags. */
function useSwipe(move: (steps: number) => void) {
  const start = useRef<{ readonly x: number; readonly y: number } | null>(null);
  return {
    onTouchStart: (event: TouchEvent): void => {
      const touch = event.touches[0];
      const onSlider = event.target instanceof HTMLInputElement;
      start.current = touch && event.touches.length === 1 && !onSlider ? { x: touch.clientX, y: touch.clientY } : null;
    },
    onTouchEnd: (event: TouchEvent): void => {
      const touch = event.changedTouches[0];
      if (!start.current || !touch) return;
      const x = touch.clientX - start.current.x;
      const y = touch.clientY - start.current.y;
      if (Math.abs(x) > 50 && Math.abs(y) < 40) move(x < 0 ? 1 : -1);
    },
  };
}

function Controls({ run, position }: { readonly run: RunView | null; readonly position: number }) {
  const text = useText();
  const atStart = run !== null && position === 0;
  const atEnd = run !== null && position === run.length;
  const button = (id: string, label: string, keys: string, Icon: typeof StepBack, off: boolean, act: () => void) => (
    <button
      type="button"
      className="button button--icon"
      data-testid={id}
      aria-label={label}
      title={keys ? `${label} (${keys})` : label}
      aria-disabled={off}
      onClick={act}
    >
      <Icon size={15} aria-hidden="true" />
    </button>
  );
  return (
    <fieldset className="controls">
      <legend className="visually-hidden">{text.machine.timeline}</legend>
      {button("reset", text.machine.reset, "", ChevronFirst, atStart, () => void moveTo(0))}
      {button("step-back", text.machine.stepBack, "Alt+F10", StepBack, atStart, () => void moveBy(-1))}
      {button("step", text.machine.step, "F10", StepForward, atEnd, () => void moveBy(1))}
      {button("run-to-end", text.machine.runToEnd, "", ChevronLast, atEnd, () => void moveToEnd())}
    </fieldset>
  );
}

/** The instruction about to run, large; after the end, what came of it. */
function Now({ run, view }: { readonly run: RunView | null; readonly view: StepView | null }) {
  const text = useText();
  const base = useSettings((s) => s.base);
  if (!run || !view)
    return (
      <div className="now now--empty" data-testid="current-insn" data-index="">
        <Empty />
      </div>
    );
  const { end } = run;
  const atEnd = view.step === run.length;
  const insn = run.slots.find((s) => s.slot === view.slot)?.text ?? "";
  const over = atEnd && end.kind === "exit";
  return (
    <div
      className="now"
      data-testid="current-insn"
      data-index={view.slot >= 0 ? view.slot : ""}
      data-end={atEnd ? end.kind : undefined}
    >
      {!over && (
        <>
          <span className="now__label">{text.machine.next}</span>
          <code className="now__slot">{view.slot}</code>
          <code className="now__insn">{insn}</code>
        </>
      )}
      {over && (
        <>
          <span className="now__label">{text.machine.ended}</span>
          <code className="now__insn">{text.machine.returned(formatValue(end.r0, base))}</code>
        </>
      )}
      {atEnd && end.kind === "fault" && (
        <strong className="now__fault">{`${text.machine.fault}: ${end.message}`}</strong>
      )}
      {atEnd && end.kind === "budget" && <strong className="now__fault">{text.machine.budget(end.steps)}</strong>}
    </div>
  );
}

function Legend() {
  const { legend } = useText().machine;
  return (
    <p className="legend" aria-hidden="true">
      <span>
        <span className="mark mark--written" /> {legend.written}
      </span>
      <span>
        <span className="mark mark--read" /> {legend.read}
      </span>
      <span>
        <span className="mark mark--unknown" /> {legend.unknown}
      </span>
    </p>
  );
}

function BaseSwitch() {
  const text = useText();
  const base = useSettings((s) => s.base);
  const set = useSettings((s) => s.set);
  return (
    <Segments
      label={text.machine.baseLabel}
      name="base"
      choices={BASES}
      chosen={base}
      words={text.machine.base}
      onChoose={(one) => set({ base: one })}
    />
  );
}

function Empty() {
  const text = useText();
  const check = useVerdict((s) => s.check);
  const progType = useProgram((s) => s.progType);
  if (!check) return <p className="empty">{text.machine.empty.waiting}</p>;
  if (check.verdict === "error") return <p className="empty">{text.machine.empty.error}</p>;
  if (progTypeView(progType)?.event === "none") return <p className="empty">{text.machine.empty.none}</p>;
  if (check.verdict === "reject")
    return (
      <div className="empty">
        <p>{text.machine.empty.reject}</p>
        <button type="button" className="button" onClick={() => void runUnverified()}>
          {text.machine.runAnyway}
        </button>
      </div>
    );
  return <p className="empty">{text.machine.empty.input}</p>;
}

/** Tells each step to who does not see it. */
function Announcer({ run, view }: { readonly run: RunView | null; readonly view: StepView | null }) {
  const text = useText();
  const next = run?.slots.find((s) => s.slot === view?.slot)?.text ?? "";
  return (
    <p className="visually-hidden" role="status" aria-live="polite">
      {run && view ? text.machine.announce(view.step, run.length, next, view.caption) : ""}
    </p>
  );
}
