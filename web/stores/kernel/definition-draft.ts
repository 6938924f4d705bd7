// The definition in the form, as typed, and what the engine says about it. The form, the code beside it and the context table use the same
// draft. The kernel changes only when the draft is applied.
import { create } from "zustand";
import {
  type ContextView,
  type DefinitionFault,
  type DefinitionInput,
  type DefinitionView,
  type FieldSize,
  type KernelCodeView,
  OF_RESULT,
  PARSES,
  type Parse,
  renamed,
  SHOW_FORMATS,
  type ShowFormat,
} from "../../../engine/index.ts";
import { answered, engine } from "../engine.ts";
import { programInput, useProgram } from "../program/program.ts";
import { defineOwn, sameDefinition, useKernel } from "./kernel.ts";

/** In the order of the form. */
export const PARSE_CHOICES = Object.keys(PARSES) as readonly Parse[];
export const SHOW_CHOICES = Object.keys(SHOW_FORMATS) as readonly ShowFormat[];

/** Numbers are texts as typed. They are converted when the engine is asked. */
export interface FieldDraft {
  readonly id: number;
  readonly name: string;
  readonly size: FieldSize;
  readonly off: string;
  readonly writable: boolean;
  readonly narrow: boolean;
  /** null: same place and name as in the program's struct. */
  readonly kernel: { readonly name: string; readonly off: string; readonly size: FieldSize } | null;
}

export interface FileDraft {
  readonly id: number;
  readonly name: string;
  readonly of: string;
  readonly parse: Exclude<Parse, "bytes">;
  readonly show: ShowFormat;
}

export interface DefinitionDraft {
  readonly name: string;
  readonly fields: readonly FieldDraft[];
  /** Names separated by blanks. */
  readonly plus: string;
  readonly minus: string;
  readonly ranged: boolean;
  readonly min: string;
  readonly max: string;
  readonly sysfsPath: string;
  readonly parse: Parse;
  readonly show: ShowFormat;
  readonly files: readonly FileDraft[];
  readonly attachName: string;
}

interface DraftState {
  readonly draft: DefinitionDraft | null;
  readonly faults: readonly DefinitionFault[];
  /** The reader applied the draft, and the kernel refused it. */
  readonly refused: boolean;
  /** Of the draft if it has no fault, else of the last faultless draft. */
  readonly code: KernelCodeView | null;
  readonly context: ContextView | null;
  /** Code of the kernel's current definition, to mark what differs. */
  readonly currentCode: KernelCodeView | null;
}

export const useDefinitionDraft = create<DraftState>()(() => ({
  draft: null,
  faults: [],
  refused: false,
  code: null,
  context: null,
  currentCode: null,
}));
const { getState: get, setState: set } = useDefinitionDraft;

let lastId = 0;
const joinNames = (list: DefinitionInput["helpers"]["plus"]): string => (list ?? []).join(" ");
const splitNames = (text: string): string[] => text.split(/[\s,]+/).filter((name) => name !== "");

const draftOf = (input: DefinitionInput): DefinitionDraft => ({
  name: input.name,
  fields: input.ctx.fields.map(({ narrow = false, kernel, ...field }) => ({
    ...field,
    narrow,
    off: String(field.off),
    kernel: kernel ? { ...kernel, off: String(kernel.off) } : null,
    id: ++lastId,
  })),
  plus: joinNames(input.helpers.plus),
  minus: joinNames(input.helpers.minus),
  ranged: input.returnRange !== undefined,
  min: String(input.returnRange?.min ?? 0),
  max: String(input.returnRange?.max ?? 1),
  sysfsPath: input.sysfsPath,
  parse: input.parse ?? "u",
  show: input.show ?? "%u",
  files: (input.files ?? []).map(({ parse = "u", show = "%u", ...file }) => ({ ...file, parse, show, id: ++lastId })),
  attachName: input.attachName,
});

/** NaN: not a whole number. The engine then reports a fault at the field. */
const numberOf = (typed: string): number => (/^-?\d+$/.test(typed.trim()) ? Number(typed) : Number.NaN);

/** Default values are left out, so that an unchanged preset equals the preset. */
export function definitionOf(draft: DefinitionDraft): DefinitionInput {
  const plus = splitNames(draft.plus);
  const minus = splitNames(draft.minus);
  return {
    name: draft.name,
    ctx: {
      struct: `${draft.name}_ctx`,
      fields: draft.fields.map(({ name, off, size, writable, narrow, kernel }) => ({
        name,
        off: numberOf(off),
        size,
        writable,
        ...(narrow && { narrow }),
        ...(kernel && { kernel: { name: kernel.name, off: numberOf(kernel.off), size: kernel.size } }),
      })),
    },
    helpers: { set: "base", ...(plus.length > 0 && { plus }), ...(minus.length > 0 && { minus }) },
    ...(draft.ranged && { returnRange: { min: numberOf(draft.min), max: numberOf(draft.max) } }),
    attachName: draft.attachName,
    sysfsPath: draft.sysfsPath,
    ...(draft.parse !== "u" && { parse: draft.parse }),
    ...(draft.show !== "%u" && { show: draft.show }),
    ...(draft.files.length > 0 && {
      files: draft.files.map(({ name, of, parse, show }) => ({
        name,
        of,
        ...(parse !== "u" && { parse }),
        ...(show !== "%u" && { show }),
      })),
    }),
  };
}

/** Starts from a definition, unless the draft already equals it. */
export function startFrom(definition: DefinitionInput): void {
  const { draft } = get();
  if (!draft || !sameDefinition(definitionOf(draft), definition)) setDraft(draftOf(definition));
  else askSoon();
}

export function setDraft(draft: DefinitionDraft): void {
  set({ draft, refused: false });
  askSoon();
}

/** Names derived from the type's name follow it. Names that the reader chose stay. */
export function renameType(name: string): void {
  const { draft } = get();
  if (!draft) return;
  setDraft({ ...draft, ...renamed(draft, name) });
}

const unusedName = (taken: readonly string[], make: (n: number) => string): string => {
  let n = taken.length + 1;
  while (taken.includes(make(n))) n++;
  return make(n);
};

/** A field of four bytes behind the last one, with an unused name. */
export function anotherField(fields: readonly FieldDraft[]): FieldDraft {
  const end = Math.max(0, ...fields.map(({ off, size }) => (numberOf(off) || 0) + size));
  const name = unusedName(
    fields.map((field) => field.name),
    (n) => `field${n}`,
  );
  const off = String(Math.ceil(end / 4) * 4);
  return { id: ++lastId, name, size: 4, off, writable: false, narrow: false, kernel: null };
}

/** A place of its own for the field, behind all members of the kernel's struct. */
export function newKernelMember(fields: readonly FieldDraft[], field: FieldDraft): NonNullable<FieldDraft["kernel"]> {
  const end = Math.max(
    0,
    ...fields.map(({ off, size, kernel }) => (numberOf(kernel?.off ?? off) || 0) + (kernel?.size ?? size)),
  );
  return { name: field.name, size: field.size, off: String(Math.ceil(end / field.size) * field.size) };
}

export function anotherFile({ files, fields }: DefinitionDraft): FileDraft {
  const field = fields.find(({ name }) => !files.some(({ of }) => of === name));
  const of = files.length === 0 || !field ? OF_RESULT : field.name;
  const name = of === OF_RESULT ? "hex" : of;
  const show = of === OF_RESULT ? "0x%x" : "%u";
  return {
    id: ++lastId,
    name: files.some((file) => file.name === name)
      ? unusedName(
          files.map((f) => f.name),
          (n) => `file${n}`,
        )
      : name,
    of,
    parse: "u",
    show,
  };
}

/** Milliseconds after the last key until the engine is asked. */
const PAUSE = 150;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks for faults, code and context of the draft. */
function askSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void ask(), get().code ? PAUSE : 0);
}

async function ask(): Promise<void> {
  const { draft } = get();
  if (!draft) return;
  const definition = definitionOf(draft);
  const { api } = engine();
  const program = programInput(useProgram.getState());
  const [read, code, context, before] = await Promise.all([
    answered(api.tools.readDefinition(definition)),
    answered(api.tools.kernelCode(program, definition)),
    answered(api.tools.context("", definition)),
    answered(api.tools.kernelCode(program)),
  ]);
  if (get().draft !== draft || !read) return;
  set((s) => ({
    faults: faultsOf(read),
    code: code ?? s.code,
    context: context ?? s.context,
    currentCode: before ?? s.currentCode,
  }));
}

const faultsOf = (read: DefinitionView): readonly DefinitionFault[] => (read.ok ? [] : read.faults);

/** Applies the draft to the kernel, or shows that it is faulty. */
export async function applyDraft(): Promise<void> {
  const { draft } = get();
  if (!draft) return;
  const read = await answered(engine().api.tools.readDefinition(definitionOf(draft)));
  const taken = read?.ok === true && (await defineOwn(read.definition));
  set((s) => ({ faults: read ? faultsOf(read) : s.faults, refused: !taken }));
  if (taken) askSoon();
}

/** Follows the program and the kernel's definition: the code contains the one and is compared with the other. */
export function followForDraft(): () => void {
  const stops = [
    useProgram.subscribe((now, before) => now.revision !== before.revision && askSoon()),
    useKernel.subscribe((now, before) => now.definition !== before.definition && askSoon()),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
