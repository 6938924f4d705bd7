// `conform run`: runs instructions on bare memory, without the verifier. R1 = address of `mem`, R2 = its length.
import * as v from "valibot";
import { hex64 } from "../base/u64.ts";
import { decodeInsns } from "../isa/insn.ts";
import { Jit, SharedMemory } from "../jit/host.ts";
import { type Machine, type Outcome, RawRun } from "../vm/index.ts";
import { type Answer, parseRecord } from "./answer.ts";
import { Hex, InsnsHex } from "./records.ts";

const Request = v.object({
  insns: v.pipe(
    InsnsHex,
    v.check((bytes) => bytes.length > 0, "at least one instruction was expected"),
  ),
  mem: v.optional(v.nullable(Hex)),
  engine: v.optional(v.nullable(v.picklist(["interp", "jit"]))),
  repeat: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)))),
});

/** The clock is read after this many instructions. */
const SLICE = 50_000_000;
const MAX_NS = 20_000_000_000n;

/** Runs to the end, or until the time limit. */
function run(machine: Machine, jit: Jit | undefined): Outcome {
  const start = process.hrtime.bigint();
  const goOn = () => process.hrtime.bigint() - start < MAX_NS;
  if (jit !== undefined) return jit.run(machine, SLICE, goOn);
  let outcome: Outcome;
  do outcome = machine.run(SLICE);
  while (outcome.kind === "paused" && goOn());
  return outcome;
}

export const answerRun: Answer = (record) => {
  const { insns, mem, engine, repeat } = parseRecord(Request, record);
  const memory = new SharedMemory();
  const raw = new RawRun(decodeInsns(insns), mem ?? new Uint8Array(), memory);
  const jit = engine === "jit" ? new Jit(memory) : undefined;
  jit?.compile(raw.machine.program);
  const ns: number[] = [];
  for (let left = repeat ?? 1; ; ) {
    const start = process.hrtime.bigint();
    const outcome = run(raw.machine, jit);
    ns.push(Number(process.hrtime.bigint() - start));
    if (outcome.kind === "fault") return { fault: outcome.fault.message };
    if (outcome.kind === "paused") return { fault: `still running after ${raw.machine.executed} instructions` };
    if (--left === 0) return { retval: hex64(outcome.r0), ns, executed: raw.machine.executed };
    raw.reset();
  }
};
