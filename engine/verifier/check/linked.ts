// Scalars that share an id: which ones there are at a branch, and how knowledge of one is carried over to the others.
import { addDelta } from "../domain/alu.ts";
import { syncBounds } from "../domain/bounds.ts";
import { constScalar, type Scalar } from "../domain/scalar.ts";
import { zext32 } from "../domain/size.ts";
import { frameInsnIdx } from "../explore/equal.ts";
import type { Env } from "../state/env.ts";
import { BPF_ADD_CONST, BPF_ADD_CONST32, type RegState, withId, withNumber } from "../state/reg.ts";
import { SCALAR_VALUE } from "../state/regtype.ts";
import { isSpilledReg } from "../state/stack.ts";
import type { LinkedReg, VerifierState } from "../state/state.ts";

/** A branch remembers at most this many. */
const LINKED_REGS_MAX = 6;

const groupOf = (id: number): number => id & ~BPF_ADD_CONST;

/**
 * Appends to `found` every live scalar register and spilled scalar of the group of `id`, from the innermost frame outwards. Those
 * beyond the limit lose their id. @kernel verifier.c collect_linked_regs
 */
export function collectLinkedRegs(env: Env, id: number, found: LinkedReg[]): void {
  const state = env.curState;
  const group = groupOf(id);
  for (let frameno = state.curframe; frameno >= 0; frameno--) {
    const frame = state.frames[frameno]!;
    const live = env.aux[frameInsnIdx(state, frameno)]!.liveRegsBefore;
    for (let at = 0; at < 10; at++) {
      const reg = frame.regs[at]!;
      if (((live >> at) & 1) === 0) continue;
      if (reg.type !== SCALAR_VALUE || groupOf(reg.id) !== group) continue;
      if (found.length < LINKED_REGS_MAX) found.push({ frameno, isReg: true, at });
      else frame.regs[at] = withId(reg, 0);
    }
    for (let at = 0; at < frame.stack.length; at++) {
      const slot = frame.stack[at]!;
      if (!isSpilledReg(slot)) continue;
      const reg = slot.spilled;
      if (reg.type !== SCALAR_VALUE || groupOf(reg.id) !== group) continue;
      if (found.length < LINKED_REGS_MAX) found.push({ frameno, isReg: false, at });
      else frame.stack[at] = { types: slot.types, spilled: withId(reg, 0) };
    }
  }
}

/**
 * Gives the value of R`knownAt` of the current frame to the others of its group, moved by the distance between them.
 * @kernel verifier.c sync_linked_regs
 */
export function syncLinkedRegs(state: VerifierState, knownAt: number, linked: readonly LinkedReg[]): void {
  const known = state.frames[state.curframe]!.regs[knownAt]!;
  for (const { frameno, isReg, at } of linked) {
    const frame = state.frames[frameno]!;
    if (isReg) {
      if (frameno === state.curframe && at === knownAt) continue;
      const old = frame.regs[at]!;
      const now = learnt(old, known);
      if (now !== old) frame.regs[at] = now;
    } else {
      const slot = frame.stack[at]!;
      const now = learnt(slot.spilled, known);
      if (now !== slot.spilled) frame.stack[at] = { types: slot.types, spilled: now };
    }
  }
}

function learnt(reg: RegState, known: RegState): RegState {
  if (reg.type !== SCALAR_VALUE || groupOf(reg.id) !== groupOf(known.id)) return reg;
  // A 32-bit distance and a 64-bit distance cannot be added.
  if (((reg.id ^ known.id) & BPF_ADD_CONST) === BPF_ADD_CONST) return reg;
  if (((reg.id | known.id) & BPF_ADD_CONST) === 0 || reg.off === known.off) return known;
  const moved = addDelta(known.val, constS32Wide(reg.off - known.off));
  const narrow = ((reg.id | known.id) & BPF_ADD_CONST32) !== 0;
  return withNumber(known, narrow ? zext32(moved) : syncBounds(moved), reg.id, reg.off);
}

/** The constant `n`, any sum of two s32. */
const constS32Wide = (n: number): Scalar => constScalar(BigInt.asUintN(64, BigInt(n)));
