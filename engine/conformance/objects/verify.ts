// The command `verify FILE.o …`: the answer of Linux 6.18 for the programs of BPF objects, as a table like veristat's or as JSON lines.
// It needs no kernel and no root. Exit code 0: all are accepted, 1: one is not, 2: a file cannot be read.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { readObject } from "../../object/object.ts";
import { refusalText } from "../../object/refusal.ts";
import { judgeObject, type VerifyRow } from "./judge-object.ts";
import { targetKernel } from "./recorded-kernel.ts";
import { table } from "./table.ts";

const USAGE = `usage: verify FILE.o … [--json] [--log PROGRAM] [--log-size BYTES] [--btf FILE]

  --json             one JSON object a program and line
  --log PROGRAM      the verifier's log of the programs of that name
  --log-size BYTES   room for the log (16 MiB): a longer one loses its beginning, and the program is refused
  --btf FILE         types of the kernel to load for (/sys/kernel/btf/vmlinux); else those of Linux 6.18
`;

const UNREADABLE = 2;
const MAX_LOG_SIZE = 0x3fff_ffff;

export async function verifyCommand(args: readonly string[]): Promise<number> {
  const wrong = (text: string): number => {
    process.stderr.write(`verify: ${text}\n`);
    return UNREADABLE;
  };
  let given: ReturnType<typeof parse>;
  try {
    given = parse(args);
  } catch (error) {
    return wrong(`${(error as Error).message}\n${USAGE}`);
  }
  const { values, positionals } = given;
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (positionals.length === 0) return wrong(`no file is named\n${USAGE}`);
  const logSize = values["log-size"] === undefined ? undefined : Number(values["log-size"]);
  if (logSize !== undefined && !(Number.isInteger(logSize) && logSize >= 128 && logSize <= MAX_LOG_SIZE))
    return wrong(`--log-size ${values["log-size"]}: expected a number of bytes from 128 to ${MAX_LOG_SIZE}`);
  let target: ReturnType<typeof targetKernel>;
  try {
    target = targetKernel(values.btf);
  } catch (error) {
    return wrong(`${values.btf}: ${(error as Error).message}`);
  }
  if (!target.ok) return wrong(`${values.btf}: ${refusalText(target.refusal, "en")}`);

  const judged: VerifyRow[] = [];
  let unread = 0;
  for (const path of positionals) {
    const fail = (text: string): void => {
      unread++;
      wrong(`${path}: ${text}`);
    };
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      fail((error as Error).message);
      continue;
    }
    const object = readObject(bytes, path, { cpus: target.value.cpus, entriesIfZero: 1 });
    if (!object.ok) {
      fail(refusalText(object.refusal, "en"));
      continue;
    }
    const rows = judgeObject(object.value, { file: basename(path), target: target.value, logOf: values.log, logSize });
    if (values.json) for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
    judged.push(...rows);
  }
  if (values.log !== undefined && unread === 0 && !judged.some(({ program }) => program === values.log))
    return wrong(`there is no program ${values.log}`);
  if (!values.json) process.stdout.write(table(judged, { files: positionals.length - unread, skipped: unread }));
  if (unread > 0) return UNREADABLE;
  return judged.every(({ verdict }) => verdict === "accept") ? 0 : 1;
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: "boolean" },
      help: { type: "boolean", short: "h" },
      log: { type: "string" },
      "log-size": { type: "string" },
      btf: { type: "string" },
    },
  });
