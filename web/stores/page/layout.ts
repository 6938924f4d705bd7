// How the page is arranged: the layout for a task, a pane that has all the room, and which view each pane shows.
// The device keeps it (never inside another page); a link may carry it. Sizes are kept by the panes' own groups.
import { create } from "zustand";
import { type FocusState, showTab, useFocus } from "./focus.ts";
import { useSettings } from "./settings.ts";

export type Pane = FocusState["tab"];
export const PANES = ["editor", "verifier", "machine", "kernel"] as const satisfies readonly Pane[];

/** One for each task: writing, stepping through a run, following the verifier, showing it to others. */
export const LAYOUTS = ["write", "step", "verify", "teach"] as const;
export type Layout = (typeof LAYOUTS)[number];

export interface LayoutState {
  readonly layout: Layout;
  /** The pane that has all the room. */
  readonly maximised: Pane | null;
  /** Panes of which only the title line is in sight. */
  readonly folded: readonly Pane[];
  /** Which of its views each pane shows; "" stands for its first. */
  readonly views: Readonly<Record<Pane, string>>;
}

const KEY = "oreore.layout";
const START: LayoutState = {
  layout: "write",
  maximised: null,
  folded: [],
  views: { editor: "", verifier: "", machine: "", kernel: "" },
};

export const useLayout = create<LayoutState>()(() => ({ ...START, ...read() }));
const { getState: get, setState: set } = useLayout;

export function chooseLayout(layout: Layout): void {
  set({ layout, maximised: null });
  keep();
}

/** Gives a pane all the room, or takes it back. */
export const maximise = (pane: Pane | null): void => set((s) => ({ maximised: s.maximised === pane ? null : pane }));

/** Brings a pane into sight. */
export const showPane = (pane: Pane): void =>
  set((s) => ({
    folded: s.folded.filter((one) => one !== pane),
    maximised: s.maximised === pane ? pane : null,
  }));

export function fold(pane: Pane, folded: boolean): void {
  if (get().folded.includes(pane) !== folded)
    set((s) => ({ folded: folded ? [...s.folded, pane] : s.folded.filter((one) => one !== pane) }));
}

/** Shows one of a pane's views, and the pane itself where another one hides it. */
export function showView(pane: Pane, view: string): void {
  set((s) => ({
    views: { ...s.views, [pane]: view },
    maximised: s.maximised === pane ? pane : null,
    folded: s.folded.filter((one) => one !== pane),
  }));
  keep();
  if (useFocus.getState().tab !== pane) showTab(pane);
}

/** The same with all the room; `large`: false gives the room back. */
export function showLarge(pane: Pane, view: string, large = true): void {
  showView(pane, view);
  set({ maximised: large ? pane : null });
}

/** The view that a pane shows: what was chosen, or the first of those there are. */
export function useView<View extends string>(pane: Pane, choices: readonly View[]): View {
  const chosen = useLayout((s) => s.views[pane]) as View;
  return choices.includes(chosen) ? chosen : (choices[0] as View);
}

/** What a link brought, as far as the page knows it; not kept: the reader did not choose it. */
export function restoreLayout(layout: string | undefined, views: Readonly<Record<string, string>> | undefined): void {
  set((s) => ({
    layout: LAYOUTS.find((one) => one === layout) ?? s.layout,
    views: Object.fromEntries(PANES.map((pane) => [pane, views?.[pane] ?? s.views[pane]])) as LayoutState["views"],
    maximised: null,
  }));
}

function keep(): void {
  if (useSettings.getState().embed) return;
  const { layout, views } = get();
  try {
    localStorage.setItem(KEY, JSON.stringify({ layout, views }));
  } catch {
    // No room or not allowed: it holds for this visit.
  }
}

function read(): Partial<LayoutState> {
  if (useSettings.getState().embed) return {};
  try {
    const saved = JSON.parse(localStorage.getItem(KEY) ?? "{}") as {
      layout?: unknown;
      views?: Record<string, unknown>;
    };
    const views = Object.entries({ ...START.views, ...saved.views }).filter(
      ([pane, view]) => pane in START.views && typeof view === "string",
    );
    return {
      layout: LAYOUTS.find((one) => one === saved.layout) ?? START.layout,
      views: Object.fromEntries(views) as LayoutState["views"],
    };
  } catch {
    return {};
  }
}
