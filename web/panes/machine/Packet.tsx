// The packet that runs a program: chosen, pasted or opened from a capture. Drawn as bytes with its headers at this step, with the result of
// the run. For contexts: the fields of a struct or of a tracepoint's record.
import { ClipboardPaste, FileUp } from "lucide-react";
import { type DragEvent, useEffect, useState } from "react";
import type { AccessView, LayerView, PacketAtView, RunView } from "../../../engine/index.ts";
import { useMachineTexts } from "../../i18n/machine.ts";
import { progTypeView } from "../../stores/kernel/kernel.ts";
import { useSettings } from "../../stores/page/settings.ts";
import {
  dissectInput,
  followInput,
  forgetFault,
  inputBytes,
  inputFromDump,
  loadPackets,
  openCapture,
  setInputBytes,
  useInputs,
} from "../../stores/program/inputs.ts";
import { useProgram } from "../../stores/program/program.ts";
import { useMachine } from "../../stores/run/machine.ts";
import { followContents, useStepContents } from "../../stores/run/step-contents.ts";
import { Sheet } from "../../ui/Sheet.tsx";
import { EventFields } from "./EventFields.tsx";
import { returnText } from "./format.ts";
import "./packet.css";

export default function Packet() {
  const progType = useProgram((s) => s.progType);
  return progTypeView(progType)?.event === "ctx" ? <EventFields progType={progType} /> : <PacketView />;
}

function PacketView() {
  const words = useMachineTexts();
  const [over, setOver] = useState(false);
  const fault = useInputs((s) => s.fault);
  useEffect(() => {
    void loadPackets();
    return followContents("packet");
  }, []);
  useEffect(followInput, []);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) void openCapture(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a place to drop a file; the button does the same
    <div
      className="packet-view"
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Choice />
      {fault !== "" && (
        <p className="packet__fault" role="alert" lang="en">
          {fault}
        </p>
      )}
      <Result />
      <Picture />
      <p className="hint packet__drop">{words.packet.drop}</p>
    </div>
  );
}

function Choice() {
  const words = useMachineTexts();
  const language = useSettings((s) => s.language);
  const given = useInputs(inputBytes);
  const packets = useInputs((s) => s.packets);
  const captured = useInputs((s) => s.captured);
  const [pasting, setPasting] = useState(false);
  const chosen = [...captured, ...packets].find(({ hex }) => hex === given)?.name ?? "";
  const choose = (name: string): void => {
    const packet = [...captured, ...packets].find((one) => one.name === name);
    if (packet) setInputBytes("packet", packet.hex);
  };
  return (
    <div className="packet__choice">
      <select
        className="select packet__select"
        data-testid="packet-choice"
        aria-label={words.packet.choose}
        value={chosen}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {chosen === "" && <option value="">{words.packet.own}</option>}
        {captured.length > 0 && (
          <optgroup label={words.packet.captured(captured.length)}>
            {captured.map((one) => (
              <option key={one.name} value={one.name}>
                {one.title[language]}, {words.packet.length(one.length)}
              </option>
            ))}
          </optgroup>
        )}
        {packets.map((one) => (
          <option key={one.name} value={one.name}>
            {one.title[language]}
          </option>
        ))}
      </select>
      <button type="button" className="button" onClick={() => setPasting(true)}>
        <ClipboardPaste size={14} aria-hidden="true" />
        {words.packet.paste}
      </button>
      <label className="button packet__file">
        <FileUp size={14} aria-hidden="true" />
        {words.packet.file}
        <input
          type="file"
          className="visually-hidden"
          accept=".pcap,.pcapng,.cap"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) void openCapture(file);
            event.currentTarget.value = "";
          }}
        />
      </label>
      {pasting && <Paste onClose={() => setPasting(false)} />}
    </div>
  );
}

function Paste({ onClose }: { readonly onClose: () => void }) {
  const words = useMachineTexts();
  const fault = useInputs((s) => s.fault);
  const [text, setText] = useState("");
  const close = (): void => {
    forgetFault();
    onClose();
  };
  return (
    <Sheet title={words.packet.pasteTitle} closeLabel={words.maps.cancel} onClose={close}>
      <form
        className="packet__paste"
        onSubmit={(event) => {
          event.preventDefault();
          void inputFromDump(text).then((taken) => taken && onClose());
        }}
      >
        <p className="hint">{words.packet.pasteAbout}</p>
        <textarea
          className="field field--code"
          aria-label={words.packet.bytes}
          rows={8}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {fault !== "" && (
          <p className="packet__fault" role="alert" lang="en">
            {fault}
          </p>
        )}
        <button type="submit" className="button button--main">
          {words.packet.take}
        </button>
      </form>
    </Sheet>
  );
}

/** The action with which the run ended, and how much of the packet it changed. */
function Result() {
  const words = useMachineTexts();
  const run = useMachine((s) => s.run);
  const given = useMachine((s) => s.inputBytes);
  if (run?.end.kind !== "exit") return null;
  const changed = differing(run, given);
  return (
    <p className="packet__result">
      <span className="hint">{words.packet.result}</span>{" "}
      <strong data-testid="packet-result">{returnText(run.end)}</strong>
      {changed >= 0 && (
        <span className="packet__changed" data-changed={changed > 0 || undefined}>
          {changed > 0 && <span className="mark mark--written" />}
          {changed > 0 ? words.packet.changed(changed) : words.packet.unchanged}
        </span>
      )}
    </p>
  );
}

/** How many bytes changed. -1: the packet before the run is not known. */
function differing({ out }: RunView, before: string): number {
  if (before === "" || out === "") return -1;
  // A socket filter's data begins after the link header.
  const came = before.length > out.length && before.endsWith(out) ? before.slice(-out.length) : before;
  let count = Math.abs(came.length - out.length) / 2;
  for (let i = 0; i < Math.min(came.length, out.length); i += 2)
    if (came.slice(i, i + 2) !== out.slice(i, i + 2)) count++;
  return count;
}

type Ranges = readonly { readonly from: number; readonly to: number }[];
const inside = (ranges: Ranges, at: number): boolean => ranges.some(({ from, to }) => at >= from && at < to);
const overlaps = (ranges: Ranges, at: number, size: number): boolean =>
  ranges.some(({ from, to }) => at < to && at + size > from);

function Picture() {
  const given = useInputs(inputBytes);
  const packet = useStepContents((s) => s.packet);
  const run = useMachine((s) => s.run);
  const access = useMachine((s) => s.view?.access ?? null);
  const stored = useMachine((s) => s.view?.stored ?? null);
  const layers = useInputs((s) => s.layers);
  useEffect(() => {
    if (!run) void dissectInput(given);
  }, [run, given]);
  if (!run || !packet) {
    return given === "" ? null : <Bytes bytes={given} layers={layers} packet={null} written={[]} read={[]} />;
  }
  const written = packet.changed.map(({ at, new: bytes }) => ({ from: at, to: at + bytes.length / 2 }));
  // A store marks all its bytes, also those that keep their value.
  if (stored?.region === "packet") written.push(placeOf(stored, packet));
  const read = access?.read && access.region === "packet" ? [placeOf(access, packet)] : [];
  return <Bytes bytes={packet.bytes} layers={packet.layers} packet={packet} written={written} read={read} />;
}

function placeOf({ address, size }: AccessView, packet: PacketAtView): Ranges[number] {
  const from = Number(BigInt(`0x${address}`) - BigInt(`0x${packet.address}`));
  return { from, to: from + size };
}

interface BytesProps {
  readonly bytes: string;
  readonly layers: readonly LayerView[];
  readonly packet: PacketAtView | null;
  readonly written: Ranges;
  readonly read: Ranges;
}

const WIDTH = 16;

function Bytes({ bytes, layers, packet, written, read }: BytesProps) {
  const words = useMachineTexts();
  /** Bytes of the field or header under the pointer. */
  const [shown, setShown] = useState<{ readonly at: number; readonly size: number } | null>(null);
  const all = bytes.match(/../g) ?? [];
  const marked = shown ? [{ from: shown.at, to: shown.at + shown.size }] : [];
  const edges = packet
    ? [
        ...(packet.dataMeta < packet.data ? [[words.packet.dataMeta, packet.dataMeta] as const] : []),
        [words.packet.data, packet.data] as const,
        [words.packet.dataEnd, all.length] as const,
      ]
    : [];
  return (
    <div className="packet">
      {packet && (
        <p className="packet__edges">
          {edges.map(([name, at]) => (
            <span key={name}>
              <code>{name}</code> <span className="hint">+{at}</span>
            </span>
          ))}
          <span className="hint">{words.packet.headroom(packet.headroom)}</span>
        </p>
      )}
      <section
        className="packet__bytes"
        data-testid="packet-bytes"
        aria-label={words.packet.bytes}
        data-sideways
        lang="en"
      >
        {Array.from({ length: Math.ceil(all.length / WIDTH) }, (_, row) => row).map((row) => (
          <div key={row} className="packet__row">
            <span className="packet__offset">{(row * WIDTH).toString(16).padStart(4, "0")}</span>
            {all.slice(row * WIDTH, row * WIDTH + WIDTH).map((byte, i) => {
              const at = row * WIDTH + i;
              const layer = layers.findIndex((one) => at >= one.at && at < one.at + one.size);
              return (
                <span
                  key={at}
                  className="packet__byte"
                  data-layer={layer < 0 ? undefined : layer % 2}
                  data-edge={
                    (packet && (at === packet.data || (at === packet.dataMeta && at < packet.data))) || undefined
                  }
                  data-written={inside(written, at) || undefined}
                  data-read={inside(read, at) || undefined}
                  data-shown={inside(marked, at) || undefined}
                  data-outside={(packet && at < packet.dataMeta) || undefined}
                >
                  {byte}
                </span>
              );
            })}
          </div>
        ))}
      </section>
      <div className="layers" lang="en">
        {layers.map((layer) => (
          <section key={layer.at} className="layer" aria-label={layer.name}>
            <h3 className="layer__name" onPointerEnter={() => setShown(layer)} onPointerLeave={() => setShown(null)}>
              {layer.fields.length === 0 ? words.packet.payload : layer.name}
              <span className="hint">
                {" "}
                +{layer.at}, {words.packet.length(layer.size)}
              </span>
            </h3>
            {layer.fields.length > 0 && (
              <table className="layer__fields">
                <tbody>
                  {layer.fields.map((field) => {
                    const isWritten = overlaps(written, field.at, field.size);
                    const isRead = overlaps(read, field.at, field.size);
                    return (
                      <tr
                        key={field.name}
                        data-written={isWritten || undefined}
                        data-shown={(shown?.at === field.at && shown.size === field.size) || undefined}
                        onPointerEnter={() => setShown(field)}
                        onPointerLeave={() => setShown(null)}
                      >
                        <th scope="row">
                          <code>{field.name}</code>
                        </th>
                        <td>
                          {field.text}
                          {isWritten && <span className="mark mark--written" title={words.written} />}
                          {isRead && <span className="mark mark--read" title={words.read} />}
                          {field.wrong && <span className="layer__wrong">{words.packet.wrong}</span>}
                        </td>
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            )}
          </section>
        ))}
      </div>
    </div>
  );
}
