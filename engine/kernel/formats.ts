// What a form for a program type of one's own can choose from: how writes are read and results shown, sizes, limits. Apart
// from the definition, so that a form need not load what the kernel knows.

/** How the text of a write becomes the kernel's context. */
export const PARSES = {
  /** kstrtou8 … kstrtou64: decimal, 0 octal, 0x hexadecimal. */
  u: { signed: false, base: 0 },
  /** kstrtos8 … kstrtos64. */
  s: { signed: true, base: 0 },
  /** kstrtou8 … kstrtou64 with base 16, 0x or not. */
  hex: { signed: false, base: 16 },
  /** The bytes of the write as they are, from the first byte of the context on. */
  bytes: undefined,
} as const satisfies Record<string, { signed: boolean; base: 0 | 16 } | undefined>;
export type Parse = keyof typeof PARSES;
export type NumberParse = Exclude<Parse, "bytes">;

/** printf conversions; of the result, which is a u32, and of fields of any size. */
export const SHOW_FORMATS = {
  "%u": (value: bigint) => String(value),
  "%d": (value: bigint, size: number) => String(BigInt.asIntN(8 * size, value)),
  "0x%x": (value: bigint) => `0x${value.toString(16)}`,
} as const satisfies Record<string, (value: bigint, size: number) => string>;
export type ShowFormat = keyof typeof SHOW_FORMATS;

/** Bytes of a field. */
export const FIELD_SIZES = [1, 2, 4, 8] as const;
export type FieldSize = (typeof FIELD_SIZES)[number];
export const MAX_FIELDS = 32;
/** Files beside the one that runs. */
export const MAX_FILES = 8;
/** In place of a field: what a file shows that is of the result. */
export const OF_RESULT = "result";

/** The file of the deck's module: a write runs what is attached. */
export const OREORE_FILE = "/sys/oreore/bpf";

interface Names {
  readonly name: string;
  readonly attachName: string;
  readonly sysfsPath: string;
}

const attachNameOf = (name: string): string => `BPF_${name.toUpperCase()}_ATTACH`;

/** With another name. Names that were made from the type's follow it; others stay. */
export function renamed({ name, attachName, sysfsPath }: Names, to: string): Names {
  const [root, sys, directory, ...file] = sysfsPath.split("/");
  return {
    name: to,
    attachName: attachName === attachNameOf(name) ? attachNameOf(to) : attachName,
    sysfsPath: directory === name ? [root, sys, to, ...file].join("/") : sysfsPath,
  };
}
