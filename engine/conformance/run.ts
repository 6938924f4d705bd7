// `conform run`: bare instructions on bare memory, no verifier: R1 = address of `mem`, R2 = its length.
import * as v from "valibot";
import { hex64 } from "../base/u64.ts";
import { decodeInsns } from "../isa/insn.ts";
import { RawRun } from "../vm/index.ts";
import { type Answer, understand } from "./answer.ts";
import { Hex, InsnsHex } from "./records.ts";

const Request = v.object({
  insns: InsnsHex,
  mem: v.optional(v.nullable(Hex)),
  engine: v.optional(v.nullable(v.picklist(["interp", "jit"]))),
  repeat: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)))),
});

export const answerRun: Answer = (record) => {
  const { insns, mem, engine, repeat } = understand(Request, record);
  const run = new RawRun(decodeInsns(insns), mem ?? new Uint8Array(), { engine: engine ?? "interp" });
  const ns: number[] = [];
  for (let i = 0; i < (repeat ?? 1); i++) {
    const start = process.hrtime.bigint();
    const result = run.run();
    ns.push(Number(process.hrtime.bigint() - start));
    if ("fault" in result) return { fault: result.fault };
    if (i === (repeat ?? 1) - 1) return { retval: hex64(result.r0), ns, executed: result.executed };
  }
  return { fault: "nothing was run" };
};
