// The verifier's log on the page: what is searched for in it, which of its paths are folded, and requests to show a line.
import { create } from "zustand";

export interface LogState {
  /** null: nothing is searched for. */
  readonly query: string | null;
  /** Which of the lines found is looked at, from 0; -1: none yet. */
  readonly at: number;
  /** That line; -1: none. */
  readonly foundLine: number;
  /** First lines of the sections that are folded. */
  readonly folded: ReadonlySet<number>;
  /** Whether the log stands there whole; null: the reader has not said, and it is folded to what the moment needs. */
  readonly open: boolean | null;
  /** A request to show a line; `nonce` counts them. */
  readonly asked: { readonly line: number; readonly nonce: number };
}

export const useLog = create<LogState>()(() => ({
  query: null,
  at: -1,
  foundLine: -1,
  folded: new Set(),
  open: null,
  asked: { line: -1, nonce: 0 },
}));

const { setState: set } = useLog;

export const openLog = (open: boolean): void => set({ open });

/** What is searched for may stand in any line. */
export const search = (query: string | null): void =>
  set((s) => ({ query, at: query === null || query === "" ? -1 : 0, open: query === null ? s.open : true }));

/** The next (or an earlier) of the `all` lines found, around the end. */
export const found = (by: number, all: number): void =>
  set((s) => ({ at: all === 0 ? -1 : (Math.max(0, s.at) + by + all) % all }));

export const showFound = (line: number): void => set({ foundLine: line });

export const fold = (first: number): void =>
  set((s) => {
    const folded = new Set(s.folded);
    if (!folded.delete(first)) folded.add(first);
    return { folded };
  });

export const foldAll = (sections: readonly number[]): void => set({ folded: new Set(sections) });

export const goToLine = (line: number): void => set((s) => ({ asked: { line, nonce: s.asked.nonce + 1 }, open: true }));
