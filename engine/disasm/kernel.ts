// Prints an instruction as Linux's verifier does: `r0 = *(u32 *)(r1 +0)` with the opcode before it.
// Takes any 8 bytes, even if they are no valid instruction. Not in here: the macro and LLVM forms, and the log's columns.
// Source: Linux 6.18 kernel/bpf/disasm.c; operators come from isa/forms.ts.
import * as c from "../isa/codes.ts";
import { ALU_OPS, aluShape, JMP_OPS } from "../isa/forms.ts";
import { type Insn, imm64 } from "../isa/insn.ts";

export interface FormatNames {
  /** Name of a helper without `bpf_`. `undefined` is printed as `unknown`. */
  readonly helperName?: (id: number) => string | undefined;
  /** Name of the kernel function that the instruction calls. `undefined` is printed as `kernel-function`. */
  readonly kfuncName?: (insn: Insn) => string | undefined;
}

/**
 * The text of one instruction, without a newline. `next` is the second slot of a two-slot load, whose imm is the upper half.
 * If it is missing, the upper half is 0.
 * @kernel disasm.c print_bpf_insn
 */
export function formatInsn(insn: Insn, next?: Insn, names: FormatNames = {}): string {
  const body = insnWords(insn, next, names);
  return body.startsWith("BUG_") ? body : `(${hex8(insn.code)}) ${body}`;
}

/** The text of one instruction without the opcode before it. */
export const insnWords = (insn: Insn, next?: Insn, names: FormatNames = {}): string =>
  BY_CLASS[insn.code & 0x07]!(insn, next, names);

type Format = (insn: Insn, next: Insn | undefined, names: FormatNames) => string;

const hex8 = (code: number) => code.toString(16).padStart(2, "0");
/** printf's `%+d`. */
const signed = (n: number) => (n < 0 ? `${n}` : `+${n}`);
const opOf = (code: number) => code & 0xf0;
const modeOf = (code: number) => code & 0xe0;
const isReg = (code: number) => (code & c.BPF_X) !== 0;

/** Symbols by the operation's bits, shifted down by 4. A missing symbol is `(null)`, as the kernel's C code prints it. */
const symbols = (rows: Iterable<{ code: number; symbol: string }>) => {
  const table: string[] = new Array(16).fill("(null)");
  for (const { code, symbol } of rows) table[code >> 4] = symbol;
  return table;
};
/** By the operation's bits.  @kernel disasm.c bpf_alu_string */
const ALU_SYMBOL = symbols([
  ...Object.values(ALU_OPS).filter((row) => !("off" in row)),
  { code: c.BPF_NEG, symbol: "neg" },
  { code: c.BPF_END, symbol: "endian" },
]);
/** How the kernel names an operation of arithmetic: `+=`, `neg`. */
export const aluSymbol = (code: number): string => ALU_SYMBOL[opOf(code) >> 4]!;
const SIGNED_SYMBOL = symbols([ALU_OPS.sdiv, ALU_OPS.smod]);
const JMP_SYMBOL = symbols([
  ...Object.values(JMP_OPS),
  { code: c.BPF_JA, symbol: "jmp" },
  { code: c.BPF_CALL, symbol: "call" },
  { code: c.BPF_EXIT, symbol: "exit" },
]);
const CAST: Record<number, string> = { 8: "(s8)", 16: "(s16)", 32: "(s32)" };
/** Indexed by the size bits of the opcode, shifted down by 3. */
const UNSIGNED_TYPE = ["u32", "u16", "u8", "u64"];
const SIGNED_TYPE = ["s32", "s16", "s8", "(null)"];
const typeOf = (code: number) => UNSIGNED_TYPE[(code >> 3) & 3]!;
const place = (insn: Insn, base: number) => `*(${typeOf(insn.code)} *)(r${base} ${signed(insn.off)})`;
const pointer = (insn: Insn, base: number) => `(${typeOf(insn.code)} *)(r${base} ${signed(insn.off)})`;

/** Value of off in a move that only the kernel makes: it turns a per-CPU address into that of this CPU. */
const BPF_ADDR_PERCPU = -1;
const MOV64_REG = c.BPF_ALU64 | c.BPF_MOV | c.BPF_X;

const alu: Format = ({ code, dst, src, off, imm }) => {
  const wide = c.classOf(code) === c.BPF_ALU64;
  const op = opOf(code);
  if (op === c.BPF_END) {
    const order = wide ? "bswap" : (code & c.BPF_TO_BE) !== 0 ? "be" : "le";
    return `r${dst} = ${order}${imm} r${dst}`;
  }
  const r = wide ? "r" : "w";
  if (op === c.BPF_NEG) return `${r}${dst} = -${r}${dst}`;
  if (code === MOV64_REG && off === c.BPF_ADDR_SPACE_CAST) {
    return `r${dst} = addr_space_cast(r${src}, ${imm >>> 16}, ${imm & 0xffff})`;
  }
  if (code === MOV64_REG && off === BPF_ADDR_PERCPU) return `r${dst} = &(void __percpu *)(r${src})`;
  const divides = aluShape(op) === "division";
  const symbol = (divides && off === 1 ? SIGNED_SYMBOL : ALU_SYMBOL)[op >> 4];
  if (!isReg(code)) return `${r}${dst} ${symbol} ${imm}`;
  const cast = op === c.BPF_MOV ? (CAST[off] ?? "") : "";
  return `${r}${dst} ${symbol} ${cast}${r}${src}`;
};

const ATOMIC_NAME: Record<number, string> = {
  [c.BPF_ADD]: "add",
  [c.BPF_AND]: "and",
  [c.BPF_OR]: "or",
  [c.BPF_XOR]: "xor",
};

const stx: Format = (insn) => {
  const { code, dst, src, imm } = insn;
  if (modeOf(code) === c.BPF_MEM) return `${place(insn, dst)} = r${src}`;
  if (modeOf(code) === c.BPF_ATOMIC) {
    const wide = (code & 0x18) === c.BPF_DW ? "64" : "";
    if (ATOMIC_NAME[imm] !== undefined) return `lock ${place(insn, dst)} ${ALU_SYMBOL[imm >> 4]} r${src}`;
    const fetched = (imm & c.BPF_FETCH) !== 0 ? ATOMIC_NAME[imm & ~c.BPF_FETCH] : undefined;
    if (fetched !== undefined) return `r${src} = atomic${wide}_fetch_${fetched}(${pointer(insn, dst)}, r${src})`;
    if (imm === c.BPF_CMPXCHG) return `r0 = atomic${wide}_cmpxchg(${pointer(insn, dst)}, r0, r${src})`;
    if (imm === c.BPF_XCHG) return `r${src} = atomic${wide}_xchg(${pointer(insn, dst)}, r${src})`;
    if (imm === c.BPF_LOAD_ACQ) return `r${dst} = load_acquire(${pointer(insn, src)})`;
    if (imm === c.BPF_STORE_REL) return `store_release(${pointer(insn, dst)}, r${src})`;
  }
  return `BUG_${hex8(code)}`;
};

const st: Format = (insn) => {
  if (modeOf(insn.code) === c.BPF_MEM) return `${place(insn, insn.dst)} = ${insn.imm}`;
  // The speculation barrier, which only the kernel itself inserts, has the mode bits of an atomic.
  return modeOf(insn.code) === c.BPF_ATOMIC ? "nospec" : `BUG_st_${hex8(insn.code)}`;
};

const ldx: Format = ({ code, dst, src, off }) => {
  const mode = modeOf(code);
  if (mode !== c.BPF_MEM && mode !== c.BPF_MEMSX) return `BUG_ldx_${hex8(code)}`;
  const type = (mode === c.BPF_MEM ? UNSIGNED_TYPE : SIGNED_TYPE)[(code >> 3) & 3];
  return `r${dst} = *(${type} *)(r${src} ${signed(off)})`;
};

const ld: Format = (insn, next) => {
  const { code, dst, src, imm } = insn;
  if (modeOf(code) === c.BPF_ABS) return `r0 = *(${typeOf(code)} *)skb[${imm}]`;
  if (modeOf(code) === c.BPF_IND) return `r0 = *(${typeOf(code)} *)skb[r${src} + ${imm}]`;
  if (code !== (c.BPF_LD | c.BPF_IMM | c.BPF_DW)) return `BUG_ld_${hex8(code)}`;
  return `r${dst} = 0x${imm64(insn, next ?? NO_SLOT).toString(16)}`;
};
const NO_SLOT: Insn = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };

const callee = (insn: Insn, names: FormatNames): string => {
  if (insn.src === 0) {
    const name = names.helperName?.(insn.imm);
    return name === undefined ? "unknown" : `bpf_${name}`;
  }
  if (insn.src === c.BPF_PSEUDO_KFUNC_CALL) return names.kfuncName?.(insn) ?? "kernel-function";
  return "unknown";
};

const jmp: Format = (insn, _next, names) => {
  const { code, dst, src, off, imm } = insn;
  const op = opOf(code);
  if (op === c.BPF_CALL) {
    return src === c.BPF_PSEUDO_CALL ? `call pc${signed(imm)}` : `call ${callee(insn, names)}#${imm}`;
  }
  if (code === (c.BPF_JMP | c.BPF_JA)) return `goto pc${signed(off)}`;
  if (code === (c.BPF_JMP | c.BPF_JCOND) && src === c.BPF_MAY_GOTO) return `may_goto pc${signed(off)}`;
  if (code === (c.BPF_JMP32 | c.BPF_JA)) return `gotol pc${signed(imm)}`;
  if (code === (c.BPF_JMP | c.BPF_EXIT)) return "exit";
  const r = c.classOf(code) === c.BPF_JMP32 ? "w" : "r";
  const right = isReg(code) ? `${r}${src}` : `0x${(imm >>> 0).toString(16)}`;
  return `if ${r}${dst} ${JMP_SYMBOL[op >> 4]} ${right} goto pc${signed(off)}`;
};

/** Indexed by instruction class. */
const BY_CLASS: readonly Format[] = [ld, ldx, st, stx, alu, jmp, jmp, alu];
