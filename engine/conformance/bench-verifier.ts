// How fast programs are verified: the instructions walked a second, at log level 0.
import { type Form, formNamed } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { DEFAULT_LICENSE, type Program } from "../program/program.ts";
import { verify } from "../verifier/verify.ts";

const insn = (name: string, fields: Partial<Insn> = {}): Insn => {
  const form = formNamed(name) as Form;
  return { dst: 0, src: 0, off: 0, imm: 0, ...fields, code: form.code, ...form.when };
};

const programOf = (insns: readonly Insn[]): Program => ({
  insns,
  progType: "socket_filter",
  expectedAttachType: 0,
  progFlags: 0,
  maps: [],
  mapRefs: new Map(),
  license: DEFAULT_LICENSE,
});

const TURNS = 30_000;

/** A counted loop that spills and fills: every turn is walked. */
const loop = programOf([
  insn("mov64_imm", { dst: 6 }),
  insn("mov64_imm", { dst: 0 }),
  insn("stx8", { dst: 10, src: 6, off: -8 }),
  insn("ldx8", { dst: 1, src: 10, off: -8 }),
  insn("add64_reg", { dst: 0, src: 1 }),
  insn("and64_imm", { dst: 0, imm: 0xff }),
  insn("add64_imm", { dst: 6, imm: 1 }),
  insn("jlt64_imm", { dst: 6, off: -6, imm: TURNS }),
  insn("exit"),
]);

/** Branches on unknown bits, one after another: states are compared and pruned. */
const branches = programOf([
  insn("ldx4", { dst: 7, src: 1, off: 0 }),
  insn("mov64_imm", { dst: 0 }),
  ...Array.from({ length: 2000 }, (_, i) => [
    insn("mov64_reg", { dst: 2, src: 7 }),
    insn("and64_imm", { dst: 2, imm: 1 << (i % 20) }),
    insn("jeq64_imm", { dst: 2, off: 1 }),
    insn("add64_imm", { dst: 0, imm: i }),
  ]).flat(),
  insn("mov64_imm", { dst: 0 }),
  insn("exit"),
]);

export const VERIFIED: readonly { readonly name: string; readonly program: Program }[] = [
  { name: "verifier, loop of 30,000 turns", program: loop },
  { name: "verifier, 2,000 branches", program: branches },
];

/** Thousands of instructions walked a second: the best of some runs. */
export function verifierRate(program: Program, runs = 5): number {
  const once = (): number => {
    const start = performance.now();
    const { verdict, insnsProcessed, log } = verify(program, { logLevel: 0 });
    if (verdict !== "accept") throw new Error(`a benchmark was refused: ${log}`);
    return insnsProcessed / (performance.now() - start);
  };
  return Math.max(...Array.from({ length: runs }, once));
}
