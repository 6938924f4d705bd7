// One line of the page's shell.
import type { Process } from "../kernel/process.ts";

export interface ShellResult {
  readonly output: string;
  /** Exit status. */
  readonly status: number;
}

export function runShell(_process: Process, line: string): ShellResult {
  const [command] = line.trim().split(/\s+/);
  return command ? { output: `bash: ${command}: command not found\n`, status: 127 } : { output: "", status: 0 };
}
