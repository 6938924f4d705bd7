// Ways through a run longer than one step: to a stop or the end, to the cursor, to where a register changes, to another visit of a line, to
// the last write of a value.
import { create } from "zustand";
import type { Seek } from "../../../engine/index.ts";
import { useVerdict } from "../check/verdict.ts";
import { answered, engine } from "../engine.ts";
import { useFocus } from "../page/focus.ts";
import { slotOfLine } from "../program/lines.ts";
import { type Stop, stops, watchStop } from "./breakpoints.ts";
import { ensureRun, moveTo, useMachine } from "./machine.ts";

/** Why a way led nowhere. "": it led somewhere. */
export type NowhereReason =
  | ""
  | "no-visit"
  | "no-earlier-visit"
  | "no-write"
  | "no-insn"
  | "no-stop"
  | "no-change"
  | "no-earlier-change";

export interface TravelState {
  readonly nowhere: NowhereReason;
  /** The stop at which the last way ended. null: at none. */
  readonly stopped: Stop | null;
}

const SILENT: TravelState = { nowhere: "", stopped: null };
export const useTravel = create<TravelState>()(() => SILENT);
const { setState: set } = useTravel;

/** A register, or bytes in memory. */
export type Target = { readonly reg: number } | { readonly address: string; readonly size: number };

async function ask(query: Seek, from?: number): Promise<number | null> {
  const run = await ensureRun();
  if (!run) return null;
  return (await answered(engine().api.runs.seek(run.run, from ?? useMachine.getState().position, query))) ?? null;
}

async function goTo(step: number | null, nowhere: NowhereReason): Promise<void> {
  set({ ...SILENT, nowhere: step === null ? nowhere : "" });
  if (step !== null) await moveTo(step);
}

interface WayEnd {
  readonly step: number;
  /** null: no stop holds there. It is the end or the start of the run. */
  readonly stop: Stop | null;
}

/** Where a way would end. `from` -1: from before the start. */
export async function wayEnd(given: readonly Stop[], from: number, back = false): Promise<WayEnd | null> {
  const run = await ensureRun();
  if (!run) return null;
  if (given.length === 0) return { step: back ? 0 : run.length, stop: null };
  const inputs = given.map(({ input }) => input);
  const way = await answered(engine().api.runs.goOn(run.run, from, inputs, back));
  return way ? { step: way.step, stop: given[way.stopIndex] ?? null } : null;
}

/** Says at which stop a way ended, while the reader stays there. */
export const sayStopped = (stop: Stop | null): void => set({ ...SILENT, stopped: stop });

async function goAlong(way: WayEnd | null): Promise<void> {
  if (!way) return;
  await moveTo(way.step);
  sayStopped(way.stop);
}

/** Goes on to the next stop, or back to the one before. Without stops: to the end or the start. */
export async function goOn(back = false): Promise<void> {
  const here = stops();
  await ensureRun();
  const { position } = useMachine.getState();
  const way = await wayEnd(here, position, back);
  if (way && way.step === position && here.length > 0) return goTo(null, "no-stop");
  await goAlong(way);
}

/** Where a new run is shown first: its end, or the first stop before it. */
export const goOnFromStart = async (): Promise<void> => goAlong(await wayEnd(stops(), -1));

/** Goes on (or back) to where a register changes. Stops before it count. */
export async function untilChange(reg: number, back = false): Promise<void> {
  await ensureRun();
  const { position } = useMachine.getState();
  const changes = watchStop({ name: `R${reg}`, reg });
  const change = await wayEnd([changes], position, back);
  if (change && !change.stop) return goTo(null, back ? "no-earlier-change" : "no-change");
  await goAlong(await wayEnd([...stops(), changes], position, back));
}

const slotAtCursor = (): number => slotOfLine(useVerdict.getState().check, useFocus.getState().line);

/** Goes on to the cursor's line. Stops before it count. */
export async function runToCursor(): Promise<void> {
  const slot = slotAtCursor();
  if (slot < 0) return goTo(null, "no-insn");
  if ((await ask({ to: "next-visit", slot })) === null) return goTo(null, "no-visit");
  const cursor: Stop = { input: { kind: "cursor", slot }, line: 0, watched: "" };
  const way = await wayEnd([...stops(), cursor], useMachine.getState().position);
  await goAlong(way?.stop === cursor ? { ...way, stop: null } : way);
}

/** Goes to the next or the previous step at the cursor's line. */
export async function visitLine(back: boolean): Promise<void> {
  const slot = slotAtCursor();
  if (slot < 0) return goTo(null, "no-insn");
  const step = await ask({ to: back ? "previous-visit" : "next-visit", slot });
  return goTo(step, back ? "no-earlier-visit" : "no-visit");
}

/** Goes to the last write of a value: the step just done is then the write. Again: to the write before. */
export async function lastWrite(target: Target): Promise<void> {
  const { position } = useMachine.getState();
  const find = (from: number) => ask({ to: "last-write", ...target }, from);
  let written = await find(position);
  if (written !== null && written + 1 === position) written = await find(written);
  await goTo(written === null ? null : written + 1, "no-write");
}

// The message about a way holds until the reader moves.
useMachine.subscribe((now, before) => {
  if (now.position !== before.position || now.run !== before.run) set(SILENT);
});
