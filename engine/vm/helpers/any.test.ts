// Calls any helper with any arguments on any map. Each call must do something that can be undone, or be a fault; it must never break the
// engine. Half of the arguments are of the kind that the helper's prototype asks for, so that calls also succeed. Each run has its own
// memory.
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../base/bytes.ts";
import { HELPER_PROTOS } from "../../facts/helpers.ts";
import type { HelperArg } from "../../facts/types.ts";
import { insnNamed as insn } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import { PACKETS } from "../../packets/packets.ts";
import type { MapDef } from "../../program/program.ts";
import {
  type BpfMap,
  createMap,
  defaultEnv,
  type Event,
  enterEvent,
  type LoadedProgram,
  loadProgram,
  Machine,
  Memory,
  simulatedHelpers,
} from "../index.ts";
import { BRK, KERNEL_HI } from "../layout.ts";
import { UserRingbufMap } from "../maps/user-ringbuf.ts";
import { walkBothWays } from "../walk-both-ways.ts";

const HALF: Insn = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };
const EXIT = insn("exit");

const def = (type: string, keySize: number, valueSize: number, maxEntries: number, more: Partial<MapDef> = {}) => ({
  name: type,
  type,
  keySize,
  valueSize,
  maxEntries,
  flags: 0,
  ...more,
});
const FIELDS = { bpf_spin_lock: 8, bpf_timer: 16, kptr: 32 };
const INNER = def("array", 4, 8, 2);
/** One map of every simulated kind, and some with a lock, a timer and a pointer in their values. */
const DEFS: readonly MapDef[] = [
  def("array", 4, 8, 4),
  def("array", 4, 48, 4, { name: "objects", fields: FIELDS }),
  def("percpu_array", 4, 8, 4),
  def("hash", 4, 8, 4),
  def("hash", 4, 48, 80, { name: "hash_objects", fields: FIELDS }),
  def("percpu_hash", 8, 8, 4),
  def("lru_hash", 4, 16, 3),
  def("lru_percpu_hash", 4, 8, 3),
  def("lpm_trie", 8, 8, 80, { flags: 1 }),
  def("queue", 0, 8, 3),
  def("stack", 0, 8, 3),
  def("bloom_filter", 0, 8, 8),
  def("ringbuf", 0, 0, 4096),
  def("user_ringbuf", 0, 0, 4096),
  def("array_of_maps", 4, 4, 2, { inner: INNER }),
  def("hash_of_maps", 4, 4, 2, { inner: INNER }),
  def("prog_array", 4, 4, 4),
  def("perf_event_array", 4, 4, 4),
  def("cgroup_array", 4, 4, 4),
  def("stack_trace", 4, 64, 8),
  def("cgroup_storage", 16, 8, 0),
  def("percpu_cgroup_storage", 16, 8, 0),
  def("devmap", 4, 4, 4),
  def("devmap_hash", 4, 8, 4),
  def("cpumap", 4, 4, 4),
  def("xskmap", 4, 4, 4),
];
const OBJECTS = 1;

/** Makes the instructions that fill an argument's register. `map`: index of the map that the first of them loads. */
type Argument = (dst: number) => { readonly insns: readonly Insn[]; readonly map?: number };

const stackPlace: fc.Arbitrary<Argument> = fc.integer({ min: 1, max: 16 }).map((slot) => (dst) => ({
  insns: [insn("mov64_reg", { dst, src: 10 }), insn("add64_imm", { dst, imm: -8 * slot })],
}));
const mapPointer: fc.Arbitrary<Argument> = fc.nat(DEFS.length - 1).map((map) => (dst) => ({
  insns: [insn("ld_imm64_map_fd", { dst }), HALF],
  map,
}));
/** A place in a value of the array whose values hold a lock, a timer and a pointer. */
const objectPlace: fc.Arbitrary<Argument> = fc
  .constantFrom(0, 8, 16, 32, 40, 48, 56, 64, 80)
  .map((off) => (dst) => ({ insns: [insn("ld_imm64_map_value", { dst }), { ...HALF, imm: off }], map: OBJECTS }));
/** R6: the context. R7 and R8: the last return value and the one before. R9: the last return value that was not zero. */
const earlier: fc.Arbitrary<Argument> = fc
  .constantFrom(6, 7, 8, 9)
  .map((src) => (dst) => ({ insns: [insn("mov64_reg", { dst, src })] }));
const immediate = (...values: number[]): fc.Arbitrary<Argument> =>
  fc.constantFrom(...values).map((imm) => (dst) => ({ insns: [insn("mov64_imm", { dst, imm })] }));
/** Loads the callback's address. `assemble` fills in its slot once all instructions are known. */
const callback: fc.Arbitrary<Argument> = fc.constant((dst) => ({ insns: [insn("ld_imm64_func", { dst }), HALF] }));
const number = immediate(0, 1, 2, 3, 4, 8, 16, 64, -1, 100, 4096, 65535, 0x7fffffff, -0x80000000);
const size = immediate(0, 1, 2, 4, 8, 8, 8, 16, 24, 44, 64);
const anything = fc.oneof(stackPlace, mapPointer, objectPlace, earlier, number, callback);

/** Arguments of the kind that the prototype asks for. */
const FITTING: Readonly<Partial<Record<HelperArg["kind"], fc.Arbitrary<Argument>>>> = {
  ARG_CONST_MAP_PTR: mapPointer,
  ARG_PTR_TO_MAP_KEY: stackPlace,
  ARG_PTR_TO_MAP_VALUE: fc.oneof(stackPlace, objectPlace),
  ARG_PTR_TO_MEM: fc.oneof(stackPlace, objectPlace, earlier),
  ARG_CONST_SIZE: size,
  ARG_CONST_SIZE_OR_ZERO: size,
  ARG_CONST_ALLOC_SIZE_OR_ZERO: size,
  ARG_PTR_TO_CTX: fc.constant<Argument>((dst) => ({ insns: [insn("mov64_reg", { dst, src: 6 })] })),
  ARG_ANYTHING: number,
  ARG_PTR_TO_SPIN_LOCK: objectPlace,
  ARG_PTR_TO_TIMER: objectPlace,
  ARG_KPTR_XCHG_DEST: objectPlace,
  ARG_PTR_TO_FUNC: callback,
  ARG_PTR_TO_STACK: stackPlace,
  ARG_PTR_TO_DYNPTR: immediate(-128).map((_) => (dst) => ({
    insns: [insn("mov64_reg", { dst, src: 10 }), insn("add64_imm", { dst, imm: -128 })],
  })),
};
const NO_ARG: HelperArg = { kind: "ARG_DONTCARE", flags: 0, size: 0 };

const oneCall = fc.constantFrom(...simulatedHelpers).chain((id) => {
  const proto = HELPER_PROTOS.find((one) => one.id === id);
  const argument = (n: number) => {
    const fitting = FITTING[(proto?.args[n] ?? NO_ARG).kind];
    return fitting === undefined ? anything : fc.oneof(fitting, fitting, fitting, anything);
  };
  return fc.record({
    id: fc.constant(id),
    stack: fc.array(fill, { maxLength: 3 }),
    args: fc.tuple(argument(0), argument(1), argument(2), argument(3), argument(4)),
    use: fc.constantFrom<readonly Insn[]>(
      [],
      // Write through the returned pointer, unless it is NULL.
      [insn("jeq64_imm", { dst: 0, off: 1 }), insn("st8", { dst: 0, imm: 7 })],
      [
        insn("jeq64_imm", { dst: 0, off: 2 }),
        insn("mov64_imm", { dst: 1, imm: 3 }),
        insn("atomic8_add", { dst: 0, src: 1 }),
      ],
    ),
  });
});
const fill = fc
  .tuple(fc.integer({ min: 1, max: 16 }), fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer()))
  .map(([slot, imm]) => insn("st8", { dst: 10, off: -8 * slot, imm }));
type Call = typeof oneCall extends fc.Arbitrary<infer T> ? T : never;

/** Packets as short as the kernel accepts: without a protocol, IPv4, IPv6. */
const SHORT = [[14], [34, 0x08, 0x00], [54, 0x86, 0xdd]].map(([size, ...protocol]) => {
  const frame = new Uint8Array(size as number);
  frame.set(protocol, 12);
  return toHex(frame);
});
const ARRIVALS = [...PACKETS.map(({ hex }) => hex), ...SHORT].map(
  (hex): Event => ({ kind: "packet", data: fromHex(hex) as Uint8Array }),
);
const EVENTS: Readonly<Record<string, readonly Event[]>> = {
  xdp: ARRIVALS,
  sched_cls: ARRIVALS,
  cgroup_skb: ARRIVALS,
  lwt_xmit: ARRIVALS,
  kprobe: [{ kind: "kprobe", regs: {} }],
  tracepoint: [{ kind: "record", bytes: new Uint8Array(64) }],
  oreore: [{ kind: "ctx", bytes: new Uint8Array(16), writable: true }],
};
const hook = fc.constantFrom(
  ...Object.entries(EVENTS).flatMap(([type, events]) => events.map((event) => ({ type, event }))),
);

const body = fc.array(oneCall, { minLength: 1, maxLength: 5 });
const programs = fc.record({
  calls: body,
  /** Calls made by the callback, and what it returns (`result`). */
  inCallback: fc.array(oneCall, { maxLength: 2 }),
  result: fc.constantFrom(0, 0, 0, 1),
  hook,
  /** Keys and values with which user space updates every map before the run. */
  before: fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 9 })), { maxLength: 4 }),
});

/** The program's instructions, and the map that each LD_IMM64 loads, by slot. */
function assemble(calls: readonly Call[], inCallback: readonly Call[], result: number) {
  const insns: Insn[] = [insn("mov64_reg", { dst: 6, src: 1 }), ...[7, 8, 9].map((dst) => insn("mov64_imm", { dst }))];
  const maps = new Map<number, number>();
  const add = (list: readonly Call[]) => {
    for (const { id, stack, args, use } of list) {
      insns.push(...stack);
      for (const [i, make] of args.entries()) {
        const made = make(i + 1);
        if (made.map !== undefined) maps.set(insns.length, made.map);
        insns.push(...made.insns);
      }
      insns.push(insn("call_helper", { imm: id }), ...use);
      insns.push(insn("mov64_reg", { dst: 8, src: 7 }), insn("mov64_reg", { dst: 7, src: 0 }));
      insns.push(insn("jeq64_imm", { dst: 0, off: 1 }), insn("mov64_reg", { dst: 9, src: 0 }));
    }
  };
  add(calls);
  insns.push(EXIT);
  const callbackAt = insns.length;
  add(inCallback);
  insns.push(insn("mov64_imm", { dst: 0, imm: result }), EXIT);
  const isFunction = ({ code, src }: Insn) => code === 0x18 && src === 4;
  return {
    insns: insns.map((one, slot) => (isFunction(one) ? { ...one, imm: callbackAt - slot - 1 } : one)),
    maps,
  };
}

const u32 = (value: number) => Uint8Array.of(value, 0, 0, 0);
const bytes = (size: number, first: number) => new Uint8Array(size).fill(first, 0, 1);

/** All maps, filled by user space. */
function filledMaps(memory: Memory, before: readonly (readonly [key: number, value: number])[]): BpfMap[] {
  const maps = DEFS.map((one) => createMap(memory, one) as BpfMap);
  for (const map of maps) {
    const { type, keySize, inner } = map.def;
    for (const [key, value] of before) {
      if (map instanceof UserRingbufMap) map.produce(bytes(8 * (value + 1), key));
      else if (inner) map.update(u32(key), u32((createMap(memory, inner) as BpfMap).id));
      else if (type !== "ringbuf" && type !== "prog_array")
        map.update(bytes(keySize, key), bytes(map.userValueSize, value));
    }
  }
  return maps;
}

/** Runs a program on a packet forwards and backwards, and returns its outcome. */
function walk(progType: string, insns: readonly Insn[], data: Uint8Array) {
  const memory = new Memory();
  const machine = new Machine({ memory, program: loadProgram(memory, { insns, progType }), env: defaultEnv() });
  expect(enterEvent(machine, { kind: "packet", data })).toBe(0);
  const { outcome, differences } = walkBothWays(machine);
  expect(differences).toEqual([]);
  return outcome;
}

test("a header cannot be removed from a packet that is too short for it", () => {
  const ipv6 = new Uint8Array(64);
  ipv6.set([0x86, 0xdd], 12);
  const CHANGE_TAIL = 38;
  const CHANGE_PROTO = 31;
  const call = (imm: number, second: number) => [
    insn("mov64_reg", { dst: 1, src: 6 }),
    insn("mov64_imm", { dst: 2, imm: second }),
    insn("mov64_imm", { dst: 3 }),
    insn("call_helper", { imm }),
  ];
  const save = insn("mov64_reg", { dst: 6, src: 1 });
  const outcome = walk("sched_cls", [save, ...call(CHANGE_TAIL, 14), ...call(CHANGE_PROTO, 8), EXIT], ipv6);
  expect(outcome).toEqual({ kind: "exit", r0: BigInt.asUintN(64, -12n) });
});

test("a forged dynptr gives no access to memory that is not the program's", () => {
  const DYNPTR_WRITE = 202;
  const outcome = walk(
    "xdp",
    [
      insn("ld_imm64", { dst: 1, imm: BRK }),
      { ...HALF, imm: KERNEL_HI },
      insn("stx8", { dst: 10, src: 1, off: -16 }),
      insn("st8", { dst: 10, off: -8, imm: 64 }),
      insn("mov64_reg", { dst: 1, src: 10 }),
      insn("add64_imm", { dst: 1, imm: -16 }),
      insn("mov64_imm", { dst: 2 }),
      insn("mov64_reg", { dst: 3, src: 1 }),
      insn("mov64_imm", { dst: 4, imm: 8 }),
      insn("mov64_imm", { dst: 5 }),
      insn("call_helper", { imm: DYNPTR_WRITE }),
      EXIT,
    ],
    new Uint8Array(64),
  );
  expect(outcome).toMatchObject({ kind: "fault", fault: { kind: "access", write: true } });
});

test("any helper with any arguments ends with a value or a fault, and can be undone completely", () => {
  fc.assert(
    fc.property(programs, ({ calls, inCallback, result, hook: { type, event }, before }) => {
      const memory = new Memory();
      const made = filledMaps(memory, before);
      const known = new Map<number, LoadedProgram>();
      const load = (of: ReturnType<typeof assemble>) => {
        const maps = new Map([...of.maps].map(([slot, map]) => [slot, made[map] as BpfMap]));
        const program = loadProgram(memory, { insns: of.insns, progType: type, maps });
        known.set(program.id, program);
        return program;
      };
      const program = load(assemble(calls, inCallback, result));
      const other = load(assemble(inCallback, [], result));
      const programs = made.find((map) => map.def.type === "prog_array");
      for (const [key, id] of [program.id, other.id].entries()) programs?.update(u32(key), u32(id));

      const machine = new Machine({ memory, program, env: defaultEnv(), findProgram: (id) => known.get(id) });
      expect(enterEvent(machine, event)).toBe(0);
      // A loop of many turns is walked only in part.
      expect(walkBothWays(machine, { maxSteps: 1500, compare: "calls" }).differences).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
