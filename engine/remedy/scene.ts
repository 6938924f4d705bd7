// The refusal as a candidate sees it: the refused instruction, what the registers held there, which registers are free, and where the
// program could end early.
import type { Texts } from "../base/language.ts";
import { progTypeByName } from "../facts/prog-types.ts";
import { BPF_JMP, BPF_JMP32, classOf, MAX_BPF_STACK } from "../isa/codes.ts";
import { formOf } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import type { Program } from "../program/program.ts";
import { revOpcode } from "../verifier/domain/cond.ts";
import type { Findings } from "../verifier/explain/findings.ts";
import type { ValueNode } from "../verifier/explain/lineage.ts";
import { type PathStep, regOf } from "../verifier/explain/path.ts";
import type { RegState } from "../verifier/state/reg.ts";
import * as t from "../verifier/state/regtype.ts";
import type { Draft, Item, NewInsn } from "./draft.ts";
import { liveRegisters } from "./live.ts";
import { exit, movImm } from "./new-insns.ts";

/**
 * A change that may help. In its texts `@12` is the instruction at slot 12 of the scene's program. After one change of a `group` was
 * accepted, the other changes of the group are not tried. `apply` changes the draft, and fails it if the change cannot be made.
 */
export interface Candidate extends Texts {
  readonly group?: string;
  /** Slots that it takes out because they were a mistake, or because it does their work elsewhere. They are no loss. */
  readonly unwanted?: readonly number[];
  apply(draft: Draft): void;
}

export class Scene {
  readonly program: Program;
  readonly findings: Findings;
  /** Slot of the refused instruction. -1: none. */
  readonly at: number;
  readonly insn: Insn | undefined;
  /** Index of the refused instruction's step in the path. -1: nothing was walked. */
  readonly end: number;
  #live: Uint16Array | undefined;
  #functionEnds: ReadonlySet<number> | undefined;

  constructor(program: Program, findings: Findings) {
    this.program = program;
    this.findings = findings;
    this.at = findings.at;
    this.insn = program.insns[this.at];
    this.end = findings.path.length - 1;
  }

  /** For each slot the registers that may still be read from there on. Bit n is Rn. */
  get live(): Uint16Array {
    this.#live ??= liveRegisters(this.program);
    return this.#live;
  }

  get last(): PathStep | undefined {
    return this.findings.path.at(-1);
  }

  step(at: number): PathStep | undefined {
    return this.findings.path[at];
  }

  get isCall(): boolean {
    return this.insn !== undefined && formOf(this.insn)?.kind === "call";
  }

  /** What Rn holds before the refused instruction. */
  regBefore(n: number): RegState | undefined {
    return this.last && regOf(this.last.before, n);
  }

  /** The origin of the value in Rn before the refused instruction. */
  originOf(n: number): ValueNode | undefined {
    return this.findings.lineage.reg(this.end, n);
  }

  /** Registers with an unmoved value of this type before step `at`, lowest first. */
  holding(type: number, at = this.end): number[] {
    const step = this.step(at);
    if (!step) return [];
    return [...Array(10).keys()].filter((n) => {
      const reg = regOf(step.before, n);
      return reg?.type === type && reg.off === 0 && reg.val.varOff.mask === 0n;
    });
  }

  /**
   * A register that is not read from the slot on. `saved`: one that calls preserve. `but`: registers that are not wanted. undefined:
   * none.
   */
  freeRegister(slot: number, { saved = false, but = [] as readonly number[] } = {}): number | undefined {
    const live = this.live[slot] ?? 0x7ff;
    const order = saved ? [9, 8, 7, 6] : [5, 4, 3, 2, 0, 9, 8, 7, 6, 1];
    return order.find((n) => ((live >> n) & 1) === 0 && !but.includes(n));
  }

  /** A callee-saved register that the whole program does not use. undefined: none. */
  unused(): number | undefined {
    const used = new Set(this.program.insns.flatMap(({ dst, src }) => [dst, src]));
    return [9, 8, 7, 6].find((n) => !used.has(n));
  }

  /** Bytes of stack that the program uses; a multiple of 8. */
  get stackUsed(): number {
    const depths = this.program.insns.map((insn) => {
      const cls = classOf(insn.code);
      const jumps = cls === BPF_JMP || cls === BPF_JMP32;
      return !jumps && insn.off < 0 && insn.off >= -MAX_BPF_STACK ? Math.ceil(-insn.off / 8) * 8 : 0;
    });
    const pointed = this.program.insns.map((insn) => {
      const form = formOf(insn);
      const moves = form?.kind === "alu" && form.op === "add" && form.source === "imm";
      return moves && insn.imm < 0 && insn.imm >= -MAX_BPF_STACK ? Math.ceil(-insn.imm / 8) * 8 : 0;
    });
    return Math.min(MAX_BPF_STACK - 64, Math.max(0, ...depths, ...pointed));
  }

  /** A value that R0 may have at the program's end. */
  get result(): number {
    const type = progTypeByName(this.program.progType);
    const range = type?.returnRange(this.program.expectedAttachType);
    return range ? Math.max(0, range.min) : 0;
  }

  /** Whether no lock or reference is held at step `at`, so that the program may end there. */
  mayLeave(at = this.end): boolean {
    return this.step(at)?.before.refs.length === 0;
  }

  /** The same for the side on which Rn is NULL: Rn holds no reference then. */
  mayLeaveWithout(n: number, at = this.end): boolean {
    const step = this.step(at);
    const ref = step && regOf(step.before, n)?.refObjId;
    return step?.before.refs.every(({ id }) => id === ref) ?? false;
  }

  /**
   * New instructions that end the program if the comparison is true: a jump to an end that exists behind the slot, or an exit of their own that
   * the opposite comparison jumps over. `jump` makes the jump for an operation (BPF_JEQ …).
   */
  leaving(
    draft: Draft,
    slot: number,
    op: number,
    jump: (op: number, to: Item | NewInsn) => NewInsn,
  ): readonly NewInsn[] {
    const item = this.#endItem(draft, slot);
    if (item) return [jump(op, item)];
    return [jump(revOpcode(op), draft.at(slot)!), movImm(0, this.result), exit()];
  }

  /** An end of the program to jump to: one that exists behind the slot, or a new one after the last instruction. */
  ending(draft: Draft, slot: number): Item | undefined {
    const there = this.#endItem(draft, slot);
    const last = draft.items.at(-1);
    return there ?? (last && draft.after(last, [movImm(0, this.result), exit()])[0]);
  }

  #endItem(draft: Draft, slot: number): Item | undefined {
    const end = this.#endBehind(slot);
    return end === undefined ? undefined : draft.at(end);
  }

  /** A place behind the slot, in the same function, where R0 is set to a constant and the function ends. */
  #endBehind(slot: number): number | undefined {
    const { insns } = this.program;
    for (let at = slot + 1; at + 1 < insns.length; at++) {
      const [insn, next] = [insns[at]!, insns[at + 1]!];
      const form = formOf(insn);
      const sets = form?.kind === "alu" && form.op === "mov" && form.source === "imm" && insn.dst === 0;
      if (sets && formOf(next)?.kind === "exit")
        return insn.imm === 0 || insn.imm === this.result || insn.imm === 1 || insn.imm === 2 ? at : undefined;
      if (formOf(insn)?.kind === "exit" && this.#isFunctionEnd(at)) return undefined;
    }
    return undefined;
  }

  /** Whether a called function begins right after the slot. */
  #isFunctionEnd(at: number): boolean {
    this.#functionEnds ??= new Set(
      this.program.insns.flatMap((insn, slot) => {
        const form = formOf(insn);
        return form?.kind === "call" && form.target === "local" ? [slot + insn.imm] : [];
      }),
    );
    return this.#functionEnds.has(at);
  }

  /** Number of bytes that may be accessed from a pointer on. undefined: not known. */
  bytesLeft(reg: RegState): bigint | undefined {
    const off = BigInt(reg.off) + reg.val.smin;
    switch (t.baseType(reg.type)) {
      case t.PTR_TO_MAP_VALUE:
        return BigInt(reg.map?.valueSize ?? 0) - off;
      case t.PTR_TO_MEM:
        return BigInt(reg.memSize) - off;
      case t.PTR_TO_STACK:
        return -off;
      default:
        return undefined;
    }
  }
}
