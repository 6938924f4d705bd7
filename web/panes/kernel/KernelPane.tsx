// The simulated kernel from the outside: load, attach, echo, cat, and every system call with its answer.
import { ArrowLeft, Check, Puzzle } from "lucide-react";
import { lazy, type ReactNode, useEffect, useRef } from "react";
import type { SyscallView } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import { attach, detach, isLoaded, load, progTypeView, useKernel } from "../../stores/kernel/kernel.ts";
import { useWhichKernel } from "../../stores/kernel/which-kernel.ts";
import { EXTEND_VIEWS, showLarge, useLayout, useView } from "../../stores/page/layout.ts";
import { useProgram } from "../../stores/program/program.ts";
import { LazyPart } from "../../ui/LazyPart.tsx";
import { PaneTools } from "../../ui/PaneTools.tsx";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";
import { HookFile, TestRun } from "./Commands.tsx";

const Extend = lazy(() => import("./Extend.tsx"));
const CauseText = lazy(() => import("../../ui/CauseText.tsx"));
const Shell = lazy(() => import("./Shell.tsx"));
const KernelSwitch = lazy(() => import("../../linux/KernelSwitch.tsx"));
const RealKernel = lazy(() => import("../../linux/RealKernel.tsx"));

/** The first is the pane without the panel that extends the kernel. */
const VIEWS = ["run", ...EXTEND_VIEWS] as const;

export function KernelPane({ phone = false }: { readonly phone?: boolean }) {
  const view = useView("kernel", VIEWS);
  const { which, release } = useWhichKernel();
  const text = useText();
  const hello = useKernel((s) => s.hello);
  const progType = useProgram((s) => s.progType);
  const extend = view !== "run" && (
    <LazyPart>
      <Extend view={view} />
    </LazyPart>
  );
  const event = hello ? (progTypeView(progType)?.event ?? "none") : "sysfs";
  // If the pane has the whole space, the panel is beside the buttons that call the kernel.
  const large = useLayout((s) => s.maximised === "kernel") && extend !== false && !phone;
  const steps = (
    <>
      {which === "real" && (
        <LazyPart>
          <RealKernel />
        </LazyPart>
      )}
      <ProgramSteps />
    </>
  );
  const hook = event === "sysfs" ? <HookFile /> : event !== "none" && <TestRun />;
  const after = (
    <>
      <Maps />
      <Syscalls />
      <TracePipe />
      <LazyPart>{which === "simulated" && <Shell />}</LazyPart>
    </>
  );
  const open = view !== "run";
  return (
    <section className="pane kernel-pane" aria-label={text.panes.kernel} data-large={large || undefined}>
      <header className="pane__head">
        <h2 className="pane__title">{text.panes.kernel}</h2>
        <LazyPart>
          <KernelSwitch />
        </LazyPart>
        {hello && <span className="hint kernel-pane__release">Linux {release || hello.release}</span>}
        <span className="spacer" />
        <button
          type="button"
          className="button button--quiet"
          aria-expanded={open}
          onClick={() => showLarge("kernel", open ? "run" : "steps", !open && !phone)}
        >
          {large ? (
            <ArrowLeft size={15} aria-hidden="true" />
          ) : (
            <Puzzle className="kernel-pane__puzzle" size={15} aria-hidden="true" />
          )}
          {large ? text.extend.back : text.extend.open}
        </button>
        <PaneTools pane="kernel" />
      </header>
      {large ? (
        <div className="kernel-pane__wide">
          <div className="kernel-pane__extend">{extend}</div>
          <div className="pane__body kernel-pane__body">
            {steps}
            {hook}
            {after}
          </div>
        </div>
      ) : (
        <div className="pane__body kernel-pane__body">
          {/* Load stays in sight. The map is below the buttons that light up its parts. */}
          {steps}
          {view !== "parts" && extend}
          {hook}
          {view === "parts" && extend}
          {after}
        </div>
      )}
    </section>
  );
}

function ProgramSteps() {
  const text = useText();
  const { fd, kernel } = useKernel();
  const which = useWhichKernel((s) => s.which);
  useProgram((s) => s.revision); // isLoaded() depends on it
  const attached = kernel?.attachments.some((a) => a.progId !== 0) ?? false;
  const loaded = fd >= 0;
  // Attach gives the program to the module of the kernel's own type. Another type attaches elsewhere, or cannot attach here.
  const progType = useProgram((s) => s.progType);
  const own = kernel?.own.name ?? progType;
  const elsewhere = which === "simulated" && progType !== own;
  const constant = progTypeView(own)?.constant ?? own;
  const button = (
    id: string,
    label: string,
    call: string,
    act: () => void,
    done: boolean,
    state: ReactNode,
    off = false,
  ) => (
    <div className="kstep" data-done={done || undefined}>
      <button type="button" className="button" data-testid={id} title={call} disabled={off} onClick={act}>
        {done && <Check size={14} aria-hidden="true" />}
        {label}
      </button>
      <span className="kstep__state">{state}</span>
    </div>
  );
  return (
    <div className="ksteps">
      {button(
        "load",
        text.kernel.load,
        text.kernel.loadTitle,
        () => void load(),
        loaded,
        loaded ? <code>{text.kernel.loadedAs(fd)}</code> : text.kernel.notLoaded,
      )}
      <span className="ksteps__arrow" aria-hidden="true" />
      {button(
        "attach",
        text.kernel.attach,
        text.kernel.attachTitle,
        () => void attach(),
        attached,
        attached ? text.kernel.attached : text.kernel.notAttached,
        elsewhere,
      )}
      <span className="spacer" />
      <button
        type="button"
        className="button"
        data-testid="detach"
        title={text.kernel.detachTitle}
        onClick={() => void detach()}
      >
        {text.kernel.detach}
      </button>
      {loaded && !isLoaded() && (
        <p className="ksteps__note">
          {text.kernel.edited}{" "}
          <button type="button" className="link" data-testid="reload" onClick={() => void load()}>
            {text.kernel.reload}
          </button>
        </p>
      )}
      {elsewhere && <p className="ksteps__note">{text.kernel.attachesElsewhere(constant)}</p>}
    </div>
  );
}

/** The maps of the running kernel, with their contents. */
function Maps() {
  const text = useText();
  const maps = useKernel((s) => s.kernel?.maps);
  if (!maps || maps.length === 0) return null;
  return (
    <div className="maps">
      <h3 className="machine-pane__part">{text.kernel.maps}</h3>
      {maps.map((map) => (
        <table key={map.id} className="map" lang="en">
          <caption>
            <code>{map.name}</code> {map.type}, {map.keySize} → {map.valueSize}, {map.maxEntries}
          </caption>
          <tbody>
            {map.entries.map(({ key, values }) => (
              <tr key={key}>
                <th scope="row">
                  <code>{key}</code>
                </th>
                <td>
                  <code>{values.join(" ")}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </div>
  );
}

function Syscalls() {
  const text = useText();
  const calls = useKernel((s) => s.calls);
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    if (calls.length > 0 && list.current) toWholeLine(list.current);
  }, [calls]);
  return (
    <div className="syscalls">
      <h3 className="machine-pane__part">{text.kernel.calls}</h3>
      <ScrollRegion ref={list} className="syscalls__list" data-testid="syscall-log" aria-label={text.kernel.calls}>
        <ol aria-live="polite">
          {calls.length === 0 && <li className="hint syscalls__empty">{text.kernel.callsEmpty}</li>}
          {calls.map((call) => (
            <Syscall key={call.seq} call={call} />
          ))}
        </ol>
      </ScrollRegion>
    </div>
  );
}

/** Scrolls to the end so that the top line is whole. */
function toWholeLine(list: HTMLElement): void {
  const line = Number.parseFloat(getComputedStyle(list).lineHeight);
  const end = list.scrollHeight - list.clientHeight - line;
  list.scrollTo({ top: Math.ceil(end / line) * line });
}

/** strace's line with its result set apart, because the result is what a reader looks for. */
function Syscall({ call }: { readonly call: SyscallView }) {
  const { text, resultAt } = call;
  return (
    <li className="syscall" data-failed={call.errno !== 0 || undefined}>
      <code lang="en">
        {text.slice(0, resultAt)}
        <span className="syscall__answer">{text.slice(resultAt)}</span>
      </code>
      {call.cause && call.cause.check !== "verifier" && (
        <LazyPart>
          <CauseText cause={call.cause} />
        </LazyPart>
      )}
    </li>
  );
}

function TracePipe() {
  const text = useText();
  const lines = useKernel((s) => s.kernel?.tracePipe);
  if (!lines || lines.length === 0) return null;
  return (
    <div className="syscalls">
      <h3 className="machine-pane__part">{text.kernel.trace}</h3>
      <ScrollRegion className="trace" aria-label={text.kernel.trace} lang="en">
        <pre>{lines.join("\n")}</pre>
      </ScrollRegion>
    </div>
  );
}
