// Maps that hold one value for the cgroup of the running program. The simulated machine has one cgroup, so there is one value, or one for
// each CPU. @kernel kernel/bpf/local_storage.c
import type { MapDef } from "../../program/program.ts";
import type { Memory } from "../memory.ts";
import { BPF_NOEXIST, BpfMap, EINVAL, ENOENT } from "./map.ts";

/** cgroup_storage and its per-CPU kind. */
export class CgroupStorageMap extends BpfMap {
  readonly #value: number;

  constructor(memory: Memory, def: MapDef) {
    super(memory, def);
    this.#value = memory.alloc(this.userValueSize);
    const copies = this.perCpu ? memory.cpus : 1;
    for (let cpu = 0; cpu < copies && this.#value !== 0; cpu++) {
      memory.permit(this.#value + cpu * this.stride, def.valueSize);
    }
  }

  get isAllocated(): boolean {
    return this.#value !== 0;
  }

  /** Offset of the value, for bpf_get_local_storage. */
  storageAt(cpu: number): number {
    return this.#value + (this.perCpu ? cpu * this.stride : 0);
  }

  override lookup(): Uint8Array {
    return this.memory.copyOut(this.#value, this.userValueSize);
  }
  override update(_key: Uint8Array, value: Uint8Array, flags = 0): number {
    if (flags & BPF_NOEXIST) return -EINVAL;
    this.memory.copyIn(this.#value, value.subarray(0, this.userValueSize));
    return 0;
  }
  override delete(): number {
    return -EINVAL;
  }
  override nextKey(key: Uint8Array | undefined): Uint8Array | number {
    return key === undefined ? new Uint8Array(this.def.keySize) : -ENOENT;
  }

  *bufferRegions() {
    yield { ...this.region(this.#value, undefined), name: `storage ${this.name}` };
  }

  protected freeStorage(): void {
    this.memory.free(this.#value, this.userValueSize);
  }
}
