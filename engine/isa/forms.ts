// THE instruction set: a table with one row for each form of an instruction. The rows are made by crossing operators with
// widths and sources. A row says what an instruction is. What it means is said by each room in a total Record<AluOp, …>,
// so that a forgotten operator does not compile. Not in here: which field values the verifier refuses, and any text
// beyond the operator's symbol.
// Sources: RFC 9669 sections 4 and 5; Linux 6.18 include/uapi/linux/bpf.h for `linux` rows.
import { bug } from "../base/bug.ts";
import * as c from "./codes.ts";
import type { Insn } from "./insn.ts";

export type Width = 32 | 64;
export type Source = "imm" | "reg";
export type Size = 1 | 2 | 4 | 8;
export type Field = "dst" | "src" | "off" | "imm";

/** Conformance groups of RFC 9669 section 2.4. `linux`: instructions that the kernel adds to the RFC. */
export type Group = "base32" | "base64" | "divmul32" | "divmul64" | "atomic32" | "atomic64" | "packet" | "linux";

interface Operator {
  /** The operation's bits in the opcode. */
  readonly code: number;
  /** How the kernel's disassembler writes it between its operands. */
  readonly symbol: string;
  /** The value of `off` that selects this operator, if it is not 0. */
  readonly off?: number;
  /** Present if the operator exists in one width or one source only. */
  readonly widths?: readonly Width[];
  readonly sources?: readonly Source[];
  /** Section of RFC 9669. */
  readonly rfc: string;
}

/** How operators of arithmetic are alike to rooms that need not tell each from the others. */
export type AluShape = "binary" | "shift" | "division" | "negation" | "move";

interface AluOperator extends Operator {
  readonly shape: AluShape;
}

export const ALU_OPS = {
  add: { code: c.BPF_ADD, symbol: "+=", shape: "binary", rfc: "4.1" },
  sub: { code: c.BPF_SUB, symbol: "-=", shape: "binary", rfc: "4.1" },
  mul: { code: c.BPF_MUL, symbol: "*=", shape: "binary", rfc: "4.1" },
  div: { code: c.BPF_DIV, symbol: "/=", shape: "division", rfc: "4.1" },
  sdiv: { code: c.BPF_DIV, symbol: "s/=", shape: "division", off: 1, rfc: "4.1" },
  or: { code: c.BPF_OR, symbol: "|=", shape: "binary", rfc: "4.1" },
  and: { code: c.BPF_AND, symbol: "&=", shape: "binary", rfc: "4.1" },
  lsh: { code: c.BPF_LSH, symbol: "<<=", shape: "shift", rfc: "4.1" },
  rsh: { code: c.BPF_RSH, symbol: ">>=", shape: "shift", rfc: "4.1" },
  neg: { code: c.BPF_NEG, symbol: "-", shape: "negation", sources: ["imm"], rfc: "4.1" },
  mod: { code: c.BPF_MOD, symbol: "%=", shape: "division", rfc: "4.1" },
  smod: { code: c.BPF_MOD, symbol: "s%=", shape: "division", off: 1, rfc: "4.1" },
  xor: { code: c.BPF_XOR, symbol: "^=", shape: "binary", rfc: "4.1" },
  mov: { code: c.BPF_MOV, symbol: "=", shape: "move", rfc: "4.1" },
  movsx8: { code: c.BPF_MOV, symbol: "= (s8)", shape: "move", off: 8, sources: ["reg"], rfc: "4.1" },
  movsx16: { code: c.BPF_MOV, symbol: "= (s16)", shape: "move", off: 16, sources: ["reg"], rfc: "4.1" },
  movsx32: { code: c.BPF_MOV, symbol: "= (s32)", shape: "move", off: 32, sources: ["reg"], widths: [64], rfc: "4.1" },
  arsh: { code: c.BPF_ARSH, symbol: "s>>=", shape: "shift", rfc: "4.1" },
} as const satisfies Record<string, AluOperator>;
export type AluOp = keyof typeof ALU_OPS;
/** The operation's bits, which signed and unsigned operators share. */
export type AluCode = (typeof ALU_OPS)[AluOp]["code"];

const SHAPES: readonly (AluShape | undefined)[] = Array.from(
  { length: 16 },
  (_, bits) => Object.values(ALU_OPS).find(({ code }) => code === bits << 4)?.shape,
);
/** Of an opcode of class ALU or ALU64; undefined: its operation is none of ALU_OPS, as a change of byte order is not. */
export const aluShape = (code: number): AluShape | undefined => SHAPES[(code >> 4) & 15];

export const JMP_OPS = {
  jeq: { code: c.BPF_JEQ, symbol: "==", rfc: "4.3" },
  jne: { code: c.BPF_JNE, symbol: "!=", rfc: "4.3" },
  jgt: { code: c.BPF_JGT, symbol: ">", rfc: "4.3" },
  jge: { code: c.BPF_JGE, symbol: ">=", rfc: "4.3" },
  jlt: { code: c.BPF_JLT, symbol: "<", rfc: "4.3" },
  jle: { code: c.BPF_JLE, symbol: "<=", rfc: "4.3" },
  jset: { code: c.BPF_JSET, symbol: "&", rfc: "4.3" },
  jsgt: { code: c.BPF_JSGT, symbol: "s>", rfc: "4.3" },
  jsge: { code: c.BPF_JSGE, symbol: "s>=", rfc: "4.3" },
  jslt: { code: c.BPF_JSLT, symbol: "s<", rfc: "4.3" },
  jsle: { code: c.BPF_JSLE, symbol: "s<=", rfc: "4.3" },
} as const satisfies Record<string, Operator>;
export type JmpOp = keyof typeof JMP_OPS;

/** Operations of an atomic instruction, chosen by its imm. `fetch`: the old value is put into a register. */
export const ATOMIC_OPS = {
  add: { imm: c.BPF_ADD, symbol: "+=", fetch: false },
  or: { imm: c.BPF_OR, symbol: "|=", fetch: false },
  and: { imm: c.BPF_AND, symbol: "&=", fetch: false },
  xor: { imm: c.BPF_XOR, symbol: "^=", fetch: false },
  fetch_add: { imm: c.BPF_ADD | c.BPF_FETCH, symbol: "+=", fetch: true },
  fetch_or: { imm: c.BPF_OR | c.BPF_FETCH, symbol: "|=", fetch: true },
  fetch_and: { imm: c.BPF_AND | c.BPF_FETCH, symbol: "&=", fetch: true },
  fetch_xor: { imm: c.BPF_XOR | c.BPF_FETCH, symbol: "^=", fetch: true },
  xchg: { imm: c.BPF_XCHG, symbol: "xchg", fetch: true },
  cmpxchg: { imm: c.BPF_CMPXCHG, symbol: "cmpxchg", fetch: true },
} as const satisfies Record<string, { imm: number; symbol: string; fetch: boolean }>;
export type AtomicOp = keyof typeof ATOMIC_OPS;

/** What a two-slot 64-bit immediate stands for, by its src. */
const PSEUDO_LOADS = {
  imm: 0,
  map_fd: c.BPF_PSEUDO_MAP_FD,
  map_value: c.BPF_PSEUDO_MAP_VALUE,
  btf_id: c.BPF_PSEUDO_BTF_ID,
  func: c.BPF_PSEUDO_FUNC,
  map_idx: c.BPF_PSEUDO_MAP_IDX,
  map_idx_value: c.BPF_PSEUDO_MAP_IDX_VALUE,
} as const;
export type PseudoLoad = keyof typeof PSEUDO_LOADS;

/** What a call calls, by its src. */
const CALL_TARGETS = { helper: 0, local: c.BPF_PSEUDO_CALL, kfunc: c.BPF_PSEUDO_KFUNC_CALL } as const;
export type CallTarget = keyof typeof CALL_TARGETS;

/** What the instruction does. This is the part of a row that rooms switch over. */
export type Operation =
  | { readonly kind: "alu"; readonly op: AluOp; readonly width: Width; readonly source: Source }
  | { readonly kind: "addr_space_cast" }
  | { readonly kind: "end"; readonly to: "le" | "be" | "swap"; readonly bits: 16 | 32 | 64 }
  | { readonly kind: "jmp"; readonly op: JmpOp; readonly width: Width; readonly source: Source }
  /** `goto` takes its distance from off (width 64, class JMP), `gotol` from imm (width 32, class JMP32). */
  | { readonly kind: "ja"; readonly width: Width }
  | { readonly kind: "may_goto" }
  | { readonly kind: "call"; readonly target: CallTarget }
  /** Calls the address in a register. Compilers emit it, the kernel refuses it. */
  | { readonly kind: "callx" }
  | { readonly kind: "exit" }
  | { readonly kind: "ld_imm64"; readonly pseudo: PseudoLoad }
  | { readonly kind: "ld_abs"; readonly size: 1 | 2 | 4 }
  | { readonly kind: "ld_ind"; readonly size: 1 | 2 | 4 }
  | { readonly kind: "ldx"; readonly size: Size; readonly signed: boolean }
  | { readonly kind: "st"; readonly size: Size }
  | { readonly kind: "stx"; readonly size: Size }
  | { readonly kind: "atomic"; readonly op: AtomicOp; readonly size: 4 | 8 }
  | { readonly kind: "load_acq"; readonly size: Size }
  | { readonly kind: "store_rel"; readonly size: Size };

/** One row of the table. */
export interface FormRow {
  /** Unique: `add64_imm`, `ldxsx4`, `atomic8_fetch_add`, `call_helper`. */
  readonly name: string;
  readonly code: number;
  /** Values of other fields that distinguish this form from others with the same code. */
  readonly when: Partial<Record<"src" | "off" | "imm", number>>;
  /** Fields that carry an operand. All others must be zero, except those in `when`. */
  readonly uses: readonly Field[];
  readonly group: Group;
  /** Section of RFC 9669. "" if the form is Linux's own. */
  readonly rfc: string;
  /** 2 for LD_IMM64. */
  readonly slots: 1 | 2;
}
export type Form = FormRow & Operation;

/** Bytes → the size bits in the opcode of a load or store. */
export const SIZE_BITS: Readonly<Record<Size, number>> = { 1: c.BPF_B, 2: c.BPF_H, 4: c.BPF_W, 8: c.BPF_DW };
const SIZES: readonly Size[] = [1, 2, 4, 8];
const WIDTHS: readonly Width[] = [32, 64];
const SOURCES: readonly Source[] = ["imm", "reg"];
const sourceBit = (source: Source) => (source === "reg" ? c.BPF_X : c.BPF_K);
const operand = (source: Source): Field => (source === "reg" ? "src" : "imm");

function* rows(): Generator<Form> {
  const plain = { when: {}, slots: 1 } as const;

  for (const [op, row] of Object.entries(ALU_OPS) as [AluOp, AluOperator][]) {
    for (const width of row.widths ?? WIDTHS) {
      for (const source of row.sources ?? SOURCES) {
        yield {
          kind: "alu",
          op,
          width,
          source,
          name: `${op}${width}_${source}`,
          code: (width === 64 ? c.BPF_ALU64 : c.BPF_ALU) | row.code | sourceBit(source),
          when: { off: row.off ?? 0 },
          uses: row.shape === "negation" ? ["dst"] : ["dst", operand(source)],
          group: `${op === "mul" || row.shape === "division" ? "divmul" : "base"}${width}`,
          rfc: row.rfc,
          slots: 1,
        };
      }
    }
  }
  yield {
    kind: "addr_space_cast",
    name: "addr_space_cast",
    code: c.BPF_ALU64 | c.BPF_MOV | c.BPF_X,
    when: { off: c.BPF_ADDR_SPACE_CAST },
    uses: ["dst", "src", "imm"],
    group: "linux",
    rfc: "",
    slots: 1,
  };

  for (const to of ["le", "be", "swap"] as const) {
    for (const bits of [16, 32, 64] as const) {
      const [cls, direction] =
        to === "swap" ? [c.BPF_ALU64, c.BPF_TO_LE] : [c.BPF_ALU, to === "le" ? c.BPF_TO_LE : c.BPF_TO_BE];
      yield {
        kind: "end",
        to,
        bits,
        name: `${to}${bits}`,
        code: cls | c.BPF_END | direction,
        when: { imm: bits },
        uses: ["dst"],
        group: bits === 64 ? "base64" : "base32",
        rfc: "4.2",
        slots: 1,
      };
    }
  }

  for (const [op, row] of Object.entries(JMP_OPS) as [JmpOp, Operator][]) {
    for (const width of WIDTHS) {
      for (const source of SOURCES) {
        yield {
          ...plain,
          kind: "jmp",
          op,
          width,
          source,
          name: `${op}${width}_${source}`,
          code: (width === 64 ? c.BPF_JMP : c.BPF_JMP32) | row.code | sourceBit(source),
          uses: ["dst", operand(source), "off"],
          group: `base${width}`,
          rfc: row.rfc,
        };
      }
    }
  }
  const jump = { ...plain, rfc: "4.3" } as const;
  yield { ...jump, kind: "ja", width: 64, name: "ja", code: c.BPF_JMP | c.BPF_JA, uses: ["off"], group: "base64" };
  yield { ...jump, kind: "ja", width: 32, name: "ja32", code: c.BPF_JMP32 | c.BPF_JA, uses: ["imm"], group: "base32" };
  yield {
    kind: "may_goto",
    name: "may_goto",
    code: c.BPF_JMP | c.BPF_JCOND,
    when: { src: c.BPF_MAY_GOTO },
    uses: ["off"],
    group: "linux",
    rfc: "",
    slots: 1,
  };
  for (const [target, src] of Object.entries(CALL_TARGETS) as [CallTarget, number][]) {
    yield {
      kind: "call",
      target,
      name: `call_${target}`,
      code: c.BPF_JMP | c.BPF_CALL,
      when: { src },
      uses: target === "kfunc" ? ["imm", "off"] : ["imm"],
      group: target === "kfunc" ? "linux" : "base64",
      rfc: target === "helper" ? "4.3.1" : target === "local" ? "4.3.2" : "",
      slots: 1,
    };
  }
  yield {
    ...jump,
    kind: "callx",
    name: "callx",
    code: c.BPF_JMP | c.BPF_CALL | c.BPF_X,
    uses: ["dst"],
    group: "linux",
  };
  yield { ...jump, kind: "exit", name: "exit", code: c.BPF_JMP | c.BPF_EXIT, uses: [], group: "base64" };

  for (const [pseudo, src] of Object.entries(PSEUDO_LOADS) as [PseudoLoad, number][]) {
    yield {
      kind: "ld_imm64",
      pseudo,
      name: pseudo === "imm" ? "ld_imm64" : `ld_imm64_${pseudo}`,
      code: c.BPF_LD | c.BPF_IMM | c.BPF_DW,
      when: { src },
      uses: ["dst", "imm"],
      group: "base64",
      rfc: "5.4",
      slots: 2,
    };
  }
  for (const size of [4, 2, 1] as const) {
    const packet = { ...plain, size, group: "packet", rfc: "5.5" } as const;
    yield {
      ...packet,
      kind: "ld_abs",
      name: `ldabs${size}`,
      code: c.BPF_LD | c.BPF_ABS | SIZE_BITS[size],
      uses: ["imm"],
    };
    yield {
      ...packet,
      kind: "ld_ind",
      name: `ldind${size}`,
      code: c.BPF_LD | c.BPF_IND | SIZE_BITS[size],
      uses: ["src", "imm"],
    };
  }

  for (const size of SIZES) {
    const bits = SIZE_BITS[size];
    const base = { ...plain, size, group: size === 8 ? "base64" : "base32", rfc: "5.1" } as const;
    yield {
      ...base,
      kind: "ldx",
      signed: false,
      name: `ldx${size}`,
      code: c.BPF_LDX | c.BPF_MEM | bits,
      uses: ["dst", "src", "off"],
    };
    if (size !== 8) {
      yield {
        ...base,
        kind: "ldx",
        signed: true,
        name: `ldxsx${size}`,
        code: c.BPF_LDX | c.BPF_MEMSX | bits,
        uses: ["dst", "src", "off"],
        group: "base64",
        rfc: "5.2",
      };
    }
    yield { ...base, kind: "st", name: `st${size}`, code: c.BPF_ST | c.BPF_MEM | bits, uses: ["dst", "off", "imm"] };
    yield { ...base, kind: "stx", name: `stx${size}`, code: c.BPF_STX | c.BPF_MEM | bits, uses: ["dst", "src", "off"] };

    const atomic = { code: c.BPF_STX | c.BPF_ATOMIC | bits, uses: ["dst", "src", "off"], slots: 1 } as const;
    if (size === 4 || size === 8) {
      for (const [op, row] of Object.entries(ATOMIC_OPS) as [AtomicOp, { imm: number }][]) {
        yield {
          ...atomic,
          kind: "atomic",
          op,
          size,
          name: `atomic${size}_${op}`,
          when: { imm: row.imm },
          group: size === 8 ? "atomic64" : "atomic32",
          rfc: "5.3",
        };
      }
    }
    const ordered = { ...atomic, size, group: "linux", rfc: "" } as const;
    yield { ...ordered, kind: "load_acq", name: `load_acq${size}`, when: { imm: c.BPF_LOAD_ACQ } };
    yield { ...ordered, kind: "store_rel", name: `store_rel${size}`, when: { imm: c.BPF_STORE_REL } };
  }
}

/** Every form, in the order of the RFC's sections. */
export const FORMS: readonly Form[] = [...rows()];

const byCode: readonly (readonly Form[])[] = Array.from({ length: 256 }, (_, code) =>
  FORMS.filter((form) => form.code === code),
);

/**
 * The form of an instruction, found by its code and by the fields that distinguish forms with the same code.
 * Fields that the form does not use are not checked: refusing them is the verifier's work.
 * `undefined`: neither RFC 9669 nor Linux 6.18 has such an instruction.
 */
export function formOf(insn: Insn): Form | undefined {
  for (const form of byCode[insn.code & 0xff] as readonly Form[]) {
    const { src, off, imm } = form.when;
    if (src !== undefined && src !== insn.src) continue;
    if (off !== undefined && off !== insn.off) continue;
    if (imm !== undefined && imm !== insn.imm) continue;
    return form;
  }
  return undefined;
}

const byName = new Map(FORMS.map((form) => [form.name, form]));
export const formNamed = (name: string): Form | undefined => byName.get(name);

/** An instruction of the form with this name. Fields left out are 0. The fields in the form's `when` are always the form's. */
export function insnNamed(name: string, fields: Partial<Insn> = {}): Insn {
  const form = formNamed(name);
  if (!form) throw bug(`no instruction form is named ${name}`);
  return { dst: 0, src: 0, off: 0, imm: 0, ...fields, code: form.code, ...form.when };
}
