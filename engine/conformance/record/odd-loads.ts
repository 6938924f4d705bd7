// Records the running Linux's answers for the loads of odd-load-records.ts. Needs root on x86-64 Linux 6.18, with 16 to 900 GiB of
// memory:
//
//   npx tsx engine/conformance/record/odd-loads.ts            writes ../recordings/odd-loads.jsonl
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Kernel, whyNoKernel } from "../random/kernel.ts";
import { ODD_LOADS } from "./odd-load-records.ts";

const OUT = fileURLToPath(new URL("../recordings/odd-loads.jsonl", import.meta.url));

const reason = whyNoKernel();
if (reason) {
  console.error(`cannot record: ${reason}`);
  process.exit(1);
}

const kernel = new Kernel();
const rows: string[] = [];
for (const [id, record] of Object.entries(ODD_LOADS)) {
  const { error, runs: _, ...answer } = await kernel.askRecord({ id, ...record });
  if (error) throw new Error(`${id}: ${error}`);
  rows.push(JSON.stringify({ ...record, ...answer }));
}
kernel.close();
writeFileSync(OUT, `${rows.join("\n")}\n`);
console.log(`${rows.length} rows`);
