// The form for a reader's own program type. It starts from the chosen one. The engine checks what is typed at once, and each fault is shown
// at its field. The kernel changes only when the definition is applied.
import { Plus, X } from "lucide-react";
import { type ReactNode, useEffect, useId } from "react";
import { FIELD_SIZES, type FieldSize, MAX_FIELDS, MAX_FILES, OF_RESULT } from "../../../engine/index.ts";
import { faultText, useExtendTexts } from "../../i18n/extend.ts";
import {
  anotherField,
  anotherFile,
  applyDraft,
  type DefinitionDraft,
  definitionOf,
  type FieldDraft,
  type FileDraft,
  followForDraft,
  newKernelMember,
  PARSE_CHOICES,
  renameType,
  SHOW_CHOICES,
  setDraft,
  startFrom,
  useDefinitionDraft,
} from "../../stores/kernel/definition-draft.ts";
import { OWN_DEFINITION, sameDefinition, useKernel } from "../../stores/kernel/kernel.ts";
import { IconButton } from "../../ui/IconButton.tsx";

export default function DefinitionForm() {
  const texts = useExtendTexts();
  const { form } = texts;
  const preset = useKernel((s) => s.preset);
  const current = useKernel((s) => s.definition ?? s.presets[0]?.definition);
  const { draft, faults, refused } = useDefinitionDraft();
  const id = useId();

  // If another definition was chosen, starts from that. A definition that was just applied is already in the form.
  useEffect(() => {
    if (current) startFrom(current);
  }, [current]);
  useEffect(followForDraft, []);
  if (!draft || !current) return null;

  const change = (part: Partial<DefinitionDraft>) => setDraft({ ...draft, ...part });
  const changeField = (at: number, part: Partial<FieldDraft>) =>
    change({ fields: draft.fields.map((field, i) => (i === at ? { ...field, ...part } : field)) });
  const changeFile = (at: number, part: Partial<FileDraft>) =>
    change({ files: draft.files.map((file, i) => (i === at ? { ...file, ...part } : file)) });

  /** Paths whose faults stand at their own place. A struct's name is made from the type's, so its fault is shown there. */
  const placed = new Set(["ctx.struct"]);
  const at = (path: string) => faults.filter((fault) => fault.path === path);
  const marks = (path: string) =>
    at(path).length > 0 ? { "aria-invalid": true, "aria-describedby": `${id}-${path}` } : {};
  const words = (path: string): ReactNode => {
    placed.add(path);
    return (
      at(path).length > 0 && (
        <span className="dform__fault" id={`${id}-${path}`}>
          {at(path)
            .map((fault) => faultText(texts, fault))
            .join(" ")}
        </span>
      )
    );
  };
  const line = (path: string, label: string, value: string, set: (value: string) => void, placeholder?: string) => (
    <div className="dform__cell">
      <label>
        <span>{label}</span>
        <input
          className="field field--code"
          lang="en"
          value={value}
          placeholder={placeholder}
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
  function choice<One extends string | number>(
    path: string,
    label: string,
    value: One,
    choices: readonly (readonly [One, string])[],
    set: (value: One) => void,
  ) {
    return (
      <div className="dform__cell dform__cell--short">
        <label>
          <span>{label}</span>
          <select
            className="select"
            value={value}
            {...marks(path)}
            onChange={(event) => set(choices[event.currentTarget.selectedIndex]?.[0] as One)}
          >
            {choices.map(([one, words]) => (
              <option key={one} value={one}>
                {words}
              </option>
            ))}
          </select>
        </label>
        {words(path)}
      </div>
    );
  }
  const bytes = (path: string, value: FieldSize, set: (size: FieldSize) => void) =>
    choice(
      path,
      form.size,
      value,
      FIELD_SIZES.map((size) => [size, String(size)] as const),
      set,
    );
  const tick = (label: string, checked: boolean, set: (on: boolean) => void) => (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={(event) => set(event.currentTarget.checked)} />
      {label}
    </label>
  );
  const remove = (label: string, off: boolean, act: () => void) => (
    <IconButton label={label} Icon={X} size={14} off={off} act={act} />
  );
  const shows = SHOW_CHOICES.map((show) => [show, `${show}  ${form.shows[show]}`] as const);
  const parses = PARSE_CHOICES.map((parse) => [parse, form.parses[parse]] as const);
  const ofs = [[OF_RESULT, form.result] as const, ...draft.fields.map(({ name }) => [name, name] as const)];
  const inputs = (
    <>
      {line("name", form.name, draft.name, renameType)}
      <fieldset className="dform__fields">
        <legend>{form.fields}</legend>
        {draft.fields.map((field, i) => (
          <fieldset key={field.id} className="dform__field">
            <legend>{form.field(i + 1)}</legend>
            {line(`ctx.fields.${i}.name`, form.fieldName, field.name, (name) => changeField(i, { name }))}
            {bytes(`ctx.fields.${i}.size`, field.size, (size) => changeField(i, { size }))}
            {line(`ctx.fields.${i}.off`, form.off, field.off, (off) => changeField(i, { off }))}
            {remove(form.remove(field.name), draft.fields.length === 1, () =>
              change({ fields: draft.fields.filter((_, other) => other !== i) }),
            )}
            <div className="dform__ticks">
              {tick(form.writable, field.writable, (writable) => changeField(i, { writable }))}
              {tick(form.narrow, field.narrow, (narrow) => changeField(i, { narrow }))}
              {tick(form.elsewhere, field.kernel !== null, (on) =>
                changeField(i, { kernel: on ? newKernelMember(draft.fields, field) : null }),
              )}
            </div>
            {field.kernel && (
              <fieldset className="dform__kernel">
                <legend>{form.kernel}</legend>
                {line(`ctx.fields.${i}.kernel.name`, form.member, field.kernel.name, (name) =>
                  changeField(i, { kernel: field.kernel && { ...field.kernel, name } }),
                )}
                {bytes(`ctx.fields.${i}.kernel.size`, field.kernel.size, (size) =>
                  changeField(i, { kernel: field.kernel && { ...field.kernel, size } }),
                )}
                {line(`ctx.fields.${i}.kernel.off`, form.off, field.kernel.off, (off) =>
                  changeField(i, { kernel: field.kernel && { ...field.kernel, off } }),
                )}
              </fieldset>
            )}
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
      <fieldset className="dform__fields">
        <legend>{form.helpers}</legend>
        <div className="dform__row">
          {line("helpers.plus", form.plus, draft.plus, (plus) => change({ plus }), "get_current_comm")}
          {line("helpers.minus", form.minus, draft.minus, (minus) => change({ minus }), "trace_printk")}
        </div>
      </fieldset>
      {tick(form.range, draft.ranged, (ranged) => change({ ranged }))}
      {draft.ranged && (
        <div className="dform__row">
          {line("returnRange.min", form.min, draft.min, (min) => change({ min }))}
          {line("returnRange.max", form.max, draft.max, (max) => change({ max }))}
        </div>
      )}
      <fieldset className="dform__fields">
        <legend>{form.files}</legend>
        {line("sysfsPath", form.path, draft.sysfsPath, (sysfsPath) => change({ sysfsPath }))}
        <div className="dform__row">
          {choice("parse", form.parse, draft.parse, parses, (parse) => change({ parse }))}
          {choice("show", form.show, draft.show, shows, (show) => change({ show }))}
        </div>
        {draft.files.map((file, i) => (
          <fieldset key={file.id} className="dform__field">
            <legend>{form.file(i + 1)}</legend>
            {line(`files.${i}.name`, form.fileName, file.name, (name) => changeFile(i, { name }))}
            {choice(`files.${i}.of`, form.of, file.of, ofs, (of) => changeFile(i, { of }))}
            {file.of !== OF_RESULT &&
              choice(
                `files.${i}.parse`,
                form.parse,
                file.parse,
                parses.filter(([parse]) => parse !== "bytes") as [FileDraft["parse"], string][],
                (parse) => changeFile(i, { parse }),
              )}
            {choice(`files.${i}.show`, form.show, file.show, shows, (show) => changeFile(i, { show }))}
            {remove(form.removeFile(file.name), false, () =>
              change({ files: draft.files.filter((_, other) => other !== i) }),
            )}
          </fieldset>
        ))}
        <button
          type="button"
          className="button"
          disabled={draft.files.length >= MAX_FILES}
          onClick={() => change({ files: [...draft.files, anotherFile(draft)] })}
        >
          <Plus size={14} aria-hidden="true" />
          {form.addFile}
        </button>
      </fieldset>
      {line("attachName", form.attach, draft.attachName, (attachName) => change({ attachName }))}
    </>
  );

  return (
    <form
      className="dform"
      aria-label={form.open}
      onSubmit={(event) => {
        event.preventDefault();
        void applyDraft();
      }}
    >
      {inputs}
      {faults
        .filter(({ path }) => !placed.has(path))
        .map((fault) => (
          <p key={fault.path + fault.code} className="dform__fault">
            {faultText(texts, fault)}
          </p>
        ))}
      <div className="dform__row dform__end">
        <button type="submit" className="button button--main">
          {form.use}
        </button>
        <p className="dform__state" role="status" data-refused={refused || undefined}>
          {refused
            ? form.faulty
            : preset === OWN_DEFINITION && sameDefinition(definitionOf(draft), current) && form.used(current.name)}
        </p>
      </div>
    </form>
  );
}
