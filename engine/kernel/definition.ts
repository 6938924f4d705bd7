// What the four steps of the recipe add to a kernel, as data: a program type, an attach type, and a module with a file in
// sysfs that runs what is attached. OREORE is one; a reader's own types are others. No code below treats any by name.
import { OREORE_DEFINITION } from "../facts/prog-types.ts";
import type { ProgTypeDefinition } from "../facts/types.ts";
import type { NumberType } from "./kstrtox.ts";

/** How the module's file takes a write and answers a read. */
export interface Attribute {
  /** Below /sys: `/sys/oreore/bpf`. */
  readonly path: string;
  /** Permission bits: 0o644. */
  readonly mode: number;
  /**
   * store(): one number for each of these fields of the context, in this order; more than one are split at single blanks.
   * Parsed before it is looked whether a program is attached.
   */
  readonly store: readonly { readonly field: string; readonly type: NumberType }[];
  /** show(): the last result in this format and a newline. */
  readonly show: ShowFormat;
}

/** printf conversions of the result: bpf_prog_run() returns a u32. */
export const SHOW_FORMATS = {
  "%u": (value: number) => String(value >>> 0),
  "%d": (value: number) => String(value | 0),
  "0x%x": (value: number) => `0x${(value >>> 0).toString(16)}`,
} as const satisfies Record<string, (value: number) => string>;
export type ShowFormat = keyof typeof SHOW_FORMATS;

export interface KernelDefinition {
  readonly type: ProgTypeDefinition & { readonly attach: NonNullable<ProgTypeDefinition["attach"]> };
  readonly attribute: Attribute;
}

/** The deck's: four bytes in, `"%u\n"` out. */
export const OREORE: KernelDefinition = {
  type: OREORE_DEFINITION,
  attribute: {
    path: "/sys/oreore/bpf",
    mode: 0o644,
    store: OREORE_DEFINITION.ctx.fields.map(({ name }) => ({ field: name, type: "u32" })),
    show: "%u",
  },
};
