// The one process of the simulation: each system call it makes is done by the kernel and written down for strace.
import type { MapDef } from "../program/program.ts";
import { close, open, read, write } from "./files.ts";
import type { Kernel } from "./kernel.ts";
import { mapCreate, mapDelete, mapUpdate } from "./map.ts";
import { type Loaded, type ProgAttachAttr, type ProgLoadAttr, progAttach, progDetach, progLoad } from "./prog.ts";
import { args, record, type SyscallRecord } from "./strace.ts";
import { type TestRunInput, type TestRunResult, testRun } from "./test-run.ts";

export class Process {
  readonly kernel: Kernel;
  /** Since the process was started, or since `takeCalls`. */
  #calls: SyscallRecord[] = [];

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** The calls made since the last time this was asked. */
  takeCalls(): SyscallRecord[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }

  #record(name: string, text: string, result: number): number {
    this.#calls.push(record(name, text, result));
    return result;
  }

  progLoad(attr: ProgLoadAttr): Loaded {
    const text = args.progLoad(this.kernel, attr);
    const loaded = progLoad(this.kernel, attr);
    this.#record("bpf", text, loaded.ret);
    return loaded;
  }

  progAttach(attr: ProgAttachAttr): number {
    return this.#record("bpf", args.progAttach(this.kernel, attr), progAttach(this.kernel, attr));
  }

  progDetach(attr: Omit<ProgAttachAttr, "attachBpfFd">): number {
    return this.#record("bpf", args.progDetach(this.kernel, attr), progDetach(this.kernel, attr));
  }

  mapCreate(def: MapDef, innerFd = 0): number {
    return this.#record("bpf", args.mapCreate(def, innerFd), mapCreate(this.kernel, def));
  }

  mapUpdate(fd: number, key: Uint8Array, value: Uint8Array, flags = 0): number {
    return this.#record("bpf", args.mapUpdate(fd, key, value, flags), mapUpdate(this.kernel, fd, key, value, flags));
  }

  mapDelete(fd: number, key: Uint8Array): number {
    return this.#record("bpf", args.mapDelete(fd, key), mapDelete(this.kernel, fd, key));
  }

  testRun(fd: number, input: TestRunInput): TestRunResult {
    const result = testRun(this.kernel, fd, input);
    this.#record("bpf", args.testRun(fd, input.dataIn.length), result.ret);
    return result;
  }

  open(path: string, flags: number): number {
    return this.#record("openat", args.openat(path, flags), open(this.kernel, path, flags));
  }

  read(fd: number, count: number): Uint8Array | number {
    const result = read(this.kernel, fd, count);
    this.#record("read", args.read(fd, result, count), typeof result === "number" ? result : result.length);
    return result;
  }

  write(fd: number, bytes: Uint8Array): number {
    return this.#record("write", args.write(fd, bytes), write(this.kernel, fd, bytes));
  }

  close(fd: number): number {
    return this.#record("close", args.close(fd), close(this.kernel, fd));
  }
}
