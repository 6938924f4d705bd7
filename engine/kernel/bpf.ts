// bpf(2) for maps and programs, as a process calls it. The kernel does each call, and each call is recorded as a value.
import { toHex } from "../base/bytes.ts";
import type { MapDef } from "../program/program.ts";
import { type ProgAttachAttr, type ProgDetachAttr, progAttach, progDetach } from "./attach.ts";
import type { Answer, Cause } from "./cause.ts";
import type { Kernel } from "./kernel.ts";
import { type Loaded, type ProgLoadAttr, progLoad, type VerifierHooks } from "./load.ts";
import { mapCreate, mapDelete, mapName, mapUpdate } from "./map.ts";
import { recordOf, type Syscall, type SyscallRecord } from "./syscall.ts";

export class Bpf {
  readonly kernel: Kernel;
  /** The calls since the last `takeCalls()`. */
  #calls: SyscallRecord[] = [];
  #cause: Cause | undefined;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** The calls since the last time this was called. They are returned once. */
  takeCalls(): SyscallRecord[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }

  /** Why the last call was refused. undefined: it was not, or more than the errno is not known. */
  get lastCause(): Cause | undefined {
    return this.#cause;
  }

  protected record(call: Syscall, { ret, cause }: Answer): number {
    this.#calls.push(recordOf(call, ret, cause));
    this.#cause = cause;
    return ret;
  }

  progLoad(attr: ProgLoadAttr, watched?: VerifierHooks): Loaded {
    const { progType, insns, license, logLevel, progFlags, progName, expectedAttachType } = attr;
    const loaded = progLoad(this.kernel, attr, watched);
    const call = { progType, insnCnt: insns.length, license, logLevel, progFlags, progName, expectedAttachType };
    this.record({ call: "prog-load", ...call }, loaded);
    return loaded;
  }

  progAttach(attr: ProgAttachAttr): number {
    const { targetFd = 0, attachBpfFd, attachType, attachFlags = 0 } = attr;
    const call: Syscall = { call: "prog-attach", targetFd, attachBpfFd, attachType, attachFlags };
    return this.record(call, progAttach(this.kernel, attr));
  }

  progDetach(attr: ProgDetachAttr): number {
    const { targetFd = 0, attachBpfFd = 0, attachType, attachFlags = 0 } = attr;
    const call: Syscall = { call: "prog-detach", targetFd, attachBpfFd, attachType, attachFlags };
    return this.record(call, progDetach(this.kernel, attr));
  }

  /** `innerMapFd`: descriptor of the map that `def.inner` describes. */
  mapCreate(def: MapDef, innerMapFd = 0): number {
    const { type: mapType, keySize, valueSize, maxEntries, flags: mapFlags } = def;
    const call = { mapType, keySize, valueSize, maxEntries, mapFlags, innerMapFd, mapName: mapName(def) };
    return this.record({ call: "map-create", ...call }, mapCreate(this.kernel, def));
  }

  mapUpdate(mapFd: number, key: Uint8Array, value: Uint8Array, flags = 0): number {
    const call: Syscall = { call: "map-update", mapFd, key: toHex(key), value: toHex(value), flags };
    return this.record(call, mapUpdate(this.kernel, mapFd, key, value, flags));
  }

  mapDelete(mapFd: number, key: Uint8Array): number {
    return this.record({ call: "map-delete", mapFd, key: toHex(key) }, mapDelete(this.kernel, mapFd, key));
  }
}
