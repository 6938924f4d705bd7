// A definition: what the four steps of the recipe add to a kernel, as data. It has a program type, an attach type, and a module
// with files in sysfs, one of which runs the attached program. OREORE is a definition; a reader's own types are others. No code
// treats a definition by its name.
import { memberOf } from "../facts/convert.ts";
import { OREORE_DEFINITION } from "../facts/oreore.ts";
import type { CtxField, KernelMember, ProgTypeDefinition, UapiStruct } from "../facts/types.ts";
import { type NumberParse, OREORE_FILE, PARSES, type Parse, type ShowFormat } from "./formats.ts";
import type { NumberType } from "./kstrtox.ts";

/** The number type with which a member of this size is parsed. */
export const numberType = (parse: NumberParse, size: KernelMember["size"]): NumberType =>
  `${PARSES[parse].signed ? "s" : "u"}${(8 * size) as 8 | 16 | 32 | 64}`;

/** How the module's main file handles a write and a read. A write runs the attached program. */
export interface Attribute {
  /** A path below /sys: `/sys/oreore/bpf`. */
  readonly path: string;
  /** Permission bits: 0o644. */
  readonly mode: number;
  readonly parse: Parse;
  /**
   * The context fields that a write gives, in this order: one number each, separated by single blanks. store() parses them before
   * it checks whether a program is attached. Empty: any text is accepted.
   */
  readonly store: readonly string[];
  /** Format of a read: show() prints the last result in it, then a newline. */
  readonly show: ShowFormat;
}

/** Another file of the module. It either keeps a field for later runs, or shows the result once more. */
export interface SideFile {
  readonly path: string;
  readonly mode: number;
  /** The field that the file keeps and shows. undefined: the file shows the last result and cannot be written. */
  readonly field?: string;
  readonly parse: NumberParse;
  readonly show: ShowFormat;
}

export interface KernelDefinition {
  readonly type: ProgTypeDefinition & { readonly attach: NonNullable<ProgTypeDefinition["attach"]> };
  readonly attribute: Attribute;
  readonly files: readonly SideFile[];
}

/** The struct that programs see, as if it were in a UAPI header. */
export const ctxStructOf = ({ type: { ctx } }: KernelDefinition): UapiStruct => ({
  name: ctx.struct,
  size: ctx.size,
  fields: ctx.fields.map(({ name, off, size }) => ({ name, off, size, type: `__u${8 * size}` })),
});

/** Size in bytes of the struct that the kernel passes to bpf_prog_run(). */
export const kernSize = ({ ctx }: ProgTypeDefinition): number => (ctx.kern ?? ctx).size;

export const fieldNamed = ({ type }: KernelDefinition, name: string): CtxField | undefined =>
  type.ctx.fields.find((field) => field.name === name);

/** The member of the kernel's struct behind a field, by the field's name. */
export const memberNamed = (definition: KernelDefinition, name: string): KernelMember =>
  memberOf(fieldNamed(definition, name) as CtxField);

/** The talk's definition: a write gives four bytes, a read prints `"%u\n"`. */
export const OREORE: KernelDefinition = {
  type: OREORE_DEFINITION,
  attribute: {
    path: OREORE_FILE,
    mode: 0o644,
    parse: "u",
    store: OREORE_DEFINITION.ctx.fields.map(({ name }) => name),
    show: "%u",
  },
  files: [],
};
