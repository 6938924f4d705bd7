// A program tried out: events, one after the other, in a kernel of its own that is thrown away. The reader's kernel stays as it is.
import type { KernelApi } from "../api.ts";
import { createKernel } from "../groups/kernel.ts";
import { createRuns } from "../groups/runs.ts";
import { readInput } from "../run/input.ts";
import { newState, type SessionState } from "../state.ts";
import type { KernelView } from "../views/kernel.ts";
import type { EventInput, ProgramInput } from "../views/program.ts";
import type { OutputView, RunView } from "../views/run.ts";

export interface Tried {
  /** What came out of the last event, u32; undefined: nothing did. */
  readonly value?: number;
  readonly run?: RunView;
  /** Lines and records that the last run sent out. */
  readonly sent?: readonly OutputView[];
  /** After the last event. */
  readonly kernel?: KernelView;
  /** Why nothing came out: an errno's name, a fault, a sentence. */
  readonly why: string;
  /** An event got as far as the kernel. */
  readonly ran: boolean;
}

interface Trial {
  readonly state: SessionState;
  readonly kernel: KernelApi;
  /** Of the program; negative: the load failed. */
  readonly fd: number;
  readonly errnoName: string;
}

/**
 * Tries one program. `on`: texts that stand for the events of a program of this type, see readInput(). `remembers`: a run leaves
 * something for the next one, so that each trial needs a kernel that has seen nothing.
 */
export function trialsOf(
  options: Pick<SessionState, "registry" | "now" | "onProgress" | "patience">,
  progType: string,
  program: ProgramInput,
  remembers: boolean,
): (on: readonly string[]) => Tried {
  const { registry } = options;
  let kept: Trial | undefined;
  const load = (): Trial => {
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
    // Only a file and a packet go through the kernel's own calls.
    if (last?.kind === "ctx") return byContext(newState(registry, options), program, last);
    const trial = load();
    if (trial.fd < 0) return { why: trial.errnoName, ran: false };
    let tried: Tried = { why: "", ran: false };
    for (const event of events) tried = byCall(trial, event);
    return tried;
  };
}

function byCall({ state, kernel, fd }: Trial, event: EventInput): Tried {
  const done = event.kind === "sysfs" ? kernel.writeFile(event.path, event.data) : kernel.testRun(fd, event);
  const after = { kernel: done.kernel, ran: true };
  return done.ret < 0 || !done.run ? { why: done.errnoName, ...after } : { ...ended(state, done.run), ...after };
}

function byContext(state: SessionState, program: ProgramInput, event: EventInput): Tried {
  const { run } = createRuns(state).runOnce(program, event, true);
  return run ? { ...ended(state, run), ran: true } : { why: "", ran: false };
}

function ended(state: SessionState, run: RunView): Pick<Tried, "value" | "run" | "sent" | "why"> {
  const { end } = run;
  const sent = createRuns(state).outputs(run.run);
  if (end.kind === "exit") return { value: end.retval, run, sent, why: "" };
  return { run, sent, why: end.kind === "fault" ? end.message : `${end.steps}` };
}
