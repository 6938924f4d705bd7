#!/usr/bin/env python3
"""Records ../recordings/map-create.jsonl: the running kernel's answers to BPF_MAP_CREATE, with sizes and flags at the limits
of each map type's rules. Needs root. One row per call: type, key_size, value_size, max_entries, flags, errno."""
import json
import os
import pathlib
import random

import kernel

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
rows.sort(key=lambda r: (TYPES[r["type"]], r["errno"]))
OUT.write_text("".join(json.dumps(r, separators=(",", ":")) + "\n" for r in rows))
print(len(rows), "rows")
