// The loop of a command that answers lines: standard input line by line, an answer a line on standard output, in order.
import { createInterface } from "node:readline";

/** Answers are all that standard output may carry: what is logged goes where errors go. */
export function logToErrors(): void {
  console.log = console.info = console.debug = console.error;
}

/** Answers every line that is not blank, one after the other. An answer is a line, without its end. */
export async function answerLines(answer: (line: string) => string | Promise<string>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    if (!process.stdout.write(`${await answer(line)}\n`))
      await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
}
