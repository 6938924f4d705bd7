// Records the running Linux's answers for the programs of load-programs.ts and refusal-programs.ts, at log levels 2 and 1. Needs root
// on x86-64 Linux 6.18:
//
//   npx tsx engine/conformance/record/loads.ts            writes ../recordings/loads.jsonl and refusals.jsonl
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Kernel, programRecord, whyNoKernel } from "../random/kernel.ts";
import { LOAD_PROGRAMS } from "./load-programs.ts";
import { REFUSAL_PROGRAMS } from "./refusal-programs.ts";
import { programOf } from "./shorthand.ts";

const reason = whyNoKernel();
if (reason) {
  console.error(`cannot record: ${reason}`);
  process.exit(1);
}

const kernel = new Kernel();
for (const [file, programs] of Object.entries({ loads: LOAD_PROGRAMS, refusals: REFUSAL_PROGRAMS })) {
  const rows: string[] = [];
  for (const [name, written] of Object.entries(programs)) {
    const program = programOf(written.items, written);
    for (const level of [2, 1]) {
      const { verdict, errno, log, error } = await kernel.ask(program, level);
      if (error) throw new Error(`${name}: ${error}`);
      const id = level === 2 ? name : `${name}, level ${level}`;
      rows.push(JSON.stringify({ id, ...programRecord(program, level), verdict, errno, log }));
    }
  }
  writeFileSync(fileURLToPath(new URL(`../recordings/${file}.jsonl`, import.meta.url)), `${rows.join("\n")}\n`);
  console.log(`${file}: ${rows.length} rows`);
}
kernel.close();
