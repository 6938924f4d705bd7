// The `conform` command: JSON lines in, JSON lines out, in order, one answer per line. Every line is answered, whatever it contains,
// and the command continues. It exits with 0. For the modes see asm.ts, verify.ts, run.ts and explain.ts.
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
