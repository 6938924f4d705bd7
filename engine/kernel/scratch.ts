// A kernel for one question: programs are loaded into it, and it is gone. Nothing runs in it. Each is as fresh as the first
// one: the same descriptors, ids and addresses. Only the memory behind them is used again, for it is slow to make.
import { Memory } from "../vm/memory.ts";
import { Bpf } from "./bpf.ts";
import { Kernel } from "./kernel.ts";
import { Registry } from "./registry.ts";

const CPUS = 4;
/** Bytes of a map that nothing runs on: a larger one is not worth its room. */
const LARGEST_MAP = 1 << 16;

let spare: Memory | undefined;

/** `registry`: which program types it knows; left out: OREORE with all steps of the recipe. */
export function inScratch<Result>(use: (bpf: Bpf) => Result, { definition, steps } = new Registry()): Result {
  const memory = spare ?? new Memory({ cpus: CPUS, largestMap: LARGEST_MAP });
  spare = undefined;
  const { generation } = memory;
  const kernel = new Kernel({ definition, steps, memory });
  const result = use(new Bpf(kernel));
  for (const [fd] of kernel.fds.list()) kernel.fds.close(fd);
  // What has grown is not kept.
  if (memory.generation === generation && kernel.maps.size === 0) spare = memory;
  return result;
}
