// Where a run stops: lines of the editor, with or without a condition, and values watched for changes. The editor draws the lines and moves
// them when the text moves (moveBreakpoints). The machine asks for stops().
import { create } from "zustand";
import type { StopInput } from "../../../engine/index.ts";
import { useVerdict } from "../check/verdict.ts";
import { answered, engine } from "../engine.ts";
import { useFocus } from "../page/focus.ts";
import { slotOfLine } from "../program/lines.ts";
import { useProgram } from "../program/program.ts";

export interface Breakpoint {
  /** From 1. */
  readonly line: number;
  /** `r0 == 5 && r1 s< 0`. "": always. */
  readonly when: string;
  /** What is wrong with `when`, in English. A breakpoint with a fault always stops. */
  readonly fault: string;
}

/** `name`: the page's name for the value: `r3`, `fp-8`, `counts[0]`. */
export type Watch =
  | { readonly name: string; readonly reg: number }
  | { readonly name: string; readonly address: string; readonly size: number };

export interface BreakpointsState {
  /** In the order of lines, at most one per line. */
  readonly breakpoints: readonly Breakpoint[];
  readonly watches: readonly Watch[];
}

export const useBreakpoints = create<BreakpointsState>()(() => ({ breakpoints: [], watches: [] }));
const { getState: get, setState: set } = useBreakpoints;

const sorted = (points: readonly Breakpoint[]): Breakpoint[] => [...points].sort((a, b) => a.line - b.line);

/** Default: the cursor's line. */
export function toggleBreakpoint(line = useFocus.getState().line): void {
  const { breakpoints } = get();
  const others = breakpoints.filter((point) => point.line !== line);
  set({
    breakpoints: others.length < breakpoints.length ? others : sorted([...others, { line, when: "", fault: "" }]),
  });
}

/** Creates the breakpoint if there is none. */
export async function setCondition(line: number, when: string): Promise<void> {
  const put = (fault: string): void => {
    const others = get().breakpoints.filter((point) => point.line !== line);
    set({ breakpoints: sorted([...others, { line, when, fault }]) });
  };
  put("");
  const fault = when.trim() === "" ? "" : await answered(engine().api.runs.checkCondition(when));
  if (fault && get().breakpoints.find((point) => point.line === line)?.when === when) put(fault);
}

/** The text was edited. `lineNow`: the new line of each old one, 0 if it is gone. */
export function moveBreakpoints(lineNow: (line: number) => number): void {
  const { breakpoints } = get();
  const moved = new Map<number, Breakpoint>();
  for (const point of breakpoints) {
    const line = lineNow(point.line);
    if (line > 0) moved.set(line, line === point.line ? point : { ...point, line });
  }
  const next = sorted([...moved.values()]);
  if (next.length !== breakpoints.length || next.some((point, i) => point !== breakpoints[i]))
    set({ breakpoints: next });
}

export function toggleWatch(watch: Watch): void {
  const { watches } = get();
  const others = watches.filter(({ name }) => name !== watch.name);
  set({ watches: others.length < watches.length ? others : [...watches, watch] });
}

/** What a run stops at, with the line or the watched value by which the page names it. */
export interface Stop {
  readonly input: StopInput;
  /** From 1. 0: a watched value. */
  readonly line: number;
  /** `r3`, `fp-8`. "": a breakpoint. */
  readonly watched: string;
}

export const watchStop = (watch: Watch): Stop => ({
  input:
    "reg" in watch ? { kind: "watch", reg: watch.reg } : { kind: "watch", address: watch.address, size: watch.size },
  line: 0,
  watched: watch.name,
});

/** []: no stops are set. */
export function stops(): Stop[] {
  const { breakpoints, watches } = get();
  const { check } = useVerdict.getState();
  return [
    ...breakpoints.flatMap(({ line, when }): Stop[] => {
      const slot = slotOfLine(check, line);
      const input = { kind: "breakpoint", slot, ...(when.trim() !== "" && { when }) } as const;
      return slot < 0 ? [] : [{ input, line, watched: "" }];
    }),
    ...watches.map(watchStop),
  ];
}

/** The lines of another program are different. */
useProgram.subscribe((now, before) => {
  if (now.openCount !== before.openCount) set({ breakpoints: [], watches: [] });
});
