// Reads a program type of the reader's own: JSON from a form, a link or a file. Each field is checked, then a definition is made.
// Every fault names its field, so that a form can show it there.
import * as v from "valibot";
import { memberOf } from "../facts/convert.ts";
import { BASE_HELPERS, helperId, helperName } from "../facts/helpers.ts";
import { attachTypeId, progTypeByName } from "../facts/prog-types.ts";
import type { CtxField } from "../facts/types.ts";
import { type KernelDefinition, OREORE } from "./definition.ts";
import {
  FIELD_SIZES,
  MAX_FIELDS,
  MAX_FILES,
  OF_RESULT,
  PARSES,
  type Parse,
  SHOW_FORMATS,
  type ShowFormat,
} from "./formats.ts";

const u16 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff));
const s32 = v.pipe(v.number(), v.integer(), v.minValue(-0x8000_0000), v.maxValue(0x7fff_ffff));
/** Helpers, each by its name without `bpf_` or by its number. */
const helperList = v.optional(
  v.pipe(v.array(v.union([v.string(), v.pipe(v.number(), v.integer())])), v.maxLength(256)),
);
const size = v.picklist(FIELD_SIZES);
const showFormat = v.optional(v.picklist(Object.keys(SHOW_FORMATS) as ShowFormat[]));

const DefinitionInputSchema = v.object({
  /** Lower case, as in `BPF_PROG_TYPE_<NAME>`. */
  name: v.string(),
  ctx: v.object({
    struct: v.string(),
    /** Bytes. Left out: the struct ends with the last field. */
    size: v.optional(u16),
    fields: v.pipe(
      v.array(
        v.object({
          name: v.string(),
          off: u16,
          size,
          writable: v.boolean(),
          /** Loads of a part of the field are allowed. */
          narrow: v.optional(v.boolean()),
          /** The member of the kernel's own struct. Left out: the same name, offset and size. */
          kernel: v.optional(v.object({ name: v.string(), off: u16, size })),
        }),
      ),
      v.minLength(1),
      v.maxLength(MAX_FIELDS),
    ),
  }),
  helpers: v.object({ set: v.string(), plus: helperList, minus: helperList }),
  /** Allowed values of R0 at exit, both ends included. */
  returnRange: v.optional(v.object({ min: s32, max: s32 })),
  /** `BPF_OREORE_ATTACH` */
  attachName: v.string(),
  /** `/sys/oreore/bpf` */
  sysfsPath: v.string(),
  /** How the text of a write is parsed. Left out: as unsigned numbers. */
  parse: v.optional(v.picklist(Object.keys(PARSES) as Parse[])),
  show: showFormat,
  /** Other files in the same directory. A write to the file of a field sets that field for later runs. A file may also show the result. */
  files: v.optional(
    v.pipe(
      v.array(
        v.object({
          name: v.string(),
          /** What the file holds: a field, by its name, or `result`. */
          of: v.string(),
          parse: v.optional(v.picklist(["u", "s", "hex"])),
          show: showFormat,
        }),
      ),
      v.maxLength(MAX_FILES),
    ),
  ),
});
export type DefinitionInput = v.InferOutput<typeof DefinitionInputSchema>;

export interface DefinitionFault {
  /** The faulty field: `ctx.fields.1.off`. "": the input as a whole. */
  readonly path: string;
  /** The kind of fault in kebab-case. Translations are made from it and `args`. */
  readonly code: string;
  /** The sentence in English. */
  readonly message: string;
  readonly args: Readonly<Record<string, string | number>>;
}

/** The definition, and `input`: what was given, without properties that the schema does not have. Otherwise at least one fault. */
export type ReadDefinition =
  | { readonly ok: true; readonly input: DefinitionInput; readonly definition: KernelDefinition }
  | { readonly ok: false; readonly faults: readonly DefinitionFault[] };

export function readDefinition(given: unknown): ReadDefinition {
  const parsed = v.safeParse(DefinitionInputSchema, given);
  if (!parsed.success) {
    const faults = parsed.issues.map((issue) => ({
      path: v.getDotPath(issue) ?? "",
      code: "shape",
      message: issue.message,
      args: {},
    }));
    return { ok: false, faults };
  }
  const input = parsed.output;
  const faults = [...faultsOf(input)];
  return faults.length > 0 ? { ok: false, faults } : { ok: true, input, definition: definitionOf(input) };
}

const C_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const C_KEYWORDS = new Set(
  "auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false current linux unix NULL".split(
    " ",
  ),
);
/** Most bytes of a context: it lies in one page of the machine. */
const MAX_CTX = 4096;
const HELPER_SETS = ["base"];
/** Names of the files in kernel/bpf of Linux 6.1, without `.c`. The take-home puts the type's own file there. */
const KERNEL_FILES = new Set(
  "arraymap bloom_filter bpf_inode_storage bpf_iter bpf_local_storage bpf_lru_list bpf_lsm bpf_struct_ops bpf_task_storage btf cgroup cgroup_iter core cpumap devmap disasm dispatcher hashtab helpers inode link_iter local_storage log lpm_trie map_in_map map_iter memalloc net_namespace offload percpu_freelist prog_iter queue_stack_maps reuseport_array ringbuf stackmap syscall sysfs_btf task_iter tnum trampoline verifier".split(
    " ",
  ),
);
const FILE_NAME = /^[A-Za-z0-9_-]{1,64}$/;

type Field = DefinitionInput["ctx"]["fields"][number];
type Args = DefinitionFault["args"];

const fault = (path: string, code: string, message: string, args: Args = {}): DefinitionFault => ({
  path,
  code,
  message,
  args,
});

function* cName(path: string, name: string): Generator<DefinitionFault> {
  if (!C_NAME.test(name) || C_KEYWORDS.has(name)) yield fault(path, "c-name", `\`${name}\` is no name in C`, { name });
}

function* faultsOf(input: DefinitionInput): Generator<DefinitionFault> {
  yield* cName("name", input.name);
  if (/[A-Z]/.test(input.name))
    yield fault("name", "lower-case", `\`${input.name}\` is to be in lower case`, { name: input.name });
  if (input.name.length > 32) yield fault("name", "too-long", "a name has at most 32 letters", { max: 32 });
  yield* cName("ctx.struct", input.ctx.struct);
  yield* cName("attachName", input.attachName);
  const taken = (path: string, name: string) =>
    fault(path, "name-taken", `the kernel has \`${name}\` already`, { name });
  if (input.name !== OREORE.type.name && progTypeByName(input.name)) yield taken("name", input.name);
  else if (KERNEL_FILES.has(input.name)) yield taken("name", `kernel/bpf/${input.name}.c`);
  if (input.attachName !== OREORE.type.attach.name && attachTypeId(input.attachName) !== undefined)
    yield taken("attachName", input.attachName);

  const { size = MAX_CTX } = input.ctx;
  if (size > MAX_CTX) yield fault("ctx.size", "ctx-size", `a context has at most ${MAX_CTX} bytes`, { max: MAX_CTX });
  yield* layoutFaults(input.ctx.fields, size, (i) => `ctx.fields.${i}`);
  yield* kernelFaults(input.ctx.fields);
  yield* helperFaults(input.helpers);
  const { returnRange } = input;
  if (returnRange && returnRange.min > returnRange.max) {
    yield fault("returnRange.min", "empty-range", `${returnRange.min} is above ${returnRange.max}`, returnRange);
  }
  yield* fileFaults(input);
}

type Place = Pick<Field, "name" | "off" | "size">;

/** Faults of the members of one struct: names, alignment, members that overlap or lie outside. */
function* layoutFaults(
  members: readonly Place[],
  size: number,
  pathOf: (member: number) => string,
): Generator<DefinitionFault> {
  for (const [i, member] of members.entries()) {
    const at = pathOf(i);
    const { name, off } = member;
    yield* cName(`${at}.name`, name);
    if (off % member.size !== 0) {
      const args = { name, off, size: member.size };
      yield fault(
        `${at}.off`,
        "unaligned",
        `offset ${off} of \`${name}\` is no multiple of its size ${member.size}`,
        args,
      );
    }
    const end = off + member.size;
    if (end > size) {
      const args = { name, end, size };
      yield fault(`${at}.off`, "outside", `\`${name}\` ends at ${end}, outside the ${size} bytes of the context`, args);
    }
    for (const other of members.slice(0, i)) {
      const args = { name, other: other.name };
      if (other.name === name) yield fault(`${at}.name`, "twice", `there are two fields \`${name}\``, args);
      if (off < other.off + other.size && other.off < end) {
        yield fault(`${at}.off`, "overlap", `\`${name}\` lies over \`${other.name}\``, args);
      }
    }
  }
}

/** Faults of the kernel's struct. It has a member for every field: those given by `kernel`, and the others unchanged. */
function* kernelFaults(fields: readonly Field[]): Generator<DefinitionFault> {
  if (!fields.some(({ kernel }) => kernel)) return;
  const members = fields.map((field) => field.kernel ?? field);
  for (const found of layoutFaults(members, MAX_CTX, (i) => `ctx.fields.${i}.kernel`)) {
    // A member without `kernel` has no input field to show a fault at. If another member overlaps it or has its name, the fault is
    // shown at that one. Its other faults were already reported for the field itself.
    const i = Number(found.path.split(".")[2]);
    const other = fields.findIndex(({ kernel }, n) => kernel && n < i && kernel.name === found.args.other);
    if (fields[i]?.kernel) yield found;
    else if (other >= 0 && (found.code === "overlap" || found.code === "twice"))
      yield {
        ...found,
        path: `ctx.fields.${other}.kernel.${found.code === "overlap" ? "off" : "name"}`,
        args: { name: found.args.other as string, other: found.args.name as string },
      };
  }
  for (const [i, { name, size, writable, kernel }] of fields.entries()) {
    if (!writable || !kernel || kernel.size <= size) continue;
    const args = { name, size, kernel: kernel.size };
    yield fault(
      `ctx.fields.${i}.kernel.size`,
      "kernel-wider",
      `a store of ${size} bytes would leave part of \`${kernel.name}\` as it was`,
      args,
    );
  }
}

/**
 * Helpers outside the base set that a definition may add. Linux 6.1 declares their prototypes in include/linux/bpf.h, so the
 * type's own C file can name them. They need nothing that only some program types have.
 */
const ADDABLE: ReadonlySet<string> = new Set([
  "get_current_pid_tgid",
  "get_current_uid_gid",
  "get_current_comm",
  "get_ns_current_pid_tgid",
  "ktime_get_coarse_ns",
]);

function* helperFaults({ set, plus = [], minus = [] }: DefinitionInput["helpers"]): Generator<DefinitionFault> {
  if (!HELPER_SETS.includes(set)) {
    yield fault("helpers.set", "helper-set", `there is no set of helpers \`${set}\``, { set });
  }
  const nameOf = (one: string | number): string => (typeof one === "string" ? one : (helperName(one) ?? String(one)));
  for (const name of plus.map(nameOf)) {
    const id = helperId(name);
    const args = { name, known: [...ADDABLE].join(" ") };
    if (id === undefined) yield fault("helpers.plus", "no-helper", `there is no helper \`${name}\``, args);
    else if (!ADDABLE.has(name) && !BASE_HELPERS.has(id))
      yield fault("helpers.plus", "helper-not-for-all", `\`${name}\` is not for a type like this`, args);
  }
  for (const name of minus.map(nameOf)) {
    const id = helperId(name);
    if (id === undefined) yield fault("helpers.minus", "no-helper", `there is no helper \`${name}\``, { name });
    else if (!BASE_HELPERS.has(id))
      yield fault("helpers.minus", "not-in-base", `\`${name}\` is not in the set`, { name });
  }
}

function* fileFaults({ sysfsPath, ctx, files = [] }: DefinitionInput): Generator<DefinitionFault> {
  if (!/^\/sys\/[A-Za-z0-9_-]+\/[A-Za-z0-9_-]+$/.test(sysfsPath)) {
    yield fault("sysfsPath", "sysfs-path", `\`${sysfsPath}\` is not a file in a directory below /sys`, {
      path: sysfsPath,
    });
  } else if (
    ["block", "bus", "class", "dev", "devices", "firmware", "fs", "hypervisor", "kernel", "module", "power"].includes(
      sysfsPath.split("/")[2] as string,
    )
  ) {
    const dir = sysfsPath.split("/").slice(0, 3).join("/");
    yield fault("sysfsPath", "sysfs-taken", `${dir} is the kernel's own`, { dir });
  }
  const main = sysfsPath.split("/").at(-1) ?? "";
  // The take-home makes names in C from file names.
  const asC = (name: string): string => name.replaceAll("-", "_");
  for (const [i, { name, of }] of files.entries()) {
    const at = `files.${i}`;
    if (!FILE_NAME.test(name))
      yield fault(`${at}.name`, "file-name", `\`${name}\` is no name for a file here`, { name });
    if ([{ name: main }, ...files.slice(0, i)].some((other) => asC(other.name) === asC(name)))
      yield fault(`${at}.name`, "file-twice", `there are two files \`${name}\``, { name });
    if (of !== OF_RESULT && !ctx.fields.some((field) => field.name === of))
      yield fault(`${at}.of`, "no-field", `there is no field \`${of}\``, { name: of });
    else if (of !== OF_RESULT && files.slice(0, i).some((other) => other.of === of))
      yield fault(`${at}.of`, "field-twice", `\`${of}\` has a file already`, { name: of });
  }
}

const idOf = (one: string | number): number => (typeof one === "number" ? one : (helperId(one) as number));
const endOf = (members: readonly Place[]): number => Math.max(...members.map(({ off, size }) => off + size));

/** The definition of an input without faults. Program type and attach type get OREORE's numbers, the ones that steps 1 and 2 add. */
function definitionOf(input: DefinitionInput): KernelDefinition {
  const { name, ctx, helpers, returnRange, attachName, sysfsPath, parse = "u", show = "%u", files = [] } = input;
  const { plus, minus, set } = helpers;
  const converted = ctx.fields.some(({ kernel }) => kernel);
  const fields = ctx.fields.map(
    ({ kernel, narrow, ...field }): CtxField => ({
      ...field,
      ...(narrow && { narrow }),
      ...(converted && { kernel: kernel ?? { name: field.name, off: field.off, size: field.size } }),
    }),
  );
  const directory = sysfsPath.slice(0, sysfsPath.lastIndexOf("/") + 1);
  return {
    type: {
      id: OREORE.type.id,
      name,
      ctx: {
        struct: ctx.struct,
        size: ctx.size ?? endOf(fields),
        fields,
        ...(converted && { kern: { struct: `${name}_kern`, size: endOf(fields.map(memberOf)) } }),
      },
      helpers: { set, ...(plus && { plus: plus.map(idOf) }), ...(minus && { minus: minus.map(idOf) }) },
      ...(returnRange && { returnRange: { ...returnRange, bits: 64 as const } }),
      attach: { id: OREORE.type.attach.id, name: attachName, requiredAtLoad: true },
    },
    attribute: {
      path: sysfsPath,
      mode: OREORE.attribute.mode,
      parse,
      store: fields.map((field) => field.name).filter((field) => !files.some(({ of }) => of === field)),
      show,
    },
    files: files.map(({ name, of, parse = "u", show = "%u" }) => ({
      path: directory + name,
      mode: of === OF_RESULT ? 0o444 : OREORE.attribute.mode,
      ...(of !== OF_RESULT && { field: of }),
      parse,
      show,
    })),
  };
}
