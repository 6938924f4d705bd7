// Records the running Linux's answers for the programs of programs/loads.txt and refusals.txt, at log levels 2 and 1. Needs root
// on x86-64 Linux 6.18:
//
//   npx tsx engine/conformance/record/loads.ts            writes ../recordings/loads.jsonl and refusals.jsonl
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Kernel, programRecord, whyNoKernel } from "../random/kernel.ts";
import { readPrograms } from "./programs.ts";

const reason = whyNoKernel();
if (reason) {
  console.error(`cannot record: ${reason}`);
  process.exit(1);
}

const kernel = new Kernel();
for (const corpus of ["loads", "refusals"] as const) {
  const rows: string[] = [];
  for (const [name, { program }] of readPrograms(corpus)) {
    for (const level of [2, 1]) {
      const { verdict, errno, log, error } = await kernel.ask(program, level);
      if (error) throw new Error(`${name}: ${error}`);
      const id = level === 2 ? name : `${name}, level ${level}`;
      rows.push(JSON.stringify({ id, ...programRecord(program, level), verdict, errno, log }));
    }
  }
  writeFileSync(fileURLToPath(new URL(`../recordings/${corpus}.jsonl`, import.meta.url)), `${rows.join("\n")}\n`);
  console.log(`${corpus}: ${rows.length} rows`);
}
kernel.close();
