// A reader's own program type, as JSON from a form, a link or a file: looked over field by field, then made a definition.
// Every fault names its field, so that a form can show it there.
import * as v from "valibot";
import { attachTypeId, progTypeByName } from "../facts/prog-types.ts";
import { type KernelDefinition, OREORE, SHOW_FORMATS, type ShowFormat } from "./definition.ts";

const u16 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff));
const s32 = v.pipe(v.number(), v.integer(), v.minValue(-0x8000_0000), v.maxValue(0x7fff_ffff));
const helperIds = v.optional(v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))));

export const DefinitionInputSchema = v.object({
  /** Lower case, as in `BPF_PROG_TYPE_<NAME>`. */
  name: v.string(),
  ctx: v.object({
    struct: v.string(),
    /** Bytes; left out: up to the end of the last field. */
    size: v.optional(u16),
    fields: v.pipe(
      v.array(v.object({ name: v.string(), off: u16, size: v.picklist([1, 2, 4, 8]), writable: v.boolean() })),
      v.minLength(1),
      v.maxLength(32),
    ),
  }),
  helpers: v.object({ set: v.string(), plus: helperIds, minus: helperIds }),
  /** Of R0 at exit, both ends included. */
  returnRange: v.optional(v.object({ min: s32, max: s32 })),
  /** `BPF_OREORE_ATTACH` */
  attachName: v.string(),
  /** `/sys/oreore/bpf` */
  sysfsPath: v.string(),
  show: v.optional(v.picklist(Object.keys(SHOW_FORMATS) as ShowFormat[])),
});
export type DefinitionInput = v.InferOutput<typeof DefinitionInputSchema>;

export interface DefinitionFault {
  /** `ctx.fields.1.off`; "" for the whole. */
  readonly path: string;
  /** Kebab-case, the key for a translation with `args`. */
  readonly code: string;
  /** English. */
  readonly message: string;
  readonly args: Readonly<Record<string, string | number>>;
}

/** The definition, or at least one fault. */
export type ReadDefinition =
  | { readonly ok: true; readonly definition: KernelDefinition }
  | { readonly ok: false; readonly faults: readonly DefinitionFault[] };

export function readDefinition(input: unknown): ReadDefinition {
  const parsed = v.safeParse(DefinitionInputSchema, input);
  if (!parsed.success) {
    const faults = parsed.issues.map((issue) => ({
      path: v.getDotPath(issue) ?? "",
      code: "shape",
      message: issue.message,
      args: {},
    }));
    return { ok: false, faults };
  }
  const faults = [...faultsOf(parsed.output)];
  return faults.length > 0 ? { ok: false, faults } : { ok: true, definition: definitionOf(parsed.output) };
}

const C_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const C_KEYWORDS = new Set(
  "auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false".split(
    " ",
  ),
);
/** The context lies in one page of the machine. */
const MAX_CTX = 4096;
const HELPER_SETS = ["base"];

function* faultsOf(input: DefinitionInput): Generator<DefinitionFault> {
  const fault = (path: string, code: string, message: string, args: DefinitionFault["args"] = {}): DefinitionFault => ({
    path,
    code,
    message,
    args,
  });
  const cName = (path: string, name: string): DefinitionFault[] =>
    C_NAME.test(name) && !C_KEYWORDS.has(name) ? [] : [fault(path, "c-name", `\`${name}\` is no name in C`, { name })];

  yield* cName("name", input.name);
  if (/[A-Z]/.test(input.name))
    yield fault("name", "lower-case", `\`${input.name}\` is to be in lower case`, { name: input.name });
  if (input.name.length > 32) yield fault("name", "too-long", "a name has at most 32 letters", { max: 32 });
  yield* cName("ctx.struct", input.ctx.struct);
  yield* cName("attachName", input.attachName);
  const taken = (path: string, name: string) =>
    fault(path, "name-taken", `the kernel has \`${name}\` already`, { name });
  if (input.name !== OREORE.type.name && progTypeByName(input.name)) yield taken("name", input.name);
  if (input.attachName !== OREORE.type.attach.name && attachTypeId(input.attachName) !== undefined)
    yield taken("attachName", input.attachName);

  const { fields, size = MAX_CTX } = input.ctx;
  if (size > MAX_CTX) yield fault("ctx.size", "ctx-size", `a context has at most ${MAX_CTX} bytes`, { max: MAX_CTX });
  for (const [i, field] of fields.entries()) {
    const at = `ctx.fields.${i}`;
    yield* cName(`${at}.name`, field.name);
    if (field.off % field.size !== 0) {
      const args = { name: field.name, off: field.off, size: field.size };
      yield fault(
        `${at}.off`,
        "unaligned",
        `offset ${field.off} of \`${field.name}\` is no multiple of its size ${field.size}`,
        args,
      );
    }
    if (field.off + field.size > size) {
      const args = { name: field.name, end: field.off + field.size, size };
      yield fault(
        `${at}.off`,
        "outside",
        `\`${field.name}\` ends at ${args.end}, outside the ${size} bytes of the context`,
        args,
      );
    }
    for (const other of fields.slice(0, i)) {
      const args = { name: field.name, other: other.name };
      if (other.name === field.name) yield fault(`${at}.name`, "twice", `there are two fields \`${field.name}\``, args);
      if (field.off < other.off + other.size && other.off < field.off + field.size) {
        yield fault(`${at}.off`, "overlap", `\`${field.name}\` lies over \`${other.name}\``, args);
      }
    }
  }
  if (!HELPER_SETS.includes(input.helpers.set)) {
    yield fault("helpers.set", "helper-set", `there is no set of helpers \`${input.helpers.set}\``, {
      set: input.helpers.set,
    });
  }
  const { returnRange, sysfsPath } = input;
  if (returnRange && returnRange.min > returnRange.max) {
    yield fault("returnRange.min", "empty-range", `${returnRange.min} is above ${returnRange.max}`, returnRange);
  }
  if (!/^\/sys\/[A-Za-z0-9_-]+\/[A-Za-z0-9_-]+$/.test(sysfsPath)) {
    yield fault("sysfsPath", "sysfs-path", `\`${sysfsPath}\` is not a file in a directory below /sys`, {
      path: sysfsPath,
    });
  } else if (sysfsPath.startsWith("/sys/kernel/")) {
    yield fault("sysfsPath", "sysfs-taken", "/sys/kernel is the kernel's own", {});
  }
}

/** Numbers are those that steps 1 and 2 add to a kernel: the same ones for every definition. */
function definitionOf(input: DefinitionInput): KernelDefinition {
  const { name, ctx, helpers, returnRange, attachName, sysfsPath, show = "%u" } = input;
  const { plus, minus, set } = helpers;
  return {
    type: {
      id: OREORE.type.id,
      name,
      ctx: {
        struct: ctx.struct,
        size: ctx.size ?? Math.max(...ctx.fields.map(({ off, size }) => off + size)),
        fields: ctx.fields,
      },
      helpers: { set, ...(plus && { plus }), ...(minus && { minus }) },
      ...(returnRange && { returnRange: { ...returnRange, bits: 32 as const } }),
      attach: { id: OREORE.type.attach.id, name: attachName, requiredAtLoad: true },
    },
    attribute: {
      path: sysfsPath,
      mode: OREORE.attribute.mode,
      store: ctx.fields.map((field) => ({ field: field.name, type: NUMBER_OF_SIZE[field.size] })),
      show,
    },
  };
}

const NUMBER_OF_SIZE = { 1: "u8", 2: "u16", 4: "u32", 8: "u64" } as const;
