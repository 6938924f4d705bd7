// What a printed lesson shows from the page: the program's instructions, the verdict, and the registers at some steps of the run.
import type { StepView } from "../../../engine/index.ts";
import { answered, engine } from "../engine.ts";
import { useMachine } from "../run/machine.ts";

/** How many steps fit a page's width. */
const MOST = 8;

/** The steps that a lesson names, else the first ones of the run. */
export async function printedSteps(wanted: readonly number[]): Promise<readonly StepView[]> {
  const { run } = useMachine.getState();
  if (!run) return [];
  const steps = (wanted.length > 0 ? wanted : Array.from({ length: run.length + 1 }, (_, i) => i))
    .filter((step) => step <= run.length)
    .slice(0, MOST);
  const views = await answered(Promise.all(steps.map((step) => engine().api.runs.step(run.run, step))));
  return (views ?? []).filter((view) => view !== null);
}
