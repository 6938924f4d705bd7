// What the code editor can be told to do from elsewhere: the menu, the list of commands. Without it (text area) they do nothing.
export type EditorAction = "format" | "foldAll" | "unfoldAll";

let act: ((action: EditorAction) => void) | undefined;

/** Called by the editor that is there; the function takes it back. */
export function offerActions(offered: (action: EditorAction) => void): () => void {
  act = offered;
  return () => {
    if (act === offered) act = undefined;
  };
}

export const editorAct = (action: EditorAction): void => act?.(action);
