#!/usr/bin/env python3
"""Records how the running kernel prints instructions. Every opcode is tried with assorted fields, one program each. The text is
read from the table of live registers that the verifier prints at log level 2. If texts differ only in numbers, two are kept.
Writes ../recordings/insn-text.json: {hex of the slots: text}. Needs root on Linux 6.18."""
import collections
import json
import pathlib
import re
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "conformance" / "record"))
from ask import ask  # noqa: E402

# dst, src, off, imm
FIELDS = [(0, 0, 0, 0), (3, 7, 1, 16), (2, 5, -1, -7), (9, 1, 8, 0x1234), (4, 6, 32, 64), (10, 0, 16, 0x100), (1, 2, 5, 1),
          (1, 2, 6, 0xe1), (1, 2, -8, 0xf1), (1, 2, -9, 0x110), (3, 0, 0, 0x41), (3, 0, 0, 0xa0), (0, 1, 0, 0),
          (0, 0, 0, 2**31 - 1), (0, 0, 0, -2**31), (0, 0, 0, 12), (0, 9, 0, 40), (2, 3, 0, 0x51)]
MOV, EXIT = bytes([0xb7, 0, 0, 0, 0, 0, 0, 0]), bytes([0x95, 0, 0, 0, 0, 0, 0, 0])
BEFORE, AFTER = 12, 66


def text_of(insn):
    """-> the text of `insn` (one or two slots) in the middle of a program, or None if the kernel stops before it prints it"""
    log = ask(dict(insns=(MOV * BEFORE + insn + MOV * AFTER + EXIT).hex()))["log"]
    m = re.search(rf"^[ 0-9]{{4}} *{BEFORE}: [0-9.]{{10}} (.*)$", log, re.M)
    return m and m.group(1)


def main():
    kept, shapes = {}, collections.Counter()
    for code in range(256):
        for dst, src, off, imm in FIELDS:
            insn = struct.pack("<BBhi", code, dst | src << 4, off, imm)
            if code == 0x18:
                insn += struct.pack("<ii", 0, off)
            text = text_of(insn)
            shape = text and (code, re.sub(r"0x[0-9a-f]+|-?\d+", "N", text))
            if text and shapes[shape] < 2:
                shapes[shape] += 1
                kept[insn.hex()] = text
    (HERE.parent / "recordings" / "insn-text.json").write_text(json.dumps(kept, indent=0) + "\n")
    print(len(kept), "texts")


main()
