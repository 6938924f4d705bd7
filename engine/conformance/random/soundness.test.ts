// Random programs that the verifier accepts are run on random packets. Their values are compared with what the verifier believed.
import { expect, test } from "vitest";
import {
  BPF_DW,
  BPF_EXIT,
  BPF_IMM,
  BPF_JCOND,
  BPF_JMP,
  BPF_LD,
  BPF_LDX,
  BPF_MEM,
  BPF_PSEUDO_FUNC,
  BPF_W,
} from "../../isa/codes.ts";
import type { Program } from "../../program/program.ts";
import { constU32 } from "../../verifier/domain/scalar.ts";
import type { Trace } from "../../verifier/trace.ts";
import {
  type BpfMap,
  createMap,
  defaultEnv,
  type Event,
  enterEvent,
  loadProgram,
  Machine,
  Memory,
} from "../../vm/index.ts";
import { PKT_DATA, PKT_END } from "../../vm/layout.ts";
import { judge } from "../judge.ts";
import { SEED } from "../seed.ts";
import { listing } from "./difference.ts";
import { randomEvent } from "./event.ts";
import { randomProgram } from "./generate.ts";
import { Rng } from "./rng.ts";
import { childrenOf, walkAlong } from "./soundness.ts";

/**
 * Number of checks of single registers and slots in one run of the test, the same on every machine. SOUNDNESS_CHECKS=1000000 makes
 * more.
 */
const CHECKS = Number(process.env.SOUNDNESS_CHECKS ?? 60_000);
const INPUTS = 16;
const MAX_VISITS = 20_000;
/** The address stored at `off` of the machine's thread area: the packet's start or end. */
const address = (machine: Machine, off: number): bigint => 0xffff_8881_0000_0000n | BigInt(machine.memory.r32(off));

/** Rounds of may_goto and of callbacks are not walked one by one, so there is no trace of every path. */
const hasOpenLoop = ({ insns }: Program): boolean =>
  insns.some(
    ({ code, src }) =>
      code === (BPF_JMP | BPF_JCOND) || (code === (BPF_LD | BPF_IMM | BPF_DW) && src === BPF_PSEUDO_FUNC),
  );

/** A trace of every path, if the program is accepted and has few enough paths. Otherwise undefined. */
function traceOf(program: Program, insnsProcessed: number): Trace | undefined {
  if (hasOpenLoop(program) || insnsProcessed > 2_000) return undefined;
  const watched = { trace: { maxVisits: MAX_VISITS, everyPath: true } };
  const { seen, verdict } = judge(program, { logLevel: 0, watched });
  const trace = seen?.trace;
  if (!trace || trace.dropped > 0) return undefined;
  expect(verdict).toBe("accept");
  return trace;
}

/** A machine at the start of an event, and the addresses that its pointers start from. undefined: a map is not simulated. */
function started(program: Program, event: Event, seed: bigint) {
  const memory = new Memory({ cpus: 2 });
  const maps = new Map<number, BpfMap>();
  const made = program.maps.map((def) => createMap(memory, def));
  for (const [slot, index] of program.mapRefs) {
    const map = made[index]!;
    if (typeof map === "number" || map.absentErrno) return undefined;
    maps.set(slot, map);
  }
  const loaded = loadProgram(memory, { insns: program.insns, progType: program.progType, maps });
  const machine = new Machine({ memory, program: loaded, env: defaultEnv({ seed }) });
  expect(enterEvent(machine, event)).toBe(0);
  const ctx = machine.reg(1);
  const bases = () => ({ ctx, packet: address(machine, PKT_DATA), packetEnd: address(machine, PKT_END) });
  return { machine, bases };
}

test(`every value of a run is one that the verifier believed possible there, and no run faults (${CHECKS} checks)`, () => {
  let checks = 0;
  let steps = 0;
  let traced = 0;
  let run = 0;
  for (let seed = SEED; checks < CHECKS; seed++) {
    const program = randomProgram(seed);
    const { verdict, seen } = judge(program, { logLevel: 0 });
    if (verdict !== "accept") continue;
    const trace = traceOf(program, seen?.insnsProcessed ?? 0);
    const children = trace && childrenOf(trace.visits);
    const rng = new Rng(seed ^ 0x5eed);
    if (trace) traced++;
    for (let n = 0; n < INPUTS; n++) {
      const start = started(program, randomEvent(program, rng), BigInt(seed * INPUTS + n));
      if (!start) break;
      const { machine, bases } = start;
      run++;
      let fault: string | undefined;
      if (trace && children) {
        const walked = walkAlong(machine, trace.visits, children, bases, 100_000);
        checks += walked.checks;
        steps += walked.steps;
        fault = walked.violation;
      } else {
        const outcome = machine.run(100_000);
        if (outcome.kind === "fault") fault = outcome.fault.message;
      }
      if (fault) throw new Error(`seed ${seed}, input ${n}: ${fault}\n${listing(program)}`);
    }
  }
  console.log(`${run} runs; beside a trace: ${traced} programs, ${steps} steps, ${checks} checks`);
}, 300_000);

test("a belief that is too narrow is noticed", () => {
  const program: Program = {
    insns: [
      { code: BPF_LDX | BPF_MEM | BPF_W, dst: 0, src: 1, off: 0, imm: 0 },
      { code: BPF_JMP | BPF_EXIT, dst: 0, src: 0, off: 0, imm: 0 },
    ],
    progType: "socket_filter",
    expectedAttachType: 0,
    progFlags: 0,
    maps: [],
    mapRefs: new Map(),
    license: "GPL",
  };
  const watched = { trace: { maxVisits: 10, everyPath: true } };
  const trace = judge(program, { logLevel: 0, watched }).seen!.trace!;
  const visits = [...trace.visits].map(({ insnIdx, prev, before }) => ({ insnIdx, prev, before }));
  const walk = () => {
    const { machine, bases } = started(program, { kind: "packet", data: new Uint8Array(60) }, 1n)!;
    return walkAlong(machine, visits, childrenOf(visits), bases, 10);
  };
  expect(walk()).toMatchObject({ steps: 2 });
  expect(walk().violation).toBeUndefined();
  // The program reads skb->len: 60 bytes minus the 14 of the Ethernet header.
  const { regs } = visits[1]!.before.frames[0]!;
  regs[0] = { ...regs[0]!, val: constU32(45) };
  expect(walk().violation).toBe("insn 1: frame 0: R0 is 0x2e");
});
