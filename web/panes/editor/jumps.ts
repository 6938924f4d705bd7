// Jumps as lines beside the text: gives each jump a lane, so that jumps side by side do not touch. Draws nothing.
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
  /** Number of lanes in use. */
  readonly lanes: number;
}

/** More lanes cannot be followed by eye. The outermost lane takes all other jumps. */
export const MAX_LANES = 6;

const NONE: Jumps = { list: [], lanes: 0 };
const known = new WeakMap<CheckView, Jumps>();

/** Jumps inside the program, the short ones nearest to the text. */
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

/** Gives each jump the free lane nearest to the text. */
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

/** The used parts of a lane: stretches of lines that do not overlap, in order. */
class Lane {
  readonly #taken: Stretch[] = [];

  /** Jumps that lead to the same place may join. */
  isFree(low: number, high: number, to: number): boolean {
    for (let i = this.#after(low); i < this.#taken.length; i++) {
      const other = this.#taken[i] as Stretch;
      if (other.low > high) return true;
      if (other.to !== to) return false;
    }
    return true;
  }

  /** Marks the lines as used. Stretches that it touches become one with it. */
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

/** Pixels of the margin for this many lanes. */
export const marginWidth = (lanes: number): number => (lanes === 0 ? 0 : HEAD + STEP * lanes + 2);
