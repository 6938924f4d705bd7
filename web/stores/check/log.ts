// How the page shows the verifier's log: the search, which paths are folded, and requests to show a line.
import { create } from "zustand";

export interface LogState {
  /** null: no search. */
  readonly query: string | null;
  /** Index of the found line that is shown. -1: none yet. */
  readonly foundIndex: number;
  /** Number of that line. -1: none. */
  readonly foundLine: number;
  /** First lines of the folded sections. */
  readonly folded: ReadonlySet<number>;
  /** Whether the whole log is shown. null: the reader has not chosen, and the log is folded to what the current moment needs. */
  readonly open: boolean | null;
  /** A request to show a line. `nonce` counts the requests. */
  readonly lineRequest: { readonly line: number; readonly nonce: number };
}

export const useLog = create<LogState>()(() => ({
  query: null,
  foundIndex: -1,
  foundLine: -1,
  folded: new Set(),
  open: null,
  lineRequest: { line: -1, nonce: 0 },
}));

const { setState: set } = useLog;

export const setLogOpen = (open: boolean): void => set({ open });

/** Opens the log, because any line may match. */
export const searchLog = (query: string | null): void =>
  set((s) => ({ query, foundIndex: query === null || query === "" ? -1 : 0, open: query === null ? s.open : true }));

/** Goes `by` lines on (or back) among the `all` found lines, around the end. */
export const goToFound = (by: number, all: number): void =>
  set((s) => ({ foundIndex: all === 0 ? -1 : (Math.max(0, s.foundIndex) + by + all) % all }));

export const showFound = (line: number): void => set({ foundLine: line });

export const toggleFold = (first: number): void =>
  set((s) => {
    const folded = new Set(s.folded);
    if (!folded.delete(first)) folded.add(first);
    return { folded };
  });

export const foldAll = (sections: readonly number[]): void => set({ folded: new Set(sections) });

export const goToLine = (line: number): void =>
  set((s) => ({ lineRequest: { line, nonce: s.lineRequest.nonce + 1 }, open: true }));
