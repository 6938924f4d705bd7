"""Runs programs on the running kernel with BPF_PROG_TEST_RUN. It reads programs as JSON lines from standard input and writes the
same lines with the results to standard output.

    npx tsx engine/conformance/record/helper-programs.ts | python3 engine/conformance/record/record_runs.py \\
        > engine/conformance/recordings/helpers.jsonl

in   {"id", "prog_type": "sched_cls"|"xdp"|…, "insns": hex, "data_in": hex, "text"?: hex of a frozen read-only array's value,
      "text_slots"?: slots of the LD_IMM64 that load its value,
      "map"?: {"type", "key_size", "value_size", "max_entries", "flags"?, "fields"?: {"bpf_timer": offset in the value},
               "entries"?: {u32 key: hex value}, "dump"?: true}, "map_slots"?: slots of the LD_IMM64 that load the map}
out  the same with {"errno", "retval", "data_out"} (no data_out if the type does not see the whole packet) and, if a dump was
     asked for, "map_out": [[hex key, hex value], ...] by ascending key, or the values of a queue or stack in the order in which
     they are popped; programs that the verifier refuses are left out, with a message"""
import ctypes
import json
import os
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "facts" / "record"))
import kernel
import make_btf

PROG_TYPES = dict(socket_filter=1, sched_cls=3, sched_act=4, xdp=6, cgroup_skb=8, lwt_in=10, lwt_out=11, lwt_xmit=12)
# Programs of the other types do not see the Ethernet header. It is returned as zeros.
SEE_ALL = ("sched_cls", "sched_act", "xdp")
MAP_FREEZE, RDONLY_PROG = 22, 1 << 7


def text_map(text):
    fd, errno = kernel.map_create(2, 4, len(text), 1, RDONLY_PROG)
    key, value = ctypes.create_string_buffer(4), ctypes.create_string_buffer(text, len(text))
    kernel.bpf(kernel.MAP_UPDATE, struct.pack("<IIQQQ", fd, 0, ctypes.addressof(key), ctypes.addressof(value), 0))
    kernel.bpf(MAP_FREEZE, struct.pack("<I", fd))
    return fd


TYPES = {n.removeprefix("BPF_MAP_TYPE_").lower(): v for n, v in kernel.Btf().enum("bpf_map_type").items()}
LOOKUP, UPDATE, NEXT_KEY, LOOKUP_AND_DELETE = 1, 2, 4, 21


def make_map(m):
    """-> (fd of the map, descriptors to close)"""
    extra, opened = b"", []
    if m.get("fields"):
        btf, key, value = make_btf.map_value(m["value_size"], m["fields"], m["key_size"])
        opened.append(btf)
        extra = bytes(24) + struct.pack("<III", btf, key, value)
    fd, errno = kernel.map_create(TYPES[m["type"]], m["key_size"], m["value_size"], m["max_entries"], m.get("flags", 0), 0, extra)
    if fd < 0:
        raise OSError(errno, m["type"])
    for key, value in m.get("entries", {}).items():
        r, errno, _ = element(UPDATE, fd, struct.pack("<I", int(key)), bytes.fromhex(value))
        if r < 0:
            raise OSError(errno, m["type"])
    return fd, [fd, *opened]


def element(cmd, fd, key, value):
    """-> (result, errno, value after the call)"""
    k, v = ctypes.create_string_buffer(key or b"\0", max(1, len(key))), ctypes.create_string_buffer(value, max(1, len(value)))
    r, errno, _ = kernel.bpf(cmd, struct.pack("<IIQQQ", fd, 0, ctypes.addressof(k) if key else 0, ctypes.addressof(v), 0))
    return r, errno, v.raw


def dump(fd, m):
    rows, key = [], b""
    if m["key_size"] == 0:
        while (got := element(LOOKUP_AND_DELETE, fd, b"", bytes(m["value_size"])))[0] == 0:
            rows.append(["", got[2].hex()])
        return rows
    while (got := element(NEXT_KEY, fd, key, bytes(m["key_size"])))[0] == 0:
        key = got[2]
        r, _, value = element(LOOKUP, fd, key, bytes(m["value_size"]))
        if r == 0:
            rows.append([key.hex(), value.hex()])
    return sorted(rows)


def function_info(insns):
    """BTF of the functions whose address a program loads: (descriptor or 0, func_info)"""
    starts = {0}
    for at in range(0, len(insns), 8):
        code, regs, _, imm = struct.unpack_from("<BBhi", insns, at)
        if (code, regs >> 4) == (0x18, 4):
            starts.add(at // 8 + imm + 1)
    return make_btf.functions(sorted(starts))[:2] if len(starts) > 1 else (0, b"")


def run(fd, data):
    given, out = ctypes.create_string_buffer(data, len(data)), ctypes.create_string_buffer(65536)
    attr = struct.pack("<IIIIQQII", fd, 0, len(data), len(out), ctypes.addressof(given), ctypes.addressof(out), 1, 0)
    _, errno, after = kernel.bpf(kernel.TEST_RUN, attr)
    retval, size = struct.unpack_from("<I", after, 4)[0], struct.unpack_from("<I", after, 12)[0]
    return dict(errno=errno, retval=retval, data_out=out.raw[:size].hex() if errno == 0 else "")


refused = 0
for line in sys.stdin:
    row = json.loads(line)
    insns = bytearray.fromhex(row["insns"])
    text = text_map(bytes.fromhex(row["text"])) if "text" in row else -1
    for slot in row.get("text_slots", []):
        struct.pack_into("<i", insns, slot * 8 + 4, text)
    made, opened = make_map(row["map"]) if "map" in row else (-1, [])
    for slot in row.get("map_slots", []):
        struct.pack_into("<i", insns, slot * 8 + 4, made)
    btf, info = function_info(insns)
    opened += [btf] if btf else []
    fd, errno, log = kernel.load(bytes(insns), PROG_TYPES[row["prog_type"]], btf_fd=btf, func_info=info)
    if fd < 0:
        refused += 1
        if refused < 4:
            print(row["id"], errno, log[-600:], file=sys.stderr)
    else:
        row.update(run(fd, bytes.fromhex(row["data_in"])))
        if row["prog_type"] not in SEE_ALL:
            del row["data_out"]
        if row.get("map", {}).get("dump"):
            row["map_out"] = dump(made, row["map"])
        print(json.dumps(row, separators=(",", ":")))
        os.close(fd)
    for one in opened + ([text] if text >= 0 else []):
        os.close(one)
print(f"{refused} refused", file=sys.stderr)
