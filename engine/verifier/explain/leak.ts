// The branch that leads away from the place where a reference would be released. It reads the path; it decides nothing.
import { formOf } from "../../isa/forms.ts";
import * as t from "../state/regtype.ts";
import { jumped, type Path } from "./path.ts";

export interface Leaving {
  readonly slot: number;
  /** Index of the branch in the path. */
  readonly step: number;
  /** The register that holds the reference there. */
  readonly holder: number;
}

/** The last branch after `taken` that jumped with the reference in a register. undefined: no branch did. */
export function leavingBranch(path: Path, ref: number, taken: number): Leaving | undefined {
  for (let step = path.length - 2; step >= 0 && path[step]!.slot !== taken; step--) {
    const { insn, slot } = path[step]!;
    const { before } = path[step + 1]!;
    if (formOf(insn)?.kind !== "jmp" || !jumped(path, step)) continue;
    const holder = before.frames[before.curframe]!.regs.findLastIndex(
      (reg) => reg.refObjId === ref && reg.type !== t.NOT_INIT && !t.mayBeNull(reg.type) && reg.off === 0,
    );
    if (holder >= 0) return { slot, step, holder };
  }
  return undefined;
}
