// What the reader did since the lesson was opened: acts for a link, which does them again, and what goals are judged by.
import { create } from "zustand";
import type { Act, CallOutcome, Reader } from "../../../engine/index.ts";
import { useProgram } from "../program/program.ts";

export interface JournalState extends Reader {
  readonly acts: readonly Act[];
}

/** The oldest are forgotten first. */
export const MOST_ACTS = 400;
const MOST_CALLS = 4000;

const NONE: JournalState = { acts: [], calls: [], moments: [] };
export const useJournal = create<JournalState>()(() => NONE);
const { setState: set } = useJournal;

/** They make no call, and start the kernel anew. */
const BOOTS: ReadonlySet<Act["do"]> = new Set(["apply", "revert", "define"]);

/** The program that the acts so far were done with. */
let written = "";

/** A lesson begins, with its own program or with what a link's acts left. */
export function beginJournal(source: string, done: Partial<JournalState> = {}): void {
  written = source;
  set({ ...NONE, ...done });
}

/** After a use case of the kernel; one that made no call and changed nothing is none. */
export function didAct(act: Act, outcome: CallOutcome): void {
  if (useProgram.getState().lesson === 0) return;
  if (outcome.calls.length === 0 && !BOOTS.has(act.do)) return;
  // Another program type: what was done before it, was done in another kernel.
  if (act.do === "define") beginJournal("");
  remember(act);
  set((s) => ({ calls: [...s.calls, ...outcome.calls].slice(-MOST_CALLS) }));
}

/** The run stands where a goal wants it. `regs`: R0 … R10. */
export function stoodAt(to: number, regs: readonly string[]): void {
  remember({ do: "step", to, text: useProgram.getState().input });
  set((s) => ({ moments: [...s.moments, regs] }));
}

function remember(act: Act): void {
  const { source } = useProgram.getState();
  const needs = act.do === "load" || act.do === "step";
  const acts: readonly Act[] = needs && source !== written ? [{ do: "write", source }, act] : [act];
  if (needs) written = source;
  set((s) => ({ acts: [...s.acts, ...acts].slice(-MOST_ACTS) }));
}
