// Questions to a timeline: which steps ran a slot, which wrote a register or memory; and runs that stop when a condition holds.
// Positions count steps. Position n shows the state before step n.
import { EFFECT } from "./decode.ts";
import { REGS } from "./layout.ts";
import type { Machine } from "./machine.ts";
import type { Timeline } from "./timeline.ts";

/** The next step after the current position (for `previousStepAtSlot`: before it) that runs the slot. undefined: none is known. */
export function nextStepAtSlot(timeline: Timeline, slot: number, prog?: number): number | undefined {
  for (let step = timeline.position + 1; step < timeline.length; step++) {
    if (isAt(timeline, step, slot, prog)) return step;
  }
  return undefined;
}

export function previousStepAtSlot(timeline: Timeline, slot: number, prog?: number): number | undefined {
  for (let step = timeline.position - 1; step >= timeline.firstLogged; step--) {
    if (isAt(timeline, step, slot, prog)) return step;
  }
  return undefined;
}

function isAt(timeline: Timeline, step: number, slot: number, prog: number | undefined): boolean {
  const logged = timeline.at(step);
  return logged?.slot === slot && (prog === undefined || logged.prog === prog);
}

/** The last step before the current position that wrote the register. Its value is visible from the step after it. */
export function lastWriteOfReg(timeline: Timeline, reg: number): number | undefined {
  const at = REGS + 8 * reg;
  let end = timeline.journal.top;
  for (let step = timeline.position - 1; step >= timeline.firstLogged; step--) {
    const effect = timeline.at(step)?.effect;
    if (effect === reg) return step;
    if (effect !== EFFECT.journal) continue;
    const start = timeline.journalTopBefore(step);
    if (journalTouches(timeline, start, end, at, 8)) return step;
    end = start;
  }
  return undefined;
}

/** The last step before the current position that wrote any of the bytes at a guest address. The position does not change. */
export function lastWriteOfMemory(timeline: Timeline, address: bigint, size: number): number | undefined {
  const at = timeline.machine.memory.offsetOf(address);
  if (at < 0) return undefined;
  const here = timeline.position;
  let found: number | undefined;
  while (found === undefined && timeline.position > timeline.firstLogged) {
    const end = timeline.journal.top;
    timeline.stepBack();
    if (nextStepWrites(timeline, timeline.journal.top, end, at, size)) found = timeline.position;
  }
  timeline.seek(here);
  return found;
}

/** Whether the next step writes the range. The step was just undone, so its journal entries still lie above the top. */
function nextStepWrites(timeline: Timeline, start: number, end: number, at: number, size: number): boolean {
  const store = timeline.storeRange();
  if (store !== undefined) return store.at < at + size && at < store.at + store.size;
  return end > start && journalTouches(timeline, start, end, at, size);
}

/** Whether a journal entry between two places overlaps the range. */
function journalTouches(timeline: Timeline, start: number, end: number, at: number, size: number): boolean {
  for (const entry of timeline.journal.entries(start, end)) {
    const bytes = entry.old.length * 4;
    if (entry.at < at + size && at < entry.at + bytes) return true;
  }
  return false;
}

export interface Breakpoint {
  readonly slot: number;
  /** id of the program. undefined: any program. */
  readonly prog?: number;
  readonly when?: (machine: Machine) => boolean;
}

export interface StopConditions {
  readonly breakpoints?: readonly Breakpoint[];
  /** Stop after a step that changed any of these bytes, whether the walk goes forward or back. Guest addresses. */
  readonly watch?: readonly { readonly address: bigint; readonly size: number }[];
  /** Stop after a step that changed any of these registers. */
  readonly watchRegs?: readonly number[];
  /** Run to this slot. */
  readonly cursor?: number;
  /** Stop when at most this many frames are saved. For "step over" and "step out". */
  readonly maxDepth?: number;
}

export type StopReason = "breakpoint" | "watch" | "cursor" | "depth" | "end" | "budget" | "cancel";

/** After how many steps `cancel` is asked again. */
const CANCEL_EVERY = 8192;

/** Runs forward by at least one step, until a condition holds. */
export function runUntil(
  timeline: Timeline,
  stop: StopConditions,
  budget = Number.POSITIVE_INFINITY,
  cancel: () => boolean = () => false,
): StopReason {
  return runInDirection(timeline, stop, budget, cancel, true);
}

/** Runs backward by at least one step, until a condition holds. `end`: the start of the run. */
export function runBackUntil(
  timeline: Timeline,
  stop: StopConditions,
  budget = Number.POSITIVE_INFINITY,
  cancel: () => boolean = () => false,
): StopReason {
  return runInDirection(timeline, stop, budget, cancel, false);
}

function runInDirection(
  timeline: Timeline,
  stop: StopConditions,
  budget: number,
  cancel: () => boolean,
  forward: boolean,
): StopReason {
  const { machine } = timeline;
  const { memory } = machine;
  const bySlot = new Map<number, Breakpoint[]>();
  for (const point of stop.breakpoints ?? []) bySlot.set(point.slot, [...(bySlot.get(point.slot) ?? []), point]);
  const ranges = [
    ...(stop.watch ?? []).map(({ address, size }) => ({ at: memory.offsetOf(address), size })),
    ...(stop.watchRegs ?? []).map((reg) => ({ at: REGS + 8 * reg, size: 8 })),
  ];
  const watched = ranges.filter(({ at }) => at >= 0).map((range) => new WatchedRange(timeline, range));
  for (let done = 0; done < budget; done++) {
    if (done % CANCEL_EVERY === CANCEL_EVERY - 1 && cancel()) return "cancel";
    if (!(forward ? timeline.step() : timeline.stepBack())) return "end";
    let changed = false;
    for (const watch of watched) changed = watch.changed() || changed;
    // Going back, a change is noticed only after it was undone, so go one step forward again. The step right before the starting position
    // does not count.
    if (changed && (forward || (done > 0 && timeline.step()))) return "watch";
    const { slot } = machine;
    if (stop.cursor === slot) return "cursor";
    if (stop.maxDepth !== undefined && machine.depth <= stop.maxDepth) return "depth";
    for (const point of bySlot.get(slot) ?? NONE) {
      if (point.prog !== undefined && point.prog !== machine.program.id) continue;
      if (point.when === undefined || point.when(machine)) return "breakpoint";
    }
    if (forward && machine.exited) return "end";
  }
  return "budget";
}

const NONE: readonly Breakpoint[] = [];

/** A range of the buffer, with its contents when it was last checked. */
class WatchedRange {
  readonly #timeline: Timeline;
  readonly #at: number;
  readonly #seen: Uint8Array;

  constructor(timeline: Timeline, { at, size }: { at: number; size: number }) {
    this.#timeline = timeline;
    this.#at = at;
    this.#seen = timeline.machine.memory.copyOut(at, size);
  }

  changed(): boolean {
    const { u8 } = this.#timeline.machine.memory;
    let changed = false;
    for (let i = 0; i < this.#seen.length; i++) {
      const byte = u8[this.#at + i] as number;
      if (byte === this.#seen[i]) continue;
      this.#seen[i] = byte;
      changed = true;
    }
    return changed;
  }
}
