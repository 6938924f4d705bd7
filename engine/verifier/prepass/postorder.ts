// The order in which data flows backwards through each function.  @kernel verifier.c compute_postorder
import type { Env } from "../state/env.ts";
import { successorsOf } from "./successors.ts";

/** Fills env.postorder and SubprogInfo.postorderStart. */
export function computePostorder(env: Env): void {
  const successors = successorsOf(env.insns);
  const DISCOVERED = 1;
  const EXPLORED = 2;
  const state = new Uint8Array(env.insns.length);
  const order: number[] = [];
  for (const subprog of env.subprogs) {
    subprog.postorderStart = order.length;
    const stack = [subprog.start];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      state[top]! |= DISCOVERED;
      if (state[top]! & EXPLORED) {
        order.push(top);
        stack.pop();
        continue;
      }
      for (const next of successors[top]!) {
        if (state[next] === 0) {
          stack.push(next);
          state[next] = DISCOVERED;
        }
      }
      state[top]! |= EXPLORED;
    }
  }
  env.postorder = order;
}

/** Slots of subprog `n`, in postorder. */
export const postorderOf = (env: Env, n: number): readonly number[] => [
  ...env.postorder.slice(env.subprogs[n]!.postorderStart, env.subprogs[n + 1]?.postorderStart ?? env.postorder.length),
];
