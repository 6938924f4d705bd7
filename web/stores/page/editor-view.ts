// What the editor shows in and beside its lines, and how it takes keys. Kept on the device. The layout keeps the view at its side.
import { create } from "zustand";
import type { HintKind } from "../../../engine/index.ts";
import { keep, readKept } from "./device.ts";
import { useSettings } from "./settings.ts";

/** Views beside the program. The first is the default. */
export const SIDE_VIEWS = ["bytes", "words", "graph"] as const;

export interface EditorView {
  /** Show jumps as arrows in the margin. */
  readonly arrows: boolean;
  readonly hints: Readonly<Record<HintKind, boolean>>;
  /**
   * The code editor takes keys through the browser's EditContext, where there is one. Otherwise through a hidden text area, which needs
   * more time for each key, but with which input methods (IME) have been tried for longer.
   */
  readonly editContext: boolean;
}

const KEY = "oreore.editor";
const DEFAULTS = { arrows: true, hints: { slot: false, kernel: false, target: true } };

export const hasEditContext = (): boolean => "EditContext" in window;

/** Whether the reader writes a language that is typed with an input method. */
const usesInputMethod = (): boolean =>
  useSettings.getState().language === "ja" || navigator.languages.some((language) => /^(ja|ko|zh)\b/.test(language));

export const useEditorView = create<EditorView>()(() => read());

useEditorView.subscribe((now) => keep(KEY, now));

export const toggleArrows = (): void => useEditorView.setState(({ arrows }) => ({ arrows: !arrows }));
export const toggleHint = (kind: HintKind): void =>
  useEditorView.setState(({ hints }) => ({ hints: { ...hints, [kind]: !hints[kind] } }));
export const toggleEditContext = (): void =>
  useEditorView.setState(({ editContext }) => ({ editContext: !editContext }));

function read(): EditorView {
  const saved = (readKept(KEY) ?? {}) as {
    readonly arrows?: unknown;
    readonly hints?: Readonly<Record<string, unknown>>;
    readonly editContext?: unknown;
  };
  const flag = (value: unknown, otherwise: boolean): boolean => (typeof value === "boolean" ? value : otherwise);
  return {
    arrows: flag(saved.arrows, DEFAULTS.arrows),
    hints: {
      slot: flag(saved.hints?.slot, DEFAULTS.hints.slot),
      kernel: flag(saved.hints?.kernel, DEFAULTS.hints.kernel),
      target: flag(saved.hints?.target, DEFAULTS.hints.target),
    },
    editContext: flag(saved.editContext, !usesInputMethod()),
  };
}
