// Parses numbers as the kernel does in a write to sysfs: kstrtou8 … kstrtos64, with base 0 or 16.
// @kernel lib/kstrtox.c
import { latin1 } from "../base/bytes.ts";
import { ERRNO } from "../facts/errno.ts";

export const NUMBER_TYPES = {
  u8: [0n, 0xffn],
  s8: [-0x80n, 0x7fn],
  u16: [0n, 0xffffn],
  s16: [-0x8000n, 0x7fffn],
  u32: [0n, 0xffff_ffffn],
  s32: [-0x8000_0000n, 0x7fff_ffffn],
  u64: [0n, 0xffff_ffff_ffff_ffffn],
  s64: [-0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn],
} as const satisfies Record<string, readonly [bigint, bigint]>;
export type NumberType = keyof typeof NUMBER_TYPES;

export type Parsed = { readonly ok: true; readonly value: bigint } | { readonly ok: false; readonly errno: number };

const ULLONG_MAX = 0xffff_ffff_ffff_ffffn;

/**
 * kstrto<type>(text, base, …). The text is an optional sign (`-` for signed types only) and digits; one newline may follow,
 * nothing else. With base 0 the digits are decimal, octal after `0`, hexadecimal after `0x`. With base 16 they are hexadecimal,
 * and a prefix `0x` is allowed. As a C string, the text ends at its first NUL. Fails with EINVAL (not a number) or ERANGE (too
 * large for the type; also if the digits need more than 64 bits, whatever follows them).
 */
export function kstrto(type: NumberType, bytes: Uint8Array, base: 0 | 16 = 0): Parsed {
  const [min, max] = NUMBER_TYPES[type];
  const nul = bytes.indexOf(0);
  const text = latin1(nul < 0 ? bytes : bytes.subarray(0, nul));
  const negative = min < 0n && text.startsWith("-");
  const parsed = parseUnsigned(text.slice(negative || text.startsWith("+") ? 1 : 0), base);
  if (!parsed.ok) return parsed;
  const value = negative ? -parsed.value : parsed.value;
  return value < min || value > max ? { ok: false, errno: ERRNO.ERANGE } : { ok: true, value };
}

const DIGITS = { 8: /^[0-7]*/, 10: /^[0-9]*/, 16: /^[0-9a-f]*/i } as const;
const PREFIX = { 8: "0o", 10: "", 16: "0x" } as const;

function parseUnsigned(text: string, asked: 0 | 16): Parsed {
  const prefixed = (asked === 16 ? /^0x/i : /^0x[0-9a-f]/i).test(text);
  const base = prefixed || asked === 16 ? 16 : text.startsWith("0") ? 8 : 10;
  const rest = prefixed ? text.slice(2) : text;
  const digits = DIGITS[base].exec(rest)?.[0] ?? "";
  if (digits === "") return { ok: false, errno: ERRNO.EINVAL };
  const value = BigInt(PREFIX[base] + digits);
  // As in the kernel, a number beyond 64 bits fails before the rest of the text is looked at.
  if (value > ULLONG_MAX) return { ok: false, errno: ERRNO.ERANGE };
  const tail = rest.slice(digits.length);
  return tail === "" || tail === "\n" ? { ok: true, value } : { ok: false, errno: ERRNO.EINVAL };
}
