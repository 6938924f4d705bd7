// What a changed program no longer does. An instruction of the refused program is lost if it computed, read, wrote or called something,
// and the change took it out, made it another operation, made it unreachable, or left its result to a comparison or to nothing.
import { type Form, formOf } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import type { Program } from "../program/program.ts";
import { NONE, successorsOf } from "../verifier/prepass/successors.ts";
import type { Version } from "./draft.ts";
import { liveRegisters, onlySets } from "./live.ts";
import { reachable } from "./reachable.ts";

/** Slots of `program`, in order. `version` was made of it. */
export function lossesOf(program: Program, { program: after, origins }: Version): number[] {
  const done = workOf(after);
  const kept = new Set(
    [...done].flatMap((slot) => {
      const origin = origins[slot] ?? -1;
      const [was, is] = [program.insns[origin], after.insns[slot]!];
      return was && isSameWork(was, is) ? [origin] : [];
    }),
  );
  return [...workOf(program)].filter((slot) => !kept.has(slot));
}

/** Slots at which a program does something, in order. Jumps, exits, copies and constants do not count. */
function workOf(program: Program): ReadonlySet<number> {
  const { insns } = program;
  const live = liveRegisters(program, true);
  const successors = successorsOf(insns);
  const reached = reachable(insns, successors);
  const liveFrom = (slot: number): number => (slot === NONE ? 0 : live[slot]!);
  const isWork = (slot: number): boolean => {
    const insn = insns[slot]!;
    const form = formOf(insn);
    if (!form || IDLE.has(form.kind) || (form.kind === "alu" && form.op.startsWith("mov"))) return false;
    const behind = liveFrom(successors[2 * slot]!) | liveFrom(successors[2 * slot + 1]!);
    return !onlySets(insn) || ((behind >> insn.dst) & 1) === 1;
  };
  return new Set([...insns.keys()].filter((slot) => reached.has(slot) && isWork(slot)));
}

const IDLE: ReadonlySet<Form["kind"]> = new Set(["jmp", "ja", "may_goto", "exit", "ld_imm64", "addr_space_cast"]);

/** Another width, constant, register or address is the same work. Another operator is other work. */
function isSameWork(was: Insn, is: Insn): boolean {
  const [a, b] = [formOf(was), formOf(is)];
  if (a?.kind !== "alu" || b?.kind !== "alu") return a?.kind === b?.kind;
  // Subtracting a constant is adding its opposite.
  const plain = ({ op, source }: typeof a): string => (op === "sub" && source === "imm" ? "add" : op);
  return plain(a) === plain(b);
}
