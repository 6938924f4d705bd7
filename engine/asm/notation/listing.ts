// Reads listings of a whole object: `llvm-objdump -d` with or without `-r`, and `clang -S`. It takes one program from the listing,
// followed by the functions that it calls, as libbpf would load it.
import { fromHex } from "../../base/bytes.ts";
import * as c from "../../isa/codes.ts";
import { formOf } from "../../isa/forms.ts";
import { decodeInsns, type Insn, isLdImm64 } from "../../isa/insn.ts";

export interface Listed {
  readonly insns: readonly Insn[];
  /** Slot of a load → name of the map that it refers to. */
  readonly maps: ReadonlyMap<number, string>;
  /** Names of the programs in the listing that were not taken. */
  readonly others: readonly string[];
}

interface Relocation {
  readonly kind: string;
  readonly symbol: string;
}

interface Func {
  readonly name: string;
  readonly section: string;
  /** First slot, counted in the section. */
  readonly start: number;
  readonly insns: Insn[];
  /** Relocations by slot, counted in the function. */
  readonly relocations: Map<number, Relocation>;
}

const SECTION = /^Disassembly of section (\S+?):$/;
const HEADING = /^([0-9a-f]{8,16}) <([^>+]+)>:$/;
const ROW = /^(\d+|[0-9a-f]+):\s+((?:[0-9a-f]{2} ){7}[0-9a-f]{2}(?: (?:[0-9a-f]{2} ){7}[0-9a-f]{2})?)(?:\s|$)/;
/** The second half of a 64-bit load on a line of its own. */
const HALF = /^(?:[0-9a-f]{2} ){7}[0-9a-f]{2}$/;
const RELOCATION = /^[0-9a-f]+:\s+(R_BPF_\w+)\s+(\S+)$/;

/** undefined: the text is no llvm-objdump listing with bytes and headings. */
export function readObjdump(text: string): Listed | undefined {
  const funcs: Func[] = [];
  let section = ".text";
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    const inSection = SECTION.exec(line);
    if (inSection) {
      section = inSection[1] as string;
      continue;
    }
    const heading = HEADING.exec(line);
    if (heading) {
      const start = Number.parseInt(heading[1] as string, 16) / 8;
      funcs.push({ name: heading[2] as string, section, start, insns: [], relocations: new Map() });
      continue;
    }
    const func = funcs.at(-1);
    if (!func) continue;
    const row = ROW.exec(line);
    if (row) func.insns.push(...bytesOf(row[2] as string));
    else if (HALF.test(line)) func.insns.push(...bytesOf(line));
    const relocation = RELOCATION.exec(line);
    if (relocation) {
      const slot = lastFirstSlot(func.insns);
      func.relocations.set(slot, { kind: relocation[1] as string, symbol: relocation[2] as string });
    }
  }
  const full = funcs.filter(({ insns }) => insns.length > 0);
  return full.length === 0 ? undefined : linked(full);
}

const bytesOf = (hex: string): Insn[] => decodeInsns(fromHex(hex.replace(/ /g, "")) as Uint8Array);

/** The slot of the last instruction. For a 64-bit load, its first slot. */
const lastFirstSlot = (insns: readonly Insn[]): number => {
  const before = insns.at(-2);
  return insns.length - (before && isLdImm64(before) ? 2 : 1);
};

/** Takes one program with its functions. To libbpf, functions outside .text are programs. If there is none, the first function is taken. */
function linked(funcs: readonly Func[]): Listed {
  const programs = funcs.filter(({ section }) => section !== ".text");
  const main = programs[0] ?? (funcs[0] as Func);
  const placed: Func[] = [main];
  const places = new Map<Func, number>([[main, 0]]);
  let end = main.insns.length;
  const placeOf = (func: Func): number => {
    const known = places.get(func);
    if (known !== undefined) return known;
    places.set(func, end);
    placed.push(func);
    end += func.insns.length;
    return places.get(func) as number;
  };
  const insns: Insn[] = [];
  const maps = new Map<number, string>();
  for (let at = 0; at < placed.length; at++) {
    const func = placed[at] as Func;
    const base = places.get(func) as number;
    for (const [slot, insn] of func.insns.entries()) {
      const relocation = func.relocations.get(slot);
      const form = formOf(insn);
      let done = insn;
      if (form?.kind === "call" && (form.target === "local" || (relocation && insn.src === c.BPF_PSEUDO_CALL))) {
        const called = calledBy(funcs, func, slot, insn, relocation);
        if (called) done = { ...insn, imm: placeOf(called.func) + called.into - (base + slot) - 1 };
      } else if (form?.kind === "ld_imm64" && relocation) {
        const callback = funcs.find(({ name }) => name === relocation.symbol);
        if (callback) done = { ...insn, src: c.BPF_PSEUDO_FUNC, imm: placeOf(callback) - (base + slot) - 1 };
        else {
          const isData = relocation.symbol.startsWith(".") || isVariable(func.insns, slot);
          maps.set(base + slot, relocation.symbol);
          done = { ...insn, src: isData ? c.BPF_PSEUDO_MAP_VALUE : c.BPF_PSEUDO_MAP_FD, imm: 0 };
          // Offsets of data count from the start of the section.
          const high = func.insns[slot + 1];
          if (isData && high) func.insns[slot + 1] = { ...high, imm: insn.imm };
        }
      }
      insns.push(done);
    }
  }
  const others = programs.filter((func) => !places.has(func)).map(({ name }) => name);
  return { insns, maps, others };
}

/** Number of instructions that are searched for a load through an address, before a call gets it. A load means a variable, not a map. */
const NEAR = 16;
export function isVariable(insns: readonly Insn[], slot: number): boolean {
  const reg = insns[slot]?.dst;
  for (const insn of insns.slice(slot + 2, slot + 2 + NEAR)) {
    const form = formOf(insn);
    if (form?.kind === "call" || form?.kind === "exit") return false;
    if (form?.kind === "ldx" && insn.src === reg) return true;
    if ((form?.kind === "st" || form?.kind === "stx" || form?.kind === "atomic") && insn.dst === reg) return true;
    if (insn.dst === reg) return false;
  }
  return false;
}

/** The function that a call leads to, by name, or by section and place. The distance in the instruction counts from the next one. */
function calledBy(
  funcs: readonly Func[],
  from: Func,
  slot: number,
  { imm }: Insn,
  relocation: Relocation | undefined,
): { readonly func: Func; readonly into: number } | undefined {
  const named = relocation && funcs.find(({ name }) => name === relocation.symbol);
  if (named) return { func: named, into: 0 };
  const section = relocation?.symbol ?? from.section;
  const target = relocation ? imm + 1 : from.start + slot + 1 + imm;
  const func = funcs.findLast((one) => one.section === section && one.start <= target);
  return func && target < func.start + func.insns.length ? { func, into: target - func.start } : undefined;
}

/** Reads the output of `clang -S`: statements of one program and of the functions in .text. undefined: it is another text. */
export function readCompiled(
  text: string,
): { readonly statements: string; readonly others: readonly string[] } | undefined {
  if (!/^\s*\.(?:section|text|globl|type)\b/m.test(text)) return undefined;
  const parts: { name: string; section: string; lines: string[] }[] = [];
  let section = ".text";
  for (const raw of text.split("\n")) {
    const line = raw.replace(/#(?: |$).*$/, "").trim();
    const directive = /^\.(section|text|data|bss|rodata)\b\s*([^,\s]*)/.exec(line);
    if (directive) section = directive[1] === "section" ? (directive[2] as string) : `.${directive[1]}`;
    if (line === "" || /^\.[a-z]/.test(line) || !isCode(section)) continue;
    // The compiler's local names are not needed, except those of basic blocks.
    if (/^\.L\S*:$/.test(line)) continue;
    const name = /^([A-Za-z_][\w.$]*):$/.exec(line)?.[1];
    if (name !== undefined && !/^LBB\d/.test(name)) parts.push({ name, section, lines: [] });
    parts.at(-1)?.lines.push(line);
  }
  const full = parts.filter(({ lines }) => lines.length > 1);
  if (full.length === 0) return undefined;
  const programs = full.filter((part) => part.section !== ".text");
  const main = programs[0] ?? (full[0] as (typeof full)[number]);
  const functions = full.filter((part) => part !== main && part.section === ".text" && isCalled(part.name, full));
  return {
    statements: [main, ...functions].flatMap(({ lines }) => lines).join("\n"),
    others: programs.filter((part) => part !== main).map(({ name }) => name),
  };
}

/** Whether a section contains instructions, and not data, maps or debugging information. */
const isCode = (section: string): boolean =>
  !/^\.(?:maps|data|bss|rodata|debug|BTF|rel|llvm|addrsig|kconfig|ksyms)|^(?:license|maps|version)$/.test(section);

const isCalled = (name: string, parts: readonly { readonly lines: readonly string[] }[]): boolean =>
  parts.some(({ lines }) => lines.some((line) => line === `call ${name}` || line.endsWith(`= ${name} ll`)));
