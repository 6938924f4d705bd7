// Pasted text. A verifier's log is opened: its program goes into the editor, its text into the verifier's pane.
import { answered, engine } from "../engine.ts";
import { editSource, openProgram, showNotice, useProgram } from "../program/program.ts";

/** `source`: the program as it was rebuilt. The editor's program is set aside. */
export function openPastedLog(source: string, log: string): void {
  const { progType, input } = useProgram.getState();
  openProgram({ source, progType, maps: [], input }, { pasted: log });
}

/** Text pasted into the plain text area becomes macros there, or is opened as a log. `before`: the text without the paste. */
export async function translatePaste(before: string, clipboard: string): Promise<void> {
  const pasted = clipboard.replace(/\r\n?/g, "\n");
  const found = await answered(engine().api.tools.paste(pasted, useProgram.getState().progType));
  const macros = found?.source;
  const { source } = useProgram.getState();
  // The reader edited the text meanwhile and keeps it.
  if (!found || macros == null || !source.includes(pasted)) return;
  if (found.isLog) {
    editSource(before);
    openPastedLog(macros, pasted);
    return;
  }
  editSource(source.replace(pasted, () => macros));
  showNotice({ kind: "pasted", name: found.name });
}
