// For tests: walks a run in both directions and reports where an earlier state was not restored exactly.
import { lastChanges } from "./changes.ts";
import { FX } from "./decode.ts";
import type { Machine, Outcome } from "./machine.ts";
import { Timeline } from "./timeline.ts";
import { differences, type WholeState, wholeState } from "./whole-state.ts";

export interface Walked {
  /** `paused`: the run is longer than `most` steps. */
  readonly outcome: Outcome;
  /** How many steps were walked. */
  readonly length: number;
  /** What was not restored, with its step. Empty: going back is exact. */
  readonly wrong: readonly string[];
}

export interface WalkOptions {
  /** How many steps of a run are walked at most. */
  readonly most?: number;
  /** Which states are compared: every step; before and after calls, exits and atomics, which change much; or start and end. */
  readonly at?: "steps" | "calls" | "ends";
}

/** Of a long run the first FIRST steps are compared, then every EVERY-th. */
const FIRST = 150;
const EVERY = 64;

/**
 * Runs a machine that an event has entered. Goes back to the start, jumps to and fro, and ends where the run ended. At some of the
 * compared positions the step is also described (lastChanges), which must not change the state.
 */
export function walkBothWays(machine: Machine, { most = 2000, at = "steps" }: WalkOptions = {}): Walked {
  const timeline = new Timeline(machine);
  const seen = new Map<number, WholeState>();
  const wrong: string[] = [];
  const changesMuch = () =>
    machine.program.code[machine.ip + 6] === FX.journal || timeline.at(timeline.position - 1)?.fx === FX.journal;
  const note = () => {
    const { position } = timeline;
    const isNear = position < FIRST && (at === "steps" || (at === "calls" && changesMuch()));
    if (position > 0 && !isNear && (at === "ends" || position % EVERY !== 0)) return;
    seen.set(position, wholeState(machine));
  };
  const compare = (how: string) => {
    const known = seen.get(timeline.position);
    if (known === undefined) return;
    const found = differences(known, wholeState(machine));
    wrong.push(...found.map((what) => `step ${timeline.position}, ${how}: ${what}`));
  };

  note();
  while (timeline.position < most && timeline.step()) note();
  const { position: length } = timeline;
  const { outcome } = machine;
  seen.set(length, wholeState(machine));
  while (timeline.back() && wrong.length === 0) compare("going back");
  for (const step of [length >> 1, length, 1, length]) {
    timeline.seek(step);
    compare("after a jump");
    if (!seen.has(timeline.position)) continue;
    lastChanges(timeline);
    compare("after it was described");
  }
  timeline.close();
  return { outcome, length, wrong: wrong.slice(0, 5) };
}
