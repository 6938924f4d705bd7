// The last fifty programs, kept on the device (IndexedDB through idb-keyval): those that were set aside and those that were loaded. Loaded
// with app/later.ts. A page inside another page keeps none.
import { get as read, update } from "idb-keyval";
import { create } from "zustand";
import { useKernel } from "../kernel/kernel.ts";
import { useSettings } from "../page/settings.ts";
import { type Draft, takeOldRecent } from "../program/draft.ts";
import { draftOf, useProgram } from "../program/program.ts";
import { type KeptProgram, withProgram } from "./recent-list.ts";

export interface RecentState {
  readonly programs: readonly KeptProgram[];
  /** The device has no room or does not allow storage. */
  readonly failed: boolean;
}

export const useRecent = create<RecentState>()(() => ({ programs: [], failed: false }));
const { setState: set } = useRecent;

const KEY = "oreore.programs";
/** The part of a work's name that is the same during one visit of the page. */
const VISIT = Date.now().toString(36);

/** Starts to keep programs that are loaded into the kernel. */
export function followLoadedPrograms(): void {
  if (useSettings.getState().embed) return;
  for (const draft of takeOldRecent().toReversed()) void keepProgram(draft);
  useKernel.subscribe((now, before) => {
    const program = useProgram.getState();
    if (now.loaded !== before.loaded && now.loaded && program.edited)
      void keepProgram(draftOf(program), program.openCount);
  });
}

/** `opened`: number of the opened program in this visit. Absent: a new piece of work. */
export async function keepProgram(draft: Draft, opened?: number): Promise<void> {
  if (draft.source.trim() === "" || useSettings.getState().embed) return;
  const id = crypto.randomUUID();
  await changeList((list) =>
    withProgram(list, { id, at: Date.now(), work: opened === undefined ? id : `${VISIT}-${opened}`, draft }),
  );
}

export const forgetProgram = (id: string): Promise<void> => changeList((list) => list.filter((one) => one.id !== id));

/** Reads the kept programs. If the device allows no storage, the list of this visit is used. */
export async function loadRecent(): Promise<void> {
  try {
    set({ programs: (await read<readonly KeptProgram[]>(KEY)) ?? [] });
  } catch {
    set({ failed: true });
  }
}

type Change = (list: readonly KeptProgram[]) => readonly KeptProgram[];

/** If the list does not fit, its older half is dropped. If nothing can be stored, the list lives for this visit. */
async function changeList(how: Change): Promise<void> {
  for (const fits of [how, (list: readonly KeptProgram[]) => half(how(list))] as const) {
    try {
      await update<readonly KeptProgram[]>(KEY, (list = []) => {
        const programs = fits(list);
        set({ programs, failed: false });
        return programs;
      });
      return;
    } catch {
      // QuotaExceededError, or storage is not allowed: tries once more with less, then gives up.
    }
  }
  set((s) => ({ programs: how(s.programs), failed: true }));
}

const half = (list: readonly KeptProgram[]): readonly KeptProgram[] => list.slice(0, Math.ceil(list.length / 2));
