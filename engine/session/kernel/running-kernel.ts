// The kernel that a session works with. It starts when it is first needed, and anew when its program type or the steps of the recipe
// change. Calls and runs are recorded. Its only process acts as the reader's shell and loader.
import { toHex } from "../../base/bytes.ts";
import { errnoName, errnoText } from "../../facts/errno.ts";
import type { Insn } from "../../isa/insn.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { Process } from "../../kernel/process.ts";
import type { Registry } from "../../kernel/registry.ts";
import { straceLine } from "../../kernel/strace.ts";
import type { SyscallRecord } from "../../kernel/syscall.ts";
import { type Env, type Machine, packetBytes } from "../../vm/index.ts";
import { RecordedRun } from "../run/recorded-run.ts";
import type { KeptRun, RunningKernel, SessionState } from "../state.ts";
import type { CallOutcome, SyscallView } from "../views/kernel.ts";
import type { SlotView } from "../views/program.ts";
import type { RunView } from "../views/run.ts";
import { kernelView } from "./kernel-view.ts";

export const runningKernel = (state: SessionState): RunningKernel => (state.runningKernel ??= firstBoot(state));

function firstBoot(state: SessionState): RunningKernel {
  const environment = { seed: state.seed };
  return {
    ...bootKernel(state, environment),
    callCount: 0,
    lastRun: 0,
    standaloneRun: undefined,
    requestRun: null,
    environment,
    slotsOfProg: new WeakMap(),
  };
}

/** A newly booted kernel. */
function bootKernel(state: SessionState, env: Partial<Env>) {
  const { definition, steps } = state.registry;
  const kernel: Kernel = new Kernel({
    definition,
    steps,
    env,
    // Runs and records. The kernel gets the outcome, the session keeps the rest.
    execute: (machine, prog) => {
      const now = runningKernel(state);
      const { recorded, shown } = recordRun(state, kernel, machine, prog.insns, now.slotsOfProg.get(prog) ?? []);
      now.requestRun = shown;
      now.kernelRun = { kernel, recorded, maps: [...kernel.maps.values()] };
      return recorded.outcome;
    },
  });
  return { kernel, process: new Process(kernel), kernelRun: undefined, lastProgFd: -1 };
}

/** Another program type, other steps or another seed need a new boot. Descriptors and objects of the old kernel are gone. */
export function reboot(state: SessionState, registry: Registry): CallOutcome {
  state.registry = registry;
  state.checkedProgram = "";
  const now = runningKernel(state);
  now.environment = { ...now.environment, seed: state.seed };
  Object.assign(now, bootKernel(state, now.environment));
  return makeCalls(state, () => 0);
}

/** Runs to the end and records every step. */
export function recordRun(
  state: SessionState,
  kernel: Kernel,
  machine: Machine,
  insns: readonly Insn[],
  slots: readonly SlotView[],
): { readonly recorded: RecordedRun; readonly shown: RunView } {
  const start = state.now();
  const printed = kernel.memory.tracePipe().length;
  const recorded = new RecordedRun({ run: ++runningKernel(state).lastRun, insns, slots }, machine);
  const trace = kernel.memory.tracePipe().slice(printed);
  return { recorded, shown: recorded.view(Math.round(state.now() - start), trace, toHex(outputOf(machine))) };
}

/** The run's input after the run: the packet if there is one, else the context. */
function outputOf(machine: Machine): Uint8Array {
  const packet = packetBytes(machine.memory);
  if (packet.length > 0) return packet;
  const ctx = machine.regions().find(({ kind }) => kind === "ctx");
  return (ctx && machine.read(ctx.start, ctx.size)) ?? new Uint8Array();
}

/** A run by its number, ready for questions about its steps. undefined: it is not kept. */
export function runByNumber(state: SessionState, run: number): KeptRun | undefined {
  const { kernelRun, standaloneRun } = runningKernel(state);
  const found = [kernelRun, standaloneRun].find((kept) => kept?.recorded.source.run === run);
  found?.recorded.restoreRun();
  return found;
}

/** The process with the kernel's present memory. Looking at a recorded run sets the memory back to one of its steps. */
export function presentProcess(state: SessionState): Process {
  const { kernelRun, process } = runningKernel(state);
  kernelRun?.recorded.restorePresent();
  return process;
}

/** Does something that changes the kernel, in its present state, and lists all calls that were made. `use` returns a result or -errno. */
export function makeCalls(state: SessionState, use: (process: Process, now: RunningKernel) => number): CallOutcome {
  const now = runningKernel(state);
  const process = presentProcess(state);
  now.requestRun = null;
  const result = use(process, now);
  const errno = result < 0 ? -result : 0;
  return {
    calls: takeCalls(now),
    kernel: kernelView(now.kernel),
    ret: errno ? -1 : result,
    errno,
    errnoName: errno ? errnoName(errno) : "",
  };
}

/** A call as the page lists it. */
export const callView = (call: SyscallRecord, seq: number, registry: Registry): SyscallView => ({
  ...call,
  ...straceLine(call, registry),
  seq,
  errnoName: call.errno ? errnoName(call.errno) : "",
  errnoText: call.errno ? errnoText(call.errno) : "",
});

const takeCalls = (now: RunningKernel): SyscallView[] =>
  now.process.takeCalls().map((call) => callView(call, ++now.callCount, now.kernel));
