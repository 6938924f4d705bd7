// The last fifty programs, kept on the device (IndexedDB through idb-keyval): what was set aside and what was loaded.
// Loaded after the first paint; a frame inside another page keeps none.
import { get as read, update } from "idb-keyval";
import { create } from "zustand";
import { useKernel } from "../kernel/kernel.ts";
import { useSettings } from "../page/settings.ts";
import { type Draft, takeOldShelf } from "../program/draft.ts";
import { draftOf, useProgram } from "../program/program.ts";
import { type KeptProgram, withProgram } from "./recent-list.ts";

export interface RecentState {
  readonly programs: readonly KeptProgram[];
  /** The device gives no room, or allows none. */
  readonly failed: boolean;
}

export const useRecent = create<RecentState>()(() => ({ programs: [], failed: false }));
const { setState: set } = useRecent;

const KEY = "oreore.programs";
/** This visit's part of the name of a piece of work. */
const VISIT = Date.now().toString(36);

/** Starts keeping what is loaded into the kernel. */
export function followForHistory(): void {
  if (useSettings.getState().embed) return;
  for (const draft of takeOldShelf().toReversed()) void keepProgram(draft);
  useKernel.subscribe((now, before) => {
    const program = useProgram.getState();
    if (now.loadedRevision !== before.loadedRevision && program.edited)
      void keepProgram(draftOf(program), program.opened);
  });
}

/** `opened`: which program of this visit it is; left out: one of its own. */
export async function keepProgram(draft: Draft, opened?: number): Promise<void> {
  if (draft.source.trim() === "" || useSettings.getState().embed) return;
  const id = crypto.randomUUID();
  await change((list) =>
    withProgram(list, { id, at: Date.now(), work: opened === undefined ? id : `${VISIT}-${opened}`, draft }),
  );
}

export const forgetProgram = (id: string): Promise<void> => change((list) => list.filter((one) => one.id !== id));

/** Reads what there is; where the device allows no storage it is this visit's list. */
export async function loadHistory(): Promise<void> {
  try {
    set({ programs: (await read<readonly KeptProgram[]>(KEY)) ?? [] });
  } catch {
    set({ failed: true });
  }
}

type Change = (list: readonly KeptProgram[]) => readonly KeptProgram[];

/** Where there is no room for all of it the older half makes way; where there is none at all, this visit remembers. */
async function change(how: Change): Promise<void> {
  for (const fits of [how, (list: readonly KeptProgram[]) => half(how(list))] as const) {
    try {
      await update<readonly KeptProgram[]>(KEY, (list = []) => {
        const programs = fits(list);
        set({ programs, failed: false });
        return programs;
      });
      return;
    } catch {
      // QuotaExceededError, or storage is not allowed: once more with less, then not at all.
    }
  }
  set((s) => ({ programs: how(s.programs), failed: true }));
}

const half = (list: readonly KeptProgram[]): readonly KeptProgram[] => list.slice(0, Math.ceil(list.length / 2));
