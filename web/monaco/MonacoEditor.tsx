// The code editor: Monaco over the program store. Loaded after the first paint; PlainEditor stands in before.
import { useEffect, useRef } from "react";
import { useText } from "../i18n/index.ts";
import { answered, engine } from "../stores/engine.ts";
import { cursorMoved, publishGeometry, useFocus } from "../stores/focus.ts";
import { useMachine } from "../stores/machine.ts";
import { editSource, noteWhat, useProgram } from "../stores/program.ts";
import { themeInForce, useSettings } from "../stores/settings.ts";
import { useVerdict } from "../stores/verdict.ts";
import { monaco } from "./core.ts";
import { configuration, LANGUAGE, tokens } from "./language.ts";
import { markersOf } from "./markers.ts";
import { registerServices } from "./services.ts";
import { THEME, themeFromTokens } from "./theme.ts";

monaco.languages.register({ id: LANGUAGE });
monaco.languages.setMonarchTokensProvider(LANGUAGE, tokens);
monaco.languages.setLanguageConfiguration(LANGUAGE, configuration);
registerServices();

/** Pixels of the type and of a line. */
const sizes = (present: boolean): { readonly font: number; readonly line: number } =>
  present ? { font: 19, line: 30 } : { font: window.innerWidth < 1200 ? 13 : 14, line: 22 };

export default function MonacoEditor({ readOnly = false }: { readonly readOnly?: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  const text = useText();
  const theme = useSettings((s) => s.theme);
  const present = useSettings((s) => s.present);

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; later changes go through the effects below
  useEffect(() => {
    const model = monaco.editor.createModel(useProgram.getState().source, LANGUAGE);
    const made = monaco.editor.create(host.current as HTMLDivElement, {
      model,
      theme: THEME,
      readOnly,
      ariaLabel: text.editor.label,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--font-code"),
      fontSize: sizes(present).font,
      lineHeight: sizes(present).line,
      padding: { top: 10, bottom: 10 },
      automaticLayout: true,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      scrollBeyondLastColumn: 2,
      overviewRulerLanes: 0,
      overviewRulerBorder: false,
      hideCursorInOverviewRuler: true,
      scrollbar: {
        verticalScrollbarSize: 10,
        horizontalScrollbarSize: 10,
        useShadows: false,
        alwaysConsumeMouseWheel: false,
      },
      lineNumbersMinChars: 2,
      lineDecorationsWidth: 22,
      glyphMargin: false,
      folding: false,
      renderLineHighlight: "line",
      wordBasedSuggestions: "off",
      acceptSuggestionOnCommitCharacter: false,
      acceptSuggestionOnEnter: "smart",
      links: false,
      editContext: false,
      fixedOverflowWidgets: true,
      tabSize: 8,
      insertSpaces: false,
      detectIndentation: true,
      stickyScroll: { enabled: false },
      occurrencesHighlight: "singleFile",
      unicodeHighlight: { allowedLocales: { ja: true, _os: true }, nonBasicASCII: false },
      quickSuggestions: { other: true, comments: false, strings: false },
      accessibilitySupport: "auto",
      bracketPairColorization: { enabled: false },
      guides: { indentation: false },
    });
    editor.current = made;

    const geometry = (): void =>
      publishGeometry({
        scrollTop: made.getScrollTop(),
        lineHeight: made.getOption(monaco.editor.EditorOption.lineHeight),
        paddingTop: made.getTopForLineNumber(1),
      });
    geometry();
    const decorations = made.createDecorationsCollection();
    const decorate = (): void => void decorations.set(lineDecorations(model));
    const mark = (): void => monaco.editor.setModelMarkers(model, "oreore", markersOf());

    let opened = useProgram.getState().opened;
    let nonce = useFocus.getState().reveal?.nonce ?? 0;
    const stops = [
      model.onDidChangeContent(() => editSource(model.getValue(monaco.editor.EndOfLinePreference.LF))),
      made.onDidScrollChange(geometry),
      made.onDidLayoutChange(geometry),
      made.onDidChangeConfiguration(geometry),
      made.onDidChangeCursorPosition(({ position }) => cursorMoved(position.lineNumber)),
      made.onDidPaste(({ range }) => void translatePaste(made, range)),
      made.onDidBlurEditorText(() => made.updateOptions({ tabFocusMode: false })),
    ];
    // Escape, then Tab: the way out of the editor for a keyboard.
    made.addCommand(
      monaco.KeyCode.Escape,
      () => made.updateOptions({ tabFocusMode: true }),
      "!suggestWidgetVisible && !findWidgetVisible && !parameterHintsVisible && !renameInputVisible && !markersNavigationVisible && !editorHasMultipleSelections",
    );

    const follow = [
      useProgram.subscribe((s) => {
        if (s.opened === opened) return;
        opened = s.opened;
        model.setValue(s.source);
      }),
      useVerdict.subscribe(() => {
        mark();
        decorate();
      }),
      useMachine.subscribe(decorate),
      useSettings.subscribe((now, before) => now.language !== before.language && mark()),
      useFocus.subscribe((s) => {
        if (!s.reveal || s.reveal.nonce === nonce) return;
        nonce = s.reveal.nonce;
        const { span, focus } = s.reveal;
        made.setPosition({ lineNumber: span.line, column: span.column });
        made.revealLineInCenterIfOutsideViewport(span.line);
        if (focus) made.focus();
      }),
    ];
    mark();
    decorate();
    return () => {
      for (const stop of follow) stop();
      for (const stop of stops) stop.dispose();
      made.dispose();
      model.dispose();
    };
  }, []);

  useEffect(() => {
    const apply = (): void => {
      monaco.editor.defineTheme(THEME, themeFromTokens(themeInForce(theme)));
      monaco.editor.setTheme(THEME);
    };
    apply();
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", apply);
    void document.fonts.ready.then(() => monaco.editor.remeasureFonts());
    return () => system.removeEventListener("change", apply);
  }, [theme]);

  useEffect(() => {
    editor.current?.updateOptions({
      ariaLabel: text.editor.label,
      fontSize: sizes(present).font,
      lineHeight: sizes(present).line,
    });
  }, [present, text]);

  return <div ref={host} className="monaco" />;
}

/** Dumps, hex and other notations become macros, and the page says so; undo brings back what was pasted. */
async function translatePaste(editor: monaco.editor.IStandaloneCodeEditor, range: monaco.Range): Promise<void> {
  const model = editor.getModel();
  const pasted = model?.getValueInRange(range) ?? "";
  if (!model || pasted.trim().length < 8) return;
  const version = model.getVersionId();
  const found = await answered(engine().api.paste(pasted));
  if (!found || found.source === null || model.getVersionId() !== version) return;
  editor.pushUndoStop();
  editor.executeEdits("paste", [{ range, text: found.source }]);
  editor.pushUndoStop();
  noteWhat({ kind: "pasted", name: found.name });
}

/** The line about to run, and the line the verifier refused. */
function lineDecorations(model: monaco.editor.ITextModel): monaco.editor.IModelDeltaDecoration[] {
  const { check } = useVerdict.getState();
  const { run, view } = useMachine.getState();
  const made: monaco.editor.IModelDeltaDecoration[] = [];
  if (!check) return made;
  const spanOf = (slot: number) => check.slots.find((s) => s.slot === slot)?.span;
  const here = run && view && view.slot >= 0 ? spanOf(view.slot) : undefined;
  if (here && here.endLine <= model.getLineCount())
    made.push({
      range: new monaco.Range(here.line, 1, here.endLine, 1),
      options: { isWholeLine: true, className: "line-current", linesDecorationsClassName: "glyph-current", zIndex: 5 },
    });
  const refused = check.verdict === "reject" ? spanOf(check.messageSlot) : undefined;
  if (refused && refused.endLine <= model.getLineCount())
    made.push({
      range: new monaco.Range(refused.line, 1, refused.endLine, 1),
      options: { isWholeLine: true, className: "line-refused", linesDecorationsClassName: "glyph-refused" },
    });
  return made;
}
