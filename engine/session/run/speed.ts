// Runs the same program very often in three ways: interpreted, compiled with the loop inside the compiled code, and compiled but entered
// from JavaScript each time. Also shows the compiled code. Loaded when first asked for.
import { bug } from "../../base/bug.ts";
import { asU64, hex64 } from "../../base/u64.ts";
import { insnNamed } from "../../isa/forms.ts";
import { canRepeat } from "../../jit/compile.ts";
import { Jit, SharedMemory } from "../../jit/host.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { createMaps } from "../../kernel/loader.ts";
import { Process } from "../../kernel/process.ts";
import type { Registry } from "../../kernel/registry.ts";
import { unverifiedMachine } from "../../kernel/run.ts";
import type { Program } from "../../program/program.ts";
import { enterEvent, type Machine, type Outcome } from "../../vm/index.ts";
import { REGS } from "../../vm/layout.ts";
import { assembleInput, type Clock } from "../check/check.ts";
import type { EventInput, ProgramInput } from "../views/program.ts";
import type { EngineSpeedView, SpeedView } from "../views/run.ts";
import { eventFor } from "./input.ts";

/** The clock is read after each of this many parts of the time. Shorter parts cannot be measured well, and the first parts are not warm. */
const TIME_PARTS = 16;
/** The most instructions of one run. */
const BUDGET = 50_000_000;
/** R0 … R10. */
const REG_BYTES = 88;

/**
 * `us`: about how long each way may take, in microseconds. null: the program does not assemble, or nothing runs it. Does not check whether
 * the program is safe.
 */
export function speed(
  registry: Registry,
  input: ProgramInput,
  event: EventInput,
  us: number,
  now: Clock,
): SpeedView | null {
  const memory = new SharedMemory();
  const kernel = new Kernel({ definition: registry.definition, steps: registry.steps, memory });
  const process = new Process(kernel);
  const { assembly, program } = assembleInput(kernel, input);
  if (!assembly.ok) return null;
  const type = kernel.progType(kernel.progTypeId(program.progType) ?? -1);
  const fds = createMaps(process, program.maps);
  const entry = type && eventFor(kernel, type, event);
  if (!entry || "en" in entry || !Array.isArray(fds)) return null;
  const machine = unverifiedMachine(kernel, program, fds);
  if (typeof machine === "number") return null;

  const jit = new Jit(memory, () => now() / 1000);
  const compiled = jit.compile(machine.program, true);
  const measure = (many: RunMany) => (enterEvent(machine, entry) < 0 ? null : repeat(machine, many, us, now));
  const interp = measure(eachTime(() => machine.run(BUDGET)));
  const entered = measure(eachTime(() => jit.run(machine, BUDGET)));
  if (!interp || !entered) return null;
  const isLooped = canRepeat(machine.program.insns) && entered.fault === "";
  const inside = isLooped ? measure(loopedBy(jit, machine, entered.insns)) : null;
  return {
    interp,
    inside,
    entered,
    crossingNs: measureEntry(kernel, program, jit, us / 4, now),
    compileMs: compiled.compileTime,
    wasmBytes: compiled.code.binary.length,
    wasmText: compiled.code.text,
    layouts: compiled.code.functions.map(({ name, layout }) => ({ name, layout })),
  };
}

/** Nanoseconds that one entry into compiled code takes, measured with a program that does nothing. */
function measureEntry(kernel: Kernel, program: Program, jit: Jit, us: number, now: Clock): number {
  const insns = [insnNamed("mov64_imm"), insnNamed("exit")];
  const nothing = unverifiedMachine(kernel, { ...program, insns, maps: [], mapRefs: new Map() }, []);
  if (typeof nothing === "number") throw bug("a program that does nothing cannot be run");
  jit.compile(nothing.program, true);
  const entered = repeat(
    nothing,
    eachTime(() => jit.run(nothing, BUDGET)),
    us,
    now,
  );
  nothing.reset();
  const inside = repeat(nothing, loopedBy(jit, nothing, insns.length), us, now);
  return Math.max(0, entered.nsPerRun - inside.nsPerRun);
}

/** Without leaving the compiled code. A run may be longer than the one before. An endless run ends with its batch. */
const loopedBy =
  (jit: Jit, machine: Machine, insns: number): RunMany =>
  (restart, times) => {
    restart();
    return jit.repeat(machine, times, BUDGET + 16 * times * (insns + 1));
  };

/** Does `times` runs, or fewer if a run does not exit. `restart` sets the machine to the registers at the entry. */
type RunMany = (restart: () => void, times: number) => Outcome;

const eachTime =
  (run: () => Outcome): RunMany =>
  (restart, times) => {
    let outcome: Outcome = { kind: "paused" };
    for (let i = 0; i < times; i++) {
      restart();
      outcome = run();
      if (outcome.kind !== "exit") break;
    }
    return outcome;
  };

/** Runs from the same registers again and again, as BPF_PROG_TEST_RUN's `repeat` does: other changes by a run stay. */
function repeat(machine: Machine, many: RunMany, us: number, now: Clock): EngineSpeedView {
  const { memory, program } = machine;
  const start = memory.copyOut(REGS, REG_BYTES);
  const restart = (): void => {
    memory.copyIn(REGS, start);
    machine.program = program;
    machine.ip = 0;
    machine.exited = false;
  };
  let outcome: Outcome = { kind: "paused" };
  let [runs, spent] = [0, 0];
  let [measured, took] = [0, 0];
  for (let batch = 1; spent < us; ) {
    const before = now();
    outcome = many(restart, batch);
    const part = now() - before;
    runs += batch;
    spent += part;
    if (outcome.kind !== "exit") break;
    if (part * TIME_PARTS * 2 >= us) {
      measured += batch;
      took += part;
    }
    if (part * TIME_PARTS < us) batch *= 2;
  }
  const each = measured > 0 ? took / measured : spent / runs;
  return {
    runs,
    insns: Math.round(machine.executed / runs),
    nsPerRun: each * 1000,
    result: outcome.kind === "exit" ? hex64(asU64(outcome.r0)) : "",
    fault: outcome.kind === "fault" ? outcome.fault.message : outcome.kind === "paused" ? "budget" : "",
  };
}
