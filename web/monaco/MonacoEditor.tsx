// The code editor: Monaco over the program store. Loaded after the first paint. Until then PlainEditor is shown.

import { useEffect, useRef, useState } from "react";
import { useText } from "../i18n/index.ts";
import { fontSize } from "../panes/editor/columns.ts";
import JumpMargin from "../panes/editor/JumpMargin.tsx";
import { jumpsOf, marginWidth } from "../panes/editor/jumps.ts";
import { LEAST_PASTE } from "../panes/editor/PlainEditor.tsx";
import { findRegister, findRegisterAtCursor, useRegisterSearch } from "../stores/check/register-search.ts";
import { useVerdict } from "../stores/check/verdict.ts";
import { answered, engine } from "../stores/engine.ts";
import { mapLines, showMap } from "../stores/kernel/shown-map.ts";
import { offerActions } from "../stores/page/editor-actions.ts";
import { hasEditContext, useEditorView } from "../stores/page/editor-view.ts";
import { cursorMoved, type EditorGeometry, evenLines, publishGeometry, useFocus } from "../stores/page/focus.ts";
import { useSettings } from "../stores/page/settings.ts";
import { lineOfSlot } from "../stores/program/lines.ts";
import { editSource, showNotice, useProgram } from "../stores/program/program.ts";
import { toggleBreakpoint } from "../stores/run/breakpoints.ts";
import { useMachine } from "../stores/run/machine.ts";
import { monaco } from "./core.ts";
import { decorationsWidth, disposeEditor, LINE_HEIGHT, model, takeEditor } from "./create.ts";
import { drawLines, followBreakpoints, registerAt, registerDecorations } from "./decorations.ts";
import { postponeFramesOfKeys } from "./key-frames.ts";
import { markersOf } from "./markers.ts";
import { replaceText } from "./replace.ts";
import { monacoLanguage, speak } from "./speak.ts";
import { THEME, themeFromTokens } from "./theme.ts";

let lastView: monaco.editor.ICodeEditorViewState | null = null;

const FIND = { en: "Find Writers and Readers of the Register", ja: "レジスタの書き込みと読み出しを検索" } as const;
const SHOW_MAP = { en: "Show the Map of This Line", ja: "この行のマップを表示" } as const;
const ACTIONS = {
  format: "editor.action.formatDocument",
  foldAll: "editor.foldAll",
  unfoldAll: "editor.unfoldAll",
} as const;

/** Draws what only the editor shows in the next animation frame, so that a new verdict need not wait for it. */
function withNextPicture(subscribe: (listener: () => void) => () => void, draw: () => void): () => void {
  let frame = 0;
  const stop = subscribe(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  });
  return () => {
    cancelAnimationFrame(frame);
    stop();
  };
}

export default function MonacoEditor({ readOnly = false }: { readonly readOnly?: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  const text = useText();
  const language = useSettings((s) => s.language);
  const editContext = useEditorView((s) => s.editContext);
  const [spoken, setSpoken] = useState(monacoLanguage);
  /** Pixels from the left to the arrows. */
  const [margin, setMargin] = useState(0);

  useEffect(() => {
    let gone = false;
    void speak(language).then(() => gone || setSpoken(language));
    return () => {
      gone = true;
    };
  }, [language]);

  // An editor that changes its way of input puts the next composition at the start of the text. So each way has an editor of its own.
  // biome-ignore lint/correctness/useExhaustiveDependencies: made once for each language and way of input; later changes go through the effects below
  useEffect(() => {
    const { source } = useProgram.getState();
    if (model.getValue(monaco.editor.EndOfLinePreference.LF) !== source) model.setValue(source);
    const made = takeEditor(host.current as HTMLDivElement);
    made.updateOptions({
      readOnly,
      ariaLabel: text.editor.label,
      lineDecorationsWidth: decorationsWidth(),
    });
    editor.current = made;

    if (lastView) made.restoreViewState(lastView);
    let topOf: EditorGeometry["topOf"] = () => 0;
    const lines = (): void => {
      const padding = made.getTopForLineNumber(1);
      const lineHeight = made.getOption(monaco.editor.EditorOption.lineHeight);
      const even = evenLines(padding, lineHeight);
      const count = model.getLineCount();
      topOf = made.getTopForLineNumber(count) === even(count) ? even : (line) => made.getTopForLineNumber(line);
      geometry();
    };
    const geometry = (): void =>
      publishGeometry({
        scrollTop: made.getScrollTop(),
        lineHeight: made.getOption(monaco.editor.EditorOption.lineHeight),
        topOf,
      });
    const layout = (): void => {
      const { decorationsLeft, decorationsWidth: width } = made.getLayoutInfo();
      setMargin(decorationsLeft + width - marginWidth(jumpsOf(useVerdict.getState().check).lanes));
      lines();
    };
    layout();
    const ofRegister = made.createDecorationsCollection();
    const decorate = drawLines(made, model, lines);
    const markRegister = (): void => {
      ofRegister.set(registerDecorations(model));
    };
    const mark = (): void => monaco.editor.setModelMarkers(model, "oreore", markersOf());
    const widen = (): void => {
      if (made.getRawOptions().lineDecorationsWidth !== decorationsWidth())
        made.updateOptions({ lineDecorationsWidth: decorationsWidth() });
    };

    // First of all listeners, so that breakpoints and marks move before anything else reads them.
    const breakpoints = followBreakpoints(made, model);
    let { openCount, commandEdits } = useProgram.getState();
    let nonce = useFocus.getState().reveal?.nonce ?? 0;
    const stops = [
      model.onDidChangeContent(() => editSource(model.getValue(monaco.editor.EndOfLinePreference.LF))),
      made.onDidScrollChange(geometry),
      made.onDidLayoutChange(() => {
        layout();
        decorate();
      }),
      made.onDidChangeConfiguration(layout),
      made.onDidChangeHiddenAreas(lines),
      made.onMouseDown(({ target, event }) => {
        const line = target.position?.lineNumber;
        if (event.leftButton && line && target.type === monaco.editor.MouseTargetType.GUTTER_LINE_NUMBERS)
          toggleBreakpoint(line);
        // The words behind a line that declares or loads a map.
        if (event.leftButton && line && target.element?.classList.contains("line-map")) {
          const name = mapLines(useVerdict.getState().check).get(line);
          if (name !== undefined) showMap(name);
        }
      }),
      made.addAction({
        id: "oreore.showMap",
        label: SHOW_MAP[spoken],
        contextMenuGroupId: "navigation",
        contextMenuOrder: 4,
        run: (editor) => {
          const line = editor.getPosition()?.lineNumber ?? 0;
          const name = mapLines(useVerdict.getState().check).get(line);
          if (name !== undefined) showMap(name);
        },
      }),
      made.addAction({
        id: "oreore.findRegister",
        label: FIND[spoken],
        contextMenuGroupId: "navigation",
        contextMenuOrder: 3,
        keybindings: [monaco.KeyMod.Shift | monaco.KeyMod.Alt | monaco.KeyCode.KeyR],
        run: (editor) => {
          const position = editor.getPosition();
          const reg = position ? registerAt(model, position) : -1;
          if (reg >= 0) findRegister(reg);
          else findRegisterAtCursor();
        },
      }),
      made.onDidChangeCursorPosition(({ position, reason }) => {
        cursorMoved(position.lineNumber);
        // The reader moved the cursor, not an edit or a request from elsewhere.
        if (reason === monaco.editor.CursorChangeReason.Explicit)
          void import("../stores/run/visits.ts").then(({ showSourceLine }) => showSourceLine(position.lineNumber));
      }),
      made.onDidPaste(({ range }) => void translatePaste(made, range)),
      made.onDidBlurEditorText(() => made.updateOptions({ tabFocusMode: false })),
    ];
    // Escape, then Tab: how the keyboard leaves the editor.
    made.addCommand(
      monaco.KeyCode.Escape,
      () => made.updateOptions({ tabFocusMode: true }),
      "!suggestWidgetVisible && !findWidgetVisible && !parameterHintsVisible && !renameInputVisible && !markersNavigationVisible && !editorHasMultipleSelections",
    );

    // The browser handles a paste without contents (some tools test with one whether pasting works).
    const element = host.current;
    const emptyPaste = (event: ClipboardEvent): void => {
      if (!event.clipboardData) event.stopImmediatePropagation();
    };
    element?.addEventListener("paste", emptyPaste, true);
    // Beside an EditContext Monaco has a text area that takes no text. Whoever gives it the focus means the editor.
    const focusEditor = ({ target }: FocusEvent): void => {
      if ((target as Element).matches(".ime-text-area")) made.focus();
    };
    element?.addEventListener("focusin", focusEditor);
    // A text area asks for its frame itself.
    const isEditContext = editContext && hasEditContext();
    const stopPostponing = element && isEditContext ? postponeFramesOfKeys(element) : undefined;

    const follow = [
      useProgram.subscribe((s) => {
        if (s.commandEdits !== commandEdits) {
          commandEdits = s.commandEdits;
          made.pushUndoStop();
          replaceText(made, s.source);
          made.pushUndoStop();
        }
        if (s.openCount === openCount) return;
        openCount = s.openCount;
        // Undo changes the present text. A program from elsewhere is a new text.
        if (s.edited) replaceText(made, s.source);
        else model.setValue(s.source);
      }),
      withNextPicture(useVerdict.subscribe, () => {
        mark();
        decorate();
        markRegister();
        widen();
      }),
      useEditorView.subscribe(() => {
        widen();
        decorate();
      }),
      useRegisterSearch.subscribe(markRegister),
      breakpoints,
      offerActions((action) => {
        made.focus();
        void made.getAction(ACTIONS[action])?.run();
      }),
      useMachine.subscribe((now, before) => {
        decorate();
        const line = now.view === before.view ? 0 : lineOfSlot(useVerdict.getState().check, now.view?.slot ?? -1);
        if (line > 0 && line <= model.getLineCount()) made.revealLineInCenterIfOutsideViewport(line);
      }),
      useSettings.subscribe((now, before) => {
        if (now.language !== before.language) mark();
        if (now.base !== before.base) decorate();
      }),
      useFocus.subscribe((s) => {
        if (!s.reveal || s.reveal.nonce === nonce) return;
        nonce = s.reveal.nonce;
        const { span, focus } = s.reveal;
        made.setPosition({ lineNumber: span.line, column: span.column });
        made.revealLineInCenterIfOutsideViewport(span.line);
        if (focus) made.focus();
        // If another view was in the editor's place, the editor is visible one frame later.
        if (focus && !made.hasTextFocus()) requestAnimationFrame(() => made.focus());
      }),
    ];
    mark();
    decorate();
    markRegister();
    return () => {
      element?.removeEventListener("paste", emptyPaste, true);
      element?.removeEventListener("focusin", focusEditor);
      stopPostponing?.();
      lastView = made.saveViewState();
      for (const stop of follow) stop();
      for (const stop of stops) stop.dispose();
      disposeEditor(made);
    };
  }, [spoken, editContext]);

  useEffect(() => {
    const apply = (): void => {
      monaco.editor.defineTheme(THEME, themeFromTokens());
      monaco.editor.setTheme(THEME);
    };
    apply();
    // Colours follow the root element, whether the reader or the system changed it.
    const follow = new MutationObserver(apply);
    follow.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    void document.fonts.ready.then(() => monaco.editor.remeasureFonts());
    return () => follow.disconnect();
  }, []);

  useEffect(() => {
    editor.current?.updateOptions({
      ariaLabel: text.editor.label,
      fontSize: fontSize(),
      lineHeight: LINE_HEIGHT,
    });
  }, [text]);

  return (
    <>
      {/* The second class gives the theme's colours to the context menu, which is outside the editor's own element. */}
      <div ref={host} className="monaco monaco-component" />
      <JumpMargin left={margin} />
    </>
  );
}

/** Dumps, hex and other notations become macros, and the page says so. Undo brings back what was pasted. */
async function translatePaste(editor: monaco.editor.IStandaloneCodeEditor, range: monaco.Range): Promise<void> {
  const model = editor.getModel();
  const pasted = model?.getValueInRange(range) ?? "";
  if (!model || pasted.trim().length < LEAST_PASTE) return;
  const version = model.getVersionId();
  const { progType } = useProgram.getState();
  const found = await answered(engine().api.tools.paste(pasted, progType));
  if (!found || found.source === null || model.getVersionId() !== version) return;
  if (found.isLog) {
    editor.trigger("paste", "undo", null);
    return (await import("../stores/check/pasted-log.ts")).openPastedLog(found.source, pasted);
  }
  editor.pushUndoStop();
  editor.executeEdits("paste", [{ range, text: found.source }]);
  editor.pushUndoStop();
  showNotice({ kind: "pasted", name: found.name });
}
