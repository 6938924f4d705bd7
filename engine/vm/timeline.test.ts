import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex } from "../base/bytes.ts";
import { FORMS, type Form, formNamed } from "../isa/forms.ts";
import { decodeInsns, type Insn } from "../isa/insn.ts";
import type { MapDef } from "../program/program.ts";
import {
  createMap,
  defaultEnv,
  enterEvent,
  lastChanges,
  lastWriteOfMemory,
  lastWriteOfReg,
  loadProgram,
  Machine,
  Memory,
  nextStepAtSlot,
  previousStepAtSlot,
  runUntil,
  Timeline,
} from "./index.ts";
import type { BpfMap } from "./maps/map.ts";
import { walkBothWays } from "./walk-both-ways.ts";
import { differences, wholeState } from "./whole-state.ts";

const insn = (form: Form, fields: Partial<Insn>): Insn => ({
  dst: 0,
  src: 0,
  off: 0,
  imm: 0,
  ...fields,
  code: form.code,
  ...form.when,
});
const named = (name: string, fields: Partial<Insn> = {}) => insn(formNamed(name) as Form, fields);
const EXIT = named("exit");
const HALF: Insn = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };

const def = (type: string, more: Partial<MapDef> = {}): MapDef => ({
  name: type,
  type,
  keySize: 4,
  valueSize: 8,
  maxEntries: 4,
  flags: 0,
  ...more,
});

/** A machine about to run the instructions. The imm of each LD_IMM64 of a map is an index into `defs`. */
function machineFor(insns: readonly Insn[], defs: readonly MapDef[] = [], memory = new Memory()) {
  const maps = defs.map((one) => createMap(memory, one) as BpfMap);
  const slots = insns.flatMap((one, slot) => (one.code === 0x18 && one.src === 1 ? [slot] : []));
  const refs = new Map(slots.map((slot) => [slot, maps[(insns[slot] as Insn).imm] as BpfMap]));
  const program = loadProgram(memory, { insns, progType: "oreore", maps: refs });
  const machine = new Machine({ memory, program, env: defaultEnv() });
  enterEvent(machine, { kind: "ctx", bytes: Uint8Array.of(10, 0, 0, 0) });
  return { machine, maps, memory };
}

/** Walks the run in both directions and checks that each step always shows the same state. Returns the number of steps. */
function checkBothWays(machine: Machine): number {
  const { length, differences } = walkBothWays(machine);
  expect(differences).toEqual([]);
  return length;
}

const simple = FORMS.filter((form) => ["alu", "end", "jmp", "ldx", "st", "stx", "atomic"].includes(form.kind));
const randomInsn = fc
  .record({
    form: fc.constantFrom(...simple),
    dst: fc.integer({ min: 0, max: 9 }),
    src: fc.integer({ min: 0, max: 10 }),
    imm: fc.integer({ min: -100, max: 100 }),
    off: fc.integer({ min: -64, max: -8 }),
    jump: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ form, dst, src, imm, off, jump }) => {
    const memory = form.kind === "ldx" || form.kind === "st" || form.kind === "stx" || form.kind === "atomic";
    const fields = { dst, src, imm, off: memory ? off : form.kind === "jmp" ? jump : 0 };
    if (form.kind === "ldx") return insn(form, { ...fields, src: 10 });
    return insn(form, memory ? { ...fields, dst: 10 } : fields);
  });

const shared = new Memory();

test("going back through a random program restores every state", () => {
  fc.assert(
    fc.property(fc.array(randomInsn, { minLength: 1, maxLength: 40 }), (body) => {
      const { machine } = machineFor([...body, EXIT, EXIT, EXIT, EXIT, EXIT], [], shared);
      checkBothWays(machine);
      machine.program.close();
    }),
    { numRuns: 60 },
  );
});

const loadMap = (dst: number, index: number) => [named("ld_imm64_map_fd", { dst, imm: index }), HALF];
/** Sets R2 to a key on the stack and R3 to a value on the stack. */
const keyAndValue = (key: number, value: number) => [
  named("st4", { dst: 10, off: -4, imm: key }),
  named("st8", { dst: 10, off: -16, imm: value }),
  named("mov64_reg", { dst: 2, src: 10 }),
  named("add64_imm", { dst: 2, imm: -4 }),
  named("mov64_reg", { dst: 3, src: 10 }),
  named("add64_imm", { dst: 3, imm: -16 }),
  named("mov64_imm", { dst: 4 }),
];
const call = (imm: number) => named("call_helper", { imm });
const [LOOKUP, UPDATE, DELETE] = [1, 2, 3];

test("going back undoes changes of maps", () => {
  for (const type of ["hash", "lru_hash", "array", "percpu_hash", "percpu_array"]) {
    const program = [1, 2, 3, 0, 2, 5, 6].flatMap((key, i) => [
      ...loadMap(1, 0),
      ...keyAndValue(key, 100 + i),
      call(i % 3 === 2 ? DELETE : UPDATE),
      ...loadMap(1, 0),
      ...keyAndValue(key, 0),
      call(LOOKUP),
    ]);
    const { machine } = machineFor([...program, EXIT], [def(type)]);
    expect(checkBothWays(machine), type).toBeGreaterThan(100);
  }
});

test("going back restores tries, queues, rings, clocks, random numbers and callbacks", () => {
  const push = [...keyAndValue(0, 77), named("mov64_reg", { dst: 2, src: 3 }), named("mov64_imm", { dst: 3 })];
  const program = [
    ...loadMap(1, 0),
    ...keyAndValue(0, 5),
    named("st4", { dst: 10, off: -24, imm: 24 }),
    named("st4", { dst: 10, off: -20, imm: 0x01_a8_c0 }),
    named("add64_imm", { dst: 2, imm: -20 }),
    call(UPDATE),
    ...push,
    ...loadMap(1, 1),
    call(87),
    ...loadMap(1, 2),
    named("mov64_imm", { dst: 2, imm: 16 }),
    named("mov64_imm", { dst: 3 }),
    call(131),
    named("jeq64_imm", { dst: 0, off: 4 }),
    named("st8", { dst: 0, off: 8, imm: -1 }),
    named("mov64_reg", { dst: 1, src: 0 }),
    named("mov64_imm", { dst: 2 }),
    call(132),
    call(7),
    call(5),
    named("mov64_imm", { dst: 1, imm: 5 }),
    named("ld_imm64_func", { dst: 2, imm: 6 }),
    HALF,
    named("mov64_imm", { dst: 3 }),
    named("mov64_imm", { dst: 4 }),
    call(181),
    EXIT,
    EXIT,
    named("stx8", { dst: 10, src: 1, off: -8 }),
    call(7),
    named("mov64_imm", { dst: 0 }),
    EXIT,
  ];
  const { machine } = machineFor(program, [
    def("lpm_trie", { keySize: 4 + 4, flags: 1 }),
    def("queue", { keySize: 0 }),
    def("ringbuf", { keySize: 0, valueSize: 0, maxEntries: 4096 }),
  ]);
  checkBothWays(machine);
  machine.run(1);
  expect(machine.outcome).toEqual({ kind: "exit", r0: 5n });
});

test("going back frees the memory that a map took for new elements", () => {
  for (const [type, more] of [
    ["hash", {}],
    ["lru_percpu_hash", {}],
    ["lpm_trie", { keySize: 8, flags: 1 }],
  ] as const) {
    const memory = new Memory();
    // Bytes that were written there before must not show through.
    const before = loadProgram(memory, { insns: [named("mov64_imm", { imm: -1 }), EXIT], progType: "oreore" });
    const { machine, maps } = machineFor(
      [...loadMap(1, 0), ...keyAndValue(7, 1), named("mov64_reg", { dst: 2, src: 3 }), call(UPDATE), EXIT],
      [def(type, { maxEntries: 200, ...more })],
      memory,
    );
    before.close();
    const { brk } = memory;
    checkBothWays(machine);
    expect(memory.brk, type).toBeGreaterThan(brk);
    expect(maps[0]?.count).toBe(1);
  }
});

test("a run can be walked after its maps were closed and their memory was reused, once memory is restored", () => {
  const { machine, maps, memory } = machineFor(
    [
      ...loadMap(1, 0),
      ...keyAndValue(7, 1),
      call(UPDATE),
      ...loadMap(1, 0),
      ...keyAndValue(7, 0),
      call(LOOKUP),
      named("ldx8", { src: 0 }),
      EXIT,
    ],
    [def("hash")],
  );
  const timeline = new Timeline(machine);
  expect(timeline.runToEnd()).toEqual({ kind: "exit", r0: 1n });
  const atEnd = wholeState(machine);
  timeline.close();
  const finished = memory.snapshot();

  maps[0]?.close();
  const other = createMap(memory, def("hash", { name: "other", valueSize: 64, maxEntries: 300 })) as BpfMap;
  other.update(Uint8Array.of(1, 0, 0, 0), new Uint8Array(64).fill(1));
  const present = memory.snapshot();

  memory.restore(finished);
  memory.journal = timeline.journal;
  expect(differences(atEnd, wholeState(machine))).toEqual([]);
  timeline.seek(0);
  expect(maps[0]?.count).toBe(0);
  timeline.seek(timeline.length);
  expect(differences(atEnd, wholeState(machine))).toEqual([]);
  timeline.close();

  memory.restore(present);
  expect(other.entries()).toHaveLength(1);
  expect(memory.mapAt(other.address)).toBe(other);
});

test("a value that does not exist yet must not be accessible", () => {
  // Reads beyond the looked-up value, where the hash has room for its next element.
  const { machine } = machineFor(
    [
      ...loadMap(1, 0),
      ...keyAndValue(1, 1),
      call(UPDATE),
      ...loadMap(1, 0),
      ...keyAndValue(1, 1),
      call(LOOKUP),
      named("mov64_reg", { dst: 6, src: 0 }),
      named("ldx8", { dst: 7, src: 6, off: 48 }),
      EXIT,
    ],
    [def("hash")],
  );
  expect(new Timeline(machine).runToEnd()).toMatchObject({ kind: "fault", fault: { kind: "access" } });
});

test("going back restores single bytes of narrowed context fields", () => {
  const memory = new Memory();
  const tcIndex = 0x2c;
  for (const [size, off] of [
    [1, tcIndex],
    [1, tcIndex + 1],
    [2, tcIndex + 2],
    [4, tcIndex],
    [4, tcIndex + 2],
    [8, tcIndex - 4],
  ] as const) {
    const insns = [
      named("st4", { dst: 1, off: tcIndex, imm: 0x7bcd }),
      named(`st${size}`, { dst: 1, off, imm: -1 }),
      named("ldx4", { src: 1, off: tcIndex }),
      EXIT,
    ];
    const program = loadProgram(memory, { insns, progType: "sched_cls" });
    const machine = new Machine({ memory, program, env: defaultEnv() });
    enterEvent(machine, { kind: "packet", data: new Uint8Array(64) });
    checkBothWays(machine);
  }
});

test("keys that a map's callback may read are hidden again, however the run ends", () => {
  const memory = new Memory();
  const walk = (turn: readonly Insn[]) => [
    named("mov64_imm", { dst: 0 }),
    ...loadMap(1, 0),
    named("ld_imm64_func", { dst: 2, imm: 5 }),
    HALF,
    named("mov64_imm", { dst: 3 }),
    named("mov64_imm", { dst: 4 }),
    call(164),
    EXIT,
    ...turn,
    named("mov64_imm", { dst: 0 }),
    EXIT,
  ];
  const map = createMap(memory, def("hash")) as BpfMap;
  for (const key of [1, 2, 3]) map.update(Uint8Array.of(key, 0, 0, 0), new Uint8Array(8));
  const machineOf = (insns: readonly Insn[]) => {
    const program = loadProgram(memory, { insns, progType: "oreore", maps: new Map([[1, map]]) });
    const machine = new Machine({ memory, program, env: defaultEnv() });
    enterEvent(machine, { kind: "ctx", bytes: new Uint8Array(4) });
    return machine;
  };
  const { shadow } = wholeState(machineOf([EXIT])).memory;
  checkBothWays(machineOf(walk([named("ldx4", { dst: 5, src: 2 })])));
  checkBothWays(machineOf(walk([named("ldx8", { dst: 5, src: 2, off: -4000 })])));
  expect(wholeState(machineOf([EXIT])).memory.shadow.subarray(0, shadow.length)).toEqual(shadow);
});

test("a step is described: registers, memory, map values and what was printed", () => {
  const text = [0x6f3d_7825_0a, 0].length; // a format of eight bytes: "x=%d\0"
  const format = "x=%d\0\0\0\0";
  const word = (at: number) => [0, 1, 2, 3].reduce((sum, i) => sum + (format.charCodeAt(at + i) << (8 * i)), 0);
  const program = [
    named("mov64_imm", { dst: 6, imm: text + 40 }),
    named("st4", { dst: 10, off: -8, imm: word(0) }),
    named("st4", { dst: 10, off: -4, imm: word(4) }),
    named("mov64_reg", { dst: 1, src: 10 }),
    named("add64_imm", { dst: 1, imm: -8 }),
    named("mov64_imm", { dst: 2, imm: 8 }),
    named("mov64_reg", { dst: 3, src: 6 }),
    call(6),
    ...loadMap(1, 0),
    ...keyAndValue(3, 9),
    call(UPDATE),
    EXIT,
  ];
  const { machine } = machineFor(program, [def("hash")]);
  const timeline = new Timeline(machine);
  expect(lastChanges(timeline).step).toBe(-1);
  timeline.step();
  expect(lastChanges(timeline)).toMatchObject({ step: 0, slot: 0, regs: [{ reg: 6, old: 0n, new: 42n }], memory: [] });
  timeline.step();
  expect(lastChanges(timeline).memory).toMatchObject([
    { region: { name: "stack" }, new: Uint8Array.from([0x78, 0x3d, 0x25, 0x64]) },
  ]);
  timeline.seek(8);
  const printed = lastChanges(timeline);
  expect(printed.trace).toHaveLength(1);
  expect(printed.trace[0]).toMatch(/bpf_trace_printk: x=42$/);
  expect(printed.call).toMatchObject({ name: "trace_printk", ret: 4n });
  timeline.runToEnd();
  timeline.stepBack();
  const updated = lastChanges(timeline);
  expect(updated.maps).toMatchObject([{ map: "hash", op: "update", key: Uint8Array.of(3, 0, 0, 0), value: { 0: 9 } }]);
  expect(timeline.position).toBe(timeline.length - 1);
});

test("going back undoes everything that helpers do to packets and contexts", () => {
  const recording = new URL("../conformance/recordings/helpers.jsonl", import.meta.url);
  const rows = readFileSync(recording, "utf8").trim().split("\n");
  const memory = new Memory();
  for (const line of rows) {
    const row = JSON.parse(line);
    if (row.text !== undefined || row.errno !== 0) continue;
    const program = loadProgram(memory, { insns: decodeInsns(fromHex(row.insns)!), progType: row.prog_type });
    const machine = new Machine({ memory, program, env: defaultEnv() });
    enterEvent(machine, { kind: "packet", data: fromHex(row.data_in)! });
    expect(walkBothWays(machine, { compare: "ends" }).differences, `program ${row.id}`).toEqual([]);
    program.close();
  }
});

const COUNTDOWN = [
  named("mov64_imm", { dst: 1, imm: 5 }),
  named("stx8", { dst: 10, src: 1, off: -8 }),
  named("sub64_imm", { dst: 1, imm: 1 }),
  named("jne64_imm", { dst: 1, off: -3 }),
  named("mov64_imm", { dst: 0 }),
  EXIT,
];

test("visits and writes are found in both directions", () => {
  const { machine } = machineFor(COUNTDOWN);
  const timeline = new Timeline(machine);
  timeline.runToEnd();
  expect(timeline.length).toBe(18);
  expect(previousStepAtSlot(timeline, 1)).toBe(13);
  timeline.seek(0);
  expect(nextStepAtSlot(timeline, 1)).toBe(1);
  timeline.seek(1);
  expect(nextStepAtSlot(timeline, 1)).toBe(4);
  timeline.seek(18);
  expect(lastWriteOfReg(timeline, 1)).toBe(14);
  expect(lastWriteOfReg(timeline, 7)).toBeUndefined();
  const top = machine.frames()[0]!.top;
  expect(lastWriteOfMemory(timeline, top - 4n, 1)).toBe(13);
  expect(lastWriteOfMemory(timeline, top - 16n, 8)).toBeUndefined();
  expect(timeline.position).toBe(18);
});

test("runs stop at breakpoints, watched bytes, the cursor, and the budget", () => {
  const { machine } = machineFor(COUNTDOWN);
  const timeline = new Timeline(machine);
  expect(runUntil(timeline, { breakpoints: [{ slot: 3, when: (m) => m.reg(1) === 2n }] })).toBe("breakpoint");
  expect(machine.reg(1)).toBe(2n);
  expect(runUntil(timeline, { cursor: 4 })).toBe("cursor");
  timeline.seek(0);
  const top = machine.frames()[0]!.top;
  expect(runUntil(timeline, { watch: [{ address: top - 8n, size: 8 }] })).toBe("watch");
  expect(timeline.position).toBe(2);
  expect(runUntil(timeline, {}, 3)).toBe("budget");
  expect(runUntil(timeline, { breakpoints: [{ slot: 99 }] })).toBe("end");
  expect(timeline.outcome).toEqual({ kind: "exit", r0: 0n });
});

test("a fault is not a step: the state before it can be walked", () => {
  const { machine } = machineFor([named("mov64_imm", { dst: 1, imm: 8 }), named("ldx4", { src: 1 }), EXIT]);
  const timeline = new Timeline(machine);
  expect(timeline.runToEnd()).toMatchObject({ kind: "fault", fault: { slot: 1, kind: "access" } });
  expect(timeline.position).toBe(1);
  timeline.stepBack();
  expect(machine.outcome.kind).toBe("paused");
  timeline.step();
  expect(timeline.step()).toBe(false);
  expect(machine.fault?.message).toMatch(/NULL pointer/);
});

test("a run longer than the log can be walked back to its start", () => {
  const program = [
    named("mov64_imm", { dst: 1, imm: 100_000 }),
    named("add64_reg", { dst: 0, src: 1 }),
    named("stx8", { dst: 10, src: 0, off: -8 }),
    named("sub64_imm", { dst: 1, imm: 1 }),
    named("jne64_imm", { dst: 1, off: -4 }),
    EXIT,
  ];
  const { machine } = machineFor(program);
  const timeline = new Timeline(machine, { maxSteps: 1 << 16 });
  timeline.runToEnd();
  expect(timeline.length).toBe(400_002);
  expect(timeline.firstLogged).toBeGreaterThan(0);
  timeline.seek(5);
  expect(machine.slot).toBe(1);
  expect(machine.reg(1)).toBe(99_999n);
  timeline.seek(200_001);
  expect(machine.reg(1)).toBe(50_000n);
  timeline.stepBack();
  expect(machine.slot).toBe(4);
});

test("a million steps take at most 40 MB", () => {
  const program = [
    named("mov64_imm", { dst: 1, imm: 250_000 }),
    named("stx8", { dst: 10, src: 1, off: -8 }),
    call(7),
    named("sub64_imm", { dst: 1, imm: 1 }),
    named("jne64_imm", { dst: 1, off: -4 }),
    EXIT,
  ];
  const { machine } = machineFor(program);
  const timeline = new Timeline(machine);
  timeline.runToEnd();
  expect(timeline.length).toBe(1_000_002);
  expect(timeline.bytes).toBeLessThan(40e6);
});
