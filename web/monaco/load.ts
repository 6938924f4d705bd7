// Loads the code editor after the first verdict, in parts: each is evaluated in a task of its own, so that a key or a touch in between does
// not wait for three megabytes of scripts.
import type { ComponentType } from "react";
import { useVerdict } from "../stores/check/verdict.ts";
import { useSettings } from "../stores/page/settings.ts";
import { nextTask } from "./tasks.ts";

export type Editor = ComponentType<{ readonly readOnly?: boolean }>;
let loading: Promise<Editor> | undefined;

/** From Monaco's ground up to what stands on it. */
const PARTS: readonly (() => Promise<unknown>)[] = [
  () => import("monaco-editor/editor/common/model/textModel.js"),
  () => import("monaco-editor/editor/browser/widget/codeEditor/codeEditorWidget.js"),
  () => import("monaco-editor/editor/standalone/browser/standaloneServices.js"),
  () => import("monaco-editor/editor/editor.api.js"),
  () => import("./features-editing.ts"),
  () => import("./features-language.ts"),
  () => import("./register.ts"),
];

/**
 * Loads the editor and makes the first one, hidden in `place`. Rejects if a part cannot be had.
 * If the language is not English, Monaco's words load first, because it reads them while it is evaluated.
 */
export function loadEditor(place: HTMLElement): Promise<Editor> {
  loading ??= (async () => {
    await firstVerdict();
    if (useSettings.getState().language === "ja") await import("monaco-editor/nls/lang/ja.js");
    for (const load of PARTS) {
      await load();
      await nextTask();
    }
    const { default: MonacoEditor } = await import("./MonacoEditor.tsx");
    const { prepareEditor } = await import("./create.ts");
    await prepareEditor(place);
    return MonacoEditor;
  })();
  return loading;
}

/** The verdict is the most important, so the editor waits for it, but not for long. */
function firstVerdict(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, 2000);
    const stop = useVerdict.subscribe((s) => s.check && done());
    function done(): void {
      clearTimeout(timer);
      stop();
      resolve();
    }
    if (useVerdict.getState().check) done();
  });
}
