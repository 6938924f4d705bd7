// One map: its visible elements, with what the last step changed, and a form to set one.
import { Pencil, Plus, Trash2 } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { MapAtView, MapEntryView, SyscallView } from "../../../engine/index.ts";
import { useMachineTexts } from "../../i18n/machine.ts";
import { useShownMap } from "../../stores/kernel/shown-map.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { CPUS } from "../../stores/program/environment.ts";
import { showWindow } from "../../stores/run/step-contents.ts";
import { lastWrite } from "../../stores/run/travel.ts";
import {
  type Field,
  FORMATS,
  type Format,
  fieldOf,
  formatBytes,
  numberOf,
  parseBytes,
  parseFields,
  prefixOf,
  reversed,
  withField,
} from "./bytes.ts";
import { MapPlaces } from "./MapPlaces.tsx";
import { LastWrite } from "./Registers.tsx";
import { menuOf } from "./value-menu.ts";

export type MapLike = Pick<
  MapAtView,
  | "id"
  | "fd"
  | "name"
  | "type"
  | "keySize"
  | "valueSize"
  | "maxEntries"
  | "count"
  | "from"
  | "entries"
  | "removed"
  | "changedAt"
>;

interface Props {
  readonly map: MapLike;
  /** All elements are given, so no window is asked for. */
  readonly whole?: boolean;
  /** The last call that was made for this map. */
  readonly call?: SyscallView | null;
  /** Absent: its elements cannot be set. */
  readonly onSet?: (key: string, values: readonly string[]) => boolean | Promise<boolean>;
  readonly onDelete?: (key: string) => void;
  readonly deletable?: (key: string) => boolean;
}

/** Pixels of a row, elements visible at once, and how many are asked for. */
const ROW = 26;
const IN_SIGHT = 12;
const WINDOW = 64;

/** Map types without keys, and types whose elements cannot be set here. */
const KEYLESS = /^(queue|stack|ringbuf|bloom_filter)$/;
const FIXED =
  /^(ringbuf|bloom_filter|prog_array|perf_event_array|.*_of_maps|stack_trace|cgroup.*|.*_storage|devmap.*|cpumap|xskmap|sock.*|struct_ops|arena)$/;
/** Elements are set with descriptors, which only programs of the running kernel have. */
const BY_DESCRIPTOR = /^prog_array$/;
const NOTES = {
  queue: "queue",
  stack: "stack",
  ringbuf: "ring",
  bloom_filter: "bloom",
  perf_event_array: "perf",
} as const;

/** How each map is shown, kept as long as the page is open. */
const formats = new Map<string, { readonly format: Format; readonly fields: string }>();

export function MapTable({ map, whole = false, call, onSet, onDelete, deletable }: Props) {
  const words = useMachineTexts();
  const { name, type, keySize, valueSize, maxEntries, count } = map;
  const known = formats.get(name) ?? { format: valueSize <= 8 ? ("number" as const) : ("hex" as const), fields: "" };
  const [look, setLook] = useState(known);
  const [editing, setEditing] = useState<{ readonly key: string | null; readonly values: readonly string[] } | null>(
    null,
  );
  const show = (change: Partial<typeof look>): void => {
    const next = { ...look, ...change };
    formats.set(name, next);
    setLook(next);
  };
  const fields = parseFields(look.fields);
  const canSet = onSet !== undefined && (!FIXED.test(type) || (whole && BY_DESCRIPTOR.test(type)));
  const note = Object.hasOwn(NOTES, type) ? words.maps[NOTES[type as keyof typeof NOTES]] : "";
  const done = async (key: string, values: readonly string[]): Promise<void> => {
    if (await onSet?.(key, values)) setEditing(null);
  };
  const section = useRef<HTMLElement>(null);
  const asked = useShownMap((s) => s.name === name);
  useEffect(() => {
    if (!asked) return;
    section.current?.scrollIntoView({ block: "nearest" });
    section.current?.focus({ preventScroll: true });
    useShownMap.setState({ name: "" });
  }, [asked]);
  return (
    <section ref={section} tabIndex={-1} className="mapv" aria-label={name} lang="en" data-testid={`map-${name}`}>
      <header className="mapv__head">
        <h3 className="mapv__name">{name}</h3>
        <span className="hint">{words.maps.size(type, keySize, valueSize)}</span>
        <span className="spacer" />
        {type !== "bloom_filter" && <span className="hint mapv__count">{words.maps.filled(count, maxEntries)}</span>}
        {valueSize > 0 && (
          <select
            className="select select--small"
            aria-label={words.maps.format(name)}
            value={look.format}
            onChange={(event) => show({ format: event.currentTarget.value as Format })}
          >
            {FORMATS.map((one) => (
              <option key={one} value={one}>
                {words.maps.formats[one]}
              </option>
            ))}
          </select>
        )}
        {canSet && (
          <button
            type="button"
            className="button button--quiet button--small"
            aria-label={type === "queue" || type === "stack" ? words.maps.push : words.maps.add}
            title={type === "queue" || type === "stack" ? words.maps.push : words.maps.add}
            aria-expanded={editing?.key === null}
            onClick={() => setEditing(editing ? null : { key: null, values: [] })}
          >
            <Plus size={14} aria-hidden="true" />
          </button>
        )}
      </header>
      <MapPlaces name={name} />
      {look.format === "fields" && (
        <input
          className="field field--code mapv__fields"
          aria-label={words.maps.fields}
          placeholder={words.maps.fieldsExample}
          value={look.fields}
          spellCheck={false}
          onChange={(event) => show({ fields: event.currentTarget.value })}
        />
      )}
      {note !== "" && <p className="hint mapv__note">{note}</p>}
      {editing && canSet && (
        <ElementForm
          key={editing.key ?? ""}
          map={map}
          fields={look.format === "fields" ? fields : []}
          keyHex={editing.key}
          values={editing.values}
          onSet={(key, values) => void done(key, values)}
          onCancel={() => setEditing(null)}
        />
      )}
      {call && (
        <p className="mapv__call" data-failed={call.errno !== 0 || undefined} role="status">
          <code>{call.text}</code>
        </p>
      )}
      {count === 0 && map.removed.length === 0 && type !== "bloom_filter" ? (
        <p className="hint mapv__note">{words.maps.emptyMap}</p>
      ) : (
        <Elements
          map={map}
          whole={whole}
          look={{ format: look.format, fields }}
          {...(canSet && {
            onEdit: (entry: MapEntryView) => setEditing({ key: entry.key, values: entry.values }),
          })}
          {...(onDelete && { onDelete })}
          {...(deletable && { deletable })}
        />
      )}
    </section>
  );
}

interface ElementsProps {
  readonly map: MapLike;
  readonly whole: boolean;
  readonly look: { readonly format: Format; readonly fields: readonly Field[] };
  readonly onEdit?: (entry: MapEntryView) => void;
  readonly onDelete?: (key: string) => void;
  readonly deletable?: (key: string) => boolean;
}

function Elements({ map, whole, look, onEdit, onDelete, deletable }: ElementsProps) {
  const words = useMachineTexts();
  const scroller = useRef<HTMLDivElement>(null);
  const { id, type, keySize, valueSize, count, entries, removed, from, changedAt } = map;
  const base = useSettings((s) => s.base);
  const perCpu = /percpu/.test(type);
  const keyed = keySize > 0 && !KEYLESS.test(type);
  const large = !whole && count > WINDOW;
  const keyText = (key: string): string => {
    if (type === "lpm_trie") return prefixOf(key);
    if (keySize > 8) return formatBytes(key, "hex", [], base);
    // An index is a decimal number, whatever the number base is.
    return numberOf(key, /array/.test(type) ? "unsigned" : base === "binary" ? "hex" : base);
  };
  const valueText = (hex: string, label: string): string =>
    label === "" ? formatBytes(hex, look.format, look.fields, base) : label;
  const away = large && changedAt >= 0 && (changedAt < from || changedAt >= from + entries.length);
  return (
    <>
      {away && (
        <button
          type="button"
          className="button button--small mapv__away"
          onClick={() => scroller.current?.scrollTo({ top: changedAt * ROW })}
        >
          <span className="mark mark--written" /> {words.written}: [{changedAt}]
        </button>
      )}
      <div
        ref={scroller}
        className="mapv__scroll"
        data-sideways
        style={{ maxHeight: large ? ROW * IN_SIGHT : undefined }}
        {...(large && {
          tabIndex: 0,
          role: "group",
          "aria-label": map.name,
          onScroll: (event) => {
            const top = Math.floor(event.currentTarget.scrollTop / ROW);
            showWindow({ map: id, from: Math.max(0, Math.floor((top - IN_SIGHT) / 16) * 16), count: WINDOW });
          },
        })}
      >
        <table className="mapv__table" aria-rowcount={count + 1}>
          <thead className={perCpu ? undefined : "visually-hidden"}>
            <tr>
              {keyed && <th scope="col">{words.maps.key}</th>}
              <td />
              {perCpu ? (
                Array.from({ length: entries[0]?.values.length ?? CPUS }, (_, cpu) => cpu).map((cpu) => (
                  <th key={cpu} scope="col">
                    {words.maps.cpu(cpu)}
                  </th>
                ))
              ) : (
                <th scope="col">{words.maps.value}</th>
              )}
            </tr>
          </thead>
          <tbody>
            {large && from > 0 && <Gap rows={from} />}
            {entries.map((entry, i) => {
              const name = `${map.name}[${keyed ? keyText(entry.key) : from + i}]`;
              const address = entry.addresses[0];
              return (
                <tr
                  key={keyed ? entry.key : from + i}
                  className="mapv__row"
                  data-written={entry.was !== null || undefined}
                  data-place={address}
                >
                  {keyed && (
                    <th scope="row">
                      {address === undefined ? (
                        <code>{keyText(entry.key)}</code>
                      ) : (
                        <button
                          type="button"
                          className="value-name"
                          {...menuOf({
                            name,
                            hex: reversed((entry.values[0] ?? "").slice(0, 16)) || "0",
                            target: { address, size: valueSize },
                          })}
                        >
                          {keyText(entry.key)}
                        </button>
                      )}
                    </th>
                  )}
                  <td className="mapv__marks">
                    {entry.was !== null && <span className="mark mark--written" title={words.written} />}
                    {entry.was !== null && <span className="visually-hidden">{words.written}</span>}
                  </td>
                  {entry.values.map((value, cpu) => {
                    const was = entry.was?.[cpu];
                    const changed = entry.was !== null && was !== value;
                    return (
                      // biome-ignore lint/suspicious/noArrayIndexKey: a value is its CPU's
                      <td key={cpu} className="mapv__value" data-changed={changed || undefined}>
                        {changed && was !== undefined && <span className="mapv__was">{valueText(was, "")} → </span>}
                        <code>{valueText(value, entry.label)}</code>
                        {changed && was === undefined && <span className="mapv__new">{words.maps.new}</span>}
                      </td>
                    );
                  })}
                  <td className="mapv__tools">
                    {address !== undefined && (
                      <LastWrite name={name} act={() => void lastWrite({ address, size: valueSize })} />
                    )}
                    {onEdit && keyed && (
                      <button
                        type="button"
                        className="row-tool"
                        aria-label={words.maps.edit(name)}
                        title={words.maps.edit(name)}
                        onClick={() => onEdit(entry)}
                      >
                        <Pencil size={13} aria-hidden="true" />
                      </button>
                    )}
                    {onDelete && keyed && deletable?.(entry.key) && (
                      <button
                        type="button"
                        className="row-tool"
                        aria-label={words.maps.delete(name)}
                        title={words.maps.delete(name)}
                        onClick={() => onDelete(entry.key)}
                      >
                        <Trash2 size={13} aria-hidden="true" />
                      </button>
                    )}
                  </td>
                </tr>
              );
            })}
            {removed.map(({ key, values }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: queues have no keys
              <tr key={`gone ${key} ${i}`} className="mapv__row" data-gone="true">
                {keyed && (
                  <th scope="row">
                    <code>{keyText(key)}</code>
                  </th>
                )}
                <td className="mapv__marks">
                  <span className="mark mark--written" title={words.written} />
                </td>
                <td className="mapv__value" colSpan={values.length}>
                  <s>
                    <code>{values.map((value) => valueText(value, "")).join(" ")}</code>
                  </s>{" "}
                  <span className="mapv__new">{words.maps.gone}</span>
                </td>
              </tr>
            ))}
            {large && <Gap rows={count - from - entries.length} />}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Room for the rows that are not drawn. */
const Gap = ({ rows }: { readonly rows: number }) => (
  <tr style={{ height: Math.max(0, rows) * ROW }}>
    <td />
  </tr>
);

interface FormProps {
  readonly map: MapLike;
  readonly fields: readonly Field[];
  /** null: a new element. */
  readonly keyHex: string | null;
  readonly values: readonly string[];
  readonly onSet: (key: string, values: readonly string[]) => void;
  readonly onCancel: () => void;
}

function ElementForm({ map, fields, keyHex, values, onSet, onCancel }: FormProps) {
  const words = useMachineTexts();
  const { type, keySize, valueSize, count } = map;
  const keyed = keySize > 0 && !KEYLESS.test(type);
  const copies = /percpu/.test(type) ? CPUS : 1;
  const zero = "00".repeat(valueSize);
  const start = Array.from({ length: copies }, (_, i) => values[i] ?? zero);
  const shown = (hex: string): string =>
    valueSize <= 8 ? numberOf(hex, "unsigned") : formatBytes(hex, "hex", [], "hex");
  const [key, setKey] = useState(
    keyHex === null
      ? ""
      : type === "lpm_trie"
        ? prefixOf(keyHex)
        : keySize <= 8
          ? numberOf(keyHex, "unsigned")
          : formatBytes(keyHex, "hex", [], "hex"),
  );
  const [texts, setTexts] = useState<readonly string[]>(start.map(shown));
  const [parts, setParts] = useState<readonly string[]>(
    fields.map((field) => fieldOf(start[0] ?? zero, field, "unsigned")),
  );
  const [wrong, setWrong] = useState("");
  const byFields = fields.length > 0 && copies === 1;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const keyBytes = keyed ? (keyHex ?? parseBytes(key, keySize)) : String(count);
    if (keyBytes === undefined) return setWrong(words.maps.wrong(words.maps.key, keySize));
    const bytes = byFields
      ? [fields.reduce<string | undefined>((hex, field, i) => hex && withField(hex, field, parts[i] ?? "0"), start[0])]
      : texts.map((one) => parseBytes(one, valueSize));
    if (bytes.some((one) => one === undefined)) return setWrong(words.maps.wrong(words.maps.value, valueSize));
    onSet(keyBytes, bytes as string[]);
  };
  const input = (label: string, value: string, change: (text: string) => void, key = label) => (
    <label key={key} className="mapv__input">
      <span className="hint">{label}</span>
      <input
        className="field field--code"
        value={value}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(event) => change(event.currentTarget.value)}
      />
    </label>
  );
  const at = (list: readonly string[], i: number, text: string): string[] =>
    list.map((one, n) => (n === i ? text : one));
  return (
    <form className="mapv__form" onSubmit={submit}>
      {keyed && keyHex === null && input(words.maps.key, key, setKey)}
      {byFields
        ? fields.map((field, i) => input(field.name, parts[i] ?? "", (text) => setParts(at(parts, i, text))))
        : texts.map((one, i) =>
            input(
              copies > 1 ? words.maps.cpu(i) : words.maps.value,
              one,
              (text) => setTexts(at(texts, i, text)),
              String(i),
            ),
          )}
      <button type="submit" className="button">
        {words.maps.set}
      </button>
      <button type="button" className="button button--quiet" onClick={onCancel}>
        {words.maps.cancel}
      </button>
      {wrong !== "" && (
        <p className="mapv__wrong" role="alert">
          {wrong}
        </p>
      )}
    </form>
  );
}
