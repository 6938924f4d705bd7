// What the reader did since the lesson was opened: acts that a link can repeat, and the data that judges goals.
import { create } from "zustand";
import type { Act, CallOutcome, ReaderRecord } from "../../../engine/index.ts";
import { useProgram } from "../program/program.ts";

export interface JournalState extends ReaderRecord {
  readonly acts: readonly Act[];
}

/** The most acts and calls kept. The oldest are dropped first. */
const MOST_ACTS = 400;
const MOST_CALLS = 4000;

const NONE: JournalState = { acts: [], calls: [], stepRegisters: [] };
export const useJournal = create<JournalState>()(() => NONE);
const { setState: set } = useJournal;

/** These acts make no calls and start the kernel anew. */
const BOOTS: ReadonlySet<Act["do"]> = new Set(["apply", "revert", "define"]);

/** Source of the program that the last load or step used. */
let lastSource = "";

/** Begins a lesson, with its own program or with what a link's acts left. */
export function beginJournal(source: string, done: Partial<JournalState> = {}): void {
  lastSource = source;
  set({ ...NONE, ...done });
}

/** Records an act after it was done, unless it made no call and changed nothing. */
export function recordAct(act: Act, outcome: CallOutcome): void {
  if (useProgram.getState().lesson === 0) return;
  if (outcome.calls.length === 0 && !BOOTS.has(act.do)) return;
  // A new program type means a new kernel, so earlier acts are dropped.
  if (act.do === "define") beginJournal("");
  addAct(act);
  set((s) => ({ calls: [...s.calls, ...outcome.calls].slice(-MOST_CALLS) }));
}

/** Records that the run is at a step that a goal asks for. `regs`: R0 … R10. */
export function recordStep(to: number, regs: readonly string[]): void {
  addAct({ do: "step", to, text: useProgram.getState().input });
  set((s) => ({ stepRegisters: [...s.stepRegisters, regs] }));
}

function addAct(act: Act): void {
  const { source } = useProgram.getState();
  const needs = act.do === "load" || act.do === "step";
  const acts: readonly Act[] = needs && source !== lastSource ? [{ do: "write", source }, act] : [act];
  if (needs) lastSource = source;
  set((s) => ({ acts: [...s.acts, ...acts].slice(-MOST_ACTS) }));
}
