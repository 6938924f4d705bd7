// Which registers an instruction reads and writes, as bit masks: for the page's colours, not for the verifier's rules.
import { type ALU_OPS, type Form, formOf } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";

export interface Effects {
  /** Bit n: Rn. */
  readonly reads: number;
  readonly writes: number;
}

const NONE: Effects = { reads: 0, writes: 0 };
const R0 = 1;
/** R1 … R5. */
const ARGUMENTS = 0b111110;
const R0_TO_R5 = R0 | ARGUMENTS;

/** Arguments of helper `id`, 0 … 5; 5 where the helper is unknown. */
export type ArgCount = (helper: number) => number;

export function effectsOf(insn: Insn, argCount: ArgCount): Effects {
  const form = formOf(insn);
  return form
    ? (EFFECTS[form.kind] as (form: Form, insn: Insn, argCount: ArgCount) => Effects)(form, insn, argCount)
    : NONE;
}

const OVERWRITES: ReadonlySet<keyof typeof ALU_OPS> = new Set(["mov", "movsx8", "movsx16", "movsx32"] as const);

const EFFECTS: {
  readonly [Kind in Form["kind"]]: (form: Extract<Form, { kind: Kind }>, insn: Insn, argCount: ArgCount) => Effects;
} = {
  alu: ({ op, source }, { dst, src }) => ({
    reads: (OVERWRITES.has(op) ? 0 : 1 << dst) | (source === "reg" ? 1 << src : 0),
    writes: 1 << dst,
  }),
  addr_space_cast: (_, { dst, src }) => ({ reads: 1 << src, writes: 1 << dst }),
  end: (_, { dst }) => ({ reads: 1 << dst, writes: 1 << dst }),
  jmp: ({ source }, { dst, src }) => ({ reads: (1 << dst) | (source === "reg" ? 1 << src : 0), writes: 0 }),
  ja: () => NONE,
  may_goto: () => NONE,
  call: ({ target }, { imm }, argCount) => ({
    reads: target === "helper" ? ((1 << (argCount(imm) + 1)) - 1) & ARGUMENTS : ARGUMENTS,
    writes: target === "local" ? 0 : R0_TO_R5,
  }),
  callx: (_, { dst }) => ({ reads: ARGUMENTS | (1 << dst), writes: R0_TO_R5 }),
  exit: () => ({ reads: R0, writes: 0 }),
  ld_imm64: (_, { dst }) => ({ reads: 0, writes: 1 << dst }),
  ld_abs: () => ({ reads: 1 << 6, writes: R0_TO_R5 }),
  ld_ind: (_, { src }) => ({ reads: (1 << 6) | (1 << src), writes: R0_TO_R5 }),
  ldx: (_, { dst, src }) => ({ reads: 1 << src, writes: 1 << dst }),
  st: (_, { dst }) => ({ reads: 1 << dst, writes: 0 }),
  stx: (_, { dst, src }) => ({ reads: (1 << dst) | (1 << src), writes: 0 }),
  atomic: ({ op }, { dst, src }) => ({
    reads: (1 << dst) | (1 << src) | (op === "cmpxchg" ? R0 : 0),
    writes: op === "cmpxchg" ? R0 : op === "xchg" || op.startsWith("fetch") ? 1 << src : 0,
  }),
  load_acq: (_, { dst, src }) => ({ reads: 1 << src, writes: 1 << dst }),
  store_rel: (_, { dst, src }) => ({ reads: (1 << dst) | (1 << src), writes: 0 }),
};
