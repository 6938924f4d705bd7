// Ways through a run that are more than one step: to a stop, to the cursor, to another visit of a line, to a last write.
import { create } from "zustand";
import type { Seek, StopInput } from "../../engine/index.ts";
import { slotOfLine, stops } from "./breakpoints.ts";
import { answered, engine } from "./engine.ts";
import { useFocus } from "./focus.ts";
import { ensureRun, moveTo, useMachine } from "./machine.ts";

/** Why a way led nowhere; "" where it led somewhere. */
export type Nowhere = "" | "no-visit" | "no-earlier-visit" | "no-write" | "no-insn" | "no-stop";

export const useTravel = create<{ readonly nowhere: Nowhere }>()(() => ({ nowhere: "" }));

/** A register, or bytes in memory. */
export type Target = { readonly reg: number } | { readonly address: string; readonly size: number };

async function ask(query: Seek, from?: number): Promise<number | null> {
  const run = await ensureRun();
  if (!run) return null;
  return (await answered(engine().api.runs.seek(run.run, from ?? useMachine.getState().position, query))) ?? null;
}

async function goTo(step: number | null, nowhere: Nowhere): Promise<void> {
  useTravel.setState({ nowhere: step === null ? nowhere : "" });
  if (step !== null) await moveTo(step);
}

/** On to the next stop, or back to the one before; without any to the end or the start. */
export async function goOn(back = false): Promise<void> {
  const { position } = useMachine.getState();
  const step = await ask({ to: "stop", back, stops: stops() });
  await goTo(step === position ? null : step, "no-stop");
}

/** On to the line of the cursor; stops on the way count. */
export async function runToCursor(): Promise<void> {
  const slot = slotOfLine(useFocus.getState().line);
  if (slot < 0) return goTo(null, "no-insn");
  if ((await ask({ to: "next-visit", slot })) === null) return goTo(null, "no-visit");
  const cursor: StopInput = { kind: "cursor", slot };
  return goTo(await ask({ to: "stop", stops: [...stops(), cursor] }), "no-visit");
}

/** The next or the previous time that the run comes to the line of the cursor. */
export async function visitLine(back: boolean): Promise<void> {
  const slot = slotOfLine(useFocus.getState().line);
  if (slot < 0) return goTo(null, "no-insn");
  const step = await ask({ to: back ? "previous-visit" : "next-visit", slot });
  return goTo(step, back ? "no-earlier-visit" : "no-visit");
}

/** To where a value was written last: the write is then what the step just did. From there, to the write before. */
export async function lastWrite(target: Target): Promise<void> {
  const { position } = useMachine.getState();
  const find = (from: number) => ask({ to: "last-write", ...target }, from);
  let written = await find(position);
  if (written !== null && written + 1 === position) written = await find(written);
  await goTo(written === null ? null : written + 1, "no-write");
}

// What is said of a way that led nowhere holds until the reader moves.
useMachine.subscribe((now, before) => {
  if (now.position !== before.position || now.run !== before.run) useTravel.setState({ nowhere: "" });
});
