// Helpers that call back into the program. The helper saves a frame that records how far it got. Each return from the callback comes back
// here, until there is no further turn and the helper returns.
// @kernel kernel/bpf/bpf_iter.c bpf_loop, bpf_for_each_map_elem; kernel/bpf/ringbuf.c bpf_user_ringbuf_drain
import { ERRNO } from "../../facts/errno.ts";
import { funcSlotAt } from "../decode.ts";
import { DEPTH, FRAME, FRAME_BYTES, FRAME_KIND, FRAMES, REGS, SLOT_WORDS, TIMER } from "../layout.ts";
import { mapById } from "../maps/map.ts";
import { UserRingbufMap } from "../maps/user-ringbuf.ts";
import type { Memory } from "../memory.ts";
import { type Caller, type Helper, mapArg, ret, u32Arg, u64Arg } from "./call.ts";
import { localDynptr } from "./dynptr.ts";

/** The highest number of turns of bpf_loop (BPF_MAX_LOOPS). */
const MAX_LOOPS = 8 * 1024 * 1024;
/** The highest number of samples in one bpf_user_ringbuf_drain (BPF_MAX_USER_RINGBUF_SAMPLES). */
const MAX_SAMPLES = 128 * 1024;
/** BPF_RB_NO_WAKEUP, BPF_RB_FORCE_WAKEUP */
const WAKEUP_FLAGS = 3n;

/** Slot of the function whose address is in argument n. -1: a fault happened. */
export function callbackArg(m: Caller, ip: number, n: number): number {
  const address = u64Arg(m, n);
  const lo = Number(BigInt.asIntN(32, address));
  const slot = funcSlotAt(lo, Number(BigInt.asIntN(32, address >> 32n)), m.program.insns.length);
  if (slot < 0) m.raise("argument", ip, `argument ${n} is no function of this program`);
  return slot;
}

/** Starts the next turn of a callback frame. false: there is none; the helper returns, with its result in R0. */
export function continueCallback(m: Caller, frame: number): boolean {
  const { memory } = m;
  const index = memory.r32(frame + FRAME.index);
  const stop = m.reg(0) !== 0n;
  drainedRingbuf(m, frame)?.releaseSample();
  memory.revokeRead(frame + FRAME.readGrant);
  if (!stop && startTurn(m, frame, index)) return true;
  ret(m, index);
  return false;
}

/** The user ring buffer that this frame drains. undefined: it is a frame of another helper. */
function drainedRingbuf(m: Caller, frame: number): UserRingbufMap | undefined {
  if (m.memory.r32(frame + FRAME.kind) !== FRAME_KIND.drain) return undefined;
  const map = mapById(m.memory, m.memory.r32(frame + FRAME.map));
  return map instanceof UserRingbufMap ? map : undefined;
}

/** Sets up the arguments of turn `index` and jumps to the callback. false: there is no such turn. */
function startTurn(m: Caller, frame: number, index: number): boolean {
  const { memory } = m;
  if (memory.r32(frame + FRAME.kind) === FRAME_KIND.loop) {
    if (index >= memory.r32(frame + FRAME.total)) return false;
    m.setReg(1, BigInt(index));
    m.setReg(2, memory.r64(frame + FRAME.ctx));
  } else if (memory.r32(frame + FRAME.kind) === FRAME_KIND.drain) {
    const sample = index < MAX_SAMPLES ? drainedRingbuf(m, frame)?.peek() : undefined;
    if (sample === undefined) return false;
    localDynptr(m, frame + FRAME.dynptr, sample.at, sample.size);
    memory.grantRead(frame + FRAME.readGrant, frame + FRAME.dynptr, 16);
    m.setPointer(1, frame + FRAME.dynptr);
    m.setReg(2, memory.r64(frame + FRAME.ctx));
  } else {
    const map = mapById(memory, memory.r32(frame + FRAME.map));
    const element = map?.elementAt(Number(memory.r64(frame + FRAME.cursor)), m.env.cpu, frame + FRAME.key);
    if (map === undefined || element === undefined) return false;
    memory.grantRead(frame + FRAME.readGrant, element.key, map.def.keySize);
    m.setPointer(1, map.address);
    m.setPointer(2, element.key);
    m.setPointer(3, element.value);
    m.setReg(4, memory.r64(frame + FRAME.ctx));
    memory.wNumber(frame + FRAME.cursor, element.next);
  }
  memory.w32(frame + FRAME.index, index + 1);
  m.ip = memory.r32(frame + FRAME.callback);
  return true;
}

/** Saves the frame and starts the first turn. If there is no turn, the helper returns 0 at once. */
function beginCallbacks(
  m: Caller,
  ip: number,
  kind: number,
  callback: number,
  total: number,
  map: number,
  ctx: bigint,
): boolean {
  const frame = m.pushFrame(ip, ip + SLOT_WORDS, kind);
  if (frame === 0) return false;
  const { view } = m.memory;
  view.setUint32(frame + FRAME.callback, callback * SLOT_WORDS, true);
  view.setUint32(frame + FRAME.index, 0, true);
  view.setBigUint64(frame + FRAME.cursor, 0n, true);
  view.setUint32(frame + FRAME.total, total, true);
  view.setUint32(frame + FRAME.map, map, true);
  view.setUint32(frame + FRAME.readGrant + 4, 0, true);
  view.setBigUint64(frame + FRAME.ctx, ctx, true);
  if (startTurn(m, frame, 0)) return true;
  m.popFrame(frame);
  m.memory.wNumber(REGS, 0);
  return true;
}

export const CALLBACK_HELPERS = {
  loop: (m, ip) => {
    const total = u32Arg(m, 1);
    const callback = callbackArg(m, ip, 2);
    if (callback < 0) return false;
    if (u64Arg(m, 4) !== 0n) return ret(m, -ERRNO.EINVAL);
    if (total > MAX_LOOPS) return ret(m, -ERRNO.E2BIG);
    return beginCallbacks(m, ip, FRAME_KIND.loop, callback, total, 0, u64Arg(m, 3));
  },

  for_each_map_elem: (m, ip) => {
    const map = mapArg(m, ip);
    const callback = map === undefined ? -1 : callbackArg(m, ip, 2);
    if (map === undefined || callback < 0) return false;
    if (u64Arg(m, 4) !== 0n) return ret(m, -ERRNO.EINVAL);
    return beginCallbacks(m, ip, FRAME_KIND.forEach, callback, 0, map.id, u64Arg(m, 3));
  },

  user_ringbuf_drain: (m, ip) => {
    const map = mapArg(m, ip);
    if (map === undefined) return false;
    if (!(map instanceof UserRingbufMap)) return m.raise("argument", ip, `map ${map.name} is no user ring buffer`);
    const callback = callbackArg(m, ip, 2);
    if (callback < 0) return false;
    if ((u64Arg(m, 4) & ~WAKEUP_FLAGS) !== 0n) return ret(m, -ERRNO.EINVAL);
    return beginCallbacks(m, ip, FRAME_KIND.drain, callback, 0, map.id, u64Arg(m, 3));
  },
} satisfies Record<string, Helper>;

/** If a run ended inside callbacks, their access to keys is taken away before the next run begins. */
export function revokeReadGrants(memory: Memory): void {
  for (let depth = memory.r32(DEPTH); depth > 0; depth--) {
    const frame = FRAMES + (depth - 1) * FRAME_BYTES;
    const isWalk = memory.r32(frame + FRAME.kind) === FRAME_KIND.forEach;
    // If the map is gone, its memory may belong to something else now.
    if (isWalk && mapById(memory, memory.r32(frame + FRAME.map)) !== undefined)
      memory.revokeRead(frame + FRAME.readGrant);
  }
  if (mapById(memory, memory.r32(TIMER.map)) !== undefined) memory.revokeRead(TIMER.readGrant);
}
