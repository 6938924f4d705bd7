// Helpers that change where a program continues (callbacks, tail calls, locks), and helpers that send data out.
import { expect, test } from "vitest";
import { taskStruct } from "../../facts/recorded/task.ts";
import { insnNamed as insn } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import type { MapDef } from "../../program/program.ts";
import {
  type BpfMap,
  createMap,
  defaultEnv,
  enterEvent,
  type LoadedProgram,
  loadProgram,
  Machine,
  Memory,
  Timeline,
} from "../index.ts";
import type { UserRingbufMap } from "../maps/user-ringbuf.ts";

const EXIT = insn("exit");
const HALF: Insn = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };
const mov = (dst: number, imm: number) => insn("mov64_imm", { dst, imm });
const call = (imm: number) => insn("call_helper", { imm });
const loadMap = (dst: number) => [insn("ld_imm64_map_fd", { dst }), HALF];
const u32 = (n: number) => Uint8Array.of(n & 255, n >>> 8, 0, 0);

const def = (type: string, more: Partial<MapDef> = {}): MapDef => ({
  name: "m",
  type,
  keySize: 4,
  valueSize: 8,
  maxEntries: 4,
  flags: 0,
  ...more,
});

function machineFor(insns: readonly Insn[], map?: MapDef, memory = new Memory()) {
  const made = map && (createMap(memory, map) as BpfMap);
  const slots = insns.flatMap((one, slot) => (one.code === 0x18 && one.src === 1 ? [slot] : []));
  const maps = new Map(slots.map((slot) => [slot, made as BpfMap]));
  const program = loadProgram(memory, { insns, progType: "oreore", maps });
  const known = new Map<number, LoadedProgram>([[program.id, program]]);
  const machine = new Machine({ memory, program, env: defaultEnv({ cpu: 1 }), findProgram: (id) => known.get(id) });
  enterEvent(machine, { kind: "ctx", bytes: new Uint8Array(4) });
  return { machine, map: made as BpfMap, memory, program, known };
}
const r0 = (machine: Machine) => {
  const outcome = machine.run(1_000_000_000);
  return outcome.kind === "exit"
    ? BigInt.asIntN(64, outcome.r0)
    : JSON.stringify(outcome, (_, value) => (typeof value === "bigint" ? String(value) : value));
};

/** bpf_loop(turns, callback, fp - 8). The callback `addIndex` adds its index to the number there. */
const loop = (turns: number, callback: readonly Insn[]) => [
  insn("st8", { dst: 10, off: -8 }),
  mov(1, turns),
  insn("ld_imm64_func", { dst: 2, imm: 7 }),
  HALF,
  insn("mov64_reg", { dst: 3, src: 10 }),
  insn("add64_imm", { dst: 3, imm: -8 }),
  mov(4, 0),
  call(181),
  insn("ldx8", { dst: 1, src: 10, off: -8 }),
  EXIT,
  ...callback,
];
const addIndex = [
  insn("ldx8", { dst: 3, src: 2 }),
  insn("add64_reg", { dst: 3, src: 1 }),
  insn("stx8", { dst: 2, src: 3 }),
];

test("bpf_loop calls its callback with each index and returns the number of calls", () => {
  const { machine } = machineFor(loop(10, [...addIndex, mov(0, 0), EXIT]));
  expect(r0(machine)).toBe(10n);
  expect(machine.reg(1)).toBe(45n);
  expect(r0(machineFor(loop(0, [EXIT])).machine)).toBe(0n);
  expect(r0(machineFor(loop(1 << 24, [EXIT])).machine)).toBe(-7n);
});

test("a callback that returns 1 ends the loop, and that turn counts", () => {
  const stop = [mov(0, 0), insn("jne64_imm", { dst: 1, off: 1, imm: 3 }), mov(0, 1), EXIT];
  const { machine } = machineFor(loop(10, [...addIndex, ...stop]));
  expect(r0(machine)).toBe(4n);
  expect(machine.reg(1)).toBe(6n);
});

/** bpf_for_each_map_elem over the map: sums the values. `more`: further instructions of the callback, for example to delete the element. */
const sum = (more: readonly Insn[]) => [
  insn("st8", { dst: 10, off: -8 }),
  ...loadMap(1),
  insn("ld_imm64_func", { dst: 2, imm: 7 }),
  HALF,
  insn("mov64_reg", { dst: 3, src: 10 }),
  insn("add64_imm", { dst: 3, imm: -8 }),
  mov(4, 0),
  call(164),
  insn("ldx8", { dst: 6, src: 10, off: -8 }),
  EXIT,
  insn("ldx8", { dst: 5, src: 3 }),
  insn("ldx8", { dst: 0, src: 4 }),
  insn("add64_reg", { dst: 0, src: 5 }),
  insn("stx8", { dst: 4, src: 0 }),
  ...more,
  mov(0, 0),
  EXIT,
];

test("bpf_for_each_map_elem visits every element of arrays and hash tables", () => {
  for (const type of ["array", "hash", "lru_hash"]) {
    const { machine, map } = machineFor(sum([]), def(type));
    for (let i = 0; i < 4; i++) map.update(u32(i), Uint8Array.of(10 + i, 0, 0, 0, 0, 0, 0, 0));
    expect(r0(machine), type).toBe(4n);
    expect(machine.reg(6), type).toBe(46n);
  }
});

test("a callback may delete the element it was called for", () => {
  const { machine, map } = machineFor(sum([call(3)]), def("hash"));
  for (let i = 0; i < 4; i++) map.update(u32(i), new Uint8Array(8).fill(i, 0, 1));
  expect(r0(machine)).toBe(4n);
  expect(map.count).toBe(0);
});

/** bpf_user_ringbuf_drain(map, callback, fp - 8, 0). The callback adds the first byte of each sample and returns `stop`. */
const drain = (stop: number) => [
  insn("st8", { dst: 10, off: -8 }),
  ...loadMap(1),
  insn("ld_imm64_func", { dst: 2, imm: 7 }),
  HALF,
  insn("mov64_reg", { dst: 3, src: 10 }),
  insn("add64_imm", { dst: 3, imm: -8 }),
  mov(4, 0),
  call(209),
  insn("ldx8", { dst: 6, src: 10, off: -8 }),
  EXIT,
  insn("mov64_reg", { dst: 6, src: 2 }),
  mov(2, 0),
  mov(3, 1),
  call(203),
  insn("ldx1", { dst: 1, src: 0 }),
  insn("ldx8", { dst: 2, src: 6 }),
  insn("add64_reg", { dst: 1, src: 2 }),
  insn("stx8", { dst: 6, src: 1 }),
  mov(0, stop),
  EXIT,
];

test("bpf_user_ringbuf_drain goes on until no sample is left or the callback says stop", () => {
  const buffer = def("user_ringbuf", { keySize: 0, valueSize: 0, maxEntries: 4096 });
  for (const [stop, drained, added] of [
    [0, 3n, 60n],
    [1, 1n, 10n],
  ] as const) {
    const { machine, map } = machineFor(drain(stop), buffer);
    for (const sample of [10, 20, 30]) expect((map as UserRingbufMap).produce(Uint8Array.of(sample, 1))).toBe(true);
    const before = map.entries();
    const timeline = new Timeline(machine);
    timeline.runToEnd();
    expect(machine.reg(0)).toBe(drained);
    expect(machine.reg(6)).toBe(added);
    expect(map.entries().length).toBe(3 - Number(drained));
    timeline.seek(0);
    expect(map.entries()).toEqual(before);
    timeline.close();
  }
});

/** Tail call to `index`. If it does not happen, the program returns `otherwise`. */
const jumpTo = (index: number, otherwise: number) => [...loadMap(2), mov(3, index), call(12), mov(0, otherwise), EXIT];

test("a tail call goes to another program and does not come back", () => {
  const { machine, map, memory, known } = machineFor(jumpTo(1, 7), def("prog_array", { valueSize: 4 }));
  const other = loadProgram(memory, { insns: [mov(0, 42), EXIT], progType: "oreore" });
  known.set(other.id, other);
  map.update(u32(1), u32(other.id));
  expect(r0(machine)).toBe(42n);
  expect(machine.program.id).toBe(other.id);
  enterEvent(machine, { kind: "ctx", bytes: new Uint8Array(4) });
  const timeline = new Timeline(machine);
  timeline.runToEnd();
  expect(timeline.at(timeline.length - 1)?.prog).toBe(other.id);
  timeline.seek(0);
  expect(machine.program.id).not.toBe(other.id);
});

test("a tail call to an empty slot or out of range continues after the call, and so does the 34th", () => {
  expect(r0(machineFor(jumpTo(1, 7), def("prog_array", { valueSize: 4 })).machine)).toBe(7n);
  expect(r0(machineFor(jumpTo(99, 7), def("prog_array", { valueSize: 4 })).machine)).toBe(7n);
  // The program calls itself. It counts in R6, which a tail call keeps.
  const again = [
    insn("add64_imm", { dst: 6, imm: 1 }),
    ...loadMap(2),
    mov(3, 0),
    call(12),
    insn("mov64_reg", { src: 6 }),
    EXIT,
  ];
  const { machine, map, program } = machineFor(again, def("prog_array", { valueSize: 4 }));
  map.update(u32(0), u32(program.id));
  expect(r0(machine)).toBe(34n);
});

test("a tail call in a function returns to the function's caller", () => {
  const { machine, map, memory, known } = machineFor(
    [insn("call_local", { imm: 2 }), insn("add64_imm", { imm: 1 }), EXIT, ...jumpTo(0, 7)],
    def("prog_array", { valueSize: 4 }),
  );
  const other = loadProgram(memory, { insns: [mov(0, 41), EXIT], progType: "oreore" });
  known.set(other.id, other);
  map.update(u32(0), u32(other.id));
  expect(r0(machine)).toBe(42n);
});

const lookupFirst = [
  insn("st4", { dst: 10, off: -4 }),
  ...loadMap(1),
  insn("mov64_reg", { dst: 2, src: 10 }),
  insn("add64_imm", { dst: 2, imm: -4 }),
  call(1),
  insn("mov64_reg", { dst: 6 }),
];

test("a lock taken twice is a deadlock, and a lock that is never released is a fault", () => {
  const array = def("array", { fields: { bpf_spin_lock: 4 } });
  const lock = [insn("mov64_reg", { dst: 1, src: 6 }), insn("add64_imm", { dst: 1, imm: 4 })];
  expect(r0(machineFor([...lookupFirst, ...lock, call(93), ...lock, call(94), mov(0, 1), EXIT], array).machine)).toBe(
    1n,
  );
  expect(r0(machineFor([...lookupFirst, ...lock, call(93), ...lock, call(93), EXIT], array).machine)).toMatch(
    /deadlock/,
  );
  expect(r0(machineFor([...lookupFirst, ...lock, call(93), EXIT], array).machine)).toMatch(/lock held/);
});

/** bpf_perf_event_output(ctx, map, BPF_F_CURRENT_CPU, fp - 8, 8) */
const output = [
  insn("st8", { dst: 10, off: -8, imm: 77 }),
  ...loadMap(2),
  insn("mov32_imm", { dst: 3, imm: -1 }),
  insn("mov64_reg", { dst: 4, src: 10 }),
  insn("add64_imm", { dst: 4, imm: -8 }),
  mov(5, 8),
  call(25),
  EXIT,
];

test("records reach the CPU's perf event if one was opened", () => {
  const { machine, map, memory } = machineFor(output, def("perf_event_array", { valueSize: 4 }));
  expect(r0(machine)).toBe(-2n);
  map.update(u32(1), u32(5));
  enterEvent(machine, { kind: "ctx", bytes: new Uint8Array(4) });
  expect(r0(machine)).toBe(0n);
  expect(memory.output()).toEqual([{ map: "m", cpu: 1, data: Uint8Array.of(77, 0, 0, 0, 0, 0, 0, 0) }]);
});

test("time, random numbers and identity come from the environment and repeat", () => {
  const program = [call(7), insn("mov64_reg", { dst: 6 }), call(5), insn("add64_reg", { src: 6 }), EXIT];
  const { machine } = machineFor(program);
  const first = r0(machine);
  enterEvent(machine, { kind: "ctx", bytes: new Uint8Array(4) });
  expect(r0(machine)).toBe(first);
  const other = new Machine({ memory: machine.memory, program: machine.program, env: defaultEnv({ seed: 2n }) });
  enterEvent(other, { kind: "ctx", bytes: new Uint8Array(4) });
  expect(r0(other)).not.toBe(first);
  expect(r0(machineFor([call(8), EXIT]).machine)).toBe(1n);
  expect(r0(machineFor([call(14), EXIT]).machine)).toBe((4242n << 32n) | 4242n);
});

test("a helper that is not simulated is a fault that says why", () => {
  const { machine } = machineFor([call(175), EXIT]);
  expect(r0(machine)).toMatch(/bpf_task_pt_regs is not simulated: it works on the memory and the files of a process/);
});

test("only pid, tgid and comm of the running task can be read", () => {
  /** bpf_probe_read_kernel(fp - 8, 8, task + off). R0: its result. R6: the bytes. */
  const read = (off: number) => [
    call(35),
    insn("mov64_reg", { dst: 3 }),
    insn("add64_imm", { dst: 3, imm: off }),
    insn("mov64_reg", { dst: 1, src: 10 }),
    insn("add64_imm", { dst: 1, imm: -8 }),
    mov(2, 8),
    call(113),
    insn("ldx8", { dst: 6, src: 10, off: -8 }),
    EXIT,
  ];
  const values = [taskStruct.pid, taskStruct.comm, taskStruct.pid - 8].map((off) => {
    const { machine } = machineFor(read(off));
    return [r0(machine), machine.reg(6)];
  });
  const bash = 0x68736162n;
  expect(values).toEqual([
    [0n, (4242n << 32n) | 4242n],
    [0n, bash],
    [-14n, 0n],
  ]);
  const direct = [call(158), insn("ldx4", { src: 0, off: taskStruct.tgid }), EXIT];
  const { machine } = machineFor(direct);
  const shown = () => machine.regions().filter(({ name }) => name.startsWith("task_struct")).length;
  expect(shown()).toBe(0);
  expect(r0(machine)).toBe(4242n);
  expect(shown()).toBe(2);
});
