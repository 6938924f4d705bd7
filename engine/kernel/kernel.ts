// A running kernel: its objects, what is attached, its files' contents. Mutable. What may be done to it is in the files
// beside: map.ts, load.ts, attach.ts, run.ts, files.ts. Time, random numbers and CPU come from the virtual machine's Env.
import type { LoadedProgram } from "../vm/decode.ts";
import { defaultEnv, type Env } from "../vm/env.ts";
import type { Machine, Outcome } from "../vm/machine.ts";
import { Memory } from "../vm/memory.ts";
import { type KernelDefinition, kernSize } from "./definition.ts";
import { FdTable, type FdTarget, type MapObject, type Prog } from "./objects.ts";
import { RELEASE, Registry, type Steps } from "./registry.ts";

export interface KernelConfig {
  readonly definition?: KernelDefinition;
  readonly steps?: Steps;
  /** Time, chance and CPU as programs see them: the same again is the same run again. */
  readonly env?: Partial<Env>;
  /** Left out: a memory of its own. */
  readonly memory?: Memory;
  /** Runs a machine that stands at its first instruction; by default without recording, for at most `RUN_BUDGET` steps. */
  readonly execute?: (machine: Machine, prog: Prog) => Outcome;
}

/** Instructions after which a run is given up: more than any that the verifier accepts needs, bpf_loop apart. */
const RUN_BUDGET = 100_000_000;

export class Kernel extends Registry {
  readonly memory: Memory;
  /** Of the runs to come; may be replaced. */
  env: Env;
  readonly execute: (machine: Machine, prog: Prog) => Outcome;
  readonly fds: FdTable;
  readonly progs = new Map<number, Prog>();
  readonly maps = new Map<number, MapObject>();
  /** By attach type; each holds a reference. */
  readonly attached = new Map<number, Prog>();
  /** What show() prints: the module's `static u32 result`. */
  result = 0;
  /** Fields of the kernel's context that files of the module keep for the runs to come. */
  readonly held: Uint8Array;
  readonly dmesg: readonly string[];
  /** Lines that nobody has read yet. */
  readonly tracePipe: string[] = [];
  #lastProgId = 0;
  #lastMapId = 0;

  constructor({ definition, steps, env, memory, execute }: KernelConfig = {}) {
    super(definition, steps);
    this.memory = memory ?? new Memory({ cpus: 4 });
    this.env = defaultEnv({ seed: 1n, ...env });
    this.execute = execute ?? ((machine) => machine.run(RUN_BUDGET));
    this.held = new Uint8Array(kernSize(this.definition.type));
    this.dmesg = bootMessages(this);
    this.fds = new FdTable((target) => this.put(target));
  }

  nextProgId(): number {
    return ++this.#lastProgId;
  }

  nextMapId(): number {
    return ++this.#lastMapId;
  }

  /** Since boot, by the clock that programs read. */
  seconds(): number {
    return Number(this.env.bootTime / 1_000_000_000n);
  }

  /** What the values of a prog_array stand for. */
  readonly programs = (id: number): LoadedProgram | undefined =>
    [...this.progs.values()].find(({ loadedId }) => loadedId === id)?.loaded;

  /** Drops a reference; the last one frees the object. */
  put(target: FdTarget): void {
    if (--target.refs > 0) return;
    switch (target.kind) {
      case "prog":
        this.progs.delete(target.id);
        for (const map of target.maps) this.put(map);
        break;
      case "map":
        this.maps.delete(target.id);
        target.map.close();
        break;
      case "file":
        break;
    }
  }
}

/** The kernel's own first line, and what it says to a module from outside its tree. */
const bootMessages = ({ definition, steps }: Registry): string[] => [
  `[    0.000000] Linux version ${RELEASE} (oreore@browser) #1 SMP PREEMPT_DYNAMIC`,
  ...(steps[2] ? [`[    2.718282] ${definition.type.name}_module: loading out-of-tree module taints kernel.`] : []),
];
