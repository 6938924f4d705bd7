// bpf_prog_run(): runs a program in the machine, from an event to its end.
import type { Program } from "../program/program.ts";
import { type Event, enterEvent, loadProgram, Machine, type Outcome } from "../vm/index.ts";
import type { BpfMap } from "../vm/maps/map.ts";
import type { Kernel } from "./kernel.ts";
import type { Prog } from "./objects.ts";

/**
 * Runs a program on an event. What the program prints goes to trace_pipe. Returns a negative errno if the kernel refuses the
 * event, or if a map of the program is not in the machine's memory: -ENOMEM, or -EOPNOTSUPP if its type is not simulated.
 */
export function runProg(kernel: Kernel, prog: Prog, event: Event): Outcome | number {
  const { memory, env, programOfId } = kernel;
  const unavailableErrno = errnoOfUnavailable(prog.maps.map(({ map }) => map));
  if (unavailableErrno) return -unavailableErrno;
  const machine = new Machine({ memory, program: prog.loaded, env, findProgram: programOfId });
  const refused = enterEvent(machine, event);
  if (refused < 0) return refused;
  const printed = memory.tracePipe().length;
  const outcome = kernel.execute(machine, prog);
  // Line by line: an argument list has room for about 100,000 of them.
  for (const line of memory.tracePipe().slice(printed)) kernel.tracePipe.push(line);
  prog.runCnt++;
  return outcome;
}

/**
 * A machine that is about to run a program without verification. A negative errno if one of its maps is not in the machine's
 * memory, as in runProg(). `fds`: descriptors of `program.maps`, in the same order.
 */
export function unverifiedMachine(kernel: Kernel, program: Program, fds: readonly number[]): Machine | number {
  const { memory, env, programOfId } = kernel;
  const maps = new Map(
    [...program.mapRefs].flatMap(([slot, index]) => {
      const target = kernel.fds.get(fds[index] as number);
      return target?.kind === "map" ? [[slot, target.map] as const] : [];
    }),
  );
  const unavailableErrno = errnoOfUnavailable([...maps.values()]);
  if (unavailableErrno) return -unavailableErrno;
  const { insns, progType, expectedAttachType } = program;
  const loaded = loadProgram(memory, { insns, progType, expectedAttachType, maps });
  return new Machine({ memory, program: loaded, env, findProgram: programOfId });
}

const errnoOfUnavailable = (maps: readonly BpfMap[]): number =>
  maps.find(({ absentErrno }) => absentErrno !== 0)?.absentErrno ?? 0;
