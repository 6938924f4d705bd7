// The search for the instructions that write or read a register, and which of them is shown.
import { create } from "zustand";
import type { CheckView, SlotView } from "../../../engine/index.ts";
import { useFocus } from "../page/focus.ts";
import { revealSlot } from "./reveal.ts";
import { useVerdict } from "./verdict.ts";

export interface RegisterSearch {
  /** 0 … 10. -1: no search. */
  readonly reg: number;
  /** The slot shown last. -1: none yet. */
  readonly shownSlot: number;
}

export interface RegisterPlace {
  readonly slot: SlotView;
  readonly reads: boolean;
  readonly writes: boolean;
}

export const useRegisterSearch = create<RegisterSearch>()(() => ({ reg: -1, shownSlot: -1 }));

export const findRegister = (reg: number, shownSlot = -1): void => useRegisterSearch.setState({ reg, shownSlot });
/** Searches the register that the cursor's line writes, else one that it reads, else R0. */
export function findRegisterAtCursor(): void {
  const { line } = useFocus.getState();
  const here = useVerdict.getState().check?.slots.find(({ span }) => span?.line === line);
  const lowest = (mask: number): number => 31 - Math.clz32(mask & -mask);
  findRegister(here ? Math.max(0, lowest(here.writes || here.reads)) : 0, here?.slot ?? -1);
}
export const endSearch = (): void => findRegister(-1);

/** The places in the program's order. */
export function placesOf(check: CheckView | null, reg: number): RegisterPlace[] {
  if (!check || reg < 0) return [];
  const bit = 1 << reg;
  return check.slots
    .filter(({ reads, writes }) => ((reads | writes) & bit) !== 0)
    .map((slot) => ({ slot, reads: (slot.reads & bit) !== 0, writes: (slot.writes & bit) !== 0 }));
}

export function showPlace(slot: number): void {
  useRegisterSearch.setState({ shownSlot: slot });
  revealSlot(slot, false);
}

/** Shows the next place, around the end. `by` -1: the one before. */
export function nextPlace(by: 1 | -1): void {
  const { reg, shownSlot } = useRegisterSearch.getState();
  const slots = placesOf(useVerdict.getState().check, reg).map((place) => place.slot.slot);
  const ordered = by > 0 ? slots : slots.toReversed();
  const next = ordered.find((slot) => (by > 0 ? slot > shownSlot : slot < shownSlot)) ?? ordered[0];
  if (next !== undefined) showPlace(next);
}
