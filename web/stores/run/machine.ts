// A recorded run, and the reader's step in it. Short runs are fetched whole, so that a step needs no question. Of long runs only the
// neighbourhood of the step is kept.
import { create } from "zustand";
import type { InputView, RunView, StepView, Texts } from "../../../engine/index.ts";
import { freshCheck, useVerdict } from "../check/verdict.ts";
import { answered, engine } from "../engine.ts";
import { useEnvironment } from "../program/environment.ts";
import { slotOfLine } from "../program/lines.ts";
import { setMapContents, useMapContents } from "../program/map-contents.ts";
import { programInput, recheck, useProgram } from "../program/program.ts";
import { useBreakpoints } from "./breakpoints.ts";

/** `trial`: made for stepping only. `event`, `test`: made by the simulated kernel on a write or a test run. */
export type RunOrigin = "trial" | "event" | "test" | "unverified";

export interface MachineState {
  readonly run: RunView | null;
  readonly origin: RunOrigin;
  /** What made the run: the text or packet of a trial, the command of an event. */
  readonly input: string;
  /** The packet or context of the run, hex. "": not known, or it was a write. */
  readonly inputBytes: string;
  /** Why there is no run although the program is accepted. */
  readonly noRunReason: Texts | null;
  readonly position: number;
  readonly view: StepView | null;
  /** One number (MARK bits) for each of up to 512 equal parts of the run. */
  readonly marks: Uint8Array;
}

const EMPTY: MachineState = {
  run: null,
  origin: "trial",
  input: "",
  inputBytes: "",
  noRunReason: null,
  position: 0,
  view: null,
  marks: new Uint8Array(0),
};
/** Steps fetched at once. */
const PAGE_STEPS = 512;
const WHOLE_RUN_STEPS = 2048;
const MARK_BUCKETS = 512;

export const useMachine = create<MachineState>()(() => EMPTY);
const { getState: get, setState: set } = useMachine;

let stepCache = new Map<number, StepView>();
let wantedStep = 0;
/** Counts the runs shown, so that a late answer does not replace a newer one. */
let runsShown = 0;
/** How many of them the kernel made. */
let kernelRunsShown = 0;

/** Everything that a trial run depends on. A change to any of it needs a new run. */
function trialInputs(): string {
  const { revision, input } = useProgram.getState();
  const { seed, cpu, sockets } = useEnvironment.getState();
  return `${revision} ${seed} ${cpu} ${sockets} ${input}`;
}

/** Follows verdict, input and environment: soon after the last change, an accepted program has a trial run. */
export function followVerdict(): void {
  let seen = "";
  let seenRevision = -1;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    const { check } = useVerdict.getState();
    const { revision } = useProgram.getState();
    if (!check || check.revision !== revision) return;
    const now = trialInputs();
    if (now === seen) return;
    const edited = revision !== seenRevision;
    seen = now;
    seenRevision = revision;
    clearTimeout(timer);
    wantedAfter = -1;
    if (edited && check.verdict !== "accept") {
      currentTrial = undefined;
      stepCache = new Map();
      set(EMPTY);
      return;
    }
    // A run that the kernel made stays until the program changes. This holds for one that it makes before the timer ends, too.
    if (check.verdict === "accept" && (edited || !isKernelRun(get().origin))) {
      wantedAfter = kernelRunsShown;
      timer = setTimeout(() => isTrialWanted() && void trialOnce(), 120);
    }
  };
  useVerdict.subscribe(look);
  useProgram.subscribe((now, before) => {
    // Another program has other maps.
    if (now.openCount !== before.openCount && Object.keys(useMapContents.getState().byMap).length > 0)
      setMapContents({});
    look();
  });
  useEnvironment.subscribe(look);
  useMapContents.subscribe(recheck);
  useBreakpoints.subscribe((now, before) => now.breakpoints !== before.breakpoints && void refreshMarks());
}

const isKernelRun = (origin: RunOrigin): boolean => origin === "event" || origin === "test";

/** `kernelRunsShown` when the last change asked for a trial. -1: the last change asked for none. */
let wantedAfter = -1;
/** A run that the kernel made since the change takes the trial's place. */
const isTrialWanted = (): boolean => wantedAfter === kernelRunsShown;

/** The trial run that exists or is being made. */
let currentTrial: { readonly inputs: string; readonly done: Promise<void> } | undefined;

/** Makes one trial per set of inputs, even if several callers ask. A second trial would move the reader back to the start. */
function trialOnce(): Promise<void> {
  const inputs = trialInputs();
  if (currentTrial?.inputs !== inputs) currentTrial = { inputs, done: makeTrial() };
  return currentTrial.done;
}

async function makeTrial(verified = true, step?: number): Promise<void> {
  const program = useProgram.getState();
  const before = kernelRunsShown;
  const { api } = engine();
  const input = await answered(api.runs.readInput(program.progType, program.input));
  const answer = input?.ok
    ? await answered(api.runs.runOnce(programInput(program), input.event, verified))
    : input && { run: null, why: input.why };
  if (!answer) currentTrial = undefined; // cancelled: the next caller makes a new one
  // Meanwhile the program was edited, or the kernel made a run of its own: the newer one is kept.
  if (!answer || before !== kernelRunsShown || program.revision !== useProgram.getState().revision) return;
  const { run, why } = answer;
  const origin = verified ? "trial" : "unverified";
  if (run) await showRun(run, origin, program.input, step ?? program.askedStep ?? 0, bytesOf(input));
  else if (verified) set({ ...EMPTY, noRunReason: why });
}

/** The packet or context of the input, hex. "": the input is a write. */
const bytesOf = (input: InputView | undefined): string =>
  input?.ok && input.event.kind !== "sysfs" ? input.event.hex : "";

/** Runs a refused program, to show what the verifier prevented. `step`: the step to show. */
export const runUnverified = (step?: number): Promise<void> => makeTrial(false, step);

/** Shows a run at a step. */
export async function showRun(
  run: RunView,
  origin: RunOrigin,
  input: string,
  step: number,
  inputBytes = "",
): Promise<void> {
  const mine = ++runsShown;
  if (isKernelRun(origin)) kernelRunsShown++;
  const position = Math.min(step, run.length);
  const whole = run.length < WHOLE_RUN_STEPS;
  const from = whole ? 0 : Math.max(0, position - PAGE_STEPS / 2);
  const { api } = engine();
  const answers = await answered(
    Promise.all([api.runs.steps(run.run, from, whole ? run.length + 1 : PAGE_STEPS), askMarks(run)]),
  );
  if (!answers || mine !== runsShown) return;
  const [views, marks] = answers;
  stepCache = new Map(views.map((view) => [view.step, view]));
  wantedStep = position;
  set({
    run,
    origin,
    input,
    inputBytes,
    noRunReason: null,
    position,
    view: stepCache.get(position) ?? null,
    marks,
  });
}

const askMarks = ({ run, length }: RunView): Promise<Uint8Array> =>
  engine().api.runs.marks(
    run,
    Math.max(1, Math.min(MARK_BUCKETS, length)),
    useBreakpoints.getState().breakpoints.flatMap(({ line }) => {
      const slot = slotOfLine(useVerdict.getState().check, line);
      return slot < 0 ? [] : [slot];
    }),
  );

/** Fetches the marks again after other lines got breakpoints. */
async function refreshMarks(): Promise<void> {
  const { run } = get();
  const marks = run && (await answered(askMarks(run)));
  if (marks && get().run === run) set({ marks });
}

/** The view of a step that was shown before, for pictures of the change between two steps. */
export const seenStep = (step: number): StepView | undefined => stepCache.get(step);

/** Makes sure that there is a run of the current program. */
export async function ensureRun(): Promise<RunView | null> {
  const check = await freshCheck();
  // A trial that is wanted is finished before a move. Otherwise it would move the reader back to the start.
  if (check?.verdict === "accept" && (!get().run || isTrialWanted())) await trialOnce();
  return get().run;
}

export async function moveTo(step: number): Promise<void> {
  const run = await ensureRun();
  if (run) await showStep(run, step);
}

/** One step on or back. Several quick presses add up, even before an answer is there. */
export async function moveBy(steps: number): Promise<void> {
  const run = await ensureRun();
  if (run) await showStep(run, wantedStep + steps);
}

/** `wantedStep` is set before the first wait, so that the next press counts from there. */
async function showStep(run: RunView, step: number): Promise<void> {
  wantedStep = Math.max(0, Math.min(run.length, Math.round(step)));
  if (!stepCache.has(wantedStep)) {
    const from = Math.max(0, wantedStep - PAGE_STEPS / 2);
    const views = await answered(engine().api.runs.steps(run.run, from, PAGE_STEPS));
    if (get().run !== run) return;
    if (!views) {
      wantedStep = get().position; // cancelled: the next press counts from what is shown
      return;
    }
    if (stepCache.size > 8 * PAGE_STEPS) stepCache = new Map();
    for (const view of views) stepCache.set(view.step, view);
  }
  const view = stepCache.get(wantedStep);
  if (view) set({ position: wantedStep, view });
}
