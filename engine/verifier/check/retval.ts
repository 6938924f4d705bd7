// The range that a function's result has to lie in: a program's, a callback's.
import { S64_MAX, S64_MIN } from "../../base/u64.ts";
import { refuse } from "../refuse.ts";
import type { Env } from "../state/env.ts";
import { EINVAL } from "../state/errors.ts";
import type { RegState } from "../state/reg.ts";
import type { RetvalRange } from "../state/state.ts";

/** @kernel verifier.c retval_range_within */
export function retvalWithin(range: RetvalRange, reg: RegState, bits: 32 | 64): boolean {
  if (bits === 32) return range.minval <= reg.val.s32min && reg.val.s32max <= range.maxval;
  return BigInt(range.minval) <= reg.val.smin && reg.val.smax <= BigInt(range.maxval);
}

type OutOfRange = "program-return-range" | "callback-return-range" | "async-callback-return-range";

/** Refuses because R0 is not within `range`. @kernel verifier.c verbose_invalid_scalar */
export function refuseResult(env: Env, id: OutOfRange, reg: RegState, range: RetvalRange, when: string): number {
  const { smin, smax } = reg.val;
  const min = smin > S64_MIN ? ` smin=${smin}` : "";
  const max = smax < S64_MAX ? ` smax=${smax}` : "";
  const what =
    `has${min}${max}${min || max ? "" : " unknown scalar value"} ` +
    `should have been in [${range.minval}, ${range.maxval}]`;
  const args = { reg: 0, what, low: smin, high: smax, min: range.minval, max: range.maxval };
  return refuse(env, id, args, `${when} the register R0 ${what}\n`, EINVAL);
}
