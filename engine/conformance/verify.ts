// `conform verify`: a program record → what the verifier said, and what the program returned on each run's data.
import * as v from "valibot";
import { ERRNO, errnoText } from "../facts/errno.ts";
import { progTypeByName } from "../facts/prog-types.ts";
import { admitAs } from "../kernel/admit.ts";
import { OREORE } from "../kernel/definition.ts";
import { Kernel } from "../kernel/kernel.ts";
import { createMaps, unverified } from "../kernel/loader.ts";
import { Process } from "../kernel/process.ts";
import { takesPacket } from "../kernel/test-run.ts";
import type { Program } from "../program/program.ts";
import { verify } from "../verifier/verify.ts";
import { type Event, enterEvent } from "../vm/index.ts";
import { type Answer, understand } from "./answer.ts";
import { fillProgArray } from "./prog-array.ts";
import { Hex, ProgramRecord, programOfRecord } from "./records.ts";

/** BPF_LOG_LEVEL1, LEVEL2, STATS and FIXED; other bits are refused. */
const BPF_LOG_MASK = 15;

const Request = v.object({
  ...ProgramRecord.entries,
  log_level: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff)))),
  runs: v.optional(v.nullable(v.array(v.object({ data_in: v.optional(Hex), ctx_in: v.optional(Hex) })))),
});

export const answerVerify: Answer = (record) => {
  const request = understand(Request, record);
  const program = programOfRecord(request);
  const level = request.log_level ?? 2;
  const refused = level > BPF_LOG_MASK ? ERRNO.EINVAL : refusedBefore(program);
  if (refused !== 0) return { verdict: "reject", errno: refused, log: "", us: 0, runs: [] };
  const start = performance.now();
  const verdict = verify(program, { logLevel: level, now: () => performance.now() * 1000 });
  const us = Math.round((performance.now() - start) * 1000);
  const runs =
    verdict.verdict === "accept" ? (request.runs ?? []).map((run) => runOnce(program, request.maps, run)) : [];
  const { unsupported } = verdict;
  return {
    verdict: verdict.verdict,
    errno: verdict.errno,
    log: verdict.log,
    us,
    runs,
    ...(unsupported && { unsupported }),
  };
};

/** The errno of BPF_PROG_LOAD where it refuses before the verifier looks at the program: wrong attach type, unknown flag. */
export function refusedBefore(program: Program): number {
  const type = progTypeByName(program.progType);
  // What is not simulated the verifier answers itself.
  if (type && !type.simulated) return 0;
  const admitted = admitAs(type, {
    insnCnt: program.insns.length,
    progFlags: program.progFlags,
    progName: "",
    expectedAttachType: program.expectedAttachType,
  });
  return typeof admitted === "number" ? -admitted : 0;
}

/** Instructions after which a run is given up. */
const BUDGET = 100_000_000;

/** BPF_PROG_TEST_RUN of a program that was accepted, in a kernel of its own. */
function runOnce(
  program: Program,
  maps: ProgramRecord["maps"],
  { data_in, ctx_in }: { data_in?: Uint8Array | undefined; ctx_in?: Uint8Array | undefined },
): object {
  const process = new Process(new Kernel());
  const fds = createMaps(process, program.maps);
  if (typeof fds === "number") return { fault: `a map cannot be made: errno ${-fds}` };
  for (const { name, progs } of maps) {
    const fd = fds[program.maps.findIndex((map) => map.name === name)];
    const filled = progs && fd !== undefined ? fillProgArray(process, program, fd, progs) : 0;
    if (filled < 0) return { fault: `a program of ${name} cannot be loaded: errno ${-filled}` };
  }
  const event = eventOf(program, data_in ?? new Uint8Array(), ctx_in);
  if (!event) return { fault: `BPF_PROG_TEST_RUN does not run programs of type ${program.progType}`, errno: ENOTSUPP };
  const machine = unverified(process, program, fds);
  const refused = enterEvent(machine, event);
  if (refused < 0) return { fault: `BPF_PROG_TEST_RUN: ${errnoText(refused)}`, errno: -refused };
  const outcome = machine.run(BUDGET);
  if (outcome.kind === "exit") return { retval: Number(BigInt.asUintN(32, outcome.r0)) };
  return {
    fault: outcome.kind === "fault" ? outcome.fault.message : `still running after ${machine.executed} instructions`,
  };
}

const ENOTSUPP = 524;

/** A packet; for a type defined as data, which no kernel can test-run, `data_in` is its context. */
function eventOf({ progType }: Program, data: Uint8Array, ctx: Uint8Array | undefined): Event | undefined {
  if (progType === OREORE.type.name) {
    const bytes = new Uint8Array(OREORE.type.ctx.size);
    bytes.set(data.subarray(0, bytes.length));
    return { kind: "ctx", bytes };
  }
  const type = progTypeByName(progType);
  return type && takesPacket(type) ? { kind: "packet", data, ...(ctx && { ctx }) } : undefined;
}
