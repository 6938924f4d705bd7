// Actions of the code editor for other parts of the page: the menu, the list of commands. Without the code editor (text area) they do
// nothing.
export type EditorAction = "format" | "foldAll" | "unfoldAll";

let act: ((action: EditorAction) => void) | undefined;

/** Called by the editor. The returned function withdraws its actions. */
export function offerActions(offered: (action: EditorAction) => void): () => void {
  act = offered;
  return () => {
    if (act === offered) act = undefined;
  };
}

export const editorAct = (action: EditorAction): void => act?.(action);
