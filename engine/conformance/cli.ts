// The `conform` command: JSON lines in, JSON lines out, in order, one answer a line. Whatever a line holds, it is answered
// and the command goes on; it exits 0. What each mode does stands in asm.ts, verify.ts and run.ts.
// @example echo '{"id":1,"source":"BPF_EXIT_INSN(),"}' | npm run --silent conform -- asm
import { createInterface } from "node:readline";
import { answerLine, isMode, MODES } from "./answer.ts";

const mode = process.argv[2] ?? "";
if (!isMode(mode)) {
  process.stderr.write(`conform: mode "${mode}" is none of ${Object.keys(MODES).join(", ")}\n`);
  process.exit(2);
}

// Answers are all that standard output may carry.
console.log = console.info = console.debug = console.error;
// A reader that went away is no error of ours.
process.stdout.on("error", () => process.exit(0));

const answer = await MODES[mode]();
for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
  if (line.trim() === "") continue;
  if (!process.stdout.write(`${answerLine(line, answer)}\n`)) {
    await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
}
