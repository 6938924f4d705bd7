#!/usr/bin/env python3
"""Writes ../recorded/linux-6.18.bin.gz: the types (BTF) and the configuration of the running kernel, which loads of objects need.
The file is small enough for a web page. Root is not needed.

Types keep their numbers, because programs are loaded with them. Two things are left out: the names of parameters, and which
variables are in a section. The format before gzip (numbers are LEB128 varints, `signed` ones zigzag):

    config     number of bytes, then the text: the lines NAME=VALUE of .config
    version    KERNEL_VERSION(a, b, c)
    types      the number of types, without void
    Then eight columns. Each is its number of bytes, then its content:
    kinds      one byte per type: the kind, | 0x80 for kind_flag
    vlens      vlen of struct, union, enum, enum64 and func_proto; linkage of func
    names      of types, members and enumerators, in the order of the BTF: 0 no name, 1 the next text, n + 2 text number n
    thirds     size; for kinds that refer to a type: signed, own type number - the number of that type
    types      of members, parameters and arrays (element, index): signed, own type number - the number of that type
    numbers    encoding of int, number of elements of array, linkage of var, component index + 1 of decl_tag
    offsets    of members: signed, difference from the member before; with kind_flag the field's number of bits follows
    values     of enumerators: signed, difference from the enumerator before
    At the end the texts, each with its terminating zero."""
import gzip
import pathlib
import struct

import kernel

OUT = pathlib.Path(__file__).resolve().parents[1] / "recorded" / "linux-6.18.bin.gz"
INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, FUNC_PROTO, VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG, ENUM64 = range(1, 20)
REFERS = {PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, FUNC_PROTO, VAR, DECL_TAG, TYPE_TAG}


class Column:
    def __init__(self):
        self.data = bytearray()

    def add(self, n):
        while n > 127:
            self.data.append(n & 127 | 128)
            n >>= 7
        self.data.append(n)

    def signed(self, n):
        self.add(n << 1 if n >= 0 else (-n << 1) - 1)


def encode(raw, config, version):
    _, _, _, header, type_off, type_len, str_off, str_len = struct.unpack_from("<HBBIIIII", raw)
    types, strings = raw[header + type_off:header + type_off + type_len], raw[header + str_off:header + str_off + str_len]
    kinds, vlens, names, thirds, refs, numbers, offsets, values = columns = [Column() for _ in range(8)]
    texts, known = bytearray(), {}

    def name(offset):
        if offset == 0:
            return names.add(0)
        if offset in known:
            return names.add(known[offset] + 2)
        known[offset] = len(known)
        names.add(1)
        texts.extend(strings[offset:strings.index(b"\0", offset) + 1])

    at, id_ = 0, 0
    while at < len(types):
        id_ += 1
        name_off, info, third = struct.unpack_from("<III", types, at)
        at += 12
        kind, vlen, flag = info >> 24 & 31, info & 0xffff, info >> 31
        kinds.data.append(kind | flag << 7)
        name(name_off)
        if kind in REFERS:
            thirds.signed(id_ - third)
        else:
            thirds.add(third)
        if kind in (STRUCT, UNION, ENUM, ENUM64, FUNC_PROTO, FUNC):
            vlens.add(vlen)
        if kind in (INT, VAR):
            numbers.add(struct.unpack_from("<I", types, at)[0])
            at += 4
        elif kind == DECL_TAG:
            numbers.add(struct.unpack_from("<i", types, at)[0] + 1)
            at += 4
        elif kind == ARRAY:
            element, index, count = struct.unpack_from("<III", types, at)
            refs.signed(id_ - element)
            refs.signed(id_ - index)
            numbers.add(count)
            at += 12
        elif kind in (STRUCT, UNION):
            before = 0
            for _ in range(vlen):
                n, t, off = struct.unpack_from("<III", types, at)
                at += 12
                name(n)
                refs.signed(id_ - t)
                bits, off = (off >> 24, off & 0xffffff) if flag else (0, off)
                offsets.signed(off - before)
                if flag:
                    offsets.add(bits)
                before = off
        elif kind in (ENUM, ENUM64):
            before = 0
            for _ in range(vlen):
                if kind == ENUM:
                    n, v = struct.unpack_from("<II", types, at)
                    at += 8
                else:
                    n, low, high = struct.unpack_from("<III", types, at)
                    v = high << 32 | low
                    at += 12
                name(n)
                values.signed(v - before)
                before = v
        elif kind == FUNC_PROTO:
            for _ in range(vlen):
                refs.signed(id_ - struct.unpack_from("<II", types, at)[1])
                at += 8
        elif kind == DATASEC:
            at += 12 * vlen
    out = Column()
    out.add(len(config))
    out.data += config
    out.add(version)
    out.add(id_)
    for column in columns:
        out.add(len(column.data))
        out.data += column.data
    return bytes(out.data) + bytes(texts)


def main():
    a, b, c = (int(n) for n in kernel.release().split("-")[0].split("."))
    lines = [line for line in gzip.open("/proc/config.gz", "rt").read().split("\n") if line.startswith("CONFIG_")]
    data = encode(open("/sys/kernel/btf/vmlinux", "rb").read(), "\n".join(lines).encode(), a << 16 | b << 8 | min(c, 255))
    OUT.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{len(data)} bytes, {OUT.stat().st_size} compressed")


main()
