// What bash's builtins printf and `echo -e` make of a text: backslash escapes and conversions. The result is a text with one character for
// each byte, because an escape may stand for any byte.
import { latin1, utf8Encode } from "../base/bytes.ts";

export interface Printed {
  /** One character for each byte. */
  readonly out: string;
  /** The error message. "": there is none. */
  readonly err: string;
}

/** The bytes of a word as UTF-8, one character for each byte. */
export const byteText = (text: string): string => latin1(utf8Encode(text));
export const bytesOfText = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: "\x07", b: "\b", e: "\x1b", E: "\x1b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "\\": "\\" },
};

/** What stands behind the backslash: `\xff`, `\u00e9`, an octal number with the digits that `octal` allows, or one character. */
const escapePattern = (octal: string): RegExp =>
  new RegExp(`\\\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|${octal}|(.))`, "gs");
const FORMAT_ESCAPE = escapePattern("([0-7]{1,3})");
const ECHO_ESCAPE = escapePattern("0([0-7]{0,3})");

const unescaped = (text: string, pattern: RegExp, more: Readonly<Record<string, string>> = {}): string =>
  byteText(text).replace(pattern, (whole, hex?: string, code?: string, octal?: string, char = "") => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (code !== undefined) return byteText(String.fromCharCode(Number.parseInt(code, 16)));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal || "0", 8) & 255);
    return ESCAPES[char] ?? more[char] ?? whole;
  });

/** The text of `echo -e`. `\c` ends the output, so the newline is left out too. */
export function echoed(text: string, newline: string): string {
  const end = /^(?:[^\\]|\\[^c])*?\\c/s.exec(text);
  return unescaped(end ? end[0].slice(0, -2) : text, ECHO_ESCAPE) + (end ? "" : newline);
}

/** printf FORMAT ARGUMENTS: the format is used again until all arguments are taken. */
export function printf(format: string, args: readonly string[]): Printed {
  const pieces = unescaped(format, FORMAT_ESCAPE, { '"': '"', "?": "?" }).split(/(%[-+ 0#]*\d*(?:\.\d+)?.?)/s);
  const errors: string[] = [];
  let out = "";
  let next = 0;
  do {
    const first = next;
    for (const [i, piece] of pieces.entries()) {
      if (i % 2 === 0) {
        out += piece;
        continue;
      }
      if (piece.endsWith("%") && piece.length > 1) {
        out += "%";
        continue;
      }
      const [, flags = "", width = "", precision, kind = ""] = /^%([-+ 0#]*)(\d*)(?:\.(\d+))?(.?)$/s.exec(piece) ?? [];
      const convert = Object.hasOwn(CONVERSIONS, kind) ? CONVERSIONS[kind] : undefined;
      if (!convert) {
        errors.push(kind === "" ? "`%': missing format character" : `\`${kind}': invalid format character`);
        return { out, err: messages(errors) };
      }
      const text = convert(args[next++], (message) => errors.push(message));
      out += padded(text, flags, Number(width), kind === "s" || kind === "b" ? precision : undefined);
    }
    if (next === first) break;
  } while (next < args.length);
  return { out, err: messages(errors) };
}

const messages = (errors: readonly string[]): string => errors.map((error) => `bash: printf: ${error}\n`).join("");

type Conversion = (arg: string | undefined, complain: (message: string) => void) => string;

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  s: (arg = "") => byteText(arg),
  b: (arg = "") => unescaped(arg, ECHO_ESCAPE),
  c: (arg = "") => byteText(arg).slice(0, 1),
  d: (arg, complain) => String(numberOf(arg, complain)),
  i: (arg, complain) => String(numberOf(arg, complain)),
  u: (arg, complain) => String(BigInt.asUintN(64, numberOf(arg, complain))),
  o: (arg, complain) => BigInt.asUintN(64, numberOf(arg, complain)).toString(8),
  x: (arg, complain) => BigInt.asUintN(64, numberOf(arg, complain)).toString(16),
  X: (arg, complain) => BigInt.asUintN(64, numberOf(arg, complain)).toString(16).toUpperCase(),
};

/** A number as strtoimax() reads it with base 0. What follows the number is an error, and so is a text without one. */
function numberOf(arg: string | undefined, complain: (message: string) => void): bigint {
  if (arg === undefined || arg === "") return 0n;
  const [all, sign = "", digits = ""] = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(arg) ?? [""];
  if (all !== arg) complain(`${arg}: invalid number`);
  const octal = /^0[0-7]+$/.test(digits);
  const value = digits === "" ? 0n : BigInt(octal ? `0o${digits.slice(1)}` : digits);
  return sign === "-" ? -value : value;
}

function padded(text: string, flags: string, width: number, precision: string | undefined): string {
  const cut = precision === undefined ? text : text.slice(0, Number(precision));
  if (flags.includes("-")) return cut.padEnd(width);
  if (!flags.includes("0")) return cut.padStart(width);
  const sign = cut.startsWith("-") ? "-" : "";
  return sign + cut.slice(sign.length).padStart(width - sign.length, "0");
}
