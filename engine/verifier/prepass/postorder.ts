// The order in which data flows backwards through each function. @kernel verifier.c compute_postorder
import type { Env } from "../state/env.ts";
import { NONE } from "./successors.ts";

/** Fills env.postorder and SubprogInfo.postorderStart. Needs env.successors. */
export function computePostorder(env: Env): void {
  const { successors } = env;
  const count = env.insns.length;
  const DISCOVERED = 1;
  const EXPLORED = 2;
  const state = new Uint8Array(count);
  const order = new Int32Array(count);
  // Each slot is pushed once, when it is discovered.
  const stack = new Int32Array(count + 1);
  let length = 0;
  for (const subprog of env.subprogs) {
    subprog.postorderStart = length;
    let depth = 0;
    stack[depth++] = subprog.start;
    state[subprog.start]! |= DISCOVERED;
    while (depth > 0) {
      const top = stack[depth - 1]!;
      if (state[top]! & EXPLORED) {
        order[length++] = top;
        depth--;
        continue;
      }
      for (let i = 2 * top; i < 2 * top + 2; i++) {
        const next = successors[i]!;
        if (next === NONE || state[next] !== 0) continue;
        stack[depth++] = next;
        state[next] = DISCOVERED;
      }
      state[top]! |= EXPLORED;
    }
  }
  env.postorder = order.subarray(0, length);
}

/** The slots of subprog `n`, in postorder. */
export const postorderOf = (env: Env, n: number): Int32Array =>
  env.postorder.subarray(env.subprogs[n]!.postorderStart, env.subprogs[n + 1]?.postorderStart ?? env.postorder.length);
