#!/usr/bin/env python3
"""Asks the running Linux kernel about programs: JSON lines in, JSON lines out, one answer per line, in order.
Needs root on x86-64 Linux with CONFIG_BPF_SYSCALL. Uses only the standard library. Used for recordings and for differential tests.

in   {"id", "insns": hex, "prog_type"?: "socket_filter", "expected_attach_type"?: 0, "prog_flags"?: 0, "log_level"?: 2, "log_size"?: bytes, at most 1 MiB, "license"?: "GPL",
      "maps"?: [{"name", "type", "key_size", "value_size", "max_entries", "flags"?, "init"?: {decimal u32 key: hex value},
                 "fields"?: {"bpf_spin_lock" | "bpf_timer": offset in the value}, "frozen"?: true, "named"?: true}],
      "func_info"?: true: BTF names each function of the program, all of them static and without parameters,
      "functions"?: [in the form of make_btf.functions()], "context"?: name of the struct that their "ctx" points to,
      "lines"?: source lines in the form of make_btf.functions(),
      "map_refs"?: {slot: map name}, "runs"?: [{"data_in": hex}]}
out  {"id", "verdict": "accept" | "reject", "errno", "log", "runs": [{"errno"} or {"errno": 0, "retval", "data_out"}]}
     with "call": "map-create" or "map-update" and "map": name if a map was refused; the program was then not loaded;
     or {"id", "error": sentence}
"""
import ctypes
import json
import os
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "facts" / "record"))
import kernel  # noqa: E402
import make_btf  # noqa: E402

TYPES = kernel.Btf()
PROG_TYPES = {n.removeprefix("BPF_PROG_TYPE_").lower(): v for n, v in TYPES.enum("bpf_prog_type").items()}
NO_TYPE = 1000
MAP_TYPES = {n.removeprefix("BPF_MAP_TYPE_").lower(): v for n, v in TYPES.enum("bpf_map_type").items()}


class Refused(Exception):
    """The kernel refused a call for a map."""

    def __init__(self, call, m, errno):
        super().__init__(call)
        self.answer = dict(verdict="reject", errno=errno, log="", runs=[], call=call, map=m.get("name"))


def make_map(m, fds):
    inner = make_map(m["inner"], fds) if m.get("inner") else 0
    # numa_node, map_name, map_ifindex, btf_fd, key and value types
    name = struct.pack("<I16s", 0, m["name"].encode() if m.get("named") else b"")
    extra = name
    if m.get("fields"):
        btf, key, value = make_btf.map_value(m["value_size"], m["fields"], m["key_size"])
        fds.append(btf)
        extra = name + struct.pack("<IIII", 0, btf, key, value)
    fd, errno = kernel.map_create(MAP_TYPES.get(m["type"], NO_TYPE), m["key_size"], m["value_size"], m["max_entries"], m.get("flags") or 0, inner, extra)
    if fd < 0:
        raise Refused("map-create", m, errno)
    fds.append(fd)
    for key, value in (m.get("init") or {}).items():
        # The kernel reads the full size of the key and of the value, the value once for each CPU.
        k = ctypes.create_string_buffer(struct.pack("<I", int(key)), max(4, m["key_size"]))
        v = ctypes.create_string_buffer(bytes.fromhex(value), (m["value_size"] + 7) * (os.cpu_count() or 1) + len(value))
        r, errno, _ = kernel.bpf(kernel.MAP_UPDATE, struct.pack("<IIQQQ", fd, 0, ctypes.addressof(k), ctypes.addressof(v), 0))
        if r < 0:
            raise Refused("map-update", m, errno)
    if m.get("frozen"):
        kernel.bpf(kernel.MAP_FREEZE, struct.pack("<I", fd))
    return fd


def test_run(fd, data):
    """BPF_PROG_TEST_RUN: one run with these bytes."""
    d = ctypes.create_string_buffer(data, max(1, len(data)))
    out = ctypes.create_string_buffer(len(data) + 1024)
    attr = struct.pack("<IIIIQQIIIIQQ", fd, 0, len(data), len(out), ctypes.addressof(d), ctypes.addressof(out), 1, 0, 0, 0, 0, 0)
    r, errno, attr = kernel.bpf(kernel.TEST_RUN, attr)
    if r < 0:
        return dict(errno=errno)
    retval, _, size = struct.unpack_from("<III", attr, 4)
    return dict(errno=0, retval=retval, data_out=out.raw[:size].hex())


def function_starts(insns):
    """First slots of the main function, and of the functions that the program calls or whose address it loads."""
    starts = {0}
    for at in range(0, len(insns), 8):
        code, regs, _, imm = struct.unpack_from("<BBhi", insns, at)
        if (code, regs >> 4) in ((0x85, 1), (0x18, 4)):
            starts.add(at // 8 + imm + 1)
    return sorted(at for at in starts if 0 <= at < len(insns) // 8)


def ask(p):
    insns, fds, by_name = bytearray.fromhex(p["insns"]), [], {}
    try:
        for m in p.get("maps") or []:
            by_name[m["name"]] = make_map(m, fds)
        for slot, name in (p.get("map_refs") or {}).items():
            struct.pack_into("<i", insns, int(slot) * 8 + 4, by_name[name])
        btf, func_info, line_info = (
            make_btf.functions(function_starts(insns), p.get("functions") or (), p.get("context") or "", p.get("lines") or ())
            if p.get("func_info") else (0, b"", b""))
        if btf:
            fds.append(btf)
        fd, errno, log = kernel.load(bytes(insns), PROG_TYPES.get(p.get("prog_type", "socket_filter"), NO_TYPE), p.get("expected_attach_type", 0),
                                     p.get("prog_flags", 0), p.get("log_level", 2), license=p.get("license", "GPL").encode(), btf_fd=btf, func_info=func_info, line_info=line_info,
                                     log_size=p.get("log_size"))
        runs = []
        if fd >= 0:
            fds.append(fd)
            runs = [test_run(fd, bytes.fromhex(r.get("data_in", ""))) for r in p.get("runs") or []]
        return dict(id=p.get("id"), verdict="accept" if fd >= 0 else "reject", errno=errno, log=log, runs=runs)
    except Refused as refused:
        return dict(id=p.get("id"), **refused.answer)
    except (KeyError, ValueError) as e:
        return dict(id=p.get("id"), error=f"{type(e).__name__}: {e}")
    finally:
        for fd in fds:
            os.close(fd)


if __name__ == "__main__":
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(ask(json.loads(line)), separators=(",", ":")), flush=True)
