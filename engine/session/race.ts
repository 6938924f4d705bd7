// "Run a million times": the same program on the same event in the interpreter and as WebAssembly, and how long each took.
// No recording; maps keep what the runs before left, as in a kernel.
import { hex64 } from "../base/u64.ts";
import { Jit, SharedMemory } from "../jit/host.ts";
import { Kernel } from "../kernel/kernel.ts";
import { createMaps, unverified } from "../kernel/loader.ts";
import { Process } from "../kernel/process.ts";
import type { Registry } from "../kernel/registry.ts";
import type { Program } from "../program/program.ts";
import { type Event, enterEvent, type Machine, type Outcome } from "../vm/index.ts";
import type { Clock } from "./check.ts";
import type { LapsView, RaceView } from "./run-views.ts";

/** Each engine stops there, however many runs were asked for. */
const MAX_US = 1_500_000;
/** Points of the chart. */
const LAPS = 100;
const BUDGET = 10_000_000;

export function race(
  registry: Registry,
  seed: bigint,
  program: Program,
  event: Event,
  times: number,
  now: Clock,
): RaceView | string {
  const lap = (engine: "interp" | "jit"): { laps: LapsView; text: string } | string => {
    const memory = new SharedMemory({ cpus: 4 });
    const process = new Process(new Kernel({ definition: registry.definition, steps: registry.steps, seed, memory }));
    const fds = createMaps(process, program.maps);
    if (typeof fds === "number") return "a map cannot be made";
    const machine = unverified(process, program, fds);
    const jit = engine === "jit" ? new Jit(memory, () => now() / 1000) : undefined;
    const compiled = jit?.compile(machine.program, true);
    const run = jit ? (on: Machine): Outcome => jit.run(on, BUDGET) : (on: Machine): Outcome => on.run(BUDGET);
    const laps = timed(machine, event, run, Math.max(1, Math.min(times, 10_000_000)), now, compiled?.compileTime ?? 0);
    return typeof laps === "string" ? laps : { laps, text: compiled?.code.text ?? "" };
  };
  const interp = lap("interp");
  if (typeof interp === "string") return interp;
  const jit = lap("jit");
  if (typeof jit === "string") return jit;
  return { interp: interp.laps, jit: jit.laps, wasm: jit.text };
}

function timed(
  machine: Machine,
  event: Event,
  run: (machine: Machine) => Outcome,
  times: number,
  now: Clock,
  compileMs: number,
): LapsView | string {
  const batch = Math.max(1, Math.ceil(times / LAPS));
  const samples: number[] = [];
  const start = now();
  let runs = 0;
  let insns = 0;
  let r0 = 0n;
  while (runs < times && now() - start < MAX_US) {
    const from = now();
    const count = Math.min(batch, times - runs);
    for (let i = 0; i < count; i++) {
      if (enterEvent(machine, event) < 0) return "the event does not fit the program";
      const outcome = run(machine);
      if (outcome.kind === "fault") return outcome.fault.message;
      if (outcome.kind === "paused") return `still running after ${machine.executed} instructions`;
      r0 = outcome.r0;
      insns += machine.executed;
    }
    runs += count;
    samples.push(((now() - from) * 1000) / count);
  }
  return {
    runs,
    insns,
    ns: ((now() - start) * 1000) / runs,
    samples: Float64Array.from(samples),
    compileMs,
    r0: hex64(r0),
  };
}
