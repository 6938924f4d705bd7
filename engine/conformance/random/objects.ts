// Random programs with objects that live longer than an instruction: dynptrs, ring buffer records, maps in maps, and callbacks that get
// a dynptr. They have BTF for their functions.
import { helperId } from "../../facts/helpers.ts";
import * as c from "../../isa/codes.ts";
import type { MapDef, Program } from "../../program/program.ts";
import { mapDef } from "../map-def.ts";
import { Emitter } from "./emit.ts";
import { Rng } from "./rng.ts";

const ARRAY = mapDef("array", "array", 4, 64, 2);
const RING = mapDef("ring", "ringbuf", 0, 0, 4096);
const USER_RING = mapDef("user_ring", "user_ringbuf", 0, 0, 4096);
const OUTER = [
  { ...mapDef("arrays", "array_of_maps", 4, 4, 2), inner: mapDef("inner_array", "array", 4, 16, 2) },
  { ...mapDef("hashes", "hash_of_maps", 8, 4, 2), inner: mapDef("inner_hash", "hash", 8, 16, 2) },
  { ...mapDef("rings", "array_of_maps", 4, 4, 2), inner: mapDef("inner_ring", "ringbuf", 0, 0, 4096) },
];

const id = (name: string): number => helperId(name)!;
const UPDATE = id("map_update_elem");
const RINGBUF_OUTPUT = id("ringbuf_output");
const RINGBUF_RESERVE = id("ringbuf_reserve");
const RINGBUF_SUBMIT = id("ringbuf_submit");
const RINGBUF_DISCARD = id("ringbuf_discard");
const FROM_MEM = id("dynptr_from_mem");
const RESERVE_DYNPTR = id("ringbuf_reserve_dynptr");
const SUBMIT_DYNPTR = id("ringbuf_submit_dynptr");
const DISCARD_DYNPTR = id("ringbuf_discard_dynptr");
const READ = id("dynptr_read");
const WRITE = id("dynptr_write");
const DATA = id("dynptr_data");
const DRAIN = id("user_ringbuf_drain");

/** R`dst` = the value for the key at fp-8, from a map or from the map pointer in a register. */
function lookup(emitter: Emitter, rng: Rng, from: MapDef | number, dst: number, nullCheck: boolean): void {
  emitter.store(c.BPF_DW, 10, -8, rng.pick([0, 1, 7]));
  if (typeof from !== "number") return emitter.lookup(dst, from, nullCheck);
  emitter.stackPointer(2, -8);
  emitter.mov(1, from);
  emitter.helper(1);
  if (nullCheck) {
    emitter.ifNotEqual(0, 0, 2);
    emitter.leave(0);
  }
  emitter.mov(dst, 0);
}

function numbers(emitter: Emitter, from: number, ...values: readonly number[]): void {
  values.forEach((value, i) => {
    emitter.set(from + i, value);
  });
}

function makeFromMap(emitter: Emitter, rng: Rng, off: number): void {
  lookup(emitter, rng, ARRAY, 7, true);
  emitter.mov(1, 7);
  numbers(emitter, 2, rng.pick([8, 16, 64, 65, 0]), rng.pick([0, 0, 1]));
  emitter.stackPointer(4, off);
  emitter.helper(FROM_MEM);
}

function makeFromRing(emitter: Emitter, rng: Rng, off: number): void {
  emitter.loadMap(1, RING);
  numbers(emitter, 2, rng.pick([8, 64]), 0);
  emitter.stackPointer(4, off);
  emitter.helper(RESERVE_DYNPTR);
}

function touchDynptr(emitter: Emitter, rng: Rng, off: number): void {
  const what = rng.weighted({ read: 2, write: 2, data: 3, overwrite: 1, again: 1, peek: 1 });
  if (what === "read") {
    emitter.stackPointer(1, rng.pick([-64, -72, -56]));
    emitter.set(2, rng.pick([8, 8, 16, 0]));
    emitter.stackPointer(3, off);
    numbers(emitter, 4, rng.pick([0, 4]), 0);
    emitter.helper(READ);
  } else if (what === "write") {
    emitter.store(c.BPF_DW, 10, -64, 1);
    emitter.stackPointer(1, off);
    emitter.set(2, 0);
    emitter.stackPointer(3, -64);
    numbers(emitter, 4, 8, 0);
    emitter.helper(WRITE);
  } else if (what === "data") {
    emitter.stackPointer(1, off);
    numbers(emitter, 2, 0, rng.pick([8, 16, 0]));
    emitter.helper(DATA);
    if (rng.chance(80)) {
      emitter.ifEqual(0, 0, 1);
      emitter.load(c.BPF_B, 1, 0, rng.pick([0, 7, 8]));
    }
    if (rng.chance(40)) emitter.mov(8, 0);
  } else if (what === "overwrite") emitter.store(c.BPF_DW, 10, rng.pick([off, off + 8, off - 8, -64]), 0);
  else if (what === "again") makeFromRing(emitter, rng, rng.pick([off, off - 16, off + 16]));
  else emitter.load(c.BPF_DW, 1, 10, off);
}

const KINDS: Readonly<Record<string, (emitter: Emitter, rng: Rng) => boolean>> = {
  dynptr(emitter, rng) {
    const off = rng.pick([-16, -24, -32, -32, -48]);
    const ring = rng.chance(50);
    if (ring) makeFromRing(emitter, rng, off);
    else makeFromMap(emitter, rng, off);
    for (let i = rng.below(4); i > 0; i--)
      touchDynptr(emitter, rng, rng.chance(85) ? off : rng.pick([off - 8, off + 8, -16, -40]));
    for (let i = rng.chance(ring ? 85 : 15) ? (rng.chance(90) ? 1 : 2) : 0; i > 0; i--) {
      emitter.stackPointer(1, rng.chance(90) ? off : off + 8);
      emitter.set(2, 0);
      emitter.helper(rng.pick([SUBMIT_DYNPTR, DISCARD_DYNPTR]));
    }
    if (rng.chance(20)) emitter.load(c.BPF_B, 1, 8, 0);
    return false;
  },
  mapInMap(emitter, rng) {
    const outer = rng.pick(OUTER);
    lookup(emitter, rng, outer, 7, rng.chance(95));
    const what = rng.weighted({ inner: 3, twice: 1, ring: 1, read: 1, update: 1, move: 1, spill: 1 });
    if (what === "inner") {
      lookup(emitter, rng, 7, 8, rng.chance(90));
      emitter.load(c.BPF_B, 1, 8, rng.pick([0, 8, 15, 16]));
    } else if (what === "twice") {
      lookup(emitter, rng, outer, 8, true);
      lookup(emitter, rng, 8, 9, true);
      emitter.load(c.BPF_B, 1, 9, 0);
    } else if (what === "ring") {
      emitter.mov(1, 7);
      numbers(emitter, 2, 8, 0);
      emitter.helper(RINGBUF_RESERVE);
      emitter.ifEqual(0, 0, 3);
      emitter.mov(1, 0);
      emitter.set(2, 0);
      emitter.helper(RINGBUF_SUBMIT);
    } else if (what === "read") emitter.load(c.BPF_W, 1, 7, rng.pick([0, 4, 8, -4, 24]));
    else if (what === "update") {
      emitter.mov(1, 7);
      emitter.stackPointer(2, -8);
      emitter.stackPointer(3, -24);
      emitter.set(4, 0);
      emitter.helper(UPDATE);
    } else if (what === "move") {
      emitter.add(7, 8);
      lookup(emitter, rng, 7, 8, true);
    } else {
      emitter.storeReg(c.BPF_DW, 10, -32, 7);
      emitter.load(c.BPF_DW, 8, 10, -32);
      lookup(emitter, rng, 8, 9, true);
      emitter.load(c.BPF_DW, 1, 9, 0);
    }
    return false;
  },
  record(emitter, rng) {
    emitter.loadMap(1, RING);
    numbers(emitter, 2, rng.pick([8, 16, 0, 4096]), rng.pick([0, 0, 1]));
    emitter.helper(RINGBUF_RESERVE);
    emitter.mov(7, 0);
    if (rng.chance(80)) {
      emitter.ifNotEqual(0, 0, 2);
      emitter.leave(0);
    }
    for (let i = rng.below(3); i > 0; i--) {
      const what = rng.weighted({ store: 3, load: 2, move: 1, spill: 1, copy: 1, test: 1 });
      if (what === "store") emitter.store(c.BPF_DW, 7, rng.pick([0, 8]), 1);
      else if (what === "load") emitter.load(c.BPF_B, 1, 7, rng.pick([0, 7, 8, 15]));
      else if (what === "move") emitter.add(7, 4);
      else if (what === "spill") emitter.storeReg(c.BPF_DW, 10, -8, 7);
      else if (what === "copy") emitter.mov(8, 7);
      else {
        emitter.ifNotEqual(7, 0, 1);
        emitter.set(9, 0);
      }
    }
    const end = rng.weighted({ release: 3, output: 1, none: 1 });
    if (end === "release") {
      emitter.mov(1, rng.pick([7, 7, 7, 8]));
      emitter.set(2, 0);
      emitter.helper(rng.pick([RINGBUF_SUBMIT, RINGBUF_DISCARD]));
    } else if (end === "output") {
      emitter.loadMap(1, RING);
      emitter.mov(2, 7);
      numbers(emitter, 3, 8, 0);
      emitter.helper(RINGBUF_OUTPUT);
    }
    if (rng.chance(20)) emitter.load(c.BPF_B, 1, 7, 0);
    return false;
  },
  drain(emitter, rng) {
    emitter.loadMap(1, USER_RING);
    emitter.loadFunction(2, "f");
    if (rng.chance(60)) emitter.stackPointer(3, -16);
    else emitter.set(3, 0);
    emitter.set(4, 0);
    emitter.helper(DRAIN);
    return true;
  },
};

/** The callback: R1 is a dynptr that may be read but not changed. */
function drained(emitter: Emitter, rng: Rng): void {
  for (let i = rng.below(4); i > 0; i--) {
    const what = rng.weighted({ read: 2, data: 2, write: 1, load: 1, spill: 1 });
    if (what === "read") {
      emitter.mov(6, 1);
      emitter.mov(3, 1);
      emitter.stackPointer(1, -16);
      emitter.set(2, 8);
      numbers(emitter, 4, 0, 0);
      emitter.helper(READ);
      emitter.mov(1, 6);
    } else if (what === "data") {
      emitter.mov(6, 1);
      numbers(emitter, 2, 0, 8);
      emitter.helper(DATA);
      emitter.ifEqual(0, 0, 1);
      emitter.load(c.BPF_B, 2, 0, rng.pick([0, 8]));
      emitter.mov(1, 6);
    } else if (what === "write") {
      emitter.store(c.BPF_DW, 10, -8, 1);
      emitter.set(2, 0);
      emitter.stackPointer(3, -8);
      numbers(emitter, 4, 8, 0);
      emitter.helper(WRITE);
    } else if (what === "load") emitter.load(c.BPF_DW, 3, 1, 0);
    else emitter.storeReg(c.BPF_DW, 10, -8, 1);
  }
  emitter.leave(rng.pick([0, 0, 1, 2]));
}

export function objectProgram(seed: number): Program {
  const rng = new Rng(seed);
  const emitter = new Emitter();
  emitter.mov(6, 1);
  const callback = KINDS[rng.weighted({ dynptr: 4, mapInMap: 2, record: 1, drain: 1 })]!(emitter, rng);
  emitter.leave(rng.pick([0, 1]));
  if (callback) {
    emitter.begin("f");
    drained(emitter, rng);
  }
  return emitter.program({ progType: rng.pick(["socket_filter", "tracepoint", "xdp"]), funcInfo: true });
}
