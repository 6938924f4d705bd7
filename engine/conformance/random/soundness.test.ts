// Random programs that the verifier accepts, run on random packets beside its beliefs.
import { expect, test } from "vitest";
import { BPF_CALL, BPF_JCOND, BPF_JMP } from "../../isa/codes.ts";
import type { Program } from "../../program/program.ts";
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

/** Checks of single registers and slots that one run of the test makes; more with SOUNDNESS_CHECKS. */
const CHECKS = Number(process.env.SOUNDNESS_CHECKS ?? 1_000_000);
const INPUTS = 4;
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
    expect(verdict).toBe("accept");
    if (!trace || trace.dropped > 0) continue;
    const children = childrenOf(trace);
    const rng = new Rng(seed ^ 0x5eed);
    programs++;
    for (let n = 0; n < INPUTS; n++) {
      const memory = new Memory({ cpus: 2 });
      const made = program.maps.map((def) => createMap(memory, def) as BpfMap);
      const maps = new Map([...program.mapRefs].map(([slot, index]) => [slot, made[index]!]));
      const loaded = loadProgram(memory, { insns: program.insns, progType: program.progType, maps });
      const machine = new Machine({
        memory,
        program: loaded,
        env: { ...defaultEnv(), seed: BigInt(seed * INPUTS + n) },
      });
      expect(enterEvent(machine, randomEvent(program, rng))).toBe(0);
      const bases = { ctx: machine.reg(1), packet: address(machine, PKT_DATA), packetEnd: address(machine, PKT_END) };
      const walked = walkBeside(machine, trace, children, bases, 100_000);
      checks += walked.checks;
      steps += walked.steps;
      if (walked.violation) throw new Error(`seed ${seed}, input ${n}: ${walked.violation}\n${listing(program)}`);
    }
  }
  console.log(`${programs} programs, ${steps} steps, ${checks} checks`);
}, 300_000);

test("the helpers that random programs call are numbers the verifier knows", () => {
  const helpers = new Set<number>();
  for (let seed = 1; seed < 300; seed++) {
    for (const { code, src, imm } of randomProgram(seed).insns)
      if (code === (BPF_JMP | BPF_CALL) && src === 0) helpers.add(imm);
  }
  expect(helpers.size).toBeGreaterThan(8);
});
