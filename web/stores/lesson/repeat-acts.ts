// Repeats the acts of a link or of the reader's last visit on the page. Afterwards the kernel, the list of calls and the terminal are as
// they were then.
import { type Act, type ActDone, performActs, type RunView, type SysfsOutcome } from "../../../engine/index.ts";
import type { Lesson } from "../../lessons/lesson.ts";
import { freshCheck } from "../check/verdict.ts";
import { answered, engine } from "../engine.ts";
import { beginJournal } from "../kernel/journal.ts";
import {
  addTerminalLine,
  kernelBooted,
  NOTHING_LOADED,
  noteOutcome,
  queued,
  sameDefinition,
  showFileOutcome,
  useKernel,
  waitForKernel,
} from "../kernel/kernel.ts";
import { programInput, useProgram } from "../program/program.ts";
import { ensureRun, showRun } from "../run/machine.ts";

/** `step`: the step to show of the run that the acts left. */
export async function repeatActs(lesson: Lesson, acts: readonly Act[], step: number): Promise<void> {
  await waitForKernel(({ kernel }) => kernel !== null);
  await ownKernel();
  await queued(() => repeatNow(lesson, acts, step));
}

async function repeatNow(lesson: Lesson, acts: readonly Act[], step: number): Promise<void> {
  await freshCheck();
  // The page's own trial run comes first, so that it does not replace the run that is made here.
  await ensureRun();
  const { openCount } = useProgram.getState();
  const program = programInput(useProgram.getState());
  let source = lesson.state.source;
  let last: { readonly run: RunView; readonly by: string } | undefined;
  useKernel.setState({ ...NOTHING_LOADED, terminal: [] });
  const told = (act: Act, done: ActDone | null): void => {
    if (useProgram.getState().openCount !== openCount) return;
    if (act.do === "write") source = act.source;
    if (!done) return;
    if (done.run) last = { run: done.run, by: act.do === "echo" ? `echo ${act.text}` : "" };
    showAct(act, done, source);
  };
  const start = {
    program: { ...program, source },
    input: useProgram.getState().input,
    recipe: lesson.state.recipe,
  };
  const reader = await answered(performActs(engine().api, start, acts, told));
  if (!reader || useProgram.getState().openCount !== openCount) return;
  beginJournal(source, { ...reader, acts });
  if (last && source === useProgram.getState().source) await showRun(last.run, "event", last.by, step);
}

function showAct(act: Act, done: ActDone, source: string): void {
  if (act.do === "apply" || act.do === "revert" || act.do === "define") return kernelBooted(done.kernel);
  if (act.do === "echo") return showFileOutcome(done as SysfsOutcome, "write");
  if (act.do === "cat") return showFileOutcome(done as SysfsOutcome, "read");
  noteOutcome(done);
  if (act.do === "shell") addTerminalLine(act.line, { output: done.output ?? "", status: done.status ?? 0 });
  if (act.do !== "load" || done.ret < 0) return;
  const program = programInput(useProgram.getState());
  useKernel.setState({ fd: done.ret, loaded: source === program.source ? program : null });
}

/** Waits until the kernel has the program type that the link was made for. */
function ownKernel(): Promise<void> {
  const { askedDefinition, askedPreset } = useProgram.getState();
  return waitForKernel(({ definition, preset }) =>
    askedDefinition ? sameDefinition(askedDefinition, definition) : preset === askedPreset,
  );
}
