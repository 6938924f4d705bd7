"""Reads facts from the running Linux kernel: by bpf(2), from kernel memory, symbols and BTF. Uses only Python's standard
library. Needs root on x86-64 Linux with CONFIG_BPF_SYSCALL.

Kernel memory is read by a socket filter that calls bpf_probe_read_kernel() and is run by BPF_PROG_TEST_RUN, because many
kernels have no /proc/kcore. Kernel memory is never written."""
import ctypes
import mmap
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
NR_BPF = 321
MAP_CREATE, MAP_UPDATE, PROG_LOAD, TEST_RUN, MAP_FREEZE = 0, 2, 5, 10, 22
BPF_F_MMAPABLE = 1 << 10


def bpf(cmd, attr: bytes):
    """-> (result, errno, attr after the call)"""
    buf = ctypes.create_string_buffer(attr.ljust(168, b"\0"), 168)
    r = libc.syscall(NR_BPF, cmd, buf, 168)
    return r, (0 if r >= 0 else ctypes.get_errno()), buf.raw


def map_create(type_, key, value, entries, flags=0, inner_fd=0, extra=b""):
    """extra: bytes of the attributes behind inner_map_fd. -> (fd, errno)"""
    r, e, _ = bpf(MAP_CREATE, struct.pack("<IIIIII", type_, key, value, entries, flags, inner_fd) + extra)
    return r, e


_log = ctypes.create_string_buffer(1 << 20)


def load(insns: bytes, prog_type, attach_type=0, flags=0, level=2, license=b"GPL", btf_fd=0, func_info=b"", line_info=b"", log_size=None):
    """-> (fd, errno, log). log_size: bytes. If it is left out, or larger than the buffer here, the buffer's 1 MiB is used."""
    ib = ctypes.create_string_buffer(insns, len(insns))
    lic = ctypes.create_string_buffer(license)
    _log[0] = b"\0"
    # A size that the kernel refuses is passed on unchanged. Then the kernel writes nothing, so the buffer cannot overflow.
    size = len(_log) if log_size is None or len(_log) < log_size < 1 << 30 else log_size
    attr = struct.pack("<IIQQIIQII", prog_type, len(insns) // 8, ctypes.addressof(ib), ctypes.addressof(lic),
                       level, size if level else 0, ctypes.addressof(_log) if level else 0, 0, flags)
    attr += bytes(16) + struct.pack("<II", 0, attach_type)
    info = ctypes.create_string_buffer(func_info, len(func_info))
    attr += struct.pack("<IIQI", btf_fd, 8 if func_info else 0, ctypes.addressof(info) if func_info else 0, len(func_info) // 8)
    lines = ctypes.create_string_buffer(line_info, len(line_info))
    attr += struct.pack("<IQI", 16 if line_info else 0, ctypes.addressof(lines) if line_info else 0, len(line_info) // 16)
    fd, e, _ = bpf(PROG_LOAD, attr)
    return fd, e, (_log.value.decode(errors="replace") if level else "")


def insn(code, dst=0, src=0, off=0, imm=0):
    return struct.pack("<BBhi", code, src << 4 | dst, off, imm)


class Memory:
    """Kernel memory. Pages that were read are kept."""
    CHUNK = 4096

    def __init__(self):
        fd, e = map_create(2, 4, 8 + self.CHUNK, 1, BPF_F_MMAPABLE)
        if fd < 0:
            raise OSError(e, "map_create")
        self.window = mmap.mmap(fd, 8 + self.CHUNK)
        def value(dst, off):
            return insn(0x18, dst, 2, 0, fd) + insn(0, 0, 0, 0, off)
        prog = (value(6, 0) + insn(0x79, 3, 6, 0) + value(1, 8) + insn(0xb7, 2, 0, 0, self.CHUNK)
                + insn(0x85, 0, 0, 0, 113) + insn(0x95))
        self.fd, e, log = load(prog, 1)
        if self.fd < 0:
            raise OSError(e, log)
        self.pages = {}

    def page(self, addr):
        """The page at `addr`, a multiple of 4096. None if nothing is mapped there."""
        if addr not in self.pages:
            self.window[0:8] = struct.pack("<Q", addr)
            data = ctypes.create_string_buffer(64)
            attr = struct.pack("<IIIIQQII", self.fd, 0, 64, 0, ctypes.addressof(data), 0, 1, 0)
            r, e, out = bpf(TEST_RUN, attr)
            if r < 0:
                raise OSError(e, "test_run")
            ok = struct.unpack_from("<i", out, 4)[0] == 0
            self.pages[addr] = bytes(self.window[8:8 + self.CHUNK]) if ok else None
        return self.pages[addr]

    def read(self, addr, size):
        out = b""
        while size:
            page = self.page(addr & ~4095)
            if page is None:
                raise ValueError(f"nothing mapped at {addr:#x}")
            part = page[addr & 4095:][:size]
            out, addr, size = out + part, addr + len(part), size - len(part)
        return out

    def u64(self, addr):
        return struct.unpack("<Q", self.read(addr, 8))[0]

    def u32(self, addr):
        return struct.unpack("<I", self.read(addr, 4))[0]


def symbols():
    """-> ({name: first address}, {address: [names]}) of all functions and other symbols in kallsyms, without modules"""
    by_name, by_addr = {}, {}
    for line in open("/proc/kallsyms"):
        addr, _, name, *module = line.split()
        if module or name.startswith("__pfx_"):
            continue
        by_name.setdefault(name, int(addr, 16))
        by_addr.setdefault(int(addr, 16), []).append(name)
    return by_name, by_addr


KINDS = ("void int ptr array struct union enum fwd typedef volatile const restrict func func_proto var datasec "
         "float decl_tag type_tag enum64").split()


class Btf:
    """/sys/kernel/btf/vmlinux. types: by id, each a dict with kind, name and whatever that kind has."""

    def __init__(self, path="/sys/kernel/btf/vmlinux"):
        raw = open(path, "rb").read()
        _, _, _, hdr_len, type_off, type_len, str_off, _ = struct.unpack_from("<HBBIIIII", raw)
        strings = hdr_len + str_off
        def text(off):
            return raw[strings + off:raw.index(b"\0", strings + off)].decode()
        self.types, at, end = [dict(kind="void", name="void")], hdr_len + type_off, hdr_len + type_off + type_len
        while at < end:
            name, info, size = struct.unpack_from("<III", raw, at)
            at += 12
            kind, vlen, flag = KINDS[info >> 24 & 31], info & 0xffff, info >> 31
            t = dict(kind=kind, name=text(name), size=size, type=size)
            if kind == "int":
                t["encoding"] = struct.unpack_from("<I", raw, at)[0]
                at += 4
            elif kind == "array":
                t["type"], _, t["count"] = struct.unpack_from("<III", raw, at)
                at += 12
            elif kind in ("struct", "union"):
                t["members"] = []
                for _ in range(vlen):
                    n, mt, off = struct.unpack_from("<III", raw, at)
                    bits, off = (off >> 24, off & 0xffffff) if flag else (0, off)
                    t["members"].append((text(n), mt, off, bits))
                    at += 12
            elif kind == "enum":
                t["values"] = []
                for _ in range(vlen):
                    n, v = struct.unpack_from("<Ii" if flag else "<II", raw, at)
                    t["values"].append((text(n), v))
                    at += 8
            elif kind == "enum64":
                t["values"] = []
                for _ in range(vlen):
                    n, lo, hi = struct.unpack_from("<III", raw, at)
                    v = hi << 32 | lo
                    t["values"].append((text(n), v - (1 << 64) if flag and hi >> 31 else v))
                    at += 12
            elif kind in ("func_proto", "datasec"):
                at += vlen * (8 if kind == "func_proto" else 12)
            elif kind in ("var", "decl_tag"):
                at += 4
            self.types.append(t)
        self.named = {}
        for i, t in enumerate(self.types):
            if t["name"]:
                self.named.setdefault((t["kind"], t["name"]), i)

    def get(self, kind, name):
        return self.types[self.named[kind, name]]

    def enum(self, name):
        """-> {constant: value}"""
        kind = "enum" if ("enum", name) in self.named else "enum64"
        return dict(self.get(kind, name)["values"])

    def enum_with(self, constant):
        """The values of the first enum, named or not, that has this constant."""
        for t in self.types:
            if t["kind"] in ("enum", "enum64") and any(n == constant for n, _ in t["values"]):
                return dict(t["values"])
        raise KeyError(constant)

    def offset(self, struct_name, field):
        """Byte offset of a field, which may be inside an anonymous member. None if there is no such field."""
        def find(t, base):
            for name, type_, off, bits in t["members"]:
                at = base + (off // 8)
                if name == field:
                    return at
                if not name:
                    inner = self.strip(type_)
                    if inner["kind"] in ("struct", "union") and (r := find(inner, at)) is not None:
                        return r
            return None
        return find(self.get("struct", struct_name), 0)

    def strip(self, type_id):
        """The type behind typedefs and qualifiers."""
        t = self.types[type_id]
        while t["kind"] in ("typedef", "const", "volatile", "restrict", "type_tag"):
            t = self.types[t["type"]]
        return t


def release():
    return os.uname().release
