// Dynptrs on the stack: helpers make, use and release them. A dynptr takes two slots, the first at the higher address.
// @kernel verifier.c process_dynptr_func, mark_stack_slots_dynptr, unmark_stack_slots_dynptr, stack_slot_obj_get_spi
import { markStackReadSlot, markStackWriteSlot } from "../explore/stack-liveness.ts";
import { tnumText } from "../print/number.ts";
import { regTypeStr } from "../print/state.ts";
import { refuse, verifierBug } from "../refuse.ts";
import { type Env, scratchSlot } from "../state/env.ts";
import { EINVAL, ERANGE } from "../state/errors.ts";
import { type Dynptr, isConstVal, pointerReg, type RegState, withReg } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import { allBytes, INVALID_SLOT, STACK_DYNPTR, slotType, spiOf } from "../state/stack.ts";
import type { FuncState } from "../state/state.ts";
import { destroyIfDynptrSlot } from "./dynptr.ts";
import { checkMemAccess } from "./mem.ts";
import { acquireReference, releaseReference } from "./ref.ts";
import { curRegs } from "./regs.ts";
import { frameOf } from "./stack.ts";

const TYPES: readonly { flag: number; type: number; name: string }[] = [
  { flag: T.DYNPTR_TYPE_LOCAL, type: 1, name: "local" },
  { flag: T.DYNPTR_TYPE_RINGBUF, type: 2, name: "ringbuf" },
  { flag: T.DYNPTR_TYPE_SKB, type: 3, name: "skb" },
  { flag: T.DYNPTR_TYPE_XDP, type: 4, name: "xdp" },
  { flag: T.DYNPTR_TYPE_SKB_META, type: 5, name: "skb_meta" },
];
const RINGBUF = 2;
const SKB_TYPES = [3, 5];
const ALL_FLAGS = TYPES.reduce((flags, { flag }) => flags | flag, 0);
const DYNPTR_SLOTS = 2;

const typeOf = (flags: number) => TYPES.find(({ flag }) => flag === (flags & ALL_FLAGS));

/** Index of the first slot, or an errno. -ERANGE: the stack has not grown that far. */
export function dynptrSpi(env: Env, reg: RegState): number {
  if (!isConstVal(reg)) {
    const args = { off: reg.off, variable: tnumText(reg.val.varOff) };
    return refuse(env, "dynptr-variable", args, "dynptr has to be at a constant offset\n", EINVAL);
  }
  const off = reg.off + Number(BigInt.asIntN(32, reg.val.varOff.value));
  const spi = spiOf(off);
  if (off % 8 !== 0 || spi + 1 < DYNPTR_SLOTS)
    return refuse(env, "dynptr-offset", { off }, `cannot pass in dynptr at an offset=${off}\n`, EINVAL);
  return spi - DYNPTR_SLOTS + 1 >= 0 && spi < frameOf(env, reg).stack.length ? spi : ERANGE;
}

/** The dynptr that a register points to or holds. */
function slotReg(env: Env, reg: RegState): RegState | undefined {
  if (reg.type === T.CONST_PTR_TO_DYNPTR) return reg;
  const spi = dynptrSpi(env, reg);
  return spi < 0 ? undefined : frameOf(env, reg).stack[spi]!.spilled;
}

/** Type, id and reference of an initialised dynptr argument. */
export function dynptrOf(env: Env, reg: RegState): { type: number; id: number; refObjId: number } | undefined {
  const slot = slotReg(env, reg);
  return slot?.dynptr ? { type: slot.dynptr.type, id: slot.id, refObjId: slot.refObjId } : undefined;
}

/** Whether writes through a dynptr of this type change a packet. */
export const isPacketDynptr = (type: number): boolean => SKB_TYPES.includes(type);

/** @kernel verifier.c is_dynptr_reg_valid_init */
function isInitialised(env: Env, reg: RegState): boolean {
  if (reg.type === T.CONST_PTR_TO_DYNPTR) return true;
  const spi = dynptrSpi(env, reg);
  if (spi < 0) return false;
  const { stack } = frameOf(env, reg);
  if (!stack[spi]!.spilled.dynptr?.firstSlot) return false;
  const whole = allBytes(STACK_DYNPTR);
  return stack[spi]!.types === whole && stack[spi - 1]!.types === whole;
}

/** `flags` are those of the argument. @kernel verifier.c process_dynptr_func */
export function checkDynptrArg(env: Env, regno: number, insnIdx: number, flags: number): number {
  const reg = curRegs(env)[regno]!;
  if (reg.type !== T.PTR_TO_STACK && reg.type !== T.CONST_PTR_TO_DYNPTR) {
    const text = `arg#${regno - 1} expected pointer to stack or const struct bpf_dynptr\n`;
    return refuse(env, "dynptr-argument", { reg: regno, type: regTypeStr(reg.type) }, text, EINVAL);
  }
  if (flags & T.MEM_UNINIT) return makeDynptr(env, regno, reg, insnIdx, flags);
  if (reg.type === T.CONST_PTR_TO_DYNPTR && !(flags & T.MEM_RDONLY)) {
    const text = "cannot pass pointer to const bpf_dynptr, the helper mutates it\n";
    return refuse(env, "dynptr-constant", { reg: regno }, text, EINVAL);
  }
  if (!isInitialised(env, reg)) {
    const text = `Expected an initialized dynptr as arg #${regno - 1}\n`;
    return refuse(env, "dynptr-uninitialized", { reg: regno }, text, EINVAL);
  }
  const wanted = typeOf(flags);
  if (wanted && dynptrOf(env, reg)?.type !== wanted.type) {
    const text = `Expected a dynptr of type ${wanted.name} as arg #${regno - 1}\n`;
    return refuse(env, "dynptr-type", { reg: regno, wanted: wanted.name }, text, EINVAL);
  }
  if (reg.type === T.CONST_PTR_TO_DYNPTR) return 0;
  const spi = dynptrSpi(env, reg);
  for (const slot of [spi, spi - 1]) {
    markStackReadSlot(env, reg.frameno, env.insnIdx, slot);
    scratchSlot(env, slot);
  }
  return 0;
}

function makeDynptr(env: Env, regno: number, reg: RegState, insnIdx: number, flags: number): number {
  const found = reg.type === T.CONST_PTR_TO_DYNPTR ? EINVAL : dynptrSpi(env, reg);
  if (found < 0 && found !== ERANGE)
    return refuse(env, "dynptr-occupied", { reg: regno }, "Dynptr has to be an uninitialized dynptr\n", EINVAL);
  for (let i = 0; i < 8 * DYNPTR_SLOTS; i += 8) {
    const err = checkMemAccess(env, { regno, off: i, size: 8, write: true, valueRegno: -1 });
    if (err) return err;
  }
  const frame = frameOf(env, reg);
  const spi = dynptrSpi(env, reg);
  if (spi < 0) return verifierBug(env, "no slots for a dynptr", true);
  const err = destroyIfDynptrSlot(env, frame, spi) || destroyIfDynptrSlot(env, frame, spi - 1);
  if (err) return err;
  const type = typeOf(flags)?.type;
  if (type === undefined) return verifierBug(env, "a dynptr of no type", true);
  const id = ++env.idGen;
  const refObjId = type === RINGBUF ? acquireReference(env, insnIdx) : 0;
  const half = (dynptr: Dynptr): RegState => pointerReg(T.CONST_PTR_TO_DYNPTR, { dynptr, id, refObjId });
  const types = allBytes(STACK_DYNPTR);
  // The kernel stores "this is the first slot" where other registers have dynptr_id, and prints it as dynptr_id.
  frame.stack[spi] = { types, spilled: withReg(half({ type, firstSlot: true }), { dynptrId: 1 }) };
  frame.stack[spi - 1] = { types, spilled: half({ type, firstSlot: false }) };
  markStackWriteSlot(env, frame.frameno, spi - 1);
  markStackWriteSlot(env, frame.frameno, spi);
  return 0;
}

function invalidate(env: Env, frame: FuncState, spi: number): void {
  frame.stack[spi] = INVALID_SLOT;
  frame.stack[spi - 1] = INVALID_SLOT;
  markStackWriteSlot(env, frame.frameno, spi - 1);
  markStackWriteSlot(env, frame.frameno, spi);
}

/** A helper has released the dynptr. @kernel verifier.c unmark_stack_slots_dynptr */
export function releaseDynptr(env: Env, reg: RegState): number {
  if (reg.type === T.CONST_PTR_TO_DYNPTR) return verifierBug(env, "CONST_PTR_TO_DYNPTR cannot be released");
  const spi = dynptrSpi(env, reg);
  if (spi < 0) return verifierBug(env, "no slots of a dynptr", true);
  const frame = frameOf(env, reg);
  const { dynptr, refObjId } = frame.stack[spi]!.spilled;
  if (dynptr?.type !== RINGBUF) {
    invalidate(env, frame, spi);
    return 0;
  }
  releaseReference(env, refObjId);
  for (let i = 1; i < frame.stack.length; i++) {
    const slot = frame.stack[i]!;
    if (slot.spilled.refObjId !== refObjId) continue;
    if (slotType(slot, 0) !== STACK_DYNPTR) return verifierBug(env, "a reference of a dynptr in another slot", true);
    if (slot.spilled.dynptr?.firstSlot) invalidate(env, frame, i);
  }
  return 0;
}
