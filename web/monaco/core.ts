// Monaco with its features. The editor's other files take it from here.
import "./features-editing.ts";
import "./features-language.ts";
import EditorWorker from "monaco-editor/editor/editor.worker.js?worker";

// The settings leave it unused (no word suggestions, no links, no diff). Some parts of Monaco may ask for it anyway.
globalThis.MonacoEnvironment = { getWorker: () => new EditorWorker() };

export * as monaco from "monaco-editor/editor/editor.api.js";
