// Records the running kernel's answers for the large programs (../large): the log lines of level 4, without the time.
// npx tsx engine/conformance/record/large.ts > engine/conformance/recordings/large.jsonl
import { BPF_LOG_STATS } from "../../verifier/log/buffer.ts";
import { LARGE, largeProgram } from "../bench-large.ts";
import { Kernel } from "../random/kernel.ts";

const kernel = new Kernel();
for (const name of LARGE) {
  const { verdict, log } = await kernel.ask(largeProgram(name), BPF_LOG_STATS);
  console.log(
    JSON.stringify({ name, verdict, stats: log.split("\n").filter((line) => !line.startsWith("verification time")) }),
  );
}
kernel.close();
