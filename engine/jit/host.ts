// Runs compiled programs on a machine of vm/: same buffer, same helpers, same faults, same counting. When compiled code calls an import,
// the host lets the machine do that one instruction. Unlike the interpreter, compiled code cannot stop and continue later: if its budget
// is used up and no more is given at once, the run has ended.
import { bug } from "../base/bug.ts";
import { WASM_PAGE, type WasmExport, type WasmGlobal, type WasmMemory, webAssembly } from "../base/webassembly.ts";
import { packetPointers } from "../vm/ctx.ts";
import { type LoadedProgram, OP } from "../vm/decode.ts";
import { HEAP, MAX_BYTES, SLOT_SHIFT, SLOT_WORDS } from "../vm/layout.ts";
import type { Machine, Outcome } from "../vm/machine.ts";
import type { BpfMap } from "../vm/maps/map.ts";
import { Memory } from "../vm/memory.ts";
import { type CompiledModule, compile, entryName, type ImportName, INSNS_LEFT, REPEAT } from "./compile.ts";
import type { MapLookup } from "./lookup.ts";

/** A memory whose buffer compiled code can use too. */
export class SharedMemory extends Memory {
  readonly wasm: WasmMemory;

  constructor(options: { readonly cpus?: number } = {}) {
    const wasm = new webAssembly.Memory({ initial: Math.ceil(HEAP / WASM_PAGE), maximum: MAX_BYTES / WASM_PAGE });
    super({ ...options, backing: wasm });
    this.wasm = wasm;
  }
}

/** A program, compiled for one memory. */
export interface CompiledProgram {
  readonly program: LoadedProgram;
  readonly code: CompiledModule;
  /** How many milliseconds it took to make the module and compile it. 0: no clock was given. */
  readonly compileTime: number;
}

interface Instance extends CompiledProgram {
  readonly exports: Readonly<Record<string, WasmExport>>;
  readonly insnsLeft: WasmGlobal;
}

/** Thrown to leave compiled code. It is always caught in this file. */
class Stopped {
  readonly slot: number;
  /** Whether the instruction at `slot` was not done. */
  readonly fault: boolean;

  constructor(slot: number, fault: boolean) {
    this.slot = slot;
    this.fault = fault;
  }
}

const lookupOf = (map: BpfMap | undefined): MapLookup | undefined =>
  map?.lookupPlan && { id: map.id, keySize: map.def.keySize, plan: map.lookupPlan };

export class Jit {
  readonly #memory: SharedMemory;
  readonly #clock: () => number;
  readonly #instances = new WeakMap<LoadedProgram, Instance>();
  readonly #byId = new Map<number, Instance>();
  #machine: Machine | undefined;
  /** Whether a packet load out of bounds already ended the function that did it. */
  #frameWasLeft = false;
  #continueRun: () => boolean = () => false;
  /** How many instructions are given at a time, and how many were given in all. */
  #budgetSlice = 0;
  #budgetGiven = 0;

  /** `clock` returns milliseconds, for compile times. */
  constructor(memory: SharedMemory, clock: () => number = () => 0) {
    this.#memory = memory;
    this.#clock = clock;
  }

  /** Compiles a program when first called for it. `text`: make the text form too, and the function for `repeat`. */
  compile(program: LoadedProgram, text = false): CompiledProgram {
    return this.#instance(program, text);
  }

  /**
   * Runs a program that `canRepeat` allows several times without leaving the compiled code. Each run starts with the machine's current registers,
   * and keeps what earlier runs left in memory. `budget`: instructions for all runs together. The program must have been compiled with
   * `text`.
   */
  repeat(machine: Machine, times: number, budget: number): Outcome {
    return this.#run(
      machine,
      budget,
      () => false,
      (instance) => {
        const run = instance.exports[REPEAT] as ((times: number) => void) | undefined;
        if (run === undefined) throw bug("the program was not compiled to be repeated");
        run(times);
      },
    );
  }

  /**
   * Runs a machine that has not started yet. Whenever `budget` instructions are used up, `continueRun` decides whether to give as many
   * again. `paused`: it said no, and this run cannot continue.
   */
  run(machine: Machine, budget: number, continueRun: () => boolean = () => false): Outcome {
    return this.#run(machine, budget, continueRun, (instance) => this.#callFunction(instance, machine.slot));
  }

  #run(machine: Machine, budget: number, continueRun: () => boolean, enter: (instance: Instance) => void): Outcome {
    if (machine.memory !== this.#memory) throw bug("the machine has another memory than the compiler");
    if (machine.exited || machine.fault !== undefined) return machine.outcome;
    if (machine.ip !== 0) throw bug(`compiled code starts at slot 0, and the machine stands at ${machine.slot}`);
    this.#machine = machine;
    this.#frameWasLeft = false;
    this.#continueRun = continueRun;
    this.#budgetSlice = budget;
    this.#budgetGiven = budget;
    this.#instance(machine.program, false).insnsLeft.value = BigInt(budget);
    let stopped: Stopped | undefined;
    try {
      // Once for the program, and once for each timer that fires after it.
      do {
        enter(this.#instance(machine.program, false));
        const { insnsLeft } = this.#instance(machine.program, false);
        if (!this.#frameWasLeft) machine.leaveFunction();
        this.#frameWasLeft = false;
        this.#instance(machine.program, false).insnsLeft.value = insnsLeft.value;
      } while (machine.outcome.kind === "paused");
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      stopped = error;
      machine.ip = stopped.slot << SLOT_SHIFT;
    }
    const last = this.#instance(machine.program, false);
    let left = Number(last.insnsLeft.value);
    if (stopped?.fault) left += 1 + (last.code.insnsAfter[stopped.slot] ?? -1);
    if (stopped !== undefined) left += this.#notRunInCallers(machine);
    machine.executed += this.#budgetGiven - left;
    this.#machine = undefined;
    return machine.outcome;
  }

  /** How many instructions of the callers' blocks did not run: entering a block counted all of them, but the run ended inside the call. */
  #notRunInCallers(machine: Machine): number {
    const callers = machine.frames().slice(0, -1);
    return callers.reduce((sum, { prog, slot }) => sum + (this.#byId.get(prog)?.code.insnsAfter[slot] ?? 0), 0);
  }

  #instance(program: LoadedProgram, text: boolean): Instance {
    const known = this.#instances.get(program);
    if (known !== undefined && (!text || known.code.text !== "")) return known;
    const before = this.#clock();
    const pointers = packetPointers(program.progType);
    const code = compile({
      insns: program.insns,
      constant: (slot) => this.#constant(program, slot),
      lookup: (slot) => lookupOf(program.maps.get(slot)),
      pointers,
      text,
      repeat: text,
    });
    const module = new webAssembly.Module(code.binary);
    const { exports } = new webAssembly.Instance(module, {
      env: { memory: this.#memory.wasm, ...this.#imports(program) },
    });
    const instance = {
      program,
      code,
      compileTime: this.#clock() - before,
      exports,
      insnsLeft: exports[INSNS_LEFT] as WasmGlobal,
    };
    this.#instances.set(program, instance);
    this.#byId.set(program.id, instance);
    return instance;
  }

  /** The value that the decoder found for an LD_IMM64. */
  #constant(program: LoadedProgram, slot: number): bigint | undefined {
    const at = slot * SLOT_WORDS;
    if (program.code[at] !== OP.ld_imm64) return undefined;
    return this.#memory.u64[(program.code[at + 2] as number) >>> 1];
  }

  #runningMachine(): Machine {
    if (this.#machine === undefined) throw bug("compiled code runs without a machine");
    return this.#machine;
  }

  /** Calls the function at a slot with the machine's registers. Its R0 is put into the machine's R0. */
  #callFunction(instance: Instance, slot: number): void {
    const run = instance.exports[entryName(slot)] as (() => void) | undefined;
    if (run === undefined) {
      this.#runningMachine().raise("insn", slot << SLOT_SHIFT, "no function starts here");
      throw new Stopped(slot, true);
    }
    run();
  }

  /** What each import does. Those with a result return 1 to end the calling function, with the machine's R0. */
  #imports(program: LoadedProgram): Record<ImportName, (slot: number) => number | undefined> {
    const requireDone = (slot: number, happened: boolean): undefined => {
      if (!happened) throw new Stopped(slot, true);
    };
    /** Counts the rest of the block as not run. */
    const giveBack = (slot: number) => {
      const { insnsLeft, code } = this.#instance(program, false);
      insnsLeft.value = BigInt(insnsLeft.value) + BigInt(code.insnsAfter[slot] as number);
    };
    return {
      load: (slot) => requireDone(slot, this.#runningMachine().loadSlow(slot << SLOT_SHIFT)),
      store: (slot) => requireDone(slot, this.#runningMachine().storeSlow(slot << SLOT_SHIFT)),
      atomic: (slot) => requireDone(slot, this.#runningMachine().atomic(slot << SLOT_SHIFT)),
      enter: (slot) => requireDone(slot, this.#runningMachine().enterFunction(slot << SLOT_SHIFT)),
      leave: () => this.#leaveFunction(0),
      refuse: (slot) => {
        this.#runningMachine().raiseInvalidInsn(slot << SLOT_SHIFT);
        throw new Stopped(slot, true);
      },
      spent: (slot) => {
        if (!this.#continueRun()) throw new Stopped(slot, false);
        const { insnsLeft } = this.#instance(program, false);
        insnsLeft.value = BigInt(insnsLeft.value) + BigInt(this.#budgetSlice);
        this.#budgetGiven += this.#budgetSlice;
      },
      helper: (slot) => this.#callHelper(program, slot),
      packet: (slot) => {
        const machine = this.#runningMachine();
        const { depth } = machine;
        machine.ip = slot << SLOT_SHIFT;
        requireDone(slot, machine.loadPacket(slot << SLOT_SHIFT));
        this.#frameWasLeft =
          machine.exited || machine.depth < depth || machine.ip !== (slot << SLOT_SHIFT) + SLOT_WORDS;
        if (!this.#frameWasLeft) return 0;
        giveBack(slot);
        return 1;
      },
    };
  }

  #leaveFunction(slot: number): undefined {
    if (!this.#frameWasLeft && !this.#runningMachine().leaveFunction()) throw new Stopped(slot, true);
    this.#frameWasLeft = false;
  }

  #callHelper(program: LoadedProgram, slot: number): number {
    const machine = this.#runningMachine();
    const { depth } = machine;
    const next = (slot << SLOT_SHIFT) + SLOT_WORDS;
    machine.ip = next;
    if (!machine.callHelper(slot << SLOT_SHIFT)) throw new Stopped(slot, true);
    // A helper that calls back has pushed a frame. Leaving the frame starts the next turn or pops it.
    while (machine.depth > depth) {
      this.#callFunction(this.#instance(program, false), machine.slot);
      this.#leaveFunction(slot);
    }
    if (machine.ip === next) return 0;
    // A tail call: the other program (or the same one again) replaces this function.
    const from = this.#instance(program, false);
    const to = this.#instance(machine.program, false);
    to.insnsLeft.value = BigInt(from.insnsLeft.value) + BigInt(from.code.insnsAfter[slot] as number);
    this.#callFunction(to, 0);
    from.insnsLeft.value = this.#instance(machine.program, false).insnsLeft.value;
    return 1;
  }
}
