// The loop of a command that answers lines. It reads standard input line by line and writes one answer per line to standard output, in
// order.
import { createInterface } from "node:readline";

/** Standard output may contain nothing but answers, so log messages go to standard error. */
export function logToErrors(): void {
  console.log = console.info = console.debug = console.error;
}

/** Answers every line that is not blank, one after the other. An answer is one line, without its newline. */
export async function answerLines(answer: (line: string) => Promise<string>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    if (!process.stdout.write(`${await answer(line)}\n`))
      await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
}
