// `conform verify`: a program record → what a kernel answers when its maps are made and it is loaded, and what the program returned for
// the data of each run.
import * as v from "valibot";
import { bug } from "../base/bug.ts";
import { ENOTSUPP, errnoText } from "../facts/errno.ts";
import { progTypeByName } from "../facts/prog-types.ts";
import { OREORE } from "../kernel/definition.ts";
import { Kernel } from "../kernel/kernel.ts";
import { createMaps } from "../kernel/loader.ts";
import { Process } from "../kernel/process.ts";
import { unverifiedMachine } from "../kernel/run.ts";
import { takesPacket } from "../kernel/test-run.ts";
import type { Program } from "../program/program.ts";
import { type Event, enterEvent } from "../vm/index.ts";
import { type Answer, parseRecord } from "./answer.ts";
import { judge } from "./judge.ts";
import { fillProgArray } from "./prog-array.ts";
import { Hex, ProgramRecord, programOfRecord } from "./records.ts";

const u32 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));
const Request = v.object({
  ...ProgramRecord.entries,
  log_level: v.nullish(u32, 2),
  /** Size of the log buffer in bytes. */
  log_size: v.nullish(u32),
  runs: v.optional(v.nullable(v.array(v.object({ data_in: v.optional(Hex), ctx_in: v.optional(Hex) })))),
});

export const answerVerify: Answer = (record) => {
  const request = parseRecord(Request, record);
  const program = programOfRecord(request);
  const verdict = judge(program, {
    logLevel: request.log_level,
    ...(request.log_size != null && { logSize: request.log_size }),
    watched: { now: () => performance.now() * 1000 },
  });
  const runs =
    verdict.verdict === "accept" ? (request.runs ?? []).map((run) => runOnce(program, request.maps, run)) : [];
  const { seen: _, refusal: __, us, ...answer } = verdict;
  return { ...answer, us: Math.round(us), runs };
};

/** A run is stopped after this many instructions. */
const BUDGET = 100_000_000;

/** BPF_PROG_TEST_RUN of an accepted program, in a kernel of its own. */
function runOnce(
  program: Program,
  maps: ProgramRecord["maps"],
  { data_in, ctx_in }: { data_in?: Uint8Array | undefined; ctx_in?: Uint8Array | undefined },
): object {
  const process = new Process(new Kernel());
  const fds = createMaps(process, program.maps);
  if (!Array.isArray(fds)) throw bug(`map ${fds.map.name} could be made for the verdict: errno ${-fds.ret}`);
  for (const { name, progs } of maps) {
    const fd = fds[program.maps.findIndex((map) => map.name === name)];
    const filled = progs && fd !== undefined ? fillProgArray(process, program, fd, progs) : 0;
    if (filled < 0) return { fault: `a program of ${name} cannot be loaded: errno ${-filled}` };
  }
  const event = eventOf(program, data_in ?? new Uint8Array(), ctx_in);
  if (!event) return { fault: `BPF_PROG_TEST_RUN does not run programs of type ${program.progType}`, errno: ENOTSUPP };
  const machine = unverifiedMachine(process.kernel, program, fds);
  if (typeof machine === "number") return { fault: `no run with these maps: ${errnoText(machine)}`, errno: -machine };
  const refused = enterEvent(machine, event);
  if (refused < 0) return { fault: `BPF_PROG_TEST_RUN: ${errnoText(refused)}`, errno: -refused };
  const outcome = machine.run(BUDGET);
  if (outcome.kind === "exit") return { retval: Number(BigInt.asUintN(32, outcome.r0)) };
  return {
    fault: outcome.kind === "fault" ? outcome.fault.message : `still running after ${machine.executed} instructions`,
  };
}

/** The event of a run: a packet. For OREORE, which no kernel can test-run, `data_in` is the context. */
function eventOf({ progType }: Program, data: Uint8Array, ctx: Uint8Array | undefined): Event | undefined {
  if (progType === OREORE.type.name) {
    const bytes = new Uint8Array(OREORE.type.ctx.size);
    bytes.set(data.subarray(0, bytes.length));
    return { kind: "ctx", bytes };
  }
  const type = progTypeByName(progType);
  return type && takesPacket(type) ? { kind: "packet", data, ...(ctx && { ctx }) } : undefined;
}
