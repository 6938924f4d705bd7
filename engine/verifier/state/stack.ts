// One 8-byte slot of a stack frame: eight byte types, packed, and the register that was spilled there.
// StackSlot objects are immutable and shared, like RegState.  @kernel bpf_verifier.h struct bpf_stack_state
//
//   address    fp-8*spi-8   fp-8*spi-7   …   fp-8*spi-1
//   index i    7            6                0             as in the kernel's slot_type[]: counted down from the frame pointer
//   bits       23..21       20..18           2..0          3 bits each
import type { RegState } from "./reg.ts";
import { NOT_INIT_REG } from "./reg.ts";
import { SCALAR_VALUE } from "./regtype.ts";

export const STACK_INVALID = 0;
export const STACK_SPILL = 1;
export const STACK_MISC = 2;
export const STACK_ZERO = 3;
export const STACK_DYNPTR = 4;
export const STACK_ITER = 5;
export const STACK_IRQ_FLAG = 6;

export const BPF_REG_SIZE = 8;

export interface StackSlot {
  /** Eight types of 3 bits each. */
  readonly types: number;
  /** Meaningful if a byte is STACK_SPILL, STACK_DYNPTR or STACK_ITER. Otherwise NOT_INIT_REG. */
  readonly spilled: RegState;
}

/** Type of byte i (0 to 7). Byte 7 has the slot's lowest address. */
export const slotType = (slot: StackSlot, i: number): number => (slot.types >> (3 * i)) & 7;

/** The types of a slot whose eight bytes are all of one type. */
export const allBytes = (type: number): number => type * 0o11111111;

/** `types` with the type of byte i replaced. */
export const withByte = (types: number, i: number, type: number): number =>
  (types & ~(7 << (3 * i))) | (type << (3 * i));

export const INVALID_SLOT: StackSlot = { types: 0, spilled: NOT_INIT_REG };

/** @kernel verifier.c is_spilled_reg */
export const isSpilledReg = (slot: StackSlot): boolean => slotType(slot, 7) === STACK_SPILL;

/** @kernel verifier.c is_spilled_scalar_reg */
export const isSpilledScalar = (slot: StackSlot): boolean => isSpilledReg(slot) && slot.spilled.type === SCALAR_VALUE;

/** Whether a scalar fills all eight bytes. @kernel verifier.c is_spilled_scalar_reg64 */
export const isSpilledScalar64 = (slot: StackSlot): boolean =>
  slotType(slot, 0) === STACK_SPILL && slot.spilled.type === SCALAR_VALUE;

/** @kernel verifier.c is_stack_slot_special */
export const isSpecialSlot = (slot: StackSlot): boolean => {
  const type = slotType(slot, 7);
  return type === STACK_SPILL || type >= STACK_DYNPTR;
};

/** Index of the slot that contains byte `off` of a frame (off from -512 to -1). @kernel verifier.c __get_spi */
export const spiOf = (off: number): number => ((-off - 1) / BPF_REG_SIZE) | 0;
