// How long a run takes: interpreted, compiled with the loop inside, and compiled but entered from JavaScript each time. After how many runs
// compiling pays off, in words and as a chart. Also the WebAssembly text.
import { useState } from "react";
import type { EngineSpeedView, SpeedView } from "../../../engine/index.ts";
import { useMachineTexts } from "../../i18n/machine.ts";
import { useProgram } from "../../stores/program/program.ts";
import { useMachine } from "../../stores/run/machine.ts";
import { type MeasuredSpeed, measureSpeed } from "../../stores/run/speed.ts";
import { breakEven, decades, ticks } from "./break-even.ts";
import "./speed.css";

export default function Speed() {
  const { speed: text } = useMachineTexts();
  const revision = useProgram((s) => s.revision);
  const run = useMachine((s) => s.run);
  const [found, setFound] = useState<MeasuredSpeed | null>(null);
  const [busy, setBusy] = useState(false);
  const view = found?.revision === revision ? found.view : null;
  const measure = async (): Promise<void> => {
    setBusy(true);
    const measured = await measureSpeed();
    if (measured) setFound(measured);
    setBusy(false);
  };
  return (
    <section className="speed">
      <div className="speed__head">
        <h3 className="machine-pane__part">{text.title}</h3>
        <span className="spacer" />
        <button type="button" className="button" disabled={busy || !run} onClick={() => void measure()}>
          {busy ? text.running : text.measure}
        </button>
      </div>
      <p className="hint">{text.about}</p>
      {view && <Measured view={view} />}
    </section>
  );
}

const ENGINES = ["interp", "inside", "entered"] as const;
type Engine = (typeof ENGINES)[number];
type Measure = { readonly way: Engine; readonly speed: EngineSpeedView };

function Measured({ view }: { readonly view: SpeedView }) {
  const { speed: text } = useMachineTexts();
  const ways = ENGINES.flatMap((way): Measure[] => (view[way] ? [{ way, speed: view[way] }] : []));
  const fault = ways.find(({ speed }) => speed.fault !== "")?.speed.fault;
  return (
    <>
      {fault ? <p role="alert">{text.stopped(fault)}</p> : <Figures view={view} ways={ways} />}
      <p className="hint">{text.compiled(view.compileMs, view.wasmBytes)}</p>
      <details className="speed__code">
        <summary>{text.code}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and without a stop the keyboard could not */}
        <pre lang="en" tabIndex={0}>
          {view.wasmText}
        </pre>
      </details>
    </>
  );
}

function Figures({ view, ways }: { readonly view: SpeedView; readonly ways: readonly Measure[] }) {
  const { speed: text } = useMachineTexts();
  const { interp, inside, entered, crossingNs, compileMs } = view;
  const pays = (compiled: EngineSpeedView): number =>
    breakEven({ interp: interp.nsPerRun, compiled: compiled.nsPerRun, compiling: compileMs * 1e6 });
  return (
    <>
      <Bars ways={ways} />
      {inside ? <p>{text.pays.inside(pays(inside), pays(inside) * inside.insns)}</p> : <p>{text.notInside}</p>}
      <p>{text.crossing(crossingNs, interp.nsPerRun)}</p>
      <p>{text.pays.entered(pays(entered), pays(entered) * entered.insns)}</p>
      <Pays
        ways={ways}
        compiling={compileMs * 1e6}
        pays={{ inside: inside ? pays(inside) : 0, entered: pays(entered) }}
      />
    </>
  );
}

/** Nanoseconds of one run. */
function Bars({ ways }: { readonly ways: readonly Measure[] }) {
  const { speed: text } = useMachineTexts();
  const axis = ticks(Math.max(...ways.map(({ speed }) => speed.nsPerRun)));
  const end = axis.at(-1) as number;
  const share = (ns: number): string => `${(100 * ns) / end}%`;
  return (
    <table className="speed__ways">
      <caption className="visually-hidden">{text.perRun}</caption>
      <tbody>
        {ways.map(({ way, speed }) => (
          <tr key={way}>
            <th scope="row">{text.way[way]}</th>
            <td aria-hidden="true">
              <span className="speed__bar" data-way={way} style={{ width: share(speed.nsPerRun) }} />
            </td>
            <td className="speed__number">{text.time(speed.nsPerRun)}</td>
          </tr>
        ))}
        <tr>
          <th>{text.perRun}</th>
          <td>
            <span className="speed__axis">
              {axis.map((ns) => (
                <span key={ns} style={{ left: share(ns) }}>
                  {text.number(ns)}
                </span>
              ))}
            </span>
          </td>
          <td />
        </tr>
      </tbody>
    </table>
  );
}

interface PaysProps {
  readonly ways: readonly Measure[];
  /** Nanoseconds. */
  readonly compiling: number;
  /** The number of runs after which each way has paid off. */
  readonly pays: Readonly<Record<"inside" | "entered", number>>;
}

/** The number of runs at which the chart ends: at least and at most. */
const LEAST = 1e5;
const MOST = 1e9;
const POINTS = 48;

/** Time of a number of runs, including compiling: compiling has paid off where the lines cross. Both axes are logarithmic. */
function Pays({ ways, compiling, pays }: PaysProps) {
  const { speed: text } = useMachineTexts();
  const crossings = [pays.inside, pays.entered].filter((runs) => runs > 0 && runs <= MOST / 10);
  const xs = decades(1, Math.min(MOST, Math.max(LEAST, ...crossings.map((runs) => runs * 10))));
  const last = xs.at(-1) as number;
  const total = ({ way, speed }: Measure, runs: number): number =>
    runs * speed.nsPerRun + (way === "interp" ? 0 : compiling);
  const ys = decades(Math.min(...ways.map((one) => total(one, 1))), Math.max(...ways.map((one) => total(one, last))));
  const x = (runs: number): number => (100 * Math.log10(runs)) / Math.log10(last);
  const [low, high] = [Math.log10(ys[0] as number), Math.log10(ys.at(-1) as number)];
  const y = (ns: number): number => 100 - (100 * (Math.log10(ns) - low)) / (high - low);
  const line = (one: Measure): string =>
    Array.from({ length: POINTS + 1 }, (_, i) => last ** (i / POINTS))
      .map((runs, i) => `${i === 0 ? "M" : "L"}${x(runs).toFixed(2)} ${y(total(one, runs)).toFixed(2)}`)
      .join("");
  const labelled = <T,>(all: readonly T[]): readonly T[] => all.filter((_, i) => all.length < 8 || i % 2 === 0);
  return (
    <figure className="speed__figure">
      <figcaption>{text.totals}</figcaption>
      <div className="speed__plot" aria-hidden="true">
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {ys.map((ns) => (
            <path key={ns} d={`M0 ${y(ns)}H100`} />
          ))}
          {ways.map((one) => (
            <path key={one.way} data-way={one.way} d={line(one)} />
          ))}
        </svg>
        {labelled(ys).map((ns) => (
          <span key={ns} className="speed__y" style={{ top: `${y(ns)}%` }}>
            {text.time(ns)}
          </span>
        ))}
        {labelled(xs).map((runs) => (
          <span key={runs} className="speed__x" style={{ left: `${x(runs)}%` }}>
            {text.number(runs)}
          </span>
        ))}
        <span className="speed__unit">{text.runs}</span>
        {ways.map((one) => {
          const runs = one.way === "interp" ? 0 : pays[one.way];
          return runs >= 1 && runs <= last ? (
            <span
              key={one.way}
              className="speed__pays"
              data-way={one.way}
              style={{ left: `${x(runs)}%`, top: `${y(total(one, runs))}%` }}
            />
          ) : null;
        })}
      </div>
      <div className="speed__legend" aria-hidden="true">
        {ways.map(({ way }) => (
          <span key={way} data-way={way}>
            {text.way[way]}
          </span>
        ))}
      </div>
    </figure>
  );
}
