// The `referee` command: JSON lines in, JSON lines out. A real Linux in the emulator answers.
// @example echo '{"id":1,"source":"BPF_EXIT_INSN(),"}' | npm run --silent referee -- --kernel 7.3
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { isKernel, KERNELS } from "../../linux/kernels.ts";
import { InvalidRecord } from "../answer.ts";
import { answerLines, logToErrors } from "../answer-lines.ts";
import { startFrom, stateFile } from "./node.ts";
import { rowAnswerer } from "./rows.ts";

const USAGE = `usage: npm run --silent referee -- --kernel ${Object.keys(KERNELS).join("|")}`;

function fail(message: string): never {
  process.stderr.write(`referee: ${message}\n${USAGE}\n`);
  process.exit(2);
}

function kernelAsked(): string {
  try {
    return parseArgs({ options: { kernel: { type: "string" } } }).values.kernel ?? "";
  } catch (error) {
    return fail((error as Error).message);
  }
}

const name = kernelAsked();
if (!isKernel(name)) fail(`--kernel "${name}" is none of ${Object.keys(KERNELS).join(", ")}`);
const file = stateFile(name);
if (!existsSync(file)) fail(`${file} is missing: npm run real-linux makes it`);

logToErrors();
// It is not an error of ours if the reader of the output goes away.
process.stdout.on("error", () => process.exit(0));

/** Milliseconds. It may be long, because nobody waits in front of it. */
const CALL_LIMIT_MS = 60_000;
const linux = await startFrom(file, { cutOffMs: CALL_LIMIT_MS });
const answer = rowAnswerer({ linux, oreore: KERNELS[name].oreore });
await answerLines(async (line) => JSON.stringify(await answerLine(line)));
await linux.dispose();
process.exit(0);

async function answerLine(line: string): Promise<object> {
  let id: unknown = null;
  let ofSession = false;
  const named = (answered: object) => (ofSession ? answered : { id, ...answered });
  try {
    const record: unknown = JSON.parse(line);
    if (typeof record !== "object" || record === null || Array.isArray(record))
      throw new InvalidRecord("a line is one JSON object");
    id = (record as { id?: unknown }).id ?? null;
    ofSession = "op" in record;
    return named(await answer(record as Record<string, unknown>));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!(error instanceof InvalidRecord || error instanceof SyntaxError)) process.stderr.write(`${error.stack}\n`);
    return named({ error: error.message });
  }
}
