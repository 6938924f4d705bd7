// The only process of the simulation, with bpf(2) and calls on files. Each system call is recorded as a value.
import { toHex } from "../base/bytes.ts";
import { Bpf } from "./bpf.ts";
import { close, open, read, write } from "./files.ts";
import type { Syscall } from "./syscall.ts";
import { type TestRunInput, type TestRunResult, testRun } from "./test-run.ts";

export class Process extends Bpf {
  testRun(progFd: number, input: TestRunInput): TestRunResult {
    const result = testRun(this.kernel, progFd, input);
    this.record({ call: "prog-test-run", progFd, data: toHex(input.dataIn) }, result);
    return result;
  }

  open(path: string, flags: number): number {
    return this.record({ call: "openat", path, flags }, open(this.kernel, path, flags));
  }

  read(fd: number, count: number): Uint8Array | number {
    const result = read(this.kernel, fd, count);
    const failed = typeof result === "number";
    const call: Syscall = { call: "read", fd, path: this.#pathOf(fd), data: failed ? "" : toHex(result), count };
    this.record(call, { ret: failed ? result : result.length });
    return result;
  }

  write(fd: number, bytes: Uint8Array): number {
    const call: Syscall = { call: "write", fd, path: this.#pathOf(fd), data: toHex(bytes) };
    return this.record(call, write(this.kernel, fd, bytes));
  }

  close(fd: number): number {
    return this.record({ call: "close", fd, path: this.#pathOf(fd) }, { ret: close(this.kernel, fd) });
  }

  #pathOf(fd: number): string {
    const target = this.kernel.fds.get(fd);
    return target?.kind === "file" ? target.path : "";
  }
}
