// A million broken objects. None may throw, hang, or take more than 256 MB in addition to the kernel's types.
//
//   npx tsx engine/conformance/objects/fuzz.ts [COUNT] [SEED] [OBJECT …]
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fuzz } from "./mutate.ts";
import { targetKernel } from "./recorded-kernel.ts";

const FIXTURES = fileURLToPath(new URL("../../object/fixtures/", import.meta.url));
const BATCH = 10_000;
const LIMIT = 256 << 20;

const [count = "1000000", seed = "1", ...paths] = process.argv.slice(2);
const files = (
  paths.length > 0
    ? paths
    : readdirSync(FIXTURES)
        .filter((name) => name.endsWith(".o"))
        .map((name) => FIXTURES + name)
).map((path) => readFileSync(path));
const target = targetKernel(undefined);
if (!target.ok) throw new Error("the recorded kernel cannot be read");
// The kernel's index of names is made once, before memory is measured.
target.value.btf?.named("task_struct");
const before = process.memoryUsage().rss;
const seen = { refused: 0, read: 0 };
for (let done = 0, n = Number(seed); done < Number(count); n++) {
  const batch = Math.min(BATCH, Number(count) - done);
  const { refused, read } = fuzz(files, target.value, n, batch);
  seen.refused += refused;
  seen.read += read;
  done += batch;
  const more = process.memoryUsage().rss - before;
  if (more > LIMIT) throw new Error(`seed ${n}: ${more >> 20} MB more than at the start`);
  if (process.stderr.isTTY) process.stderr.write(`\r${done} `);
  else if (done % 100_000 === 0) console.error(`${done}: ${more >> 20} MB more than at the start`);
}
console.log(
  `${count} objects: ${seen.refused} refused, ${seen.read} read; ${(process.memoryUsage().rss - before) >> 20} MB more at the end`,
);
