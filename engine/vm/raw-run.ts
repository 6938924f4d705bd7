// Runs instructions without a verifier. R1 points to some bytes, R2 is their number, the stack has 512 bytes. BPF test suites and
// `conform run` do this.
import type { Insn } from "../isa/insn.ts";
import { loadProgram } from "./decode.ts";
import { defaultEnv } from "./env.ts";
import { enterEvent } from "./events/events.ts";
import type { Fault } from "./fault.ts";
import { Machine } from "./machine.ts";
import { Memory } from "./memory.ts";

export type RawResult =
  | { readonly r0: bigint; readonly executed: number }
  | { readonly fault: Fault; readonly executed: number };

/** After how many instructions a run is given up by default. */
const RAW_BUDGET = 2_000_000_000;

export class RawRun {
  readonly machine: Machine;
  readonly #mem: Uint8Array;

  constructor(insns: readonly Insn[], mem: Uint8Array, memory = new Memory()) {
    const program = loadProgram(memory, { insns, progType: "unspec", name: "raw" });
    this.machine = new Machine({ memory, program, env: defaultEnv() });
    this.#mem = mem;
    this.reset();
  }

  /** Resets registers, stack and bytes before a run. If there are too many bytes, the run is a fault. */
  reset(): void {
    const { machine } = this;
    if (enterEvent(machine, { kind: "mem", bytes: this.#mem }) < 0) {
      machine.raise("argument", 0, `${this.#mem.length} bytes of memory are more than there is room for`);
    }
  }

  /** Frees the program's constants. Needed if the memory is used again. */
  close(): void {
    this.machine.program.close();
  }

  /** Runs to the end from the current state. */
  run(budget = RAW_BUDGET): RawResult {
    const { machine } = this;
    const outcome = machine.run(budget);
    if (outcome.kind === "exit") return { r0: outcome.r0, executed: machine.executed };
    if (outcome.kind === "paused") {
      machine.raise("budget", machine.ip, `still running after ${machine.executed} instructions`);
    }
    return { fault: machine.fault as Fault, executed: machine.executed };
  }
}

export function runRaw(insns: readonly Insn[], mem: Uint8Array, budget?: number, memory?: Memory): RawResult {
  const raw = new RawRun(insns, mem, memory);
  const result = raw.run(budget);
  raw.close();
  return result;
}
