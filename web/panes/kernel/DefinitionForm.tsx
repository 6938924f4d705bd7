// The form for a program type of one's own. It starts from the one that is chosen; what is typed is looked over by the
// engine at once, and each fault stands at its field. Nothing changes in the kernel until the definition is used.
import { Plus, X } from "lucide-react";
import { type ReactNode, useEffect, useId, useState } from "react";
import type { DefinitionFault, DefinitionInput } from "../../../engine/index.ts";
import { faultText, useExtendTexts } from "../../i18n/extend.ts";
import { checkDefinition, defineOwn, OWN, same, useKernel } from "../../stores/kernel.ts";

type Size = DefinitionInput["ctx"]["fields"][number]["size"];
const SIZES: readonly Size[] = [1, 2, 4, 8];
const MAX_FIELDS = 32;

/** As typed: numbers are texts until they are asked for. */
interface Draft {
  readonly name: string;
  readonly fields: readonly FieldDraft[];
  readonly ranged: boolean;
  readonly min: string;
  readonly max: string;
  readonly sysfsPath: string;
  readonly attachName: string;
  /** What the form does not ask. */
  readonly rest: Pick<DefinitionInput, "helpers" | "show">;
}

interface FieldDraft {
  readonly id: number;
  readonly name: string;
  readonly size: Size;
  readonly off: string;
  readonly writable: boolean;
}

let lastId = 0;

const draftOf = ({ name, ctx, returnRange, sysfsPath, attachName, helpers, show }: DefinitionInput): Draft => ({
  name,
  fields: ctx.fields.map((field) => ({ ...field, off: String(field.off), id: ++lastId })),
  ranged: returnRange !== undefined,
  min: String(returnRange?.min ?? 0),
  max: String(returnRange?.max ?? 1),
  sysfsPath,
  attachName,
  rest: { helpers, ...(show && { show }) },
});

/** NaN where it is no whole number: the engine's fault then stands at the field. */
const numberOf = (typed: string): number => (/^-?\d+$/.test(typed.trim()) ? Number(typed) : Number.NaN);

const definitionOf = ({ name, fields, ranged, min, max, sysfsPath, attachName, rest }: Draft): DefinitionInput => ({
  name,
  ctx: {
    struct: `${name}_ctx`,
    fields: fields.map(({ name, off, size, writable }) => ({ name, off: numberOf(off), size, writable })),
  },
  helpers: rest.helpers,
  ...(ranged && { returnRange: { min: numberOf(min), max: numberOf(max) } }),
  attachName,
  sysfsPath,
  ...(rest.show && { show: rest.show }),
});

/** Names that were made from the type's follow it; ones that the reader chose stay. */
function renamed(draft: Draft, name: string): Draft {
  const follows = draft.attachName === `BPF_${draft.name.toUpperCase()}_ATTACH`;
  const [, sys, dir, ...file] = draft.sysfsPath.split("/");
  return {
    ...draft,
    name,
    attachName: follows ? `BPF_${name.toUpperCase()}_ATTACH` : draft.attachName,
    sysfsPath: dir === draft.name ? ["", sys, name, ...file].join("/") : draft.sysfsPath,
  };
}

/** Four bytes behind the last field, with a name that no other has. */
function anotherField(fields: readonly FieldDraft[]): FieldDraft {
  const end = Math.max(0, ...fields.map(({ off, size }) => (numberOf(off) || 0) + size));
  let n = fields.length + 1;
  while (fields.some(({ name }) => name === `field${n}`)) n++;
  return { id: ++lastId, name: `field${n}`, size: 4, off: String(Math.ceil(end / 4) * 4), writable: false };
}

export default function DefinitionForm() {
  const texts = useExtendTexts();
  const { form } = texts;
  const preset = useKernel((s) => s.preset);
  const current = useKernel((s) => s.definition ?? s.presets[0]?.definition);
  const [draft, setDraft] = useState<Draft | undefined>(() => current && draftOf(current));
  const [faults, setFaults] = useState<readonly DefinitionFault[]>([]);
  const [refused, setRefused] = useState(false);
  const id = useId();

  // Another one was chosen: start from that. The one that was just defined here is what stands here.
  useEffect(() => {
    if (current) setDraft((before) => (before && same(definitionOf(before), current) ? before : draftOf(current)));
  }, [current]);
  useEffect(() => {
    let wanted = true;
    const look = async () => {
      const found = draft && (await checkDefinition(definitionOf(draft)));
      if (wanted && found) setFaults(found);
    };
    setRefused(false);
    void look();
    return () => {
      wanted = false;
    };
  }, [draft]);
  if (!draft || !current) return null;

  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const changeField = (at: number, part: Partial<FieldDraft>) =>
    change({ fields: draft.fields.map((field, i) => (i === at ? { ...field, ...part } : field)) });
  const use = async () => {
    const found = await checkDefinition(definitionOf(draft));
    const taken = found?.length === 0 && (await defineOwn(definitionOf(draft)));
    if (found) setFaults(found);
    setRefused(!taken);
  };

  const at = (path: string) => faults.filter((fault) => fault.path === path);
  const marks = (path: string) =>
    at(path).length > 0 ? { "aria-invalid": true, "aria-describedby": `${id}-${path}` } : {};
  const words = (path: string): ReactNode =>
    at(path).length > 0 && (
      <span className="dform__fault" id={`${id}-${path}`}>
        {at(path)
          .map((fault) => faultText(texts, fault))
          .join(" ")}
      </span>
    );
  const line = (path: string, label: string, value: string, set: (value: string) => void) => (
    <div className="dform__cell">
      <label>
        <span>{label}</span>
        <input
          className="field field--code"
          lang="en"
          value={value}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          {...marks(path)}
          onChange={(event) => set(event.currentTarget.value)}
        />
      </label>
      {words(path)}
    </div>
  );
  // A struct's name is made from the type's, and so is its fault.
  const placed = ["name", "ctx.struct", "ctx.fields", "returnRange.min", "returnRange.max", "sysfsPath", "attachName"];
  const elsewhere = faults.filter(({ path }) => !placed.includes(path) && !path.startsWith("ctx.fields."));

  return (
    <form
      className="dform"
      aria-label={form.open}
      onSubmit={(event) => {
        event.preventDefault();
        void use();
      }}
    >
      {line("name", form.name, draft.name, (name) => setDraft(renamed(draft, name)))}
      <fieldset className="dform__fields">
        <legend>{form.fields}</legend>
        {draft.fields.map((field, i) => (
          <fieldset key={field.id} className="dform__field">
            <legend>{form.field(i + 1)}</legend>
            {line(`ctx.fields.${i}.name`, form.fieldName, field.name, (name) => changeField(i, { name }))}
            <div className="dform__cell dform__cell--short">
              <label>
                <span>{form.size}</span>
                <select
                  className="select"
                  value={field.size}
                  onChange={(event) => changeField(i, { size: Number(event.currentTarget.value) as Size })}
                >
                  {SIZES.map((size) => (
                    <option key={size}>{size}</option>
                  ))}
                </select>
              </label>
            </div>
            {line(`ctx.fields.${i}.off`, form.off, field.off, (off) => changeField(i, { off }))}
            <label className="check">
              <input
                type="checkbox"
                checked={field.writable}
                onChange={(event) => changeField(i, { writable: event.currentTarget.checked })}
              />
              {form.writable}
            </label>
            <button
              type="button"
              className="button button--quiet button--icon"
              aria-label={form.remove(field.name)}
              title={form.remove(field.name)}
              disabled={draft.fields.length === 1}
              onClick={() => change({ fields: draft.fields.filter((_, other) => other !== i) })}
            >
              <X size={14} aria-hidden="true" />
            </button>
          </fieldset>
        ))}
        {words("ctx.fields")}
        <button
          type="button"
          className="button"
          disabled={draft.fields.length >= MAX_FIELDS}
          onClick={() => change({ fields: [...draft.fields, anotherField(draft.fields)] })}
        >
          <Plus size={14} aria-hidden="true" />
          {form.add}
        </button>
      </fieldset>
      <label className="check">
        <input
          type="checkbox"
          checked={draft.ranged}
          onChange={(event) => change({ ranged: event.currentTarget.checked })}
        />
        {form.range}
      </label>
      {draft.ranged && (
        <div className="dform__row">
          {line("returnRange.min", form.min, draft.min, (min) => change({ min }))}
          {line("returnRange.max", form.max, draft.max, (max) => change({ max }))}
        </div>
      )}
      {line("sysfsPath", form.path, draft.sysfsPath, (sysfsPath) => change({ sysfsPath }))}
      {line("attachName", form.attach, draft.attachName, (attachName) => change({ attachName }))}
      {elsewhere.map((fault) => (
        <p key={fault.path + fault.code} className="dform__fault">
          {faultText(texts, fault)}
        </p>
      ))}
      <div className="dform__row">
        <button type="submit" className="button button--main">
          {form.use}
        </button>
        <p className="dform__state" role="status" data-refused={refused || undefined}>
          {refused ? form.faulty : preset === OWN && same(definitionOf(draft), current) && form.used(current.name)}
        </p>
      </div>
    </form>
  );
}
