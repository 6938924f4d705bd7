// A context by its fields: registers at a kprobe, the record of a tracepoint, another struct. The bytes are the input.
import { useEffect, useState } from "react";
import type { EventFormatView } from "../../../engine/index.ts";
import { useMachineTexts } from "../../i18n/machine.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { followInput, inputBytes, loadFormats, setInputBytes, useInputs } from "../../stores/program/inputs.ts";
import { editInput, useProgram } from "../../stores/program/program.ts";
import { numberOf, parseNumber, textOf } from "./bytes.ts";

type Field = EventFormatView["fields"][number];

export function EventFields({ progType }: { readonly progType: string }) {
  const words = useMachineTexts();
  const input = useProgram((s) => s.input);
  const hex = useInputs(inputBytes);
  const formats = useInputs((s) => s.formats);
  const [chosen, setChosen] = useState("");
  useEffect(() => void loadFormats(progType), [progType]);
  useEffect(followInput, []);
  const format =
    formats.find(({ name }) => name === chosen) ?? formats.find(({ size }) => 2 * size === hex.length) ?? formats[0];
  const whole = format ? hex.padEnd(2 * format.size, "0").slice(0, 2 * format.size) : hex;
  const put = ({ off, size }: Field, bytes: string): void =>
    setInputBytes("ctx", whole.slice(0, 2 * off) + bytes + whole.slice(2 * (off + size)));
  return (
    <div className="event-view">
      {formats.length > 1 && (
        <select
          className="select"
          aria-label={words.packet.record}
          value={format?.name}
          onChange={(event) => {
            const next = formats.find(({ name }) => name === event.currentTarget.value);
            setChosen(event.currentTarget.value);
            if (next) setInputBytes("ctx", hex.padEnd(2 * next.size, "0").slice(0, 2 * next.size));
          }}
        >
          {formats.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
      {format && (
        <div className="event-view__fields" lang="en">
          {format.fields.map((field) => (
            <FieldInput
              key={`${format.name} ${field.name}`}
              field={field}
              hex={whole.slice(2 * field.off, 2 * (field.off + field.size))}
              onPut={(bytes) => put(field, bytes)}
            />
          ))}
        </div>
      )}
      <label className="event-view__hex">
        <span className="hint">{words.packet.hex}</span>
        <textarea
          className="field field--code"
          rows={3}
          spellCheck={false}
          value={input}
          onChange={(event) => editInput(event.currentTarget.value)}
        />
      </label>
    </div>
  );
}

function FieldInput({
  field,
  hex,
  onPut,
}: {
  readonly field: Field;
  readonly hex: string;
  readonly onPut: (bytes: string) => void;
}) {
  const base = useSettings((s) => s.base);
  const [typed, setTyped] = useState<string | null>(null);
  const shown = field.text ? textOf(hex) : numberOf(hex, base === "binary" ? "hex" : base);
  const bytes = typed === null ? hex : field.text ? ofText(typed, field.size) : parseNumber(typed, field.size);
  return (
    <label className="event-view__field">
      <code>{field.name}</code>
      <input
        className="field field--code"
        aria-invalid={bytes === undefined}
        value={typed ?? shown}
        spellCheck={false}
        onChange={(event) => {
          const text = event.currentTarget.value;
          setTyped(text);
          const next = field.text ? ofText(text, field.size) : parseNumber(text, field.size);
          if (next !== undefined) onPut(next);
        }}
        onBlur={() => setTyped(null)}
      />
    </label>
  );
}

/** A text, short enough to leave room for a NUL. */
const ofText = (text: string, size: number): string | undefined =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a byte can hold
  text.length < size && /^[\x00-\xff]*$/.test(text)
    ? [...text]
        .map((one) => one.charCodeAt(0).toString(16).padStart(2, "0"))
        .join("")
        .padEnd(2 * size, "0")
    : undefined;
