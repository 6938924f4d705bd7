// One program as libbpf links it: its own instructions, followed by the functions that it calls, each once and in the order of their
// first call. Calls are changed to lead to the functions' new places. Records of functions and lines move along.
// @kernel libbpf.c bpf_object__reloc_code, bpf_object__append_subprog_code, adjust_prog_btf_ext_info

import { BPF_PSEUDO_CALL } from "../isa/codes.ts";
import { INSN_BYTES, type Insn, isLdImm64 } from "../isa/insn.ts";
import type { LineInfo } from "../program/program.ts";
import { Finder, type Functions, type ObjectFunction, type Reference } from "./programs.ts";
import type { FuncRef, Records } from "./records.ts";
import { refuse } from "./refusal.ts";

/** A function in a linked program. */
export interface Part {
  readonly of: ObjectFunction;
  /** First slot in the program. */
  readonly at: number;
}

export interface Linked {
  readonly insns: Insn[];
  /** By slot of the linked program. Calls and addresses of functions are already resolved and are not listed. */
  readonly references: ReadonlyMap<number, Reference>;
  readonly parts: readonly Part[];
  readonly funcs: readonly FuncRef[];
  readonly lines: readonly LineInfo[];
}

/** BPF_COMPLEXITY_LIMIT_INSNS: no kernel accepts a longer program. */
const MAX_INSNS = 1_000_000;
const CALL = 0x85;
export const PSEUDO_FUNC = 4;

/** `insnsOf`: a function's instructions after CO-RE. `more`: functions that must be included although nothing calls them. */
export function link(
  main: ObjectFunction,
  functions: Functions,
  insnsOf: (of: ObjectFunction) => readonly Insn[],
  records: Records,
  more: readonly ObjectFunction[],
): Linked {
  const finder = new Finder(functions.all);
  const insns: Insn[] = [];
  const references = new Map<number, Reference>();
  const parts: Part[] = [];
  const placed = new Map<ObjectFunction, number>();
  const moved = new Moved(records);

  const append = (of: ObjectFunction): void => {
    const at = insns.length;
    const code = insnsOf(of);
    if (at + code.length > MAX_INSNS) refuse("too-long", { name: main.name, limit: MAX_INSNS });
    for (const insn of code) insns.push(insn);
    for (const [slot, reference] of of.references) references.set(at + slot, reference);
    placed.set(of, at);
    parts.push({ of, at });
    moved.take(of, at, of === main);
  };

  /** Resolves the calls of one function after another. A function that is met for the first time is done before the rest of its caller. */
  const resolve = (first: ObjectFunction): void => {
    const open: { of: ObjectFunction; at: number; slot: number }[] = [];
    const enter = (of: ObjectFunction): void => {
      append(of);
      open.push({ of, at: placed.get(of)!, slot: 0 });
    };
    enter(first);
    while (open.length > 0) {
      const top = open.at(-1)!;
      if (top.slot >= top.of.insns.length) {
        open.pop();
        continue;
      }
      const { of, at, slot } = top;
      const insn = insns[at + slot]!;
      const reference = of.references.get(slot);
      const isCall = insn.code === CALL && insn.src === BPF_PSEUDO_CALL && reference?.kind !== "extern";
      const isAddress = isLdImm64(insn) && reference?.kind === "function";
      if (!isCall && !isAddress) {
        top.slot++;
        continue;
      }
      const target = targetOf(of, slot, insn, reference);
      const found = functions.text < 0 ? -1 : finder.at(functions.text, target);
      if (found < 0) refuse("call-target", { name: main.name, slot: at + slot, target });
      const callee = functions.all[found]!;
      const place = placed.get(callee);
      if (place === undefined) {
        enter(callee);
        continue;
      }
      insns[at + slot] = { ...insn, ...(isAddress && { src: PSEUDO_FUNC }), imm: place - (at + slot) - 1 };
      references.delete(at + slot);
      top.slot++;
    }
  };

  resolve(main);
  for (const one of more) if (!placed.has(one)) resolve(one);
  return { insns, references, parts, funcs: moved.funcs, lines: moved.lines };
}

/** The slot of .text that is called. */
function targetOf(of: ObjectFunction, slot: number, insn: Insn, reference: Reference | undefined): number {
  if (reference?.kind === "call") return reference.offset / INSN_BYTES + insn.imm + 1;
  if (reference?.kind === "function") return (reference.offset + insn.imm) / INSN_BYTES;
  return of.start + slot + insn.imm + 1;
}

/** Records of functions and lines of all parts. If the main program has none, those of the other parts are left out, as in libbpf. */
class Moved {
  readonly funcs: FuncRef[] = [];
  readonly lines: LineInfo[] = [];
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  take(of: ObjectFunction, at: number, isMain: boolean): void {
    const move = at - of.start;
    const own = this.#records.get(of);
    if (isMain || this.funcs.length > 0)
      for (const { slot, type } of own?.funcs ?? []) this.funcs.push({ slot: slot + move, type });
    if (isMain || this.lines.length > 0)
      for (const line of own?.lines ?? []) this.lines.push({ ...line, slot: line.slot + move });
  }
}
