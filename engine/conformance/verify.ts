// `conform verify`: a program record → what the verifier said, and what the program returned on each run's data.
import * as v from "valibot";
import { verify } from "../verifier/verify.ts";
import { type Answer, understand } from "./answer.ts";
import { Hex, ProgramRecord, programOfRecord } from "./records.ts";

// Until the machine is there, programs are verified and not run.
// biome-ignore lint/suspicious/noExplicitAny: the module may be missing
const testRun: any = await import("../vm/index.ts").then(
  (vm: any) => vm.testRun,
  () => undefined,
);

const Request = v.object({
  ...ProgramRecord.entries,
  log_level: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(7)))),
  runs: v.optional(v.nullable(v.array(v.object({ data_in: v.optional(Hex), ctx_in: v.optional(Hex) })))),
});

export const answerVerify: Answer = (record) => {
  const request = understand(Request, record);
  const program = programOfRecord(request);
  const start = performance.now();
  const verdict = verify(program, { logLevel: request.log_level ?? 2 });
  const us = Math.round((performance.now() - start) * 1000);
  const runs =
    verdict.verdict === "accept" && testRun
      ? (request.runs ?? []).map(({ data_in, ctx_in }) =>
          testRun(program, { dataIn: data_in ?? new Uint8Array(), ...(ctx_in && { ctxIn: ctx_in }) }),
        )
      : [];
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
