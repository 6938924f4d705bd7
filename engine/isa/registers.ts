// Which registers an instruction reads and writes, as bit masks. This follows from its form alone. Whether the kernel allows it
// is not said here. The verifier's passes follow the kernel's own rules, which differ for instructions that will be refused.
// Sources: RFC 9669 sections 2.1 (calling convention), 4 and 5.
import { ALU_OPS, ATOMIC_OPS, type Form, formOf } from "./forms.ts";
import type { Insn } from "./insn.ts";

/** Bit n stands for Rn. */
export interface RegisterUse {
  readonly reads: number;
  readonly writes: number;
}

/** How many arguments helper `id` takes, 0 … 5. For an unknown helper: 5. */
export type HelperArgCount = (id: number) => number;

/** Registers that an instruction reads and writes. None for an undefined opcode. A call of a function of the program writes none. */
export function registerUse(insn: Insn, argCount: HelperArgCount): RegisterUse {
  const form = formOf(insn);
  return form ? (USES[form.kind] as Use<Form["kind"]>)(form as never, insn, argCount) : NONE;
}

type Use<Kind extends Form["kind"]> = (
  form: Extract<Form, { kind: Kind }>,
  insn: Insn,
  argCount: HelperArgCount,
) => RegisterUse;

const NONE: RegisterUse = { reads: 0, writes: 0 };
const R0 = 1 << 0;
const R6 = 1 << 6;
/** R1 … R5. */
const ARGUMENTS = 0b11_1110;
/** Registers that a callee may overwrite: R0 … R5. */
const CALLER_SAVED = R0 | ARGUMENTS;

const sourceOf = (form: { readonly source: "reg" | "imm" }, src: number): number =>
  form.source === "reg" ? 1 << src : 0;

const USES: { readonly [Kind in Form["kind"]]: Use<Kind> } = {
  alu: (form, { dst, src }) => ({
    reads: (ALU_OPS[form.op].shape === "move" ? 0 : 1 << dst) | sourceOf(form, src),
    writes: 1 << dst,
  }),
  addr_space_cast: (_, { dst, src }) => ({ reads: 1 << src, writes: 1 << dst }),
  end: (_, { dst }) => ({ reads: 1 << dst, writes: 1 << dst }),
  jmp: (form, { dst, src }) => ({ reads: (1 << dst) | sourceOf(form, src), writes: 0 }),
  ja: () => NONE,
  may_goto: () => NONE,
  call: ({ target }, { imm }, argCount) => ({
    reads: target === "helper" ? ((1 << (argCount(imm) + 1)) - 1) & ARGUMENTS : ARGUMENTS,
    writes: target === "local" ? 0 : CALLER_SAVED,
  }),
  callx: (_, { dst }) => ({ reads: ARGUMENTS | (1 << dst), writes: CALLER_SAVED }),
  exit: () => ({ reads: R0, writes: 0 }),
  ld_imm64: (_, { dst }) => ({ reads: 0, writes: 1 << dst }),
  ld_abs: () => ({ reads: R6, writes: CALLER_SAVED }),
  ld_ind: (_, { src }) => ({ reads: R6 | (1 << src), writes: CALLER_SAVED }),
  ldx: (_, { dst, src }) => ({ reads: 1 << src, writes: 1 << dst }),
  st: (_, { dst }) => ({ reads: 1 << dst, writes: 0 }),
  stx: (_, { dst, src }) => ({ reads: (1 << dst) | (1 << src), writes: 0 }),
  atomic: ({ op }, { dst, src }) =>
    op === "cmpxchg"
      ? { reads: (1 << dst) | (1 << src) | R0, writes: R0 }
      : { reads: (1 << dst) | (1 << src), writes: ATOMIC_OPS[op].fetch ? 1 << src : 0 },
  load_acq: (_, { dst, src }) => ({ reads: 1 << src, writes: 1 << dst }),
  store_rel: (_, { dst, src }) => ({ reads: (1 << dst) | (1 << src), writes: 0 }),
};
