// One program as libbpf links it: its own instructions, followed by the functions that it calls, each once and in the order of their
// first call. Calls are changed to lead to the functions' new places. Records of functions and lines move along.
// @kernel libbpf.c bpf_object__reloc_code, bpf_object__append_subprog_code, adjust_prog_btf_ext_info

import { BPF_PSEUDO_CALL } from "../isa/codes.ts";
import { INSN_BYTES, type Insn, isLdImm64 } from "../isa/insn.ts";
import type { LineInfo } from "../program/program.ts";
import { FunctionFinder, type Functions, type ObjectFunction, type Reference } from "./programs.ts";
import type { FuncInfoRecord, Records } from "./records.ts";
import { refuse } from "./refusal.ts";

/** A function in a linked program. */
export interface LinkedFunction {
  readonly func: ObjectFunction;
  /** First slot in the program. */
  readonly start: number;
}

export interface LinkedProgram {
  readonly insns: Insn[];
  /** By slot of the linked program. Calls and addresses of functions are already resolved and are not listed. */
  readonly references: ReadonlyMap<number, Reference>;
  readonly parts: readonly LinkedFunction[];
  readonly funcs: readonly FuncInfoRecord[];
  readonly lines: readonly LineInfo[];
}

/** BPF_COMPLEXITY_LIMIT_INSNS: no kernel accepts a longer program. */
const MAX_INSNS = 1_000_000;
const CALL = 0x85;
const PSEUDO_FUNC = 4;

/** `insnsOf`: a function's instructions after CO-RE. `extra`: functions that must be included although nothing calls them. */
export function link(
  main: ObjectFunction,
  functions: Functions,
  insnsOf: (func: ObjectFunction) => readonly Insn[],
  records: Records,
  extra: readonly ObjectFunction[],
): LinkedProgram {
  const finder = new FunctionFinder(functions.all);
  const insns: Insn[] = [];
  const references = new Map<number, Reference>();
  const parts: LinkedFunction[] = [];
  const startOf = new Map<ObjectFunction, number>();
  const movedRecords = new MovedRecords(records);

  const append = (func: ObjectFunction): void => {
    const at = insns.length;
    const code = insnsOf(func);
    if (at + code.length > MAX_INSNS) refuse("too-long", { name: main.name, limit: MAX_INSNS });
    for (const insn of code) insns.push(insn);
    for (const [slot, reference] of func.references) references.set(at + slot, reference);
    startOf.set(func, at);
    parts.push({ func, start: at });
    movedRecords.append(func, at, func === main);
  };

  /** Resolves the calls of one function after another. A function that is met for the first time is done before the rest of its caller. */
  const resolveCalls = (first: ObjectFunction): void => {
    const unfinished: { func: ObjectFunction; at: number; slot: number }[] = [];
    const enterFunction = (func: ObjectFunction): void => {
      append(func);
      unfinished.push({ func, at: startOf.get(func)!, slot: 0 });
    };
    enterFunction(first);
    while (unfinished.length > 0) {
      const top = unfinished.at(-1)!;
      if (top.slot >= top.func.insns.length) {
        unfinished.pop();
        continue;
      }
      const { func: caller, at, slot } = top;
      const insn = insns[at + slot]!;
      const reference = caller.references.get(slot);
      const isCall = insn.code === CALL && insn.src === BPF_PSEUDO_CALL && reference?.kind !== "extern";
      const isAddress = isLdImm64(insn) && reference?.kind === "function";
      if (!isCall && !isAddress) {
        top.slot++;
        continue;
      }
      const target = targetOf(caller, slot, insn, reference);
      const found = functions.text < 0 ? -1 : finder.indexAt(functions.text, target);
      if (found < 0) refuse("call-target", { name: main.name, slot: at + slot, target });
      const callee = functions.all[found]!;
      const calleeStart = startOf.get(callee);
      if (calleeStart === undefined) {
        enterFunction(callee);
        continue;
      }
      insns[at + slot] = { ...insn, ...(isAddress && { src: PSEUDO_FUNC }), imm: calleeStart - (at + slot) - 1 };
      references.delete(at + slot);
      top.slot++;
    }
  };

  resolveCalls(main);
  for (const one of extra) if (!startOf.has(one)) resolveCalls(one);
  return { insns, references, parts, funcs: movedRecords.funcs, lines: movedRecords.lines };
}

/** The slot of .text that is called. */
function targetOf(caller: ObjectFunction, slot: number, insn: Insn, reference: Reference | undefined): number {
  if (reference?.kind === "call") return reference.offset / INSN_BYTES + insn.imm + 1;
  if (reference?.kind === "function") return (reference.offset + insn.imm) / INSN_BYTES;
  return caller.start + slot + insn.imm + 1;
}

/** Records of functions and lines of all parts. If the main program has none, those of the other parts are left out, as in libbpf. */
class MovedRecords {
  readonly funcs: FuncInfoRecord[] = [];
  readonly lines: LineInfo[] = [];
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  append(func: ObjectFunction, at: number, isMain: boolean): void {
    const distance = at - func.start;
    const own = this.#records.get(func);
    if (isMain || this.funcs.length > 0)
      for (const { slot, type } of own?.funcs ?? []) this.funcs.push({ slot: slot + distance, type });
    if (isMain || this.lines.length > 0)
      for (const line of own?.lines ?? []) this.lines.push({ ...line, slot: line.slot + distance });
  }
}
