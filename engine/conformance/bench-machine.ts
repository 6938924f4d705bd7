// How fast the interpreter and the compiled code run four programs, in processor time. Also how long compiling takes, what an entry into
// compiled code costs a short program, and how fast a timeline records and goes back.
import { FIRST_EXAMPLE } from "../catalogue/first-example.ts";
import { insnNamed as insn } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { Jit, SharedMemory } from "../jit/host.ts";
import { OREORE } from "../kernel/definition.ts";
import { Registry } from "../kernel/registry.ts";
import type { MapDef } from "../program/program.ts";
import { speed } from "../session/run/speed.ts";
import {
  type BpfMap,
  createMap,
  defaultEnv,
  type Event,
  enterEvent,
  loadProgram,
  Machine,
  Memory,
  Timeline,
} from "../vm/index.ts";
import type { Row } from "./bench-row.ts";

const EXIT = insn("exit");
const SECOND_HALF: Insn = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };

/** A program to measure. `body` makes its instructions for a number of rounds. The number is raised until a run takes long enough. */
interface Benchmark {
  readonly name: string;
  readonly progType: string;
  readonly event: Event;
  readonly map?: MapDef;
  readonly body: (turns: number) => readonly Insn[];
}

const arithmetic = (turns: number) => [
  insn("mov64_imm", { dst: 0, imm: 1 }),
  insn("mov64_imm", { dst: 1, imm: turns }),
  insn("mov64_imm", { dst: 2, imm: 0x1234567 }),
  insn("add64_reg", { dst: 0, src: 1 }),
  insn("mul64_reg", { dst: 0, src: 2 }),
  insn("xor64_imm", { dst: 0, imm: 0x55aa55 }),
  insn("rsh64_imm", { dst: 2, imm: 1 }),
  insn("add64_reg", { dst: 2, src: 0 }),
  insn("and64_imm", { dst: 2, imm: 0x7fffffff }),
  insn("sub64_imm", { dst: 1, imm: 1 }),
  insn("jne64_imm", { dst: 1, off: -8 }),
  EXIT,
];

const stack = (turns: number) => [
  insn("mov64_imm", { dst: 0 }),
  insn("mov64_imm", { dst: 1, imm: turns }),
  insn("stx8", { dst: 10, src: 1, off: -8 }),
  insn("ldx4", { dst: 2, src: 10, off: -8 }),
  insn("add64_reg", { dst: 0, src: 2 }),
  insn("stx4", { dst: 10, src: 0, off: -16 }),
  insn("ldx2", { dst: 3, src: 10, off: -16 }),
  insn("add64_reg", { dst: 0, src: 3 }),
  insn("sub64_imm", { dst: 1, imm: 1 }),
  insn("jne64_imm", { dst: 1, off: -8 }),
  EXIT,
];

/** Counts 1024 keys of a hash, again and again: one look-up per round, and an update if the key is not there yet. */
const counters = (turns: number) => [
  insn("mov64_imm", { dst: 6, imm: turns }),
  insn("mov64_reg", { dst: 1, src: 6 }),
  insn("and64_imm", { dst: 1, imm: 1023 }),
  insn("stx4", { dst: 10, src: 1, off: -4 }),
  insn("ld_imm64_map_fd", { dst: 1 }),
  SECOND_HALF,
  insn("mov64_reg", { dst: 2, src: 10 }),
  insn("add64_imm", { dst: 2, imm: -4 }),
  insn("call_helper", { imm: 1 }),
  insn("jeq64_imm", { dst: 0, off: 3 }),
  insn("mov64_imm", { dst: 1, imm: 1 }),
  insn("atomic8_add", { dst: 0, src: 1 }),
  insn("ja", { off: 9 }),
  insn("st8", { dst: 10, off: -16, imm: 1 }),
  insn("ld_imm64_map_fd", { dst: 1 }),
  SECOND_HALF,
  insn("mov64_reg", { dst: 2, src: 10 }),
  insn("add64_imm", { dst: 2, imm: -4 }),
  insn("mov64_reg", { dst: 3, src: 10 }),
  insn("add64_imm", { dst: 3, imm: -16 }),
  insn("mov64_imm", { dst: 4 }),
  insn("call_helper", { imm: 2 }),
  insn("sub64_imm", { dst: 6, imm: 1 }),
  insn("jne64_imm", { dst: 6, off: -23 }),
  EXIT,
];

/** Parses the Ethernet, IPv4 and UDP headers of the packet, with the bounds checks that the verifier needs, and adds up fields. */
const parser = (turns: number) => [
  insn("mov64_reg", { dst: 9, src: 1 }),
  insn("mov64_imm", { dst: 6, imm: turns }),
  insn("mov64_imm", { dst: 7 }),
  insn("ldx4", { dst: 2, src: 9, off: 0 }),
  insn("ldx4", { dst: 3, src: 9, off: 4 }),
  insn("mov64_reg", { dst: 4, src: 2 }),
  insn("add64_imm", { dst: 4, imm: 42 }),
  insn("jgt64_reg", { dst: 4, src: 3, off: 14 }),
  insn("ldx2", { dst: 4, src: 2, off: 12 }),
  insn("jne64_imm", { dst: 4, off: 12, imm: 8 }),
  insn("ldx1", { dst: 4, src: 2, off: 14 }),
  insn("and64_imm", { dst: 4, imm: 15 }),
  insn("jne64_imm", { dst: 4, off: 9, imm: 5 }),
  insn("ldx1", { dst: 4, src: 2, off: 23 }),
  insn("jne64_imm", { dst: 4, off: 7, imm: 17 }),
  insn("ldx2", { dst: 5, src: 2, off: 36 }),
  insn("be16", { dst: 5 }),
  insn("add64_reg", { dst: 7, src: 5 }),
  insn("ldx4", { dst: 5, src: 2, off: 26 }),
  insn("xor64_reg", { dst: 7, src: 5 }),
  insn("ldx1", { dst: 5, src: 2, off: 22 }),
  insn("add64_reg", { dst: 7, src: 5 }),
  insn("sub64_imm", { dst: 6, imm: 1 }),
  insn("jne64_imm", { dst: 6, off: -21 }),
  insn("mov64_imm", { dst: 0, imm: 2 }),
  EXIT,
];

/** The program many times in a row. Each copy continues where the copy before it would have ended. */
const inARow = (insns: readonly Insn[], times: number): readonly Insn[] => [
  ...Array.from({ length: times }, () => insns.slice(0, -1)).flat(),
  EXIT,
];

/** A UDP packet with 22 bytes of payload. */
function udpPacket(): Uint8Array {
  const packet = new Uint8Array(64);
  packet.set([0x08, 0x00, 0x45, 0, 0, 50, 0, 1, 0, 0, 64, 17], 12);
  packet.set([10, 0, 0, 1, 10, 0, 0, 2, 0x30, 0x39, 0x00, 0x35, 0, 30], 26);
  return packet;
}

const MEM: Event = { kind: "mem", bytes: new Uint8Array(16) };
const HASH: MapDef = { name: "counts", type: "hash", keySize: 4, valueSize: 8, maxEntries: 1024, flags: 0 };
const RUN_BENCHMARKS: readonly Benchmark[] = [
  { name: "arithmetic loop", progType: "unspec", event: MEM, body: arithmetic },
  { name: "stack loop", progType: "unspec", event: MEM, body: stack },
  { name: "hash map", progType: "unspec", event: MEM, map: HASH, body: counters },
  { name: "packet parser", progType: "xdp", event: { kind: "packet", data: udpPacket() }, body: parser },
];

/** Milliseconds of processor time that this process has used. Other programs on the machine do not count. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const BUDGET = 1_000_000_000_000;
/** A measured run should take at least this many milliseconds. */
const LONG_ENOUGH = 300;
const REPEATS = 5;
/** Microseconds in which each way of running repeats a short program. */
const SPEED_US = 100_000;

/** Millions of instructions per second: the best of some runs, each long enough to be measured. */
function runRate(benchmark: Benchmark, engine: "interp" | "jit"): number {
  const memory = engine === "jit" ? new SharedMemory() : new Memory();
  const jit = engine === "jit" ? new Jit(memory as SharedMemory) : undefined;
  const map = benchmark.map && (createMap(memory, benchmark.map) as BpfMap);
  const once = (turns: number) => {
    const insns = benchmark.body(turns);
    const maps = new Map(insns.flatMap((one, slot) => (map && one.code === 0x18 ? [[slot, map] as const] : [])));
    const program = loadProgram(memory, { insns, progType: benchmark.progType, maps });
    const machine = new Machine({ memory, program, env: defaultEnv() });
    enterEvent(machine, benchmark.event);
    jit?.compile(program);
    const start = processorTime();
    const outcome = jit ? jit.run(machine, BUDGET) : machine.run(BUDGET);
    const ms = processorTime() - start;
    if (outcome.kind !== "exit") throw new Error(`${benchmark.name}: ${JSON.stringify(outcome)}`);
    return { ms, rate: machine.executed / ms / 1000 };
  };
  let turns = 100_000;
  for (let run = once(turns); run.ms < LONG_ENOUGH && turns < 2 ** 30; run = once(turns)) {
    turns = Math.min(2 ** 30, Math.ceil((turns * LONG_ENOUGH * 1.2) / Math.max(run.ms, 1)));
  }
  return Math.max(...Array.from({ length: REPEATS }, () => once(turns).rate));
}

/** Milliseconds from a loaded program to compiled code: the best of some runs. */
function fastest(insns: readonly Insn[]): number {
  const memory = new SharedMemory();
  const times = Array.from({ length: REPEATS }, () => {
    const program = loadProgram(memory, { insns, progType: "xdp" });
    return new Jit(memory, () => performance.now()).compile(program).compileTime;
  });
  return Math.min(...times);
}

/** A timeline of a million steps of the stack loop: millions of steps per second forward and back, and its size in megabytes. */
function timeline(): { forward: number; back: number; megabytes: number } {
  const memory = new Memory();
  const program = loadProgram(memory, { insns: stack(200_000), progType: "unspec" });
  const walk = () => {
    const machine = new Machine({ memory, program, env: defaultEnv() });
    enterEvent(machine, MEM);
    const recorded = new Timeline(machine);
    let start = performance.now();
    recorded.runToEnd(1_000_000);
    const steps = recorded.position / 1000;
    const forward = steps / (performance.now() - start);
    start = performance.now();
    recorded.seek(0);
    const back = steps / (performance.now() - start);
    recorded.close();
    return { forward, back, megabytes: recorded.bytes / 1e6 };
  };
  const runs = Array.from({ length: REPEATS }, walk);
  return runs.reduce((best, run) => ({
    forward: Math.max(best.forward, run.forward),
    back: Math.max(best.back, run.back),
    megabytes: run.megabytes,
  }));
}

/** A run of the talk's program, of three instructions: as the page's pane of speeds measures it. The best of some measurements. */
function runOfThree(way: "inside" | "entered"): number {
  const { path } = OREORE.attribute;
  const event = { kind: "sysfs", path, data: "10" } as const;
  const measured = Array.from({ length: REPEATS }, () =>
    speed(new Registry(), FIRST_EXAMPLE.program, event, SPEED_US, () => performance.now() * 1000),
  );
  return Math.min(...measured.map((one) => one?.[way]?.nsPerRun ?? Number.NaN));
}

export const ROWS: readonly Row[] = [
  ...RUN_BENCHMARKS.flatMap((benchmark) =>
    (["interp", "jit"] as const).map(
      (engine): Row => ({
        name: `${benchmark.name}, ${engine === "interp" ? "interpreter" : "compiled"}`,
        unit: "M insn/s",
        better: "more",
        measure: () => runRate(benchmark, engine),
      }),
    ),
  ),
  { name: "compiling the packet parser", unit: "ms", better: "less", measure: () => fastest(parser(1)) },
  {
    name: "compiling it 400 times in a row",
    unit: "ms",
    better: "less",
    measure: () => fastest(inARow(parser(1), 400)),
  },
  { name: "three instructions, looped inside", unit: "ns", better: "less", measure: () => runOfThree("inside") },
  { name: "three instructions, entered each time", unit: "ns", better: "less", measure: () => runOfThree("entered") },
  { name: "timeline, recording", unit: "M steps/s", better: "more", measure: () => timeline().forward },
  { name: "timeline, going back", unit: "M steps/s", better: "more", measure: () => timeline().back },
  { name: "timeline of a million steps", unit: "MB", better: "less", measure: () => timeline().megabytes },
];
