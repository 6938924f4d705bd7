// Branches that are put aside and walked later. The last one comes first. @kernel verifier.c push_stack, pop_stack
import { refuse } from "../refuse.ts";
import { BPF_COMPLEXITY_LIMIT_JMP_SEQ, type Env } from "../state/env.ts";
import { ENOMEM } from "../state/errors.ts";
import { cloneVerifierState, type VerifierState } from "../state/state.ts";

/** Puts a copy of the current state aside, to continue at `insnIdx`. null: there are too many branches, so the program was refused. */
export function pushStack(env: Env, insnIdx: number, prevInsnIdx: number, speculative: boolean): VerifierState | null {
  const state = cloneVerifierState(env.curState);
  if (speculative) state.speculative = true;
  env.pending.push({ state, insnIdx, prevInsnIdx, logPos: env.log.endPos });
  if (env.pending.length > BPF_COMPLEXITY_LIMIT_JMP_SEQ) {
    const branches = env.pending.length;
    refuse(env, "too-many-branches", { branches }, `The sequence of ${branches} jumps is too complex.\n`, ENOMEM);
    return null;
  }
  if (state.parent !== null) state.parent.branches++;
  env.onlooker?.putAside(state);
  return state;
}

/** Continues with the branch that was put aside last. `popLog`: cuts the log back to its length at that time. false: none is left. */
export function popStack(env: Env, popLog: boolean): boolean {
  const branch = env.pending.pop();
  if (branch === undefined) return false;
  env.curState = branch.state;
  env.insnIdx = branch.insnIdx;
  env.prevInsnIdx = branch.prevInsnIdx;
  if (popLog) env.log.reset(branch.logPos);
  return true;
}
