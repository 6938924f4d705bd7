// Which registers are free at a place: no later instruction reads them before it writes them.
import { helperArgCount } from "../facts/helpers.ts";
import { type Form, formOf } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { type RegisterUse, registerUse } from "../isa/registers.ts";
import type { Program } from "../program/program.ts";
import { NONE, successorsOf } from "../verifier/prepass/successors.ts";

/** R0 to R10. */
const ALL = 0x7ff;
/** R0 to R5. */
const CALLER_SAVED = 0x3f;

/** What is not an instruction may read everything. A call of an own function overwrites R0 to R5. */
function useOf(insn: Insn): RegisterUse {
  const form = formOf(insn);
  if (!form) return { reads: ALL, writes: 0 };
  const use = registerUse(insn, helperArgCount);
  return form.kind === "call" && form.target === "local" ? { ...use, writes: CALLER_SAVED } : use;
}

/** Kinds of instructions that do nothing but set a register. */
const ONLY_SET: ReadonlySet<Form["kind"]> = new Set(["alu", "end", "ldx", "ld_imm64", "addr_space_cast"]);

export const onlySets = (insn: Insn): boolean => {
  const form = formOf(insn);
  return form !== undefined && ONLY_SET.has(form.kind);
};

/**
 * For each slot, and for the end, the registers that may still be read from there on. Bit n is Rn. `wanted`: only reads for a result,
 * for memory or for a call count. Reads for a comparison, or for a register that nothing reads, do not count.
 */
export function liveRegisters({ insns }: Program, wanted = false): Uint16Array {
  const live = new Uint16Array(insns.length + 1);
  const uses = insns.map(useOf);
  const only = insns.map((insn) => wanted && onlySets(insn));
  if (wanted) insns.forEach((insn, slot) => formOf(insn)?.kind === "jmp" && (uses[slot] = { reads: 0, writes: 0 }));
  const successors = successorsOf(insns);
  const after = (place: number): number => {
    const next = successors[place]!;
    return next === NONE ? 0 : live[next]!;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let slot = insns.length - 1; slot >= 0; slot--) {
      const { reads, writes } = uses[slot]!;
      const behind = after(2 * slot) | after(2 * slot + 1);
      const now = (only[slot] && (writes & behind) === 0 ? 0 : reads) | (behind & ~writes);
      if (now !== live[slot]) {
        live[slot] = now;
        changed = true;
      }
    }
  }
  return live;
}
