// Lines of a log that the page holds only in part: asked for in pages as they come into sight.
import { create } from "zustand";
import type { CheckView } from "../../../engine/index.ts";
import { answered, engine } from "../engine.ts";

interface Page {
  readonly lines: readonly string[];
  readonly slots: Int32Array;
  readonly states: Uint16Array;
}

const PAGE = 500;
/** Pages kept; what was seen longest ago is asked for again. */
const KEPT = 40;

interface LogLinesState {
  readonly of: CheckView | null;
  readonly pages: ReadonlyMap<number, Page>;
}

export const useLogPages = create<LogLinesState>()(() => ({ of: null, pages: new Map() }));

const { getState: get, setState: set } = useLogPages;
const asked = new Set<number>();

/** Number in the whole log of a line that the page holds. */
export const wholeNumber = ({ logCut, logHead }: CheckView, line: number): number =>
  logCut === 0 || line < logHead ? line : line + logCut - 1;

/** Lines `first` … `last` of the whole log are in sight. */
export function wantLines(check: CheckView, first: number, last: number): void {
  if (get().of !== check) {
    asked.clear();
    set({ of: check, pages: new Map() });
  }
  for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++) {
    if (asked.has(page)) continue;
    asked.add(page);
    void fetchPage(check, page);
  }
}

async function fetchPage(check: CheckView, page: number): Promise<void> {
  const found = await answered(engine().api.check.logLines(check.revision, page * PAGE, PAGE));
  if (get().of !== check) return;
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

/** Numbers in the whole log of the lines that hold a text. */
export async function linesWith(check: CheckView, held: readonly string[], query: string): Promise<readonly number[]> {
  if (query === "") return [];
  if (check.logCut > 0) return [...((await answered(engine().api.check.searchLog(check.revision, query))) ?? [])];
  const wanted = query.toLowerCase();
  return held.flatMap((line, i) => (line.toLowerCase().includes(wanted) ? [i] : []));
}

export const wholeText = async (revision: number): Promise<string> =>
  (await answered(engine().api.check.logText(revision))) ?? "";
