#!/usr/bin/env python3
"""Writes ../recorded/map-structs.ts: at which offsets of the kernel's own map structures a load reads a plain number. Read from
the BTF of the running kernel (/sys/kernel/btf/vmlinux)."""
import pathlib
import kernel

STRUCTS = """bpf_array bpf_htab bpf_stack_map lpm_trie bpf_dtab bpf_stab bpf_shtab bpf_cpu_map xsk_map bpf_cgroup_storage_map
reuseport_array bpf_queue_stack bpf_local_storage_map bpf_struct_ops_map bpf_ringbuf_map bpf_bloom_filter bpf_arena""".split()
btf = kernel.Btf()


def size_of(type_):
    t = btf.strip(type_)
    if t["kind"] == "array":
        return t["count"] * size_of(t["type"])
    return 8 if t["kind"] == "ptr" else t["size"]


def walk(t, off, base=0):
    """-> the end of the member that holds byte `off`, or None if that is not a number. Searches as the verifier does.
    @kernel btf.c btf_struct_walk"""
    for _, type_, bit, bits in t["members"]:
        at, member = bit // 8, btf.strip(type_)
        size = size_of(type_)
        if bits or off < at:
            return None
        if size == 0 or off >= at + size:
            continue
        end, inside = at + size, off - at
        while member["kind"] == "array":
            each = size_of(member["type"])
            inside %= each
            member = btf.strip(member["type"])
        start = off - inside
        if member["kind"] in ("struct", "union"):
            return walk(member, inside, base + start)
        return None if member["kind"] == "ptr" else base + end
    return None


lines = []
for name in STRUCTS:
    if ("struct", name) not in btf.named:
        continue
    t, rows = btf.get("struct", name), []
    for off in range(t["size"]):
        end = walk(t, off)
        if end is None:
            continue
        if rows and rows[-1][1] == off and rows[-1][2] == end:
            rows[-1][1] = off + 1
        else:
            rows.append([off, off + 1, end])
    lines.append(f"  {name}: [{', '.join(f'[{a}, {b}, {e}]' for a, b, e in rows)}],\n")
out = pathlib.Path(__file__).resolve().parent.parent / "recorded" / "map-structs.ts"
out.write_text(
    "// Recorded by record/record_map_structs.py from the BTF of Linux 6.18. Do not edit.\n\n"
    "/** struct → [first, end, memberEnd]: a load that begins in [first, end) finds a number, up to memberEnd. */\n"
    "export const mapStructs: Readonly<Record<string, readonly (readonly [number, number, number])[]>> = {\n"
    + "".join(lines) + "};\n")
