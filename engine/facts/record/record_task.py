#!/usr/bin/env python3
"""Writes ../recorded/task.ts: the offsets of those fields of struct task_struct that a simulated task has. Read from the BTF of
the running kernel (/sys/kernel/btf/vmlinux)."""
import pathlib
import kernel

FIELDS = ("pid", "tgid", "comm")
btf = kernel.Btf()
size = btf.get("struct", "task_struct")["size"]
rows = "".join(f"  {name}: {btf.offset('task_struct', name)},\n" for name in FIELDS)
out = pathlib.Path(__file__).resolve().parent.parent / "recorded" / "task.ts"
out.write_text(
    "// Recorded by record/record_task.py from the BTF of Linux 6.18. Do not edit.\n\n"
    "/** struct task_struct: its size, and offsets of fields. */\n"
    f"export const taskStruct = {{\n  size: {size},\n{rows}}} as const;\n")
