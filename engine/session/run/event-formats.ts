// The fields that can fill a context: those of the program type's struct, or those of the records of some tracepoints. Structs: facts/uapi.
// Records: /sys/kernel/tracing/events/*/format of Linux 6.18 on x86-64.
import { progTypeByName } from "../../facts/prog-types.ts";
import { uapiStruct } from "../../facts/uapi.ts";
import type { EventFormatView } from "../views/run.ts";

type Field = readonly [name: string, off: number, size: number, text?: "text"];

const COMMON: readonly Field[] = [
  ["common_type", 0, 2],
  ["common_flags", 2, 1],
  ["common_preempt_count", 3, 1],
  ["common_pid", 4, 4],
];
const RECORDS: Readonly<Record<string, readonly Field[]>> = {
  "syscalls:sys_enter_openat": [
    ["__syscall_nr", 8, 4],
    ["dfd", 16, 8],
    ["filename", 24, 8],
    ["flags", 32, 8],
    ["mode", 40, 8],
  ],
  "syscalls:sys_exit_openat": [
    ["__syscall_nr", 8, 4],
    ["ret", 16, 8],
  ],
  "sched:sched_switch": [
    ["prev_comm", 8, 16, "text"],
    ["prev_pid", 24, 4],
    ["prev_prio", 28, 4],
    ["prev_state", 32, 8],
    ["next_comm", 40, 16, "text"],
    ["next_pid", 56, 4],
    ["next_prio", 60, 4],
  ],
};

const viewOf = (name: string, fields: readonly Field[]): EventFormatView => ({
  name,
  size: Math.max(...fields.map(([, off, size]) => off + size)),
  fields: fields.map(([field, off, size, text]) => ({ name: field, off, size, text: text === "text" })),
});

/** []: no fields are known for the bytes of this context. */
export function eventFormats(progType: string): EventFormatView[] {
  const type = progTypeByName(progType);
  if (type?.name === "tracepoint")
    return Object.entries(RECORDS).map(([name, fields]) => viewOf(name, [...COMMON, ...fields]));
  const struct = type && uapiStruct(type.ctxStruct);
  if (!struct) return [];
  const fields: Field[] = [];
  let end = 0;
  for (const { name, off, size } of struct.fields) {
    // Of members that share bytes, only the first is listed. Members that are not single numbers are left out.
    if (off < end || ![1, 2, 4, 8].includes(size)) continue;
    fields.push([name, off, size]);
    end = off + size;
  }
  return fields.length > 0 ? [{ ...viewOf(struct.name, fields), size: struct.size }] : [];
}
