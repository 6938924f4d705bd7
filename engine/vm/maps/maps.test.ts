import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../base/bytes.ts";
import type { MapDef } from "../../program/program.ts";
import { loadProgram } from "../decode.ts";
import { Memory } from "../memory.ts";
import { createMap } from "./create.ts";
import type { BpfMap } from "./map.ts";

const RECORDING = new URL("../../conformance/recordings/maps.jsonl", import.meta.url);

interface Recorded {
  type: string;
  key_size: number;
  value_size: number;
  max_entries: number;
  flags: number;
  cpus: number;
  /** name, key, value, flags, errno, returned data */
  ops: [string, string, string, number, number, string?][];
}

const bytes = (hex: string) => fromHex(hex) as Uint8Array;

function answer(map: BpfMap, [name, keyHex, valueHex, flags]: Recorded["ops"][number]): number | Uint8Array {
  const key = bytes(keyHex);
  switch (name) {
    case "lookup":
      return map.def.type === "bloom_filter" ? map.contains(bytes(valueHex)) : map.lookup(key);
    case "update":
      return map.update(key, bytes(valueHex), flags);
    case "delete":
      return map.delete(key);
    case "next":
      return map.nextKey(key.length === 0 ? undefined : key);
    default:
      return map.lookupAndDelete(key);
  }
}

const rows: Recorded[] = readFileSync(RECORDING, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

for (const [i, row] of rows.entries()) {
  test(`map ${i}, ${row.type}: every operation gets the answer of Linux 6.18`, () => {
    const def: MapDef = {
      name: "m",
      type: row.type,
      keySize: row.key_size,
      valueSize: row.value_size,
      maxEntries: row.max_entries,
      flags: row.flags,
    };
    const map = createMap(new Memory({ cpus: row.cpus }), def) as BpfMap;
    for (const [n, op] of row.ops.entries()) {
      const got = answer(map, op);
      const [, , , , errno, back] = op;
      const want = errno !== 0 ? -errno : (back ?? 0);
      expect(typeof got === "number" ? got : toHex(got), `operation ${n}: ${op.slice(0, 4).join(" ")}`).toBe(want);
    }
  });
}

const simple = (type: string, more: Partial<MapDef> = {}): MapDef => ({
  name: "m",
  type,
  keySize: 4,
  valueSize: 8,
  maxEntries: 2,
  flags: 0,
  ...more,
});
const u32 = (n: number) => Uint8Array.of(n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24);
const u64 = (n: number) => Uint8Array.of(...u32(n), 0, 0, 0, 0);

test("a full LRU map evicts the least recently used entry", () => {
  const memory = new Memory();
  const map = createMap(memory, simple("lru_hash")) as BpfMap;
  map.update(u32(1), u64(1));
  map.update(u32(2), u64(2));
  const key = memory.scratch(0, 4);
  memory.u8.set(u32(1), key);
  expect(map.lookupAt(key, 0)).not.toBe(0);
  expect(map.update(u32(3), u64(3))).toBe(0);
  expect(
    map
      .entries()
      .map((entry) => entry.key[0])
      .sort(),
  ).toEqual([1, 3]);
});

test("a ring buffer gives records in order, skips discarded ones, and is full at some point", () => {
  const memory = new Memory();
  const ring = createMap(memory, simple("ringbuf", { keySize: 0, valueSize: 0, maxEntries: 4096 })) as BpfMap & {
    reserve(size: number): number;
    commit(data: number, discard: boolean): boolean;
    output(from: number, size: number): number;
    consume(): Uint8Array | undefined;
    records(): unknown[];
  };
  const first = ring.reserve(16);
  memory.u8.fill(7, first, first + 16);
  expect(memory.allows(first, 16, true)).toBe(true);
  expect(memory.allows(first, 17, true)).toBe(false);
  expect(ring.records()).toEqual([]);
  ring.commit(ring.reserve(8), true);
  ring.commit(first, false);
  expect(memory.allows(first, 1, false)).toBe(false);
  expect(ring.consume()).toEqual(new Uint8Array(16).fill(7));
  expect(ring.consume()).toBeUndefined();
  const from = memory.scratch(1, 1000);
  let sent = 0;
  while (ring.output(from, 1000) === 0) sent++;
  expect(sent).toBe(4);
  expect(ring.consume()).toHaveLength(1000);
  expect(ring.output(from, 1000)).toBe(0);
});

test("a deleted element's value can still be read through an old pointer, as in the kernel", () => {
  const memory = new Memory();
  const map = createMap(memory, simple("hash")) as BpfMap;
  map.update(u32(1), u64(5));
  const key = memory.scratch(0, 4);
  memory.u8.set(u32(1), key);
  const value = map.lookupAt(key, 0);
  map.update(u32(1), u64(6));
  expect(memory.r64(value)).toBe(5n);
  expect(map.lookup(u32(1))).toEqual(u64(6));
  map.delete(u32(1));
  expect(memory.allows(value, 8, true)).toBe(true);
});

test("closing a map frees its memory", () => {
  const memory = new Memory();
  const make = () => createMap(memory, simple("array", { maxEntries: 1000 })) as BpfMap;
  make().close();
  const { brk } = memory;
  for (let i = 0; i < 100; i++) make().close();
  expect(memory.brk).toBe(brk);
});

test("a map larger than all memory of a machine is refused", () => {
  expect(createMap(new Memory(), simple("array", { maxEntries: 2 ** 31 + 1 }))).toBe(-12);
});

test("a map that is not simulated or does not fit can be created, and says that programs with it cannot run", () => {
  expect(createMap(new Memory(), simple("sockmap", { valueSize: 4 }))).toMatchObject({ absentErrno: 95 });
  const make = (type: string, maxEntries: number) =>
    createMap(new Memory(), simple(type, { valueSize: 4096, maxEntries })) as BpfMap;
  const value = new Uint8Array(4096).fill(7);
  const last = (1 << 20) - 1;
  const array = make("array", 1 << 20);
  expect(array.absentErrno).toBe(12);
  expect([array.update(u32(last), value), array.update(u32(last + 1), value), array.update(u32(0), value, 1)]).toEqual([
    0, -7, -17,
  ]);
  expect(array.lookup(u32(last))).toEqual(value);
  expect(array.lookup(u32(1))).toEqual(new Uint8Array(4096));
  expect([array.lookup(u32(last + 1)), array.delete(u32(0))]).toEqual([-2, -22]);
  expect(array.entries().map(({ key }) => key)).toEqual([u32(last)]);
  expect([array.nextKey(u32(last - 1)), array.nextKey(u32(last)), array.nextKey(undefined)]).toEqual([
    u32(last),
    -2,
    u32(0),
  ]);
});

test("a hash table that does not fit is filled like one that does", () => {
  const table = (maxEntries: number, keySize: number) =>
    createMap(new Memory(), simple("hash", { keySize, maxEntries, valueSize: 8 })) as BpfMap;
  const [there, absent] = [table(2, 4), table(2 ** 25, 4)];
  expect([there.absentErrno, absent.absentErrno]).toEqual([0, 12]);
  const fill = (map: BpfMap) => [
    map.update(u32(1), u64(1), 2),
    map.update(u32(1), u64(1)),
    map.update(u32(1), u64(2), 1),
    map.update(u32(1), u64(3), 2),
    map.update(u32(1), u64(3), 4),
    map.lookup(u32(1)),
    map.lookup(u32(2)),
    map.nextKey(u32(9)),
    map.delete(u32(2)),
    map.delete(u32(1)),
    map.nextKey(undefined),
  ];
  expect(fill(absent)).toEqual(fill(there));
});

test("programs with a map that does not fit cannot run", () => {
  const small = new Memory();
  const other = createMap(small, { name: "m", type: "array", keySize: 4, valueSize: 8, maxEntries: 1, flags: 0 });
  const array = (maxEntries: number, valueSize = 8) =>
    ({ name: "big", type: "array", keySize: 4, valueSize, maxEntries, flags: 0 }) as const;
  for (const def of [array(2 ** 23), array(2 ** 29), array(2 ** 31), array(1, 48 << 20)]) {
    expect(createMap(small, def), `${def.maxEntries} × ${def.valueSize}`).toMatchObject({ absentErrno: 12 });
  }
  expect(small.allows((other as BpfMap).valueArea ?? 0, 8, true)).toBe(true);
  // Freed memory is used again, whatever sizes were allocated before.
  for (let entries = 4_000_000; entries < 5_000_000; entries += 100_000) {
    const map = createMap(small, array(entries));
    expect(map, `${entries} entries`).toMatchObject({ absentErrno: 0 });
    (map as BpfMap).close();
  }
  // Programs can be loaded even if maps fill all memory they may take.
  while ((createMap(small, array(100_000)) as BpfMap).absentErrno === 0);
  const insns = Array.from({ length: 50_000 }, (_, imm) => ({ code: 0xb7, dst: 0, src: 0, off: 0, imm }));
  expect(loadProgram(small, { insns, progType: "unspec" }).insns.length).toBe(50_000);
});

test.each(["array", "hash", "percpu_hash", "absent"])("%s: bits of the flags above 31 count", (kind) => {
  const memory = new Memory(kind === "absent" ? { largestMap: 1 } : {});
  const map = createMap(memory, simple(kind === "absent" ? "hash" : kind)) as BpfMap;
  const value = new Uint8Array(map.userValueSize);
  for (const flags of [3, 2 ** 31, 2 ** 31 + 4, 2 ** 32, 2 ** 32 + 1, 2 ** 63, -1])
    expect([flags, map.update(u32(1), value, flags)]).toEqual([flags, -22]);
  expect(map.update(u32(1), value, 0)).toBe(0);
});
