// Random programs that the verifier accepts, run on random packets beside its beliefs.
import { expect, test } from "vitest";
import { BPF_EXIT, BPF_JCOND, BPF_JMP, BPF_LDX, BPF_MEM, BPF_W } from "../../isa/codes.ts";
import type { Program } from "../../program/program.ts";
import { constU32 } from "../../verifier/domain/index.ts";
import { verify } from "../../verifier/verify.ts";
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
import { listing } from "./differ.ts";
import { randomProgram } from "./generate.ts";
import { Rng } from "./rng.ts";
import { childrenOf, walkBeside } from "./soundness.ts";

/** Checks of single registers and slots that one run of the test makes: a million in CI. */
const CHECKS = Number(process.env.SOUNDNESS_CHECKS ?? (process.env.CI ? 1_000_000 : 200_000));
const INPUTS = 16;
const MAX_VISITS = 20_000;
/** Offset of the packet's two ends in the machine's thread area. */
const address = (machine: Machine, off: number): bigint => 0xffff_8881_0000_0000n | BigInt(machine.memory.r32(off));

/** Loops whose rounds the verifier does not count have no trace of every path. */
const hasOpenLoop = (program: Program): boolean => program.insns.some(({ code }) => code === (BPF_JMP | BPF_JCOND));

function randomEvent(program: Program, rng: Rng): Event {
  const bytes = (n: number) => Uint8Array.from({ length: n }, () => (rng.chance(30) ? 0 : rng.below(256)));
  if (program.progType === "tracepoint") return { kind: "record", bytes: bytes(64) };
  if (program.progType === "kprobe") {
    const reg = () => (BigInt(rng.bits() >>> 0) << 32n) | BigInt(rng.bits() >>> 0);
    return { kind: "kprobe", regs: { di: reg(), r15: reg(), ax: reg(), bp: reg() } };
  }
  const data = bytes(rng.pick([14, 20, 60, 64, 100]));
  // An EtherType that asks for nothing behind it.
  data.set([0x88, 0xb5], 12);
  return { kind: "packet", data };
}

/** A machine that stands at the start of an event, and where its pointers start. */
function started(program: Program, event: Event, seed: bigint) {
  const memory = new Memory({ cpus: 2 });
  const made = program.maps.map((def) => createMap(memory, def) as BpfMap);
  const maps = new Map([...program.mapRefs].map(([slot, index]) => [slot, made[index]!]));
  const loaded = loadProgram(memory, { insns: program.insns, progType: program.progType, maps });
  const machine = new Machine({ memory, program: loaded, env: defaultEnv({ seed }) });
  expect(enterEvent(machine, event)).toBe(0);
  const ctx = machine.reg(1);
  const bases = () => ({ ctx, packet: address(machine, PKT_DATA), packetEnd: address(machine, PKT_END) });
  return { machine, bases };
}

test(`no value of a run lies outside what the verifier believed there (${CHECKS} checks)`, () => {
  let checks = 0;
  let steps = 0;
  let programs = 0;
  for (let seed = 1; checks < CHECKS; seed++) {
    const program = randomProgram(seed);
    if (hasOpenLoop(program)) continue;
    const usual = verify(program, { logLevel: 0 });
    if (usual.verdict !== "accept" || usual.insnsProcessed > 2_000) continue;
    const { trace, verdict } = verify(program, { logLevel: 0, trace: { maxVisits: MAX_VISITS, everyPath: true } });
    if (!trace || trace.dropped > 0) continue;
    expect(verdict).toBe("accept");
    const children = childrenOf(trace);
    const rng = new Rng(seed ^ 0x5eed);
    programs++;
    for (let n = 0; n < INPUTS; n++) {
      const { machine, bases } = started(program, randomEvent(program, rng), BigInt(seed * INPUTS + n));
      const walked = walkBeside(machine, trace, children, bases, 100_000);
      checks += walked.checks;
      steps += walked.steps;
      if (walked.violation) throw new Error(`seed ${seed}, input ${n}: ${walked.violation}\n${listing(program)}`);
    }
  }
  console.log(`${programs} programs, ${steps} steps, ${checks} checks`);
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
  const trace = verify(program, { logLevel: 0, trace: { maxVisits: 10, everyPath: true } }).trace!;
  const walk = () => {
    const { machine, bases } = started(program, { kind: "packet", data: new Uint8Array(60) }, 1n);
    return walkBeside(machine, trace, childrenOf(trace), bases, 10);
  };
  expect(walk()).toMatchObject({ steps: 2 });
  expect(walk().violation).toBeUndefined();
  // The program reads skb->len: 60 bytes less the Ethernet header.
  const { regs } = trace.visits[1]!.before.frames[0]!;
  regs[0] = { ...regs[0]!, val: constU32(45) };
  expect(walk().violation).toBe("insn 1: frame 0: R0 is 0x2e");
});
