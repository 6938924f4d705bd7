// Questions to a timeline: when was this slot visited, when was this register or these bytes written, and runs that
// stop where something holds. Positions are steps; the state before step n is what the timeline shows at n.
import { FX } from "./decode.ts";
import { REGS } from "./layout.ts";
import type { Machine } from "./machine.ts";
import type { Timeline } from "./timeline.ts";

/** The next step after the position (before it, for `previousVisit`) that runs the slot; undefined where there is none known. */
export function nextVisit(timeline: Timeline, slot: number, prog?: number): number | undefined {
  for (let step = timeline.position + 1; step < timeline.length; step++) {
    if (isAt(timeline, step, slot, prog)) return step;
  }
  return undefined;
}

export function previousVisit(timeline: Timeline, slot: number, prog?: number): number | undefined {
  for (let step = timeline.position - 1; step >= timeline.first; step--) {
    if (isAt(timeline, step, slot, prog)) return step;
  }
  return undefined;
}

function isAt(timeline: Timeline, step: number, slot: number, prog: number | undefined): boolean {
  const logged = timeline.at(step);
  return logged?.slot === slot && (prog === undefined || logged.prog === prog);
}

/** The step before the position that last wrote a register; its value was there from the step after on. */
export function lastWriteOfReg(timeline: Timeline, reg: number): number | undefined {
  const at = REGS + 8 * reg;
  let end = timeline.journal.top;
  for (let step = timeline.position - 1; step >= timeline.first; step--) {
    const fx = timeline.at(step)?.fx;
    if (fx === reg) return step;
    if (fx !== FX.journal) continue;
    const start = timeline.journalPlace(step);
    if (journalTouches(timeline, start, end, at, 8)) return step;
    end = start;
  }
  return undefined;
}

/** The step before the position that last wrote any of the bytes at a guest address. The position stays. */
export function lastWriteOf(timeline: Timeline, address: bigint, size: number): number | undefined {
  const at = timeline.machine.memory.offsetOf(address);
  if (at < 0) return undefined;
  const here = timeline.position;
  let found: number | undefined;
  while (found === undefined && timeline.position > timeline.first) {
    const end = timeline.journal.top;
    timeline.back();
    if (wrote(timeline, timeline.journal.top, end, at, size)) found = timeline.position;
  }
  timeline.seek(here);
  return found;
}

/** Whether the step about to run (which was just undone: its journal still lies above the top) writes the range. */
function wrote(timeline: Timeline, start: number, end: number, at: number, size: number): boolean {
  const store = timeline.storeRange();
  if (store !== undefined) return store.at < at + size && at < store.at + store.size;
  return end > start && journalTouches(timeline, start, end, at, size);
}

/** Whether anything that was kept between two places is of a range. */
function journalTouches(timeline: Timeline, start: number, end: number, at: number, size: number): boolean {
  for (const entry of timeline.journal.entries(start, end)) {
    const bytes = entry.old.length * 4;
    if (entry.at < at + size && at < entry.at + bytes) return true;
  }
  return false;
}

export interface Breakpoint {
  readonly slot: number;
  /** id of the program; any where it is not said. */
  readonly prog?: number;
  readonly when?: (machine: Machine) => boolean;
}

export interface StopConditions {
  readonly breakpoints?: readonly Breakpoint[];
  /** Stop after a step that changed any of these bytes, in whichever direction it is come to. Guest addresses. */
  readonly watch?: readonly { readonly address: bigint; readonly size: number }[];
  /** Stop after a step that changed any of these registers. */
  readonly watchRegs?: readonly number[];
  /** Run to this slot. */
  readonly cursor?: number;
  /** Stop where no more frames than this are saved: step over, step out. */
  readonly depth?: number;
}

export type Stop = "breakpoint" | "watch" | "cursor" | "depth" | "end" | "budget" | "cancel";

/** Steps between looks at `cancel`. */
const CANCEL_EVERY = 8192;

/** Runs forward, at least one step, until something holds. */
export function runUntil(
  timeline: Timeline,
  stop: StopConditions,
  budget = Number.POSITIVE_INFINITY,
  cancel: () => boolean = () => false,
): Stop {
  return walk(timeline, stop, budget, cancel, true);
}

/** Runs backward, at least one step, until something holds; `end` is the start of the run. */
export function runBackUntil(
  timeline: Timeline,
  stop: StopConditions,
  budget = Number.POSITIVE_INFINITY,
  cancel: () => boolean = () => false,
): Stop {
  return walk(timeline, stop, budget, cancel, false);
}

function walk(timeline: Timeline, stop: StopConditions, budget: number, cancel: () => boolean, forward: boolean): Stop {
  const { machine } = timeline;
  const { memory } = machine;
  const bySlot = new Map<number, Breakpoint[]>();
  for (const point of stop.breakpoints ?? []) bySlot.set(point.slot, [...(bySlot.get(point.slot) ?? []), point]);
  const ranges = [
    ...(stop.watch ?? []).map(({ address, size }) => ({ at: memory.offsetOf(address), size })),
    ...(stop.watchRegs ?? []).map((reg) => ({ at: REGS + 8 * reg, size: 8 })),
  ];
  const watched = ranges.filter(({ at }) => at >= 0).map((range) => new Watch(timeline, range));
  for (let done = 0; done < budget; done++) {
    if (done % CANCEL_EVERY === CANCEL_EVERY - 1 && cancel()) return "cancel";
    if (!(forward ? timeline.step() : timeline.back())) return "end";
    let changed = false;
    for (const watch of watched) changed = watch.changed() || changed;
    // On the way back the change is noticed once it is undone. Of the place that the walk began behind nothing is said.
    if (changed && (forward || (done > 0 && timeline.step()))) return "watch";
    const { slot } = machine;
    if (stop.cursor === slot) return "cursor";
    if (stop.depth !== undefined && machine.depth <= stop.depth) return "depth";
    for (const point of bySlot.get(slot) ?? NONE) {
      if (point.prog !== undefined && point.prog !== machine.program.id) continue;
      if (point.when === undefined || point.when(machine)) return "breakpoint";
    }
    if (forward && machine.exited) return "end";
  }
  return "budget";
}

const NONE: readonly Breakpoint[] = [];

/** Bytes of the buffer and what they were when they were last looked at. */
class Watch {
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
