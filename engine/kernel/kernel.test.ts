// Lifetime of programs and maps, descriptors and their numbers, reads and writes of the module's files, a reader's own types.
import { beforeEach, expect, test } from "vitest";
import { fromHex } from "../base/bytes.ts";
import { ERRNO } from "../facts/errno.ts";
import { decodeInsns, type Insn } from "../isa/insn.ts";
import type { KernelDefinition } from "./definition.ts";
import { OREORE } from "./definition.ts";
import { type DefinitionInput, readDefinition } from "./definition-input.ts";
import { DEFAULT_PRESET } from "./formats.ts";
import { Kernel } from "./kernel.ts";
import { mapLookup, mapLookupAndDelete, mapNextKey } from "./map.ts";
import { PRESETS } from "./presets.ts";
import { Process } from "./process.ts";
import { O_WRONLY } from "./syscall.ts";

const PLUS42 = "6110000000000000040000002a0000009500000000000000";
const RETURN_0 = "b7000000000000009500000000000000";
const FILE = "/sys/oreore/bpf";

let kernel: Kernel;
let process: Process;
beforeEach(() => {
  kernel = new Kernel();
  process = new Process(kernel);
});

const insnsOf = (hex: string): Insn[] => decodeInsns(fromHex(hex) as Uint8Array);
const load = (hex: string, progType = 32, expectedAttachType = 44): number =>
  process.progLoad({
    progType,
    insns: insnsOf(hex),
    license: "GPL",
    logLevel: 0,
    progFlags: 0,
    progName: "",
    expectedAttachType,
  }).ret;
const attach = (fd: number): number => process.progAttach({ attachBpfFd: fd, attachType: 44 });
const array = (name = "a"): number =>
  process.mapCreate({ name, type: "array", keySize: 4, valueSize: 8, maxEntries: 1, flags: 0 });
const echo = (text: string, path = FILE): number => {
  const fd = process.open(path, O_WRONLY);
  const ret = process.write(fd, new TextEncoder().encode(text));
  process.close(fd);
  return ret;
};

test("a new descriptor is the lowest free one, from 3 on", () => {
  expect([array(), array(), load(PLUS42)]).toEqual([3, 4, 5]);
  process.close(4);
  expect([array(), array()]).toEqual([4, 6]);
});

test("a process has 1024 descriptors", () => {
  let last = 0;
  for (let i = 3; i < 1024; i++) last = process.open(FILE, 0);
  expect(last).toBe(1023);
  expect(process.open(FILE, 0)).toBe(-ERRNO.EMFILE);
  expect(load(PLUS42)).toBe(-ERRNO.EMFILE);
  expect(array()).toBe(-ERRNO.EMFILE);
  // The program and the map that got no descriptor were freed.
  expect([kernel.progs.size, kernel.maps.size]).toEqual([0, 0]);
});

test("a program lives while a descriptor or an attach point holds it", () => {
  const fd = load(PLUS42);
  attach(fd);
  process.close(fd);
  expect(kernel.progs.size).toBe(1);
  expect(echo("1")).toBe(1);
  process.progDetach({ attachType: 44 });
  expect(kernel.progs.size).toBe(0);
});

test("attaching another program releases the first", () => {
  const first = load(PLUS42);
  attach(first);
  process.close(first);
  attach(load(RETURN_0));
  expect([...kernel.progs.keys()]).toEqual([2]);
});

test("a program that is attached twice holds one reference", () => {
  const fd = load(PLUS42);
  attach(fd);
  attach(fd);
  process.progDetach({ attachType: 44 });
  process.close(fd);
  expect(kernel.progs.size).toBe(0);
});

test("a map lives while a program uses it", () => {
  const map = array();
  // r1 = map; r0 = 0; exit
  const fd = load(`18110000${`0${map}000000`}0000000000000000${RETURN_0}`);
  process.close(map);
  expect(kernel.maps.size).toBe(1);
  process.close(fd);
  expect(kernel.maps.size).toBe(0);
});

test("a program that was refused leaves nothing behind", () => {
  const map = array();
  expect(load(`18110000${`0${map}000000`}00000000000000009500000000000000`)).toBe(-ERRNO.EACCES);
  process.close(map);
  expect([kernel.progs.size, kernel.maps.size]).toEqual([0, 0]);
});

test("a key or value is read at the size that the map has, however many bytes are given", () => {
  const make = (type: string, keySize = 4): number =>
    process.mapCreate({ name: "m", type, keySize, valueSize: 4, maxEntries: 4, flags: type === "lpm_trie" ? 1 : 0 });
  const entries = (id: number) => [...kernel.maps.values()][id]?.map.entries();
  const [empty, long] = [new Uint8Array(), Uint8Array.of(1, 0, 0, 0, 9, 9)];
  for (const type of ["array", "hash", "prog_array", "lpm_trie"]) {
    const fd = make(type, type === "lpm_trie" ? 8 : 4);
    // Descriptor 0 is the terminal, which is no program.
    expect([type, process.mapUpdate(fd, empty, empty)]).toEqual([type, type === "prog_array" ? -ERRNO.EINVAL : 0]);
    expect([type, typeof mapLookup(kernel, fd, empty)]).toEqual([type, type === "prog_array" ? "number" : "object"]);
    expect([type, typeof mapNextKey(kernel, fd, empty)]).toEqual([type, type.includes("array") ? "object" : "number"]);
    process.mapDelete(fd, empty);
  }
  const hash = make("hash");
  process.mapUpdate(hash, long, long);
  process.mapUpdate(hash, long.slice(0, 1), empty);
  expect(entries(4)).toEqual([{ key: long.slice(0, 4), values: [new Uint8Array(4)] }]);
  expect(mapLookupAndDelete(kernel, hash, long)).toEqual(new Uint8Array(4));
});

test("a program that ran leaves no memory behind", () => {
  const runOnce = (): number => {
    const fd = load(PLUS42);
    attach(fd);
    echo("1");
    process.progDetach({ attachType: 44 });
    process.close(fd);
    return kernel.memory.brk;
  };
  const after = runOnce();
  for (let i = 0; i < 20; i++) expect(runOnce()).toBe(after);
});

const u32 = (value: number): Uint8Array => Uint8Array.of(value, 0, 0, 0);
const mapOf = (type: string): number => {
  const inner = { name: "i", type: "array", keySize: 4, valueSize: 8, maxEntries: 1, flags: 0 };
  const def = { name: "m", type, keySize: 4, valueSize: 4, maxEntries: 2, flags: 0 };
  return process.mapCreate({ ...def, ...(type !== "prog_array" && { inner }) });
};
/** r0 = 5; exit */
const RETURN_5 = "b7000000050000009500000000000000";
/** r2 = the map; r3 = 0; bpf_tail_call(r1, r2, r3); r0 = 7; exit */
const tailCall = (map: number): string =>
  `181200000${map}0000000000000000000000b703000000000000850000000c000000b7000000070000009500000000000000`;

test("a program lives while a prog_array holds it, and a prog_array holds it until its last descriptor is closed", () => {
  const map = mapOf("prog_array");
  const called = load(RETURN_5);
  attach(load(tailCall(map)));
  process.mapUpdate(map, u32(0), u32(called));
  process.mapUpdate(map, u32(0), u32(called));
  process.close(called);
  echo("1");
  expect([kernel.result, kernel.progs.size]).toEqual([5, 2]);
  process.close(map);
  echo("1");
  expect([kernel.result, kernel.progs.size, kernel.maps.size]).toEqual([7, 1, 1]);
});

test("an element that is overwritten or deleted releases its program", () => {
  const map = mapOf("prog_array");
  for (const index of [0, 1]) {
    const fd = load(RETURN_5);
    process.mapUpdate(map, u32(index), u32(fd));
    process.close(fd);
  }
  const other = load(RETURN_0);
  process.mapUpdate(map, u32(0), u32(other));
  process.close(other);
  expect([...kernel.progs.keys()]).toEqual([2, 3]);
  process.mapDelete(map, u32(1));
  expect([...kernel.progs.keys()]).toEqual([3]);
  process.close(map);
  expect([kernel.progs.size, kernel.maps.size]).toEqual([0, 0]);
});

test.each(["array_of_maps", "hash_of_maps"])("an inner map lives as long as its %s", (type) => {
  const outer = mapOf(type);
  const inner = array();
  expect(process.mapUpdate(outer, u32(1), u32(inner))).toBe(0);
  process.close(inner);
  expect(kernel.maps.size).toBe(2);
  process.close(outer);
  expect(kernel.maps.size).toBe(0);
});

test.each([
  ["BPF_F_RDONLY", 1 << 3, { update: -ERRNO.EPERM, lookup: -ERRNO.ENOENT, next: -ERRNO.ENOENT, pop: -ERRNO.EPERM }],
  ["BPF_F_WRONLY", 1 << 4, { update: 0, lookup: -ERRNO.EPERM, next: -ERRNO.EPERM, pop: -ERRNO.EPERM }],
])("user space may not do with a map what %s forbids", (_, flags, answers) => {
  const fd = process.mapCreate({ name: "m", type: "hash", keySize: 4, valueSize: 4, maxEntries: 4, flags });
  const key = new Uint8Array(4);
  expect({
    update: process.mapUpdate(fd, key, key),
    lookup: mapLookup(kernel, fd, key),
    next: mapNextKey(kernel, fd, undefined),
    pop: mapLookupAndDelete(kernel, fd, key),
  }).toEqual(answers);
});

test("a run may print any number of lines", () => {
  const lines = 200_000;
  kernel = new Kernel({
    execute(machine) {
      for (let i = 0; i < lines; i++) machine.memory.addTraceLine("line", 0);
      machine.memory.restore(machine.memory.snapshot());
      return machine.run(10);
    },
  });
  process = new Process(kernel);
  attach(load(PLUS42));
  expect(echo("1")).toBe(1);
  expect(kernel.tracePipe).toHaveLength(lines);
});

test("a write takes at most one page", () => {
  attach(load(PLUS42));
  expect(echo("1".repeat(5000))).toBe(-ERRNO.ERANGE);
  expect(echo(`7\0${"x".repeat(5000)}`)).toBe(4096);
});

test("a descriptor for reading cannot be written to, nor the other way", () => {
  const reading = process.open(FILE, 0);
  const writing = process.open(FILE, O_WRONLY);
  expect(process.write(reading, Uint8Array.of(0x31))).toBe(-ERRNO.EBADF);
  expect(process.read(writing, 10)).toBe(-ERRNO.EBADF);
});

test("a descriptor reads the result as it was at the first read", () => {
  attach(load(PLUS42));
  const fd = process.open(FILE, 0);
  echo("10");
  expect(new TextDecoder().decode(process.read(fd, 1) as Uint8Array)).toBe("5");
  echo("20");
  expect(new TextDecoder().decode(process.read(fd, 10) as Uint8Array)).toBe("2\n");
});

test("the preset that a kernel has at its start is the program type of the talk", () => {
  expect(PRESETS[0]?.name).toBe(DEFAULT_PRESET);
  expect(PRESETS[0]?.name).toBe(OREORE.type.name);
});

test("a definition's program type is the only one with its number", () => {
  expect([32, 33, 34].map((id) => kernel.progType(id)?.name)).toEqual(["oreore", undefined, "netfilter"]);
  expect(["oreore", "netfilter"].map((name) => kernel.progTypeId(name))).toEqual([32, 34]);
  const read = readDefinition(PRESETS.find(({ name }) => name === "verdict")?.definition);
  if (!read.ok) throw new Error("the preset is faulty");
  const other = new Kernel({ definition: read.definition });
  expect([other.progType(32)?.name, other.progTypeId("oreore"), other.progTypeId("verdict")]).toEqual([
    "verdict",
    undefined,
    32,
  ]);
});

test("a definition's return range is checked at exit", () => {
  const read = readDefinition(PRESETS.find(({ name }) => name === "verdict")?.definition);
  if (!read.ok) throw new Error("the preset is faulty");
  process = new Process(new Kernel({ definition: read.definition }));
  // r0 = *(u64 *)(r1 +0); exit
  expect(load("79100000000000009500000000000000")).toBe(-ERRNO.EINVAL);
  // r0 = *(u64 *)(r1 +0); r0 &= 1; exit
  const fd = load("791000000000000057000000010000009500000000000000");
  expect(fd).toBe(3);
  attach(fd);
  expect(echo("7", "/sys/verdict/ask")).toBe(1);
});

test("a store to a writable field is accepted, a store to another field is refused", () => {
  const read = readDefinition(PRESETS.find(({ name }) => name === "scratch")?.definition);
  if (!read.ok) throw new Error("the preset is faulty");
  process = new Process(new Kernel({ definition: read.definition }));
  // r0 = 5; *(u32 *)(r1 +4) = r0; r0 = *(u32 *)(r1 +4); exit
  const fd = load("b700000005000000630104000000000061100400000000009500000000000000");
  expect(fd).toBeGreaterThanOrEqual(3);
  attach(fd);
  expect(echo("1 2", "/sys/scratch/run")).toBe(3);
  expect(process.kernel.result).toBe(5);
  // r0 = 5; *(u32 *)(r1 +0) = r0; exit
  expect(load("b70000000500000063010000000000009500000000000000")).toBe(-ERRNO.EACCES);
});

const preset = (name: string): DefinitionInput =>
  PRESETS.find((one) => one.name === name)?.definition as DefinitionInput;
function defined(input: DefinitionInput): KernelDefinition {
  const read = readDefinition(input);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.definition;
}
const cat = (path: string): string => {
  const fd = process.open(path, 0);
  const read = process.read(fd, 4096);
  process.close(fd);
  return typeof read === "number" ? String(read) : new TextDecoder().decode(read);
};
const RUN = "/sys/converted/run";

test("a program sees its own struct, whatever the kernel's struct is", () => {
  process = new Process(new Kernel({ definition: defined(preset("converted")) }));
  // r0 = *(u32 *)(r1 +8); exit. The kernel's member for this field has eight bytes.
  attach(load("61100800000000009500000000000000"));
  expect(echo("1 2 0x1234567890", RUN)).toBeGreaterThan(0);
  expect(process.kernel.result).toBe(0x34567890);
  // The kernel's `length` has 16 bits, so a write accepts no larger number.
  expect(echo("65536 2 3", RUN)).toBe(-ERRNO.ERANGE);
  // r0 = *(u8 *)(r1 +1); exit. This reads the second byte of len.
  attach(load("71100100000000009500000000000000"));
  echo("0x1234 0 0", RUN);
  expect(process.kernel.result).toBe(0x12);
});

test("a store to a field keeps the bytes for which the kernel's member has room", () => {
  const input = preset("converted");
  const [len, mark, stamp] = input.ctx.fields as [object, object, object];
  const narrowed = { ...mark, kernel: { name: "mark", off: 0, size: 2 } };
  process = new Process(
    new Kernel({ definition: defined({ ...input, ctx: { ...input.ctx, fields: [len, narrowed, stamp] as never } }) }),
  );
  // r0 = 0x12345; *(u32 *)(r1 +4) = r0; r0 = *(u32 *)(r1 +4); exit
  attach(load("b700000045230100" + "6301040000000000" + "6110040000000000" + "9500000000000000"));
  echo("0 0 0", RUN);
  expect(process.kernel.result).toBe(0x2345);
});

test("a file of a field keeps it for later runs, a file of the result can only be read", () => {
  const files = [
    { name: "b", of: "b", parse: "hex", show: "0x%x" },
    { name: "hex", of: "result", show: "0x%x" },
  ] as const;
  process = new Process(new Kernel({ definition: defined({ ...preset("adder"), files: [...files] }) }));
  // r0 = *(u32 *)(r1 +0); r2 = *(u32 *)(r1 +4); w0 += w2; exit
  attach(load("61100000000000006112040000000000" + "0c200000000000009500000000000000"));
  expect(echo("1f", "/sys/adder/b")).toBe(2);
  expect(echo("1", "/sys/adder/sum")).toBe(1);
  expect([cat("/sys/adder/sum"), cat("/sys/adder/b"), cat("/sys/adder/hex")]).toEqual(["32\n", "0x1f\n", "0x20\n"]);
  expect(process.open("/sys/adder/hex", O_WRONLY)).toBe(-ERRNO.EACCES);
});

test.each([
  ["s", "-5", -5],
  ["hex", "ff", 255],
  ["bytes", "abc", 0x636261],
] as const)("a write may be read as %s", (parse, text, expected) => {
  process = new Process(new Kernel({ definition: defined({ ...preset("oreore"), parse }) }));
  attach(load("61100000000000009500000000000000"));
  expect(echo(text)).toBe(text.length);
  expect(process.kernel.result | 0).toBe(expected);
});
