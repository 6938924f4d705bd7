// Recorded by record/record_task.py from the BTF of Linux 6.18. Do not edit.

/** struct task_struct: its size, and offsets of fields. */
export const taskStruct = {
  size: 3264,
  pid: 1264,
  tgid: 1268,
  comm: 1752,
} as const;
