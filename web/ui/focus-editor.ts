// Gives the focus to the editor: the text area or Monaco, whichever is shown.
export const focusEditor = (): void =>
  document.querySelector<HTMLElement>("[data-testid=editor] textarea, [data-testid=editor] [role=textbox]")?.focus();
