// Lines of a log of which the page has only a part. They are asked for in pages when they come into view.
import { create } from "zustand";
import type { CheckView } from "../../../engine/index.ts";
import { answered, engine } from "../engine.ts";

interface Page {
  readonly lines: readonly string[];
  readonly slots: Int32Array;
  readonly states: Uint16Array;
}

/** Lines of a page. */
export const PAGE = 500;
/** The most pages kept. The one seen longest ago goes first and is asked for again when needed. */
const KEPT = 40;

interface LogLinesState {
  readonly check: CheckView | null;
  readonly pages: ReadonlyMap<number, Page>;
}

export const useLogPages = create<LogLinesState>()(() => ({ check: null, pages: new Map() }));

const { getState: get, setState: set } = useLogPages;
const asked = new Set<number>();

/** A line's number in the whole log, from its number in the part that the page has. */
export const wholeNumber = ({ logCut, logHead }: CheckView, line: number): number =>
  logCut === 0 || line < logHead ? line : line + logCut - 1;

/** Called when lines `first` … `last` of the whole log are in view. */
export function wantLines(check: CheckView, first: number, last: number): void {
  if (get().check !== check) {
    asked.clear();
    set({ check, pages: new Map() });
  }
  for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++) {
    if (asked.has(page)) continue;
    asked.add(page);
    void fetchPage(check, page);
  }
}

async function fetchPage(check: CheckView, page: number): Promise<void> {
  const found = await answered(engine().api.check.logLines(check.revision, page * PAGE, PAGE));
  if (get().check !== check) return;
  if (!found) {
    asked.delete(page);
    return;
  }
  const pages = new Map(get().pages).set(page, found);
  for (const old of pages.keys()) {
    if (pages.size <= KEPT) break;
    pages.delete(old);
    asked.delete(old);
  }
  set({ pages });
}

/** Numbers in the whole log of the lines that contain the query. */
export async function linesWith(check: CheckView, held: readonly string[], query: string): Promise<readonly number[]> {
  if (query === "") return [];
  if (check.logCut > 0) return [...((await answered(engine().api.check.searchLog(check.revision, query))) ?? [])];
  const wanted = query.toLowerCase();
  return held.flatMap((line, i) => (line.toLowerCase().includes(wanted) ? [i] : []));
}

export const wholeText = async (revision: number): Promise<string> =>
  (await answered(engine().api.check.logText(revision))) ?? "";
