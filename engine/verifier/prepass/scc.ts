// Loops: the strongly connected components of the control flow, numbered from 1 in the order in which Tarjan's
// algorithm completes them. A slot in no loop has number 0.  @kernel verifier.c compute_scc
// Source: R. Tarjan, "Depth-first search and linear graph algorithms", 1972.
import type { Env } from "../state/env.ts";
import { successorsOf } from "./successors.ts";

/** Fills InsnAux.scc; answers how many numbers there are, 0 included. */
export function computeScc(env: Env): number {
  const successors = successorsOf(env.insns);
  const count = env.insns.length;
  const OFF_STACK = 0xffff_ffff;
  /** Order of the first visit, from 1. */
  const pre = new Uint32Array(count);
  /** Smallest `pre` known to be reached; OFF_STACK once the component is complete. */
  const low = new Uint32Array(count);
  const open: number[] = [];
  let nextPre = 1;
  let nextScc = 1;

  for (let root = 0; root < count; root++) {
    if (pre[root] !== 0) continue;
    const path = [root];
    while (path.length > 0) {
      const at = path[path.length - 1]!;
      if (pre[at] === 0) {
        pre[at] = low[at] = nextPre++;
        open.push(at);
      }
      const unseen = successors[at]!.find((next) => {
        if (pre[next] === 0) return true;
        low[at] = Math.min(low[at]!, low[next]!);
        return false;
      });
      if (unseen !== undefined) {
        path.push(unseen);
        continue;
      }
      path.pop();
      if (low[at]! < pre[at]!) continue;
      const isLoop = open[open.length - 1] !== at || successors[at]!.includes(at);
      for (let member = -1; member !== at; ) {
        member = open.pop()!;
        low[member] = OFF_STACK;
        if (isLoop) env.aux[member]!.scc = nextScc;
      }
      if (isLoop) nextScc++;
    }
  }
  return nextScc;
}
