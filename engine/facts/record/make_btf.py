"""Makes and loads the little BTF that programs and maps need to use callbacks, spin locks and timers:
functions `static int f0(void)`, and map values with a field of a kernel type at an offset."""
import ctypes
import struct

import kernel

BTF_LOAD = 18
INT, PTR, ARRAY, STRUCT, FUNC, FUNC_PROTO = 1, 2, 3, 4, 12, 13
FIELD_SIZE = dict(bpf_spin_lock=4, bpf_timer=16)


class Builder:
    def __init__(self):
        self.strings, self.types, self.count = b"\0", b"", 0
        self.u32 = self.add("int", INT, 4, struct.pack("<I", 32))
        self.u64 = self.add("long", INT, 8, struct.pack("<I", 64))
        self.char = self.add("char", INT, 1, struct.pack("<I", 8))

    def add(self, name, kind, size_or_type, more=b"", vlen=0):
        offset = len(self.strings) if name else 0
        if name:
            self.strings += name.encode() + b"\0"
        self.types += struct.pack("<III", offset, kind << 24 | vlen, size_or_type) + more
        self.count += 1
        return self.count

    def struct(self, name, size, members):
        """members: [(name, type, byte offset)]"""
        more = b""
        for n, t, off in members:
            more += struct.pack("<III", len(self.strings), t, off * 8)
            self.strings += n.encode() + b"\0"
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


def functions(starts):
    """One static function for each first slot. -> (fd, func_info bytes)"""
    b = Builder()
    proto = b.add("", FUNC_PROTO, b.u32)
    ids = [b.add(f"f{i}", FUNC, proto) for i in range(len(starts))]
    return b.load(), b"".join(struct.pack("<II", at, id_) for at, id_ in zip(starts, ids))


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
