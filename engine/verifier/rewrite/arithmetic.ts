// Divisions that a machine would trap on, rewritten to give BPF's results: x / 0 = 0, x % 0 = x; signed, x / -1 = -x and x % -1 = 0.
// @kernel verifier.c do_misc_fixups
import * as I from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import type { Node } from "./code.ts";
import * as E from "./emit.ts";

/** The instructions that replace a division. undefined: not a division, or one by a harmless constant. */
export function divisionBecomes(node: Node, next: Node): readonly Node[] | undefined {
  const { insn } = node;
  const kind = I.classOf(insn.code);
  const op = insn.code & 0xf0;
  if ((kind !== I.BPF_ALU && kind !== I.BPF_ALU64) || (op !== I.BPF_DIV && op !== I.BPF_MOD)) return undefined;
  const wide = kind === I.BPF_ALU64;
  const signed = insn.off === 1;
  if ((insn.code & I.BPF_X) === 0) {
    if (!signed || insn.imm !== -1) return undefined;
    return [op === I.BPF_DIV ? negative(insn, wide) : E.alu32(I.BPF_MOV, insn.dst, 0)];
  }
  // A copy: jumps to the division must lead to the instructions that are put before it.
  const itself: Node = { ...node };
  if (!signed) return op === I.BPF_DIV ? divided(itself, next, wide) : remainder(itself, next, wide);
  return op === I.BPF_DIV ? signedDivided(itself, next, wide) : signedRemainder(itself, next, wide);
}

const negative = ({ dst }: Insn, wide: boolean) => (wide ? E.alu64 : E.alu32)(I.BPF_NEG, dst, 0);

function divided(itself: Node, next: Node, wide: boolean): readonly Node[] {
  const { dst, src } = itself.insn;
  return [E.jump(I.BPF_JNE, src, 0, itself, wide), E.alu32Reg(I.BPF_XOR, dst, dst), E.goto(next), itself];
}

function remainder(itself: Node, next: Node, wide: boolean): readonly Node[] {
  const { dst, src } = itself.insn;
  if (wide) return [E.jump(I.BPF_JEQ, src, 0, next), itself];
  const cut = E.alu32Reg(I.BPF_MOV, dst, dst);
  return [E.jump(I.BPF_JEQ, src, 0, cut, false), itself, E.goto(next), cut];
}

/** AX = src + 1. As an unsigned number it is above 1, except if src is -1 or 0. */
const special = (src: number, wide: boolean): Node[] => [
  E.movReg(E.AX, src),
  (wide ? E.alu64 : E.alu32)(I.BPF_ADD, E.AX, 1),
];

function signedDivided(itself: Node, next: Node, wide: boolean): readonly Node[] {
  const { dst, src } = itself.insn;
  const negated = negative(itself.insn, wide);
  return [
    ...special(src, wide),
    E.jump(I.BPF_JGT, E.AX, 1, itself, wide),
    E.jump(I.BPF_JEQ, E.AX, 0, negated, wide),
    (wide ? E.alu64 : E.alu32)(I.BPF_MOV, dst, 0),
    negated,
    E.goto(next),
    itself,
  ];
}

function signedRemainder(itself: Node, next: Node, wide: boolean): readonly Node[] {
  const { dst, src } = itself.insn;
  const cut = E.alu32Reg(I.BPF_MOV, dst, dst);
  const done = E.goto(next);
  return [
    ...special(src, wide),
    E.jump(I.BPF_JGT, E.AX, 1, itself, wide),
    E.jump(I.BPF_JEQ, E.AX, 1, wide ? next : cut, wide),
    E.alu32(I.BPF_MOV, dst, 0),
    E.goto(wide ? next : done),
    itself,
    ...(wide ? [] : [done, cut]),
  ];
}
