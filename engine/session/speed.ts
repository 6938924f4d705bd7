// The same program run very often in both engines, and what the compiler made of it. Loaded when first asked for.
import { asU64, hex64 } from "../base/u64.ts";
import { Jit, SharedMemory } from "../jit/host.ts";
import { Kernel } from "../kernel/kernel.ts";
import { createMaps } from "../kernel/loader.ts";
import { Process } from "../kernel/process.ts";
import type { Registry } from "../kernel/registry.ts";
import { unverified } from "../kernel/run.ts";
import { enterEvent, type Machine, type Outcome } from "../vm/index.ts";
import { REGS } from "../vm/layout.ts";
import { assembleInput, type Clock } from "./check.ts";
import { eventFor } from "./input.ts";
import type { EngineSpeedView, EventInput, ProgramInput, SpeedView } from "./views.ts";

/** Microseconds that one engine may take for all its runs. */
const PATIENCE = 1_000_000;
/** Instructions of one run. */
const BUDGET = 50_000_000;
/** Points of the series that the page draws. */
const POINTS = 60;
/** R0 … R10. */
const REG_BYTES = 88;

/** `null`: the program does not assemble, or nothing makes it run. Says nothing about whether it is safe. */
export function speed(
  registry: Registry,
  input: ProgramInput,
  event: EventInput,
  runs: number,
  now: Clock,
): SpeedView | null {
  const memory = new SharedMemory({ cpus: 4 });
  const kernel = new Kernel({ definition: registry.definition, steps: registry.steps, memory });
  const process = new Process(kernel);
  const { assembly, program } = assembleInput(kernel, input);
  if (!assembly.ok) return null;
  const type = kernel.progType(kernel.progTypeId(program.progType) ?? -1);
  const fds = createMaps(process, program.maps);
  const entry = type && eventFor(kernel, type, event);
  if (!entry || "en" in entry || !Array.isArray(fds)) return null;
  const machine = unverified(kernel, program, fds);
  if (typeof machine === "number") return null;

  const jit = new Jit(memory, () => now() / 1000);
  const compiled = jit.compile(machine.program, true);
  const measure = (run: () => Outcome) => {
    if (enterEvent(machine, entry) < 0) return null;
    return repeat(machine, run, runs, now);
  };
  const interp = measure(() => machine.run(BUDGET));
  const compiledRuns = measure(() => jit.run(machine, BUDGET));
  if (!interp || !compiledRuns) return null;
  return {
    interp,
    jit: compiledRuns,
    compileMs: compiled.compileTime,
    wasmBytes: compiled.code.binary.length,
    wasmText: compiled.code.text,
    layouts: compiled.code.functions.map(({ name, layout }) => ({ name, layout })),
  };
}

/** Runs from the same registers again and again, as BPF_PROG_TEST_RUN's `repeat` does: what a run changed stays. */
function repeat(machine: Machine, run: () => Outcome, runs: number, now: Clock): EngineSpeedView {
  const { memory, program } = machine;
  const start = memory.copyOut(REGS, REG_BYTES);
  const batch = Math.max(1, Math.ceil(runs / POINTS));
  const series: number[] = [];
  let done = 0;
  let outcome: Outcome = { kind: "paused" };
  let spent = 0;
  while (done < runs && spent < PATIENCE) {
    const before = now();
    const most = Math.min(batch, runs - done);
    let inBatch = 0;
    do {
      memory.copyIn(REGS, start);
      machine.program = program;
      machine.ip = 0;
      machine.exited = false;
      outcome = run();
      inBatch++;
    } while (inBatch < most && outcome.kind === "exit" && (inBatch & 255 || now() - before + spent < PATIENCE));
    const took = now() - before;
    spent += took;
    done += inBatch;
    series.push((took * 1000) / inBatch);
    if (outcome.kind !== "exit") break;
  }
  return {
    runs: done,
    insns: Math.round(machine.executed / done),
    nsPerRun: (spent * 1000) / done,
    series,
    result: outcome.kind === "exit" ? hex64(asU64(outcome.r0)) : "",
    fault: outcome.kind === "fault" ? outcome.fault.message : outcome.kind === "paused" ? "budget" : "",
  };
}
