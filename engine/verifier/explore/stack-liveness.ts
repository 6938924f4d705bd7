// Which stack slots may still be read: a live-variable analysis for the slots of all frames. Its input is what the main walk saw each
// instruction read and write. There is one analysis for each chain of calls. Mutable and hot: the masks are in typed arrays.
// @kernel liveness.c (Linux 6.18)
//
//   liveBefore(i)   = (∪ liveBefore(s) \ mustWrite(i)) ∪ mayRead(i)      over the successors s of i
//   mustWriteAcc(i) = (∩ mustWriteAcc(s)) ∪ mustWrite(i)
//
// A mask has one bit for each of 64 slots, in two words. Slot 0 (fp-8) is bit 0 of the low word.

import { bug } from "../../base/bug.ts";
import { BPF_LOG_LEVEL2 } from "../log/buffer.ts";
import { postorderOf } from "../prepass/postorder.ts";
import { NONE } from "../prepass/successors.ts";
import { type Env, subprogEnd, verbose } from "../state/env.ts";
import { MAX_CALL_FRAMES, type VerifierState } from "../state/state.ts";

/** Positions of the masks in the words of one instruction (FrameMasks). The low word comes first. */
const MAY_READ = 0;
const MUST_WRITE = 2;
const MUST_WRITE_ACC = 4;
const LIVE_BEFORE = 6;
const WORDS = 8;

/** How the instructions of one function use the slots of one frame: WORDS words for each instruction. */
type FrameMasks = Uint32Array;

/** What is known about one function, called through one chain of calls. @kernel struct func_instance */
interface Instance {
  readonly outer: Instance | null;
  /** Slots of the calls, outermost first. The last element is the first slot of this function. */
  readonly chain: readonly number[];
  readonly depth: number;
  readonly start: number;
  readonly count: number;
  readonly subprogno: number;
  /** Marks were added since the last update. */
  updated: boolean;
  /** A mustWrite set became smaller since then. */
  mustWriteDropped: boolean;
  readonly frames: (FrameMasks | null)[];
  /** For each instruction, 1 if mustWrite was set. */
  readonly mustWriteSet: Uint8Array;
  readonly inner: Map<number, Instance>;
}

interface Liveness {
  readonly roots: Map<number, Instance>;
  readonly postorder: readonly Int32Array[];
  /** The instance of env.curState. null: it was not needed yet. */
  current: Instance | null;
  /** Slots that the current instruction writes: a low and a high word for each frame. */
  readonly writes: Uint32Array;
  /** Whether `writes` may have bits that are set. */
  wrote: boolean;
  writeInsnIdx: number;
  /** The state that stackSlotAlive is asked about: the instance of each frame. */
  readonly query: Instance[];
  queryFrame: number;
  queryInsnIdx: number;
}

const livenessOf = (env: Env): Liveness => env.liveness as Liveness;

/** Makes env.liveness. Needs env.successors and env.postorder. */
export function stackLivenessInit(env: Env): void {
  const liveness: Liveness = {
    roots: new Map(),
    postorder: env.subprogs.map((_, n) => postorderOf(env, n)),
    current: null,
    writes: new Uint32Array(2 * MAX_CALL_FRAMES),
    wrote: false,
    writeInsnIdx: 0,
    query: [],
    queryFrame: 0,
    queryInsnIdx: 0,
  };
  env.liveness = liveness;
}

/** The instance of frame `frameno` of a state. It is made if there is none. */
function instanceOf(env: Env, state: VerifierState, frameno: number): Instance {
  const { roots } = livenessOf(env);
  let at: Instance | null = null;
  for (let i = 0; i <= frameno; i++) {
    const { subprogno, callsite } = state.frames[i]!;
    const start = env.subprogs[subprogno]!.start;
    const table: Map<number, Instance> = at === null ? roots : at.inner;
    const key: number = at === null ? start : (callsite + 1) * 0x10_0000 + start;
    let next: Instance | undefined = table.get(key);
    if (next === undefined) table.set(key, (next = newInstance(env, at, callsite, subprogno)));
    at = next;
  }
  if (at === null) throw bug("a verifier state without frames");
  return at;
}

function newInstance(env: Env, outer: Instance | null, callsite: number, subprogno: number): Instance {
  const start = env.subprogs[subprogno]!.start;
  const count = subprogEnd(env, subprogno) - start;
  return {
    outer,
    chain: outer === null ? [start] : [...outer.chain.slice(0, -1), callsite, start],
    depth: outer === null ? 0 : outer.depth + 1,
    start,
    count,
    subprogno,
    updated: false,
    mustWriteDropped: false,
    frames: new Array(MAX_CALL_FRAMES).fill(null),
    mustWriteSet: new Uint8Array(count),
    inner: new Map(),
  };
}

const masksOf = (instance: Instance, frame: number): FrameMasks =>
  (instance.frames[frame] ??= new Uint32Array(instance.count * WORDS));

/** Must be called after env.curState entered or left a function, or was replaced by another state. */
export function resetLiveStackCallchain(env: Env): void {
  livenessOf(env).current = null;
}

const currentInstance = (env: Env): Instance =>
  (livenessOf(env).current ??= instanceOf(env, env.curState, env.curState.curframe));

/** Marks slots of a frame that instruction `insnIdx` of the current function may read. */
function markStackRead(env: Env, frameno: number, insnIdx: number, lo: number, hi: number): void {
  addReads(currentInstance(env), frameno, insnIdx, lo, hi);
}

export function markStackReadSlot(env: Env, frameno: number, insnIdx: number, spi: number): void {
  markStackRead(env, frameno, insnIdx, spi < 32 ? (1 << spi) >>> 0 : 0, spi < 32 ? 0 : (1 << (spi - 32)) >>> 0);
}

function addReads(instance: Instance, frame: number, insnIdx: number, lo: number, hi: number): void {
  const masks = masksOf(instance, frame);
  const at = (insnIdx - instance.start) * WORDS;
  const newLo = lo & ~masks[at + MAY_READ]!;
  const newHi = hi & ~masks[at + MAY_READ + 1]!;
  if (newLo === 0 && newHi === 0) return;
  masks[at + MAY_READ]! |= lo;
  masks[at + MAY_READ + 1]! |= hi;
  const deadLo = masks[at + MAY_READ]! & ~masks[at + LIVE_BEFORE]!;
  const deadHi = masks[at + MAY_READ + 1]! & ~masks[at + LIVE_BEFORE + 1]!;
  if (deadLo !== 0 || deadHi !== 0) instance.updated = true;
}

/** Must be called before an instruction is walked: it has written nothing yet. */
export function resetStackWriteMarks(env: Env, insnIdx: number): void {
  const liveness = livenessOf(env);
  currentInstance(env);
  clearWrites(liveness);
  liveness.writeInsnIdx = insnIdx;
}

function clearWrites(liveness: Liveness): void {
  if (!liveness.wrote) return;
  liveness.writes.fill(0);
  liveness.wrote = false;
}

/** Marks a slot of a frame that the current instruction certainly writes. */
export function markStackWriteSlot(env: Env, frameno: number, spi: number): void {
  const liveness = livenessOf(env);
  liveness.writes[2 * frameno + (spi >> 5)]! |= 1 << (spi & 31);
  liveness.wrote = true;
}

/** Must be called after an instruction was walked without error. An instruction must write what it wrote on every path so far. */
export function commitStackWriteMarks(env: Env): void {
  const liveness = livenessOf(env);
  if (liveness.current !== null) commitWrites(liveness, liveness.current);
}

function commitWrites(liveness: Liveness, instance: Instance): void {
  const index = liveness.writeInsnIdx - instance.start;
  const wasSet = instance.mustWriteSet[index] === 1;
  const at = index * WORDS + MUST_WRITE;
  for (let frame = 0; frame <= instance.depth; frame++) {
    let lo = liveness.writes[2 * frame]!;
    let hi = liveness.writes[2 * frame + 1]!;
    if (lo === 0 && hi === 0 && (!wasSet || instance.frames[frame] == null)) continue;
    const masks = masksOf(instance, frame);
    // The kernel keeps the old mask in 32 bits, so slots from fp-264 down are lost on the second visit.
    const old = masks[at]!;
    if (wasSet) {
      lo = (lo & old) >>> 0;
      hi = 0;
    }
    if (old !== lo || hi !== 0) {
      masks[at] = lo;
      masks[at + 1] = hi;
      instance.updated = true;
    }
    if ((old & ~lo) !== 0) instance.mustWriteDropped = true;
  }
  instance.mustWriteSet[index] = 1;
  liveness.writeInsnIdx = 0;
}

/**
 * Brings the analysis up to date for all frames of the current state. Must be called at the end of each path, and before a function
 * returns to its caller.
 */
export function updateLiveStack(env: Env): void {
  resetLiveStackCallchain(env);
  for (let frame = env.curState.curframe; frame >= 0; frame--) {
    const instance = instanceOf(env, env.curState, frame);
    if (!instance.updated) continue;
    updateInstance(env, instance);
    instance.updated = false;
    instance.mustWriteDropped = false;
  }
}

function updateInstance(env: Env, instance: Instance): void {
  const liveness = livenessOf(env);
  if (instance.mustWriteDropped) {
    for (const masks of instance.frames) {
      if (masks === null) continue;
      for (let at = MUST_WRITE_ACC; at < masks.length; at += WORDS) masks[at] = masks[at + 1] = 0;
    }
  }
  const postorder = liveness.postorder[instance.subprogno]!;
  let iterations = 0;
  for (let changed = true; changed; iterations++) {
    changed = false;
    for (let frame = 0; frame <= instance.depth; frame++) {
      const masks = instance.frames[frame];
      if (masks == null) continue;
      for (let i = 0; i < postorder.length; i++) {
        if (updateInsn(env, instance, frame, masks, postorder[i]!)) changed = true;
      }
    }
  }
  if (env.log.level & BPF_LOG_LEVEL2) {
    verbose(env, "live-stack", `${chainText(env, instance)} live stack update done in ${iterations} iterations\n`, -1);
  }
  if (instance.outer !== null) propagateToOuter(liveness, instance, instance.outer);
}

function updateInsn(env: Env, instance: Instance, frame: number, masks: FrameMasks, insnIdx: number): boolean {
  const { start } = instance;
  const { successors } = env;
  const next = successors[2 * insnIdx]!;
  if (next === NONE) return false;
  let s = (next - start) * WORDS;
  let liveLo = masks[s + LIVE_BEFORE]!;
  let liveHi = masks[s + LIVE_BEFORE + 1]!;
  let accLo = masks[s + MUST_WRITE_ACC]!;
  let accHi = masks[s + MUST_WRITE_ACC + 1]!;
  const other = successors[2 * insnIdx + 1]!;
  if (other !== NONE) {
    s = (other - start) * WORDS;
    liveLo |= masks[s + LIVE_BEFORE]!;
    liveHi |= masks[s + LIVE_BEFORE + 1]!;
    accLo &= masks[s + MUST_WRITE_ACC]!;
    accHi &= masks[s + MUST_WRITE_ACC + 1]!;
  }
  const at = (insnIdx - start) * WORDS;
  const readLo = masks[at + MAY_READ]!;
  const readHi = masks[at + MAY_READ + 1]!;
  const writeLo = masks[at + MUST_WRITE]!;
  const writeHi = masks[at + MUST_WRITE + 1]!;
  accLo = (accLo | writeLo) >>> 0;
  accHi = (accHi | writeHi) >>> 0;
  liveLo = ((liveLo & ~writeLo) | readLo) >>> 0;
  liveHi = ((liveHi & ~writeHi) | readHi) >>> 0;
  const oldLiveLo = masks[at + LIVE_BEFORE]!;
  const oldLiveHi = masks[at + LIVE_BEFORE + 1]!;
  const oldAccLo = masks[at + MUST_WRITE_ACC]!;
  const oldAccHi = masks[at + MUST_WRITE_ACC + 1]!;
  if (liveLo === oldLiveLo && liveHi === oldLiveHi && accLo === oldAccLo && accHi === oldAccHi) return false;
  if (
    env.log.level & BPF_LOG_LEVEL2 &&
    ((readLo | readHi | writeLo | writeHi) !== 0 || insnIdx === start || env.aux[insnIdx]!.prunePoint)
  ) {
    const place = `${chainText(env, instance)} frame ${frame} insn ${env.slotNumber(insnIdx)} `;
    logChange(env, insnIdx, place, "live", oldLiveLo, oldLiveHi, liveLo, liveHi);
    logChange(env, insnIdx, place, "written", oldAccLo, oldAccHi, accLo, accHi);
  }
  masks[at + LIVE_BEFORE] = liveLo;
  masks[at + LIVE_BEFORE + 1] = liveHi;
  masks[at + MUST_WRITE_ACC] = accLo;
  masks[at + MUST_WRITE_ACC + 1] = accHi;
  return true;
}

/** Gives a call the reads and writes that its function makes in the callers' frames. */
function propagateToOuter(liveness: Liveness, instance: Instance, outer: Instance): void {
  const callsite = instance.chain[instance.depth - 1]!;
  clearWrites(liveness);
  liveness.writeInsnIdx = callsite;
  liveness.wrote = true;
  for (let frame = 0; frame < instance.depth; frame++) {
    const masks = instance.frames[frame];
    if (masks == null) continue;
    liveness.writes[2 * frame]! |= masks[MUST_WRITE_ACC]!;
    liveness.writes[2 * frame + 1]! |= masks[MUST_WRITE_ACC + 1]!;
    addReads(outer, frame, callsite, masks[LIVE_BEFORE]!, masks[LIVE_BEFORE + 1]!);
  }
  commitWrites(liveness, outer);
}

const chainText = (env: Env, instance: Instance): string => `(${instance.chain.map(env.slotNumber).join(",")})`;

function logChange(
  env: Env,
  insnIdx: number,
  place: string,
  what: string,
  oldLo: number,
  oldHi: number,
  lo: number,
  hi: number,
): void {
  if (oldLo === lo && oldHi === hi) return;
  let text = place;
  if ((lo & ~oldLo) | (hi & ~oldHi)) text += `+${what} ${slotsText(lo & ~oldLo, hi & ~oldHi)} `;
  if ((oldLo & ~lo) | (oldHi & ~hi)) text += `-${what} ${slotsText(oldLo & ~lo, oldHi & ~hi)}`;
  verbose(env, "live-stack", `${text}\n`, insnIdx);
}

/** The slots of a mask as offsets from the frame pointer, such as `-8,-24`. @kernel verifier.c bpf_fmt_stack_mask */
export function slotsText(lo: number, hi: number): string {
  const offsets: number[] = [];
  for (let spi = 0; spi < 64; spi++) if (((spi < 32 ? lo : hi) >>> (spi & 31)) & 1) offsets.push(-8 * (spi + 1));
  return offsets.join(",");
}

/** Sets the state for the following calls of stackSlotAlive. */
export function liveStackQueryInit(env: Env, state: VerifierState): void {
  const liveness = livenessOf(env);
  liveness.query.length = 0;
  for (let frame = 0; frame <= state.curframe; frame++) liveness.query.push(instanceOf(env, state, frame));
  liveness.queryFrame = state.curframe;
  liveness.queryInsnIdx = state.insnIdx;
}

/**
 * Whether slot `spi` of frame `frameno` may still be read: by the current function, or after its return by the functions between it and
 * the frame's own. For a call that runs a callback repeatedly, also before the call.
 */
export function stackSlotAlive(env: Env, frameno: number, spi: number): boolean {
  const { query, queryFrame, queryInsnIdx } = livenessOf(env);
  const innermost = query[queryFrame]!;
  if (isLiveBefore(innermost, queryInsnIdx, frameno, spi)) return true;
  for (let i = frameno; i < queryFrame; i++) {
    const callsite = innermost.chain[i]!;
    const from = env.aux[callsite]!.callsCallback ? callsite : callsite + 1;
    if (isLiveBefore(query[i]!, from, frameno, spi)) return true;
  }
  return false;
}

function isLiveBefore(instance: Instance, insnIdx: number, frame: number, spi: number): boolean {
  const masks = instance.frames[frame];
  if (masks == null) return false;
  const word = masks[(insnIdx - instance.start) * WORDS + LIVE_BEFORE + (spi >> 5)]!;
  return ((word >>> (spi & 31)) & 1) !== 0;
}
