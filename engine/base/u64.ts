// 64-bit integers as bigint. Values are unsigned everywhere, 0 … 2^64-1, unless a name says s64.

export const U64_MAX = 0xffff_ffff_ffff_ffffn;
export const S64_MIN = -0x8000_0000_0000_0000n;
export const S64_MAX = 0x7fff_ffff_ffff_ffffn;
export const U32_MAX = 0xffff_ffff;
export const S32_MIN = -0x8000_0000;
export const S32_MAX = 0x7fff_ffff;

/** The low 64 bits of `x`, read as unsigned. */
export const asU64 = (x: bigint): bigint => BigInt.asUintN(64, x);
/** The low 64 bits of `x`, read as two's complement. */
export const asS64 = (x: bigint): bigint => BigInt.asIntN(64, x);
/** The low 32 bits of `x` as an unsigned number. */
export const lowU32 = (x: bigint): number => Number(BigInt.asUintN(32, x));
/** The low 32 bits of `x` as a signed number. */
export const lowS32 = (x: bigint): number => Number(BigInt.asIntN(32, x));

/** A 64-bit value as 16 hex digits. The engine gives out register values in this form. */
export const hex64 = (x: bigint): string => asU64(x).toString(16).padStart(16, "0");
