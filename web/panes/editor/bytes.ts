// The eight bytes of an instruction in groups, as the kernel lays them out: opcode, registers, off, imm.

const one = (hex: string): string => `${hex.slice(0, 2)} ${hex.slice(2, 4)} ${hex.slice(4, 8)} ${hex.slice(8, 16)}`;

/** For a 64-bit load, which has sixteen bytes, only the first eight. */
export const groupBytes = (hex: string): string => (hex.length > 16 ? `${one(hex.slice(0, 16))} …` : one(hex));
