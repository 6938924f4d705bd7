// Which of the verifier's visits the reader looks at: the first one of the instruction at the cursor, or one that was
// chosen by leafing or by following a path; and a second one beside it, to compare.
import { create } from "zustand";
import type { VisitView } from "../../engine/index.ts";
import { answered, engine } from "./engine.ts";
import { revealSlot, useFocus } from "./focus.ts";
import { useMachine } from "./machine.ts";
import { useVerdict } from "./verdict.ts";

export interface VisitsState {
  /** Slot of the instruction; -1: none at the cursor. */
  readonly slot: number;
  /** Numbers of all its visits, in the verifier's order. */
  readonly numbers: Int32Array;
  /** The visit looked at; null: none, or on its way. */
  readonly visit: VisitView | null;
  /** Beside it; null: nothing is compared. */
  readonly other: VisitView | null;
  /** Number of a visit that was chosen; -1: the cursor decides. */
  readonly pinned: number;
}

const NONE = new Int32Array();

export const useVisits = create<VisitsState>()(() => ({
  slot: -1,
  numbers: NONE,
  visit: null,
  other: null,
  pinned: -1,
}));

const { getState: get, setState: set } = useVisits;

/** The instruction on the cursor's line; where the line has none, the one about to run. */
function slotAtCursor(): number {
  const { check } = useVerdict.getState();
  const { line } = useFocus.getState();
  const found = check?.slots.find(({ span }) => span && span.line <= line && line <= span.endLine);
  return found?.slot ?? useMachine.getState().view?.slot ?? -1;
}

let turn = 0;

async function look(slot: number, choose: (numbers: Int32Array) => number): Promise<void> {
  const mine = ++turn;
  const revision = useVerdict.getState().check?.revision ?? -1;
  if (revision < 0 || slot < 0) return set({ slot, numbers: NONE, visit: null, other: null, pinned: -1 });
  const { api } = engine();
  const numbers = (await answered(api.check.visitNumbers(revision, slot))) ?? NONE;
  const number = choose(numbers);
  const visit = number < 0 ? null : ((await answered(api.check.visitAt(revision, number))) ?? null);
  if (mine === turn) set({ slot, numbers, visit });
}

/** Follows cursor, program and run until the function it gives is called. */
export function watchVisits(): () => void {
  const moved = (): void => {
    const slot = slotAtCursor();
    if (slot !== get().slot) toCursor();
  };
  const stops = [
    useVerdict.subscribe((now, before) => now.check !== before.check && toCursor()),
    useFocus.subscribe((now, before) => now.line !== before.line && moved()),
    useMachine.subscribe((now, before) => now.view !== before.view && get().pinned < 0 && moved()),
  ];
  if (get().pinned < 0) toCursor();
  else void showVisit(get().pinned);
  return () => {
    turn++;
    for (const stop of stops) stop();
  };
}

/** Shows a visit, wherever it stands; the text beside it follows. */
export async function showVisit(number: number): Promise<void> {
  const revision = useVerdict.getState().check?.revision ?? -1;
  const found = revision < 0 || number < 0 ? null : await answered(engine().api.check.visitAt(revision, number));
  if (!found) return;
  set((s) => ({ pinned: number, other: s.other?.slot === found.slot ? s.other : null }));
  await look(found.slot, () => number);
  revealSlot(found.slot, false);
}

/** The visit of the same instruction at an index of `numbers`. */
export function leaf(index: number): void {
  const number = get().numbers[index];
  if (number !== undefined) void showVisit(number);
}

/** Shows the visit that wrote a line of the log, where the visits are in sight next. */
export async function pinLine(slot: number, line: number): Promise<void> {
  const revision = useVerdict.getState().check?.revision ?? -1;
  const number = revision < 0 || slot < 0 ? -1 : await answered(engine().api.check.visitOfLine(revision, slot, line));
  if (number === undefined || number < 0) return;
  set({ pinned: number, other: null });
  await look(slot, () => number);
}

/** The cursor decides again. */
export function toCursor(): void {
  set({ pinned: -1, other: null });
  void look(slotAtCursor(), (numbers) => numbers[0] ?? -1);
}

/** A second visit beside the one that is shown; -1: none any more. */
export async function compareWith(number: number): Promise<void> {
  const revision = useVerdict.getState().check?.revision ?? -1;
  const other = number < 0 || revision < 0 ? null : await answered(engine().api.check.visitAt(revision, number));
  set({ other: other ?? null });
}
