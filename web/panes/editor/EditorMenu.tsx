// The editor's menu: which hints and drawings are shown, and actions on the whole text.
import { useEffect, useRef } from "react";
import { useEditorTexts } from "../../i18n/editor.ts";
import { findRegisterAtCursor } from "../../stores/check/register-search.ts";
import { openDialog } from "../../stores/page/dialog.ts";
import { runEditorAction } from "../../stores/page/editor-actions.ts";
import {
  hasEditContext,
  toggleArrows,
  toggleEditContext,
  toggleHint,
  useEditorView,
} from "../../stores/page/editor-view.ts";
import { toggleBreakpoint } from "../../stores/run/breakpoints.ts";
import "./editor-menu.css";

interface Props {
  readonly label: string;
  readonly onClose: () => void;
  /** The code editor is shown, not the text area. */
  readonly full: boolean;
}

export default function EditorMenu({ label, onClose, full }: Props) {
  const text = useEditorTexts();
  const { arrows, hints, editContext } = useEditorView();
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    host.current?.querySelector("input")?.focus();
    const outside = ({ target }: PointerEvent): void => {
      if (!host.current?.parentElement?.contains(target as Node)) onClose();
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [onClose]);
  /** Before the menu goes with its focus, its button takes it. */
  const closeHere = (): void => {
    host.current?.parentElement?.querySelector("button")?.focus();
    onClose();
  };
  const row = (words: string, on: boolean, toggle: () => void) => (
    <label className="editor-menu__row">
      <input type="checkbox" checked={on} onChange={toggle} />
      {words}
    </label>
  );
  const action = (words: string, act: () => void) => (
    <button
      type="button"
      className="editor-menu__row"
      onClick={() => {
        closeHere();
        act();
      }}
    >
      {words}
    </button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of switches and buttons, no form
    <div
      ref={host}
      className="editor-menu"
      role="group"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === "Escape") closeHere();
      }}
    >
      {row(text.arrows, arrows, toggleArrows)}
      {full && (
        <>
          <p className="editor-menu__title">{text.hints}</p>
          {row(text.target, hints.target, () => toggleHint("target"))}
          {row(text.slot, hints.slot, () => toggleHint("slot"))}
          {row(text.kernel, hints.kernel, () => toggleHint("kernel"))}
          {hasEditContext() && (
            <>
              <hr />
              {row(text.editContext, editContext, toggleEditContext)}
            </>
          )}
        </>
      )}
      <hr />
      {action(text.find, findRegisterAtCursor)}
      {action(text.compare, () => openDialog("compare"))}
      {action(text.breakpoint, () => toggleBreakpoint())}
      {full && (
        <>
          {action(text.format, () => runEditorAction("format"))}
          {action(text.foldAll, () => runEditorAction("foldAll"))}
          {action(text.unfoldAll, () => runEditorAction("unfoldAll"))}
        </>
      )}
    </div>
  );
}
