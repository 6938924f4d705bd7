// A running kernel: its objects, what is attached, its files' contents. Mutable. What may be done to it is in the files
// beside: prog.ts, map.ts, sysfs.ts. Time, random numbers and CPU come from the virtual machine's Env.
import { attachTypeName, defineProgType, progTypeById, progTypeByName } from "../facts/prog-types.ts";
import type { ProgType } from "../facts/types.ts";
import { defaultEnv, type Event, enterEvent, type LoadedProgram, Machine, Memory, type Outcome } from "../vm/index.ts";
import { progTypeOfAttachType } from "./attach-types.ts";
import { type KernelDefinition, OREORE } from "./definition.ts";
import { FdTable, type FdTarget, type MapObject, type Prog } from "./objects.ts";

/** The four steps of the recipe: program type, attach type, module, user space. */
export type Steps = readonly [progType: boolean, attachType: boolean, module: boolean, userSpace: boolean];
export const ALL_STEPS: Steps = [true, true, true, true];

export interface KernelConfig {
  readonly definition?: KernelDefinition;
  readonly steps?: Steps;
  /** Drives random numbers, the clock and addresses: same seed, same runs. */
  readonly seed?: bigint;
  /** Runs a machine that stands at its first instruction; by default without recording, for at most `RUN_BUDGET` steps. */
  readonly execute?: (machine: Machine, prog: Prog) => Outcome;
}

/** The kernel whose rules are recorded, built with the four steps. */
export const RELEASE = "6.18.44-oreore";

/** Instructions after which a run is given up: more than any that the verifier accepts needs, bpf_loop apart. */
export const RUN_BUDGET = 100_000_000;

export class Kernel {
  readonly definition: KernelDefinition;
  steps: Steps;
  readonly memory: Memory;
  readonly env: ReturnType<typeof defaultEnv>;
  readonly execute: (machine: Machine, prog: Prog) => Outcome;
  readonly fds: FdTable;
  readonly progs = new Map<number, Prog>();
  readonly maps = new Map<number, MapObject>();
  /** By attach type; each holds a reference. */
  readonly attached = new Map<number, Prog>();
  /** What show() prints: the module's `static u32 result`. */
  result = 0;
  readonly dmesg: string[] = [];
  /** Lines that nobody has read yet. */
  readonly tracePipe: string[] = [];
  readonly #customType: ProgType;
  #lastProgId = 0;
  #lastMapId = 0;

  constructor({ definition = OREORE, steps = ALL_STEPS, seed = 1n, execute }: KernelConfig = {}) {
    this.definition = definition;
    this.steps = steps;
    this.memory = new Memory({ cpus: 4 });
    this.env = defaultEnv({ seed });
    this.execute = execute ?? ((machine) => machine.run(RUN_BUDGET));
    this.fds = new FdTable((target) => this.put(target));
    this.#customType = defineProgType(definition.type);
  }

  /** bpf_prog_types[]: by number, or `undefined`. The definition's number is its own, whatever other kernels use it for. */
  progType(id: number): ProgType | undefined {
    if (id === this.#customType.id) return this.steps[0] ? this.#customType : undefined;
    return id > this.#customType.id ? undefined : progTypeById(id);
  }

  /** Number of a program type by its lower-case name; the definition's even where step 1 is not applied. */
  progTypeId(name: string): number | undefined {
    return name === this.#customType.name ? this.#customType.id : progTypeByName(name)?.id;
  }

  /** What a loader that knows the type asks for: the only expected_attach_type that a type takes, else 0. */
  defaultAttachType(name: string): number {
    const { type } = this.definition;
    const taken = name === type.name ? [type.attach.id] : progTypeByName(name)?.attachTypes;
    return taken?.length === 1 ? (taken[0] as number) : 0;
  }

  attachTypeName(id: number): string | undefined {
    const { attach } = this.definition.type;
    return id === attach.id && this.steps[1] ? attach.name : attachTypeName(id);
  }

  /** @kernel syscall.c attach_type_to_prog_type; `undefined` is BPF_PROG_TYPE_UNSPEC */
  progTypeOfAttachType(id: number): string | undefined {
    const { attach, name } = this.definition.type;
    return id === attach.id && this.steps[1] ? name : progTypeOfAttachType(id);
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
    [...this.progs.values()].find(({ loaded }) => loaded.id === id)?.loaded;

  /**
   * bpf_prog_run(): from the event to the end; what the program printed goes to trace_pipe. A negative errno for an event
   * that the kernel refuses.
   */
  run(prog: Prog, event: Event): Outcome | number {
    const machine = new Machine({ memory: this.memory, program: prog.loaded, env: this.env, programs: this.programs });
    const refused = enterEvent(machine, event);
    if (refused < 0) return refused;
    const printed = this.memory.tracePipe().length;
    const outcome = this.execute(machine, prog);
    this.tracePipe.push(...this.memory.tracePipe().slice(printed));
    prog.runCnt++;
    return outcome;
  }

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
