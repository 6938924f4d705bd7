// Records the logs of pasted-programs.ts at levels 1 and 2, from the running Linux 6.18 (as root) and from the page's own 6.1 and 7.3.
//
//   npx tsx engine/conformance/record/pasted-logs.ts         writes ../recordings/pasted-logs.jsonl
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { KERNELS, type KernelName } from "../../linux/kernels.ts";
import { Kernel, whyNoKernel } from "../random/kernel.ts";
import { startFrom, stateFile } from "../real-linux/node.ts";
import { rowAnswerer } from "../real-linux/rows.ts";
import { ProgramRecord, programOfRecord } from "../records.ts";
import { PASTED_PROGRAMS } from "./pasted-programs.ts";

/** A line of the recording. */
export interface PastedLogRow {
  readonly id: string;
  readonly kernel: string;
  readonly level: 1 | 2;
  readonly log: string;
}

const OUT = fileURLToPath(new URL("../recordings/pasted-logs.jsonl", import.meta.url));
const LEVELS = [1, 2] as const;

const reason = whyNoKernel();
if (reason) {
  console.error(`cannot record: ${reason}`);
  process.exit(1);
}

const recordOf = (source: string) => {
  const type = /@prog (\w+)/.exec(source)?.[1] ?? "socket_filter";
  return { source, prog_type: type };
};

const rows: PastedLogRow[] = [];
const running = new Kernel();
for (const { id, source } of PASTED_PROGRAMS) {
  for (const level of LEVELS) {
    const { log, verdict } = await running.ask(programOfRecord(v.parse(ProgramRecord, recordOf(source))), level);
    if (verdict !== "reject") console.error(`6.18 accepts: ${id}`);
    rows.push({ id, kernel: "6.18", level, log });
  }
}
running.close();
for (const kernel of Object.keys(KERNELS) as KernelName[]) {
  const linux = await startFrom(stateFile(kernel));
  const answer = rowAnswerer({ linux, oreore: KERNELS[kernel].oreore });
  for (const { id, source } of PASTED_PROGRAMS) {
    for (const level of LEVELS) {
      const said = (await answer({ ...recordOf(source), log_level: level })) as { log: string; verdict: string };
      if (said.verdict !== "reject") console.error(`${kernel} accepts: ${id}`);
      else rows.push({ id, kernel, level, log: said.log });
    }
  }
  await linux.dispose();
}
writeFileSync(OUT, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
console.log(`${rows.length} logs`);
process.exit(0);
