"""Runs programs on the running kernel with BPF_PROG_TEST_RUN: programs as JSON lines on standard input, the same lines
with what came out on standard output.

    npx tsx engine/conformance/record/helper-programs.ts | python3 engine/conformance/record/record_runs.py \\
        > engine/conformance/recordings/helpers.jsonl

in   {"id", "prog_type": "sched_cls"|"xdp"|…, "insns": hex, "data_in": hex, "text"?: hex of a frozen read-only array's value,
      "text_slots"?: slots of the LD_IMM64 that load its value}
out  the same with {"errno", "retval", "data_out"} (no data_out where a type does not see the whole packet); programs that the verifier refuses are left out, and said so"""
import ctypes
import json
import os
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "facts" / "record"))
import kernel

PROG_TYPES = dict(socket_filter=1, sched_cls=3, sched_act=4, xdp=6, cgroup_skb=8, lwt_in=10, lwt_out=11, lwt_xmit=12)
# Programs of the other types do not see the Ethernet header, which comes back as zeros.
SEE_ALL = ("sched_cls", "sched_act", "xdp")
MAP_FREEZE, RDONLY_PROG = 22, 1 << 7


def text_map(text):
    fd, errno = kernel.map_create(2, 4, len(text), 1, RDONLY_PROG)
    key, value = ctypes.create_string_buffer(4), ctypes.create_string_buffer(text, len(text))
    kernel.bpf(kernel.MAP_UPDATE, struct.pack("<IIQQQ", fd, 0, ctypes.addressof(key), ctypes.addressof(value), 0))
    kernel.bpf(MAP_FREEZE, struct.pack("<I", fd))
    return fd


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
    fd, errno, log = kernel.load(bytes(insns), PROG_TYPES[row["prog_type"]])
    if fd < 0:
        refused += 1
        if refused < 4:
            print(row["id"], errno, log[-600:], file=sys.stderr)
    else:
        row.update(run(fd, bytes.fromhex(row["data_in"])))
        if row["prog_type"] not in SEE_ALL:
            del row["data_out"]
        print(json.dumps(row, separators=(",", ":")))
        os.close(fd)
    if text >= 0:
        os.close(text)
print(f"{refused} refused", file=sys.stderr)
