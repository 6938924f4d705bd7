// What the engine says about the program as it stands: asked anew with every change, older answers dropped.
// While an answer is awaited only the newest text is kept waiting, so that typing never queues up work; a check that takes
// long is ended by the next change.
import { create } from "zustand";
import { Cancelled, type CheckView } from "../../../engine/index.ts";
import { answered, engine, onEngineBug, onEngineProgress } from "../engine.ts";
import { programInput, useProgram } from "../program/program.ts";

export interface VerdictState {
  readonly check: CheckView | null;
  /** Text of an exception in the engine: our own mistake. */
  readonly bug: string;
  readonly checking: boolean;
  /** Instructions that a verification under way has walked, where it takes longer than a moment; else 0. */
  readonly walked: number;
  /** The reader ended the check of this program. */
  readonly stopped: boolean;
}

export const useVerdict = create<VerdictState>()(() => ({
  check: null,
  bug: "",
  checking: false,
  walked: 0,
  stopped: false,
}));

const { getState: get, setState: set } = useVerdict;

/** Milliseconds after which a change ends a check under way instead of waiting for it. */
const PATIENCE = 500;
/** Milliseconds after which the page says how far a check has come. */
const MOMENT = 250;
let began = 0;

/** Starts following the program. */
export function followProgram(): void {
  onEngineBug((bug) => set({ bug }));
  onEngineProgress((walked) => {
    if (get().checking && performance.now() - began > MOMENT) set({ walked });
  });
  let seen = -1;
  const look = (): void => {
    const { revision } = useProgram.getState();
    if (revision === seen) return;
    seen = revision;
    // Only one that walks and walks: to end the engine while it starts would lose what else it was asked.
    if (get().checking && get().walked > 0 && performance.now() - began > PATIENCE) engine().cancel();
    void ask();
  };
  useProgram.subscribe(look);
  look();
}

/** The check of the program as it stands now; waits for it where it is still being made. */
export async function freshCheck(): Promise<CheckView | null> {
  while (get().checking || get().check?.revision !== useProgram.getState().revision) {
    if (!get().checking && (get().bug !== "" || get().stopped)) return null;
    await new Promise<void>((resolve) => {
      const stop = useVerdict.subscribe(() => {
        stop();
        resolve();
      });
    });
  }
  return get().check;
}

/** Ends a check that takes too long; what was known before stays in sight. */
export const stopChecking = (): void => engine().cancel();

/** Asks again after it was stopped. */
export const checkAgain = (): void => void ask();

/** Has the log of a long verification written down. */
export async function writeLog(): Promise<void> {
  const { check } = get();
  if (!check || get().checking) return;
  began = performance.now();
  set({ checking: true });
  const written = await answered(engine().api.check.writeLog(check.revision));
  set({ checking: false, walked: 0, ...(written && get().check === check && { check: written }) });
  if (useProgram.getState().revision !== check.revision) void ask();
}

async function ask(): Promise<void> {
  if (get().checking) return; // the loop below sees the newest text
  set({ checking: true, stopped: false });
  for (;;) {
    const program = useProgram.getState();
    const isNewest = (): boolean => program.revision === useProgram.getState().revision;
    began = performance.now();
    try {
      const check = await engine().api.check.check(programInput(program), program.revision);
      set({ check, bug: "", checking: !isNewest(), walked: 0 });
    } catch (error) {
      const isStopped = error instanceof Cancelled;
      const bug = isStopped ? "" : String(error instanceof Error ? error.message : error);
      set({ bug, checking: !isNewest(), walked: 0, stopped: isStopped && isNewest() });
    }
    if (isNewest()) return;
  }
}
