// Which registers an instruction list leaves free at a place: nothing behind it reads them before writing them.
import { helperArgCount } from "../facts/helpers.ts";
import { formOf } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { calleeOf, jumpTarget, slotsOf } from "../program/flow.ts";
import type { Program } from "../program/program.ts";

const CALLER_SAVED = 0x3f;
const bit = (n: number): number => 1 << n;

/** Registers read and written, one bit each. */
function effect(insn: Insn): { readonly use: number; readonly def: number } {
  const form = formOf(insn);
  const [dst, src] = [bit(insn.dst), bit(insn.src)];
  switch (form?.kind) {
    case "alu":
      return {
        use: (form.op === "mov" || form.op.startsWith("movsx") ? 0 : dst) | (form.source === "reg" ? src : 0),
        def: dst,
      };
    case "end":
      return { use: dst, def: dst };
    case "ld_imm64":
      return { use: 0, def: dst };
    case "ldx":
    case "load_acq":
      return { use: src, def: dst };
    case "st":
      return { use: dst, def: 0 };
    case "stx":
    case "store_rel":
      return { use: dst | src, def: 0 };
    case "atomic":
      return { use: dst | src | 1, def: 0 };
    case "jmp":
      return { use: dst | (form.source === "reg" ? src : 0), def: 0 };
    case "ld_abs":
    case "ld_ind":
      return { use: bit(6) | src, def: CALLER_SAVED };
    case "call":
      return { use: argumentBits(insn, form.target === "helper"), def: CALLER_SAVED };
    case "exit":
      return { use: 1, def: 0 };
    case "ja":
    case "may_goto":
      return { use: 0, def: 0 };
    default:
      return { use: 0x7ff, def: 0 };
  }
}

const argumentBits = (insn: Insn, isHelper: boolean): number => (2 << (isHelper ? helperArgCount(insn.imm) : 5)) - 2;

/** For each slot the registers that may still be read from there on. */
export function liveRegisters({ insns }: Program): Uint16Array {
  const live = new Uint16Array(insns.length + 1);
  for (let changed = true, round = 0; changed && round < 200; round++) {
    changed = false;
    for (let slot = insns.length - 1; slot >= 0; slot--) {
      const insn = insns[slot]!;
      const kind = formOf(insn)?.kind;
      const target = calleeOf(insn, slot) === undefined ? jumpTarget(insn, slot) : undefined;
      let out = kind === "exit" || kind === "ja" ? 0 : (live[slot + slotsOf(insn)] ?? 0);
      if (target !== undefined) out |= live[target] ?? 0;
      const { use, def } = effect(insn);
      const now = use | (out & ~def);
      if (now !== live[slot]) {
        live[slot] = now;
        changed = true;
      }
    }
  }
  return live;
}
