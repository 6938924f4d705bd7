// The records of BTF.ext, each assigned to the function that it describes. Slots of functions and lines count in the section.
import { INSN_BYTES } from "../isa/insn.ts";
import type { LineInfo } from "../program/program.ts";
import type { BtfExt, CoreRecord } from "./btf/ext.ts";
import type { Elf } from "./elf.ts";
import { FunctionFinder, type Functions, type ObjectFunction } from "./programs.ts";
import { hex, refuse } from "./refusal.ts";

export interface FuncInfoRecord {
  readonly slot: number;
  /** The FUNC in the object's BTF. */
  readonly type: number;
}

export interface FunctionRecords {
  readonly funcs: FuncInfoRecord[];
  readonly lines: LineInfo[];
  /** In order. `slot`: counted in the function. `n`: number of the record in the section. */
  readonly relocations: { readonly slot: number; readonly n: number; readonly record: CoreRecord }[];
}

export type Records = ReadonlyMap<ObjectFunction, FunctionRecords>;

export function recordsOf(ext: BtfExt | undefined, elf: Elf, functions: Functions): Records {
  const found = new Map<ObjectFunction, FunctionRecords>();
  if (ext === undefined) return found;
  const finder = new FunctionFinder(functions.all);
  const sections = new Map(elf.sections.toReversed().map(({ name, index }) => [name, index]));
  /** The records of a part, each with its function and slot. Records of functions that the linker dropped are left out. */
  function* each<Record extends { readonly offset: number }>(part: ReadonlyMap<string, readonly Record[]>) {
    for (const [name, records] of part) {
      const section = sections.get(name);
      if (section === undefined) continue;
      for (const [n, record] of records.entries()) {
        const slot = Math.floor(record.offset / INSN_BYTES);
        const at = finder.indexAt(section, slot);
        if (at < 0) continue;
        const func = functions.all[at]!;
        let own = found.get(func);
        if (own === undefined) found.set(func, (own = { funcs: [], lines: [], relocations: [] }));
        yield { name, n, record, slot, func, own };
      }
    }
  }
  for (const { record, slot, own } of each(ext.funcs)) own.funcs.push({ slot, type: record.type });
  for (const { record, slot, own } of each(ext.lines)) {
    const { file, text, line, column } = record;
    own.lines.push({ slot, file, text, line, column });
  }
  for (const { name, n, record, slot, func, own } of each(ext.relocations)) {
    if (record.offset % INSN_BYTES !== 0)
      refuse("core-record", {
        section: name,
        n,
        what: "offset",
        found: hex(record.offset),
        expected: "a multiple of 8",
      });
    own.relocations.push({ slot: slot - func.start, n, record });
  }
  return found;
}
