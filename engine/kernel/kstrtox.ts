// Numbers as the kernel reads them from a sysfs write: kstrtou8 … kstrtos64 with base 0.
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
 * kstrto<type>(text, base, …): an optional sign (`-` for signed types only), then with base 0 decimal, octal after `0`, or
 * hexadecimal after `0x`, with base 16 hexadecimal, `0x` or not; one newline may follow, nothing else. The text ends at its first NUL, as a C string does.
 * Fails as EINVAL (no such number) or ERANGE (too large for the type, or for 64 bits wherever it stands).
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
  // Too many digits are found before what follows them is looked at.
  if (value > ULLONG_MAX) return { ok: false, errno: ERRNO.ERANGE };
  const tail = rest.slice(digits.length);
  return tail === "" || tail === "\n" ? { ok: true, value } : { ok: false, errno: ERRNO.EINVAL };
}
