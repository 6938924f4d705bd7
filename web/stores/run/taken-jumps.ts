// Which jumps the shown run has taken: pairs of slots that followed each other. Asked once per run. Of a long run only the first steps are
// counted.
import { create } from "zustand";
import { answered, engine } from "../engine.ts";
import { useMachine } from "./machine.ts";

/** `"from to"`: two slots. */
export const useTakenJumps = create<{ readonly edges: ReadonlySet<string> }>()(() => ({ edges: new Set() }));

const STEPS = 8192;
let followers = 0;
let stop: (() => void) | undefined;

/** Keeps the jumps up to date while they are shown. The returned function stops it. */
export function followTaken(): () => void {
  if (followers++ === 0) {
    let seen = useMachine.getState().run;
    void ask();
    stop = useMachine.subscribe(({ run }) => {
      if (run === seen) return;
      seen = run;
      void ask();
    });
  }
  return () => {
    if (--followers === 0) stop?.();
  };
}

async function ask(): Promise<void> {
  const { run } = useMachine.getState();
  const chunk = run && (await answered(engine().api.runs.chunk(run.run, 0, STEPS)));
  if (run !== useMachine.getState().run) return;
  const edges = new Set<string>();
  const slots = chunk?.slots ?? new Int32Array(0);
  for (let i = 1; i < slots.length; i++) edges.add(`${slots[i - 1]} ${slots[i]}`);
  useTakenJumps.setState({ edges });
}
