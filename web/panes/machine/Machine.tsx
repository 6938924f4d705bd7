// The recorded run: the current step, and one view of the machine at that step.
import { lazy, type TouchEvent, useRef } from "react";
import type { CheckView } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import { useMachineTexts } from "../../i18n/machine.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { progTypeView, useKernel } from "../../stores/kernel/kernel.ts";
import { useWhichKernel } from "../../stores/kernel/which-kernel.ts";
import { showView, useView } from "../../stores/page/layout.ts";
import { NUMBER_BASES, type NumberBase, useSettings } from "../../stores/page/settings.ts";
import { useProgram } from "../../stores/program/program.ts";
import { moveBy, useMachine } from "../../stores/run/machine.ts";
import { LazyPart } from "../../ui/LazyPart.tsx";
import { PaneTools } from "../../ui/PaneTools.tsx";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";
import { Segments } from "../../ui/Segments.tsx";
import "./machine.css";
import "./values.css";
import "./touch.css";
import { Announcer } from "./Announcer.tsx";
import { Controls } from "./Controls.tsx";
import { CurrentInsn } from "./CurrentInsn.tsx";
import { Frames } from "./Frames.tsx";
import { Memory } from "./Memory.tsx";
import { Motion } from "./Motion.tsx";
import { Registers } from "./Registers.tsx";
import { Settings } from "./Settings.tsx";
import { Stops } from "./Stops.tsx";
import { Timeline } from "./Timeline.tsx";
import { useValueMenu } from "./value-menu.ts";

const ValueMenu = lazy(() => import("./ValueMenu.tsx"));
const Program = lazy(() => import("./Program.tsx"));
const Maps = lazy(() => import("./Maps.tsx"));
const Packet = lazy(() => import("./Packet.tsx"));
const Output = lazy(() => import("./Output.tsx"));
const Speed = lazy(() => import("./Speed.tsx"));

type View = "registers" | "maps" | "packet" | "event" | "output" | "speed";

export default function Machine({ phone = false }: { readonly phone?: boolean }) {
  const text = useText();
  const words = useMachineTexts();
  const run = useMachine((s) => s.run);
  const views = useViews();
  const view = useView("machine", views);
  const menu = useValueMenu((s) => s.open);
  const swipe = useSwipe((steps) => void moveBy(steps));
  return (
    <section className="pane machine-pane" aria-label={text.panes.machine} {...swipe}>
      <header className="pane__head">
        <h2 className="pane__title">{text.panes.machine}</h2>
        <Segments
          label={words.views}
          name="machine-view"
          choices={views}
          chosen={view}
          words={words.view}
          onChoose={(one) => showView("machine", one)}
        />
        <span className="spacer" />
        <BaseSwitch />
        <PaneTools pane="machine" />
      </header>
      {phone && (
        <LazyPart>
          <Program />
        </LazyPart>
      )}
      <Simulated />
      <div className="machine-pane__controls">
        <Controls />
        <Timeline />
      </div>
      <CurrentInsn />
      <Stops />
      <ScrollRegion key={view} className="pane__body machine-pane__body" data-view={view} aria-label={words.view[view]}>
        <LazyPart>
          {view === "registers" && (
            <>
              <Registers />
              {run && <Frames />}
              {run && <Memory />}
              {run && <Legend />}
              {run && <Settings />}
            </>
          )}
          {view === "maps" && <Maps />}
          {(view === "packet" || view === "event") && <Packet />}
          {view === "output" && <Output />}
          {view === "speed" && <Speed />}
        </LazyPart>
      </ScrollRegion>
      {menu && (
        <LazyPart>
          <ValueMenu key={menu.value.name} open={menu} />
        </LazyPart>
      )}
      <Motion />
      <Announcer />
    </section>
  );
}

/** The views that this program and its type have. */
function useViews(): readonly View[] {
  const hasMaps = useVerdict((s) => (s.check?.maps.length ?? 0) > 0);
  const sendsOutput = useVerdict((s) => sends(s.check));
  const progType = useProgram((s) => s.progType);
  const known = useKernel((s) => s.hello !== null);
  const kernelMaps = useKernel((s) => (s.kernel?.maps.length ?? 0) > 0);
  const printed = useMachine((s) => (s.run?.trace.length ?? 0) > 0);
  const event = known ? progTypeView(progType)?.event : undefined;
  const has: Readonly<Record<View, boolean>> = {
    registers: true,
    maps: kernelMaps || hasMaps,
    packet: event === "packet",
    event: event === "ctx",
    output: printed || sendsOutput,
    speed: event !== "none",
  };
  return ORDER.filter((view) => has[view]);
}
const ORDER: readonly View[] = ["registers", "maps", "packet", "event", "output", "speed"];

const sends = (check: CheckView | null): boolean => check?.slots.some(({ sends }) => sends) ?? false;

/** A swipe to the left steps on, to the right steps back. Sliders and elements that scroll sideways keep their own drags. */
function useSwipe(move: (steps: number) => void) {
  const start = useRef<{ readonly x: number; readonly y: number } | null>(null);
  return {
    onTouchStart: (event: TouchEvent): void => {
      const touch = event.touches[0];
      const { target } = event;
      const keeps = target instanceof Element && target.closest("input, select, textarea, [data-sideways]") !== null;
      start.current = touch && event.touches.length === 1 && !keeps ? { x: touch.clientX, y: touch.clientY } : null;
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

/** While the kernel's pane shows a real kernel, the run here is still the simulation's. */
function Simulated() {
  const { simulated } = useMachineTexts();
  const real = useWhichKernel((s) => s.which === "real");
  return real && <p className="hint machine-pane__simulated">{simulated}</p>;
}

function Legend() {
  const { legend } = useMachineTexts();
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
  const words = useMachineTexts();
  const base = useSettings((s) => s.base);
  const set = useSettings((s) => s.set);
  return (
    <select
      className="select select--small"
      aria-label={words.baseLabel}
      title={words.baseLabel}
      value={base}
      onChange={(event) => set({ base: event.currentTarget.value as NumberBase })}
    >
      {NUMBER_BASES.map((one) => (
        <option key={one} value={one}>
          {words.base[one]}
        </option>
      ))}
    </select>
  );
}
