// Whether an explored state covers the current one: what was proved for the explored state then holds for the current one too.
// Compares registers, stacks and references, and allows ids to be renamed. Changes neither state.
// @kernel verifier.c regsafe … states_equal
import type { Scalar } from "../domain/scalar.ts";
import { scalarEqual } from "../domain/scalar.ts";
import { tnumIn } from "../domain/tnum.ts";
import type { Env } from "../state/env.ts";
import type { RegState } from "../state/reg.ts";
import { BPF_ADD_CONST, UNKNOWN_REG } from "../state/reg.ts";
import {
  BASE_TYPE_MASK,
  NOT_INIT,
  PTR_TO_ARENA,
  PTR_TO_BUF,
  PTR_TO_MAP_KEY,
  PTR_TO_MAP_VALUE,
  PTR_TO_MEM,
  PTR_TO_PACKET,
  PTR_TO_PACKET_META,
  PTR_TO_STACK,
  PTR_TO_TP_BUFFER,
  SCALAR_VALUE,
} from "../state/regtype.ts";
import type { StackSlot } from "../state/stack.ts";
import {
  isSpilledScalar64,
  STACK_DYNPTR,
  STACK_INVALID,
  STACK_IRQ_FLAG,
  STACK_MISC,
  STACK_SPILL,
  STACK_ZERO,
  slotType,
} from "../state/stack.ts";
import type { FuncState, VerifierState } from "../state/state.ts";
import { REF_TYPE_LOCK_MASK } from "../state/state.ts";

/**
 * How much the current state may differ. NOT_EXACT: as far as the explored path did not need it. EXACT: not at all. RANGE_WITHIN: only
 * within the ranges of the explored state.
 */
export const NOT_EXACT = 0;
export const EXACT = 1;
export const RANGE_WITHIN = 2;
export type ExactLevel = typeof NOT_EXACT | typeof EXACT | typeof RANGE_WITHIN;

/** Pairs of ids (old, current) that correspond to each other in one comparison. */
export class IdMap {
  #old: number[] = [];
  #cur: number[] = [];
  #length = 0;
  #nextTemporary: number;

  /** `idGen`: ids above it are free. They are given to scalars without id. */
  constructor(idGen: number) {
    this.#nextTemporary = idGen;
  }

  /** Makes the map as good as new. */
  restart(idGen: number): this {
    this.#length = 0;
    this.#nextTemporary = idGen;
    return this;
  }

  /**
   * Whether `old` may correspond to `cur`, given the pairs so far. Remembers the pair. 0 only corresponds to 0.
   * @kernel verifier.c check_ids
   */
  check(old: number, cur: number): boolean {
    if (old === 0 || cur === 0) return old === cur;
    for (let i = 0; i < this.#length; i++) {
      if (this.#old[i] === old) return this.#cur[i] === cur;
      if (this.#cur[i] === cur) return false;
    }
    this.#old[this.#length] = old;
    this.#cur[this.#length++] = cur;
    return true;
  }

  /**
   * The same for ids of scalars. An old scalar without id corresponds to any. A current scalar without id counts as having an id of its
   * own. If a register has a constant distance from its group (BPF_ADD_CONST), the groups must correspond too.
   * @kernel verifier.c check_scalar_ids
   */
  checkScalar(old: number, cur: number): boolean {
    if (old === 0) return true;
    const to = cur || ++this.#nextTemporary;
    if (!this.check(old, to)) return false;
    return (old & BPF_ADD_CONST) === 0 || this.check(old & ~BPF_ADD_CONST, to & ~BPF_ADD_CONST);
  }
}

const rangeWithin = (old: Scalar, cur: Scalar): boolean =>
  old === cur ||
  (old.u32min <= cur.u32min &&
    old.u32max >= cur.u32max &&
    old.s32min <= cur.s32min &&
    old.s32max >= cur.s32max &&
    old.umin <= cur.umin &&
    old.umax >= cur.umax &&
    old.smin <= cur.smin &&
    old.smax >= cur.smax &&
    tnumIn(old.varOff, cur.varOff));

/** Whether all fields are equal except value, ids, frame and precision. */
const sameHead = (a: RegState, b: RegState): boolean =>
  a.type === b.type &&
  a.off === b.off &&
  a.range === b.range &&
  a.map === b.map &&
  a.mapUid === b.mapUid &&
  a.memSize === b.memSize &&
  a.dynptrId === b.dynptrId &&
  a.subprogno === b.subprogno &&
  a.btfName === b.btfName &&
  a.dynptr?.type === b.dynptr?.type &&
  a.dynptr?.firstSlot === b.dynptr?.firstSlot;

/** @kernel verifier.c regs_exact */
export const regsExact = (old: RegState, cur: RegState, ids: IdMap): boolean =>
  (old === cur || (sameHead(old, cur) && scalarEqual(old.val, cur.val))) &&
  ids.check(old.id, cur.id) &&
  ids.check(old.refObjId, cur.refObjId);

/** Whether all that was safe with `old` is safe with `cur`. @kernel verifier.c regsafe */
export function regSafe(old: RegState, cur: RegState, ids: IdMap, exact: ExactLevel): boolean {
  if (exact === EXACT) return regsExact(old, cur, ids);
  // A register that the explored path never read may hold anything.
  if (old.type === NOT_INIT && (exact === NOT_EXACT || cur.type === NOT_INIT)) return true;
  if (old.type !== cur.type) return false;
  switch (old.type & BASE_TYPE_MASK) {
    case SCALAR_VALUE:
      if (!old.precise && exact === NOT_EXACT) return true;
      if (old.id !== 0 && (old.id & BPF_ADD_CONST) !== (cur.id & BPF_ADD_CONST)) return false;
      if ((old.id & BPF_ADD_CONST) !== 0 && old.off !== cur.off) return false;
      return rangeWithin(old.val, cur.val) && ids.checkScalar(old.id, cur.id);
    case PTR_TO_MAP_KEY:
    case PTR_TO_MAP_VALUE:
    case PTR_TO_MEM:
    case PTR_TO_BUF:
    case PTR_TO_TP_BUFFER:
      return (
        sameHead(old, cur) &&
        rangeWithin(old.val, cur.val) &&
        ids.check(old.id, cur.id) &&
        ids.check(old.refObjId, cur.refObjId)
      );
    case PTR_TO_PACKET_META:
    case PTR_TO_PACKET:
      // The current pointer must have at least as many proven bytes. Its offset must be equal, for the alignment.
      return (
        old.range <= cur.range && old.off === cur.off && ids.check(old.id, cur.id) && rangeWithin(old.val, cur.val)
      );
    case PTR_TO_STACK:
      return regsExact(old, cur, ids) && old.frameno === cur.frameno;
    case PTR_TO_ARENA:
      return true;
    default:
      return regsExact(old, cur, ids);
  }
}

/** Bits 0 and 2 of each byte's type. Both are clear for STACK_INVALID (0) and STACK_MISC (2), and for no other type. */
const HOLDS_SOMETHING = 0o55555555;

/**
 * The scalar that a load of all eight bytes gives. null: it gives no scalar. Unwritten bytes count as written, because root may read
 * them. @kernel verifier.c scalar_reg_for_stack
 */
function scalarOf(slot: StackSlot): RegState | null {
  if (isSpilledScalar64(slot)) return slot.spilled;
  return (slot.types & HOLDS_SOMETHING) === 0 ? UNKNOWN_REG : null;
}

/** @kernel verifier.c stacksafe */
export function stackSafe(old: FuncState, cur: FuncState, ids: IdMap, exact: ExactLevel): boolean {
  for (let spi = 0; spi < old.stack.length; spi++) {
    const was = old.stack[spi]!;
    const is = cur.stack[spi];
    if (exact !== NOT_EXACT && (is === undefined || was.types !== is.types)) return false;
    if ((was.types & HOLDS_SOMETHING) === 0) continue;
    if (is === undefined) return false;
    const oldScalar = scalarOf(was);
    const curScalar = oldScalar && scalarOf(is);
    if (oldScalar && curScalar) {
      if (!regSafe(oldScalar, curScalar, ids, exact)) return false;
      continue;
    }
    for (let i = 0; i < 8; i++) {
      const type = slotType(was, i);
      if (type !== STACK_INVALID && type !== STACK_MISC && type !== slotType(is, i)) return false;
    }
    switch (slotType(was, 7)) {
      case STACK_SPILL:
        if (!regSafe(was.spilled, is.spilled, ids, exact)) return false;
        break;
      case STACK_DYNPTR:
        if (
          was.spilled.dynptr?.type !== is.spilled.dynptr?.type ||
          was.spilled.dynptr?.firstSlot !== is.spilled.dynptr?.firstSlot ||
          !ids.check(was.spilled.refObjId, is.spilled.refObjId)
        )
          return false;
        break;
      case STACK_IRQ_FLAG:
        if (!ids.check(was.spilled.refObjId, is.spilled.refObjId)) return false;
        break;
      case STACK_MISC:
      case STACK_ZERO:
      case STACK_INVALID:
        break;
      default:
        return false;
    }
  }
  return true;
}

/** @kernel verifier.c refsafe */
function refSafe(old: VerifierState, cur: VerifierState, ids: IdMap): boolean {
  if (
    old.refs.length !== cur.refs.length ||
    old.activeLocks !== cur.activeLocks ||
    old.activePreemptLocks !== cur.activePreemptLocks ||
    old.activeRcuLock !== cur.activeRcuLock ||
    !ids.check(old.activeIrqId, cur.activeIrqId) ||
    !ids.check(old.activeLockId, cur.activeLockId) ||
    old.activeLockPtr !== cur.activeLockPtr
  )
    return false;
  for (let i = 0; i < old.refs.length; i++) {
    const was = old.refs[i]!;
    const is = cur.refs[i]!;
    if (!ids.check(was.id, is.id) || was.type !== is.type) return false;
    if ((was.type & REF_TYPE_LOCK_MASK) !== 0 && was.ptr !== is.ptr) return false;
  }
  return true;
}

/** The next instruction of a frame, or the call that it waits for. @kernel verifier.c frame_insn_idx */
export const frameInsnIdx = (state: VerifierState, frame: number): number =>
  frame === state.curframe ? state.insnIdx : state.frames[frame + 1]!.callsite;

/** @kernel verifier.c func_states_equal */
function framesEqual(
  env: Env,
  old: FuncState,
  cur: FuncState,
  insnIdx: number,
  ids: IdMap,
  exact: ExactLevel,
): boolean {
  if (old.callbackDepth > cur.callbackDepth) return false;
  const live = env.aux[insnIdx]!.liveRegsBefore;
  for (let i = 0; i < 11; i++) {
    if (((live >> i) & 1) !== 0 && !regSafe(old.regs[i]!, cur.regs[i]!, ids, exact)) return false;
  }
  return stackSafe(old, cur, ids, exact);
}

/** One object for all comparisons, because there are thousands. */
const pairs = new IdMap(0);

/** Whether `old`, from which everything was explored, covers `cur`. @kernel verifier.c states_equal */
export function statesEqual(env: Env, old: VerifierState, cur: VerifierState, exact: ExactLevel): boolean {
  if (old.curframe !== cur.curframe) return false;
  if (old.speculative && !cur.speculative) return false;
  if (old.inSleepable !== cur.inSleepable) return false;
  const ids = pairs.restart(env.idGen);
  if (!refSafe(old, cur, ids)) return false;
  for (let i = 0; i <= old.curframe; i++) {
    const was = old.frames[i]!;
    const is = cur.frames[i]!;
    if (was.callsite !== is.callsite) return false;
    if (!framesEqual(env, was, is, frameInsnIdx(old, i), ids, exact)) return false;
  }
  return true;
}

/** A cheap test before EXACT: are all registers of the current frame equal, with their ids? @kernel verifier.c states_maybe_looping */
export function statesMaybeLooping(old: VerifierState, cur: VerifierState): boolean {
  if (old.curframe !== cur.curframe) return false;
  const was = old.frames[cur.curframe]!.regs;
  const is = cur.frames[cur.curframe]!.regs;
  for (let i = 0; i < 11; i++) {
    const a = was[i]!;
    const b = is[i]!;
    if (a === b) continue;
    if (a.id !== b.id || a.refObjId !== b.refObjId || !sameHead(a, b) || !scalarEqual(a.val, b.val)) return false;
  }
  return true;
}

/** Whether both states are in the same chain of calls. @kernel verifier.c same_callsites */
export const sameCallsites = (a: VerifierState, b: VerifierState): boolean => {
  if (a.curframe !== b.curframe) return false;
  for (let i = 0; i <= a.curframe; i++) if (a.frames[i]!.callsite !== b.frames[i]!.callsite) return false;
  return true;
};
