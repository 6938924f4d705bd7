// Bytes of keys and values as people read and write them: hex, little-endian numbers, text, named fields, prefixes.
import type { NumberBase } from "../../stores/page/settings.ts";
import { formatValue } from "./format.ts";

export const FORMATS = ["hex", "number", "text", "fields"] as const;
export type Format = (typeof FORMATS)[number];

export interface Field {
  readonly name: string;
  readonly at: number;
  readonly size: number;
  readonly signed: boolean;
}

const SIZES: Readonly<Record<string, number>> = { "8": 1, "16": 2, "32": 4, "64": 8 };

/** `u32 hits, s64 bytes`, or as in C: `__u32 hits; long bytes;`. The list ends at the first part that cannot be read. */
export function parseFields(text: string): Field[] {
  const fields: Field[] = [];
  let at = 0;
  for (const part of text.split(/[,;\n]/)) {
    const match = /^\s*(?:__)?([us])(8|16|32|64)\s+(\w+)\s*$/.exec(part);
    if (!match) break;
    const size = SIZES[match[2] as string] as number;
    at = Math.ceil(at / size) * size;
    fields.push({ name: match[3] as string, at, size, signed: match[1] === "s" });
    at += size;
  }
  return fields;
}

/** Bytes in memory order → the big-endian digits of a number. */
export const reversed = (hex: string): string => (hex.match(/../g) ?? []).reverse().join("");
const spaced = (hex: string): string => (hex.match(/../g) ?? []).join(" ");

/** The bytes as numbers of 8 bytes, the rest as a shorter number. */
export const numberOf = (hex: string, base: NumberBase): string =>
  (hex.match(/.{1,16}/g) ?? []).map((part) => formatValue(reversed(part), base)).join(" ");

export function formatBytes(hex: string, format: Format, fields: readonly Field[], base: NumberBase): string {
  switch (format) {
    case "hex":
      return spaced(hex);
    case "number":
      return numberOf(hex, base);
    case "text":
      return JSON.stringify(textOf(hex));
    case "fields": {
      const known = fields.filter(({ at, size }) => 2 * (at + size) <= hex.length);
      return known.length === 0
        ? spaced(hex)
        : known.map((field) => `${field.name} ${fieldOf(hex, field, base)}`).join("  ");
    }
  }
}

export const fieldOf = (hex: string, { at, size, signed }: Field, base: NumberBase): string =>
  formatValue(reversed(hex.slice(2 * at, 2 * (at + size))), base === "unsigned" && signed ? "signed" : base);

/** The text up to the first NUL, with dots for bytes that are not printable. */
export function textOf(hex: string): string {
  const bytes: readonly string[] = hex.match(/../g) ?? [];
  const end = bytes.indexOf("00");
  return bytes
    .slice(0, end < 0 ? bytes.length : end)
    .map((two) => Number.parseInt(two, 16))
    .map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "."))
    .join("");
}

/** Key of an LPM trie: the number of bits that count, and the bytes. Four bytes are an IPv4 address. */
export function prefixOf(hex: string): string {
  const bits = Number.parseInt(reversed(hex.slice(0, 8)), 16);
  const data = hex.slice(8);
  const text =
    data.length === 8 ? (data.match(/../g) ?? []).map((two) => Number.parseInt(two, 16)).join(".") : spaced(data);
  return `${text}/${bits}`;
}

/** The typed text as `size` bytes, in memory order: hex of that length, or a number that fits. undefined: neither. */
export function parseBytes(text: string, size: number): string | undefined {
  const packed = text.trim();
  const prefix = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(packed);
  if (prefix && size === 8) {
    const [a, b, c, d, bits] = prefix.slice(1).map(Number) as [number, number, number, number, number];
    if ([a, b, c, d].some((byte) => byte > 255) || bits > 32) return undefined;
    return [bits, 0, 0, 0, a, b, c, d].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  const digits = packed.replace(/\s/g, "");
  // Two digits alone are more likely a number than a byte.
  const isHex = /^[0-9a-f]*$/i.test(digits) && digits.length === 2 * size;
  if (isHex && (size >= 4 || /\s/.test(packed) || size === 0)) return digits.toLowerCase();
  if (/^-?(?:0x[0-9a-f]+|\d+)$/i.test(packed) && size <= 8) {
    const value = packed.startsWith("-") ? -BigInt(packed.slice(1)) : BigInt(packed);
    const bits = 8 * size;
    if (BigInt.asUintN(bits, value) !== value && BigInt.asIntN(bits, value) !== value) return undefined;
    return reversed(
      BigInt.asUintN(bits, value)
        .toString(16)
        .padStart(2 * size, "0"),
    );
  }
  return isHex ? digits.toLowerCase() : undefined;
}

/** The same, but digits are a decimal number, however many there are. */
export const parseNumber = (text: string, size: number): string | undefined =>
  parseBytes(/^\d+$/.test(text.trim()) ? `0x${BigInt(text.trim()).toString(16)}` : text, size);

/** Writes a number into a field of a value. */
export function withField(hex: string, { at, size }: Field, text: string): string | undefined {
  const bytes = parseNumber(text, size);
  return bytes === undefined ? undefined : hex.slice(0, 2 * at) + bytes + hex.slice(2 * (at + size));
}
