// Timers in map values. A program arms them. They fire after the program has ended, in the order of their times. The clock jumps to the
// time of each, and its callback runs on the stack of the program that has ended.
//
//   struct bpf_timer in a value   0                                               4         8
//                                 slot of the callback + 1 | clock << 24 | flags  program   time since boot (u64, ns)
//
// No program can read these bytes, and bpf(2) shows them as zeros.
// @kernel kernel/bpf/helpers.c bpf_timer_init, bpf_timer_set_callback, bpf_timer_start, bpf_timer_cancel, bpf_timer_cb
import { ERRNO } from "../../facts/errno.ts";
import { CLOCK, REGS, SLOT_WORDS, STACK_END, TIMER } from "../layout.ts";
import { BpfMap } from "../maps/map.ts";
import { type Caller, type Helper, mapArg, memArg, ret, u64Arg } from "./call.ts";
import { callbackArg } from "./callbacks.ts";

const TIMER_BYTES = 16;
const CALLBACK_MASK = 0x00ff_ffff;
const CLOCK_SHIFT = 24;
const INITIALISED = 0x4000_0000;
const ARMED = 0x8000_0000;

const CLOCK_REALTIME = 0;
const CLOCKS: readonly bigint[] = [0n, 1n, 7n];
const BPF_F_TIMER_ABS = 1n;
const START_FLAGS = 3n;

/** A timer may restart itself for ever, so only this many callbacks are run. Timers that are still armed then stay armed. */
const MAX_FIRED = 16;

/** Offset of the timer that argument 1 points to. -1: a fault happened. */
const timerArg = (m: Caller, ip: number): number => memArg(m, ip, 1, TIMER_BYTES, true);

export const TIMER_HELPERS = {
  timer_init: (m, ip) => {
    const at = timerArg(m, ip);
    if (at < 0 || mapArg(m, ip, 2) === undefined) return false;
    const flags = u64Arg(m, 3);
    if (!CLOCKS.includes(flags)) return ret(m, -ERRNO.EINVAL);
    if (m.memory.r32(at) !== 0) return ret(m, -ERRNO.EBUSY);
    m.memory.w32(at, INITIALISED | (Number(flags) << CLOCK_SHIFT));
    return ret(m, 0);
  },

  timer_set_callback: (m, ip) => {
    const at = timerArg(m, ip);
    const callback = at < 0 ? -1 : callbackArg(m, ip, 2);
    if (callback < 0) return false;
    const state = m.memory.r32(at);
    if (state === 0) return ret(m, -ERRNO.EINVAL);
    m.memory.w32(at, (state & ~CALLBACK_MASK) | (callback + 1));
    m.memory.w32(at + 4, m.program.id);
    return ret(m, 0);
  },

  timer_start: (m, ip) => {
    const at = timerArg(m, ip);
    if (at < 0) return false;
    const { memory } = m;
    const [wait, flags] = [u64Arg(m, 2), u64Arg(m, 3)];
    const state = memory.r32(at);
    if ((flags & ~START_FLAGS) !== 0n || (state & CALLBACK_MASK) === 0) return ret(m, -ERRNO.EINVAL);
    const realtime = ((state >>> CLOCK_SHIFT) & 15) === CLOCK_REALTIME;
    const start = (flags & BPF_F_TIMER_ABS) === 0n ? memory.r64(CLOCK) : realtime ? -m.env.wallOffset : 0n;
    const time = start + wait;
    memory.w32(at, state | ARMED);
    memory.w64(at + 8, time < 0n ? 0n : time);
    memory.w32(TIMER.armed, 1);
    return ret(m, 0);
  },

  timer_cancel: (m, ip) => {
    const at = timerArg(m, ip);
    if (at < 0) return false;
    const { memory } = m;
    const state = memory.r32(at);
    if (state === 0) return ret(m, -ERRNO.EINVAL);
    if (memory.r32(TIMER.running) === at) return ret(m, -ERRNO.EDEADLK);
    memory.w32(at, state & ~CALLBACK_MASK & ~ARMED);
    return ret(m, (state & ARMED) !== 0 ? 1 : 0);
  },
} satisfies Record<string, Helper>;

interface DueTimer {
  readonly map: BpfMap;
  readonly key: number;
  /** The index that stood at `key`, for maps without stored keys: the walk over an array writes each index to the same place. */
  readonly index: number;
  readonly value: number;
  readonly timer: number;
  readonly time: bigint;
}

/** The timer that is due first, and the arguments of its callback. */
function firstDue(m: Caller): DueTimer | undefined {
  const { memory } = m;
  let due: DueTimer | undefined;
  for (const map of memory.owners) {
    const field = map instanceof BpfMap ? map.def.fields?.bpf_timer : undefined;
    if (!(map instanceof BpfMap) || field === undefined) continue;
    const next = (cursor: number) => map.elementAt(cursor, m.env.cpu, TIMER.key);
    for (let element = next(0); element !== undefined; element = next(element.next)) {
      const { key, value } = element;
      const timer = value + field;
      const time = memory.r64(timer + 8);
      if ((memory.r32(timer) & ARMED) === 0 || (due !== undefined && time >= due.time)) continue;
      due = { map, key, index: memory.r32(TIMER.key), value, timer, time };
    }
  }
  return due;
}

/** Called when the program or a timer's callback has ended: starts the next callback. false: there is none, the run has ended. */
export function fireNextTimer(m: Caller): boolean {
  const { memory } = m;
  if (memory.r32(TIMER.armed) === 0) return false;
  memory.revokeRead(TIMER.readGrant);
  if (memory.r32(TIMER.fired) === 0) memory.w64(TIMER.result, m.reg(0));
  const due = memory.r32(TIMER.fired) < MAX_FIRED ? firstDue(m) : undefined;
  if (due === undefined) {
    memory.w64(REGS, memory.r64(TIMER.result));
    return false;
  }
  const { map, key, index, value, timer, time } = due;
  const state = memory.r32(timer);
  if (!m.switchProgram(memory.r32(timer + 4))) {
    // The program of the callback no longer exists, so its timer does not fire.
    memory.w32(timer, state & ~CALLBACK_MASK & ~ARMED);
    return fireNextTimer(m);
  }
  memory.w32(timer, state & ~ARMED);
  memory.w32(TIMER.fired, memory.r32(TIMER.fired) + 1);
  memory.w32(TIMER.running, timer);
  memory.w32(TIMER.map, map.id);
  if (time > memory.r64(CLOCK)) memory.w64(CLOCK, time);
  if (key === TIMER.key) memory.w32(key, index);
  memory.grantRead(TIMER.readGrant, key, map.def.keySize);
  m.setPointer(1, map.address);
  m.setPointer(2, key);
  m.setPointer(3, value);
  m.setPointer(10, STACK_END);
  m.ip = ((state & CALLBACK_MASK) - 1) * SLOT_WORDS;
  return true;
}
