// Measures how long a run of the program takes.
import type { SpeedView } from "../../../engine/index.ts";
import { answered, engine } from "../engine.ts";
import { readInput } from "../program/inputs.ts";
import { programInput, showNotice, useProgram } from "../program/program.ts";

export interface MeasuredSpeed {
  /** Revision of the program that was measured. */
  readonly revision: number;
  /** null: the program does not run. */
  readonly view: SpeedView | null;
}

/** Milliseconds for each way. */
const MS = 400;

/** undefined: the input cannot be read, which a notice says, or the reader cancelled. */
export async function measureSpeed(): Promise<MeasuredSpeed | undefined> {
  const program = useProgram.getState();
  const input = await readInput();
  if (!input?.ok) {
    if (input) showNotice({ kind: "said", words: input.why, bad: true });
    return undefined;
  }
  const view = await answered(engine().api.tools.speed(programInput(program), input.event, MS));
  return view === undefined ? undefined : { revision: program.revision, view };
}
