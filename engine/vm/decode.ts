// Turns instructions into the flat form that the interpreter runs: eight ints a slot, one operation number for each meaning, operands as
// indices into the machine's Int32Array. An immediate is an index as well: it points to a constant that the program keeps in the same
// buffer. So every operation needs one case instead of two.
//
//   int   0    1      2      3     4     5         6        7
//         op   dst    src    off   imm   target    effect   size
//
// dst and src are int indices of 64-bit values. target is a slot index times eight. effect: EFFECT, or the register that is written.
import { bug } from "../base/bug.ts";
import { BPF_REG_FP } from "../isa/codes.ts";
import { type AluOp, ATOMIC_OPS, type Form, formOf, type JmpOp, type Size } from "../isa/forms.ts";
import { type Insn, imm64 } from "../isa/insn.ts";
import { slotsOf } from "../program/flow.ts";
import { KERNEL_HI, REGS, SLOT_WORDS } from "./layout.ts";
import type { BpfMap } from "./maps/map.ts";
import type { Memory } from "./memory.ts";

/** What a step can change, for the recorder. 0 … 10: only that register. */
export const EFFECT = { nothing: 16, store: 17, journal: 18 } as const;

/** Operation numbers beyond those of ALU and jumps. The interpreter's cases name them in comments. */
export const OP = {
  ja: 32,
  invalid: 40,
  exit: 41,
  may_goto: 46,
  call_local: 62,
  call_helper: 63,
  ldx: { 4: 64, 2: 65, 1: 66, 8: 67 },
  ldxsx: { 4: 68, 2: 69, 1: 70, 8: 67 },
  stx: { 4: 72, 2: 73, 1: 74, 8: 75 },
  ld_imm64: 76,
  atomic: 82,
  ld_abs: 84,
  ld_ind: 85,
} as const;

/** ALU operation → the number of its 64-bit case and of its 32-bit case. */
const ALU_OP: Record<AluOp, readonly [op64: number, op32: number]> = {
  add: [0, 16],
  sub: [1, 17],
  mul: [2, 18],
  div: [3, 19],
  or: [4, 20],
  and: [5, 21],
  lsh: [6, 22],
  rsh: [7, 23],
  neg: [8, 24],
  mod: [9, 25],
  xor: [10, 26],
  mov: [11, 27],
  arsh: [12, 28],
  sdiv: [14, 30],
  smod: [15, 31],
  movsx8: [77, 80],
  movsx16: [78, 81],
  movsx32: [79, 79],
};

/** Jump condition → the number of its 64-bit case. The 32-bit case is 16 more. */
const JMP_OP: Record<JmpOp, number> = {
  jeq: 33,
  jgt: 34,
  jge: 35,
  jset: 36,
  jne: 37,
  jsgt: 38,
  jsge: 39,
  jlt: 42,
  jle: 43,
  jslt: 44,
  jsle: 45,
};

const END_OP = { swap: 13, le: 29, be: 47 } as const;

/** A program that can run: its instructions and their decoded form. */
export interface LoadedProgram {
  readonly id: number;
  readonly name: string;
  readonly insns: readonly Insn[];
  /** One for each slot. undefined: the second half of LD_IMM64, or not an instruction. */
  readonly forms: readonly (Form | undefined)[];
  readonly progType: string;
  readonly expectedAttachType: number;
  /** Slot of an instruction that loads a map → the map. */
  readonly maps: ReadonlyMap<number, BpfMap>;
  readonly code: Int32Array;
  /** Frees the program's constants. */
  close(): void;
}

interface ProgramToLoad {
  readonly insns: readonly Insn[];
  readonly progType: string;
  readonly expectedAttachType?: number;
  readonly maps?: ReadonlyMap<number, BpfMap>;
  readonly name?: string;
}

/** The guest address of a function, used for callbacks: what LD_IMM64 with BPF_PSEUDO_FUNC loads. */
const FUNC_HI = 0xffffffff | 0;
const FUNC_LO = 0xc0000000 | 0;
const funcAddress = (slot: number): number => (FUNC_LO + slot * 8) | 0;
/** Slot index of the function at an address, or -1. */
export const funcSlotAt = (lo: number, hi: number, insnCount: number): number => {
  const bytes = (lo - FUNC_LO) >>> 0;
  return hi === FUNC_HI && (bytes & 7) === 0 && bytes >>> 3 < insnCount ? bytes >>> 3 : -1;
};

export const regIndex = (reg: number): number => (REGS >>> 2) + 2 * reg;

/** Whether an instruction would change R10. No program may do that. */
function writesFramePointer(form: Form, insn: Insn): boolean {
  switch (form.kind) {
    case "alu":
    case "end":
    case "ld_imm64":
    case "ldx":
    case "load_acq":
    case "addr_space_cast":
      return insn.dst === BPF_REG_FP;
    case "atomic":
      return insn.src === BPF_REG_FP && ATOMIC_OPS[form.op].fetch && form.op !== "cmpxchg";
    default:
      return false;
  }
}

/** The form of an instruction. undefined: it cannot run, whatever its operands hold. */
export function runnableForm(insn: Insn): Form | undefined {
  const form = insn.dst > 10 || insn.src > 10 ? undefined : formOf(insn);
  return form === undefined || writesFramePointer(form, insn) ? undefined : form;
}

/** The second slots of LD_IMM64. They are not instructions. */
export function secondHalves(insns: readonly Insn[]): Set<number> {
  const halves = new Set<number>();
  for (let slot = 0; slot < insns.length; slot++) if (slotsOf(insns[slot] as Insn) === 2) halves.add(++slot);
  return halves;
}

/** Never fails: an instruction that cannot run becomes an operation that faults when it is reached. */
export function loadProgram(memory: Memory, input: ProgramToLoad): LoadedProgram {
  const { insns, maps = new Map<number, BpfMap>() } = input;
  const pool = new ConstantPool();
  const code = new Int32Array((insns.length + 1) * SLOT_WORDS);
  const forms: (Form | undefined)[] = [];
  for (let slot = 0; slot < insns.length; slot++) {
    const insn = insns[slot] as Insn;
    const form = runnableForm(insn);
    forms[slot] = form;
    decodeSlot(code.subarray(slot * SLOT_WORDS, (slot + 1) * SLOT_WORDS), slot, insns, form, maps, pool);
    if (slotsOf(insn) === 2 && slot + 1 < insns.length) {
      slot++;
      forms[slot] = undefined;
      writeInvalid(code.subarray(slot * SLOT_WORDS, (slot + 1) * SLOT_WORDS));
    }
  }
  // A program that runs past its end, or jumps outside, reaches this slot.
  writeInvalid(code.subarray(insns.length * SLOT_WORDS));

  const bytes = pool.values.length * 8;
  const at = bytes === 0 ? 0 : memory.alloc(bytes, true);
  if (bytes !== 0 && at === 0) throw bug(`no memory for ${pool.values.length} constants`);
  pool.values.forEach((value, i) => {
    memory.u64[(at >>> 3) + i] = value;
  });
  // Constants were numbered downwards from -1 before their place in memory was known. Now they get their index.
  for (let i = 0; i < code.length; i += SLOT_WORDS) {
    const src = code[i + 2] as number;
    if (src < 0) code[i + 2] = (at >>> 2) + 2 * (-src - 1);
  }
  return {
    id: memory.newId(),
    name: input.name ?? "prog",
    insns,
    forms,
    progType: input.progType,
    expectedAttachType: input.expectedAttachType ?? 0,
    maps,
    code,
    close: () => bytes !== 0 && memory.free(at, bytes),
  };
}

class ConstantPool {
  readonly values: bigint[] = [];
  readonly #known = new Map<bigint, number>();

  /** A negative number that stands for the constant until its place is known. */
  add(value: bigint): number {
    const unsigned = BigInt.asUintN(64, value);
    let index = this.#known.get(unsigned);
    if (index === undefined) {
      index = this.values.push(unsigned) - 1;
      this.#known.set(unsigned, index);
    }
    return -index - 1;
  }
}

function writeInvalid(out: Int32Array): void {
  out[0] = OP.invalid;
  out[6] = EFFECT.nothing;
}

function decodeSlot(
  out: Int32Array,
  slot: number,
  insns: readonly Insn[],
  form: Form | undefined,
  maps: ReadonlyMap<number, BpfMap>,
  pool: ConstantPool,
): void {
  const insn = insns[slot] as Insn;
  if (form === undefined) return writeInvalid(out);
  const reg = form.uses.includes("src") ? regIndex(insn.src) : 0;
  const constant = () => pool.add(BigInt(insn.imm));
  const inside = (target: number) => (target >= 0 && target <= insns.length ? target : insns.length) * SLOT_WORDS;
  out[1] = regIndex(insn.dst);
  out[2] = reg;
  out[3] = insn.off;
  out[4] = insn.imm;
  switch (form.kind) {
    case "alu":
      out[0] = ALU_OP[form.op][form.width === 64 ? 0 : 1];
      out[2] = form.source === "imm" ? constant() : reg;
      out[6] = insn.dst;
      return;
    case "end":
      out[0] = END_OP[form.to];
      out[6] = insn.dst;
      return;
    case "jmp":
      out[0] = JMP_OP[form.op] + (form.width === 64 ? 0 : 16);
      out[2] = form.source === "imm" ? constant() : reg;
      out[5] = inside(slot + 1 + insn.off);
      out[6] = EFFECT.nothing;
      return;
    case "ja":
      out[0] = OP.ja;
      out[5] = inside(slot + 1 + (form.width === 64 ? insn.off : insn.imm));
      out[6] = EFFECT.nothing;
      return;
    case "may_goto":
      out[0] = OP.may_goto;
      out[5] = inside(slot + 1 + insn.off);
      out[6] = EFFECT.journal;
      return;
    case "call":
      if (form.target === "kfunc") return writeInvalid(out);
      out[0] = form.target === "local" ? OP.call_local : OP.call_helper;
      out[5] = form.target === "local" ? inside(slot + 1 + insn.imm) : 0;
      out[6] = EFFECT.journal;
      return;
    case "exit":
      out[0] = OP.exit;
      out[6] = EFFECT.journal;
      return;
    case "ld_imm64": {
      const high = insns[slot + 1];
      const value = high === undefined ? undefined : immediate(form, insn, high, slot, maps.get(slot));
      if (value === undefined) return writeInvalid(out);
      out[0] = OP.ld_imm64;
      out[2] = pool.add(value);
      out[6] = insn.dst;
      return;
    }
    case "ld_abs":
    case "ld_ind":
      out[0] = form.kind === "ld_abs" ? OP.ld_abs : OP.ld_ind;
      out[6] = EFFECT.journal;
      out[7] = form.size;
      return;
    case "ldx":
    case "load_acq":
      out[0] = (form.kind === "ldx" && form.signed ? OP.ldxsx : OP.ldx)[form.size];
      out[6] = insn.dst;
      out[7] = form.size;
      return;
    case "st":
    case "stx":
    case "store_rel":
      out[0] = OP.stx[form.size as Size];
      out[2] = form.kind === "st" ? constant() : reg;
      out[6] = EFFECT.store;
      out[7] = form.size;
      return;
    case "atomic":
      out[0] = OP.atomic;
      out[6] = EFFECT.journal;
      out[7] = form.size;
      return;
    case "callx":
    case "addr_space_cast":
      return writeInvalid(out);
    default:
      throw bug(`no decoding for ${JSON.stringify(form satisfies never)}`);
  }
}

/** The value that an LD_IMM64 puts into its register. undefined: it refers to something that does not exist here. */
function immediate(form: Form & { kind: "ld_imm64" }, low: Insn, high: Insn, slot: number, map: BpfMap | undefined) {
  const pointer = (off: number) => (BigInt(KERNEL_HI >>> 0) << 32n) | BigInt(off >>> 0);
  switch (form.pseudo) {
    case "imm":
      return imm64(low, high);
    case "map_fd":
    case "map_idx":
      return map && pointer(map.address);
    case "map_value":
    case "map_idx_value":
      return map?.valueArea === undefined ? undefined : pointer(map.valueArea + high.imm);
    case "func":
      return (BigInt(FUNC_HI >>> 0) << 32n) | BigInt(funcAddress(slot + 1 + low.imm) >>> 0);
    case "btf_id":
      return undefined;
  }
}
