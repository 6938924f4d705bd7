"""Makes and loads the small BTF without which programs and maps cannot use callbacks, spin locks and timers. It describes
functions, and map values that have a field of a kernel type at an offset."""
import ctypes
import struct

import kernel

BTF_LOAD = 18
INT, PTR, ARRAY, STRUCT, FWD, FUNC, FUNC_PROTO, DECL_TAG = 1, 2, 3, 4, 7, 12, 13, 17
FIELD_SIZE = dict(bpf_spin_lock=4, bpf_timer=16)


class Builder:
    def __init__(self):
        self.strings, self.types, self.count, self.names = b"\0", b"", 0, {"": 0}
        self.u32 = self.add("int", INT, 4, struct.pack("<I", 32))
        self.u64 = self.add("long", INT, 8, struct.pack("<I", 64))
        self.char = self.add("char", INT, 1, struct.pack("<I", 8))

    def name(self, text):
        """-> the text's offset in the strings. Each text is stored once."""
        if text not in self.names:
            self.names[text] = len(self.strings)
            self.strings += text.encode() + b"\0"
        return self.names[text]

    def add(self, name, kind, size_or_type, more=b"", vlen=0):
        offset = self.name(name)
        self.types += struct.pack("<III", offset, kind << 24 | vlen, size_or_type) + more
        self.count += 1
        return self.count

    def struct(self, name, size, members):
        """members: [(name, type, byte offset)]"""
        more = b""
        for n, t, off in members:
            more += struct.pack("<III", self.name(n), t, off * 8)
        return self.add(name, STRUCT, size, more, len(members))

    def load(self):
        """-> fd"""
        header = struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(self.types), len(self.types), len(self.strings))
        blob = ctypes.create_string_buffer(header + self.types + self.strings)
        log = ctypes.create_string_buffer(65536)
        attr = struct.pack("<QQIII", ctypes.addressof(blob), ctypes.addressof(log), len(blob) - 1, len(log), 1)
        fd, errno, _ = kernel.bpf(BTF_LOAD, attr)
        if fd < 0:
            raise OSError(errno, log.value.decode())
        return fd


def functions(starts, described=(), context="", lines=()):
    """BTF with one function for each slot in `starts`. The i-th is described by described[i]. If there is none, it is static
    and has no parameters. -> (fd, func_info bytes, line_info bytes)
    described: [{"name", "global", "params": ["int" | "ctx" | {"mem": bytes, "nonnull"?} | {"unsized": "FWD name" | "UNKNOWN "} |
    {"unsupported": "STRUCT"}], "returns": "int" | "void"}]
    context: name of the struct that "ctx" points to
    lines: [{"slot", "file", "line", "column", "text"}]"""
    b = Builder()

    def parameter(p):
        if p == "int":
            return b.u32
        if p == "ctx":
            return b.add("", PTR, b.struct(context, 0, []))
        if "unsupported" in p:
            return b.struct("whole", 8, [("value", b.u64, 0)])
        if "unsized" in p:
            kind, _, name = p["unsized"].partition(" ")
            return b.add("", PTR, b.add(name, FWD, 0) if kind == "FWD" else 0)
        array = b.add("", ARRAY, 0, struct.pack("<III", b.char, b.u32, p["mem"]))
        return b.add("", PTR, b.struct(f"mem{p['mem']}", p["mem"], [("bytes", array, 0)]))

    def function(i):
        d = described[i] if i < len(described) else dict(name=f"f{i}", params=[], returns="int")
        params = b"".join(struct.pack("<II", b.name(f"p{n}"), parameter(p)) for n, p in enumerate(d["params"]))
        proto = b.add("", FUNC_PROTO, b.u32 if d["returns"] == "int" else 0, params, len(d["params"]))
        id_ = b.add(d["name"], FUNC, proto, vlen=1 if d.get("global") else 0)
        for n, p in enumerate(d["params"]):
            if isinstance(p, dict) and p.get("nonnull"):
                b.add("arg:nonnull", DECL_TAG, id_, struct.pack("<i", n))
        return id_

    ids = [function(i) for i in range(len(starts))]
    line_info = b"".join(struct.pack("<IIII", l["slot"], b.name(l["file"]), b.name(l["text"]), l["line"] << 10 | l.get("column", 0)) for l in lines)
    return b.load(), b"".join(struct.pack("<II", at, id_) for at, id_ in zip(starts, ids)), line_info


def map_value(value_size, fields, key_size):
    """fields: {"bpf_spin_lock": offset, …}. -> (fd, key type, value type)"""
    b = Builder()
    known = {"bpf_spin_lock": lambda: b.struct("bpf_spin_lock", 4, [("val", b.u32, 0)]),
             "bpf_timer": lambda: b.struct("bpf_timer", 16, [("a", b.u64, 0), ("b", b.u64, 8)])}
    members, at, n = [], 0, 0

    def pad(to):
        nonlocal at, n
        if to > at:
            array = b.add("", ARRAY, 0, struct.pack("<III", b.char, b.u32, to - at))
            members.append((f"pad{n}", array, at))
            n, at = n + 1, to

    for name, off in sorted(fields.items(), key=lambda f: f[1]):
        pad(off)
        members.append((f"field{n}", known[name](), off))
        n, at = n + 1, off + FIELD_SIZE[name]
    pad(value_size)
    value = b.struct("val", value_size, members)
    key = b.u32 if key_size == 4 else b.u64
    return b.load(), key, value
