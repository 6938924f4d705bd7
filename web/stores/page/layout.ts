// How the page is arranged: the layout for a task, a pane that takes the whole space, and the view of each pane. Kept on the device (never
// inside another page). A link may carry it. The groups of panes keep their own sizes.
import { create } from "zustand";
import { keep, readKept } from "./device.ts";
import { type FocusState, showTab, useFocus } from "./focus.ts";
import { useSettings } from "./settings.ts";

export type Pane = FocusState["tab"];
/** In their order on the page; a pane that is missing here does not compile. */
const PANE_ORDER: Readonly<Record<Pane, true>> = { editor: true, verifier: true, machine: true, kernel: true };
export const PANES = Object.keys(PANE_ORDER) as readonly Pane[];

/** One for each task: writing, stepping through a run, following the verifier, showing it to others. */
export const LAYOUTS = ["write", "step", "verify", "teach"] as const;
export type Layout = (typeof LAYOUTS)[number];

export interface LayoutState {
  readonly layout: Layout;
  /** The pane that takes the whole space. */
  readonly maximised: Pane | null;
  /** Panes that show only their title line. */
  readonly folded: readonly Pane[];
  /** The view that each pane shows. "": its first. */
  readonly views: Readonly<Record<Pane, string>>;
}

const KEY = "oreore.layout";
const DEFAULT_LAYOUT: LayoutState = {
  layout: "write",
  maximised: null,
  folded: [],
  views: { editor: "", verifier: "", machine: "", kernel: "" },
};

/** Views of the panel that extends the kernel. */
export const EXTEND_VIEWS = ["steps", "parts", "type", "code"] as const;
export const isExtending = ({ kernel }: LayoutState["views"]): boolean => EXTEND_VIEWS.some((one) => one === kernel);

/** The pane that opens with all the room. */
const largeIn = (views: LayoutState["views"]): Pane | null => (isExtending(views) ? "kernel" : null);

export const useLayout = create<LayoutState>()(() => {
  const kept = read();
  return { ...DEFAULT_LAYOUT, ...kept, maximised: largeIn(kept.views ?? DEFAULT_LAYOUT.views) };
});
const { getState: get, setState: set } = useLayout;

export function chooseLayout(layout: Layout): void {
  set({ layout, maximised: null });
  save();
}

/** Gives a pane the whole space, or ends that. */
export const maximise = (pane: Pane | null): void => set((s) => ({ maximised: s.maximised === pane ? null : pane }));

/** Shows a pane, unfolded. */
export const showPane = (pane: Pane): void =>
  set((s) => ({
    folded: s.folded.filter((one) => one !== pane),
    maximised: s.maximised === pane ? pane : null,
  }));

export function fold(pane: Pane, folded: boolean): void {
  if (get().folded.includes(pane) !== folded)
    set((s) => ({ folded: folded ? [...s.folded, pane] : s.folded.filter((one) => one !== pane) }));
}

/** Shows one of a pane's views, and the pane itself if another one hides it. */
export function showView(pane: Pane, view: string): void {
  set((s) => ({
    views: { ...s.views, [pane]: view },
    maximised: s.maximised === pane ? pane : null,
    folded: s.folded.filter((one) => one !== pane),
  }));
  save();
  if (useFocus.getState().tab !== pane) showTab(pane);
}

/** The same with the whole space. `large` false: gives the space back. */
export function showLarge(pane: Pane, view: string, large = true): void {
  showView(pane, view);
  set({ maximised: large ? pane : null });
}

/** The view that a pane shows: the chosen one, or the first available. */
export function useView<View extends string>(pane: Pane, choices: readonly View[]): View {
  const chosen = useLayout((s) => s.views[pane]) as View;
  return choices.includes(chosen) ? chosen : (choices[0] as View);
}

/** Takes the layout of a link, as far as the page knows its names. Not kept, because the reader did not choose it. `beside`: a lesson stays. */
export function restoreLayout(
  layout: string | undefined,
  given: Readonly<Record<string, string>> | undefined,
  beside = false,
): void {
  set((s) => {
    const views = Object.fromEntries(
      PANES.map((pane) => [pane, given?.[pane] ?? s.views[pane]]),
    ) as LayoutState["views"];
    return {
      layout: LAYOUTS.find((one) => one === layout) ?? s.layout,
      views,
      maximised: beside ? null : largeIn(views),
    };
  });
}

function save(): void {
  const { layout, views } = get();
  if (!useSettings.getState().embed) keep(KEY, { layout, views });
}

function read(): Partial<LayoutState> {
  if (useSettings.getState().embed) return {};
  const saved = (readKept(KEY) ?? {}) as {
    readonly layout?: unknown;
    readonly views?: Readonly<Record<string, unknown>>;
  };
  // An address that names a program shows the program. Only a reload opens the kernel's panel again.
  const closed = location.hash.length > 1 && !isReload() ? { kernel: "" } : {};
  const views = Object.entries({ ...DEFAULT_LAYOUT.views, ...saved.views, ...closed }).filter(
    ([pane, view]) => pane in DEFAULT_LAYOUT.views && typeof view === "string",
  );
  return {
    layout: LAYOUTS.find((one) => one === saved.layout) ?? DEFAULT_LAYOUT.layout,
    views: Object.fromEntries(views) as LayoutState["views"],
  };
}

function isReload(): boolean {
  return performance
    .getEntriesByType("navigation")
    .some((entry) => (entry as PerformanceNavigationTiming).type === "reload");
}
