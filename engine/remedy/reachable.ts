// Which instructions some path comes to.
import type { Insn } from "../isa/insn.ts";
import { functionEntries } from "../program/flow.ts";
import { NONE, type Successors } from "../verifier/prepass/successors.ts";

/** Slots that can be reached from the start of the program or of one of its functions. `successors`: those of `insns`. */
export function reachable(insns: readonly Insn[], successors: Successors): ReadonlySet<number> {
  const reached = new Set(functionEntries(insns));
  for (const slot of reached)
    for (const next of [successors[2 * slot]!, successors[2 * slot + 1]!]) if (next !== NONE) reached.add(next);
  return reached;
}
