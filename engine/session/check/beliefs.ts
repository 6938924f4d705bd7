// What the verifier believed at a visit of an instruction, as texts and bounds for the page.
import { hex64 } from "../../base/u64.ts";
import { formatReg } from "../../verifier/print/state.ts";
import type { RegState } from "../../verifier/state/reg.ts";
import { NOT_INIT, SCALAR_VALUE } from "../../verifier/state/regtype.ts";
import { isSpilledReg, STACK_MISC, STACK_ZERO, type StackSlot, slotType } from "../../verifier/state/stack.ts";
import type { StateView, Trace, Visit } from "../../verifier/trace.ts";
import type { BeliefsView, BeliefView, VisitView } from "../views/check.ts";

/** The visits of a verification: our verifier's, or those that a pasted log tells. */
export interface VisitSource {
  numbersOfSlot(slot: number): Int32Array;
  /** Visits of one slot, at most `limit`. */
  ofSlot(slot: number, limit: number): VisitView[];
  at(visit: number): VisitView | null;
  /** The last visit of a slot that began at or before a line. -1: none. */
  ofLine(slot: number, line: number): number;
  /** The last visit of a slot on the refused path. -1: none. */
  lastOnRefusedPath?(slot: number): number;
}

/** What a check knows of its visits: see Checked. */
interface WithVisits {
  readonly verdict: { readonly trace?: Trace } | undefined;
  readonly lineAt: LineAt;
  readonly pastedVisits?: VisitSource;
}

/** The visits of a check. They are none where the program did not get as far as the verifier. */
export function visitsOf({ pastedVisits, verdict, lineAt }: WithVisits): VisitSource {
  if (pastedVisits) return pastedVisits;
  const trace = verdict?.trace;
  return {
    numbersOfSlot: (slot) => (trace ? visitNumbers(trace, slot) : new Int32Array()),
    ofSlot: (slot, limit) => (trace ? visitViews(trace, slot, limit, lineAt) : []),
    at: (visit) => (trace ? visitView(trace, visit, lineAt) : null),
    ofLine: (slot, line) => (trace ? visitOfLine(trace, slot, line, lineAt) : -1),
  };
}

/** Of a trace: the visits that follow each visit, and the visits of each slot. Made when first asked for. */
interface TraceIndex {
  readonly next: ReadonlyMap<number, readonly number[]>;
  readonly bySlot: ReadonlyMap<number, readonly number[]>;
}
const indices = new WeakMap<Trace, TraceIndex>();

function indexOf(trace: Trace): TraceIndex {
  const made = indices.get(trace);
  if (made) return made;
  const next = new Map<number, number[]>();
  const bySlot = new Map<number, number[]>();
  const put = (map: Map<number, number[]>, key: number, visit: number): void => {
    const list = map.get(key);
    if (list) list.push(visit);
    else map.set(key, [visit]);
  };
  const { visits } = trace;
  for (let visit = 0; visit < visits.length; visit++) {
    put(bySlot, visits.slotOf(visit), visit);
    const prev = visits.prevOf(visit);
    if (prev >= 0) put(next, prev, visit);
  }
  const index = { next, bySlot };
  indices.set(trace, index);
  return index;
}

/** Position in the whole log → line of the shown log. */
type LineAt = (position: number) => number;

export const visitNumbers = (trace: Trace, slot: number): Int32Array =>
  Int32Array.from(indexOf(trace).bySlot.get(slot) ?? []);

/** Visits of one slot, at most `limit`, in the verifier's order. */
const visitViews = (trace: Trace, slot: number, limit: number, lineAt: LineAt): VisitView[] =>
  (indexOf(trace).bySlot.get(slot) ?? []).slice(0, limit).map((visit) => visitView(trace, visit, lineAt) as VisitView);

function visitView(trace: Trace, number: number, lineAt: LineAt): VisitView | null {
  const visit = trace.visits.at(number);
  if (!visit) return null;
  const { before, after } = visit;
  return {
    visit: number,
    slot: visit.insnIdx,
    before: beliefsView(before),
    after: after ? beliefsView(after) : null,
    logLine: lineAt(visit.logPos),
    prev: visit.prev,
    prevSlot: trace.visits.slotOf(visit.prev),
    next: (indexOf(trace).next.get(number) ?? []).map((next) => ({
      visit: next,
      slot: trace.visits.slotOf(next),
    })),
    end: endView(visit.end),
  };
}

/** The last visit of a slot that began at or before a line of the shown log. -1: none. */
const visitOfLine = (trace: Trace, slot: number, line: number, lineAt: LineAt): number =>
  (indexOf(trace).bySlot.get(slot) ?? []).findLast((visit) => {
    const began = lineAt(trace.visits.at(visit)?.logPos ?? 0);
    return began >= 0 && began <= line;
  }) ?? -1;

const endView = (end: Visit["end"]): VisitView["end"] => {
  if (!end) return null;
  return end.kind === "pruned" ? { kind: "pruned", by: end.by } : { kind: end.kind };
};

function beliefsView(state: StateView): BeliefsView {
  const frame = state.frames[state.curframe];
  const regs = frame?.regs ?? [];
  return {
    regs: regs.map((reg) => (reg.type === NOT_INIT ? null : beliefView(reg, state.curframe))),
    stack: state.frames.slice(0, state.curframe + 1).flatMap(({ stack, frameno }) =>
      stack.flatMap((slot, spi) => {
        const belief = stackBelief(slot, frameno);
        return belief ? [{ frame: frameno, off: -8 * (spi + 1), belief }] : [];
      }),
    ),
  };
}

function beliefView(reg: RegState, frameno: number): BeliefView {
  const text = formatReg(reg, frameno);
  const { umin, umax, smin, smax, varOff } = reg.val;
  const isNumber = reg.type === SCALAR_VALUE;
  if (!isNumber && varOff.mask === 0n) return { text, isNumber };
  return {
    text,
    isNumber,
    bounds: boundsView({ umin, umax, smin, smax, value: varOff.value, mask: varOff.mask }),
  };
}

type Bounds = NonNullable<BeliefView["bounds"]>;

export const boundsView = ({
  umin,
  umax,
  smin,
  smax,
  value,
  mask,
}: Readonly<Record<keyof Bounds, bigint>>): Bounds => ({
  umin: String(umin),
  umax: String(umax),
  smin: String(smin),
  smax: String(smax),
  value: hex64(value),
  mask: hex64(mask),
});

/** undefined: nothing is known about the slot. Bytes from the lowest address on: `m` written, `0` zero, `?` not written. */
function stackBelief(slot: StackSlot, frameno: number): BeliefView | undefined {
  if (isSpilledReg(slot)) return beliefView(slot.spilled, frameno);
  const text = [7, 6, 5, 4, 3, 2, 1, 0].map((i) => BYTE[slotType(slot, i)] ?? "r").join("");
  return text === "????????" ? undefined : { text, isNumber: false };
}
const BYTE: Readonly<Record<number, string>> = { 0: "?", [STACK_MISC]: "m", [STACK_ZERO]: "0" };
