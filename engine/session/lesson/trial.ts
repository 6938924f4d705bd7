// Tries a program: events, one after the other, in a kernel of its own that is thrown away afterwards. The reader's kernel does not change.
import type { KernelApi } from "../api.ts";
import { createKernel } from "../groups/kernel.ts";
import { createRuns } from "../groups/runs.ts";
import { readInput } from "../run/input.ts";
import { newState, type SessionState } from "../state.ts";
import type { KernelView } from "../views/kernel.ts";
import type { EventInput, ProgramInput } from "../views/program.ts";
import type { OutputView, RunView } from "../views/run.ts";

export interface TrialResult {
  /** The result of the last event, u32. undefined: there was none. */
  readonly value?: number;
  readonly run?: RunView;
  /** Lines and records that the last run printed or sent. */
  readonly sent?: readonly OutputView[];
  /** The kernel after the last event. */
  readonly kernel?: KernelView;
  /** Why there is no result: an errno's name, a fault, a sentence. */
  readonly why: string;
  /** Whether an event reached the kernel. */
  readonly ran: boolean;
}

interface LoadedTrial {
  readonly state: SessionState;
  readonly kernel: KernelApi;
  /** The program's descriptor. Negative: the load failed. */
  readonly fd: number;
  readonly errnoName: string;
}

/**
 * Tries one program. `on`: texts for the events of a program of this type, see readInput(). `remembers`: a run leaves something that the
 * next one sees, so each trial needs a fresh kernel.
 */
export function trialRunner(
  options: Pick<SessionState, "registry" | "now" | "onProgress" | "verifyLimitUs">,
  progType: string,
  program: ProgramInput,
  remembers: boolean,
): (on: readonly string[]) => TrialResult {
  const { registry } = options;
  let kept: LoadedTrial | undefined;
  const load = (): LoadedTrial => {
    if (kept && !remembers) return kept;
    const state = newState(registry, options);
    const kernel = createKernel(state);
    const { ret: fd, errnoName } = kernel.load(program);
    if (fd >= 0 && progType === registry.definition.type.name) kernel.attach();
    kept = { state, kernel, fd, errnoName };
    return kept;
  };
  return (on) => {
    const events: EventInput[] = [];
    for (const text of on) {
      const input = readInput(registry, progType, text);
      if (!input.ok) return { why: input.why.en, ran: false };
      events.push(input.event);
    }
    const last = events.at(-1);
    // Only writes to the file and packets go through the kernel's own calls.
    if (last?.kind === "ctx") return runByContext(newState(registry, options), program, last);
    const trial = load();
    if (trial.fd < 0) return { why: trial.errnoName, ran: false };
    let tried: TrialResult = { why: "", ran: false };
    for (const event of events) tried = runByCall(trial, event);
    return tried;
  };
}

function runByCall({ state, kernel, fd }: LoadedTrial, event: EventInput): TrialResult {
  const done = event.kind === "sysfs" ? kernel.writeFile(event.path, event.data) : kernel.testRun(fd, event);
  const after = { kernel: done.kernel, ran: true };
  return done.ret < 0 || !done.run ? { why: done.errnoName, ...after } : { ...resultOfRun(state, done.run), ...after };
}

function runByContext(state: SessionState, program: ProgramInput, event: EventInput): TrialResult {
  const { run } = createRuns(state).runOnce(program, event, true);
  return run ? { ...resultOfRun(state, run), ran: true } : { why: "", ran: false };
}

function resultOfRun(state: SessionState, run: RunView): Pick<TrialResult, "value" | "run" | "sent" | "why"> {
  const { end } = run;
  const sent = createRuns(state).outputs(run.run);
  if (end.kind === "exit") return { value: end.retval, run, sent, why: "" };
  return { run, sent, why: end.kind === "fault" ? end.message : `no end after ${end.steps} steps` };
}
