// Registers that instructions read and write, and jumps as arrows for a margin.
import { HELPER_PROTOS } from "../../facts/helpers.ts";
import * as c from "../../isa/codes.ts";
import { formOf } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import { jumpTarget } from "../lint-program.ts";

/** Bit n stands for register Rn. */
export interface RegisterUse {
  readonly reads: number;
  readonly writes: number;
}

const ARGUMENTS = 0b11_1110;

/** What an instruction does to registers; a call reads its possible arguments and loses them. */
export function registerUse(insn: Insn): RegisterUse {
  const form = formOf(insn);
  const dst = 1 << insn.dst;
  const src = 1 << insn.src;
  if (!form) return { reads: 0, writes: 0 };
  switch (form.kind) {
    case "alu":
      return { reads: (form.source === "reg" ? src : 0) | (form.op.startsWith("mov") ? 0 : dst), writes: dst };
    case "addr_space_cast":
      return { reads: src, writes: dst };
    case "end":
      return { reads: dst, writes: dst };
    case "jmp":
      return { reads: dst | (form.source === "reg" ? src : 0), writes: 0 };
    case "ja":
    case "may_goto":
      return { reads: 0, writes: 0 };
    case "call":
      return { reads: form.target === "helper" ? argumentsOf(insn.imm) : ARGUMENTS, writes: ARGUMENTS | 1 };
    case "callx":
      return { reads: ARGUMENTS | dst, writes: ARGUMENTS | 1 };
    case "exit":
      return { reads: 1, writes: 0 };
    case "ld_imm64":
      return { reads: 0, writes: dst };
    case "ld_abs":
      return { reads: 1 << 6, writes: ARGUMENTS | 1 };
    case "ld_ind":
      return { reads: (1 << 6) | src, writes: ARGUMENTS | 1 };
    case "ldx":
    case "load_acq":
      return { reads: src, writes: dst };
    case "st":
      return { reads: dst, writes: 0 };
    case "stx":
    case "store_rel":
      return { reads: dst | src, writes: 0 };
    case "atomic":
      if (form.op === "cmpxchg") return { reads: dst | src | 1, writes: 1 };
      return { reads: dst | src, writes: form.op === "xchg" || form.op.startsWith("fetch_") ? src : 0 };
  }
}

/** R1 … as far as the helper's prototype has arguments; all five where it has none recorded. */
function argumentsOf(helper: number): number {
  const proto = HELPER_PROTOS.find((row) => row.id === helper);
  const count = proto ? proto.args.filter((arg) => arg.kind !== "ARG_DONTCARE").length : 5;
  return ((1 << (count + 1)) - 1) & ARGUMENTS;
}

export interface RegisterPlaces {
  readonly readers: readonly number[];
  readonly writers: readonly number[];
}

/** All slots that read or write a register. */
export function registerPlaces(insns: readonly Insn[], register: number): RegisterPlaces {
  const readers: number[] = [];
  const writers: number[] = [];
  for (let slot = 0; slot < insns.length; slot++) {
    const insn = insns[slot] as Insn;
    const { reads, writes } = registerUse(insn);
    if ((reads >> register) & 1) readers.push(slot);
    if ((writes >> register) & 1) writers.push(slot);
    if (insn.code === (c.BPF_LD | c.BPF_IMM | c.BPF_DW)) slot++;
  }
  return { readers, writers };
}

export interface Arrow {
  readonly from: number;
  readonly to: number;
  readonly kind: "if" | "always" | "call" | "func";
  /** Column in the margin, 0 beside the text; arrows of one lane do not overlap. */
  readonly lane: number;
}

/** Arrows that stay in the program, the short ones nearest to the text. */
export function jumpArrows(insns: readonly Insn[]): Arrow[] {
  const found: Omit<Arrow, "lane">[] = [];
  for (let slot = 0; slot < insns.length; slot++) {
    const insn = insns[slot] as Insn;
    const to = jumpTarget(insn, slot);
    if (to !== undefined && to >= 0 && to < insns.length) {
      const kind = formOf(insn)?.kind;
      found.push({
        from: slot,
        to,
        kind: kind === "ja" ? "always" : kind === "call" ? "call" : kind === "ld_imm64" ? "func" : "if",
      });
    }
    if (insn.code === (c.BPF_LD | c.BPF_IMM | c.BPF_DW)) slot++;
  }
  const length = (arrow: Omit<Arrow, "lane">) => Math.abs(arrow.to - arrow.from);
  const lanes: { low: number; high: number }[][] = [];
  return found
    .toSorted((a, b) => length(a) - length(b) || a.from - b.from)
    .map((arrow) => {
      const low = Math.min(arrow.from, arrow.to);
      const high = Math.max(arrow.from, arrow.to);
      let lane = lanes.findIndex((taken) => taken.every((t) => t.high < low || t.low > high));
      // Beyond some lanes nobody can follow them: the last one takes the rest.
      if (lane < 0) lane = Math.min(lanes.length, MAX_LANES - 1);
      lanes[lane] ??= [];
      lanes[lane]?.push({ low, high });
      return { ...arrow, lane };
    })
    .toSorted((a, b) => a.from - b.from);
}
const MAX_LANES = 12;
