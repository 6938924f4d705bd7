// Standard output of a command, if it cannot be written.

/**
 * Call once at the start. If the reader has gone (a closed pipe), the command ends with 0: that is not an error of ours. Any other
 * failure, such as a full disk, is told on standard error, and the command ends with 1.
 */
export function endIfOutputFails(command: string): void {
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") process.exit(0);
    process.stderr.write(`${command}: the output cannot be written: ${message}\n`);
    process.exit(1);
  });
}
