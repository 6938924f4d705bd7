// Jumps as lines beside the text: which lane each takes, so that those that run side by side do not touch. No drawing.
import type { CheckView, JumpView } from "../../../engine/index.ts";

export interface Jump {
  /** Slots. */
  readonly from: number;
  readonly to: number;
  readonly kind: JumpView["kind"];
  /** Lines of the source, from 1. */
  readonly fromLine: number;
  readonly toLine: number;
  /** 0 is nearest to the text. */
  readonly lane: number;
}

export interface Jumps {
  readonly list: readonly Jump[];
  /** Lanes in use. */
  readonly lanes: number;
}

/** Beyond these nobody can follow a line by eye; the outermost then takes what is left. */
export const MAX_LANES = 6;

const NONE: Jumps = { list: [], lanes: 0 };
const known = new WeakMap<CheckView, Jumps>();

/** Those that stay inside the program, the short ones nearest to the text. */
export function jumpsOf(check: CheckView | null): Jumps {
  if (!check) return NONE;
  let jumps = known.get(check);
  if (!jumps) {
    jumps = layOut(check);
    known.set(check, jumps);
  }
  return jumps;
}

function layOut({ slots }: CheckView): Jumps {
  const lineOf = new Map<number, number>();
  for (const { slot, span } of slots) if (span) lineOf.set(slot, span.line);
  const found: Omit<Jump, "lane">[] = [];
  for (const { slot, jump } of slots) {
    const fromLine = lineOf.get(slot);
    const toLine = jump ? lineOf.get(jump.to) : undefined;
    if (jump && fromLine !== undefined && toLine !== undefined)
      found.push({ from: slot, to: jump.to, kind: jump.kind, fromLine, toLine });
  }
  return inLanes(found);
}

/** Each gets the lane nearest to the text that is free for it. */
export function inLanes(found: readonly Omit<Jump, "lane">[]): Jumps {
  const length = (jump: Omit<Jump, "lane">): number => Math.abs(jump.toLine - jump.fromLine);
  const lanes: Lane[] = [];
  const list = found
    .toSorted((a, b) => length(a) - length(b) || a.from - b.from)
    .map((jump) => {
      const low = Math.min(jump.fromLine, jump.toLine);
      const high = Math.max(jump.fromLine, jump.toLine);
      let lane = 0;
      while (lane < MAX_LANES - 1 && lanes[lane]?.isFree(low, high, jump.toLine) === false) lane++;
      lanes[lane] ??= new Lane();
      lanes[lane]?.take(low, high, jump.toLine);
      return { ...jump, lane };
    })
    .toSorted((a, b) => a.from - b.from);
  return { list, lanes: lanes.length };
}

interface Stretch {
  readonly low: number;
  readonly high: number;
  readonly to: number;
}

/** What is taken of a lane: stretches of lines that do not overlap, in order. */
class Lane {
  readonly #taken: Stretch[] = [];

  /** Lines that lead to the same place may run into one another. */
  isFree(low: number, high: number, to: number): boolean {
    for (let i = this.#after(low); i < this.#taken.length; i++) {
      const other = this.#taken[i] as Stretch;
      if (other.low > high) return true;
      if (other.to !== to) return false;
    }
    return true;
  }

  /** What it runs into becomes one with it. */
  take(low: number, high: number, to: number): void {
    const first = this.#after(low);
    let end = first;
    let stretch: Stretch = { low, high, to };
    for (let other = this.#taken[end]; other && other.low <= high; other = this.#taken[++end])
      stretch = { low: Math.min(stretch.low, other.low), high: Math.max(stretch.high, other.high), to };
    this.#taken.splice(first, end - first, stretch);
  }

  /** Index of the first stretch that does not end before `line`. */
  #after(line: number): number {
    let from = 0;
    let end = this.#taken.length;
    while (from < end) {
      const middle = (from + end) >> 1;
      if ((this.#taken[middle]?.high ?? 0) < line) from = middle + 1;
      else end = middle;
    }
    return from;
  }
}

/** Pixels between two lanes, and beside the first and the last. */
export const STEP = 7;
export const HEAD = 6;

/** Pixels that the margin needs for so many lanes. */
export const marginWidth = (lanes: number): number => (lanes === 0 ? 0 : HEAD + STEP * lanes + 2);
