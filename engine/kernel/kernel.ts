// A running kernel: its objects, the attached programs, the contents of its files. Mutable. The system calls that change it are
// in map.ts, load.ts, attach.ts, run.ts and files.ts. Time, random numbers and CPU come from the virtual machine's Env.
import { fromHex } from "../base/bytes.ts";
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
  /** Time, random numbers and CPU that programs see. The same values give the same run. */
  readonly env?: Partial<Env>;
  /** Left out: the kernel makes its own. */
  readonly memory?: Memory;
  /** Runs a machine from its first instruction. Left out: without recording, for at most `RUN_BUDGET` instructions. */
  readonly execute?: (machine: Machine, prog: Prog) => Outcome;
}

/** A run is stopped after this many instructions. No accepted program needs more, except with callbacks, timers or may_goto. */
const RUN_BUDGET = 100_000_000;

export class Kernel extends Registry {
  readonly memory: Memory;
  /** The Env of later runs. May be replaced. */
  env: Env;
  readonly execute: (machine: Machine, prog: Prog) => Outcome;
  readonly fds: FdTable;
  readonly progs = new Map<number, Prog>();
  readonly maps = new Map<number, MapObject>();
  /** Attach type → attached program. Each entry holds a reference to its program. */
  readonly attached = new Map<number, Prog>();
  /** The result of the last run, which show() prints: the module's `static u32 result`. */
  result = 0;
  /** The kernel's context with the fields that the module's other files have set. Each run starts from a copy. */
  readonly keptFields: Uint8Array;
  readonly dmesg: readonly string[];
  /** Lines of trace_pipe that nobody has read yet. */
  readonly tracePipe: string[] = [];
  #lastProgId = 0;
  #lastMapId = 0;

  constructor({ definition, steps, env, memory, execute }: KernelConfig = {}) {
    super(definition, steps);
    this.memory = memory ?? new Memory();
    this.env = defaultEnv({ seed: 1n, ...env });
    this.execute = execute ?? ((machine) => machine.run(RUN_BUDGET));
    this.keptFields = new Uint8Array(kernSize(this.definition.type));
    this.dmesg = bootMessages(this);
    this.fds = new FdTable((target) => this.#closed(target));
  }

  nextProgId(): number {
    return ++this.#lastProgId;
  }

  nextMapId(): number {
    return ++this.#lastMapId;
  }

  /** Seconds since boot, by the clock that programs read. */
  seconds(): number {
    return Number(this.env.bootTime / 1_000_000_000n);
  }

  /** The program that a value of a prog_array stands for: by the machine's number. */
  progOfLoadedId(id: number): Prog | undefined {
    for (const prog of this.progs.values()) if (prog.loadedId === id) return prog;
    return undefined;
  }

  readonly programOfId = (id: number): LoadedProgram | undefined => this.progOfLoadedId(id)?.loaded;

  /**
   * A descriptor was closed. With its last descriptor a prog_array is emptied, although programs may still use it: it may hold these
   * programs, and they it. @kernel kernel/bpf/syscall.c bpf_map_put_uref
   */
  #closed(target: FdTarget): void {
    if (target.kind === "map" && target.def.type === "prog_array" && this.fds.fdOf(target) < 0) {
      for (const key of target.held.keys()) target.map.delete(fromHex(key) as Uint8Array);
      this.#putHeld(target);
    }
    this.put(target);
  }

  #putHeld({ held }: MapObject): void {
    const targets = [...held.values()];
    held.clear();
    for (const target of targets) this.put(target);
  }

  /** Drops a reference; the last one frees the object. */
  put(target: FdTarget): void {
    if (--target.refs > 0) return;
    switch (target.kind) {
      case "prog":
        this.progs.delete(target.id);
        target.unload();
        for (const map of target.maps) this.put(map);
        break;
      case "map":
        this.maps.delete(target.id);
        target.map.close();
        this.#putHeld(target);
        break;
      case "file":
        break;
    }
  }
}

/** dmesg after boot: the kernel's first line, and if the module is loaded, the line about a module from outside the kernel's tree. */
const bootMessages = ({ definition, steps }: Registry): string[] => [
  `[    0.000000] Linux version ${RELEASE} (oreore@browser) #1 SMP PREEMPT_DYNAMIC`,
  ...(steps[2] ? [`[    2.718282] ${definition.type.name}_module: loading out-of-tree module taints kernel.`] : []),
];
