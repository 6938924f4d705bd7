// What the engine says about the program as it stands: asked anew with every change, older answers dropped.
// While an answer is awaited only the newest text is kept waiting, so that typing never queues up work.
import { create } from "zustand";
import { Cancelled, type CheckView } from "../../engine/index.ts";
import { engine, onEngineBug } from "./engine.ts";
import { programInput, useProgram } from "./program.ts";

export interface VerdictState {
  readonly check: CheckView | null;
  /** Text of an exception in the engine: our own mistake. */
  readonly bug: string;
  readonly checking: boolean;
}

export const useVerdict = create<VerdictState>()(() => ({ check: null, bug: "", checking: false }));

const { getState: get, setState: set } = useVerdict;

/** Starts following the program. */
export function followProgram(): void {
  onEngineBug((bug) => set({ bug }));
  let seen = -1;
  const look = (): void => {
    const { revision } = useProgram.getState();
    if (revision === seen) return;
    seen = revision;
    void ask();
  };
  useProgram.subscribe(look);
  look();
}

/** The check of the program as it stands now; waits for it where it is still being made. */
export async function freshCheck(): Promise<CheckView | null> {
  while (get().checking || get().check?.revision !== useProgram.getState().revision) {
    if (!get().checking && get().bug !== "") return null;
    await new Promise<void>((resolve) => {
      const stop = useVerdict.subscribe(() => {
        stop();
        resolve();
      });
    });
  }
  return get().check;
}

async function ask(): Promise<void> {
  if (get().checking) return; // the loop below sees the newest text
  set({ checking: true });
  for (;;) {
    const program = useProgram.getState();
    try {
      const check = await engine().api.check(programInput(program), program.revision);
      const current = check.revision === useProgram.getState().revision;
      set({ check, bug: "", checking: !current });
      if (current) return;
    } catch (error) {
      const current = program.revision === useProgram.getState().revision;
      const cancelled = error instanceof Cancelled;
      set({ bug: cancelled ? "" : String(error instanceof Error ? error.message : error), checking: !current });
      if (current) return;
    }
  }
}
