// Loops of unknown length (may_goto, callbacks). Scalars that differ from round to round and were not needed exactly become unknown, so
// that after some rounds the states are equal.
import type { Env } from "../state/env.ts";
import type { RegState } from "../state/reg.ts";
import { UNKNOWN_REG } from "../state/reg.ts";
import { SCALAR_VALUE } from "../state/regtype.ts";
import { isSpilledReg } from "../state/stack.ts";
import type { VerifierState } from "../state/state.ts";
import { IdMap, regsExact, sameCallsites } from "./equal.ts";
import { exploredStates } from "./prune.ts";

/** @kernel verifier.c maybe_widen_reg */
const widened = (old: RegState, cur: RegState, ids: IdMap): RegState =>
  old.type !== SCALAR_VALUE || cur.type !== SCALAR_VALUE || old.precise || cur.precise || regsExact(old, cur, ids)
    ? cur
    : UNKNOWN_REG;

/** Widens `cur`, the next round's state. `old` is that of the round before. @kernel verifier.c widen_imprecise_scalars */
export function widenImpreciseScalars(env: Env, old: VerifierState, cur: VerifierState): void {
  const ids = new IdMap(env.idGen);
  for (let fr = old.curframe; fr >= 0; fr--) {
    const was = old.frames[fr]!;
    const is = cur.frames[fr]!;
    for (let i = 0; i < 11; i++) is.regs[i] = widened(was.regs[i]!, is.regs[i]!, ids);
    const slots = Math.min(was.stack.length, is.stack.length);
    for (let spi = 0; spi < slots; spi++) {
      const before = was.stack[spi]!;
      const now = is.stack[spi]!;
      if (!isSpilledReg(before) || !isSpilledReg(now)) continue;
      const spilled = widened(before.spilled, now.spilled, ids);
      if (spilled !== now.spilled) is.stack[spi] = { types: now.types, spilled };
    }
  }
}

/**
 * The state of the round before: the latest unfinished one at `insnIdx` before `cur`, in the same chain of calls.
 * @kernel verifier.c find_prev_entry
 */
export function findPrevEntry(env: Env, cur: VerifierState | null, insnIdx: number): VerifierState | null {
  if (cur === null) return null;
  const states = exploredStates(env, insnIdx);
  for (let i = states.length - 1; i >= 0; i--) {
    const { state } = states[i]!;
    if (state.insnIdx === insnIdx && state.branches !== 0 && sameCallsites(state, cur) && state.dfsDepth < cur.dfsDepth)
      return state;
  }
  return null;
}
