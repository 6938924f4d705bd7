// Compiles a loaded program to one WebAssembly module: a function for each BPF function, registers as i64 locals, memory accesses checked
// against the machine's shadow. Everything that is not a plain computation is done by the host (host.ts), through imports. Their
// arguments and results go through the machine's register area, so that no 64-bit value passes into JavaScript.
//
//   func f0(r1 r2 r3 r4 r5 r10) -> r0        the main program
//   func f17(r1 r2 r3 r4 r5 r10) -> r0       the function that starts at slot 17
//   func lookup3 …(key) -> value             what bpf_map_lookup_elem finds in the map of this id (lookup.ts)
//   func run0, run17 …                       the same as f0, f17 with arguments and result in the register area,
//                                            for the host
//   func repeat(times)                       does run0 `times` times, always from the same registers. Only if it was
//                                            asked for
//   global left                              how many instructions may still run
import { bug } from "../base/bug.ts";
import { helperArgCount, helperId } from "../facts/helpers.ts";
import type { Form } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { registerUse } from "../isa/registers.ts";
import { type Block, type FunctionFlow, functionEntries, functionFlow, jumpTarget, slotsOf } from "../program/flow.ts";
import { runnableForm, secondHalves } from "../vm/decode.ts";
import { helperChangesFlow } from "../vm/helpers/helpers.ts";
import { MAY_GOTO, STACK_FRAME_BYTES } from "../vm/layout.ts";
import { Access } from "./access.ts";
import { emitAlu, emitByteOrder, emitComparison } from "./alu.ts";
import { ASK_MACHINE, lookupFunction, MAX_KEY_BYTES, type MapLookup } from "./lookup.ts";
import { REG_PARAMS, Registers, regOffset } from "./registers.ts";
import { emitFlow, type Layout } from "./structure.ts";
import { Func, type FuncType, Module } from "./wasm.ts";

export interface CompileInput {
  readonly insns: readonly Insn[];
  /** The 64-bit value that the LD_IMM64 at a slot loads, also for addresses of maps and functions. */
  readonly constant: (slot: number) => bigint | undefined;
  /** How to look into the map that the LD_IMM64 at a slot loads. undefined: the machine does it. */
  readonly lookup?: (slot: number) => MapLookup | undefined;
  /** Offsets in the context at which a 4-byte load gives a packet pointer → offset of the machine's word that holds the pointer. */
  readonly pointers?: ReadonlyMap<number, number>;
  /** Whether the text form is made too. */
  readonly text?: boolean;
  /** Whether the function that repeats the program is made too, if `canRepeat` allows it. */
  readonly repeat?: boolean;
}

export interface CompiledFunction {
  readonly entry: number;
  /** Name of the export. */
  readonly name: string;
  readonly layout: Layout;
}

export interface CompiledModule {
  readonly binary: Uint8Array;
  /** The module's text form. "": not asked for. */
  readonly text: string;
  readonly functions: readonly CompiledFunction[];
  /** Slot → how many instructions of its block come after it. Entering a block counts all of its instructions as run. */
  readonly insnsAfter: Int32Array;
}

const BPF_FUNC: FuncType = { params: REG_PARAMS.map(() => "i64"), results: ["i64"] };
const SLOT_TO_NOTHING: FuncType = { params: ["i32"], results: [] };
const SLOT_TO_I32: FuncType = { params: ["i32"], results: ["i32"] };

/** What the module imports from its host. host.ts says what each does. */
const IMPORTS = [
  { name: "load", type: SLOT_TO_NOTHING },
  { name: "store", type: SLOT_TO_NOTHING },
  { name: "atomic", type: SLOT_TO_NOTHING },
  { name: "helper", type: SLOT_TO_I32 },
  { name: "packet", type: SLOT_TO_I32 },
  { name: "enter", type: SLOT_TO_NOTHING },
  { name: "leave", type: { params: [], results: [] } },
  { name: "refuse", type: SLOT_TO_NOTHING },
  { name: "spent", type: SLOT_TO_NOTHING },
] as const satisfies { name: string; type: FuncType }[];
export type ImportName = (typeof IMPORTS)[number]["name"];

/** The exported global: how many instructions may still run. The host sets and reads it. */
export const INSNS_LEFT = "left";
const functionName = (entry: number): string => `f${entry}`;
/** The export that calls a function with the machine's registers. It has no parameters and no result. */
export const entryName = (entry: number): string => `run${entry}`;

/** The export that runs the program several times. */
export const REPEAT = "repeat";

/**
 * Whether a program can start again at once after it has ended, without work of the host. It cannot after a tail call, which leaves
 * another program in its place; if it has packet loads, which may end it early; or if it starts timers, which fire after its end.
 */
export const canRepeat = (insns: readonly Insn[]): boolean =>
  insns.every((insn) => {
    const form = runnableForm(insn);
    if (form?.kind === "ld_abs" || form?.kind === "ld_ind") return false;
    return form?.kind !== "call" || form.target !== "helper" || !HELPERS_AGAINST_REPEAT.has(insn.imm);
  });

const HELPERS_AGAINST_REPEAT: ReadonlySet<number | undefined> = new Set(["tail_call", "timer_start"].map(helperId));

export function compile(input: CompileInput): CompiledModule {
  const { insns } = input;
  const module = new Module(IMPORTS, [{ name: INSNS_LEFT, type: "i64" }]);
  const entries = functionEntries(insns);
  const indexOf = new Map(entries.map((entry, i) => [entry, IMPORTS.length + i]));
  const insnsAfter = new Int32Array(insns.length);
  const lookups = new LookupFunctions(IMPORTS.length + entries.length, input.text ?? false);
  const functions = entries.map((entry, i): CompiledFunction => {
    const flow = functionFlow(insns, entry, entries[i + 1] ?? insns.length);
    const compiler = new FunctionCompiler(module, input, flow, indexOf, lookups, insnsAfter);
    return { entry, name: functionName(entry), layout: compiler.emit() };
  });
  for (const func of lookups.functions) module.add(func);
  for (const entry of entries) module.add(entryFunction(entry, indexOf.get(entry) as number, input.text ?? false));
  if (input.repeat && canRepeat(insns)) module.add(repeatFunction(indexOf.get(0) as number, input.text ?? false));
  return { binary: module.binary(), text: input.text ? module.text() : "", functions, insnsAfter };
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

/** Calls the program's function in a loop that counts down to 0. The registers it starts with are read once. */
function repeatFunction(index: number, text: boolean): Func {
  const func = new Func(REPEAT, { params: ["i32"], results: [] }, ["times"], text);
  const startRegs = [1, 2, 3, 4, 5, 10].map((reg) => {
    const local = func.addLocal("i64", `r${reg}`);
    func.emit("i32.const", regOffset(reg));
    func.emit("i64.load");
    func.emit("local.set", local);
    return local;
  });
  func.emit("loop");
  func.emit("i32.const", regOffset(0));
  for (const local of startRegs) func.emit("local.get", local);
  func.emit("call", index);
  func.emit("i64.store");
  func.emit("local.get", 0);
  func.emit("i32.const", 1);
  func.emit("i32.sub");
  func.emit("local.tee", 0);
  func.emit("br_if", 0);
  func.emit("end");
  return func;
}

const MAP_LOOKUP_ELEM = helperId("map_lookup_elem") as number;

/** The functions that look into maps. Each is made when it is first called. */
class LookupFunctions {
  readonly functions: Func[] = [];
  readonly #indexOf = new Map<number, number>();
  readonly #first: number;
  readonly #text: boolean;

  /** `first`: index of the first such function in the module. */
  constructor(first: number, text: boolean) {
    this.#first = first;
    this.#text = text;
  }

  index(lookup: MapLookup): number {
    const known = this.#indexOf.get(lookup.id);
    if (known !== undefined) return known;
    const index = this.#first + this.functions.push(lookupFunction(`lookup${lookup.id}`, lookup, this.#text)) - 1;
    this.#indexOf.set(lookup.id, index);
    return index;
  }
}

class FunctionCompiler {
  readonly #module: Module;
  readonly #input: CompileInput;
  /** Second slots of LD_IMM64. No jump may lead there. */
  readonly #secondHalves: ReadonlySet<number>;
  readonly #flow: FunctionFlow;
  /** First slots of the function's blocks. Jumps may lead only there. */
  readonly #blockStarts: ReadonlySet<number>;
  readonly #functions: ReadonlyMap<number, number>;
  readonly #lookups: LookupFunctions;
  /** Register → the map whose address this block loaded into it. */
  readonly #mapInReg = new Map<number, MapLookup>();
  readonly #insnsAfter: Int32Array;
  readonly #func: Func;
  readonly #regs: Registers;
  readonly #access: Access;

  constructor(
    module: Module,
    input: CompileInput,
    flow: FunctionFlow,
    functions: ReadonlyMap<number, number>,
    lookups: LookupFunctions,
    insnsAfter: Int32Array,
  ) {
    this.#module = module;
    this.#input = input;
    this.#secondHalves = secondHalves(input.insns);
    this.#flow = flow;
    this.#blockStarts = new Set(flow.blocks.map(({ start }) => start));
    this.#functions = functions;
    this.#lookups = lookups;
    this.#insnsAfter = insnsAfter;
    const func = new Func(functionName(flow.entry), BPF_FUNC, REG_PARAMS, input.text ?? false);
    this.#func = func;
    this.#regs = new Registers(func);
    const callImport = (name: ImportName, slot: number) => {
      func.emit("i32.const", slot);
      this.#callImport(name);
    };
    this.#access = new Access(this.#regs, callImport, input.pointers);
    module.add(func);
  }

  emit(): Layout {
    for (const block of this.#flow.blocks) {
      const slots = this.#slots(block);
      slots.forEach((slot, i) => {
        this.#insnsAfter[slot] = slots.length - 1 - i;
      });
    }
    this.#regs.enter();
    return emitFlow(this.#func, this.#flow, {
      body: (block) => this.#body(block),
      condition: (block) => this.#condition(block),
      backEdge: (block) => this.#backEdge(block),
      withoutSuccessor: (block) => this.#withoutSuccessor(block),
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

  /** undefined: the slot cannot be run. */
  #form(slot: number): Form | undefined {
    return this.#secondHalves.has(slot) ? undefined : runnableForm(this.#insn(slot));
  }

  #body(block: Block): void {
    const func = this.#func;
    const slots = this.#slots(block);
    this.#regs.forgetStack();
    this.#mapInReg.clear();
    func.emit("local.get", this.#regs.insnsLeft);
    func.emit("i64.const", BigInt(slots.length));
    func.emit("i64.sub");
    func.emit("local.set", this.#regs.insnsLeft);
    for (const slot of slots) {
      this.#emitInsn(slot);
      this.#trackMaps(slot);
    }
    // The block ends with a conditional jump but has only one successor. The other direction leaves the function, which is a fault.
    const last = slots[slots.length - 1] as number;
    const kind = this.#form(last)?.kind;
    if ((kind === "jmp" || kind === "may_goto") && block.next.length < 2) {
      this.#condition(block);
      const leaves = this.#leavesFunction(last);
      if (!leaves) func.emit("i32.eqz");
      func.emit("if");
      this.#raiseOutside(leaves ? this.#target(last) : block.end);
      func.emit("end");
    }
  }

  #condition(block: Block): void {
    const slots = this.#slots(block);
    const slot = slots[slots.length - 1] as number;
    const form = this.#form(slot);
    const func = this.#func;
    // A slot that cannot be run has raised its fault before its target matters.
    if (form === undefined) return func.emit("i32.const", 0);
    if (form.kind === "jmp")
      return emitComparison(this.#regs, this.#insn(slot), form.op, form.width, form.source === "reg");
    if (form.kind !== "may_goto") throw bug(`slot ${slot} ends a block with two ways out and is no jump`);
    // The jump is taken when no turn is left. Otherwise one turn is used up.
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

  /** The budget is checked only on back edges, because only loops can run for ever. */
  #backEdge(block: Block): void {
    const func = this.#func;
    func.emit("local.get", this.#regs.insnsLeft);
    func.emit("i64.const", 0n);
    func.emit("i64.le_s");
    func.emit("if");
    this.#regs.saveInsnsLeft();
    func.emit("i32.const", block.end - 1);
    this.#callImport("spent");
    this.#regs.loadInsnsLeft();
    func.emit("end");
  }

  #withoutSuccessor(block: Block): void {
    const slots = this.#slots(block);
    const last = slots[slots.length - 1] as number;
    if (this.#form(last)?.kind === "exit") return;
    this.#raiseOutside(block.end);
    this.#func.emit("unreachable");
  }

  #raiseInvalid(slot: number): void {
    this.#regs.saveInsnsLeft();
    this.#func.emit("i32.const", slot);
    this.#callImport("refuse");
  }

  /** The program would continue at a slot outside this function: past the program's end, in another function, or between two slots. */
  #raiseOutside(slot: number): void {
    const { length } = this.#input.insns;
    this.#raiseInvalid(slot >= 0 && slot < length ? slot : length);
  }

  #emitInsn(slot: number): void {
    const insn = this.#insn(slot);
    const form = this.#form(slot);
    this.#func.comment(`${slot}: ${form?.name ?? "not an instruction"}`);
    if (form === undefined) return this.#raiseInvalid(slot);
    switch (form.kind) {
      case "alu":
        return emitAlu(this.#regs, insn, form.op, form.width, form.source === "reg");
      case "end":
        return emitByteOrder(this.#regs, insn, form.to, form.bits);
      case "ld_imm64": {
        const value = this.#input.constant(slot);
        if (value === undefined) return this.#raiseInvalid(slot);
        this.#func.emit("i64.const", value);
        return this.#regs.set(insn.dst);
      }
      case "ldx":
      case "load_acq":
        return this.#access.load(slot, insn, form.size, form.kind === "ldx" && form.signed);
      case "st":
      case "stx":
      case "store_rel":
        return this.#access.store(slot, insn, form.size, form.kind === "st");
      case "atomic":
        return this.#access.atomic(slot, insn, form.op, form.size as 4 | 8);
      case "ld_abs":
      case "ld_ind":
        return this.#exitIf(() => this.#throughHost(slot, "packet"));
      case "call":
        if (form.target === "local") return this.#callLocal(slot);
        return form.target === "helper" ? this.#helperCall(slot) : this.#raiseInvalid(slot);
      case "exit":
        return this.#exit();
      case "jmp":
      case "may_goto":
        return; // the block's condition handles it
      case "ja":
        if (this.#leavesFunction(slot)) this.#raiseOutside(this.#target(slot));
        return;
      case "callx":
      case "addr_space_cast":
        return this.#raiseInvalid(slot);
      default:
        throw bug(`no code for ${JSON.stringify(form satisfies never)}`);
    }
  }

  /** The slot that the jump at `slot` leads to. */
  #target(slot: number): number {
    const target = jumpTarget(this.#insn(slot), slot);
    if (target === undefined) throw bug(`slot ${slot} does not jump`);
    return target;
  }

  #leavesFunction(slot: number): boolean {
    return !this.#blockStarts.has(this.#target(slot));
  }

  #trackMaps(slot: number): void {
    const insn = this.#insn(slot);
    const form = this.#form(slot);
    const copied = form?.kind === "alu" && form.op === "mov" && form.width === 64 && form.source === "reg";
    const map =
      form?.kind === "ld_imm64" ? this.#input.lookup?.(slot) : copied ? this.#mapInReg.get(insn.src) : undefined;
    const { writes } = registerUse(insn, helperArgCount);
    for (const reg of [...this.#mapInReg.keys()]) if (writes & (1 << reg)) this.#mapInReg.delete(reg);
    if (map !== undefined) this.#mapInReg.set(insn.dst, map);
  }

  // --------------------------------------------------------------------------------------- host and functions

  #callImport(name: ImportName): void {
    this.#func.emit("call", this.#module.importIndex(name));
  }

  /** A helper that returns to its call needs only its arguments, and sets R0. R1 … R5 are undefined afterwards. */
  #helperCall(slot: number): void {
    const { imm } = this.#insn(slot);
    const map = imm === MAP_LOOKUP_ELEM ? this.#mapInReg.get(1) : undefined;
    if (map !== undefined && map.keySize <= MAX_KEY_BYTES) return this.#lookup(slot, map);
    this.#regs.forgetStack();
    if (helperChangesFlow(imm)) return this.#exitIf(() => this.#throughHost(slot, "helper"));
    this.#callHelper(slot, imm);
  }

  /** Finds the value without the machine. Asks the machine if the function returns ASK. */
  #lookup(slot: number, map: MapLookup): void {
    const func = this.#func;
    this.#regs.get(2);
    func.emit("call", this.#lookups.index(map));
    this.#regs.set(0);
    this.#regs.get(0);
    func.emit("i64.const", ASK_MACHINE);
    func.emit("i64.eq");
    func.emit("if");
    this.#callHelper(slot, MAP_LOOKUP_ELEM);
    func.emit("end");
  }

  #callHelper(slot: number, imm: number): void {
    this.#regs.saveInsnsLeft();
    this.#regs.spill([1, 2, 3, 4, 5].slice(0, helperArgCount(imm)));
    this.#func.emit("i32.const", slot);
    this.#callImport("helper");
    this.#func.emit("drop");
    this.#regs.fill([0]);
  }

  /** Lets the machine do one instruction: it gets all registers, and R0 … R9 are read back. */
  #throughHost(slot: number, name: "helper" | "packet"): void {
    this.#regs.forgetStack();
    this.#regs.saveInsnsLeft();
    this.#regs.spill([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    this.#func.emit("i32.const", slot);
    this.#callImport(name);
    this.#regs.loadInsnsLeft();
    this.#regs.fill([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }

  /** `leaveFlag` puts an i32 on the stack. If it is not 0, this function exits with the current R0 (failed packet load, tail call). */
  #exitIf(leaveFlag: () => void): void {
    leaveFlag();
    this.#func.emit("if");
    this.#exit();
    this.#func.emit("end");
  }

  #exit(): void {
    this.#regs.saveInsnsLeft();
    if (this.#flow.entry === 0) this.#regs.spill([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    this.#regs.get(0);
    this.#func.emit("return");
  }

  #callLocal(slot: number): void {
    const func = this.#func;
    const callee = slot + 1 + this.#insn(slot).imm;
    this.#regs.forgetStack();
    const index = this.#functions.get(callee);
    this.#regs.saveInsnsLeft();
    this.#regs.spill([6, 7, 8, 9, 10]);
    func.emit("i32.const", slot);
    this.#callImport("enter");
    if (index === undefined) return this.#raiseOutside(callee);
    for (const reg of [1, 2, 3, 4, 5, 10]) this.#regs.get(reg);
    func.emit("i64.const", BigInt(STACK_FRAME_BYTES));
    func.emit("i64.sub");
    func.emit("call", index);
    this.#regs.set(0);
    this.#callImport("leave");
    this.#regs.loadInsnsLeft();
  }
}
