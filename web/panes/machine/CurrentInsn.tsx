// The instruction about to run, large. After the end: the result. Without a run: why there is none.
import type { FaultAccess, RunView } from "../../../engine/index.ts";
import { type MachineTexts, useMachineTexts } from "../../i18n/machine.ts";
import { revealSlot } from "../../stores/check/reveal.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { progTypeView } from "../../stores/kernel/kernel.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { useProgram } from "../../stores/program/program.ts";
import { runUnverified, useMachine } from "../../stores/run/machine.ts";
import { useTravel } from "../../stores/run/travel.ts";
import { useShownHarm } from "../../stores/run/witness.ts";
import { Prose } from "../../ui/Prose.tsx";
import { formatValue, resultInRegister, returnText } from "./format.ts";
import { useBase } from "./numbers.ts";

export function CurrentInsn() {
  const words = useMachineTexts();
  const run = useMachine((s) => s.run);
  const view = useMachine((s) => s.view);
  if (!run || !view)
    return (
      <div className="now now--empty" data-testid="current-insn" data-index="">
        <Empty />
      </div>
    );
  const { end } = run;
  const atEnd = view.step === run.length;
  const over = atEnd && end.kind === "exit";
  return (
    <div
      className="now"
      data-testid="current-insn"
      data-index={view.slot >= 0 ? view.slot : ""}
      data-end={atEnd ? end.kind : undefined}
    >
      {over ? (
        <>
          <span className="now__label">{words.ended}</span>
          <code className="now__insn">
            {words.returned(returnText(end))}
            <InRegister end={end} />
          </code>
        </>
      ) : (
        <>
          <span className="now__label">{words.next}</span>
          <button type="button" className="now__slot" onClick={() => revealSlot(view.slot)}>
            {view.slot}
          </button>
          <code className="now__insn">{view.text}</code>
        </>
      )}
      <Harm />
      {atEnd && end.kind === "fault" && <FaultText end={end} />}
      {atEnd && end.kind === "budget" && <strong className="now__fault">{words.budget(end.steps)}</strong>}
      <Travelled />
    </div>
  );
}

/** The result as R0 shows it, if the digits differ, so that both are seen to be one number. */
function InRegister({ end }: { readonly end: Extract<RunView["end"], { kind: "exit" }> }) {
  const shown = resultInRegister(end, useBase("R0"));
  return shown === "" ? null : <span className="now__same"> = {shown}</span>;
}

/** A wrong access in words. Other faults, and the title, use the engine's sentence. */
function FaultText({ end }: { readonly end: Extract<RunView["end"], { kind: "fault" }> }) {
  const words = useMachineTexts();
  const { access, message } = end;
  return (
    <p className="now__fault" title={message}>
      <strong>{words.fault}:</strong> {access ? <Access access={access} /> : message}
    </p>
  );
}

function Access({ access }: { readonly access: FaultAccess }) {
  const words = useMachineTexts();
  const { address, size, write, nearest } = access;
  const hex = (value: string): string => formatValue(value, "hex");
  return (
    <>
      {words.faultAccess(size, write, hex(address))}
      <br />
      {nearest
        ? `${words.nearest(nearest.name, hex(nearest.start), hex(nearest.end))} ${distance(access, words)}`
        : words.noMemory}
    </>
  );
}

/** How far the address is from the nearest memory. "": it begins inside. */
function distance({ address, nearest }: FaultAccess, words: MachineTexts): string {
  if (!nearest) return "";
  const [at, start, end] = [address, nearest.start, nearest.end].map((hex) => BigInt(`0x${hex}`)) as [
    bigint,
    bigint,
    bigint,
  ];
  if (at < 4096n) return words.nullPointer;
  return at < start ? words.before(start - at) : at >= end ? words.beyond(at - end) : "";
}

/** What happens next, in a run that was opened to show the harm. */
function Harm() {
  const language = useSettings((s) => s.language);
  const shown = useShownHarm();
  const here = useMachine((s) => s.run?.run === shown.run && s.position === shown.step);
  if (!here || !shown.words) return null;
  return (
    <p className="now__fault" data-testid="harm">
      <Prose text={shown.words[language]} />
    </p>
  );
}

/** The message about a way through the run, while the reader stays there: why it led nowhere, or where it stopped. */
function Travelled() {
  const words = useMachineTexts();
  const { nowhere, stopped } = useTravel();
  return (
    <span className="now__nowhere" role="status">
      {nowhere !== "" && words.stops.nowhere[nowhere]}
      {stopped && (stopped.line > 0 ? words.stops.atLine(stopped.line) : words.stops.atWatched(stopped.watched))}
    </span>
  );
}

function Empty() {
  const words = useMachineTexts();
  const check = useVerdict((s) => s.check);
  const progType = useProgram((s) => s.progType);
  const event = progTypeView(progType)?.event;
  const why = useMachine((s) => s.noRunReason);
  const language = useSettings((s) => s.language);
  if (!check) return <p className="empty">{words.empty.waiting}</p>;
  if (check.verdict === "error") return <p className="empty">{words.empty.error}</p>;
  if (event === "none") return <p className="empty">{words.empty.none}</p>;
  if (check.refusedCall) return <p className="empty">{words.empty.refusedCall}</p>;
  if (check.verdict === "reject")
    return (
      <div className="empty">
        <p>{words.empty.reject}</p>
        <button type="button" className="button" onClick={() => void runUnverified()}>
          {words.runAnyway}
        </button>
      </div>
    );
  return <p className="empty">{why ? <Prose text={why[language]} /> : words.empty.waiting}</p>;
}
