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
function lookup(e: Emitter, rng: Rng, from: MapDef | number, dst: number, nullCheck: boolean): void {
  e.store(c.BPF_DW, 10, -8, rng.pick([0, 1, 7]));
  if (typeof from !== "number") return e.lookup(dst, from, nullCheck);
  e.stackPointer(2, -8);
  e.mov(1, from);
  e.helper(1);
  if (nullCheck) {
    e.ifNotEqual(0, 0, 2);
    e.leave(0);
  }
  e.mov(dst, 0);
}

function numbers(e: Emitter, from: number, ...values: readonly number[]): void {
  values.forEach((value, i) => {
    e.set(from + i, value);
  });
}

function makeFromMap(e: Emitter, rng: Rng, off: number): void {
  lookup(e, rng, ARRAY, 7, true);
  e.mov(1, 7);
  numbers(e, 2, rng.pick([8, 16, 64, 65, 0]), rng.pick([0, 0, 1]));
  e.stackPointer(4, off);
  e.helper(FROM_MEM);
}

function makeFromRing(e: Emitter, rng: Rng, off: number): void {
  e.loadMap(1, RING);
  numbers(e, 2, rng.pick([8, 64]), 0);
  e.stackPointer(4, off);
  e.helper(RESERVE_DYNPTR);
}

function touchDynptr(e: Emitter, rng: Rng, off: number): void {
  const what = rng.weighted({ read: 2, write: 2, data: 3, overwrite: 1, again: 1, peek: 1 });
  if (what === "read") {
    e.stackPointer(1, rng.pick([-64, -72, -56]));
    e.set(2, rng.pick([8, 8, 16, 0]));
    e.stackPointer(3, off);
    numbers(e, 4, rng.pick([0, 4]), 0);
    e.helper(READ);
  } else if (what === "write") {
    e.store(c.BPF_DW, 10, -64, 1);
    e.stackPointer(1, off);
    e.set(2, 0);
    e.stackPointer(3, -64);
    numbers(e, 4, 8, 0);
    e.helper(WRITE);
  } else if (what === "data") {
    e.stackPointer(1, off);
    numbers(e, 2, 0, rng.pick([8, 16, 0]));
    e.helper(DATA);
    if (rng.chance(80)) {
      e.ifEqual(0, 0, 1);
      e.load(c.BPF_B, 1, 0, rng.pick([0, 7, 8]));
    }
    if (rng.chance(40)) e.mov(8, 0);
  } else if (what === "overwrite") e.store(c.BPF_DW, 10, rng.pick([off, off + 8, off - 8, -64]), 0);
  else if (what === "again") makeFromRing(e, rng, rng.pick([off, off - 16, off + 16]));
  else e.load(c.BPF_DW, 1, 10, off);
}

const KINDS: Readonly<Record<string, (e: Emitter, rng: Rng) => boolean>> = {
  dynptr(e, rng) {
    const off = rng.pick([-16, -24, -32, -32, -48]);
    const ring = rng.chance(50);
    if (ring) makeFromRing(e, rng, off);
    else makeFromMap(e, rng, off);
    for (let i = rng.below(4); i > 0; i--)
      touchDynptr(e, rng, rng.chance(85) ? off : rng.pick([off - 8, off + 8, -16, -40]));
    for (let i = rng.chance(ring ? 85 : 15) ? (rng.chance(90) ? 1 : 2) : 0; i > 0; i--) {
      e.stackPointer(1, rng.chance(90) ? off : off + 8);
      e.set(2, 0);
      e.helper(rng.pick([SUBMIT_DYNPTR, DISCARD_DYNPTR]));
    }
    if (rng.chance(20)) e.load(c.BPF_B, 1, 8, 0);
    return false;
  },
  mapInMap(e, rng) {
    const outer = rng.pick(OUTER);
    lookup(e, rng, outer, 7, rng.chance(95));
    const what = rng.weighted({ inner: 3, twice: 1, ring: 1, read: 1, update: 1, move: 1, spill: 1 });
    if (what === "inner") {
      lookup(e, rng, 7, 8, rng.chance(90));
      e.load(c.BPF_B, 1, 8, rng.pick([0, 8, 15, 16]));
    } else if (what === "twice") {
      lookup(e, rng, outer, 8, true);
      lookup(e, rng, 8, 9, true);
      e.load(c.BPF_B, 1, 9, 0);
    } else if (what === "ring") {
      e.mov(1, 7);
      numbers(e, 2, 8, 0);
      e.helper(RINGBUF_RESERVE);
      e.ifEqual(0, 0, 3);
      e.mov(1, 0);
      e.set(2, 0);
      e.helper(RINGBUF_SUBMIT);
    } else if (what === "read") e.load(c.BPF_W, 1, 7, rng.pick([0, 4, 8, -4, 24]));
    else if (what === "update") {
      e.mov(1, 7);
      e.stackPointer(2, -8);
      e.stackPointer(3, -24);
      e.set(4, 0);
      e.helper(UPDATE);
    } else if (what === "move") {
      e.add(7, 8);
      lookup(e, rng, 7, 8, true);
    } else {
      e.storeReg(c.BPF_DW, 10, -32, 7);
      e.load(c.BPF_DW, 8, 10, -32);
      lookup(e, rng, 8, 9, true);
      e.load(c.BPF_DW, 1, 9, 0);
    }
    return false;
  },
  record(e, rng) {
    e.loadMap(1, RING);
    numbers(e, 2, rng.pick([8, 16, 0, 4096]), rng.pick([0, 0, 1]));
    e.helper(RINGBUF_RESERVE);
    e.mov(7, 0);
    if (rng.chance(80)) {
      e.ifNotEqual(0, 0, 2);
      e.leave(0);
    }
    for (let i = rng.below(3); i > 0; i--) {
      const what = rng.weighted({ store: 3, load: 2, move: 1, spill: 1, copy: 1, test: 1 });
      if (what === "store") e.store(c.BPF_DW, 7, rng.pick([0, 8]), 1);
      else if (what === "load") e.load(c.BPF_B, 1, 7, rng.pick([0, 7, 8, 15]));
      else if (what === "move") e.add(7, 4);
      else if (what === "spill") e.storeReg(c.BPF_DW, 10, -8, 7);
      else if (what === "copy") e.mov(8, 7);
      else {
        e.ifNotEqual(7, 0, 1);
        e.set(9, 0);
      }
    }
    const end = rng.weighted({ release: 3, output: 1, none: 1 });
    if (end === "release") {
      e.mov(1, rng.pick([7, 7, 7, 8]));
      e.set(2, 0);
      e.helper(rng.pick([RINGBUF_SUBMIT, RINGBUF_DISCARD]));
    } else if (end === "output") {
      e.loadMap(1, RING);
      e.mov(2, 7);
      numbers(e, 3, 8, 0);
      e.helper(RINGBUF_OUTPUT);
    }
    if (rng.chance(20)) e.load(c.BPF_B, 1, 7, 0);
    return false;
  },
  drain(e, rng) {
    e.loadMap(1, USER_RING);
    e.loadFunction(2, "f");
    if (rng.chance(60)) e.stackPointer(3, -16);
    else e.set(3, 0);
    e.set(4, 0);
    e.helper(DRAIN);
    return true;
  },
};

/** The callback: R1 is a dynptr that may be read but not changed. */
function drained(e: Emitter, rng: Rng): void {
  for (let i = rng.below(4); i > 0; i--) {
    const what = rng.weighted({ read: 2, data: 2, write: 1, load: 1, spill: 1 });
    if (what === "read") {
      e.mov(6, 1);
      e.mov(3, 1);
      e.stackPointer(1, -16);
      e.set(2, 8);
      numbers(e, 4, 0, 0);
      e.helper(READ);
      e.mov(1, 6);
    } else if (what === "data") {
      e.mov(6, 1);
      numbers(e, 2, 0, 8);
      e.helper(DATA);
      e.ifEqual(0, 0, 1);
      e.load(c.BPF_B, 2, 0, rng.pick([0, 8]));
      e.mov(1, 6);
    } else if (what === "write") {
      e.store(c.BPF_DW, 10, -8, 1);
      e.set(2, 0);
      e.stackPointer(3, -8);
      numbers(e, 4, 8, 0);
      e.helper(WRITE);
    } else if (what === "load") e.load(c.BPF_DW, 3, 1, 0);
    else e.storeReg(c.BPF_DW, 10, -8, 1);
  }
  e.leave(rng.pick([0, 0, 1, 2]));
}

export function objectProgram(seed: number): Program {
  const rng = new Rng(seed);
  const e = new Emitter();
  e.mov(6, 1);
  const callback = KINDS[rng.weighted({ dynptr: 4, mapInMap: 2, record: 1, drain: 1 })]!(e, rng);
  e.leave(rng.pick([0, 1]));
  if (callback) {
    e.begin("f");
    drained(e, rng);
  }
  return e.program({ progType: rng.pick(["socket_filter", "tracepoint", "xdp"]), funcInfo: true });
}
