// Undo and redo of the program with its settings: text, input, program type, maps and their contents, definition.
import { type MapContents, setMapContents, useMapContents } from "../program/map-contents.ts";
import { type ProgramState, restoreProgram, useProgram } from "../program/program.ts";
import { newUndoStack, recordState, redo, type UndoStack, undo } from "./undo-stack.ts";

type UndoState = Pick<
  ProgramState,
  "source" | "progType" | "maps" | "input" | "askedDefinition" | "askedPreset" | "pasted"
> & {
  readonly contents: MapContents;
};

const undoStateOf = ({
  source,
  progType,
  maps,
  input,
  askedDefinition,
  askedPreset,
  pasted,
}: ProgramState): UndoState => ({
  source,
  progType,
  maps,
  input,
  askedDefinition,
  askedPreset,
  pasted,
  contents: useMapContents.getState().byMap,
});

let undoStack: UndoStack<UndoState> = newUndoStack(undoStateOf(useProgram.getState()));
let restoring = false;

export function followForUndo(): void {
  undoStack = newUndoStack(undoStateOf(useProgram.getState()));
  const look = (state: ProgramState, before: ProgramState): void => {
    const now = undoStateOf(state);
    const changed = (Object.keys(now) as (keyof UndoState)[]).filter((key) => now[key] !== undoStack.now[key]);
    if (restoring || changed.length === 0) return;
    // Opening another program is one change together with its input and type. So is a text that a command wrote.
    const isTyped = state.openCount === before.openCount && state.commandEdits === before.commandEdits;
    const kind = isTyped ? changed.join(" ") : `opened ${state.openCount} written ${state.commandEdits}`;
    undoStack = recordState(undoStack, now, kind, performance.now());
  };
  useProgram.subscribe(look);
  useMapContents.subscribe(() => look(useProgram.getState(), useProgram.getState()));
}

/** The newest of the states in the undo history for which `holds` is true. */
export const programBefore = (
  holds: (kept: UndoState) => boolean,
): Pick<UndoState, "source" | "progType" | "maps"> | undefined => {
  const found = undoStack.before.findLast(holds);
  return found && { source: found.source, progType: found.progType, maps: found.maps };
};
/** Whether undo or redo is just restoring a program. */
export const isRestoring = (): boolean => restoring;

export const undoProgram = (): void => restoreState(undo(undoStack));
export const redoProgram = (): void => restoreState(redo(undoStack));
export const canUndo = (): boolean => undoStack.before.length > 0;
export const canRedo = (): boolean => undoStack.after.length > 0;

function restoreState(to: UndoStack<UndoState> | null): void {
  if (!to) return;
  undoStack = to;
  restoring = true;
  restoreProgram(to.now);
  setMapContents(to.now.contents); // last: opening a program empties the maps
  restoring = false;
}
