// Timers fire after the program has ended, in the order of their times. Interpreter, JIT and the walk backwards must agree.
import { expect, test } from "vitest";
import { insnNamed as insn } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import { Jit, SharedMemory } from "../../jit/host.ts";
import type { MapDef } from "../../program/program.ts";
import { type BpfMap, createMap, defaultEnv, enterEvent, loadProgram, Machine } from "../index.ts";
import { walkBothWays } from "../walk-both-ways.ts";

const EXIT = insn("exit");
const HALF: Insn = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };
const mov = (dst: number, imm: number) => insn("mov64_imm", { dst, imm });
const movr = (dst: number, src: number) => insn("mov64_reg", { dst, src });
const call = (imm: number) => insn("call_helper", { imm });
const [INIT, SET_CALLBACK, START, CANCEL] = [169, 170, 171, 172] as const;

const def = (type: string): MapDef => ({
  name: "timers",
  type,
  keySize: 4,
  valueSize: 32,
  maxEntries: 4,
  flags: 0,
  fields: { bpf_timer: 16 },
});
const u32 = (n: number) => Uint8Array.of(n, 0, 0, 0);

/** Sets R6 to the timer in the value of `key`. R9 is the map. */
const timerOf = (key: number) => [
  insn("st4", { dst: 10, off: -4, imm: key }),
  movr(1, 9),
  movr(2, 10),
  insn("add64_imm", { dst: 2, imm: -4 }),
  call(1),
  insn("jne64_imm", { dst: 0, off: 1 }),
  EXIT,
  movr(6, 0),
  insn("add64_imm", { dst: 6, imm: 16 }),
];
const init = [movr(1, 6), movr(2, 9), mov(3, 1), call(INIT)];
const start = (ns: number) => [movr(1, 6), mov(2, ns), mov(3, 0), call(START)];
const cancel = [movr(1, 6), call(CANCEL)];

/** The whole program. "callback" in `body` stands for the two slots that load the callback's address into R2. */
function programOf(body: readonly (Insn | "callback")[], callback: readonly Insn[]): Insn[] {
  const head = [insn("ld_imm64_map_fd", { dst: 9 }), HALF];
  const length = head.length + body.reduce((sum, one) => sum + (one === "callback" ? 2 : 1), 0);
  const insns = [...head];
  for (const one of body) {
    if (one === "callback") insns.push(insn("ld_imm64_func", { dst: 2, imm: length - insns.length - 1 }), HALF);
    else insns.push(one);
  }
  return [...insns, ...callback];
}
const setCallback = [movr(1, 6), "callback" as const, call(SET_CALLBACK)];

/** value[0] = value[0] * 8 + key + 1; value[8] = the current time. */
const NOTE = [
  movr(6, 3),
  insn("ldx4", { dst: 7, src: 2 }),
  insn("ldx8", { dst: 1, src: 3 }),
  insn("lsh64_imm", { dst: 1, imm: 3 }),
  insn("add64_reg", { dst: 1, src: 7 }),
  insn("add64_imm", { dst: 1, imm: 1 }),
  insn("stx8", { dst: 3, src: 1 }),
  call(5),
  insn("stx8", { dst: 6, src: 0, off: 8 }),
  mov(0, 0),
];

function check(insns: readonly Insn[], type: string) {
  const results = (["interp", "jit", "timeline"] as const).map((engine) => {
    const memory = new SharedMemory();
    const map = createMap(memory, def(type)) as BpfMap;
    for (let key = 0; key < 4; key++) map.update(u32(key), new Uint8Array(32));
    const program = loadProgram(memory, { insns, progType: "oreore", maps: new Map([[0, map]]) });
    const machine = new Machine({ memory, program, env: defaultEnv() });
    enterEvent(machine, { kind: "ctx", bytes: new Uint8Array(4) });
    const values = () => map.entries().map(({ values: [value] }) => value as Uint8Array);
    if (engine === "interp") machine.run(100_000);
    else if (engine === "jit") new Jit(memory).run(machine, 100_000);
    else expect(walkBothWays(machine).differences).toEqual([]);
    const { outcome, executed } = machine;
    return { outcome, executed, values: values() };
  });
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
  return results[0] as (typeof results)[number];
}
const word = (bytes: Uint8Array | undefined, at: number) =>
  Number(new DataView((bytes as Uint8Array).buffer, (bytes as Uint8Array).byteOffset).getBigUint64(at, true));

test("a timer fires at its time after the program has ended, and the result is the program's", () => {
  for (const type of ["array", "hash", "lru_hash"]) {
    const body = [...timerOf(2), ...init, ...setCallback, ...start(1_000_000), mov(0, 7), EXIT];
    const { outcome, values } = check(programOf(body, [...NOTE, EXIT]), type);
    expect(outcome).toEqual({ kind: "exit", r0: 7n });
    const fired = values.filter((value) => word(value, 0) !== 0);
    expect(fired.map((value) => word(value, 0))).toEqual([3]);
    expect(word(fired[0], 8)).toBe(Number(defaultEnv().bootTime) + 1_000_000);
    // bpf(2) shows zeros in place of the timer.
    expect(fired[0]?.subarray(16)).toEqual(new Uint8Array(16));
  }
});

test("the timer that is due first fires first", () => {
  const body = [2000, 1000].flatMap((ns, key) => [...timerOf(key), ...init, ...setCallback, ...start(ns)]);
  const { values } = check(programOf([...body, mov(0, 0), EXIT], [...NOTE, EXIT]), "array");
  expect(word(values[1], 8)).toBeLessThan(word(values[0], 8));
});

test("a timer that restarts itself is stopped after 16 callbacks", () => {
  const again = [movr(1, 6), insn("add64_imm", { dst: 1, imm: 16 }), mov(2, 10), mov(3, 0), call(START), mov(0, 0)];
  const count = [
    insn("ldx8", { dst: 1, src: 3 }),
    insn("add64_imm", { dst: 1, imm: 1 }),
    insn("stx8", { dst: 3, src: 1 }),
  ];
  const body = [...timerOf(0), ...init, ...setCallback, ...start(10), mov(0, 0), EXIT];
  const { outcome, values } = check(programOf(body, [movr(6, 3), ...count, ...again, EXIT]), "array");
  expect(outcome.kind).toBe("exit");
  expect(word(values[0], 0)).toBe(16);
});

/** What each of these calls returns: 0, 1 or a negative errno. */
const returns: [string, readonly (Insn | "callback")[], number][] = [
  ["a timer can be initialised only once", [...init, ...init], -16],
  [
    "a clock other than REALTIME, MONOTONIC and BOOTTIME is refused",
    [movr(1, 6), movr(2, 9), mov(3, 2), call(INIT)],
    -22,
  ],
  ["a timer without a callback does not start", [...init, ...start(1)], -22],
  ["the callback of an uninitialised timer cannot be set", setCallback, -22],
  ["an uninitialised timer cannot be cancelled", cancel, -22],
  ["cancelling a timer that does not run returns 0", [...init, ...setCallback, ...cancel], 0],
  ["cancelling a running timer returns 1", [...init, ...setCallback, ...start(1), ...cancel], 1],
  ["cancelling a timer removes its callback", [...init, ...setCallback, ...start(1), ...cancel, ...start(1)], -22],
];
test.each(returns)("%s", (_, calls, expected) => {
  const { outcome, values } = check(programOf([...timerOf(0), ...calls, EXIT], [...NOTE, EXIT]), "array");
  expect(outcome).toEqual({ kind: "exit", r0: BigInt.asUintN(64, BigInt(expected)) });
  expect(values.map((value) => word(value, 0))).toEqual([0, 0, 0, 0]);
});

test("a callback cannot cancel its own timer", () => {
  const body = [...timerOf(0), ...init, ...setCallback, ...start(1), mov(0, 0), EXIT];
  const callback = [movr(6, 3), movr(1, 3), insn("add64_imm", { dst: 1, imm: 16 }), call(CANCEL)];
  const { values } = check(programOf(body, [...callback, insn("stx8", { dst: 6, src: 0 }), mov(0, 0), EXIT]), "array");
  expect(values[0]?.subarray(0, 4)).toEqual(Uint8Array.of(221, 255, 255, 255));
});
