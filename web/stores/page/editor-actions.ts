// Actions of the code editor for other parts of the page: the menu, the list of commands. Without the code editor (text area) they do
// nothing.
export type EditorAction = "format" | "foldAll" | "unfoldAll";

let performAction: ((action: EditorAction) => void) | undefined;

/** Called by the editor. The returned function withdraws its actions. */
export function offerActions(offered: (action: EditorAction) => void): () => void {
  performAction = offered;
  return () => {
    if (performAction === offered) performAction = undefined;
  };
}

export const runEditorAction = (action: EditorAction): void => performAction?.(action);
