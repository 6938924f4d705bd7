// The task behind a run: a struct task_struct with the offsets of Linux 6.18. Only pid, tgid and comm can be read. Nothing else may be
// touched, so that no field is silently zero.
import { taskStruct } from "../facts/recorded/task.ts";
import type { Env } from "./env.ts";
import { NEXT_OBJECT, TASK } from "./layout.ts";
import type { BufferRegion, Memory } from "./memory.ts";

const COMM_BYTES = 16;

/** The comm of a task: at most 15 characters, filled up with zeros. */
export function commBytes(comm: string): Uint8Array {
  const bytes = new Uint8Array(COMM_BYTES);
  for (let i = 0; i < Math.min(comm.length, COMM_BYTES - 1); i++) bytes[i] = comm.charCodeAt(i) & 0xff;
  return bytes;
}

/** Offset of the struct task_struct. It is made on the first call. */
export function currentTask({ memory, env }: { readonly memory: Memory; readonly env: Env }): number {
  const known = memory.r32(TASK);
  if (known !== 0) return known;
  const at = (memory.r32(NEXT_OBJECT) + 63) & ~63;
  memory.w32(NEXT_OBJECT, at + taskStruct.size);
  memory.w32(TASK, at);
  memory.w32(at + taskStruct.pid, env.pid);
  memory.w32(at + taskStruct.tgid, env.tgid);
  memory.copyIn(at + taskStruct.comm, commBytes(env.comm));
  for (const { start, size } of taskRegions(memory)) memory.permit(start, size, false);
  return at;
}

/** The parts of the task that can be read. pid and tgid lie next to each other. */
export function* taskRegions(memory: Memory): Iterable<BufferRegion> {
  const at = memory.r32(TASK);
  if (at === 0) return;
  const place = { kind: "object" as const, writable: false };
  yield { ...place, name: "task_struct pid, tgid", start: at + taskStruct.pid, size: 8 };
  yield { ...place, name: "task_struct comm", start: at + taskStruct.comm, size: COMM_BYTES };
}
