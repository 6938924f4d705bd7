// What the four steps of the recipe add to a kernel, as data: a program type, an attach type, and a module with files in
// sysfs, one of which runs what is attached. OREORE is one; a reader's own types are others. No code below treats any by name.
import { memberOf } from "../facts/convert.ts";
import { OREORE_DEFINITION } from "../facts/prog-types.ts";
import type { CtxField, KernelMember, ProgTypeDefinition, UapiStruct } from "../facts/types.ts";
import { type NumberParse, OREORE_FILE, PARSES, type Parse, type ShowFormat } from "./formats.ts";
import type { NumberType } from "./kstrtox.ts";

/** The number that a member of this size takes. */
export const numberType = (parse: NumberParse, size: KernelMember["size"]): NumberType =>
  `${PARSES[parse].signed ? "s" : "u"}${(8 * size) as 8 | 16 | 32 | 64}`;

/** How the module's file takes a write and answers a read. */
export interface Attribute {
  /** Below /sys: `/sys/oreore/bpf`. */
  readonly path: string;
  /** Permission bits: 0o644. */
  readonly mode: number;
  readonly parse: Parse;
  /**
   * store(): one number for each of these fields of the context, in this order; more than one are split at single blanks.
   * Parsed before it is looked whether a program is attached. None: any text will do.
   */
  readonly store: readonly string[];
  /** show(): the last result in this format and a newline. */
  readonly show: ShowFormat;
}

/** Another file of the module, beside the one that runs: keeps a field for the runs to come, or shows the result once more. */
export interface SideFile {
  readonly path: string;
  readonly mode: number;
  /** The field that is kept and shown; undefined: the last result, for reading only. */
  readonly field?: string;
  readonly parse: NumberParse;
  readonly show: ShowFormat;
}

export interface KernelDefinition {
  readonly type: ProgTypeDefinition & { readonly attach: NonNullable<ProgTypeDefinition["attach"]> };
  readonly attribute: Attribute;
  readonly files: readonly SideFile[];
}

/** The struct that programs see, as a UAPI header would have it. */
export const ctxStructOf = ({ type: { ctx } }: KernelDefinition): UapiStruct => ({
  name: ctx.struct,
  size: ctx.size,
  fields: ctx.fields.map(({ name, off, size }) => ({ name, off, size, type: `__u${8 * size}` })),
});

/** Size of the struct that the kernel hands over. */
export const kernSize = ({ ctx }: ProgTypeDefinition): number => (ctx.kern ?? ctx).size;

export const fieldNamed = ({ type }: KernelDefinition, name: string): CtxField | undefined =>
  type.ctx.fields.find((field) => field.name === name);

/** The member behind a field, by the field's name. */
export const memberNamed = (definition: KernelDefinition, name: string): KernelMember =>
  memberOf(fieldNamed(definition, name) as CtxField);

/** The deck's: four bytes in, `"%u\n"` out. */
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
