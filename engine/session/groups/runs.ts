// Runs and their steps. This group makes runs without load and attach, and answers questions about every run.

import type { Texts } from "../../base/language.ts";
import { insnHex } from "../../isa/insn.ts";
import { Kernel } from "../../kernel/kernel.ts";
import { createMaps } from "../../kernel/loader.ts";
import { Process } from "../../kernel/process.ts";
import { unverifiedMachine } from "../../kernel/run.ts";
import { enterEvent } from "../../vm/index.ts";
import type { RunsApi } from "../api.ts";
import { check } from "../check/check.ts";
import { slotViews } from "../check/source.ts";
import { recordRun, runByNumber, runningKernel } from "../kernel/running-kernel.ts";
import { parseCondition } from "../run/condition.ts";
import { entryRefusal, eventFor, readInput } from "../run/input.ts";
import { mapsAt, packetAt } from "../run/step-contents.ts";
import { type KeptRun, lastCheckOf, progressWatcher, type SessionState } from "../state.ts";

export function createRuns(state: SessionState): RunsApi {
  /** A run, ready for questions about its steps. */
  const keptRun = (run: number): KeptRun | undefined => runByNumber(state, run);
  const recordedRun = (run: number) => keptRun(run)?.recorded;

  return {
    readInput: (progType, text) => readInput(state.registry, progType, text),
    runOnce(input, event, verified) {
      const { definition, steps } = state.registry;
      const now = runningKernel(state);
      const kernel = new Kernel({ definition, steps, env: now.environment });
      const process = new Process(kernel);
      const { view, program, assembly } =
        lastCheckOf(state, input) ?? check(kernel, input, -1, state.now, () => progressWatcher(state));
      const nothing = (why: Texts | null) => ({ check: view, run: null, why });
      if (!assembly.ok || (verified && view.verdict !== "accept")) return nothing(null);
      const type = kernel.progType(kernel.progTypeId(program.progType) ?? -1);
      const fds = createMaps(process, program.maps);
      if (!type || !Array.isArray(fds)) return nothing(null);
      const entry = eventFor(kernel, type, event);
      if ("en" in entry) return nothing(entry);
      const machine = unverifiedMachine(kernel, program, fds);
      if (typeof machine === "number") return nothing(null);
      const entered = enterEvent(machine, entry);
      if (entered < 0) return nothing(entryRefusal(event.kind, entered));
      const { recorded, shown } = recordRun(state, kernel, machine, program.insns, view.slots);
      now.standaloneRun = { kernel, recorded, maps: [...kernel.maps.values()] };
      return { check: view, run: shown, why: null };
    },
    runsFrom(run) {
      runningKernel(state).lastRun = run - 1;
    },

    step: (run, step) => recordedRun(run)?.step(step) ?? null,
    steps: (run, from, count) => recordedRun(run)?.steps(from, count) ?? [],
    chunk: (run, from, count) => recordedRun(run)?.chunk(from, count) ?? null,
    marks: (run, buckets, breakpoints = []) => recordedRun(run)?.marks(buckets, breakpoints) ?? new Uint8Array(),
    seek: (run, from, query) => recordedRun(run)?.seek(from, query) ?? null,
    goOn: (run, from, stops, back = false) => recordedRun(run)?.goOn(from, stops, back) ?? null,
    async stepAt(run, slot, from) {
      const { nearestStep } = await import("../run/visit-of-step.ts");
      const kept = recordedRun(run);
      return kept ? nearestStep(kept, slot, from) : -1;
    },
    outputs: (run) => recordedRun(run)?.outputs ?? [],
    mapsAt(run, step, windows = []) {
      const kept = keptRun(run);
      return kept ? mapsAt(kept.kernel, kept.maps, kept.recorded, step, windows) : [];
    },
    packetAt(run, step) {
      const kept = recordedRun(run);
      return kept ? packetAt(kept, step) : null;
    },
    slotsOf(run, id) {
      const prog = progOf(keptRun(run), id);
      return prog ? (runningKernel(state).slotsOfProg.get(prog) ?? slotViews(prog.insns, () => null)) : [];
    },
    async say(run, step) {
      const { nextInWords, sentence } = await import("../run/sentence.ts");
      const kept = keptRun(run);
      const after = kept?.recorded.step(step);
      if (!after || after.step !== step) return null;
      if (step === 0) return nextInWords(hexAt(kept, after.prog, after.slot), after.slot);
      const before = kept?.recorded.step(step - 1);
      return before ? sentence(hexAt(kept, before.prog, before.slot), before, after) : null;
    },

    async traffic(run) {
      const { trafficOfRun } = await import("../run/flow.ts");
      const kept = recordedRun(run);
      return kept ? trafficOfRun(kept.source.insns, kept.timeline) : null;
    },
    async rounds(run, loop, limit) {
      const { roundsOfRun } = await import("../run/flow.ts");
      const kept = recordedRun(run);
      return kept ? roundsOfRun(kept.source.insns, kept.timeline, loop, limit) : null;
    },

    checkCondition(text) {
      const condition = parseCondition(text);
      return typeof condition === "string" ? condition : "";
    },
  };
}

/** A program that a tail call of the run entered. */
const progOf = (kept: KeptRun | undefined, id: number) => kept?.kernel.progOfLoadedId(id);

/** The bytes of the instruction at a slot of the run's program, or of one that a tail call entered. "": no such instruction. */
function hexAt(kept: KeptRun | undefined, id: number, slot: number): string {
  const insns = id === 0 ? kept?.recorded.source.insns : progOf(kept, id)?.insns;
  return (insns?.slice(slot, slot + 2) ?? []).map(insnHex).join("");
}
