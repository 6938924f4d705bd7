// The engine's answer about the current program. Every change asks anew, and answers about older texts are dropped. While an answer is
// awaited, only the newest text waits, so typing never queues up work. A change ends a check that takes long.
import { create } from "zustand";
import { Cancelled, type CheckView, thrownText } from "../../../engine/index.ts";
import { answered, engine, onEngineBug, onEngineProgress } from "../engine.ts";
import { programInput, useProgram } from "../program/program.ts";

export interface VerdictState {
  readonly check: CheckView | null;
  /** Text of an exception in the engine: a bug of ours. */
  readonly bug: string;
  readonly checking: boolean;
  /** Instructions that the running verification has processed, if it takes longer than SHOW_PROGRESS_MS. Otherwise 0. */
  readonly insnsProcessed: number;
  /** The reader stopped the check of this program. */
  readonly stopped: boolean;
}

export const useVerdict = create<VerdictState>()(() => ({
  check: null,
  bug: "",
  checking: false,
  insnsProcessed: 0,
  stopped: false,
}));

const { getState: get, setState: set } = useVerdict;

/** Milliseconds after which a change ends a running check instead of waiting for it. */
const PATIENCE_MS = 500;
/** Milliseconds after which the page shows the progress of a check. */
const SHOW_PROGRESS_MS = 250;
let began = 0;

/** Starts following the program. */
export function followProgram(): void {
  onEngineBug((bug) => set({ bug }));
  onEngineProgress((walked) => {
    if (get().checking && performance.now() - began > SHOW_PROGRESS_MS) set({ insnsProcessed: walked });
  });
  let seen = -1;
  const look = (): void => {
    const { revision } = useProgram.getState();
    if (revision === seen) return;
    seen = revision;
    // Only if the verifier has already processed instructions. Ending the engine while it starts would lose its other requests.
    if (get().checking && get().insnsProcessed > 0 && performance.now() - began > PATIENCE_MS) engine().cancel();
    void ask();
  };
  useProgram.subscribe(look);
  look();
}

/** The check of the current program. Waits for a check that is still running. */
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

/** Asks again after a stop. */
export const checkAgain = (): void => void ask();

/** Asks for the log of a long verification. */
export async function writeLog(): Promise<void> {
  const { check } = get();
  if (!check || get().checking) return;
  began = performance.now();
  set({ checking: true });
  const written = await answered(engine().api.check.writeLog(check.revision));
  set({ checking: false, insnsProcessed: 0, ...(written && get().check === check && { check: written }) });
  if (useProgram.getState().revision !== check.revision) void ask();
}

async function ask(): Promise<void> {
  if (get().checking) return; // the loop below takes the newest text
  set({ checking: true, stopped: false });
  for (;;) {
    const program = useProgram.getState();
    const isNewest = (): boolean => program.revision === useProgram.getState().revision;
    began = performance.now();
    try {
      const check = await engine().api.check.check(programInput(program), program.revision);
      set({ check, bug: "", checking: !isNewest(), insnsProcessed: 0 });
    } catch (error) {
      const isStopped = error instanceof Cancelled;
      const bug = isStopped ? "" : thrownText(error);
      set({ bug, checking: !isNewest(), insnsProcessed: 0, stopped: isStopped && isNewest() });
    }
    if (isNewest()) return;
  }
}
