// `npm run --silent take-home -- DIR [--definition FILE] [--program FILE]`: writes the take-home folder. By default it is for OREORE
// and the talk's program. A definition is JSON as the page's builder exports it; a program is a source text.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { assemble } from "../../asm/assemble.ts";
import { LineMap } from "../../base/span.ts";
import { type KernelDefinition, OREORE } from "../../kernel/definition.ts";
import { readDefinition } from "../../kernel/definition-input.ts";
import { writeTakeHome } from "./write.ts";

const USAGE = "usage: npm run --silent take-home -- DIR [--definition FILE] [--program FILE]";

/** The talk's program of three instructions. */
const PROGRAM = `BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),
BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),
BPF_EXIT_INSN(),
`;

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return fail(`cannot read ${path}: ${(error as Error).message}`);
  }
}

function definitionIn(path: string): KernelDefinition {
  let json: unknown;
  try {
    json = JSON.parse(read(path));
  } catch (error) {
    return fail(`${path} is not JSON: ${(error as Error).message}`);
  }
  const found = readDefinition(json);
  return found.ok
    ? found.definition
    : fail(found.faults.map((fault) => `${path}: ${fault.path}: ${fault.message}`).join("\n"));
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { definition: { type: "string" }, program: { type: "string" } },
    });
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

const { values, positionals } = parse();
const [folder, ...others] = positionals;
if (folder === undefined || others.length > 0) fail(USAGE);
const definition = values.definition === undefined ? OREORE : definitionIn(values.definition);
const source = values.program === undefined ? PROGRAM : read(values.program);
const assembly = assemble(source);
const errors = assembly.diagnostics.filter(({ severity }) => severity === "error");
if (errors.length > 0) {
  const lines = new LineMap(source);
  fail(
    errors
      .map(({ span, message }) => {
        const { line, column } = lines.position(span.start);
        return `${values.program ?? "program"}:${line}:${column}: ${message}`;
      })
      .join("\n"),
  );
}
for (const path of writeTakeHome(folder, {
  definition,
  insns: assembly.insns,
  maps: assembly.maps,
  mapRefs: assembly.mapRefs,
}))
  console.log(path);
