// Undo and redo of the program with its settings: text, input, program type, maps and their contents, definition.
import { type Contents, putContents, useContents } from "../program/map-contents.ts";
import { type ProgramState, restoreProgram, useProgram } from "../program/program.ts";
import { type Past, record, redo, startPast, undo } from "./undo-stack.ts";

type UndoState = Pick<
  ProgramState,
  "source" | "progType" | "maps" | "input" | "askedDefinition" | "askedPreset" | "pasted"
> & {
  readonly contents: Contents;
};

const keep = ({ source, progType, maps, input, askedDefinition, askedPreset, pasted }: ProgramState): UndoState => ({
  source,
  progType,
  maps,
  input,
  askedDefinition,
  askedPreset,
  pasted,
  contents: useContents.getState().of,
});

let past: Past<UndoState> = startPast(keep(useProgram.getState()));
let restoring = false;

export function followForUndo(): void {
  past = startPast(keep(useProgram.getState()));
  const look = (state: ProgramState, before: ProgramState): void => {
    const now = keep(state);
    const changed = (Object.keys(now) as (keyof UndoState)[]).filter((key) => now[key] !== past.now[key]);
    if (restoring || changed.length === 0) return;
    // Opening another program is one change together with its input and type. So is a text that a command wrote.
    const isTyped = state.openCount === before.openCount && state.commandEdits === before.commandEdits;
    const kind = isTyped ? changed.join(" ") : `opened ${state.openCount} written ${state.commandEdits}`;
    past = record(past, now, kind, performance.now());
  };
  useProgram.subscribe(look);
  useContents.subscribe(() => look(useProgram.getState(), useProgram.getState()));
}

/** The newest of the states in the undo history for which `holds` is true. */
export const programBefore = (
  holds: (kept: UndoState) => boolean,
): Pick<UndoState, "source" | "progType" | "maps"> | undefined => {
  const found = past.before.findLast(holds);
  return found && { source: found.source, progType: found.progType, maps: found.maps };
};
/** Whether undo or redo is just restoring a program. */
export const isRestoring = (): boolean => restoring;

export const undoProgram = (): void => go(undo(past));
export const redoProgram = (): void => go(redo(past));
export const canUndo = (): boolean => past.before.length > 0;
export const canRedo = (): boolean => past.after.length > 0;

function go(to: Past<UndoState> | null): void {
  if (!to) return;
  past = to;
  restoring = true;
  restoreProgram(to.now);
  putContents(to.now.contents); // last: opening a program empties the maps
  restoring = false;
}
