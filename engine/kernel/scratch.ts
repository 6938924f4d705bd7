// A scratch kernel: programs are loaded into it to ask one question, then it is thrown away. Nothing runs in it. Each scratch kernel
// gives the same descriptors, ids and addresses as the first one. Only its memory is used again, because that is slow to make.
import { Memory } from "../vm/memory.ts";
import { Bpf } from "./bpf.ts";
import { Kernel } from "./kernel.ts";
import { Registry } from "./registry.ts";

/** Maps with more bytes get no memory of their own. They do not need it, because nothing runs here. */
const LARGEST_MAP = 1 << 16;

let spare: Memory | undefined;

/** Calls `use` with a scratch kernel. `registry`: the types that the kernel knows. Left out: OREORE with all steps of the recipe. */
export function inScratch<Result>(use: (bpf: Bpf) => Result, { definition, steps } = new Registry()): Result {
  const memory = spare ?? new Memory({ largestMap: LARGEST_MAP });
  spare = undefined;
  const { generation } = memory;
  const kernel = new Kernel({ definition, steps, memory });
  const result = use(new Bpf(kernel));
  for (const [fd] of kernel.fds.list()) kernel.fds.close(fd);
  // A memory that has grown is not kept.
  if (memory.generation === generation && kernel.maps.size === 0) spare = memory;
  return result;
}
