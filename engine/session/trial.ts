// A program tried out: events, one after the other, in a kernel of its own that is thrown away. The reader's kernel stays as it is.
import { createKernel } from "./groups/kernel.ts";
import { createRuns } from "./groups/runs.ts";
import { readInput } from "./input.ts";
import type { RunView } from "./run-views.ts";
import { newState, type SessionState } from "./state.ts";
import type { EventInput, KernelView, ProgramInput } from "./views.ts";

export interface Tried {
  /** What came out of the last event, u32; undefined: nothing did. */
  readonly value?: number;
  readonly run?: RunView;
  /** After the last event. */
  readonly kernel?: KernelView;
  /** Why nothing came out: an errno's name, a fault, a sentence. */
  readonly why: string;
  /** An event got as far as the kernel. */
  readonly ran: boolean;
}

/** `on`: texts that stand for the events of a program of this type, see readInput(). */
export function tryOut(
  options: Pick<SessionState, "registry" | "now" | "onProgress" | "patience">,
  progType: string,
  program: ProgramInput,
  on: readonly string[],
): Tried {
  const { registry } = options;
  const events: EventInput[] = [];
  for (const text of on) {
    const input = readInput(registry, progType, text);
    if (!input.ok) return { why: input.why.en, ran: false };
    events.push(input.event);
  }
  const trial = newState(registry, options);
  // Only a file and a packet go through the kernel's own calls.
  return events.some(({ kind }) => kind === "ctx")
    ? byContext(trial, program, events.at(-1) as EventInput)
    : byCalls(trial, program, events);
}

function byCalls(trial: SessionState, program: ProgramInput, events: readonly EventInput[]): Tried {
  const kernel = createKernel(trial);
  const { ret: fd, errnoName } = kernel.load(program);
  if (fd < 0) return { why: errnoName, ran: false };
  if (events.some(({ kind }) => kind === "sysfs")) kernel.attach();
  let tried: Tried = { why: "", ran: false };
  for (const event of events) {
    const done = event.kind === "sysfs" ? kernel.writeFile(event.path, event.data) : kernel.testRun(fd, event);
    const after = { kernel: done.kernel, ran: true };
    tried = done.ret < 0 || !done.run ? { why: done.errnoName, ...after } : { ...ended(done.run), ...after };
  }
  return tried;
}

function byContext(trial: SessionState, program: ProgramInput, event: EventInput): Tried {
  const { run } = createRuns(trial).runOnce(program, event, true);
  return run ? { ...ended(run), ran: true } : { why: "", ran: false };
}

function ended(run: RunView): Pick<Tried, "value" | "run" | "why"> {
  const { end } = run;
  if (end.kind === "exit") return { value: end.retval, run, why: "" };
  return { run, why: end.kind === "fault" ? end.message : `${end.steps}` };
}
