// What is found out about a refusal before anything is said about it. The explanation and the search for fixes use it. It reads the
// refusal and the trace; it decides nothing.
import type { Insn } from "../../isa/insn.ts";
import type { Refusal } from "../refusals.ts";
import type { Trace } from "../trace.ts";
import { fateOf, type PointerLoss } from "./fate.ts";
import { type Lineage, lineageOf } from "./lineage.ts";
import { type MissedCheck, missedChecks } from "./missed.ts";
import { needOf, type Requirement } from "./need.ts";
import { type Path, pathOf } from "./path.ts";

export interface Findings {
  readonly refusal: Refusal;
  /** Slot of the refused instruction. -1: the program as a whole was refused. */
  readonly at: number;
  readonly path: Path;
  readonly lineage: Lineage;
  readonly need: Requirement | undefined;
  /** Comparisons on the path that were meant to protect the refused instruction and did not. */
  readonly missed: readonly MissedCheck[];
  /** How a pointer became the number that Rn holds at the refused instruction. */
  fate(reg: number): PointerLoss | undefined;
}

export function findingsOf(refusal: Refusal, trace?: Trace, insns: readonly Insn[] = []): Findings {
  const path = trace ? pathOf(trace, insns) : [];
  const lineage = lineageOf(path);
  const need = needOf(refusal, path, lineage);
  return {
    refusal,
    at: refusal.slot >= 0 ? refusal.slot : (path.at(-1)?.slot ?? -1),
    path,
    lineage,
    need,
    missed: missedChecks(path, lineage, need),
    fate: (reg) => fateOf(path, lineage, reg),
  };
}
