// The one moment that all panes show: the step of the run, and the visit of the verifier that it belongs to. A visit that the
// run did not come by, or that the reader pinned, stands apart from it.
import { create } from "zustand";
import type { VisitView } from "../../../engine/index.ts";
import { useVerdict } from "../check/verdict.ts";
import { answered, engine } from "../engine.ts";
import { useMachine } from "./machine.ts";

export interface BeliefsState {
  /** Of the step; null: nothing to say (edited since, not verified, not walked with these values). */
  readonly visit: VisitView | null;
  /** Shown instead of it by all that shows the verifier; null: both are one moment. */
  readonly apart: VisitView | null;
  /** `apart` stays where the run moves: the reader pinned it. */
  readonly pinned: boolean;
}

export const useBeliefs = create<BeliefsState>()(() => ({ visit: null, apart: null, pinned: false }));
const { getState: get, setState: set } = useBeliefs;

/** The visit that the verifier's views show. */
export const shownVisit = ({ visit, apart }: BeliefsState): VisitView | null => apart ?? visit;
export const useShownVisit = (): VisitView | null => useBeliefs(shownVisit);

export function followMachine(): void {
  let asked = 0;
  const look = async (): Promise<void> => {
    const { run, view } = useMachine.getState();
    const { check } = useVerdict.getState();
    const mine = ++asked;
    // After the last instruction the moment is still that of the exit.
    const step = run && view ? (view.slot < 0 ? view.step - 1 : view.step) : -1;
    const visit =
      run && step >= 0 && check?.verdict === "accept"
        ? await answered(engine().api.check.visitOfStep(check.revision, run.run, step))
        : null;
    if (mine === asked) set({ visit: visit ?? null });
  };
  useMachine.subscribe((now, before) => {
    if (now.view === before.view) return;
    if (!get().pinned) set({ apart: null });
    void look();
  });
  useVerdict.subscribe((now, before) => {
    if (now.check === before.check) return;
    // Numbers of visits are the check's.
    set({ apart: null, pinned: false });
    void look();
  });
}
