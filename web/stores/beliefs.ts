// What the verifier believed at the moment in which the run stands: of the visit that this moment belongs to.
import { create } from "zustand";
import type { VisitView } from "../../engine/index.ts";
import { answered, engine } from "./engine.ts";
import { useMachine } from "./machine.ts";
import { useVerdict } from "./verdict.ts";

export interface BeliefsState {
  /** null: nothing to say (edited since, not verified, at the end, not walked with these values). */
  readonly visit: VisitView | null;
}

export const useBeliefs = create<BeliefsState>()(() => ({ visit: null }));

export function followMachine(): void {
  let asked = 0;
  const look = async (): Promise<void> => {
    const { run, view } = useMachine.getState();
    const { check } = useVerdict.getState();
    const mine = ++asked;
    const visit =
      run && view && view.slot >= 0 && check?.verdict === "accept"
        ? await answered(engine().api.check.visitOfStep(check.revision, run.run, view.step))
        : null;
    if (mine === asked) useBeliefs.setState({ visit: visit ?? null });
  };
  useMachine.subscribe((now, before) => now.view !== before.view && void look());
  useVerdict.subscribe((now, before) => now.check !== before.check && void look());
}
