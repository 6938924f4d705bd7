#!/usr/bin/env python3
"""Records ../recordings/map-create.jsonl: the running kernel's answers to BPF_MAP_CREATE, with sizes and flags at the limits
of each map type's rules. Needs root. One row per call: type, key_size, value_size, max_entries, flags, errno; with `typed`: created
with BTF types of key and value; with `extra`: map_extra."""
import json
import os
import pathlib
import random
import struct

import kernel
import make_btf

OUT = pathlib.Path(__file__).resolve().parent.parent / "recordings" / "map-create.jsonl"
TYPES = {n.removeprefix("BPF_MAP_TYPE_").lower(): v for n, v in kernel.Btf().enum("bpf_map_type").items()
         if n.startswith("BPF_MAP_TYPE_") and "DEPRECATED" not in n}
KEYS = [0, 1, 4, 4, 4, 4, 8, 8, 16, 5, 12, 260, 261, 512, 513, 600, 1 << 22]
VALUES = [0, 1, 4, 4, 8, 8, 12, 16, 24, 32, 40, 1016, 1017, 1024, 32768, 32776, 4064, 4072, 1 << 22, (1 << 22) + 1, 1 << 31]
ENTRIES = [0, 0, 1, 1, 1, 2, 4, 16, 4095, 4096, 8192, 12288, 600]
FLAGS = [0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 8, 16, 24, 32, 64, 128, 129, 256, 384, 512] + [1 << i for i in range(10, 21)]
PER_ANSWER = 6  # most rows that are kept for each pair of map type and errno

rng, kept, rows = random.Random(6), {}, []
for _ in range(20000):
    name = rng.choice(list(TYPES))
    key, value, entries, flags = (rng.choice(x) for x in (KEYS, VALUES, ENTRIES, FLAGS))
    if entries * max(value, key, 1) > 1 << 26:
        continue
    fd, errno = kernel.map_create(TYPES[name], key, value, entries, flags)
    if fd >= 0:
        os.close(fd)
    answer = (name, errno)
    if kept.setdefault(answer, 0) < PER_ANSWER:
        kept[answer] += 1
        rows.append(dict(type=name, key_size=key, value_size=value, max_entries=entries, flags=flags, errno=errno))


def create(name, key, value, entries, flags, typed=False, extra=0):
    btf = make_btf.map_value(value, {}, key) if typed else (0, 0, 0)
    fd, errno = kernel.map_create(TYPES[name], key, value, entries, flags, extra=bytes(24) + struct.pack("<IIIIQ", *btf, 0, extra))
    for one in {fd, btf[0]} - {-1, 0}:
        os.close(one)
    rows.append(dict(type=name, key_size=key, value_size=value, max_entries=entries, flags=flags, errno=errno)
                | (dict(typed=True) if typed else {}) | (dict(extra=extra) if extra else {}))


for name in "sk_storage", "inode_storage", "task_storage", "cgrp_storage":
    for given in ((4, 8, 0, 1), (4, 8, 0, 513), (4, 8, 0, 0), (4, 8, 1, 1), (8, 8, 0, 1), (4, 8, 0, 9),
                  (4, 65407, 0, 1), (4, 65408, 0, 1)):
        create(name, *given, typed=True)
    create(name, 4, 8, 0, 1)
for name, value in ("cgroup_storage", 65407), ("cgroup_storage", 65408), ("percpu_cgroup_storage", 32768), ("percpu_cgroup_storage", 32769):
    create(name, 16, value, 0, 0)
for entries, flags, extra in ((1, 1024, 0), (100, 1024, 1 << 44), (1, 0, 0), (0, 1024, 0), (1, 1024 | 1 << 17, 0), (1, 1024 | 1 << 18, 0),
                              (1, 1025, 0), (1, 1024, 4095), (1 << 20, 1024, 0), ((1 << 20) + 1, 1024, 0), (2, 1024, (1 << 32) - 4096)):
    create("arena", 0, 0, entries, flags, extra=extra)
create("arena", 4, 0, 1, 1024)
for name, key, extra in ("bloom_filter", 0, 3), ("bloom_filter", 0, 15), ("bloom_filter", 0, 16), ("array", 4, 1), ("hash", 4, 5):
    create(name, key, 8, 4, 0, extra=extra)
rows.sort(key=lambda r: (TYPES[r["type"]], r["errno"]))
OUT.write_text("".join(json.dumps(r, separators=(",", ":")) + "\n" for r in rows))
print(len(rows), "rows")
