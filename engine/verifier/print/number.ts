// Numbers as the verifier log writes them: small ones in decimal, others in hex.
// @kernel log.c is_unum_decimal, verbose_unum, verbose_snum, tnum_strn
import { asS64, asU64 } from "../../base/u64.ts";
import type { Tnum } from "../domain/tnum.ts";

const UNUM_MAX_DECIMAL = 0xffffn;
const SNUM_MIN_DECIMAL = -0x8000n;
const SNUM_MAX_DECIMAL = 0x7fffn;

/** printf's `%#llx`: always with `0x`; a negative number as its 64 bits. */
export const hexText = (n: bigint): string => `0x${asU64(n).toString(16)}`;

/** An unsigned number: decimal up to 65535. */
export const unumText = (n: bigint): string => (n <= UNUM_MAX_DECIMAL ? `${n}` : hexText(n));

/** A signed number, given as s64 or as its 64 bits. Decimal from -32768 to 32767, otherwise the 64 bits in hex. */
export function snumText(n: bigint): string {
  const s = asS64(n);
  return isSnumDecimal(s) ? `${s}` : hexText(s);
}

export const isSnumDecimal = (s: bigint): boolean => s >= SNUM_MIN_DECIMAL && s <= SNUM_MAX_DECIMAL;

/** `42`, `0x10000`, or `(0x4; 0xfb)` for known bits and mask. */
export const tnumText = ({ value, mask }: Tnum): string =>
  mask === 0n ? unumText(value) : `(${hexText(value)}; ${hexText(mask)})`;
