// Reading and writing a whole file by system calls, as cat and a shell's redirection do, and what these programs say when a call fails.
import { concat } from "../base/bytes.ts";
import { errnoText } from "../facts/errno.ts";
import type { Process } from "./process.ts";

/** Bytes that cat reads at a time. */
const READ_SIZE = 131072;

/** `error`: 0, or the negative errno of the call that failed. `bytes`: what was read before it. */
export interface WholeFile {
  readonly error: number;
  readonly bytes: Uint8Array;
}

/** Opens a file, reads it to its end and closes it. */
export function readAll(process: Process, path: string): WholeFile {
  const fd = process.open(path, 0);
  const parts: Uint8Array[] = [];
  if (fd < 0) return { error: fd, bytes: concat(parts) };
  for (;;) {
    const part = process.read(fd, READ_SIZE);
    if (typeof part === "number" || part.length === 0) {
      process.close(fd);
      return { error: typeof part === "number" ? part : 0, bytes: concat(parts) };
    }
    parts.push(part);
  }
}

/** 0, or the negative errno of the write that was refused. Ends at a write that takes nothing. Without bytes no call is made. */
export function writeAll(process: Process, fd: number, bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; ) {
    const taken = process.write(fd, bytes.subarray(at));
    if (taken <= 0) return taken; // a file that takes nothing must not keep the loop going
    at += taken;
  }
  return 0;
}

export const catError = (path: string, errno: number): string => `cat: ${path}: ${errnoText(errno)}\n`;
export const redirectError = (path: string, errno: number): string => `bash: ${path}: ${errnoText(errno)}\n`;
export const writeError = (name: string, errno: number): string =>
  `${name === "echo" || name === "printf" ? `bash: ${name}` : name}: write error: ${errnoText(errno)}\n`;
