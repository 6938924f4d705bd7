// bpf_prog_run(): a program in the machine, from an event to the end.
import type { Program } from "../program/program.ts";
import { type Event, enterEvent, loadProgram, Machine, type Outcome } from "../vm/index.ts";
import type { BpfMap } from "../vm/maps/map.ts";
import type { Kernel } from "./kernel.ts";
import type { Prog } from "./objects.ts";

/**
 * What the program printed goes to trace_pipe. A negative errno for an event that the kernel refuses, and for a program
 * with a map that is not in the machine's memory: -ENOMEM, or -EOPNOTSUPP where its kind is not simulated.
 */
export function runProg(kernel: Kernel, prog: Prog, event: Event): Outcome | number {
  const { memory, env, programs } = kernel;
  const absent = absentMap(prog.maps.map(({ map }) => map));
  if (absent) return -absent;
  const machine = new Machine({ memory, program: prog.loaded, env, programs });
  const refused = enterEvent(machine, event);
  if (refused < 0) return refused;
  const printed = memory.tracePipe().length;
  const outcome = kernel.execute(machine, prog);
  kernel.tracePipe.push(...memory.tracePipe().slice(printed));
  prog.runCnt++;
  return outcome;
}

/**
 * A machine before the first instruction of a program that no verifier saw, or a negative errno as runProg() gives it.
 * `fds`: descriptors of its maps, in their order.
 */
export function unverified(kernel: Kernel, program: Program, fds: readonly number[]): Machine | number {
  const { memory, env, programs } = kernel;
  const maps = new Map(
    [...program.mapRefs].flatMap(([slot, index]) => {
      const target = kernel.fds.get(fds[index] as number);
      return target?.kind === "map" ? [[slot, target.map] as const] : [];
    }),
  );
  const absent = absentMap([...maps.values()]);
  if (absent) return -absent;
  const { insns, progType, expectedAttachType } = program;
  const loaded = loadProgram(memory, { insns, progType, expectedAttachType, maps });
  return new Machine({ memory, program: loaded, env, programs });
}

const absentMap = (maps: readonly BpfMap[]): number => maps.find(({ absent }) => absent !== 0)?.absent ?? 0;
