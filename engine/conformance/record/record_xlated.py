#!/usr/bin/env python3
"""The programs that the running Linux kernel made of given ones before it ran them. JSON lines in, in the form of ask.py, and JSON lines
out. Needs root on x86-64 Linux with CONFIG_BPF_SYSCALL. Uses only the standard library.

out  the row with "xlated": hex of the instructions that BPF_OBJ_GET_INFO_BY_FD returns, with map ids replaced by the maps'
     numbers in "maps", from 0 on; "calls": {slot: name of the kernel function that a helper call leads to}; "memlock"
"""
import ctypes
import json
import os
import struct
import sys

import ask
from ask import kernel, make_btf

GET_INFO_BY_FD = 15
BY_NAME, BY_ADDRESS = kernel.symbols()
CALL_BASE = BY_NAME["__bpf_call_base"]


def info(fd, size, fill):
    """-> struct bpf_prog_info or bpf_map_info as bytes; `fill` says what is wanted"""
    buf = ctypes.create_string_buffer(fill, size)
    r, errno, _ = kernel.bpf(GET_INFO_BY_FD, struct.pack("<IIQ", fd, size, ctypes.addressof(buf)))
    if r < 0:
        raise OSError(errno, "info")
    return buf.raw


def xlated(fd):
    size = struct.unpack_from("<I", info(fd, 232, b""), 20)[0]
    insns = ctypes.create_string_buffer(size)
    info(fd, 232, bytes(20) + struct.pack("<IQQ", size, 0, ctypes.addressof(insns)))
    return bytearray(insns.raw)


def record(p):
    insns, fds, ids, by_name = bytearray.fromhex(p["insns"]), [], [], {}
    try:
        for m in p.get("maps") or []:
            by_name[m["name"]] = ask.make_map(m, fds)
            ids.append(struct.unpack_from("<I", info(by_name[m["name"]], 80, b""), 4)[0])
        for slot, name in (p.get("map_refs") or {}).items():
            struct.pack_into("<i", insns, int(slot) * 8 + 4, by_name[name])
        btf, func_info, _ = make_btf.functions(ask.function_starts(insns)) if p.get("func_info") else (0, b"", b"")
        if btf:
            fds.append(btf)
        fd, errno, log = kernel.load(bytes(insns), ask.PROG_TYPES[p.get("prog_type", "socket_filter")],
                                     p.get("expected_attach_type", 0), p.get("prog_flags", 0), 1, btf_fd=btf, func_info=func_info)
        if fd < 0:
            return dict(p, errno=errno, log=log[-300:])
        fds.append(fd)
        out, calls = xlated(fd), {}
        for slot in range(len(out) // 8):
            code, regs, off, imm = struct.unpack_from("<BBhi", out, slot * 8)
            if code == 0x18 and regs >> 4 in (1, 2):
                struct.pack_into("<i", out, slot * 8 + 4, ids.index(imm))
            elif code == 0x85 and regs >> 4 == 0:
                calls[slot] = BY_ADDRESS.get(CALL_BASE + imm, ["?"])[0]
                struct.pack_into("<i", out, slot * 8 + 4, 0)
        memlock = next(int(line.split()[1]) for line in open(f"/proc/self/fdinfo/{fd}") if line.startswith("memlock"))
        return dict(p, xlated=out.hex(), calls=calls, memlock=memlock)
    finally:
        for fd in fds:
            os.close(fd)


if __name__ == "__main__":
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(record(json.loads(line)), separators=(",", ":")), flush=True)
