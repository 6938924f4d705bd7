// The `referee` command: JSON lines in, JSON lines out. A real Linux in the emulator answers.
// @example echo '{"id":1,"source":"BPF_EXIT_INSN(),"}' | npm run --silent referee -- --kernel 7.3
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { isKernel, KERNELS } from "../../linux/kernels.ts";
import { answerLine } from "../answer.ts";
import { answerLines, logToErrors } from "../answer-lines.ts";
import { endIfOutputFails } from "../output.ts";
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
endIfOutputFails("referee");

/** Milliseconds. It may be long, because nobody waits in front of it. */
const CALL_LIMIT_MS = 60_000;
const linux = await startFrom(file, { cutOffMs: CALL_LIMIT_MS });
const answer = rowAnswerer({ linux, oreore: KERNELS[name].oreore });
// A row of a session is answered without an id.
await answerLines((line) => answerLine(line, answer, (record) => !("op" in record)));
await linux.dispose();
process.exit(0);
