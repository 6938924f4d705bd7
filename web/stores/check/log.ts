// How the page shows the verifier's log: the search, which paths are folded, and requests to show a line.
import { create } from "zustand";

export interface LogState {
  /** null: no search. */
  readonly query: string | null;
  /** Index of the found line that is shown. -1: none yet. */
  readonly at: number;
  /** Number of that line. -1: none. */
  readonly foundLine: number;
  /** First lines of the folded sections. */
  readonly folded: ReadonlySet<number>;
  /** Whether the whole log is shown. null: the reader has not chosen, and the log is folded to what the current moment needs. */
  readonly open: boolean | null;
  /** A request to show a line. `nonce` counts the requests. */
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

/** Opens the log, because any line may match. */
export const search = (query: string | null): void =>
  set((s) => ({ query, at: query === null || query === "" ? -1 : 0, open: query === null ? s.open : true }));

/** Goes `by` lines on (or back) among the `all` found lines, around the end. */
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
