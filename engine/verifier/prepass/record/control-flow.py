#!/usr/bin/env python3
"""Records what the running kernel logs about random programs before it walks them: functions, jumps, reserved fields, unreachable
code, loops and live registers. Of the refused programs it keeps the three shortest for each message. Of the others it keeps the six
shortest for each pair of number of functions and number of loops. Writes ../recordings/control-flow.json: a list of
[hex, errno or 0, log up to the main walk]. Needs root on Linux 6.18."""
import collections
import json
import pathlib
import random
import re
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "conformance" / "record"))
from ask import ask  # noqa: E402

PROGRAMS = 60000
rnd = random.Random(618)
CONDITIONS = [0x15, 0x1d, 0x25, 0x2d, 0x45, 0x55, 0xa5, 0xad, 0xb5, 0xc5, 0xcd, 0xd5, 0x16, 0x1e, 0x4e, 0xa6, 0xe5]
LOADS = [0x61, 0x69, 0x71, 0x79, 0x81, 0x89, 0x91]
STORES = [0x62, 0x6a, 0x72, 0x7a, 0x63, 0x6b, 0x73, 0x7b]
ATOMICS = [0, 0x40, 0x50, 0xa0, 1, 0x41, 0x51, 0xa1, 0xe1, 0xf1, 0x100, 0x110]
HELPERS = [1, 2, 3, 5, 7, 8, 12, 14, 26, 164, 181, 9999]
PACKET = [0x20, 0x28, 0x30, 0x40, 0x48, 0x50]


def insn(code, dst=0, src=0, off=0, imm=0):
    return struct.pack("<BBhi", code, dst | src << 4, off, imm)


def reg():
    return rnd.randrange(10)


def jump(at, size):
    off = rnd.randrange(-1, size + 1) - at - 1 if rnd.random() < .01 else rnd.randrange(size) - at - 1
    kind = rnd.random()
    if kind < .15:
        return insn(0x05, off=off)
    if kind < .25:
        return insn(0x06, imm=off)
    code = rnd.choice(CONDITIONS)
    if code == 0xe5:
        return insn(code, off=off)
    return insn(code, reg(), reg() if code & 8 else 0, off, 0 if code & 8 else 100)


def alu():
    op, cls = rnd.randrange(14) << 4, rnd.choice([4, 7])
    if op == 0xd0:
        return insn(op | cls | (rnd.choice([0, 8]) if cls == 4 else 0), reg(), imm=rnd.choice([16, 32, 64]))
    if op == 0x80 or rnd.random() < .5:
        return insn(op | cls, reg(), imm=rnd.randrange(100))
    return insn(op | cls | 8, reg(), reg())


def one(at, size):
    kind = rnd.random()
    if kind < .28:
        return jump(at, size)
    if kind < .34:
        return insn(0x95)
    if kind < .36:
        return insn(0x85, src=1, imm=rnd.randrange(size) - at - 1)
    if kind < .42:
        return insn(0x85, imm=rnd.choice(HELPERS))
    if kind < .48:
        if rnd.random() < .1:
            return insn(0x18, reg(), 4, 0, rnd.randrange(size) - at - 1) + insn(0)
        return insn(0x18, reg(), rnd.choice([0] * 20 + [1, 5, 7]), 0, -5) + insn(0, imm=rnd.randrange(100))
    if kind < .50:
        return insn(rnd.choice(PACKET), 0, reg(), 0, 4)
    if kind < .58:
        return insn(rnd.choice(LOADS), reg(), reg(), -8, 0 if rnd.random() < .98 else 1)
    if kind < .66:
        return insn(rnd.choice(STORES), 10, reg(), -8)
    if kind < .70:
        return insn(rnd.choice([0xc3, 0xdb]), 10, reg(), -8, rnd.choice(ATOMICS))
    if kind < .702:
        return insn(rnd.randrange(256))
    return alu()


def program():
    size, out = rnd.choice([3, 5, 8, 12, 20, 30]), b""
    while len(out) < 8 * size:
        out += one(len(out) // 8, size)
    return out + (insn(0x95) if rnd.random() < .98 else b"")


def before_walk(log):
    """The log without the main walk and without the last line."""
    log = re.sub(r"processed \d+ insns.*\n", "", log)
    at = log.find("\n0: ")
    return log if at < 0 else log[:at + 1]


def main():
    rows = collections.defaultdict(list)
    for _ in range(PROGRAMS):
        insns = program()
        a = ask(dict(insns=insns.hex(), prog_type="sched_cls"))
        log = before_walk(a["log"])
        walked = "Live regs before insn:" in log
        if walked:
            loops = max(map(int, re.findall(r"^ {0,2}(\d+) +\d+: [0-9.]{10} ", log, re.M)), default=0)
            key = (log.count("func#"), loops)
        else:
            key = re.sub(r"-?\d+|(?<=opcode )\w\w", "N", log.split("\n")[-2])
        rows[key].append([insns.hex(), 0 if walked else a["errno"], log])
    kept = []
    for key, found in sorted(rows.items(), key=str):
        found.sort(key=lambda row: (len(row[0]), row[0]))
        kept += found[:6 if isinstance(key, tuple) else 3]
    (HERE.parent / "recordings" / "control-flow.json").write_text("[\n" + ",\n".join(map(json.dumps, kept)) + "\n]\n")
    print(len(kept), "programs,", len(rows), "kinds")


main()
