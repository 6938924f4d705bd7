// Loops: the strongly connected components of the control flow, numbered from 1 in the order in which Tarjan's algorithm completes
// them. A slot outside of loops has number 0. @kernel verifier.c compute_scc
// Source: R. Tarjan, "Depth-first search and linear graph algorithms", 1972.
import type { Env } from "../state/env.ts";
import { NONE } from "./successors.ts";

/** Fills InsnAux.scc. Returns how many numbers there are, including 0. Needs env.successors. */
export function computeScc(env: Env): number {
  const { successors } = env;
  const count = env.insns.length;
  const OFF_STACK = 0xffff_ffff;
  /** Order of the first visit, from 1. */
  const pre = new Uint32Array(count);
  /** The smallest `pre` that is known to be reached. OFF_STACK: the component is complete. */
  const low = new Uint32Array(count);
  const open = new Int32Array(count);
  let opened = 0;
  const path = new Int32Array(count);
  let nextPre = 1;
  let nextScc = 1;

  for (let root = 0; root < count; root++) {
    if (pre[root] !== 0) continue;
    let depth = 0;
    path[depth++] = root;
    while (depth > 0) {
      const at = path[depth - 1]!;
      if (pre[at] === 0) {
        pre[at] = low[at] = nextPre++;
        open[opened++] = at;
      }
      let unseen = NONE;
      for (let i = 2 * at; i < 2 * at + 2 && unseen === NONE; i++) {
        const next = successors[i]!;
        if (next === NONE) break;
        if (pre[next] === 0) unseen = next;
        else if (low[next]! < low[at]!) low[at] = low[next]!;
      }
      if (unseen !== NONE) {
        path[depth++] = unseen;
        continue;
      }
      depth--;
      if (low[at]! < pre[at]!) continue;
      const isLoop = open[opened - 1] !== at || successors[2 * at] === at || successors[2 * at + 1] === at;
      for (let member = -1; member !== at; ) {
        member = open[--opened]!;
        low[member] = OFF_STACK;
        if (isLoop) env.aux[member]!.scc = nextScc;
      }
      if (isLoop) nextScc++;
    }
  }
  return nextScc;
}
