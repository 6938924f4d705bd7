// The one moment that all panes show: the step of the run, and the verifier's visit that matches it. A visit that the run did not reach, or
// that the reader pinned, is shown apart from the run.
import { create } from "zustand";
import type { VisitView } from "../../../engine/index.ts";
import { useVerdict } from "../check/verdict.ts";
import { answered, engine } from "../engine.ts";
import { useMachine } from "./machine.ts";

export interface BeliefsState {
  /**
   * The visit that matches the step. null: none, because the program was edited since, was not verified, or the verifier did not process
   * this path with these values.
   */
  readonly visit: VisitView | null;
  /** The visit that the verifier's views show instead. null: they show `visit`. */
  readonly separateVisit: VisitView | null;
  /** The reader pinned `separateVisit`, so it stays when the run moves. */
  readonly pinned: boolean;
}

export const useBeliefs = create<BeliefsState>()(() => ({ visit: null, separateVisit: null, pinned: false }));
const { getState: get, setState: set } = useBeliefs;

/** The visit that the verifier's views show. */
export const shownVisit = ({ visit, separateVisit }: BeliefsState): VisitView | null => separateVisit ?? visit;
export const useShownVisit = (): VisitView | null => useBeliefs(shownVisit);

export function followMachine(): void {
  let asked = 0;
  const refresh = async (): Promise<void> => {
    const { run, view } = useMachine.getState();
    const { check } = useVerdict.getState();
    const mine = ++asked;
    // After the last instruction, the moment is still that of the exit.
    const step = run && view ? (view.slot < 0 ? view.step - 1 : view.step) : -1;
    const visit =
      run && step >= 0 && check?.verdict === "accept"
        ? await answered(engine().api.check.visitOfStep(check.revision, run.run, step))
        : null;
    if (mine === asked) set({ visit: visit ?? null });
  };
  useMachine.subscribe((now, before) => {
    if (now.view === before.view) return;
    if (!get().pinned) set({ separateVisit: null });
    void refresh();
  });
  useVerdict.subscribe((now, before) => {
    if (now.check === before.check) return;
    // Numbers of visits are valid for one check only.
    set({ separateVisit: null, pinned: false });
    void refresh();
  });
}
