// Monaco's own menus, commands and dialogs in the page's language, without a reload. Parts that are built when they are opened ask for
// their words then. Titles kept in Monaco's registries are replaced here, and editors made afterwards use the new ones.
import { EditorExtensionsRegistry } from "monaco-editor/editor/browser/editorExtensions.js";
import { MenuId, MenuRegistry } from "monaco-editor/platform/actions/common/actions.js";
import type { Language } from "../stores/page/settings.ts";
import { endOfLoading, getNLSMessages, setMessages, translateTitles } from "./nls.ts";

type Title = string | { value: string; readonly original: string };
interface Titled {
  title: Title;
}

endOfLoading();
/** Loaded beforehand if the page starts in Japanese (load.ts). */
let japanese = getNLSMessages();
let spoken: Language = japanese ? "ja" : "en";

/** The language of Monaco's words now. */
export const monacoLanguage = (): Language => spoken;

export async function speak(language: Language): Promise<void> {
  if (language === spoken) return;
  if (language === "ja" && !japanese) {
    await import("monaco-editor/nls/lang/ja.js");
    japanese = getNLSMessages();
  }
  setMessages(language === "ja" ? japanese : undefined);
  spoken = language;
  const translated = translateTitles();
  const seen = new Set<Titled>();
  const entitle = (titled: Titled): void => {
    if (seen.has(titled)) return;
    seen.add(titled);
    const { title } = titled;
    titled.title = typeof title === "string" ? translated(title) : { ...title, value: translated(title.value) };
  };
  for (const menu of MENUS)
    for (const item of MenuRegistry.getMenuItems(menu)) entitle(("command" in item ? item.command : item) as Titled);
  for (const command of MenuRegistry.getCommands().values()) entitle(command as Titled);
  for (const action of EditorExtensionsRegistry.getEditorActions())
    (action as { label: string }).label = translated(action.label);
}

const MENUS = [
  MenuId.EditorContext,
  MenuId.EditorContextCopy,
  MenuId.EditorContextPeek,
  MenuId.EditorContextShare,
  MenuId.SimpleEditorContext,
];
