// The `conform` command: JSON lines in, JSON lines out, in order, one answer a line. Whatever a line holds, it is answered
// and the command goes on; it exits 0. What each mode does stands in asm.ts, verify.ts, run.ts and explain.ts.
// @example echo '{"id":1,"source":"BPF_EXIT_INSN(),"}' | npm run --silent conform -- asm
import { answerLine, isMode, MODES } from "./answer.ts";
import { answerLines, logToErrors } from "./answer-lines.ts";

export async function conformCommand([mode = ""]: readonly string[]): Promise<number> {
  if (!isMode(mode)) {
    process.stderr.write(`conform: mode "${mode}" is none of ${Object.keys(MODES).join(", ")}\n`);
    return 2;
  }
  logToErrors();
  const answer = await MODES[mode]();
  await answerLines((line) => answerLine(line, answer));
  return 0;
}
