// The `conform` command: JSON lines in, JSON lines out, in order, one answer a line. Whatever a line holds, it is answered
// and the command goes on; it exits 0. What each mode does stands in asm.ts, verify.ts, run.ts and explain.ts.
// @example echo '{"id":1,"source":"BPF_EXIT_INSN(),"}' | npm run --silent conform -- asm
import { createInterface } from "node:readline";
import { answerLine, isMode, MODES } from "./answer.ts";

export async function conformCommand([mode = ""]: readonly string[]): Promise<number> {
  if (!isMode(mode)) {
    process.stderr.write(`conform: mode "${mode}" is none of ${Object.keys(MODES).join(", ")}\n`);
    return 2;
  }
  // Answers are all that standard output may carry.
  console.log = console.info = console.debug = console.error;
  const answer = await MODES[mode]();
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    if (!process.stdout.write(`${answerLine(line, answer)}\n`)) {
      await new Promise((resolve) => process.stdout.once("drain", resolve));
    }
  }
  return 0;
}
