// The one process of the simulation: each system call it makes is done by the kernel and written down as a value.
import { toHex } from "../base/bytes.ts";
import type { MapDef } from "../program/program.ts";
import { close, open, read, write } from "./files.ts";
import type { Kernel } from "./kernel.ts";
import { mapCreate, mapDelete, mapUpdate } from "./map.ts";
import { type Loaded, type ProgAttachAttr, type ProgLoadAttr, progAttach, progDetach, progLoad } from "./prog.ts";
import { recordOf, type Syscall, type SyscallRecord } from "./syscall.ts";
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

  #record(call: Syscall, result: number): number {
    this.#calls.push(recordOf(call, result));
    return result;
  }

  progLoad(attr: ProgLoadAttr): Loaded {
    const { progType, insns, license, logLevel, progFlags, progName, expectedAttachType } = attr;
    const loaded = progLoad(this.kernel, attr);
    const call = { progType, insnCnt: insns.length, license, logLevel, progFlags, progName, expectedAttachType };
    this.#record({ call: "prog-load", ...call }, loaded.ret);
    return loaded;
  }

  progAttach(attr: ProgAttachAttr): number {
    const { targetFd = 0, attachBpfFd, attachType, attachFlags = 0 } = attr;
    const call: Syscall = { call: "prog-attach", targetFd, attachBpfFd, attachType, attachFlags };
    return this.#record(call, progAttach(this.kernel, attr));
  }

  progDetach(attr: Omit<ProgAttachAttr, "attachBpfFd"> & { attachBpfFd?: number }): number {
    const { targetFd = 0, attachBpfFd = 0, attachType, attachFlags = 0 } = attr;
    const call: Syscall = { call: "prog-detach", targetFd, attachBpfFd, attachType, attachFlags };
    return this.#record(call, progDetach(this.kernel, attr));
  }

  mapCreate(def: MapDef, innerMapFd = 0): number {
    const { name: mapName, type: mapType, keySize, valueSize, maxEntries, flags: mapFlags } = def;
    const call = { mapType, keySize, valueSize, maxEntries, mapFlags, innerMapFd, mapName };
    return this.#record({ call: "map-create", ...call }, mapCreate(this.kernel, def));
  }

  mapUpdate(mapFd: number, key: Uint8Array, value: Uint8Array, flags = 0): number {
    const call: Syscall = { call: "map-update", mapFd, key: toHex(key), value: toHex(value), flags };
    return this.#record(call, mapUpdate(this.kernel, mapFd, key, value, flags));
  }

  mapDelete(mapFd: number, key: Uint8Array): number {
    return this.#record({ call: "map-delete", mapFd, key: toHex(key) }, mapDelete(this.kernel, mapFd, key));
  }

  testRun(progFd: number, input: TestRunInput): TestRunResult {
    const result = testRun(this.kernel, progFd, input);
    this.#record({ call: "prog-test-run", progFd, data: toHex(input.dataIn) }, result.ret);
    return result;
  }

  open(path: string, flags: number): number {
    return this.#record({ call: "openat", path, flags }, open(this.kernel, path, flags));
  }

  read(fd: number, count: number): Uint8Array | number {
    const result = read(this.kernel, fd, count);
    const failed = typeof result === "number";
    const call: Syscall = { call: "read", fd, path: this.#pathOf(fd), data: failed ? "" : toHex(result), count };
    this.#record(call, failed ? result : result.length);
    return result;
  }

  write(fd: number, bytes: Uint8Array): number {
    const call: Syscall = { call: "write", fd, path: this.#pathOf(fd), data: toHex(bytes) };
    return this.#record(call, write(this.kernel, fd, bytes));
  }

  close(fd: number): number {
    return this.#record({ call: "close", fd, path: this.#pathOf(fd) }, close(this.kernel, fd));
  }

  #pathOf(fd: number): string {
    const target = this.kernel.fds.get(fd);
    return target?.kind === "file" ? target.path : "";
  }
}
