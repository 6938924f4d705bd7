// A loaded program as one WebAssembly module: a function for each BPF function, registers as i64 locals, memory
// accesses checked against the machine's shadow. What is not a plain computation is asked of the host (host.ts)
// through imports; arguments and results of those go through the machine's register area, so that no 64-bit value
// crosses into JavaScript.
//
//   func f0(r1 r2 r3 r4 r5 r10) -> r0        the main program
//   func f17(r1 r2 r3 r4 r5 r10) -> r0       the function that starts at slot 17
//   func run0, run17 …                       the same with arguments and result in the register area, for the host
//   global left                              instructions that may still run
import { bug } from "../base/bug.ts";
import { helperArgCount } from "../facts/helpers.ts";
import { type AluOp, ATOMIC_OPS, type AtomicOp, type Form, type JmpOp, type Size, type Width } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { type Block, type FunctionFlow, functionEntries, functionFlow, jumpTarget, slotsOf } from "../program/flow.ts";
import { runnableForm, secondHalves } from "../vm/decode.ts";
import { helperChangesFlow } from "../vm/helpers/helpers.ts";
import { CTX, KERNEL_BASE, MAX_BYTES, MAY_GOTO, REGS, SHADOW_READONLY, STACK_FRAME_BYTES } from "../vm/layout.ts";
import { emitFlow, type Layout } from "./structure.ts";
import { Func, type FuncType, Module, type OpName } from "./wasm.ts";

export interface CompileInput {
  readonly insns: readonly Insn[];
  /** The 64-bit value that an LD_IMM64 at this slot loads (addresses of maps and functions included). */
  readonly constant: (slot: number) => bigint | undefined;
  /** Offsets in the context at which a 4-byte load gives a packet pointer → the word of the machine that holds it. */
  readonly pointers?: ReadonlyMap<number, number>;
  /** Also make the text form. */
  readonly text?: boolean;
}

export interface CompiledFunction {
  readonly entry: number;
  /** Name of the export. */
  readonly name: string;
  readonly layout: Layout;
}

export interface Code {
  readonly binary: Uint8Array;
  /** "" where no text was asked for. */
  readonly text: string;
  readonly functions: readonly CompiledFunction[];
  /** Slot → instructions of its block that come after it: counted as run when the block was entered. */
  readonly after: Int32Array;
}

const REG_PARAMS = ["r1", "r2", "r3", "r4", "r5", "r10"];
const BPF_FUNC: FuncType = { params: REG_PARAMS.map(() => "i64"), results: ["i64"] };
const slotOnly: FuncType = { params: ["i32"], results: [] };
const slotAsk: FuncType = { params: ["i32"], results: ["i32"] };

/** What the module asks of its host; the meaning of each stands in host.ts. */
const IMPORTS = [
  { name: "load", type: slotOnly },
  { name: "store", type: slotOnly },
  { name: "atomic", type: slotOnly },
  { name: "helper", type: slotAsk },
  { name: "packet", type: slotAsk },
  { name: "enter", type: slotOnly },
  { name: "leave", type: { params: [], results: [] } },
  { name: "refuse", type: slotOnly },
  { name: "spent", type: slotOnly },
] as const satisfies { name: string; type: FuncType }[];
export type ImportName = (typeof IMPORTS)[number]["name"];

/** Instructions that may still run; the host sets and reads it. */
export const LEFT = "left";
const functionName = (entry: number): string => `f${entry}`;
/** Export that calls a function with the machine's registers; takes and gives nothing. */
export const entryName = (entry: number): string => `run${entry}`;

/** Offset in the buffer of a register of the machine. */
const regOffset = (reg: number): number => REGS + 8 * reg;

export function compile(input: CompileInput): Code {
  const { insns } = input;
  const module = new Module(IMPORTS, [{ name: LEFT, type: "i64" }]);
  const entries = functionEntries(insns);
  const indexOf = new Map(entries.map((entry, i) => [entry, IMPORTS.length + i]));
  const after = new Int32Array(insns.length);
  const functions = entries.map((entry, i): CompiledFunction => {
    const flow = functionFlow(insns, entry, entries[i + 1] ?? insns.length);
    const compiler = new FunctionCompiler(module, input, flow, indexOf, after);
    return { entry, name: functionName(entry), layout: compiler.emit() };
  });
  for (const entry of entries) module.add(entryFunction(entry, indexOf.get(entry) as number, input.text ?? false));
  return { binary: module.binary(), text: input.text ? module.text() : "", functions, after };
}

function entryFunction(entry: number, index: number, text: boolean): Func {
  const func = new Func(entryName(entry), { params: [], results: [] }, [], text);
  func.emit("i32.const", regOffset(0));
  for (const reg of [1, 2, 3, 4, 5, 10]) {
    func.emit("i32.const", regOffset(reg));
    func.emit("i64.load");
  }
  func.emit("call", index);
  func.emit("i64.store");
  return func;
}

const ALU64: Partial<Record<AluOp, OpName>> = {
  add: "i64.add",
  sub: "i64.sub",
  mul: "i64.mul",
  or: "i64.or",
  and: "i64.and",
  xor: "i64.xor",
  lsh: "i64.shl",
  rsh: "i64.shr_u",
  arsh: "i64.shr_s",
};
const DIVISIONS: Partial<Record<AluOp, OpName>> = {
  div: "i64.div_u",
  sdiv: "i64.div_s",
  mod: "i64.rem_u",
  smod: "i64.rem_s",
};
const EXTENSIONS: Partial<Record<AluOp, OpName>> = {
  movsx8: "i64.extend8_s",
  movsx16: "i64.extend16_s",
  movsx32: "i64.extend32_s",
};
const COMPARISONS: Record<Exclude<JmpOp, "jset">, OpName> = {
  jeq: "i64.eq",
  jne: "i64.ne",
  jgt: "i64.gt_u",
  jge: "i64.ge_u",
  jlt: "i64.lt_u",
  jle: "i64.le_u",
  jsgt: "i64.gt_s",
  jsge: "i64.ge_s",
  jslt: "i64.lt_s",
  jsle: "i64.le_s",
};
const LOADS: Record<Size, readonly [unsigned: OpName, signed: OpName]> = {
  1: ["i64.load8_u", "i64.load8_s"],
  2: ["i64.load16_u", "i64.load16_s"],
  4: ["i64.load32_u", "i64.load32_s"],
  8: ["i64.load", "i64.load"],
};
const STORES: Record<Size, OpName> = { 1: "i64.store8", 2: "i64.store16", 4: "i64.store32", 8: "i64.store" };

/** What an atomic makes of the register and the old value; the others store the register. */
const ATOMIC_RESULTS: Partial<Record<AtomicOp, OpName>> = {
  add: "i64.add",
  or: "i64.or",
  and: "i64.and",
  xor: "i64.xor",
  fetch_add: "i64.add",
  fetch_or: "i64.or",
  fetch_and: "i64.and",
  fetch_xor: "i64.xor",
};

/** The same operation on the lower halves. */
const narrow = (op: OpName): OpName => op.replace("i64.", "i32.") as OpName;
const signedDivision = (op: AluOp) => op === "sdiv" || op === "smod";
const remainder = (op: AluOp) => op === "mod" || op === "smod";

class FunctionCompiler {
  readonly #module: Module;
  readonly #input: CompileInput;
  /** Slots that no jump may lead to. */
  readonly #halves: ReadonlySet<number>;
  readonly #flow: FunctionFlow;
  /** First slots of its blocks: where jumps may lead. */
  readonly #starts: ReadonlySet<number>;
  readonly #functions: ReadonlyMap<number, number>;
  readonly #after: Int32Array;
  readonly #func: Func;
  /** Register → local. */
  readonly #reg: readonly number[];
  readonly #left: number;
  readonly #address: number;
  readonly #offset: number;
  /** Offset of the lowest byte of the frame: R10 never changes in a function. */
  readonly #frame: number;
  readonly #old: number;
  /** What this block has stored on its stack frame and where it still is: in a register as well. */
  #known: { readonly off: number; readonly size: Size; readonly reg: number }[] = [];

  constructor(
    module: Module,
    input: CompileInput,
    flow: FunctionFlow,
    functions: ReadonlyMap<number, number>,
    after: Int32Array,
  ) {
    this.#module = module;
    this.#input = input;
    this.#halves = secondHalves(input.insns);
    this.#flow = flow;
    this.#starts = new Set(flow.blocks.map(({ start }) => start));
    this.#functions = functions;
    this.#after = after;
    const func = new Func(functionName(flow.entry), BPF_FUNC, REG_PARAMS, input.text ?? false);
    this.#func = func;
    const r0 = func.local("i64", "r0");
    const saved = [6, 7, 8, 9].map((reg) => func.local("i64", `r${reg}`));
    this.#reg = [r0, 0, 1, 2, 3, 4, ...saved, 5];
    this.#left = func.local("i64", "left");
    this.#address = func.local("i64", "address");
    this.#offset = func.local("i32", "offset");
    this.#frame = func.local("i32", "frame");
    this.#old = func.local("i64", "old");
    module.add(func);
  }

  emit(): Layout {
    for (const block of this.#flow.blocks) {
      const slots = this.#slots(block);
      slots.forEach((slot, i) => {
        this.#after[slot] = slots.length - 1 - i;
      });
    }
    this.#globalToLocal();
    this.#low(10);
    this.#func.emit("i32.const", STACK_FRAME_BYTES);
    this.#func.emit("i32.sub");
    this.#func.emit("local.set", this.#frame);
    return emitFlow(this.#func, this.#flow, {
      body: (block) => this.#body(block),
      condition: (block) => this.#condition(block),
      edgeBack: (block) => this.#edgeBack(block),
      dead: (block) => this.#dead(block),
    });
  }

  #slots({ start, end }: Block): number[] {
    const slots: number[] = [];
    for (let slot = start; slot < end; slot += slotsOf(this.#insn(slot))) slots.push(slot);
    return slots;
  }

  #insn(slot: number): Insn {
    return this.#input.insns[slot] as Insn;
  }

  /** Undefined for what cannot be run. */
  #form(slot: number): Form | undefined {
    return this.#halves.has(slot) ? undefined : runnableForm(this.#insn(slot));
  }

  #body(block: Block): void {
    const func = this.#func;
    const slots = this.#slots(block);
    this.#known = [];
    func.emit("local.get", this.#left);
    func.emit("i64.const", BigInt(slots.length));
    func.emit("i64.sub");
    func.emit("local.set", this.#left);
    for (const slot of slots) this.#insnAt(slot);
    // A conditional jump with one way on: the other one leaves the function, and faults.
    const last = slots[slots.length - 1] as number;
    const kind = this.#form(last)?.kind;
    if ((kind === "jmp" || kind === "may_goto") && block.next.length < 2) {
      this.#condition(block);
      const leaves = this.#leavesFunction(last);
      if (!leaves) func.emit("i32.eqz");
      func.emit("if");
      this.#refuseAt(leaves ? this.#target(last) : block.end);
      func.emit("end");
    }
  }

  #condition(block: Block): void {
    const slots = this.#slots(block);
    const slot = slots[slots.length - 1] as number;
    const form = this.#form(slot);
    const func = this.#func;
    // What cannot be run has been refused before anybody asks where it leads.
    if (form === undefined) return func.emit("i32.const", 0);
    if (form.kind === "jmp") return this.#compare(slot, form.op, form.width, form.source === "reg");
    if (form.kind !== "may_goto") throw bug(`slot ${slot} ends a block with two ways out and is no jump`);
    // Taken when no turn is left; otherwise one is used up.
    const turns = () => {
      func.emit("i32.const", MAY_GOTO);
      func.emit("i32.load");
    };
    turns();
    func.emit("i32.eqz");
    func.emit("i32.const", MAY_GOTO);
    turns();
    turns();
    func.emit("i32.const", 0);
    func.emit("i32.ne");
    func.emit("i32.sub");
    func.emit("i32.store");
  }

  /** The budget is looked at where time can pass without end. */
  #edgeBack(block: Block): void {
    const func = this.#func;
    func.emit("local.get", this.#left);
    func.emit("i64.const", 0n);
    func.emit("i64.le_s");
    func.emit("if");
    this.#localToGlobal();
    func.emit("i32.const", block.end - 1);
    this.#ask("spent");
    this.#globalToLocal();
    func.emit("end");
  }

  #dead(block: Block): void {
    const slots = this.#slots(block);
    const last = slots[slots.length - 1] as number;
    if (this.#form(last)?.kind === "exit") return;
    this.#refuseAt(block.end);
    this.#func.emit("unreachable");
  }

  #refuse(slot: number): void {
    this.#localToGlobal();
    this.#func.emit("i32.const", slot);
    this.#ask("refuse");
  }

  /** Going on at a slot that is not in this function: past the program, into another function or between two slots. */
  #refuseAt(slot: number): void {
    const { length } = this.#input.insns;
    this.#refuse(slot >= 0 && slot < length ? slot : length);
  }

  #insnAt(slot: number): void {
    const insn = this.#insn(slot);
    const form = this.#form(slot);
    this.#func.note(`${slot}: ${form?.name ?? "not an instruction"}`);
    if (form === undefined) return this.#refuse(slot);
    switch (form.kind) {
      case "alu":
        return this.#alu(insn, form.op, form.width, form.source === "reg");
      case "end":
        return this.#end(insn, form.to, form.bits);
      case "ld_imm64": {
        const value = this.#input.constant(slot);
        if (value === undefined) return this.#refuse(slot);
        this.#func.emit("i64.const", value);
        return this.#set(insn.dst);
      }
      case "ldx":
      case "load_acq":
        return this.#load(slot, form.size, form.kind === "ldx" && form.signed);
      case "st":
      case "stx":
      case "store_rel":
        return this.#store(slot, form.size, form.kind === "st");
      case "atomic":
        return this.#atomic(slot, form.op, form.size as 4 | 8);
      case "ld_abs":
      case "ld_ind":
        return this.#exitIf(() => this.#throughHost(slot, "packet"));
      case "call":
        if (form.target === "local") return this.#callLocal(slot);
        return form.target === "helper" ? this.#helper(slot) : this.#refuse(slot);
      case "exit":
        return this.#exit();
      case "jmp":
      case "may_goto":
        return; // the block's way out
      case "ja":
        if (this.#leavesFunction(slot)) this.#refuseAt(this.#target(slot));
        return;
      case "callx":
      case "addr_space_cast":
        return this.#refuse(slot);
      default:
        throw bug(`no code for ${JSON.stringify(form satisfies never)}`);
    }
  }

  /** Where the jump at a slot leads. */
  #target(slot: number): number {
    const target = jumpTarget(this.#insn(slot), slot);
    if (target === undefined) throw bug(`slot ${slot} does not jump`);
    return target;
  }

  #leavesFunction(slot: number): boolean {
    return !this.#starts.has(this.#target(slot));
  }

  // ------------------------------------------------------------------------------------------- computations

  #get(reg: number): void {
    this.#func.emit("local.get", this.#reg[reg] as number);
  }

  #set(reg: number): void {
    this.#known = this.#known.filter((one) => one.reg !== reg);
    this.#func.emit("local.set", this.#reg[reg] as number);
  }

  /** The lower half of a register as i32. */
  #low(reg: number): void {
    this.#get(reg);
    this.#func.emit("i32.wrap_i64");
  }

  /** Second operand of a computation or comparison. */
  #operand(insn: Insn, width: Width, fromReg: boolean): void {
    if (width === 32) {
      if (fromReg) this.#low(insn.src);
      else this.#func.emit("i32.const", insn.imm);
    } else if (fromReg) this.#get(insn.src);
    else this.#func.emit("i64.const", BigInt(insn.imm));
  }

  #first(reg: number, width: Width): void {
    if (width === 32) this.#low(reg);
    else this.#get(reg);
  }

  /** Stores what is on the stack; a 32-bit result clears the upper half. */
  #result(reg: number, width: Width): void {
    if (width === 32) this.#func.emit("i64.extend_i32_u");
    this.#set(reg);
  }

  #alu(insn: Insn, op: AluOp, width: Width, fromReg: boolean): void {
    const func = this.#func;
    const plain = ALU64[op];
    const division = DIVISIONS[op];
    const extension = EXTENSIONS[op];
    if (plain !== undefined) {
      this.#first(insn.dst, width);
      this.#operand(insn, width, fromReg);
      func.emit(width === 32 ? narrow(plain) : plain);
      this.#result(insn.dst, width);
    } else if (op === "mov") {
      this.#operand(insn, width, fromReg);
      this.#result(insn.dst, width);
    } else if (extension !== undefined) {
      this.#operand(insn, width, fromReg);
      func.emit(width === 32 ? narrow(extension) : extension);
      this.#result(insn.dst, width);
    } else if (op === "neg") {
      func.emit(`i${width}.const`, width === 32 ? 0 : 0n);
      this.#first(insn.dst, width);
      func.emit(`i${width}.sub`);
      this.#result(insn.dst, width);
    } else if (division !== undefined) {
      this.#divide(insn, op, division, width, fromReg);
    } else {
      throw bug(`no code for ${op}`);
    }
  }

  /** By zero: 0, and the dividend for a remainder. The most negative number by -1: itself, remainder 0. */
  #divide(insn: Insn, op: AluOp, wide: OpName, width: Width, fromReg: boolean): void {
    const func = this.#func;
    const instruction = width === 32 ? narrow(wide) : wide;
    const constant = (value: number) => func.emit(`i${width}.const`, width === 32 ? value : BigInt(value));
    if (!fromReg && insn.imm !== 0 && insn.imm !== -1) {
      this.#first(insn.dst, width);
      this.#operand(insn, width, false);
      func.emit(instruction);
      return this.#result(insn.dst, width);
    }
    const divisor = () => this.#operand(insn, width, fromReg);
    divisor();
    func.emit(`i${width}.eqz`);
    func.emit("if");
    if (remainder(op)) this.#first(insn.dst, width);
    else constant(0);
    this.#result(insn.dst, width);
    func.emit("else");
    if (signedDivision(op)) {
      divisor();
      constant(-1);
      func.emit(`i${width}.eq`);
      func.emit("if");
      constant(0);
      if (remainder(op)) {
        this.#result(insn.dst, width);
      } else {
        this.#first(insn.dst, width);
        func.emit(`i${width}.sub`);
        this.#result(insn.dst, width);
      }
      func.emit("else");
    }
    this.#first(insn.dst, width);
    divisor();
    func.emit(instruction);
    this.#result(insn.dst, width);
    if (signedDivision(op)) func.emit("end");
    func.emit("end");
  }

  #end(insn: Insn, to: "le" | "be" | "swap", bits: 16 | 32 | 64): void {
    const func = this.#func;
    if (to === "le" && bits === 64) return;
    if (to === "le") {
      this.#get(insn.dst);
      func.emit("i64.const", bits === 16 ? 0xffffn : 0xffff_ffffn);
      func.emit("i64.and");
      return this.#set(insn.dst);
    }
    if (bits === 64) {
      this.#low(insn.dst);
      this.#swap32();
      func.emit("i64.extend_i32_u");
      func.emit("i64.const", 32n);
      func.emit("i64.shl");
      this.#get(insn.dst);
      func.emit("i64.const", 32n);
      func.emit("i64.shr_u");
      func.emit("i32.wrap_i64");
      this.#swap32();
      func.emit("i64.extend_i32_u");
      func.emit("i64.or");
      return this.#set(insn.dst);
    }
    this.#low(insn.dst);
    this.#swap32();
    if (bits === 16) {
      func.emit("i32.const", 16);
      func.emit("i32.shr_u");
    }
    this.#result(insn.dst, 32);
  }

  /** Reverses the four bytes of the i32 on the stack: odd and even bytes turn separately. */
  #swap32(): void {
    const func = this.#func;
    func.emit("local.set", this.#offset);
    for (const [mask, turn] of [
      [0x00ff00ff, 24],
      [0xff00ff00 | 0, 8],
    ] as const) {
      func.emit("local.get", this.#offset);
      func.emit("i32.const", mask);
      func.emit("i32.and");
      func.emit("i32.const", turn);
      func.emit("i32.rotl");
    }
    func.emit("i32.or");
  }

  #compare(slot: number, op: JmpOp, width: Width, fromReg: boolean): void {
    const insn = this.#insn(slot);
    const func = this.#func;
    this.#first(insn.dst, width);
    this.#operand(insn, width, fromReg);
    if (op === "jset") {
      func.emit(`i${width}.and`);
      func.emit(`i${width}.const`, width === 32 ? 0 : 0n);
      func.emit(`i${width}.ne`);
    } else {
      func.emit(width === 32 ? narrow(COMPARISONS[op]) : COMPARISONS[op]);
    }
  }

  // ------------------------------------------------------------------------------------------------- memory

  /**
   * Calls `fast` with the buffer offset in #offset where the shadow allows the access, else `slow`:
   * the address lies in the buffer, and the granule has that many bytes from its start (an access over two granules
   * is slow). The guest address is left in #address.
   */
  #checked(base: number, off: number, size: Size, write: boolean, fast: () => void, slow: () => void): void {
    const func = this.#func;
    func.emit("block");
    func.emit("block");
    this.#get(base);
    func.emit("i64.const", BigInt(off) - KERNEL_BASE);
    func.emit("i64.add");
    func.emit("local.tee", this.#address);
    func.emit("i64.const", BigInt(MAX_BYTES));
    func.emit("i64.ge_u");
    func.emit("br_if", 0);
    func.emit("local.get", this.#address);
    func.emit("i32.wrap_i64");
    func.emit("local.tee", this.#offset);
    func.emit("i32.const", 7);
    func.emit("i32.and");
    func.emit("i32.const", size);
    func.emit("i32.add");
    this.#shadow();
    if (!write) {
      func.emit("i32.const", SHADOW_READONLY - 1);
      func.emit("i32.and");
    }
    func.emit("i32.gt_u");
    func.emit("br_if", 0);
    if (write) {
      this.#shadow();
      func.emit("i32.const", SHADOW_READONLY);
      func.emit("i32.ge_u");
      func.emit("br_if", 0);
    }
    fast();
    func.emit("br", 1);
    func.emit("end");
    slow();
    func.emit("end");
  }

  #shadow(): void {
    const func = this.#func;
    func.emit("local.get", this.#offset);
    func.emit("i32.const", 3);
    func.emit("i32.shr_u");
    func.emit("i64.load8_u");
    func.emit("i32.wrap_i64");
  }

  /** Accesses through R10 lie at fixed places of the frame: inside of it there is nothing to check. */
  #onStack(base: number, off: number, size: Size): boolean {
    return base === 10 && off >= -STACK_FRAME_BYTES && off + size <= 0;
  }

  #load(slot: number, size: Size, signed: boolean): void {
    const { dst, src, off } = this.#insn(slot);
    const func = this.#func;
    const op = LOADS[size][signed ? 1 : 0];
    if (this.#onStack(src, off, size)) {
      const known = this.#known.find((one) => one.off <= off && off + size <= one.off + one.size);
      if (known !== undefined) return this.#takeKnown(dst, known.reg, 8 * (off - known.off), size, signed);
      func.emit("local.get", this.#frame);
      func.emit(op, STACK_FRAME_BYTES + off);
      return this.#set(dst);
    }
    this.#checked(
      src,
      off,
      size,
      false,
      () => {
        func.emit("local.get", this.#offset);
        func.emit(op);
        this.#set(dst);
      },
      () => {
        const word = size === 4 && !signed ? this.#input.pointers?.get(off) : undefined;
        if (word !== undefined) this.#packetPointer(dst, off, word);
        this.#localToGlobal();
        this.#spill([src]);
        func.emit("i32.const", slot);
        this.#ask("load");
        this.#fill([dst]);
        if (word !== undefined) func.emit("end");
      },
    );
  }

  /** The bytes of a register from a bit on, as a load of their copy on the stack would give them. */
  #takeKnown(dst: number, reg: number, shift: number, size: Size, signed: boolean): void {
    const func = this.#func;
    this.#get(reg);
    if (shift > 0) {
      func.emit("i64.const", BigInt(shift));
      func.emit("i64.shr_u");
    }
    if (size < 8 && signed) func.emit(`i64.extend${(8 * size) as 8 | 16 | 32}_s`);
    else if (size < 8) {
      func.emit("i64.const", (1n << BigInt(8 * size)) - 1n);
      func.emit("i64.and");
    }
    this.#set(dst);
  }

  /** Where #address is that field of the context, and there is a packet: the pointer. Opens an `if` whose `else` follows. */
  #packetPointer(dst: number, off: number, word: number): void {
    const func = this.#func;
    const load = (op: OpName) => {
      func.emit("i32.const", 0);
      func.emit(op, word);
    };
    func.emit("local.get", this.#address);
    func.emit("i64.const", BigInt(CTX + off));
    func.emit("i64.eq");
    load("i32.load");
    func.emit("i32.const", 0);
    func.emit("i32.ne");
    func.emit("i32.and");
    func.emit("if");
    load("i64.load32_u");
    func.emit("i64.const", KERNEL_BASE);
    func.emit("i64.or");
    this.#set(dst);
    func.emit("else");
  }

  #store(slot: number, size: Size, immediate: boolean): void {
    const { dst, src, off, imm } = this.#insn(slot);
    const func = this.#func;
    const value = () => (immediate ? func.emit("i64.const", BigInt(imm)) : this.#get(src));
    if (this.#onStack(dst, off, size)) {
      func.emit("local.get", this.#frame);
      value();
      func.emit(STORES[size], STACK_FRAME_BYTES + off);
      this.#known = this.#known.filter((one) => one.off + one.size <= off || off + size <= one.off);
      if (!immediate) this.#known.push({ off, size, reg: src });
      return;
    }
    // Through another pointer the frame may be written as well.
    this.#known = [];
    this.#checked(
      dst,
      off,
      size,
      true,
      () => {
        func.emit("local.get", this.#offset);
        value();
        func.emit(STORES[size]);
      },
      () => {
        this.#localToGlobal();
        this.#spill(immediate ? [dst] : [dst, src]);
        func.emit("i32.const", slot);
        this.#ask("store");
      },
    );
  }

  #atomic(slot: number, op: AtomicOp, size: 4 | 8): void {
    const { dst, src, off } = this.#insn(slot);
    const func = this.#func;
    const plain = ATOMIC_RESULTS[op];
    this.#known = [];
    const old = () => func.emit("local.get", this.#old);
    this.#checked(
      dst,
      off,
      size,
      true,
      () => {
        func.emit("local.get", this.#offset);
        func.emit(LOADS[size][0]);
        func.emit("local.set", this.#old);
        func.emit("local.get", this.#offset);
        this.#get(src);
        if (plain !== undefined) {
          old();
          func.emit(plain);
        } else if (op === "cmpxchg") {
          old();
          this.#first(0, size === 8 ? 64 : 32);
          old();
          if (size === 4) func.emit("i32.wrap_i64");
          func.emit(size === 8 ? "i64.eq" : "i32.eq");
          func.emit("select");
        }
        func.emit(STORES[size]);
        if (!ATOMIC_OPS[op].fetch) return;
        old();
        this.#set(op === "cmpxchg" ? 0 : src);
      },
      () => {
        this.#localToGlobal();
        this.#spill([0, dst, src]);
        func.emit("i32.const", slot);
        this.#ask("atomic");
        this.#fill([0, src]);
      },
    );
  }

  // --------------------------------------------------------------------------------------- host and functions

  #ask(name: ImportName): void {
    this.#func.emit("call", this.#module.importIndex(name));
  }

  #globalToLocal(): void {
    this.#func.emit("global.get", 0);
    this.#func.emit("local.set", this.#left);
  }

  #localToGlobal(): void {
    this.#func.emit("local.get", this.#left);
    this.#func.emit("global.set", 0);
  }

  /** Writes registers to the machine's register area. */
  #spill(regs: readonly number[]): void {
    for (const reg of regs) {
      this.#func.emit("i32.const", regOffset(reg));
      this.#get(reg);
      this.#func.emit("i64.store");
    }
  }

  #fill(regs: readonly number[]): void {
    for (const reg of regs) {
      this.#func.emit("i32.const", regOffset(reg));
      this.#func.emit("i64.load");
      this.#set(reg);
    }
  }

  /** A helper that comes back to where it was called needs its arguments, and changes R0; R1 … R5 are void then. */
  #helper(slot: number): void {
    const { imm } = this.#insn(slot);
    this.#known = [];
    if (helperChangesFlow(imm)) return this.#exitIf(() => this.#throughHost(slot, "helper"));
    this.#localToGlobal();
    this.#spill([1, 2, 3, 4, 5].slice(0, helperArgCount(imm)));
    this.#func.emit("i32.const", slot);
    this.#ask("helper");
    this.#func.emit("drop");
    this.#fill([0]);
  }

  /** One instruction done by the machine itself: all registers go there, R0 … R9 come back. */
  #throughHost(slot: number, name: "helper" | "packet"): void {
    this.#known = [];
    this.#localToGlobal();
    this.#spill([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    this.#func.emit("i32.const", slot);
    this.#ask(name);
    this.#globalToLocal();
    this.#fill([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }

  /** `ask` leaves an i32: not 0 ends this function with R0 as it is (a packet load out of bounds, a tail call). */
  #exitIf(ask: () => void): void {
    ask();
    this.#func.emit("if");
    this.#exit();
    this.#func.emit("end");
  }

  #exit(): void {
    this.#localToGlobal();
    if (this.#flow.entry === 0) this.#spill([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    this.#get(0);
    this.#func.emit("return");
  }

  #callLocal(slot: number): void {
    const func = this.#func;
    const callee = slot + 1 + this.#insn(slot).imm;
    this.#known = [];
    const index = this.#functions.get(callee);
    this.#localToGlobal();
    this.#spill([6, 7, 8, 9, 10]);
    func.emit("i32.const", slot);
    this.#ask("enter");
    if (index === undefined) return this.#refuseAt(callee);
    for (const reg of [1, 2, 3, 4, 5, 10]) this.#get(reg);
    func.emit("i64.const", BigInt(STACK_FRAME_BYTES));
    func.emit("i64.sub");
    func.emit("call", index);
    this.#set(0);
    this.#ask("leave");
    this.#globalToLocal();
  }
}
