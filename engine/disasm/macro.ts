// Prints instructions as the C macros of include/linux/filter.h, for people to read and for a C compiler. Nothing is lost: an
// instruction that no macro can express becomes BPF_RAW_INSN with every field. Only macros of the kernel's headers are used.
import * as c from "../isa/codes.ts";
import { type AtomicOp, type Form, formOf, type JmpOp, type Size } from "../isa/forms.ts";
import { type Insn, imm64 } from "../isa/insn.ts";
import { calleeOf, jumpTarget } from "../program/flow.ts";

export interface MacroNames {
  /** Name of a helper without `bpf_`. `undefined`: its number is printed. */
  readonly helperName?: (id: number) => string | undefined;
  /** Text for the map that the load at this slot refers to. `undefined`: the number in imm is printed. */
  readonly mapName?: (slot: number) => string | undefined;
  /** The label before this slot, to which a jump or call leads. `undefined`: the distance is printed. */
  readonly label?: (slot: number) => string | undefined;
}

/** One printed instruction: its text without a comma, and how many slots it takes. */
export interface MacroLine {
  readonly text: string;
  readonly slots: 1 | 2;
}

/** All instructions in order. Their `slots` add up to `insns.length`. */
export function macroLines(insns: readonly Insn[], names: MacroNames = {}): MacroLine[] {
  const lines: MacroLine[] = [];
  for (let slot = 0; slot < insns.length; ) {
    const line = macroLine(insns, slot, names);
    lines.push(line);
    slot += line.slots;
  }
  return lines;
}

/** Indentation of an instruction in a text for the editor. Four blanks, because a tab takes eight columns, too many on a phone. */
export const INDENT = "    ";

/** The lines as one text. Each line starts with `indent` and ends with a comma. */
export const macroText = (insns: readonly Insn[], names: MacroNames = {}, indent = "\t"): string =>
  macroLines(insns, names)
    .map((line) => `${indent}${line.text},\n`)
    .join("");

function macroLine(insns: readonly Insn[], slot: number, names: MacroNames = {}): MacroLine {
  const insn = insns[slot] as Insn;
  const form = formOf(insn);
  if (!form || !plain(insn, form)) return raw(insn);
  if (form.kind === "ld_imm64") {
    const high = insns[slot + 1];
    return high && high.code === 0 && high.dst === 0 && high.src === 0 ? wide(insn, high, slot, names) : raw(insn);
  }
  const target = names.label && (jumpTarget(insn, slot) ?? calleeOf(insn, slot));
  const text = write(insn, form, names, target === undefined ? undefined : names.label?.(target));
  return text === undefined ? raw(insn) : { text, slots: 1 };
}

/** Whether all fields that the form does not use are 0. */
function plain(insn: Insn, form: Form): boolean {
  for (const field of ["dst", "src", "off", "imm"] as const) {
    if (form.kind === "ld_imm64" && field === "off") continue;
    if (
      !form.uses.includes(field) &&
      (form.when as Partial<Record<string, number>>)[field] === undefined &&
      insn[field] !== 0
    )
      return false;
  }
  return true;
}

const reg = (n: number): string => (n <= c.BPF_REG_FP ? `BPF_REG_${n}` : String(n));
const SIZE: Readonly<Record<Size, string>> = { 1: "BPF_B", 2: "BPF_H", 4: "BPF_W", 8: "BPF_DW" };
const shout = (op: JmpOp | string): string => `BPF_${op.toUpperCase()}`;
const ATOMIC = (op: AtomicOp): string => (op.startsWith("fetch_") ? `${shout(op.slice(6))} | BPF_FETCH` : shout(op));

const raw = ({ code, dst, src, off, imm }: Insn): MacroLine => ({
  text: `BPF_RAW_INSN(0x${code.toString(16).padStart(2, "0")}, ${reg(dst)}, ${reg(src)}, ${off}, ${imm})`,
  slots: 1,
});

/** `to`: the label that is printed instead of the distance. */
function write(insn: Insn, form: Form, names: MacroNames, to: string | undefined): string | undefined {
  const { off, imm } = insn;
  const dst = reg(insn.dst);
  const src = reg(insn.src);
  switch (form.kind) {
    case "alu": {
      const { op, width } = form;
      const byReg = form.source === "reg";
      if (op === "mov") return byReg ? `BPF_MOV${width}_REG(${dst}, ${src})` : `BPF_MOV${width}_IMM(${dst}, ${imm})`;
      if (op.startsWith("movsx")) return `BPF_MOVSX${width}_REG(${dst}, ${src}, ${off})`;
      const tail = off === 0 ? "" : `, ${off}`;
      const name = shout(off === 1 ? op.slice(1) : op);
      const suffix = off === 0 ? "" : "_OFF";
      return `BPF_ALU${width}_${byReg ? "REG" : "IMM"}${suffix}(${name}, ${dst}, ${byReg ? src : imm}${tail})`;
    }
    case "end":
      return form.to === "swap"
        ? `BPF_BSWAP(${dst}, ${form.bits})`
        : `BPF_ENDIAN(BPF_TO_${form.to.toUpperCase()}, ${dst}, ${form.bits})`;
    case "addr_space_cast":
      return `BPF_RAW_INSN(BPF_ALU64 | BPF_MOV | BPF_X, ${dst}, ${src}, BPF_ADDR_SPACE_CAST, ${imm})`;
    case "jmp": {
      const name = form.width === 64 ? "BPF_JMP" : "BPF_JMP32";
      return form.source === "reg"
        ? `${name}_REG(${shout(form.op)}, ${dst}, ${src}, ${to ?? off})`
        : `${name}_IMM(${shout(form.op)}, ${dst}, ${imm}, ${to ?? off})`;
    }
    case "ja":
      return form.width === 64 ? `BPF_JMP_A(${to ?? off})` : `BPF_JMP32_A(${to ?? imm})`;
    case "may_goto":
      return `BPF_RAW_INSN(BPF_JMP | BPF_JCOND, 0, BPF_MAY_GOTO, ${off}, 0)`;
    case "call": {
      if (form.target === "local") return `BPF_CALL_REL(${to ?? imm})`;
      if (form.target === "kfunc") return `BPF_RAW_INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, ${off}, ${imm})`;
      const name = names.helperName?.(imm);
      return `BPF_EMIT_CALL(${name === undefined ? imm : `BPF_FUNC_${name}`})`;
    }
    case "callx":
      return `BPF_RAW_INSN(BPF_JMP | BPF_CALL | BPF_X, ${dst}, 0, 0, 0)`;
    case "exit":
      return "BPF_EXIT_INSN()";
    case "ld_abs":
      return `BPF_LD_ABS(${SIZE[form.size]}, ${imm})`;
    case "ld_ind":
      return `BPF_LD_IND(${SIZE[form.size]}, ${src}, ${imm})`;
    case "ldx":
      return `BPF_LDX_MEM${form.signed ? "SX" : ""}(${SIZE[form.size]}, ${dst}, ${src}, ${off})`;
    case "st":
      return `BPF_ST_MEM(${SIZE[form.size]}, ${dst}, ${off}, ${imm})`;
    case "stx":
      return `BPF_STX_MEM(${SIZE[form.size]}, ${dst}, ${src}, ${off})`;
    case "atomic":
      return `BPF_ATOMIC_OP(${SIZE[form.size]}, ${ATOMIC(form.op)}, ${dst}, ${src}, ${off})`;
    case "load_acq":
      return `BPF_ATOMIC_OP(${SIZE[form.size]}, BPF_LOAD_ACQ, ${dst}, ${src}, ${off})`;
    case "store_rel":
      return `BPF_ATOMIC_OP(${SIZE[form.size]}, BPF_STORE_REL, ${dst}, ${src}, ${off})`;
    case "ld_imm64":
      return undefined;
  }
}

/** Names of the values of src in an LD_IMM64, indexed by src. */
const PSEUDO = [
  "0",
  "BPF_PSEUDO_MAP_FD",
  "BPF_PSEUDO_MAP_VALUE",
  "BPF_PSEUDO_BTF_ID",
  "BPF_PSEUDO_FUNC",
  "BPF_PSEUDO_MAP_IDX",
  "BPF_PSEUDO_MAP_IDX_VALUE",
];

function wide(low: Insn, high: Insn, slot: number, names: MacroNames): MacroLine {
  const dst = reg(low.dst);
  const simple = low.off === 0 && high.off === 0;
  if (simple && low.src === 0) {
    const value = imm64(low, high);
    const text = value < 10n ? String(value) : `0x${value.toString(16)}${value > 0xffff_ffffn ? "ULL" : ""}`;
    return { text: `BPF_LD_IMM64(${dst}, ${text})`, slots: 2 };
  }
  const map = names.mapName?.(slot) ?? String(low.imm);
  if (simple && low.src === c.BPF_PSEUDO_MAP_FD && high.imm === 0)
    return { text: `BPF_LD_MAP_FD(${dst}, ${map})`, slots: 2 };
  if (simple && low.src === c.BPF_PSEUDO_MAP_VALUE)
    return { text: `BPF_LD_MAP_VALUE(${dst}, ${map}, ${high.imm})`, slots: 2 };
  return {
    text: `BPF_LD_IMM64_RAW_FULL(${dst}, ${PSEUDO[low.src] ?? low.src}, ${low.off}, ${high.off}, ${low.imm}, ${high.imm})`,
    slots: 2,
  };
}
