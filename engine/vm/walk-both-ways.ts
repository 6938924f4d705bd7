// For tests: walks a run in both directions and reports where an earlier state was not restored exactly.
import { lastChanges } from "./changes.ts";
import { EFFECT } from "./decode.ts";
import type { Machine, Outcome } from "./machine.ts";
import { Timeline } from "./timeline.ts";
import { differences, type WholeState, wholeState } from "./whole-state.ts";

interface WalkedRun {
  /** `paused`: the run is longer than `maxSteps`. */
  readonly outcome: Outcome;
  /** How many steps were walked. */
  readonly length: number;
  /** What was not restored, with its step. Empty: going back is exact. */
  readonly differences: readonly string[];
}

interface WalkOptions {
  /** How many steps of a run are walked at most. */
  readonly maxSteps?: number;
  /** Which states are compared: every step; before and after calls, exits and atomics, which change much; or start and end. */
  readonly compare?: "steps" | "calls" | "ends";
}

/** Of a long run the first COMPARED_FIRST steps are compared, then every COMPARED_EVERY-th. */
const COMPARED_FIRST = 150;
const COMPARED_EVERY = 64;

/**
 * Runs a machine that an event has entered. Goes back to the start, jumps to and fro, and ends where the run ended. At some of the
 * compared positions the step is also described (lastChanges), which must not change the state.
 */
export function walkBothWays(machine: Machine, { maxSteps = 2000, compare = "steps" }: WalkOptions = {}): WalkedRun {
  const timeline = new Timeline(machine);
  const seen = new Map<number, WholeState>();
  const found: string[] = [];
  const changesMuch = () =>
    machine.program.code[machine.ip + 6] === EFFECT.journal ||
    timeline.at(timeline.position - 1)?.effect === EFFECT.journal;
  const note = () => {
    const { position } = timeline;
    const isNear = position < COMPARED_FIRST && (compare === "steps" || (compare === "calls" && changesMuch()));
    if (position > 0 && !isNear && (compare === "ends" || position % COMPARED_EVERY !== 0)) return;
    seen.set(position, wholeState(machine));
  };
  const check = (how: string) => {
    const known = seen.get(timeline.position);
    if (known === undefined) return;
    const differing = differences(known, wholeState(machine));
    found.push(...differing.map((what) => `step ${timeline.position}, ${how}: ${what}`));
  };

  note();
  while (timeline.position < maxSteps && timeline.step()) note();
  const { position: length } = timeline;
  const { outcome } = machine;
  seen.set(length, wholeState(machine));
  while (timeline.stepBack() && found.length === 0) check("going back");
  for (const step of [length >> 1, length, 1, length]) {
    timeline.seek(step);
    check("after a jump");
    if (!seen.has(timeline.position)) continue;
    lastChanges(timeline);
    check("after it was described");
  }
  timeline.close();
  return { outcome, length, differences: found.slice(0, 5) };
}
