// Control flow for the page: blocks laid out for a drawing, how often a run and the verifier passed them, and the rounds of a loop for
// comparison. Loaded when the drawing is first shown.
import { hex64 } from "../../base/u64.ts";
import { type Box, layoutFlow } from "../../graph/placement.ts";
import { formOf } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import { calleeOf, functionEntries, functionFlow, jumpTarget, naturalLoops, slotsOf } from "../../program/flow.ts";
import { formatRange } from "../../verifier/print/state.ts";
import { NOT_INIT } from "../../verifier/state/regtype.ts";
import type { Trace } from "../../verifier/trace.ts";
import type { Timeline } from "../../vm/index.ts";
import type { SlotView } from "../views/program.ts";

/** Sizes of text on the page, in CSS pixels. */
export interface FlowMetrics {
  readonly charWidth: number;
  readonly lineHeight: number;
  /** `head`: height of a block's first line, which names it. `padX`, `padY`: empty space at the block's sides and at its bottom. */
  readonly head: number;
  readonly padX: number;
  readonly padY: number;
  /** Longer lines are cut. Blocks with more lines leave out the middle ones. */
  readonly maxChars: number;
  readonly maxLines: number;
  /** Room for the words that stand for the lines left out, in characters. */
  readonly leftChars: number;
}

export interface FlowBlockView extends Box {
  /** First slot. It names the block in every question. */
  readonly start: number;
  /** Slot of the block's last instruction. */
  readonly last: number;
  /** Slots of the shown instructions. -1 stands for those left out. */
  readonly lines: readonly number[];
  /** Number of the block's instructions. */
  readonly count: number;
}

/** `next`: goes on without a jump. */
export type EdgeKind = "next" | "goto" | "taken" | "not-taken";

export interface FlowEdgeView {
  /** Starts of the two blocks. */
  readonly from: number;
  readonly to: number;
  readonly kind: EdgeKind;
  /** The edge closes a loop. */
  readonly back: boolean;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface FlowLoopView {
  /** Starts of blocks. */
  readonly head: number;
  readonly blocks: readonly number[];
}

export interface FlowFunctionView extends Box {
  readonly entry: number;
  readonly end: number;
  readonly blocks: readonly FlowBlockView[];
  readonly edges: readonly FlowEdgeView[];
  readonly loops: readonly FlowLoopView[];
}

export interface FlowView {
  readonly revision: number;
  /** Characters of the column with the slots: the same in all blocks. */
  readonly slotChars: number;
  readonly w: number;
  readonly h: number;
  /** The main program first. All boxes and points are positions in the whole picture. */
  readonly functions: readonly FlowFunctionView[];
  /** Calls of functions in the program. `slot`: the call. `from`: the block that contains it. `to`: the entry called. */
  readonly calls: readonly { readonly slot: number; readonly from: number; readonly to: number }[];
}

/** How often blocks and edges were passed. */
export interface TrafficView {
  /** Start of a block → how often it was entered. */
  readonly blocks: ReadonlyMap<number, number>;
  /** `from to` (starts of blocks) → how often. A call is `from entry`. */
  readonly edges: ReadonlyMap<string, number>;
  /** The edges `from to` that lead to the end, in no order: of the refused path, or of the whole run. */
  readonly pathEdges: ReadonlySet<string>;
  /** Blocks of that path. */
  readonly pathBlocks: ReadonlySet<number>;
  /** Number of visits or steps that were not kept. */
  readonly dropped: number;
}

/** One arrival at a loop's head. */
export interface RoundView {
  /** Step of the run, or number of the visit. */
  readonly at: number;
  /** Index of the round before it. -1: the loop was entered. */
  readonly previous: number;
  /** R0 … R10. Of a run: 16 hex digits. Of the verifier: the log's text, a range without `scalar()`. null: not known. */
  readonly regs: readonly (string | null)[];
}

export interface RoundsView {
  readonly rounds: readonly RoundView[];
  /** Number of all rounds, including those not listed. */
  readonly total: number;
}

/** Space between functions side by side, and inside a function's frame. */
const BETWEEN = 48;
const FRAME = 24;
const TITLE = 30;
/** A block is at least this many characters wide, for its title, slots and count. Slots with more digits need more. */
const MIN_CHARS = 17;
/** The least characters of the column with the slots. */
const MIN_SLOT_CHARS = 3;
/** The most blocks of one picture. */
const MAX_BLOCKS = 5000;

/** null: too many blocks to draw. */
export function flowView(
  insns: readonly Insn[],
  slots: readonly SlotView[],
  revision: number,
  metrics: FlowMetrics,
): FlowView | null {
  const textOf = new Map(slots.map(({ slot, text }) => [slot, text]));
  const entries = functionEntries(insns);
  const flows = entries.map((entry, i) => functionFlow(insns, entry, entries[i + 1] ?? insns.length));
  if (flows.reduce((sum, { blocks }) => sum + blocks.length, 0) > MAX_BLOCKS) return null;

  const several = flows.length > 1;
  const slotChars = Math.max(MIN_SLOT_CHARS, String(insns.length - 1).length);
  const least = MIN_CHARS + 2 * (slotChars - MIN_SLOT_CHARS);
  // A line starts with its slot and a gap.
  const lineChars = (slot: number): number =>
    slotChars + 2 + (slot < 0 ? metrics.leftChars : (textOf.get(slot)?.length ?? 0));
  const drawn = flows.map((flow, i): FlowFunctionView => {
    const bodies = flow.blocks.map(({ start, end }) => blockContents(insns, start, end, metrics));
    const sizes = bodies.map(({ lines }) => ({
      w:
        2 * metrics.padX +
        metrics.charWidth * Math.max(least, ...lines.map((slot) => Math.min(metrics.maxChars, lineChars(slot)))),
      h: metrics.head + metrics.padY + metrics.lineHeight * lines.length,
    }));
    const layout = layoutFlow(flow, sizes);
    const startOf = (block: number): number => flow.blocks[block]?.start ?? 0;
    return {
      entry: flow.entry,
      end: entries[i + 1] ?? insns.length,
      x: 0,
      y: 0,
      w: layout.w,
      h: layout.h,
      blocks: bodies.map((body, block) => ({ ...body, ...(layout.blocks[block] as Box) })),
      edges: layout.edges.map(({ from, to, nextIndex, back, points }) => ({
        from: startOf(from),
        to: startOf(to),
        kind: edgeKindOf(insns, bodies[from]?.last ?? 0, startOf(to), nextIndex),
        back,
        points,
      })),
      loops: naturalLoops(flow).map(({ head, members }) => ({
        head: startOf(head),
        blocks: [...members].map(startOf).sort((a, b) => a - b),
      })),
    };
  });
  const { functions, w, h } = several
    ? arrangeInRows(drawn)
    : { functions: drawn, w: drawn[0]?.w ?? 0, h: drawn[0]?.h ?? 0 };
  return { revision, slotChars, w, h, functions, calls: callsOf(insns, drawn) };
}

function blockContents(insns: readonly Insn[], start: number, end: number, { maxLines }: FlowMetrics) {
  const all: number[] = [];
  for (let slot = start; slot < end; slot += slotsOf(insns[slot] as Insn)) all.push(slot);
  const over = all.length > maxLines;
  // The start and the end of a block tell most: what comes in, and what decides.
  const lines = over ? [...all.slice(0, maxLines - 3), -1, ...all.slice(-2)] : all;
  return { start, last: all.at(-1) as number, lines, count: all.length };
}

function edgeKindOf(insns: readonly Insn[], last: number, to: number, nextIndex: number): EdgeKind {
  const insn = insns[last] as Insn;
  const kind = formOf(insn)?.kind;
  if (kind === "ja") return "goto";
  if (kind !== "jmp" && kind !== "may_goto") return "next";
  return nextIndex === 1 || (jumpTarget(insn, last) === to && to !== last + 1) ? "taken" : "not-taken";
}

function callsOf(insns: readonly Insn[], functions: readonly FlowFunctionView[]): FlowView["calls"] {
  return functions.flatMap(({ blocks }) =>
    blocks.flatMap(({ start, last }) => {
      const calls: { slot: number; from: number; to: number }[] = [];
      for (let slot = start; slot <= last; slot += slotsOf(insns[slot] as Insn)) {
        const to = calleeOf(insns[slot] as Insn, slot);
        if (to !== undefined && to >= 0 && to < insns.length) calls.push({ slot, from: start, to });
      }
      return calls;
    }),
  );
}

/** Functions side by side in frames, in rows, so that the picture is about as wide as high. */
function arrangeInRows(functions: readonly FlowFunctionView[]) {
  const area = functions.reduce((sum, { w, h }) => sum + (w + 2 * FRAME + BETWEEN) * (h + FRAME + TITLE + BETWEEN), 0);
  const width = Math.max(2.2 * Math.sqrt(area), ...functions.map(({ w }) => w + 2 * FRAME));
  let [x, y, high, wide] = [0, 0, 0, 0];
  const placed = functions.map((one) => {
    const [w, h] = [one.w + 2 * FRAME, one.h + TITLE + FRAME];
    if (x > 0 && x + w > width) [x, y, high] = [0, y + high + BETWEEN, 0];
    const at = { x, y, w, h };
    x += w + BETWEEN;
    high = Math.max(high, h);
    wide = Math.max(wide, at.x + w);
    return moveIntoFrame(one, at);
  });
  return { functions: placed, w: wide, h: y + high };
}

function moveIntoFrame(one: FlowFunctionView, frame: Box): FlowFunctionView {
  const [dx, dy] = [frame.x + FRAME, frame.y + TITLE];
  return {
    ...one,
    ...frame,
    blocks: one.blocks.map((block) => ({ ...block, x: block.x + dx, y: block.y + dy })),
    edges: one.edges.map((edge) => ({ ...edge, points: edge.points.map(([x, y]) => [x + dx, y + dy] as const) })),
  };
}

// ------------------------------------------------------------------------------------------------- how often passed

/** Counts arrivals at blocks, each with the slot it came from. */
class Traffic {
  readonly blocks = new Map<number, number>();
  readonly edges = new Map<string, number>();
  /** Slot → start of its block. Known for slots that start a block or may end one. */
  readonly #startOf: Int32Array;

  constructor(insns: readonly Insn[]) {
    this.#startOf = new Int32Array(insns.length).fill(-1);
    const entries = functionEntries(insns);
    entries.forEach((entry, i) => {
      for (const { start, end } of functionFlow(insns, entry, entries[i + 1] ?? insns.length).blocks)
        this.#startOf.fill(start, start, end);
    });
  }

  startOf(slot: number): number {
    return this.#startOf[slot] ?? -1;
  }

  /** Counts an arrival at the start of a block; does nothing for other slots. Returns the key of the edge, if there is one. */
  arrive(slot: number, from: number): string | undefined {
    if (this.startOf(slot) !== slot) return undefined;
    this.blocks.set(slot, (this.blocks.get(slot) ?? 0) + 1);
    if (from < 0) return undefined;
    const edge = `${this.startOf(from)} ${slot}`;
    this.edges.set(edge, (this.edges.get(edge) ?? 0) + 1);
    return edge;
  }
}

/** Traffic of a run: the steps in the program that it began with. */
export function trafficOfRun(insns: readonly Insn[], timeline: Timeline): TrafficView {
  const traffic = new Traffic(insns);
  const prog = timeline.at(timeline.firstLogged)?.prog;
  let before = -1;
  for (let step = timeline.firstLogged; step < timeline.length; step++) {
    const at = timeline.at(step);
    if (!at || at.prog !== prog) break;
    traffic.arrive(at.slot, before);
    before = at.slot;
  }
  const { blocks, edges } = traffic;
  return {
    blocks,
    edges,
    pathEdges: new Set(edges.keys()),
    pathBlocks: new Set(blocks.keys()),
    dropped: timeline.firstLogged,
  };
}

/** Traffic of the verifier: all visits. The path leads to `visit`, or with -1 to the refused visit. */
export function trafficOfTrace(insns: readonly Insn[], trace: Trace, visit: number): TrafficView {
  const traffic = new Traffic(insns);
  const { visits, dropped } = trace;
  for (let number = 0; number < visits.length; number++)
    traffic.arrive(visits.slotOf(number), visits.slotOf(visits.prevOf(number)));
  const pathEdges = new Set<string>();
  const pathBlocks = new Set<number>();
  for (let at = visit >= 0 ? visit : visits.refused; at >= 0; at = visits.prevOf(at)) {
    const slot = visits.slotOf(at);
    const before = visits.slotOf(visits.prevOf(at));
    pathBlocks.add(traffic.startOf(slot));
    if (before >= 0 && traffic.startOf(slot) === slot) pathEdges.add(`${traffic.startOf(before)} ${slot}`);
  }
  return { blocks: traffic.blocks, edges: traffic.edges, pathEdges, pathBlocks, dropped };
}

/** The registers at each arrival of a run at a loop's head. Moves the run. `loop`: starts of the loop's blocks. */
export function roundsOfRun(insns: readonly Insn[], timeline: Timeline, loop: FlowLoopView, limit: number): RoundsView {
  const { startOf, members } = loopBlocks(insns, loop);
  const prog = timeline.at(timeline.firstLogged)?.prog;
  const rounds: RoundView[] = [];
  let total = 0;
  let before = -1;
  for (let step = timeline.firstLogged; step < timeline.length; step++) {
    const at = timeline.at(step);
    if (!at || at.prog !== prog) break;
    if (at.slot === loop.head) {
      if (total++ < limit) {
        timeline.seek(step);
        const regs = Array.from({ length: 11 }, (_, n) => hex64(timeline.machine.reg(n)));
        rounds.push({ at: step, previous: members.has(startOf(before)) ? rounds.length - 1 : -1, regs });
      }
    }
    before = at.slot;
  }
  return { rounds, total };
}

/** What the verifier believed at each visit of a loop's head. */
export function roundsOfTrace(
  insns: readonly Insn[],
  { visits }: Trace,
  loop: FlowLoopView,
  limit: number,
): RoundsView {
  const { startOf, members } = loopBlocks(insns, loop);
  const rounds: RoundView[] = [];
  const indexOf = new Map<number, number>();
  let total = 0;
  for (let index = 0; index < visits.length; index++) {
    if (visits.slotOf(index) !== loop.head || total++ >= limit) continue;
    let at = visits.prevOf(index);
    while (at >= 0 && visits.slotOf(at) !== loop.head && members.has(startOf(visits.slotOf(at))))
      at = visits.prevOf(at);
    const { frames, curframe } = visits.at(index)!.before;
    const regs = (frames[curframe]?.regs ?? []).map((reg) =>
      reg.type === NOT_INIT ? null : formatRange(reg, curframe),
    );
    indexOf.set(index, rounds.length);
    rounds.push({ at: index, previous: indexOf.get(at) ?? -1, regs });
  }
  return { rounds, total };
}

function loopBlocks(insns: readonly Insn[], loop: FlowLoopView) {
  const traffic = new Traffic(insns);
  return { startOf: (slot: number): number => traffic.startOf(slot), members: new Set(loop.blocks) };
}
