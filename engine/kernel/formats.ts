// The choices in the form for a reader's own program type: how writes are parsed, how results are printed, sizes and limits. They
// are apart from the definition, so that the form does not load the kernel's facts.

import { OREORE_DEFINITION } from "../facts/oreore.ts";

/** How the text of a write is parsed into the kernel's context. */
export const PARSES = {
  /** kstrtou8 … kstrtou64: decimal, 0 octal, 0x hexadecimal. */
  u: { signed: false, base: 0 },
  /** kstrtos8 … kstrtos64. */
  s: { signed: true, base: 0 },
  /** kstrtou8 … kstrtou64 with base 16. A prefix 0x is allowed. */
  hex: { signed: false, base: 16 },
  /** The bytes of the write are the context, from its first byte on. */
  bytes: undefined,
} as const satisfies Record<string, { signed: boolean; base: 0 | 16 } | undefined>;
export type Parse = keyof typeof PARSES;
export type NumberParse = Exclude<Parse, "bytes">;

/** printf conversions for the result, which is a u32, and for fields of any size. `size` is in bytes. */
export const SHOW_FORMATS = {
  "%u": (value: bigint) => String(value),
  "%d": (value: bigint, size: number) => String(BigInt.asIntN(8 * size, value)),
  "0x%x": (value: bigint) => `0x${value.toString(16)}`,
} as const satisfies Record<string, (value: bigint, size: number) => string>;
export type ShowFormat = keyof typeof SHOW_FORMATS;

/** Possible sizes of a field, in bytes. */
export const FIELD_SIZES = [1, 2, 4, 8] as const;
export type FieldSize = (typeof FIELD_SIZES)[number];
export const MAX_FIELDS = 32;
/** Most files beside the main one. */
export const MAX_FILES = 8;
/** Stands in place of a field's name for a file that shows the result. */
export const OF_RESULT = "result";

/** The file of the talk's module. A write runs the attached program. */
export const OREORE_FILE = "/sys/oreore/bpf";

/** The name of the program type that a kernel has until the reader puts another in its place. presets.ts has its definition. */
export const DEFAULT_PRESET = OREORE_DEFINITION.name;

interface Names {
  readonly name: string;
  readonly attachName: string;
  readonly sysfsPath: string;
}

const attachNameOf = (name: string): string => `BPF_${name.toUpperCase()}_ATTACH`;

/** The names after the type is renamed to `to`. Names that were made from the type's name change with it; others stay. */
export function renamed({ name, attachName, sysfsPath }: Names, to: string): Names {
  const [root, sys, directory, ...file] = sysfsPath.split("/");
  return {
    name: to,
    attachName: attachName === attachNameOf(name) ? attachNameOf(to) : attachName,
    sysfsPath: directory === name ? [root, sys, to, ...file].join("/") : sysfsPath,
  };
}
