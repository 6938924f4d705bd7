// What the run has printed or sent up to this step: lines of trace_pipe, records of ring buffers and perf events as bytes and text.
import { useEffect } from "react";
import type { OutputView } from "../../../engine/index.ts";
import { useMachineTexts } from "../../i18n/machine.ts";
import { moveTo, useMachine } from "../../stores/run/machine.ts";
import { followContents, useStepContents } from "../../stores/run/step-contents.ts";
import { textOf } from "./bytes.ts";
import "./output.css";

export default function Output() {
  const words = useMachineTexts();
  useEffect(() => followContents("outputs"), []);
  const position = useMachine((s) => s.position);
  const outputs = useStepContents((s) => s.outputs);
  const sent = outputs.filter(({ step }) => step <= position);
  const later = outputs.length - sent.length;
  return (
    <div className="output-view" data-testid="output">
      {sent.length === 0 && <p className="hint output__none">{words.output.none}</p>}
      {sent.length > 0 && (
        <ol className="output__list" lang="en">
          {sent.map((output, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they only ever grow at the end
            <Sent key={i} output={output} isNew={output.step === position} />
          ))}
        </ol>
      )}
      {later > 0 && (
        <p className="hint output__later">
          {words.output.later(later)}{" "}
          <button
            type="button"
            className="button button--small"
            onClick={() => void moveTo(outputs[sent.length]?.step ?? position)}
          >
            {words.output.goTo(outputs[sent.length]?.step ?? position)}
          </button>
        </p>
      )}
    </div>
  );
}

function Sent({ output, isNew }: { readonly output: OutputView; readonly isNew: boolean }) {
  const words = useMachineTexts();
  const { kind, map, text, hex, step } = output;
  return (
    <li className="output" data-written={isNew || undefined}>
      <button type="button" className="output__step" title={words.output.goTo(step)} onClick={() => void moveTo(step)}>
        {step}
      </button>
      <span className="output__mark">{isNew && <span className="mark mark--written" title={words.written} />}</span>
      {kind === "trace" ? (
        <Line text={text} said={output.textStart} />
      ) : (
        <span className="output__record">
          <span className="hint">
            {words.output.kind[kind]} {map}
          </span>
          <code>{(hex.match(/../g) ?? []).join(" ")}</code>
          <code className="output__text">{readable(hex)}</code>
        </span>
      )}
    </li>
  );
}

/** The program's own text is set apart from what the kernel writes before it: task, CPU, flags, time, function. */
function Line({ text, said }: { readonly text: string; readonly said: number }) {
  return (
    <span className="output__record">
      <span className="hint output__before">{text.slice(0, said).trim()}</span>
      <code className="output__line">{text.slice(said)}</code>
    </span>
  );
}

/** Each byte as a character, or a dot if it has none. */
const readable = (hex: string): string =>
  (hex.match(/../g) ?? []).map((byte) => (byte === "00" ? "." : textOf(byte) || ".")).join("");
