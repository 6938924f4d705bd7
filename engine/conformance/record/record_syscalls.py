#!/usr/bin/env python3
"""Records ../recordings/syscalls.jsonl: the running kernel's answers to bpf(2), call after call of one process.

Each row is one call, with names instead of descriptors, and its result. Nothing is attached anywhere: all attaches in this file
fail. Needs root on x86-64 Linux with CONFIG_BPF_SYSCALL. Uses only the standard library."""
import ctypes
import json
import os
import pathlib
import struct

import ask

kernel = ask.kernel
OUT = pathlib.Path(__file__).resolve().parents[1] / "recordings" / "syscalls.jsonl"
CMD = ask.TYPES.enum("bpf_cmd")
ATTACH = ask.TYPES.enum("bpf_attach_type")
fds, rows = {"closed": 900, "stdin": 0}, []


def buf(data):
    return ctypes.create_string_buffer(bytes(data), max(1, len(data)))


def at(key_buffer, key):
    """Address of a key. 0 for a map without keys."""
    return ctypes.addressof(key_buffer) if key else 0


def call(cmd, attr):
    r, errno, out = kernel.bpf(CMD["BPF_" + cmd], attr)
    return r, errno, out


def row(op, r, errno, **fields):
    rows.append(dict(op=op, **fields, ret=-1 if r < 0 else (0 if op in ("map_create", "prog_load") else r), errno=errno))


def map_create(name, type_, key, value, entries, flags=0, map_name=""):
    attr = struct.pack("<IIIIII", ask.MAP_TYPES[type_], key, value, entries, flags, 0) + struct.pack("<I16s", 0, map_name.encode())
    r, e, _ = call("MAP_CREATE", attr)
    if r >= 0:
        fds[name] = r
    row("map_create", r, e, name=name, type=type_, key_size=key, value_size=value, max_entries=entries, flags=flags, map_name=map_name)


def update(map_, key, value, flags=0):
    k, v = buf(key), buf(value)
    r, e, _ = call("MAP_UPDATE_ELEM", struct.pack("<IIQQQ", fds[map_], 0, at(k, key), ctypes.addressof(v), flags))
    row("update", r, e, map=map_, key=key.hex(), value=value.hex(), flags=flags)


def lookup(map_, key, size, cmd="MAP_LOOKUP_ELEM", op="lookup"):
    k, v = buf(key), buf(bytes(size))
    r, e, _ = call(cmd, struct.pack("<IIQQQ", fds[map_], 0, at(k, key), ctypes.addressof(v), 0))
    row(op, r, e, map=map_, key=key.hex(), **({"value": v.raw[:size].hex()} if r >= 0 else {}))


def delete(map_, key):
    k = buf(key)
    r, e, _ = call("MAP_DELETE_ELEM", struct.pack("<IIQ", fds[map_], 0, at(k, key)))
    row("delete", r, e, map=map_, key=key.hex())


def next_key(map_, key, size):
    k, n = buf(key or b""), buf(bytes(size))
    r, e, _ = call("MAP_GET_NEXT_KEY", struct.pack("<IIQQ", fds[map_], 0, at(k, key), ctypes.addressof(n)))
    row("next_key", r, e, map=map_, key=None if key is None else key.hex(), **({"next": n.raw[:size].hex()} if r >= 0 else {}))


def load(name, prog_type, insns, expected=0, flags=0, prog_name="", license="GPL", maps={}):
    """`maps`: {slot: map name}. The map's descriptor is put into the imm of the slot."""
    code = bytearray(insns)
    for slot, m in maps.items():
        struct.pack_into("<i", code, slot * 8 + 4, fds[m])
    ib, lic = buf(code), ctypes.create_string_buffer(license.encode())
    number = ask.PROG_TYPES[prog_type] if isinstance(prog_type, str) else prog_type
    attr = struct.pack("<IIQQIIQII", number, len(code) // 8, ctypes.addressof(ib), ctypes.addressof(lic), 0, 0, 0, 0, flags)
    attr += struct.pack("<16sII", prog_name.encode(), 0, expected)
    r, e, _ = call("PROG_LOAD", attr)
    if r >= 0:
        fds[name] = r
    row("prog_load", r, e, name=name, prog_type=number, insns=bytes(insns).hex(), expected_attach_type=expected, prog_flags=flags,
        prog_name=prog_name, license=license, maps={str(s): m for s, m in maps.items()})


def attach(prog, attach_type, flags=0, target="none"):
    number = ATTACH[attach_type] if isinstance(attach_type, str) else attach_type
    r, e, _ = call("PROG_ATTACH", struct.pack("<IIII", fds.get(target, 0), fds[prog], number, flags))
    if r >= 0:
        raise SystemExit(f"{prog} was attached as {attach_type}: nothing may be")
    row("attach", r, e, prog=prog, attach_type=number, flags=flags)


def detach(attach_type, prog=None):
    number = ATTACH[attach_type] if isinstance(attach_type, str) else attach_type
    r, e, _ = call("PROG_DETACH", struct.pack("<IIII", 0, fds[prog] if prog else 0, number, 0))
    row("detach", r, e, attach_type=number, prog=prog)


def test_run(prog, data):
    d = buf(data)
    r, e, out = call("PROG_TEST_RUN", struct.pack("<IIIIQQIIIIQQ", fds[prog], 0, len(data), 0, ctypes.addressof(d), 0, 1, 0, 0, 0, 0, 0))
    row("test_run", r, e, prog=prog, data_in=data.hex(), **({"retval": struct.unpack_from("<I", out, 4)[0]} if r >= 0 else {}))


def close(name):
    try:
        os.close(fds[name])
        errno = 0
    except OSError as error:
        errno = error.errno
    row("close", -1 if errno else 0, errno, name=name)


def u32(n): return struct.pack("<I", n)
def u64(n): return struct.pack("<Q", n)


i = kernel.insn
EXIT = i(0x95)
RETURN_1 = i(0xb7, imm=1) + EXIT
ANY, NOEXIST, EXIST = 0, 1, 2

# Which maps may be created.
for args in [("array", 4, 8, 3), ("array", 8, 8, 3), ("array", 4, 0, 3), ("array", 4, 8, 0), ("array", 4, 8, 3, 1), ("hash", 4, 8, 2), ("hash", 0, 8, 2),
             ("hash", 4, 0, 2), ("hash", 4, 8, 0), ("hash", 600, 8, 2), ("hash", 4, 8, 2, 1), ("hash", 4, 8, 2, 1 << 20), ("percpu_array", 4, 8, 1),
             ("percpu_hash", 4, 8, 1), ("lru_hash", 4, 8, 4), ("lru_hash", 4, 8, 4, 1), ("queue", 0, 4, 2), ("queue", 4, 4, 2), ("stack", 0, 4, 2),
             ("lpm_trie", 8, 4, 4), ("lpm_trie", 8, 4, 4, 1), ("lpm_trie", 4, 4, 4, 1), ("ringbuf", 0, 0, 4096), ("ringbuf", 0, 0, 4095), ("ringbuf", 4, 0, 4096),
             ("bloom_filter", 0, 4, 8), ("bloom_filter", 4, 4, 8), ("prog_array", 4, 4, 2), ("prog_array", 4, 8, 2), ("perf_event_array", 4, 4, 2),
             ("stack_trace", 4, 16, 2), ("stack_trace", 4, 12, 2), ("array_of_maps", 4, 4, 1), ("unspec", 4, 4, 1)]:
    map_create("_".join(map(str, args)), *args)
map_create("named", "array", 4, 8, 3, 0, "a_name.of_15chr")
map_create("misnamed", "array", 4, 8, 3, 0, "no-good")

# Elements.
a, h, l = "array_4_8_3", "hash_4_8_2", "lru_hash_4_8_4"
lookup(a, u32(0), 8); lookup(a, u32(3), 8)
update(a, u32(1), u64(7)); lookup(a, u32(1), 8); update(a, u32(3), u64(7)); update(a, u32(1), u64(7), NOEXIST); update(a, u32(1), u64(8), EXIST)
update(a, u32(1), u64(7), 3); update(a, u32(1), u64(7), 4); delete(a, u32(1)); delete(a, u32(9))
next_key(a, None, 4); next_key(a, u32(0), 4); next_key(a, u32(2), 4); next_key(a, u32(77), 4)
lookup(h, u32(1), 8); update(h, u32(1), u64(10), EXIST); update(h, u32(1), u64(10), NOEXIST); update(h, u32(1), u64(11), NOEXIST); update(h, u32(1), u64(12))
lookup(h, u32(1), 8); update(h, u32(2), u64(20)); update(h, u32(3), u64(30)); update(h, u32(2), u64(21), EXIST); update(h, u32(2), u64(1), 3)
delete(h, u32(3)); delete(h, u32(1)); next_key(h, None, 4); next_key(h, u32(2), 4); delete(h, u32(2)); next_key(h, None, 4)
lookup(h, u32(2), 8, "MAP_LOOKUP_AND_DELETE_ELEM", "lookup_and_delete"); update(h, u32(5), u64(55))
lookup(h, u32(5), 8, "MAP_LOOKUP_AND_DELETE_ELEM", "lookup_and_delete"); lookup(h, u32(5), 8)
lookup(a, u32(1), 8, "MAP_LOOKUP_AND_DELETE_ELEM", "lookup_and_delete")
q, s = "queue_0_4_2", "stack_0_4_2"
for m in (q, s):
    lookup(m, b"", 4); update(m, b"", u32(1)); update(m, b"", u32(2)); update(m, b"", u32(3)); update(m, b"", u32(3), EXIST); update(m, b"", u32(3), NOEXIST); lookup(m, b"", 4)
    for _ in range(3):
        lookup(m, b"", 4, "MAP_LOOKUP_AND_DELETE_ELEM", "lookup_and_delete")
    delete(m, b""); next_key(m, None, 4)
t = "lpm_trie_8_4_4_1"
update(t, u32(24) + bytes([10, 0, 0, 0]), u32(1)); update(t, u32(8) + bytes([10, 0, 0, 0]), u32(2)); update(t, u32(33) + bytes([10, 0, 0, 0]), u32(2))
lookup(t, u32(32) + bytes([10, 0, 0, 9]), 4); lookup(t, u32(32) + bytes([10, 9, 0, 9]), 4); lookup(t, u32(32) + bytes([11, 9, 0, 9]), 4)
delete(t, u32(24) + bytes([10, 0, 0, 0])); lookup(t, u32(32) + bytes([10, 0, 0, 9]), 4); delete(t, u32(24) + bytes([10, 0, 0, 0]))
b = "bloom_filter_0_4_8"
lookup(b, b"", 4); delete(b, b""); next_key(b, None, 4)
lookup("ringbuf_0_0_4096", b"", 4); update("ringbuf_0_0_4096", b"", u32(1)); delete("ringbuf_0_0_4096", b""); next_key("ringbuf_0_0_4096", None, 4)
for bad in ("closed", "stdin"):
    lookup(bad, u32(0), 8); update(bad, u32(0), u64(0)); delete(bad, u32(0)); next_key(bad, None, 4)

# Programs.
load("filter", "socket_filter", RETURN_1)
load("x", "socket_filter", b"")
load("x", "unspec", RETURN_1)
load("x", 1000, RETURN_1)
load("x", "socket_filter", RETURN_1, flags=1 << 20)
load("x", "socket_filter", RETURN_1, prog_name="bad-name")
load("x", "socket_filter", RETURN_1, prog_name="sixteen_letters_", )
load("named", "socket_filter", RETURN_1, prog_name="a_name.of_15chr")
load("x", "socket_filter", EXIT)
load("x", "socket_filter", i(0xb7, imm=1))
load("any expected", "socket_filter", RETURN_1, expected=7)
load("skb", "cgroup_skb", RETURN_1)
load("x", "cgroup_skb", RETURN_1, expected=2)
load("sock", "cgroup_sock", RETURN_1)
load("x", "cgroup_sock", RETURN_1, expected=1)
load("x", "cgroup_sock_addr", RETURN_1)
load("bind4", "cgroup_sock_addr", RETURN_1, expected=ATTACH["BPF_CGROUP_INET4_BIND"])
load("x", "cgroup_sockopt", RETURN_1)
load("x", "sk_lookup", RETURN_1)
load("sk_lookup", "sk_lookup", RETURN_1, expected=ATTACH["BPF_SK_LOOKUP"])
load("xdp", "xdp", i(0xb7, imm=2) + EXIT)
load("cls", "sched_cls", RETURN_1)
load("printer", "socket_filter", i(0xbf, 1, 10) + i(0x07, 1, imm=-8) + i(0x7a, 10, 0, -8, 0) + i(0xb7, 2, imm=8) + i(0x85, imm=6) + RETURN_1)
load("x", "socket_filter", i(0xbf, 1, 10) + i(0x07, 1, imm=-8) + i(0x7a, 10, 0, -8, 0) + i(0xb7, 2, imm=8) + i(0x85, imm=6) + RETURN_1, license="Proprietary")
LOOKUP = i(0x62, 10, 0, -4, 1) + i(0xbf, 2, 10) + i(0x07, 2, imm=-4) + i(0x18, 1, 1) + i(0) + i(0x85, imm=1) + i(0x55, 0, off=1) + EXIT + i(0x61, 0, 0, 0) + EXIT
load("reader", "socket_filter", LOOKUP, maps={3: a})
load("x", "socket_filter", LOOKUP, maps={3: "closed"})
load("x", "socket_filter", LOOKUP, maps={3: "stdin"})
load("x", "socket_filter", LOOKUP, maps={3: "filter"})

# Programs in maps.
update("prog_array_4_4_2", u32(0), u32(fds["filter"])); update("prog_array_4_4_2", u32(2), u32(fds["filter"]))
rows[-2]["value"] = rows[-1]["value"] = "filter"
update("prog_array_4_4_2", u32(1), u32(900)); rows[-1]["value"] = "closed"
update("prog_array_4_4_2", u32(1), u32(fds[a])); rows[-1]["value"] = a
delete("prog_array_4_4_2", u32(0)); delete("prog_array_4_4_2", u32(0)); lookup("prog_array_4_4_2", u32(0), 4)

# Attaching to targets that do not exist.
for number in range(0, 60):
    if number != 44:  # this is BPF_STRUCT_OPS here, but BPF_OREORE_ATTACH in the talk's kernel
        attach("filter", number)
        attach("closed", number)
for prog, kind in [("skb", "BPF_CGROUP_INET_INGRESS"), ("skb", "BPF_CGROUP_INET_EGRESS"), ("skb", "BPF_CGROUP_INET_SOCK_CREATE"), ("sock", "BPF_CGROUP_INET_SOCK_CREATE"),
                   ("sock", "BPF_CGROUP_INET_SOCK_RELEASE"), ("bind4", "BPF_CGROUP_INET4_BIND"), ("bind4", "BPF_CGROUP_INET6_BIND"), ("sk_lookup", "BPF_SK_LOOKUP"), ("xdp", "BPF_XDP"),
                   ("cls", "BPF_TCX_INGRESS"), ("cls", "BPF_NETKIT_PRIMARY"), (a, "BPF_CGROUP_INET_INGRESS"), ("stdin", "BPF_XDP")]:
    attach(prog, kind)
attach("skb", "BPF_CGROUP_INET_INGRESS", flags=1 << 10)
attach("xdp", "BPF_XDP", flags=8)
for number in range(0, 60):
    if number != 44:
        detach(number)
detach("BPF_TCX_INGRESS", "cls"); detach("BPF_TCX_INGRESS", "filter"); detach("BPF_TCX_INGRESS", "closed")

# Test runs.
PACKET = bytes(64)
for prog in ("filter", "xdp", "cls", "skb", "reader", "sock", "bind4", "sk_lookup", "closed", "stdin", a):
    test_run(prog, PACKET)
for n in (0, 1, 13, 14, 15, 1500):
    test_run("filter", bytes(n))
test_run("xdp", bytes(13)); test_run("xdp", bytes(14))

# Closing.
close("filter"); close("filter"); test_run("filter", PACKET); close(a); lookup(a, u32(1), 8); test_run("reader", PACKET)

with open(OUT, "w") as out:
    for r in rows:
        out.write(json.dumps(r, separators=(",", ":")) + "\n")
print(f"{len(rows)} rows from Linux {kernel.release()}, written to {OUT}")
