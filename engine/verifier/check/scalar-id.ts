// Scalars of equal value share an id, so that what a branch shows for one holds for all.
import type { Env } from "../state/env.ts";
import { BPF_ADD_CONST, isConstVal, type RegState, withNumber } from "../state/reg.ts";
import { SCALAR_VALUE } from "../state/regtype.ts";

/**
 * The source of a copy, with an id that the copy can share. A constant needs no id. A register that is another one plus a constant gets
 * a new id, because only one distance can be kept. @kernel verifier.c assign_scalar_id_before_mov
 */
export function withSharedId(env: Env, src: RegState): RegState {
  if (src.type !== SCALAR_VALUE) return src;
  let { id, off } = src;
  if (id & BPF_ADD_CONST) {
    id = 0;
    off = 0;
  }
  if (id === 0 && !isConstVal(src)) id = ++env.idGen;
  return withNumber(src, src.val, id, off);
}

const LIMIT: readonly bigint[] = Array.from({ length: 65 }, (_, bits) => 1n << BigInt(bits));

/** Whether every value of the register is below 2^bits. @kernel verifier.c get_reg_width */
export const fitsInBits = (reg: RegState, bits: number): boolean => bits >= 64 || reg.val.umax < LIMIT[bits]!;
