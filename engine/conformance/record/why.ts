// Records the running Linux's answers for the programs of why-programs.ts and for each fix that is offered for them. Needs root on
// x86-64 Linux 6.18:
//
//   npx tsx engine/conformance/record/why.ts            writes ../recordings/why.jsonl
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Kernel, whyNoKernel } from "../random/kernel.ts";
import { whyOf } from "../why.ts";
import { WHY_PROGRAMS } from "./why-programs.ts";

const OUT = fileURLToPath(new URL("../recordings/why.jsonl", import.meta.url));

const reason = whyNoKernel();
if (reason) {
  console.error(`cannot record: ${reason}`);
  process.exit(1);
}

const kernel = new Kernel();

async function verdictOf(id: string, record: object): Promise<string> {
  const { error, verdict } = await kernel.askRecord({ id, log_level: 0, ...record });
  if (error) throw new Error(`${id}: ${error}`);
  return verdict;
}

const rows: string[] = [];
for (const id of Object.keys(WHY_PROGRAMS)) {
  const { record, fixes } = whyOf(id);
  const answers: object[] = [];
  for (const { outcome, record: fixed } of fixes)
    if (outcome === "accepted") answers.push({ ...fixed, verdict: await verdictOf(id, fixed) });
  rows.push(JSON.stringify({ id, verdict: await verdictOf(id, record), fixes: answers }));
}
kernel.close();
writeFileSync(OUT, `${rows.join("\n")}\n`);
console.log(`${rows.length} programs`);
