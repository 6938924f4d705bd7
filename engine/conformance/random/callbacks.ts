// Random programs with functions: callbacks of bpf_loop() and bpf_for_each_map_elem(), timers, spin locks that are held over other
// code, tail calls and packet loads that leave a function. All have BTF for their functions.
import * as c from "../../isa/codes.ts";
import type { MapDef, Program } from "../../program/program.ts";
import { Emitter } from "./emit.ts";
import { Rng } from "./rng.ts";

const map = (name: string, type: string, keySize: number, valueSize: number, fields?: MapDef["fields"]): MapDef => ({
  name,
  type,
  keySize,
  valueSize,
  maxEntries: 4,
  flags: 0,
  ...(fields && { fields }),
});
const M = {
  hash: map("hash", "hash", 8, 16),
  array: map("array", "array", 4, 48),
  lru: map("lru", "lru_hash", 4, 16),
  queue: map("queue", "queue", 0, 8),
  progs: map("progs", "prog_array", 4, 4),
  lock: map("lock", "array", 4, 16, { bpf_spin_lock: 4 }),
  lockHash: map("lock_hash", "hash", 8, 24, { bpf_spin_lock: 0 }),
  timer: map("timer", "array", 4, 24, { bpf_timer: 8 }),
  timerHash: map("timer_hash", "hash", 8, 16, { bpf_timer: 0 }),
};

const PRANDOM = 7;
const TAIL_CALL = 12;
const UPDATE = 2;
const SPIN_LOCK = 93;
const SPIN_UNLOCK = 94;
const FOR_EACH = 164;
const TIMER_INIT = 169;
const TIMER_SET_CALLBACK = 170;
const TIMER_START = 171;
const TIMER_CANCEL = 172;
const LOOP = 181;

const TYPES = ["socket_filter", "sched_cls", "xdp", "tracepoint", "cgroup_skb"];

/** Writes the main function. Returns the registers in which its function `f` gets pointers. */
const KINDS: Readonly<
  Record<string, (e: Emitter, rng: Rng, progType: string) => readonly number[] | "tail" | "packet" | undefined>
> = {
  loop(e, rng) {
    if (rng.chance(50)) e.set(1, rng.pick([0, 1, 2, 3, 10, 100]));
    else {
      e.helper(PRANDOM);
      if (rng.chance(40)) e.and(0, 3);
      e.mov(1, 0);
    }
    e.loadFunction(2, "f");
    const ctx = rng.weighted({ stack: 6, null: 3, context: 1 });
    if (ctx === "stack") e.stackPointer(3, rng.pick([-8, -16, -24]));
    else if (ctx === "null") e.set(3, 0);
    else e.mov(3, 6);
    e.set(4, rng.pick([0, 0, 0, 1]));
    e.helper(LOOP);
    if (rng.chance(30)) {
      e.load(c.BPF_DW, 1, 10, -8);
      e.and(1, 7);
      e.mov(2, 10);
      e.addReg(2, 1);
      e.load(c.BPF_B, 3, 2, -16);
    }
    return [2, 1];
  },
  each(e, rng) {
    e.loadMap(1, rng.pick([M.hash, M.array, M.array, M.lru, M.queue, M.lock, M.progs, M.timer]));
    e.loadFunction(2, "f");
    if (rng.chance(60)) e.stackPointer(3, -16);
    else e.set(3, 0);
    e.set(4, 0);
    e.helper(FOR_EACH);
    return [3, 4, 2, 1];
  },
  timer(e, rng) {
    const m = rng.pick([M.timer, M.timerHash, M.array, M.lock]);
    e.lookup(7, m, rng.chance(95));
    const off = m === M.timer ? rng.pick([8, 8, 0, 4]) : rng.pick([0, 0, 8]);
    for (const step of rng.chance(70) ? [0, 1, 2, 3] : [1, 0, 3, 2]) {
      e.mov(1, 7);
      e.add(1, off);
      if (step === 0) {
        e.loadMap(2, rng.chance(85) ? m : rng.pick([M.timer, M.timerHash]));
        e.set(3, 1);
        e.helper(TIMER_INIT);
      } else if (step === 1) {
        e.loadFunction(2, "f");
        e.helper(TIMER_SET_CALLBACK);
      } else if (step === 2) {
        e.set(2, 1000);
        e.set(3, 0);
        e.helper(TIMER_START);
      } else e.helper(TIMER_CANCEL);
    }
    return [3, 2, 1];
  },
  lock(e, rng) {
    const m = rng.pick([M.lock, M.lock, M.lockHash, M.array]);
    e.lookup(7, m, true);
    const two = rng.chance(30);
    if (two) e.lookup(8, rng.pick([m, M.lock]), true);
    const off = rng.chance(10) ? rng.pick([0, 4, 8]) : m === M.lock ? 4 : 0;
    const lock = (reg: number, helper: number): void => {
      e.mov(1, reg);
      e.add(1, off);
      e.helper(helper);
    };
    let calls = false;
    if (rng.chance(95)) lock(7, SPIN_LOCK);
    for (let i = rng.below(3); i > 0; i--) {
      const what = rng.weighted({ store: 4, load: 2, call: 1, own: 1, branch: 1 });
      if (what === "store") e.store(c.BPF_DW, 7, rng.pick([8, 8, 0, 4]), 5);
      else if (what === "load") e.load(c.BPF_DW, 1, 7, rng.pick([8, 0]));
      else if (what === "call") e.helper(PRANDOM);
      else if (what === "own") {
        e.call("f");
        calls = true;
      } else {
        e.ifEqual(0, 0, 1);
        e.set(0, 0);
      }
    }
    if (rng.chance(90)) lock(two && rng.chance(50) ? 8 : 7, SPIN_UNLOCK);
    if (rng.chance(20)) lock(7, rng.pick([SPIN_LOCK, SPIN_UNLOCK]));
    if (rng.chance(15)) {
      e.loadMap(1, M.lock);
      e.stackPointer(2, -8);
      e.mov(3, 7);
      e.set(4, 0);
      e.helper(UPDATE);
    }
    return calls ? [1] : undefined;
  },
  tail(e, rng, progType) {
    const packet = progType === "sched_cls" && rng.chance(70);
    if (packet) {
      e.load(c.BPF_W, 8, 6, 76);
      e.load(c.BPF_W, 3, 6, 80);
      e.mov(4, 8);
      e.add(4, 8);
      e.emit(c.BPF_JMP | c.BPF_JLE | c.BPF_X, 4, 3, 2);
      e.leave(0);
    }
    e.mov(1, 6);
    e.stackPointer(2, -16);
    e.call("f");
    if (packet && rng.chance(60)) e.load(c.BPF_B, 1, 8, 0);
    if (rng.chance(40)) {
      e.and(0, 7);
      e.mov(1, 10);
      e.addReg(1, 0);
      e.load(c.BPF_B, 2, 1, -16);
    }
    return "tail";
  },
  packet(e, rng) {
    e.mov(1, 6);
    e.stackPointer(2, -16);
    e.call("f");
    if (rng.chance(50)) {
      e.and(0, 7);
      e.mov(1, 10);
      e.addReg(1, 0);
      e.load(c.BPF_B, 2, 1, -16);
    }
    if (rng.chance(40)) {
      e.ifEqual(0, rng.pick([0, 1]), 1);
      e.add(0, 1);
    }
    return "packet";
  },
};

export function callbackProgram(seed: number): Program {
  const rng = new Rng(seed);
  const e = new Emitter();
  const progType = rng.pick(TYPES);
  e.mov(6, 1);
  for (const off of [-8, -16, -24]) if (rng.chance(70)) e.store(c.BPF_DW, 10, off, rng.pick([0, 1, 10]));
  if (rng.chance(90)) e.store(c.BPF_DW, 10, -8, rng.pick([0, 1]));
  const pointers = KINDS[rng.weighted({ loop: 2, each: 2, timer: 1, lock: 2, tail: 2, packet: 1 })]!(e, rng, progType);
  if (rng.chance(90)) e.set(0, rng.pick([0, 1]));
  e.exit();
  if (pointers) {
    e.begin("f");
    if (pointers === "tail") tailCaller(e, rng);
    else if (pointers === "packet") packetLoader(e, rng);
    else callee(e, rng, pointers);
  }
  return e.program({ progType, funcInfo: true });
}

/** A function with pointers in some registers. It uses them correctly or wrongly. */
function callee(e: Emitter, rng: Rng, pointers: readonly number[]): void {
  for (let i = rng.below(4); i > 0; i--) {
    const reg = rng.pick(pointers);
    const what = rng.weighted({ load: 4, spill: 3, store: 3, call: 2, move: 2, branch: 2, count: 2, set: 2 });
    if (what === "load") e.load(c.BPF_B, rng.pick([3, 4]), reg, rng.pick([0, 8, -8, -16]));
    else if (what === "spill") e.storeReg(c.BPF_DW, reg, rng.pick([0, -8]), rng.pick(pointers));
    else if (what === "store") e.store(c.BPF_B, reg, rng.pick([0, -8, 4]), 7);
    else if (what === "call") e.helper(PRANDOM);
    else if (what === "move") e.add(reg, rng.pick([1, 8]));
    else if (what === "branch") {
      e.ifEqual(reg, 0, 1);
      e.set(0, 0);
    } else if (what === "count") {
      e.load(c.BPF_DW, 3, reg, rng.pick([-8, 0]));
      e.add(3, 1);
      e.storeReg(c.BPF_DW, reg, rng.pick([-8, 0]), 3);
    } else e.set(0, rng.pick([0, 1]));
  }
  const result = rng.weighted({ fits: 6, tooLarge: 1, masked: 1, unknown: 1, unset: 1 });
  if (result === "fits") e.set(0, rng.pick([0, 0, 0, 1]));
  else if (result === "tooLarge") e.set(0, 2);
  else if (result !== "unset") e.helper(PRANDOM);
  if (result === "masked") e.and(0, 1);
  e.exit();
}

function tailCaller(e: Emitter, rng: Rng): void {
  const keeps = rng.chance(60);
  if (keeps) e.mov(7, 2);
  if (keeps && rng.chance(30)) e.store(c.BPF_DW, 7, rng.pick([0, 8, -8]), 1);
  if (rng.chance(30)) {
    e.ifEqual(1, 0, 2);
    e.leave(3);
  }
  e.loadMap(2, rng.pick([M.progs, M.progs, M.progs, M.array]));
  e.set(3, rng.pick([0, 7]));
  e.helper(TAIL_CALL);
  if (keeps && rng.chance(50)) e.store(c.BPF_DW, 7, rng.pick([0, 8, -8]), 1);
  if (keeps && rng.chance(30)) e.load(c.BPF_DW, 1, 7, rng.pick([0, 8, -8]));
  if (rng.chance(90)) e.set(0, rng.pick([0, 1, 2]));
  if (rng.chance(10)) e.mov(0, 10);
  e.exit();
}

function packetLoader(e: Emitter, rng: Rng): void {
  const size = rng.pick([c.BPF_B, c.BPF_H, c.BPF_W]);
  e.mov(6, 1);
  e.mov(7, 2);
  if (rng.chance(40)) e.store(c.BPF_DW, 7, rng.pick([0, 8, -8]), 1);
  if (rng.chance(30)) {
    e.helper(PRANDOM);
    e.and(0, 15);
    e.mov(8, 0);
    e.emit(c.BPF_LD | c.BPF_IND | size, 0, 8, 0, 2);
  } else e.emit(c.BPF_LD | c.BPF_ABS | size, 0, 0, 0, rng.pick([0, 14]));
  if (rng.chance(40)) e.store(c.BPF_DW, 7, rng.pick([0, 8]), 1);
  if (rng.chance(30)) e.set(0, rng.pick([1, 2]));
  e.exit();
}
