// Moves the moment: to an instruction, to a visit of the verifier, to a line of its log. The run follows if it reached that place.
// Otherwise the visit is shown apart from it. Also keeps what the pane needs: the other visits of the instruction, and a second one to
// compare.
import { create } from "zustand";
import type { VisitView } from "../../../engine/index.ts";
import { revealSlot } from "../check/reveal.ts";
import { useVerdict } from "../check/verdict.ts";
import { answered, engine } from "../engine.ts";
import { useFocus } from "../page/focus.ts";
import { slotsOnLine } from "../program/lines.ts";
import { shownVisit, useBeliefs } from "./beliefs.ts";
import { moveTo, useMachine } from "./machine.ts";

export interface VisitsState {
  /** Slot of the instruction. -1: none at the cursor. */
  readonly slot: number;
  /** Numbers of all its visits, in the verifier's order. Readers see the position in this list, from 1. */
  readonly numbers: Int32Array;
  /** The shown visit. null: none, or not loaded yet. */
  readonly visit: VisitView | null;
  /** The visit beside it. null: no comparison. */
  readonly secondVisit: VisitView | null;
}

const NONE = new Int32Array();

export const useVisits = create<VisitsState>()(() => ({ slot: -1, numbers: NONE, visit: null, secondVisit: null }));

const { getState: get, setState: set } = useVisits;

const checkedRevision = (): number => useVerdict.getState().check?.revision ?? -1;

/** Without a moment: the instruction on the cursor's line, else the refused one. */
function slotAtCursor(): number {
  const { check } = useVerdict.getState();
  const { line } = useFocus.getState();
  return slotsOnLine(check, line)[0]?.slot ?? check?.messageSlot ?? -1;
}

/** null: there is no visit of that number. */
const visitAt = async (revision: number, number: number): Promise<VisitView | null> =>
  revision < 0 || number < 0 ? null : ((await answered(engine().api.check.visitAt(revision, number))) ?? null);

let refreshes = 0;

/** Finds the visit of the moment. Without a moment: the first visit of the instruction at the cursor. */
async function refresh(): Promise<void> {
  const mine = ++refreshes;
  const shown = shownVisit(useBeliefs.getState());
  const slot = shown?.slot ?? slotAtCursor();
  const revision = checkedRevision();
  if (revision < 0 || slot < 0) return set({ slot, numbers: NONE, visit: null, secondVisit: null });
  const numbers =
    slot === get().slot && shown && get().numbers.includes(shown.visit)
      ? get().numbers
      : ((await answered(engine().api.check.visitNumbers(revision, slot))) ?? NONE);
  const visit = shown ?? (await visitAt(revision, numbers[0] ?? -1));
  if (mine === refreshes)
    set((s) => ({ slot, numbers, visit, secondVisit: s.secondVisit?.slot === slot ? s.secondVisit : null }));
}

/** Follows the moment until the returned function is called. */
export function watchVisits(): () => void {
  const stops = [
    useBeliefs.subscribe(
      (now, before) => (now.visit !== before.visit || now.separateVisit !== before.separateVisit) && void refresh(),
    ),
    useVerdict.subscribe((now, before) => {
      if (now.check === before.check) return;
      set({ slot: -1, numbers: NONE });
      void refresh();
    }),
    useFocus.subscribe((now, before) => now.line !== before.line && void refresh()),
  ];
  void refresh();
  return () => {
    refreshes++;
    for (const stop of stops) stop();
  };
}

/** Moves the moment to a visit: the run to its step, the text to its line. */
export async function showVisit(number: number): Promise<void> {
  const revision = checkedRevision();
  const visit = await visitAt(revision, number);
  if (!visit) return;
  revealSlot(visit.slot, false);
  if (useBeliefs.getState().pinned) return useBeliefs.setState({ separateVisit: visit });
  const { run, position } = useMachine.getState();
  const step = run ? ((await answered(engine().api.check.stepOfVisit(revision, run.run, number, position))) ?? -1) : -1;
  if (step >= 0 && step !== position) return moveTo(step);
  useBeliefs.setState({ separateVisit: step >= 0 ? null : visit });
}

/** Shows the visit of the same instruction at an index of `numbers`. */
export function showVisitAt(index: number): void {
  const number = get().numbers[index];
  if (number !== undefined) void showVisit(number);
}

/** Moves the moment to the visit that wrote a line of the log. */
export async function showLine(slot: number, line: number): Promise<void> {
  const revision = checkedRevision();
  const number = revision < 0 || slot < 0 ? -1 : await answered(engine().api.check.visitOfLine(revision, slot, line));
  if (number === undefined || number < 0) return revealSlot(slot, false);
  await showVisit(number);
}

/** Moves the moment to an instruction: the nearest step of the run, else the verifier's first visit. */
export async function showSlot(slot: number): Promise<void> {
  const { run, view, position } = useMachine.getState();
  if (slot < 0) return;
  if (!useBeliefs.getState().pinned && run) {
    if (view?.slot === slot) return useBeliefs.setState({ separateVisit: null });
    const step = await answered(engine().api.runs.stepAt(run.run, slot, position));
    if (step !== undefined && step >= 0) return moveTo(step);
  }
  const revision = checkedRevision();
  if (revision < 0) return;
  const [first = -1] = (await answered(engine().api.check.visitNumbers(revision, slot))) ?? NONE;
  useBeliefs.setState({ separateVisit: await visitAt(revision, first) });
}

/** The same with the instruction of a line. A line without one changes nothing. */
export async function showSourceLine(line: number): Promise<void> {
  const { check } = useVerdict.getState();
  const on = slotsOnLine(check, line);
  const now = useMachine.getState().view?.slot ?? -1;
  if (on.some(({ slot }) => slot === now) && !useBeliefs.getState().separateVisit) return;
  const [first] = on;
  if (first) await showSlot(first.slot);
}

/** Separates the verifier's views from the run, and joins them again. */
export function setPinned(pinned: boolean): void {
  const { visit } = get();
  if (pinned && visit) useBeliefs.setState({ pinned: true, separateVisit: visit });
  else useBeliefs.setState({ pinned: false, separateVisit: null });
}

/** Shows a second visit beside the shown one. -1: none. */
export async function showSecondVisit(number: number): Promise<void> {
  set({ secondVisit: await visitAt(checkedRevision(), number) });
}
