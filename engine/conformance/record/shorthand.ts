// A shorthand for the programs of recordings: one call makes one instruction. Registers are numbers.
import { toHex, utf8Encode } from "../../base/bytes.ts";
import { helperId } from "../../facts/helpers.ts";
import * as c from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import type { FuncInfo, LineInfo, MapDef, Program } from "../../program/program.ts";
import { DEFAULT_LICENSE } from "../../program/program.ts";

/** An instruction, or the name of a map for the two slots that load it: `array`, or `array#2` for a second map like it. */
export type Item = Insn | { readonly dst: number; readonly map: string; readonly off?: number };

export const raw = (code: number, dst = 0, src = 0, off = 0, imm = 0): Insn => ({ code, dst, src, off, imm });

export type Size = "b" | "h" | "w" | "dw";
const SIZES: Readonly<Record<Size, number>> = { b: c.BPF_B, h: c.BPF_H, w: c.BPF_W, dw: c.BPF_DW };

const ALU = {
  add: 0x00,
  sub: 0x10,
  mul: 0x20,
  div: 0x30,
  or: 0x40,
  and: 0x50,
  lsh: 0x60,
  rsh: 0x70,
  mod: 0x90,
  xor: 0xa0,
  arsh: 0xc0,
};
export type AluName = keyof typeof ALU;
const JMP = {
  eq: 0x10,
  gt: 0x20,
  ge: 0x30,
  set: 0x40,
  ne: 0x50,
  sgt: 0x60,
  sge: 0x70,
  lt: 0xa0,
  le: 0xb0,
  slt: 0xc0,
  sle: 0xd0,
};
export type JmpName = keyof typeof JMP;

export const mov = (dst: number, imm: number): Insn => raw(c.BPF_ALU64 | c.BPF_MOV, dst, 0, 0, imm);
export const movr = (dst: number, src: number, off = 0): Insn => raw(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, dst, src, off);
export const mov32r = (dst: number, src: number, off = 0): Insn => raw(c.BPF_ALU | c.BPF_MOV | c.BPF_X, dst, src, off);
export const alu = (op: AluName, dst: number, imm: number): Insn => raw(c.BPF_ALU64 | ALU[op], dst, 0, 0, imm);
export const alur = (op: AluName, dst: number, src: number): Insn => raw(c.BPF_ALU64 | c.BPF_X | ALU[op], dst, src);
export const alu32 = (op: AluName, dst: number, imm: number): Insn => raw(c.BPF_ALU | ALU[op], dst, 0, 0, imm);
export const neg = (dst: number): Insn => raw(c.BPF_ALU64 | c.BPF_NEG, dst);
export const add = (dst: number, imm: number): Insn => alu("add", dst, imm);
export const ldx = (size: Size, dst: number, src: number, off = 0): Insn =>
  raw(c.BPF_LDX | c.BPF_MEM | SIZES[size], dst, src, off);
export const ldsx = (size: Size, dst: number, src: number, off = 0): Insn =>
  raw(c.BPF_LDX | c.BPF_MEMSX | SIZES[size], dst, src, off);
export const st = (size: Size, dst: number, off: number, imm: number): Insn =>
  raw(c.BPF_ST | c.BPF_MEM | SIZES[size], dst, 0, off, imm);
export const stx = (size: Size, dst: number, off: number, src: number): Insn =>
  raw(c.BPF_STX | c.BPF_MEM | SIZES[size], dst, src, off);
export const atomic = (size: Size, dst: number, off: number, src: number, op: number): Insn =>
  raw(c.BPF_STX | c.BPF_ATOMIC | SIZES[size], dst, src, off, op);
/** `if dst op imm goto +off` */
export const jmp = (op: JmpName, dst: number, imm: number, off: number): Insn =>
  raw(c.BPF_JMP | JMP[op], dst, 0, off, imm);
export const jmpr = (op: JmpName, dst: number, src: number, off: number): Insn =>
  raw(c.BPF_JMP | c.BPF_X | JMP[op], dst, src, off);
export const jmp32 = (op: JmpName, dst: number, imm: number, off: number): Insn =>
  raw(c.BPF_JMP32 | JMP[op], dst, 0, off, imm);
export const ja = (off: number): Insn => raw(c.BPF_JMP | c.BPF_JA, 0, 0, off);
export const mayGoto = (off: number): Insn => raw(c.BPF_JMP | c.BPF_JCOND, 0, 0, off);
/** Calls a helper, given by name or number. */
export const call = (helper: string | number): Insn =>
  raw(c.BPF_JMP | c.BPF_CALL, 0, 0, 0, typeof helper === "number" ? helper : (helperId(helper) ?? -1));
/** Calls a function of the program, `distance` slots from the next instruction. */
export const local = (distance: number): Insn => raw(c.BPF_JMP | c.BPF_CALL, 0, c.BPF_PSEUDO_CALL, 0, distance);
export const exit: Insn = raw(c.BPF_JMP | c.BPF_EXIT);
export const ldAbs = (size: Size, imm: number): Insn => raw(c.BPF_LD | c.BPF_ABS | SIZES[size], 0, 0, 0, imm);
export const ldInd = (size: Size, src: number, imm: number): Insn =>
  raw(c.BPF_LD | c.BPF_IND | SIZES[size], 0, src, 0, imm);
const LD64 = c.BPF_LD | c.BPF_IMM | c.BPF_DW;
/** Two slots. */
export const ld64 = (dst: number, low: number, high = 0): Insn[] => [raw(LD64, dst, 0, 0, low), raw(0, 0, 0, 0, high)];
/** Two slots: loads the address of the function that is `distance` slots after the first of them. */
export const func = (dst: number, distance: number): Insn[] => [raw(LD64, dst, c.BPF_PSEUDO_FUNC, 0, distance), raw(0)];
export const ldMap = (dst: number, map: string): Item => ({ dst, map });
/** Loads the address of byte `off` of the map's first value. */
export const ldValue = (dst: number, map: string, off = 0): Item => ({ dst, map, off });

/** R0 = the value of `map` for the key 0 at fp-8, or NULL. R1 to R5 are lost. */
export const lookup = (map: string): Item[] => [
  st("dw", 10, -8, 0),
  movr(2, 10),
  add(2, -8),
  ldMap(1, map),
  call("map_lookup_elem"),
];
/** The end of most programs. */
export const done: Item[] = [mov(0, 0), exit];

const map = (name: string, type: string, keySize: number, valueSize: number, maxEntries = 1, flags = 0): MapDef => ({
  name,
  type,
  keySize,
  valueSize,
  maxEntries,
  flags,
});
const BPF_F_NO_PREALLOC = 1 << 0;
const BPF_F_RDONLY_PROG = 1 << 7;
const BPF_F_WRONLY_PROG = 1 << 8;
export const MAPS: readonly MapDef[] = [
  map("array", "array", 4, 48),
  map("array4", "array", 4, 48, 4),
  map("hash", "hash", 8, 16, 4),
  map("readonly", "array", 4, 48, 1, BPF_F_RDONLY_PROG),
  { ...map("rodata", "array", 4, 16, 1, BPF_F_RDONLY_PROG), frozen: true },
  {
    ...map("text", "array", 4, 32, 1, BPF_F_RDONLY_PROG),
    // "hello %d %s\0", then "%q\0", then letters without a zero at the end.
    init: { "0": `${toHex(utf8Encode("hello %d %s\0%q\0"))}${"78".repeat(17)}` },
    frozen: true,
  },
  {
    ...map("numbers", "array", 4, 16, 1, BPF_F_RDONLY_PROG),
    init: { "0": "80ff7f00ffffffff0100000000000080" },
    frozen: true,
  },
  { ...map("rodata4", "array", 4, 16, 4, BPF_F_RDONLY_PROG), frozen: true },
  { ...map("frozenhash", "hash", 4, 16, 1, BPF_F_RDONLY_PROG), frozen: true },
  { ...map("writable", "array", 4, 16), frozen: true },
  { ...map("prog.rodata", "array", 4, 16), named: true },
  { ...map("counts", "hash", 4, 16, 4), named: true },
  map("writeonly", "array", 4, 48, 1, BPF_F_WRONLY_PROG),
  map("ring", "ringbuf", 0, 0, 4096),
  map("progs", "prog_array", 4, 4, 4),
  map("perf", "perf_event_array", 4, 4, 4),
  map("queue", "queue", 0, 8, 4),
  map("percpu", "percpu_array", 4, 8, 4),
  map("socks", "sockmap", 4, 4, 4),
  map("xsks", "xskmap", 4, 4, 4),
  map("devs", "devmap", 4, 4, 4),
  map("cpus", "cpumap", 4, 4, 4),
  map("cgstorage", "cgroup_storage", 8, 8, 0),
  map("cgstorage2", "cgroup_storage", 8, 16, 0),
  map("stacks", "stack_trace", 4, 80, 4),
  map("bloom", "bloom_filter", 0, 4, 4),
  map("lpm", "lpm_trie", 8, 8, 4, BPF_F_NO_PREALLOC),
  map("users", "user_ringbuf", 0, 0, 4096),
  { ...map("locks", "array", 4, 16), fields: { bpf_spin_lock: 4 } },
  { ...map("timers", "array", 4, 24), fields: { bpf_timer: 0 } },
  { ...map("outer", "array_of_maps", 4, 4), inner: map("inner", "array", 4, 48) },
];

export interface Settings {
  readonly progType?: string;
  readonly expectedAttachType?: number;
  readonly progFlags?: number;
  readonly funcInfo?: boolean;
  readonly functions?: readonly FuncInfo[];
  readonly lines?: readonly LineInfo[];
  readonly license?: string;
}

/** Makes a program of the items. Its maps are those that it loads. */
export function programOf(items: readonly (Item | readonly Item[])[], settings: Settings = {}): Program {
  const insns: Insn[] = [];
  const maps: MapDef[] = [];
  const mapRefs = new Map<number, number>();
  for (const item of items.flat() as Item[]) {
    if (!("map" in item)) {
      insns.push(item);
      continue;
    }
    const like = MAPS.find(({ name }) => name === item.map.split("#")[0])!;
    if (!maps.some(({ name }) => name === item.map)) maps.push({ ...like, name: item.map });
    mapRefs.set(
      insns.length,
      maps.findIndex(({ name }) => name === item.map),
    );
    const pseudo = item.off === undefined ? c.BPF_PSEUDO_MAP_FD : c.BPF_PSEUDO_MAP_VALUE;
    insns.push(raw(LD64, item.dst, pseudo), raw(0, 0, 0, 0, item.off ?? 0));
  }
  return {
    insns,
    maps,
    mapRefs,
    progType: settings.progType ?? "socket_filter",
    expectedAttachType: settings.expectedAttachType ?? 0,
    progFlags: settings.progFlags ?? 0,
    license: settings.license ?? DEFAULT_LICENSE,
    ...(settings.funcInfo && { funcInfo: true }),
    ...(settings.functions && { functions: settings.functions }),
    ...(settings.lines && { lines: settings.lines }),
  };
}
