// The input that breaks a refused program. It is asked for, and opened as a run at the step before the harm.
import { create } from "zustand";
import type { Texts, WitnessFoundView, WitnessView } from "../../../engine/index.ts";
import { freshCheck } from "../check/verdict.ts";
import { answered, engine } from "../engine.ts";
import { showView } from "../page/layout.ts";
import { setEnvironment } from "../program/environment.ts";
import { setMapContents, useMapContents } from "../program/map-contents.ts";
import { editInput } from "../program/program.ts";
import { runUnverified, useMachine } from "./machine.ts";

/** What happens at the harmful step, and in which run. */
export const useShownHarm = create<{ readonly run: number; readonly step: number; readonly words: Texts | null }>()(
  () => ({ run: -1, step: -1, words: null }),
);

/** `budget`: milliseconds in which the worker answers nothing else. */
export const askWitness = (revision: number, budget: number): Promise<WitnessView | null | undefined> =>
  answered(engine().api.check.witness(revision, budget));

/** Sets input, contents and environment of the program, and records its run without the verifier. */
export async function showWitness({ input, contents, seed, sockets, step, words }: WitnessFoundView): Promise<void> {
  await setEnvironment({ seed, sockets });
  editInput(input);
  const before = useMapContents.getState().byMap;
  if (JSON.stringify(before) !== JSON.stringify(contents)) setMapContents(contents);
  // New contents cause a new check, whose answer would remove the run.
  await freshCheck();
  showView("machine", "registers");
  await runUnverified(step);
  const { run } = useMachine.getState();
  if (run) useShownHarm.setState({ run: run.run, step, words });
}
