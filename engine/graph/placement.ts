// The layout of a control-flow graph for a drawing: where the blocks stand and how the edges run between them. A block's row
// comes from the longest way to it, its column from the dominator tree. Edges run at right angles, through lanes in which no
// block stands. The unit of length is that of the sizes given (pixels, for the page). What a block shows is not known here.
//
//        ┌────┐            a lane is shared by the edges to one block, so that ten checks that go to
//        │ a  │            the same exit are one line; edges back run upwards, at the left of their loop
//        └┬──┬┘
//      ┌──┘  └───┐ lane
//    ┌─┴──┐      │
//    │ b  │      │         the gap between two rows has tracks, in which edges run sideways
//    └─┬──┘      │
//      └──┐ ┌────┘
//        ┌┴─┴─┐
//        │ c  │
//        └────┘
import { type FunctionFlow, naturalLoops } from "../program/flow.ts";

export interface Size {
  readonly w: number;
  readonly h: number;
}

/** `x`, `y`: its upper left corner. */
export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

export interface EdgePath {
  /** Indices of blocks. */
  readonly from: number;
  readonly to: number;
  /** Index of this edge in `next` of the source block. */
  readonly nextIndex: number;
  /** Whether the edge closes a loop. Then it runs upwards. */
  readonly back: boolean;
  /** Corners from the source's lower side to the target's upper side. Two neighbours have the same x or the same y. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface FlowLayout extends Size {
  /** In the order of FunctionFlow.blocks. */
  readonly blocks: readonly Box[];
  readonly edges: readonly EdgePath[];
}

/** Free space between two blocks side by side. */
const GAP_X = 44;
/** Free space on each side of a lane. */
const LANE = 11;
/** Distance between two tracks of a gap. */
const TRACK = 9;
/** Height of a gap without tracks. */
const GAP_Y = 30;
/** Distance between two edges that leave the same block. */
const PORT = 22;

export function layoutFlow(flow: FunctionFlow, sizes: readonly Size[]): FlowLayout {
  const rows = rowsOf(flow);
  const centres = columnsOf(flow, rows, sizes);
  const routes = routesOf(flow, rows, centres, sizes);
  return assignCoordinates(rows, centres, sizes, routes);
}

/** The row of each block: below all blocks that lead to it. A block to which a loop exits stands below the whole loop. */
function rowsOf(flow: FunctionFlow): number[] {
  const { blocks } = flow;
  const after: number[][] = blocks.map(({ next }, from) => next.filter((to) => to > from));
  for (const { latches, members } of naturalLoops(flow)) {
    const exits = new Set<number>();
    for (const block of members) for (const to of after[block] as number[]) if (!members.has(to)) exits.add(to);
    for (const latch of latches) for (const exit of exits) (after[latch] as number[]).push(exit);
  }
  return (
    longestWays(after) ?? (longestWays(blocks.map(({ next }, from) => next.filter((to) => to > from))) as number[])
  );
}

/** Length of the longest way to each block. Undefined if there is a cycle: exits of loops with several entries can make one. */
function longestWays(after: readonly (readonly number[])[]): number[] | undefined {
  const before = after.map(() => 0);
  for (const targets of after) for (const to of targets) (before[to] as number)++;
  const rows = after.map(() => 0);
  const ready = [...before.keys()].filter((block) => before[block] === 0);
  let done = 0;
  for (let block = ready.pop(); block !== undefined; block = ready.pop()) {
    done++;
    for (const to of after[block] as readonly number[]) {
      rows[to] = Math.max(rows[to] as number, (rows[block] as number) + 1);
      if (--(before[to] as number) === 0) ready.push(to);
    }
  }
  return done === after.length ? rows : undefined;
}

/** The room that a block and all blocks it dominates take: row → [left, right], both relative to `dx`. */
interface Contour {
  readonly rows: Map<number, [number, number]>;
  dx: number;
}

/**
 * x of the middle of each block. A block stands over the middle of the blocks it dominates in the next row. Dominated blocks
 * in later rows stand straight below it, or beside what is already there.
 */
function columnsOf({ blocks, idom }: FunctionFlow, rows: readonly number[], sizes: readonly Size[]): number[] {
  const children: number[][] = blocks.map(() => []);
  for (let block = 1; block < blocks.length; block++) (children[idom[block] as number] as number[]).push(block);
  const contours: Contour[] = [];
  /** How far each block stands to the right (or, negative, to the left) of the block that dominates it. */
  const shift = blocks.map(() => 0);
  for (let block = blocks.length - 1; block >= 0; block--) {
    const row = rows[block] as number;
    const { next } = blocks[block] as { next: readonly number[] };
    const ways = (child: number): number => (next.indexOf(child) + next.length + 1) % (next.length + 1);
    const below = (children[block] as number[]).sort(
      (a, b) => (rows[a] as number) - (rows[b] as number) || ways(a) - ways(b) || a - b,
    );
    const arms = below.filter((child) => rows[child] === row + 1);
    const rest = below.filter((child) => rows[child] !== row + 1);
    const all: Contour = { rows: new Map(), dx: 0 };
    let whole = all;
    for (const arm of arms) {
      const contour = contours[arm] as Contour;
      shift[arm] = distance(whole, contour, 1);
      whole = merged(whole, contour, shift[arm] as number);
    }
    const middle =
      arms.length > 0 ? ((shift[arms[0] as number] as number) + (shift[arms.at(-1) as number] as number)) / 2 : 0;
    for (const arm of arms) (shift[arm] as number) -= middle;
    whole.dx -= middle;
    for (const child of rest) {
      const contour = contours[child] as Contour;
      const right = distance(whole, contour, 1);
      const left = distance(whole, contour, -1);
      shift[child] = Math.abs(right) <= Math.abs(left) ? right : left;
      whole = merged(whole, contour, shift[child] as number);
    }
    const half = (sizes[block] as Size).w / 2 + GAP_X / 2;
    whole.rows.set(row, [-half - whole.dx, half - whole.dx]);
    contours[block] = whole;
    for (const child of below) delete contours[child];
  }
  const centres = blocks.map(() => 0);
  for (let block = 1; block < blocks.length; block++)
    centres[block] = (centres[idom[block] as number] as number) + (shift[block] as number);
  return centres;
}

/** How far `b` must be moved to the right (side +1) or to the left (-1) so that it does not touch `a`. 0 if it does not already. */
function distance(a: Contour, b: Contour, side: 1 | -1): number {
  let far = 0;
  let meet = false;
  const [small, large] = a.rows.size < b.rows.size ? [a, b] : [b, a];
  for (const row of small.rows.keys()) {
    if (!large.rows.has(row)) continue;
    const [aLeft, aRight] = a.rows.get(row) as [number, number];
    const [bLeft, bRight] = b.rows.get(row) as [number, number];
    if (aLeft + a.dx < bRight + b.dx && bLeft + b.dx < aRight + a.dx) meet = true;
    const way = side > 0 ? aRight + a.dx - bLeft - b.dx : bRight + b.dx - aLeft - a.dx;
    far = Math.max(far, way);
  }
  return meet ? side * far : 0;
}

/** Both contours as one. The larger of the two is changed and returned. */
function merged(a: Contour, b: Contour, shiftOfB: number): Contour {
  b.dx += shiftOfB;
  const [into, from] = a.rows.size < b.rows.size ? [b, a] : [a, b];
  for (const [row, [left, right]] of from.rows) {
    const there = into.rows.get(row);
    const l = left + from.dx - into.dx;
    const r = right + from.dx - into.dx;
    if (there) {
      there[0] = Math.min(there[0], l);
      there[1] = Math.max(there[1], r);
    } else into.rows.set(row, [l, r]);
  }
  return into;
}

interface Route {
  readonly from: number;
  readonly to: number;
  readonly nextIndex: number;
  readonly back: boolean;
  /** x where the edge leaves its source. */
  out: number;
  /** x of its lane. Undefined if no row lies between source and target, so that it needs none. */
  readonly lane: number | undefined;
  /** x where the edge arrives at its target. */
  in: number;
}

/** At `x`, the rows `top` … `bottom` are reserved for edges to the block `to`. */
interface Lane {
  readonly x: number;
  readonly to: number;
  top: number;
  bottom: number;
}

function routesOf(
  { blocks }: FunctionFlow,
  rows: readonly number[],
  centres: readonly number[],
  sizes: readonly Size[],
): Route[] {
  const inRow: number[][] = [];
  rows.forEach((row, block) => {
    (inRow[row] ??= []).push(block);
  });
  const edges = blocks.flatMap(({ next }, from) =>
    next.map((to, nextIndex) => ({ from, to, nextIndex, back: to <= from })),
  );
  const span = ({ from, to }: { from: number; to: number }): number =>
    Math.abs((rows[to] as number) - (rows[from] as number));
  const lanes: Lane[] = [];
  const routes = edges
    .sort((a, b) => span(a) - span(b) || a.from - b.from || a.nextIndex - b.nextIndex)
    .map((edge): Route => {
      const { from, to, back } = edge;
      const [a, b] = [rows[from] as number, rows[to] as number];
      const [top, bottom] = back ? [b, a] : [a + 1, b - 1];
      const start = centres[from] as number;
      const end = centres[to] as number;
      if (top > bottom) return { ...edge, out: start, lane: undefined, in: end };
      const x = laneFor(top, bottom, to, back, start, end);
      return { ...edge, out: start, lane: x, in: end };
    });
  assignPorts(routes, centres, sizes);
  return routes;

  /** x for an edge in rows `top` … `bottom`: an earlier lane to the same block if it can be made longer, else the nearest free x. */
  function laneFor(top: number, bottom: number, to: number, back: boolean, start: number, end: number): number {
    const taken = new Intervals();
    for (let row = top; row <= bottom; row++)
      for (const block of inRow[row] ?? []) {
        const half = (sizes[block] as Size).w / 2 + LANE;
        taken.add((centres[block] as number) - half, (centres[block] as number) + half);
      }
    const own: Lane[] = [];
    for (const lane of lanes) {
      if (lane.to === to) own.push(lane);
      else if (lane.top <= bottom && lane.bottom >= top) taken.add(lane.x - LANE, lane.x + LANE);
    }
    const reusable = own.find((lane) => !taken.has(lane.x) && (back ? lane.x < Math.min(start, end) : true));
    if (reusable) {
      reusable.top = Math.min(reusable.top, top);
      reusable.bottom = Math.max(reusable.bottom, bottom);
      return reusable.x;
    }
    // An edge back runs to the left of both its blocks, so that a loop looks like a loop. Others take the shortest way.
    const x = back ? taken.freeBefore(Math.min(start, end) - PORT) : taken.nearest(start, end);
    lanes.push({ x, to, top, bottom });
    return x;
  }
}

/**
 * Sets `out` and `in` of the routes. Edges that leave the same block leave side by side, in the order of where they go next.
 * Edges back arrive to the left of the others.
 */
function assignPorts(routes: readonly Route[], centres: readonly number[], sizes: readonly Size[]): void {
  const leaving = new Map<number, Route[]>();
  for (const route of routes) leaving.set(route.from, [...(leaving.get(route.from) ?? []), route]);
  for (const [block, group] of leaving) {
    const at = centres[block] as number;
    const port = Math.min(PORT, (sizes[block] as Size).w / 3);
    const goal = (route: Route): number => route.lane ?? route.in;
    const ordered = group.sort((a, b) => goal(a) - goal(b));
    // An edge straight down leaves from the middle. A single edge back leaves on the side of its lane.
    const straight = ordered.findIndex((route) => !route.back && Math.abs(goal(route) - at) < 1);
    ordered.forEach((route, i) => {
      const middle = straight >= 0 ? straight : ordered.length === 1 && route.back ? 1 : (ordered.length - 1) / 2;
      route.out = at + (i - middle) * port;
    });
  }
  for (const route of routes)
    if (route.back) route.in = (centres[route.to] as number) - Math.min(PORT, (sizes[route.to] as Size).w / 3);
}

/** Disjoint intervals on a line, in ascending order. Mutable. */
class Intervals {
  readonly #at: [number, number][] = [];

  add(low: number, high: number): void {
    const first = this.#firstEndingAfter(low);
    let last = first;
    let [from, to] = [low, high];
    while (last < this.#at.length && (this.#at[last] as [number, number])[0] <= high) {
      const [l, h] = this.#at[last++] as [number, number];
      from = Math.min(from, l);
      to = Math.max(to, h);
    }
    if (
      last === first + 1 &&
      (this.#at[first] as [number, number])[0] === from &&
      (this.#at[first] as [number, number])[1] === to
    )
      return;
    this.#at.splice(first, last - first, [from, to]);
  }

  has(x: number): boolean {
    const found = this.#at[this.#firstEndingAfter(x)];
    return found !== undefined && found[0] < x && x < found[1];
  }

  /** The free x for which the way from `start` to x and on to `end` is shortest. */
  nearest(start: number, end: number): number {
    let best = start;
    let least = Number.POSITIVE_INFINITY;
    const look = (x: number): void => {
      const way = Math.abs(x - start) + Math.abs(x - end);
      if (way < least && !this.has(x)) [best, least] = [x, way];
    };
    look(end);
    look(start);
    for (const [low, high] of this.#at) {
      look(high);
      look(low);
    }
    return best;
  }

  /** The largest free value that is not greater than `x`. */
  freeBefore(x: number): number {
    const found = this.#at[this.#firstEndingAfter(x)];
    return found !== undefined && found[0] < x ? found[0] : x;
  }

  #firstEndingAfter(x: number): number {
    let low = 0;
    let high = this.#at.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#at[middle] as [number, number])[1] <= x) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A stretch that runs sideways in a gap between rows. Edges with the same key share it, and so lie on one track. */
interface HorizontalRun {
  readonly key: string;
  low: number;
  high: number;
  track: number;
}

/** Assigns a track to everything that runs sideways, which gives the height of each gap. Then makes the boxes and corners. */
function assignCoordinates(
  rows: readonly number[],
  centres: readonly number[],
  sizes: readonly Size[],
  routes: readonly Route[],
): FlowLayout {
  const last = Math.max(...rows);
  /** gaps[r]: the gap above row r. */
  const gaps = Array.from({ length: last + 2 }, () => new Map<string, HorizontalRun>());
  const note = (gap: number, key: string, x1: number, x2: number): void => {
    if (Math.abs(x1 - x2) < 0.5) return;
    const tracks = gaps[gap] as Map<string, HorizontalRun>;
    const there = tracks.get(key);
    const [low, high] = x1 < x2 ? [x1, x2] : [x2, x1];
    if (there) {
      there.low = Math.min(there.low, low);
      there.high = Math.max(there.high, high);
    } else tracks.set(key, { key, low, high, track: 0 });
  };
  const arriving = ({ to, back }: Route): string => `in ${to}${back ? " back" : ""}`;
  const leaving = ({ from, nextIndex }: Route): string => `out ${from} ${nextIndex}`;
  for (const route of routes) {
    const below = (rows[route.from] as number) + 1;
    const above = rows[route.to] as number;
    if (route.lane === undefined) note(above, arriving(route), route.out, route.in);
    else {
      note(below, leaving(route), route.out, route.lane);
      note(above, arriving(route), route.lane, route.in);
    }
  }
  const heights = rows.reduce<number[]>((max, row, block) => {
    max[row] = Math.max(max[row] ?? 0, (sizes[block] as Size).h);
    return max;
  }, []);
  const counts = gaps.map(assignTracks);
  const tops: number[] = [];
  let y = 0;
  for (let row = 0; row <= last + 1; row++) {
    const tracks = counts[row] as number;
    const isEnd = row === 0 || row === last + 1;
    y += isEnd ? (tracks === 0 ? 0 : GAP_Y / 2 + TRACK * tracks) : GAP_Y + TRACK * Math.max(0, tracks - 1);
    tops.push(y);
    y += heights[row] ?? 0;
  }
  const trackY = (gap: number, key: string): number => {
    const found = (gaps[gap] as Map<string, HorizontalRun>).get(key);
    const count = counts[gap] as number;
    // The tracks lie in the middle of the gap's free height.
    const base =
      (tops[gap] as number) -
      (gap === 0 ? GAP_Y / 2 : gap === last + 1 ? 0 : GAP_Y / 2 + TRACK * 0.5 * Math.max(0, count - 1));
    if (gap === 0) return base - TRACK * (count - 1 - (found?.track ?? 0)) + 4;
    if (gap === last + 1) return base - TRACK * (count - 1 - (found?.track ?? 0));
    return base + TRACK * ((found?.track ?? 0) - (count - 1) / 2);
  };

  const blocks = centres.map((x, block): { x: number; y: number; w: number; h: number } => {
    const { w, h } = sizes[block] as Size;
    return { x: x - w / 2, y: tops[rows[block] as number] as number, w, h };
  });
  const edges = routes.map((route): EdgePath => {
    const { from, to, nextIndex, back, lane } = route;
    const source = blocks[from] as Box;
    const target = blocks[to] as Box;
    const below = (rows[from] as number) + 1;
    const above = rows[to] as number;
    const points: [number, number][] = [[route.out, source.y + source.h]];
    if (lane === undefined) {
      const middle = trackY(above, arriving(route));
      points.push([route.out, middle], [route.in, middle]);
    } else {
      const leave = trackY(below, leaving(route));
      const arrive = trackY(above, arriving(route));
      points.push([route.out, leave], [lane, leave], [lane, arrive], [route.in, arrive]);
    }
    points.push([route.in, target.y]);
    return { from, to, nextIndex, back, points: straightened(points) };
  });
  return atOrigin(blocks, edges);
}

/** Sets the tracks, greedily, shortest first. Returns the number of tracks. */
function assignTracks(gap: ReadonlyMap<string, HorizontalRun>): number {
  const tracks: HorizontalRun[][] = [];
  const ordered = [...gap.values()].sort((a, b) => a.high - a.low - (b.high - b.low) || a.low - b.low);
  for (const run of ordered) {
    let track = tracks.findIndex((there) => there.every(({ low, high }) => run.high + 6 < low || high + 6 < run.low));
    if (track < 0) track = tracks.push([]) - 1;
    run.track = track;
    (tracks[track] as HorizontalRun[]).push(run);
  }
  return tracks.length;
}

/** The points without those at which the line does not turn. */
function straightened(points: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  return points.filter((point, i) => {
    const before = points[i - 1];
    const after = points[i + 1];
    if (!before || !after) return true;
    const alongX = before[0] === point[0] && point[0] === after[0];
    const alongY = before[1] === point[1] && point[1] === after[1];
    return !alongX && !alongY;
  });
}

/** The layout moved so that its upper left corner is at 0, 0. */
function atOrigin(blocks: readonly Box[], edges: readonly EdgePath[]): FlowLayout {
  let [left, top, right, bottom] = [0, 0, 0, 0];
  const note = (x: number, y: number): void => {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  };
  for (const { x, y, w, h } of blocks) {
    note(x, y);
    note(x + w, y + h);
  }
  for (const { points } of edges) for (const [x, y] of points) note(x, y);
  return {
    w: right - left,
    h: bottom - top,
    blocks: blocks.map((box) => ({ ...box, x: box.x - left, y: box.y - top })),
    edges: edges.map((edge) => ({ ...edge, points: edge.points.map(([x, y]) => [x - left, y - top] as const) })),
  };
}
