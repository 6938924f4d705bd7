"""Records the answers of bpf(2) to sequences of map operations: one JSON line for each map, on standard output.

    python3 engine/conformance/record/record_maps.py > engine/conformance/recordings/maps.jsonl

Needs root on x86-64 Linux. The sequences are random with a fixed seed. Hash tables have BPF_F_ZERO_SEED, so that the order of keys
is always the same. An operation is [name, key, value, flags, errno, returned value]."""
import ctypes
import json
import os
import pathlib
import random
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "facts" / "record"))
import kernel

TYPES = dict(hash=1, array=2, percpu_hash=5, percpu_array=6, lru_hash=9, lpm_trie=11, queue=22, stack=23, bloom_filter=30)
LOOKUP, UPDATE, DELETE, NEXT, LOOKUP_AND_DELETE = 1, 2, 3, 4, 21
ZERO_SEED, NO_PREALLOC = 1 << 6, 1
CPUS = os.cpu_count()

#       type, key bytes, value bytes, entries, flags, number of different keys
MAPS = [
    ("array", 4, 8, 4, 0, 6),
    ("array", 4, 5, 3, 0, 4),
    ("hash", 4, 8, 4, ZERO_SEED, 7),
    ("hash", 4, 8, 8, ZERO_SEED | NO_PREALLOC, 12),
    ("hash", 6, 3, 5, ZERO_SEED, 8),
    ("hash", 20, 16, 16, ZERO_SEED, 24),
    ("percpu_hash", 4, 8, 4, ZERO_SEED, 7),
    ("percpu_hash", 8, 12, 4, ZERO_SEED, 7),
    ("percpu_array", 4, 8, 4, 0, 6),
    ("percpu_array", 4, 3, 2, 0, 3),
    ("lru_hash", 4, 8, 64, ZERO_SEED, 24),
    ("lpm_trie", 8, 8, 6, NO_PREALLOC, 9),
    ("lpm_trie", 6, 4, 64, NO_PREALLOC, 40),
    ("queue", 0, 8, 3, 0, 0),
    ("stack", 0, 8, 3, 0, 0),
    ("bloom_filter", 0, 4, 16, ZERO_SEED, 0),
]


def operate(cmd, fd, key, value, flags):
    """-> (errno, content of the value buffer after the call)"""
    kbuf = ctypes.create_string_buffer(key, len(key)) if key else None
    vbuf = ctypes.create_string_buffer(value, max(1, len(value)))
    attr = struct.pack("<IIQQQ", fd, 0, ctypes.addressof(kbuf) if kbuf else 0,
                       0 if cmd == DELETE else ctypes.addressof(vbuf), flags)
    _, errno, _ = kernel.bpf(cmd, attr)
    return errno, vbuf.raw[:len(value)]


def record(rng, type_, key_size, value_size, entries, flags, keys):
    fd, errno = kernel.map_create(TYPES[type_], key_size, value_size, entries, flags)
    if fd < 0:
        raise OSError(errno, type_)
    user_size = (value_size + 7) // 8 * 8 * CPUS if type_.startswith("percpu") else value_size
    pool = [rng.randbytes(key_size) if key_size != 4 else struct.pack("<I", i) for i in range(keys)]
    if type_ == "lpm_trie":
        bits = (key_size - 4) * 8
        # Few different addresses and many lengths (one is too long), so that some prefixes contain others.
        pool = [struct.pack("<I", min(bits + 1, rng.randrange(bits + 8))) + bytes([192, rng.randrange(4)])[:key_size - 4]
                + rng.randbytes(key_size - 6) for _ in range(keys)]
    queue = key_size == 0
    ops = []
    for _ in range(160):
        name, cmd = rng.choice([("lookup", LOOKUP), ("update", UPDATE), ("update", UPDATE), ("delete", DELETE),
                                ("next", NEXT), ("lookup_and_delete", LOOKUP_AND_DELETE)])
        if name == "lookup_and_delete" and type_ == "bloom_filter":
            continue
        key = b"" if queue else rng.choice(pool)
        if name == "next" and rng.random() < 0.3:
            key = b""
        op_flags = rng.choice([0, 0, 0, 1, 2, 3, 4]) if name == "update" else 0
        value = rng.randbytes(user_size) if name == "update" else bytes(key_size if name == "next" else user_size)
        if type_ == "bloom_filter":
            value = bytes([rng.randrange(24), 0, 0, 0])
        elif type_ == "percpu_array" or type_ == "percpu_hash":
            # The padding between the values of two CPUs is zero.
            pad = (value_size + 7) // 8 * 8
            value = b"".join(value[i * pad:i * pad + value_size].ljust(pad, b"\0") for i in range(CPUS)) if len(value) == user_size else value
        errno, out = operate(cmd, fd, key, value, op_flags)
        row = [name, key.hex(), value.hex() if name == "update" or type_ == "bloom_filter" else "", op_flags, errno]
        if name != "update" and name != "delete" and errno == 0 and type_ != "bloom_filter":
            row.append(out.hex())
        ops.append(row)
    os.close(fd)
    return dict(type=type_, key_size=key_size, value_size=value_size, max_entries=entries, flags=flags, cpus=CPUS, ops=ops)


rng = random.Random(6180)
for row in MAPS:
    print(json.dumps(record(rng, *row), separators=(",", ":")))
