// Checks of a complete program: jumps to places where no instruction begins, slots that are no instruction. The verifier refuses
// these too; here they are reported at their line while the program is being written.

import { formOf } from "../isa/forms.ts";
import { type Insn, isLdImm64 } from "../isa/insn.ts";
import { calleeOf, jumpTarget } from "../program/flow.ts";
import type { Written } from "./assembly.ts";
import type { Reporter } from "./messages.ts";

export function lintProgram(insns: readonly Insn[], slots: readonly Written[], reporter: Reporter): void {
  const second = new Uint8Array(insns.length + 1);
  for (let i = 0; i < insns.length; i++) {
    if (isLdImm64(insns[i] as Insn)) second[++i] = 1;
  }
  for (let slot = 0; slot < insns.length; slot++) {
    if (second[slot] === 1) continue;
    const insn = insns[slot] as Insn;
    const written = slots[slot] as Written;
    if (!written.complete) continue;
    const target = targetOf(insn, slot);
    if (target !== undefined) {
      if (target < 0 || target >= insns.length)
        reporter.report("jump-out", written.span, { target, last: insns.length - 1 });
      else if (second[target] === 1) reporter.report("jump-into-ld-imm64", written.span, { target, first: target - 1 });
    }
    if (formOf(insn) === undefined)
      reporter.report("unknown-form", written.span, { code: insn.code.toString(16).padStart(2, "0") });
  }
}

/** The slot that a jump, call or function reference leads to. `undefined` for other instructions. */
export const targetOf = (insn: Insn, slot: number): number | undefined =>
  jumpTarget(insn, slot) ?? calleeOf(insn, slot);
