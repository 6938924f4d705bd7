#!/usr/bin/env node
// The commands of the project: `oreore verify FILE.o …`, `oreore conform MODE`, `oreore judge LESSON`. Each is a row of a table and
// loads only what it needs.
import { endIfOutputFails } from "../engine/conformance/output.ts";

/** Takes the arguments after the command's name, returns the exit code. */
type Command = (args: readonly string[]) => Promise<number>;

const COMMANDS: Readonly<Record<string, { readonly says: string; readonly load: () => Promise<Command> }>> = {
  verify: {
    says: "the verdict of Linux 6.18 on each program of BPF objects",
    load: async () => (await import("../engine/conformance/objects/verify.ts")).verifyCommand,
  },
  conform: {
    says: "reads programs as JSON lines, writes answers as JSON lines: asm, verify, run or explain",
    load: async () => (await import("../engine/conformance/conform.ts")).conformCommand,
  },
  judge: {
    says: "reads links to answers of a lesson, one per line, writes as JSON lines which goals each meets",
    load: async () => (await import("./judge.ts")).judgeCommand,
  },
};

const usage = (): string =>
  `usage: oreore COMMAND …\n\n${Object.entries(COMMANDS)
    .map(([name, { says }]) => `  ${name.padEnd(10)}${says}\n`)
    .join("")}`;

endIfOutputFails("oreore");

async function main([wanted = "", ...args]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, wanted) ? COMMANDS[wanted] : undefined;
  if (command !== undefined) return (await command.load())(args);
  if (wanted === "--help" || wanted === "-h") {
    process.stdout.write(usage());
    return 0;
  }
  process.stderr.write(wanted === "" ? usage() : `oreore: there is no command "${wanted}"\n${usage()}`);
  return 2;
}

process.exitCode = await main(process.argv.slice(2));
