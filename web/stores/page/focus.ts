// Where the reader looks: the cursor's line, the instruction under the pointer, and requests to show a place. The log, the listing and the
// editor lead to each other through it.
import { create } from "zustand";
import type { SpanView } from "../../../engine/index.ts";

/** Where the editor's lines are on the screen. Both editors publish it, and the listing beside them follows. */
export interface EditorGeometry {
  readonly scrollTop: number;
  readonly lineHeight: number;
  /** Pixels above a line (from 1) in the scrolled text. A folded line has the position of the line it is folded into. */
  readonly topOf: (line: number) => number;
}

/** For lines of equal height, none folded. */
export const evenLines =
  (padding: number, lineHeight: number): EditorGeometry["topOf"] =>
  (line) =>
    padding + (line - 1) * lineHeight;

export interface FocusState {
  /** Line of the cursor, from 1. */
  readonly line: number;
  /** Instruction under the pointer. -1: none. */
  readonly hoveredSlot: number;
  /** A request to show a place in the editor. `nonce` counts the requests. */
  readonly reveal: { readonly span: SpanView; readonly focus: boolean; readonly nonce: number } | null;
  /** How often a request gave the editor the focus. */
  readonly focusRequests: number;
  readonly geometry: EditorGeometry;
  /** The pane shown on a phone. */
  readonly tab: "editor" | "verifier" | "machine" | "kernel";
  /** On a phone the open lesson is shown instead of `tab`. */
  readonly showsLesson: boolean;
}

export const useFocus = create<FocusState>()(() => ({
  line: 1,
  hoveredSlot: -1,
  reveal: null,
  focusRequests: 0,
  geometry: { scrollTop: 0, lineHeight: 22, topOf: evenLines(10, 22) },
  tab: "editor",
  showsLesson: false,
}));

const { getState: get, setState: set } = useFocus;

export const cursorMoved = (line: number): void => (line === get().line ? undefined : set({ line }));
export const hoverSlot = (slot: number): void => set({ hoveredSlot: slot });
export const showTab = (tab: FocusState["tab"]): void => set({ tab, showsLesson: false });
export const showLesson = (): void => set({ showsLesson: true });

export function publishGeometry(geometry: EditorGeometry): void {
  const now = get().geometry;
  if (now.scrollTop !== geometry.scrollTop || now.lineHeight !== geometry.lineHeight || now.topOf !== geometry.topOf)
    set({ geometry });
}

export function revealSpan(span: SpanView, focus = true): void {
  set((s) => ({
    line: span.line,
    focusRequests: s.focusRequests + (focus ? 1 : 0),
    reveal: { span, focus, nonce: (s.reveal?.nonce ?? 0) + 1 },
    tab: focus ? "editor" : s.tab,
    showsLesson: s.showsLesson && !focus,
  }));
}
