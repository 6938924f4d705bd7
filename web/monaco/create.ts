// Makes code editors. Making one takes long, so the first is made before it is shown, in several tasks.
import { fontSize } from "../panes/editor/columns.ts";
import { jumpsOf, marginWidth } from "../panes/editor/jumps.ts";
import { useVerdict } from "../stores/check/verdict.ts";
import { useEditorView } from "../stores/page/editor-view.ts";
import { useProgram } from "../stores/program/program.ts";
import { monaco } from "./core.ts";
import { LANGUAGE } from "./language.ts";
import "./register.ts";
import { nextFrame, nextTask } from "./tasks.ts";
import { THEME } from "./theme.ts";

type CodeEditor = monaco.editor.IStandaloneCodeEditor;

/** In pixels. */
export const LINE_HEIGHT = 22;

/** Pixels beside the arrows: for signs, and for the fold's handle, for which Monaco adds 16. */
const SIGNS = 4;
export const decorationsWidth = (): number =>
  SIGNS + (useEditorView.getState().arrows ? marginWidth(jumpsOf(useVerdict.getState().check).lanes) : 0);

/** One model for all editors, so that undo still works after the panes were rearranged or the language changed. */
export const model = monaco.editor.createModel(useProgram.getState().source, LANGUAGE);

/** An editor without a model, in an element of its own within `place`. */
function createEditor(place: HTMLElement): CodeEditor {
  const element = document.createElement("div");
  element.className = "monaco__editor";
  place.append(element);
  return monaco.editor.create(element, {
    model: null,
    theme: THEME,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--font-code"),
    fontSize: fontSize(),
    lineHeight: LINE_HEIGHT,
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
    lineNumbersMinChars: 3,
    lineDecorationsWidth: decorationsWidth(),
    selectOnLineNumbers: false,
    glyphMargin: false,
    folding: true,
    foldingHighlight: false,
    renderLineHighlight: "line",
    wordBasedSuggestions: "off",
    acceptSuggestionOnCommitCharacter: false,
    acceptSuggestionOnEnter: "smart",
    links: false,
    editContext: useEditorView.getState().editContext,
    // Each layer of its own would cost a millisecond at each key.
    disableLayerHinting: true,
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
}

/** Made beforehand. */
let prepared: CodeEditor | null = null;

/** Makes the first editor and draws it in `place`, where it is hidden (editor.css) until it is taken. */
export async function prepareEditor(place: HTMLElement): Promise<void> {
  await nextTask();
  const editor = createEditor(place);
  await nextTask();
  editor.setModel(model);
  prepared = editor;
  await nextFrame();
}

/** An editor with the model, placed in `host`. The caller disposes of it. */
export function takeEditor(host: HTMLElement): CodeEditor {
  if (prepared) {
    const taken = prepared;
    prepared = null;
    host.append(taken.getContainerDomNode());
    return taken;
  }
  const editor = createEditor(host);
  editor.setModel(model);
  return editor;
}

export function disposeEditor(editor: CodeEditor): void {
  const element = editor.getContainerDomNode();
  editor.dispose();
  element.remove();
}
