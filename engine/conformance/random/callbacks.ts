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
const MAPS = {
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
  Record<string, (emitter: Emitter, rng: Rng, progType: string) => readonly number[] | "tail" | "packet" | undefined>
> = {
  loop(emitter, rng) {
    if (rng.chance(50)) emitter.set(1, rng.pick([0, 1, 2, 3, 10, 100]));
    else {
      emitter.helper(PRANDOM);
      if (rng.chance(40)) emitter.and(0, 3);
      emitter.mov(1, 0);
    }
    emitter.loadFunction(2, "f");
    const ctx = rng.weighted({ stack: 6, null: 3, context: 1 });
    if (ctx === "stack") emitter.stackPointer(3, rng.pick([-8, -16, -24]));
    else if (ctx === "null") emitter.set(3, 0);
    else emitter.mov(3, 6);
    emitter.set(4, rng.pick([0, 0, 0, 1]));
    emitter.helper(LOOP);
    if (rng.chance(30)) {
      emitter.load(c.BPF_DW, 1, 10, -8);
      emitter.and(1, 7);
      emitter.mov(2, 10);
      emitter.addReg(2, 1);
      emitter.load(c.BPF_B, 3, 2, -16);
    }
    return [2, 1];
  },
  each(emitter, rng) {
    emitter.loadMap(
      1,
      rng.pick([MAPS.hash, MAPS.array, MAPS.array, MAPS.lru, MAPS.queue, MAPS.lock, MAPS.progs, MAPS.timer]),
    );
    emitter.loadFunction(2, "f");
    if (rng.chance(60)) emitter.stackPointer(3, -16);
    else emitter.set(3, 0);
    emitter.set(4, 0);
    emitter.helper(FOR_EACH);
    return [3, 4, 2, 1];
  },
  timer(emitter, rng) {
    const m = rng.pick([MAPS.timer, MAPS.timerHash, MAPS.array, MAPS.lock]);
    emitter.lookup(7, m, rng.chance(95));
    const off = m === MAPS.timer ? rng.pick([8, 8, 0, 4]) : rng.pick([0, 0, 8]);
    for (const step of rng.chance(70) ? [0, 1, 2, 3] : [1, 0, 3, 2]) {
      emitter.mov(1, 7);
      emitter.add(1, off);
      if (step === 0) {
        emitter.loadMap(2, rng.chance(85) ? m : rng.pick([MAPS.timer, MAPS.timerHash]));
        emitter.set(3, 1);
        emitter.helper(TIMER_INIT);
      } else if (step === 1) {
        emitter.loadFunction(2, "f");
        emitter.helper(TIMER_SET_CALLBACK);
      } else if (step === 2) {
        emitter.set(2, 1000);
        emitter.set(3, 0);
        emitter.helper(TIMER_START);
      } else emitter.helper(TIMER_CANCEL);
    }
    return [3, 2, 1];
  },
  lock(emitter, rng) {
    const m = rng.pick([MAPS.lock, MAPS.lock, MAPS.lockHash, MAPS.array]);
    emitter.lookup(7, m, true);
    const two = rng.chance(30);
    if (two) emitter.lookup(8, rng.pick([m, MAPS.lock]), true);
    const off = rng.chance(10) ? rng.pick([0, 4, 8]) : m === MAPS.lock ? 4 : 0;
    const lock = (reg: number, helper: number): void => {
      emitter.mov(1, reg);
      emitter.add(1, off);
      emitter.helper(helper);
    };
    let calls = false;
    if (rng.chance(95)) lock(7, SPIN_LOCK);
    for (let i = rng.below(3); i > 0; i--) {
      const what = rng.weighted({ store: 4, load: 2, call: 1, own: 1, branch: 1 });
      if (what === "store") emitter.store(c.BPF_DW, 7, rng.pick([8, 8, 0, 4]), 5);
      else if (what === "load") emitter.load(c.BPF_DW, 1, 7, rng.pick([8, 0]));
      else if (what === "call") emitter.helper(PRANDOM);
      else if (what === "own") {
        emitter.call("f");
        calls = true;
      } else {
        emitter.ifEqual(0, 0, 1);
        emitter.set(0, 0);
      }
    }
    if (rng.chance(90)) lock(two && rng.chance(50) ? 8 : 7, SPIN_UNLOCK);
    if (rng.chance(20)) lock(7, rng.pick([SPIN_LOCK, SPIN_UNLOCK]));
    if (rng.chance(15)) {
      emitter.loadMap(1, MAPS.lock);
      emitter.stackPointer(2, -8);
      emitter.mov(3, 7);
      emitter.set(4, 0);
      emitter.helper(UPDATE);
    }
    return calls ? [1] : undefined;
  },
  tail(emitter, rng, progType) {
    const packet = progType === "sched_cls" && rng.chance(70);
    if (packet) {
      emitter.load(c.BPF_W, 8, 6, 76);
      emitter.load(c.BPF_W, 3, 6, 80);
      emitter.mov(4, 8);
      emitter.add(4, 8);
      emitter.emit(c.BPF_JMP | c.BPF_JLE | c.BPF_X, 4, 3, 2);
      emitter.leave(0);
    }
    emitter.mov(1, 6);
    emitter.stackPointer(2, -16);
    emitter.call("f");
    if (packet && rng.chance(60)) emitter.load(c.BPF_B, 1, 8, 0);
    if (rng.chance(40)) {
      emitter.and(0, 7);
      emitter.mov(1, 10);
      emitter.addReg(1, 0);
      emitter.load(c.BPF_B, 2, 1, -16);
    }
    return "tail";
  },
  packet(emitter, rng) {
    emitter.mov(1, 6);
    emitter.stackPointer(2, -16);
    emitter.call("f");
    if (rng.chance(50)) {
      emitter.and(0, 7);
      emitter.mov(1, 10);
      emitter.addReg(1, 0);
      emitter.load(c.BPF_B, 2, 1, -16);
    }
    if (rng.chance(40)) {
      emitter.ifEqual(0, rng.pick([0, 1]), 1);
      emitter.add(0, 1);
    }
    return "packet";
  },
};

export function callbackProgram(seed: number): Program {
  const rng = new Rng(seed);
  const emitter = new Emitter();
  const progType = rng.pick(TYPES);
  emitter.mov(6, 1);
  for (const off of [-8, -16, -24]) if (rng.chance(70)) emitter.store(c.BPF_DW, 10, off, rng.pick([0, 1, 10]));
  if (rng.chance(90)) emitter.store(c.BPF_DW, 10, -8, rng.pick([0, 1]));
  const pointers = KINDS[rng.weighted({ loop: 2, each: 2, timer: 1, lock: 2, tail: 2, packet: 1 })]!(
    emitter,
    rng,
    progType,
  );
  if (rng.chance(90)) emitter.set(0, rng.pick([0, 1]));
  emitter.exit();
  if (pointers) {
    emitter.begin("f");
    if (pointers === "tail") tailCaller(emitter, rng);
    else if (pointers === "packet") packetLoader(emitter, rng);
    else callee(emitter, rng, pointers);
  }
  return emitter.program({ progType, funcInfo: true });
}

/** A function with pointers in some registers. It uses them correctly or wrongly. */
function callee(emitter: Emitter, rng: Rng, pointers: readonly number[]): void {
  for (let i = rng.below(4); i > 0; i--) {
    const reg = rng.pick(pointers);
    const what = rng.weighted({ load: 4, spill: 3, store: 3, call: 2, move: 2, branch: 2, count: 2, set: 2 });
    if (what === "load") emitter.load(c.BPF_B, rng.pick([3, 4]), reg, rng.pick([0, 8, -8, -16]));
    else if (what === "spill") emitter.storeReg(c.BPF_DW, reg, rng.pick([0, -8]), rng.pick(pointers));
    else if (what === "store") emitter.store(c.BPF_B, reg, rng.pick([0, -8, 4]), 7);
    else if (what === "call") emitter.helper(PRANDOM);
    else if (what === "move") emitter.add(reg, rng.pick([1, 8]));
    else if (what === "branch") {
      emitter.ifEqual(reg, 0, 1);
      emitter.set(0, 0);
    } else if (what === "count") {
      emitter.load(c.BPF_DW, 3, reg, rng.pick([-8, 0]));
      emitter.add(3, 1);
      emitter.storeReg(c.BPF_DW, reg, rng.pick([-8, 0]), 3);
    } else emitter.set(0, rng.pick([0, 1]));
  }
  const result = rng.weighted({ fits: 6, tooLarge: 1, masked: 1, unknown: 1, unset: 1 });
  if (result === "fits") emitter.set(0, rng.pick([0, 0, 0, 1]));
  else if (result === "tooLarge") emitter.set(0, 2);
  else if (result !== "unset") emitter.helper(PRANDOM);
  if (result === "masked") emitter.and(0, 1);
  emitter.exit();
}

function tailCaller(emitter: Emitter, rng: Rng): void {
  const keeps = rng.chance(60);
  if (keeps) emitter.mov(7, 2);
  if (keeps && rng.chance(30)) emitter.store(c.BPF_DW, 7, rng.pick([0, 8, -8]), 1);
  if (rng.chance(30)) {
    emitter.ifEqual(1, 0, 2);
    emitter.leave(3);
  }
  emitter.loadMap(2, rng.pick([MAPS.progs, MAPS.progs, MAPS.progs, MAPS.array]));
  emitter.set(3, rng.pick([0, 7]));
  emitter.helper(TAIL_CALL);
  if (keeps && rng.chance(50)) emitter.store(c.BPF_DW, 7, rng.pick([0, 8, -8]), 1);
  if (keeps && rng.chance(30)) emitter.load(c.BPF_DW, 1, 7, rng.pick([0, 8, -8]));
  if (rng.chance(90)) emitter.set(0, rng.pick([0, 1, 2]));
  if (rng.chance(10)) emitter.mov(0, 10);
  emitter.exit();
}

function packetLoader(emitter: Emitter, rng: Rng): void {
  const size = rng.pick([c.BPF_B, c.BPF_H, c.BPF_W]);
  emitter.mov(6, 1);
  emitter.mov(7, 2);
  if (rng.chance(40)) emitter.store(c.BPF_DW, 7, rng.pick([0, 8, -8]), 1);
  if (rng.chance(30)) {
    emitter.helper(PRANDOM);
    emitter.and(0, 15);
    emitter.mov(8, 0);
    emitter.emit(c.BPF_LD | c.BPF_IND | size, 0, 8, 0, 2);
  } else emitter.emit(c.BPF_LD | c.BPF_ABS | size, 0, 0, 0, rng.pick([0, 14]));
  if (rng.chance(40)) emitter.store(c.BPF_DW, 7, rng.pick([0, 8]), 1);
  if (rng.chance(30)) emitter.set(0, rng.pick([1, 2]));
  emitter.exit();
}
