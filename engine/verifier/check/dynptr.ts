// What an overwrite does to a dynptr on the stack: a dynptr takes two slots, and if it loses a byte it is lost as a whole. The helpers
// make and pass dynptrs.

import { markStackWriteSlot } from "../explore/stack-liveness.ts";
import { refuse } from "../refuse.ts";
import { type Env, scratchSlot } from "../state/env.ts";
import { EINVAL } from "../state/errors.ts";
import { UNKNOWN_REG } from "../state/reg.ts";
import { PTR_MAYBE_NULL, PTR_TO_MEM } from "../state/regtype.ts";
import { BPF_REG_SIZE, INVALID_SLOT, STACK_DYNPTR, slotType } from "../state/stack.ts";
import { type FuncState, mapAllRegs, slotAt } from "../state/state.ts";
import { takenAt } from "./ref.ts";

const BPF_DYNPTR_TYPE_RINGBUF = 2;

/** @kernel verifier.c destroy_if_dynptr_stack_slot */
export function destroyIfDynptrSlot(env: Env, frame: FuncState, spi: number): number {
  const slot = slotAt(frame, spi);
  if (slotType(slot, 0) !== STACK_DYNPTR) return 0;
  const first = slot.spilled.dynptr?.firstSlot ? spi : spi + 1;
  const { dynptr, id, refObjId } = frame.stack[first]!.spilled;
  if (dynptr?.type === BPF_DYNPTR_TYPE_RINGBUF) {
    const args = { off: -(first + 1) * BPF_REG_SIZE, taken: takenAt(env.curState, refObjId) };
    return refuse(env, "dynptr-overwritten", args, "cannot overwrite referenced dynptr\n", EINVAL);
  }
  scratchSlot(env, first);
  scratchSlot(env, first - 1);
  // Slices of the dynptr's memory become invalid.
  mapAllRegs(env.curState, (reg) =>
    (reg.type === PTR_TO_MEM || reg.type === (PTR_TO_MEM | PTR_MAYBE_NULL)) && reg.dynptrId === id ? UNKNOWN_REG : reg,
  );
  frame.stack[first] = INVALID_SLOT;
  frame.stack[first - 1] = INVALID_SLOT;
  markStackWriteSlot(env, frame.frameno, first);
  markStackWriteSlot(env, frame.frameno, first - 1);
  return 0;
}
