// Reads the bytes of a program from the text in which tools and programming languages write them. Each reader accepts or refuses
// a whole text. The readers are tried in order.
import { fromHex } from "../../base/bytes.ts";
import { stringBytes } from "../ctype.ts";

export type DumpKind = "xxd" | "escapes" | "byte-array" | "words" | "hex";
export interface Dump {
  readonly kind: DumpKind;
  readonly bytes: Uint8Array;
}

type Reader = (text: string, lines: readonly string[]) => Uint8Array | undefined;

const BARRED = /^([0-9a-f]{4,16})[ \t]+([0-9a-f \t]+)$/i;
const PLAIN = /^([0-9a-f]{4,16})(?::|[ \t])[ \t]*((?:[0-9a-f]{2,8}[ \t]?)+?)(?:[ \t]{2,}.*)?$/i;

/** Reads `00000000: b700 0000 2a00 0000  ....*...` (xxd), and the output of `hexdump -C` and `od -A x -t x1`. */
const xxd: Reader = (_, lines) => {
  const bytes: number[] = [];
  let read = 0;
  for (const line of lines) {
    // The column of characters comes after two blanks (xxd) or between bars (hexdump -C).
    const bar = /^[0-9a-f]+:/i.test(line) ? -1 : line.indexOf("|");
    const digits = bar >= 0 ? line.slice(0, bar).trim() : line;
    const pattern = bar >= 0 ? BARRED : PLAIN;
    const match = pattern.exec(digits);
    if (!match) {
      // The last line of od and hexdump is an address alone.
      if (/^[0-9a-f]{6,16}$/i.test(line) && read > 0) continue;
      return undefined;
    }
    const hex = (match[2] as string).replace(/\s+/g, "");
    const part = fromHex(hex);
    if (!part) return undefined;
    if (read === 0 && Number.parseInt(match[1] as string, 16) !== 0) return undefined;
    bytes.push(...part);
    read++;
  }
  return read > 0 ? Uint8Array.from(bytes) : undefined;
};

/** Reads strings of C, Python and Rust such as `"\x95\x00…"`, and joins them. */
const escapes: Reader = (text) => {
  if (!/\\x[0-9a-f]{2}/i.test(text)) return undefined;
  const strings = text.match(/b?(?:"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')/g) ?? [`"${text.trim()}"`];
  const bytes: number[] = [];
  for (const string of strings) {
    // In C a hex escape takes all digits that follow. Tools always write two digits.
    const part = stringBytes(
      string
        .replace(/^b/, "")
        .replace(/\\x([0-9a-f]{2})/gi, (_, hex) => `\\${Number.parseInt(hex, 16).toString(8).padStart(3, "0")}`),
    );
    if (!part) return undefined;
    bytes.push(...part);
  }
  return Uint8Array.from(bytes);
};

const numbers = (text: string): bigint[] | undefined => {
  // Start at the initialiser's opening bracket, because types and names before it contain digits too.
  const open = Math.max(
    text.indexOf("{"),
    text.search(/= ?&? ?\[|vec!\[|&\[(?=\s*[0-9])/),
    text.indexOf("(["),
    /^\s*\[/.test(text) ? text.indexOf("[") : -1,
  );
  let body = text;
  if (open >= 0) {
    const from = text[open] === "{" ? open + 1 : text.indexOf("[", open) + 1;
    const close = Math.max(text.lastIndexOf("}"), text[open] === "{" ? -1 : text.lastIndexOf("]"));
    body = text.slice(from, close > from ? close : undefined);
  }
  body = body.replace(/\/\*.*?\*\/|\/\/[^\n]*|#[^\n]*/gs, " ");
  const words = body.split(/[\s,]+/).filter((word) => word !== "");
  const values: bigint[] = [];
  for (const word of words) {
    const match = /^(0x[0-9a-f_]+|0b[01_]+|[0-9][0-9_]*)(?:_?u8|_?u64|u|ul|ull|l|ll)?$/i.exec(word);
    if (!match) return undefined;
    values.push(BigInt((match[1] as string).replaceAll("_", "")));
  }
  return values.length > 0 ? values : undefined;
};

/** Reads `{ 0x95, 0x00, … }` or `[149, 0, …]`. */
const byteArray: Reader = (text) => {
  // Go prints a slice without commas.
  const values = /,|0x|^\s*\[\d+ \d/i.test(text) ? numbers(text) : undefined;
  if (!values || values.some((value) => value > 0xffn) || values.length < 8) return undefined;
  return Uint8Array.from(values, Number);
};

/** Reads 64-bit words. Each is an instruction, with the opcode in its lowest byte. */
const words: Reader = (text) => {
  const values = /0x/i.test(text) ? numbers(text) : undefined;
  if (!values || values.some((value) => value > 0xffff_ffff_ffff_ffffn)) return undefined;
  const bytes = new Uint8Array(values.length * 8);
  values.forEach((value, i) => {
    for (let b = 0; b < 8; b++) bytes[i * 8 + b] = Number((value >> BigInt(8 * b)) & 0xffn);
  });
  return bytes;
};

const hex: Reader = (text) => {
  const digits = text.replace(/[\s:_-]+/g, "");
  return digits.length >= 16 ? fromHex(digits) : undefined;
};

const READERS: readonly (readonly [DumpKind, Reader])[] = [
  ["escapes", escapes],
  ["byte-array", byteArray],
  ["words", words],
  ["xxd", xxd],
  ["hex", hex],
];

/** `undefined`: the text is no dump of whole instructions. */
export function readDump(text: string): Dump | undefined {
  if (text.length > 4_000_000) return undefined;
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  for (const [kind, reader] of READERS) {
    const bytes = reader(text, lines);
    if (bytes && bytes.length > 0 && bytes.length % 8 === 0) return { kind, bytes };
  }
  return undefined;
}
