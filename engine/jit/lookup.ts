// Look-ups in arrays and hash tables inside the module: one function for each map, which does the same as the map's lookupAt(). The
// machine is asked if the key may not be read, and for all other kinds of maps.
import { KERNEL_BASE, MAX_BYTES } from "../vm/layout.ts";
import type { LookupPlan } from "../vm/maps/map.ts";
import { Func, type OpName } from "./wasm.ts";

export interface MapLookup {
  /** id of the map. */
  readonly id: number;
  readonly keySize: number;
  readonly plan: LookupPlan;
}

/** Longest key of such a function. The code for a key has no loop, so longer keys are left to the machine. */
export const MAX_KEY_BYTES = 64;

/** The function returns this if the machine must do the look-up. No pointer has the value 1. */
export const ASK_MACHINE = 1n;

const JHASH_INITVAL = 0xdeadbeef;

/** func lookup_…(key: guest address) -> guest address of the value, 0 if there is none, or ASK */
export function lookupFunction(name: string, { keySize, plan }: MapLookup, text: boolean): Func {
  const func = new Func(name, { params: ["i64"], results: ["i64"] }, ["key"], text);
  const at = func.addLocal("i32", "at");
  emitKeyOffset(func, keySize, at);
  if (plan.kind === "array") emitArrayLookup(func, plan, at);
  else emitHashLookup(func, plan, keySize, at);
  return func;
}

/** Sets `at` to the key's offset in the buffer, or returns ASK if not all of its bytes may be read. */
function emitKeyOffset(func: Func, size: number, at: number): void {
  const granule = func.addLocal("i32", "granule");
  const key = 0;
  const orAsk = () => {
    func.emit("if");
    func.emit("i64.const", ASK_MACHINE);
    func.emit("return");
    func.emit("end");
  };
  const allowed = () => {
    func.emit("local.get", granule);
    func.emit("i64.load8_u");
    func.emit("i32.wrap_i64");
    func.emit("i32.const", 15);
    func.emit("i32.and");
  };
  const last = () => {
    func.emit("local.get", at);
    func.emit("i32.const", size - 1);
    func.emit("i32.add");
  };
  const shift = () => {
    func.emit("i32.const", 3);
    func.emit("i32.shr_u");
  };
  func.emit("local.get", key);
  func.emit("i64.const", KERNEL_BASE);
  func.emit("i64.sub");
  func.emit("local.tee", key);
  func.emit("i64.const", BigInt(MAX_BYTES - size));
  func.emit("i64.gt_u");
  orAsk();
  func.emit("local.get", key);
  func.emit("i32.wrap_i64");
  func.emit("local.tee", at);
  shift();
  func.emit("local.set", granule);
  // Every granule except the last must be open to its end.
  func.emit("block");
  func.emit("loop");
  func.emit("local.get", granule);
  last();
  shift();
  func.emit("i32.ge_u");
  func.emit("br_if", 1);
  allowed();
  func.emit("i32.const", 8);
  func.emit("i32.ne");
  orAsk();
  func.emit("local.get", granule);
  func.emit("i32.const", 1);
  func.emit("i32.add");
  func.emit("local.set", granule);
  func.emit("br", 0);
  func.emit("end");
  func.emit("end");
  allowed();
  last();
  func.emit("i32.const", 7);
  func.emit("i32.and");
  func.emit("i32.le_u");
  orAsk();
}

function emitArrayLookup(func: Func, { values, stride, entries }: LookupPlan & { kind: "array" }, at: number): void {
  const index = func.addLocal("i32", "index");
  func.emit("local.get", at);
  func.emit("i32.load");
  func.emit("local.tee", index);
  func.emit("i32.const", entries | 0);
  func.emit("i32.ge_u");
  func.emit("if");
  func.emit("i64.const", 0n);
  func.emit("return");
  func.emit("end");
  func.emit("local.get", index);
  func.emit("i32.const", stride);
  func.emit("i32.mul");
  func.emit("i32.const", values);
  func.emit("i32.add");
  emitToPointer(func);
}

/** Turns the offset on the stack into a guest address. */
function emitToPointer(func: Func): void {
  func.emit("i64.extend_i32_u");
  func.emit("i64.const", KERNEL_BASE);
  func.emit("i64.or");
}

function emitHashLookup(func: Func, plan: LookupPlan & { kind: "hash" }, keySize: number, at: number): void {
  const elem = func.addLocal("i32", "elem");
  const hash = emitJhash(func, at, keySize);
  func.emit("local.get", hash);
  func.emit("i32.const", plan.mask);
  func.emit("i32.and");
  func.emit("i32.const", 2);
  func.emit("i32.shl");
  func.emit("i32.load", plan.buckets);
  func.emit("local.set", elem);
  func.emit("block");
  func.emit("loop");
  func.emit("local.get", elem);
  func.emit("i32.eqz");
  func.emit("br_if", 1);
  func.emit("block");
  func.emit("local.get", elem);
  func.emit("i32.load", plan.hash);
  func.emit("local.get", hash);
  func.emit("i32.ne");
  func.emit("br_if", 0);
  for (let done = 0; done < keySize; ) {
    const size = done + 8 <= keySize ? 8 : done + 4 <= keySize ? 4 : 1;
    const load: OpName = size === 8 ? "i64.load" : size === 4 ? "i64.load32_u" : "i64.load8_u";
    func.emit("local.get", elem);
    func.emit(load, plan.key + done);
    func.emit("local.get", at);
    func.emit(load, done);
    func.emit("i64.ne");
    func.emit("br_if", 0);
    done += size;
  }
  func.emit("local.get", elem);
  func.emit("i32.const", plan.value);
  func.emit("i32.add");
  emitToPointer(func);
  func.emit("return");
  func.emit("end");
  func.emit("local.get", elem);
  func.emit("i32.load", plan.next);
  func.emit("local.set", elem);
  func.emit("br", 0);
  func.emit("end");
  func.emit("end");
  func.emit("i64.const", 0n);
}

/** Local that holds the hash of `length` bytes from `at`, computed as in vm/maps/jhash.ts. */
function emitJhash(func: Func, at: number, length: number): number {
  const [a, b, c] = ["a", "b", "c"].map((name) => func.addLocal("i32", name)) as [number, number, number];
  const set = (x: number, ...operands: (() => void)[]) => {
    for (const operand of operands) operand();
    func.emit("local.set", x);
  };
  const get = (x: number) => () => func.emit("local.get", x);
  const op = (name: OpName) => () => func.emit(name);
  const rotated = (x: number, n: number) => () => {
    func.emit("local.get", x);
    func.emit("i32.const", n);
    func.emit("i32.rotl");
  };
  /** Up to four bytes, lowest byte first. */
  const word = (from: number, count: number) => () => {
    func.emit("local.get", at);
    if (count >= 4) return func.emit("i32.load", from);
    func.emit("i64.load8_u", from);
    func.emit("i32.wrap_i64");
    for (let i = 1; i < count; i++) {
      func.emit("local.get", at);
      func.emit("i64.load8_u", from + i);
      func.emit("i32.wrap_i64");
      func.emit("i32.const", 8 * i);
      func.emit("i32.shl");
      func.emit("i32.or");
    }
  };
  const add = (x: number, y: () => void) => set(x, get(x), y, op("i32.add"));
  const mix = (x: number, y: number, n: number) => set(x, get(x), get(y), op("i32.sub"), rotated(y, n), op("i32.xor"));
  const finish = (x: number, y: number, n: number) =>
    set(x, get(x), get(y), op("i32.xor"), rotated(y, n), op("i32.sub"));

  for (const x of [a, b, c]) set(x, () => func.emit("i32.const", (JHASH_INITVAL + length) | 0));
  let done = 0;
  for (; length - done > 12; done += 12) {
    [a, b, c].forEach((x, i) => add(x, word(done + 4 * i, 4)));
    for (const [x, y, n, to] of [
      [a, c, 4, c],
      [b, a, 6, a],
      [c, b, 8, b],
      [a, c, 16, c],
      [b, a, 19, a],
      [c, b, 4, b],
    ] as const) {
      mix(x, y, n);
      add(to, get(to === c ? b : to === a ? c : a));
    }
  }
  [a, b, c].forEach((x, i) => {
    const count = length - done - 4 * i;
    if (count > 0) add(x, word(done + 4 * i, count));
  });
  for (const [x, y, n] of [
    [c, b, 14],
    [a, c, 11],
    [b, a, 25],
    [c, b, 16],
    [a, c, 4],
    [b, a, 14],
    [c, b, 24],
  ] as const) {
    finish(x, y, n);
  }
  return c;
}
