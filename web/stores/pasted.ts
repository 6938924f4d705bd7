// A verifier's log from elsewhere, opened: its program stands in the editor, its words in the verifier's pane.
import { openProgram, useProgram } from "./program.ts";

/** `source`: the program as it was rebuilt. What stood in the editor is set aside. */
export function openLog(source: string, log: string): void {
  const { progType, input } = useProgram.getState();
  openProgram({ source, progType, maps: [], input }, { pasted: log });
}
