// The task behind a run, as far as there is one: a struct task_struct of which pid, tgid and comm can be read, where
// Linux 6.18 has them. Nothing else of it may be touched, so that nothing is silently zero.
import { taskStruct } from "../facts/recorded/task.ts";
import type { Env } from "./env.ts";
import { OBJECT_TOP, TASK } from "./layout.ts";
import type { Memory, Place } from "./memory.ts";

const COMM_BYTES = 16;

/** Comm as a task has it: 15 characters at most, and zeros. */
export function commBytes(comm: string): Uint8Array {
  const bytes = new Uint8Array(COMM_BYTES);
  for (let i = 0; i < Math.min(comm.length, COMM_BYTES - 1); i++) bytes[i] = comm.charCodeAt(i) & 0xff;
  return bytes;
}

/** Offset of the struct task_struct; made when it is asked for the first time. */
export function currentTask({ memory, env }: { readonly memory: Memory; readonly env: Env }): number {
  const known = memory.r32(TASK);
  if (known !== 0) return known;
  const at = (memory.r32(OBJECT_TOP) + 63) & ~63;
  memory.w32(OBJECT_TOP, at + taskStruct.size);
  memory.w32(TASK, at);
  memory.w32(at + taskStruct.pid, env.pid);
  memory.w32(at + taskStruct.tgid, env.tgid);
  memory.copyIn(at + taskStruct.comm, commBytes(env.comm));
  for (const { start, size } of taskPlaces(memory)) memory.permit(start, size, false);
  return at;
}

/** What of the task can be read. pid and tgid are neighbours. */
export function* taskPlaces(memory: Memory): Iterable<Place> {
  const at = memory.r32(TASK);
  if (at === 0) return;
  const place = { kind: "object" as const, writable: false };
  yield { ...place, name: "task_struct pid, tgid", start: at + taskStruct.pid, size: 8 };
  yield { ...place, name: "task_struct comm", start: at + taskStruct.comm, size: COMM_BYTES };
}
