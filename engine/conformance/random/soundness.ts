// The property that connects the verifier and the machine: every value of a register or stack byte during a run is one that the
// verifier believed possible at that instruction, on the path of the run. The run is compared step by step with a trace of all paths.
import { scalarHas } from "../../verifier/domain/scalar.ts";
import type { RegState } from "../../verifier/state/reg.ts";
import * as t from "../../verifier/state/regtype.ts";
import { STACK_SPILL, STACK_ZERO, slotType } from "../../verifier/state/stack.ts";
import type { StateView, Visit } from "../../verifier/trace.ts";
import type { Machine } from "../../vm/index.ts";

interface WalkResult {
  /** Number of instructions that were run and compared with the trace. */
  readonly steps: number;
  /** Number of registers and stack slots that were compared. */
  readonly checks: number;
  /** A value that the verifier had excluded. undefined: none was found. */
  readonly violation?: string;
}

/** Guest addresses from which the pointers of a run start. */
export interface Bases {
  readonly ctx: bigint;
  readonly packet: bigint;
  readonly packetEnd: bigint;
}

const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);

interface PointerOrigins {
  readonly bases: Bases;
  /** R10 of each frame, outermost first. */
  readonly tops: readonly bigint[];
}

/** Whether `value` is one that `reg` allows. A pointer whose base is not known here is not checked. */
function allowsValue(reg: RegState, value: bigint, { bases, tops }: PointerOrigins): boolean {
  if ((reg.type & t.PTR_MAYBE_NULL) !== 0 && value === 0n) return true;
  const from = (base: bigint | undefined): boolean =>
    base !== undefined && scalarHas(reg.val, u64(value - base - BigInt(reg.off)));
  switch (reg.type & t.BASE_TYPE_MASK) {
    case t.SCALAR_VALUE:
      return scalarHas(reg.val, value);
    case t.PTR_TO_STACK:
      return from(tops[reg.frameno]);
    case t.PTR_TO_CTX:
      return from(bases.ctx);
    case t.PTR_TO_PACKET:
      return from(bases.packet) && (reg.range <= 0 || value - BigInt(reg.off) + BigInt(reg.range) <= bases.packetEnd);
    case t.PTR_TO_PACKET_END:
      return value === bases.packetEnd;
    default:
      return value !== 0n;
  }
}

const hex = (x: bigint): string => `0x${x.toString(16)}`;

/** Compares a machine with one state. Returns a sentence about the first difference. Counts the comparisons. */
function firstDifference(
  machine: Machine,
  state: StateView,
  bases: Bases,
  count: { checks: number },
): string | undefined {
  const frames = machine.frames();
  if (frames.length !== state.curframe + 1) return `${frames.length} frames run, ${state.curframe + 1} were believed`;
  const view: PointerOrigins = { bases, tops: frames.map((frame) => frame.top) };
  for (let f = 0; f <= state.curframe; f++) {
    const { regs, stack } = state.frames[f]!;
    // For a frame that waits for a call only R6 to R9 are kept.
    const inner = f === state.curframe;
    for (let r = inner ? 0 : 6; r < 10; r++) {
      const reg = regs[r]!;
      if (reg.type === t.NOT_INIT) continue;
      const value = inner ? machine.reg(r) : frames[f]!.saved[r - 6]!;
      count.checks++;
      if (!allowsValue(reg, value, view)) return `frame ${f}: R${r} is ${hex(value)}`;
    }
    for (let spi = 0; spi < stack.length; spi++) {
      const slot = stack[spi]!;
      if (slot.types === 0) continue;
      const bytes = machine.read(frames[f]!.top - BigInt(8 * (spi + 1)), 8);
      if (!bytes) return `frame ${f}: fp${-8 * (spi + 1)} cannot be read`;
      if (slotType(slot, 0) === STACK_SPILL) {
        const value = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
        count.checks++;
        if (!allowsValue(slot.spilled, value, view)) return `frame ${f}: fp${-8 * (spi + 1)} is ${hex(value)}`;
      }
      for (let i = 0; i < 8; i++) {
        if (slotType(slot, i) !== STACK_ZERO) continue;
        count.checks++;
        if (bytes[7 - i] !== 0) return `frame ${f}: byte fp${-8 * (spi + 1) + 7 - i} is ${bytes[7 - i]}, not 0`;
      }
    }
  }
  return undefined;
}

/** The part of a trace that is needed here: Trace.visits, or a list. */
export interface TraceView extends Iterable<Pick<Visit, "prev">> {
  at(visit: number): Pick<Visit, "insnIdx" | "before"> | undefined;
}

/** For each visit the visits that follow it: entry n + 1 is for visit n, entry 0 for the start. */
export function childrenOf(visits: TraceView): number[][] {
  const children: number[][] = [[]];
  let number = 0;
  for (const { prev } of visits) {
    children[prev + 1] ??= [];
    children[prev + 1]!.push(number++);
  }
  return children;
}

/**
 * Runs a machine from its start to its end, at most `limit` instructions. At each instruction there must be a visit that matches the
 * machine and follows one that matched before. Several can match if both sides of a branch lead to the same place.
 */
export function walkAlong(
  machine: Machine,
  visits: TraceView,
  children: number[][],
  basesOf: () => Bases,
  limit: number,
): WalkResult {
  const count = { checks: 0 };
  let at = [-1];
  for (let steps = 0; steps < limit; steps++) {
    // Helpers can move the packet.
    const bases = basesOf();
    const next: number[] = [];
    let why = "no path of the verifier comes here";
    for (const from of at) {
      for (const i of children[from + 1] ?? []) {
        const visit = visits.at(i)!;
        if (visit.insnIdx !== machine.slot) continue;
        const differs = firstDifference(machine, visit.before, bases, count);
        if (differs === undefined) next.push(i);
        else why = differs;
      }
    }
    if (next.length === 0) return { steps, checks: count.checks, violation: `insn ${machine.slot}: ${why}` };
    at = next;
    const outcome = machine.run(1);
    if (outcome.kind === "fault") return { steps, checks: count.checks, violation: outcome.fault.message };
    if (outcome.kind === "exit") return { steps: steps + 1, checks: count.checks };
  }
  return { steps: limit, checks: count.checks };
}
