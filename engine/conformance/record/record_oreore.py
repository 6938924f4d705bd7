#!/usr/bin/env python3
"""Records ../recordings/oreore.jsonl: one session with the talk's kernel extension, step by step, with the answer of each call.

There is no kernel with the four steps built in here, so the answer in a row has one of two sources:
- the verifier's answer to a load: this running kernel loads the same instructions as a program type of its own that has the same
  rules as OREORE (`as`): 4 readable bytes at 0 and nothing else, helpers of the base set, any return value;
- the answers of calls and of the file: the rules of the four steps, named in `why` (kstrtou32, kernfs, bpf_prog_attach, ...).
Needs root on x86-64 Linux with CONFIG_BPF_SYSCALL. Uses only the standard library."""
import json
import pathlib

import ask

OREORE, ATTACH = 32, 44
ENOENT, E2BIG, EBADF, EINVAL, ERANGE = 2, 7, 9, 22, 34
OUT = pathlib.Path(__file__).resolve().parents[1] / "recordings" / "oreore.jsonl"
rows = []


def i(code, dst=0, src=0, off=0, imm=0):
    return ask.kernel.insn(code, dst, src, off, imm).hex()


def mov(dst, imm): return i(0xb7, dst, 0, 0, imm)
def movr(dst, src): return i(0xbf, dst, src)
def ldx(dst, src, off, code=0x61): return i(code, dst, src, off)
def call(helper): return i(0x85, imm=helper)


EXIT = i(0x95)
PLUS42 = ldx(0, 1, 0) + i(0x04, 0, imm=42) + EXIT
READ = ldx(0, 1, 0) + EXIT


def read(data):
    rows.append(dict(op="read", data=data, ret=len(data)))


def write(data, errno=0, why=None):
    rows.append(dict(op="write", data=data, ret=-1 if errno else len(data.encode()), errno=errno, **({"why": why} if why else {})))


def writes_and_reads(then, *data, errno=0, why=None):
    for d in data:
        write(d, errno, why)
        read(then)


def load(name, insns, as_="raw_tracepoint", errno=None, prog_type=OREORE, expected=ATTACH, why=None):
    row = dict(op="load", name=name, prog_type=prog_type, expected_attach_type=expected, insns=insns)
    if errno is None:
        said = ask.ask(dict(id=name, insns=insns, prog_type=as_))
        if "error" in said:
            raise SystemExit(f"{name}: {said['error']}")
        row |= dict(errno=said["errno"], log=said["log"], recorded_as=as_)
    else:
        row |= dict(errno=errno, log="", why=why)
    rows.append(row)


def attach(name, errno=0, attach_type=ATTACH, fd="last", why=None):
    rows.append(dict(op="attach", name=name, attach_type=attach_type, fd=fd, ret=-1 if errno else 0, errno=errno, **({"why": why} if why else {})))


def detach(name):
    rows.append(dict(op="detach", name=name, attach_type=ATTACH, ret=0, errno=0))


# Nothing is attached: the result is the module's static 0, and a write finds no program.
read("0\n")
write("10\n", ENOENT, "no program is attached")
load("input plus 42", PLUS42)
write("10\n", ENOENT, "a loaded program is not attached yet")
attach("attach it")

# The file while "input plus 42" is attached.
writes_and_reads("52\n", "10\n", "10")
writes_and_reads("42\n", "0")
writes_and_reads("41\n", "4294967295")
writes_and_reads("0\n", "4294967254")
writes_and_reads("0\n", "4294967296", errno=ERANGE, why="kstrtou32: more than 32 bits")
writes_and_reads("0\n", "-1", errno=EINVAL, why="kstrtou32: no minus sign")
writes_and_reads("47\n", "+5")
writes_and_reads("47\n", "abc", "12abc", errno=EINVAL, why="kstrtou32: not a number")
writes_and_reads("58\n", "0x10")
writes_and_reads("73\n", "0X1f")
writes_and_reads("50\n", "010")
writes_and_reads("50\n", "08", errno=EINVAL, why="kstrtou32: 8 is no octal digit")
writes_and_reads("50\n", "", why="sysfs_kf_write: nothing to write, store() is not called")
writes_and_reads("50\n", "\n", " 7", "7 ", "7\n\n", "1 2", "42\r\n", errno=EINVAL, why="kstrtou32: one newline may follow, nothing else")
writes_and_reads("50\n", "99999999999999999999", errno=ERANGE, why="_parse_integer: more than 64 bits")

# Loads and attaches that the system call refuses before the verifier runs.
load("expected_attach_type 0", READ, errno=EINVAL, expected=0, why="bpf_prog_load_check_attach: BPF_OREORE_ATTACH only")
load("expected_attach_type beyond the enum", READ, errno=EINVAL, expected=45, why="bpf_prog_load_check_attach")
load("program type beyond the enum", READ, errno=EINVAL, prog_type=33, expected=0, why="find_prog_type")
load("no instructions", "", errno=E2BIG, why="bpf_prog_load: insn_cnt 0")
attach("as another attach type", EINVAL, attach_type=36, why="bpf_prog_get_type: BPF_SK_LOOKUP is for sk_lookup programs")
attach("as an attach type beyond the enum", EINVAL, attach_type=45, why="attach_type_to_prog_type: none")
attach("a descriptor that is not open", EBADF, fd="bad", why="bpf_prog_get_type")
load("a socket filter", mov(0, 0) + EXIT, "socket_filter", prog_type=1, expected=0)
attach("the socket filter", EINVAL, why="bpf_prog_get_type: another program type")

# Loads that the verifier refuses, and some that it accepts.
load("read 8 bytes at 0", ldx(0, 1, 0, 0x79) + EXIT, "xdp")
load("read 2 bytes at 0", ldx(0, 1, 0, 0x69) + EXIT, "xdp")
load("read 1 byte at 0", ldx(0, 1, 0, 0x71) + EXIT, "xdp")
load("read at 4", ldx(0, 1, 4) + EXIT, "perf_event")
load("read at -4", ldx(0, 1, -4) + EXIT, "xdp")
load("read at 2", ldx(0, 1, 2) + EXIT, "xdp")
load("store a register to the context", mov(0, 0) + i(0x63, 1, 0, 0) + EXIT, "socket_filter")
load("store a number to the context", mov(0, 0) + i(0x62, 1, 0, 0, 7) + EXIT, "socket_filter")
load("R0 is not set", EXIT)
load("return the context's address", movr(0, 1) + EXIT)
load("no exit", mov(0, 0))
load("R2 is not set", movr(0, 2) + EXIT)
load("jump to itself", mov(0, 0) + i(0x05, off=-1) + EXIT)
load("jump out of range", mov(0, 0) + i(0x05, off=5) + EXIT)
load("an instruction that nothing reaches", mov(0, 0) + EXIT + EXIT)
load("divide by 0", mov(0, 1) + i(0x34, 0, imm=0) + EXIT)
load("shift by 32", mov(0, 1) + i(0x64, 0, imm=32) + EXIT)
load("read a stack slot that nothing was written to", ldx(0, 10, -8, 0x79) + EXIT)
load("store beyond the stack", i(0x7a, 10, 0, -520, 0) + mov(0, 0) + EXIT)
load("write R10", mov(10, 0) + EXIT)
load("move the context pointer, read", i(0x07, 1, imm=4) + ldx(0, 1, -4) + EXIT, "xdp")
load("add an unknown number to the context pointer, read", ldx(2, 1, 0) + i(0x0f, 1, 2) + ldx(0, 1, 0) + EXIT, "socket_filter")
load("a helper of another program type", call(26) + EXIT, "raw_tracepoint")
load("get_prandom_u32", call(7) + EXIT)
load("trace_printk", movr(6, 1) + i(0x7a, 10, 0, -8, 0) + movr(1, 10) + i(0x07, 1, imm=-8) + mov(2, 8) + call(6) + ldx(0, 6, 0) + EXIT, "socket_filter")

# Another program replaces the first one.
load("1 for odd, 0 for even", ldx(2, 1, 0) + mov(0, 1) + i(0x45, 2, off=1, imm=1) + mov(0, 0) + EXIT)
attach("in place of input plus 42")
writes_and_reads("1\n", "7")
writes_and_reads("0\n", "8")
load("a result of 64 bits", i(0x18, 0, imm=0x34567890) + i(0, imm=0x12) + EXIT)
attach("the result is cut to 32 bits")
writes_and_reads("878082192\n", "1")

# After detaching the file keeps its last result.
detach("detach")
writes_and_reads("878082192\n", "1", errno=ENOENT, why="no program is attached")
detach("nothing to detach is no error")
rows.append(dict(op="end"))

with open(OUT, "w") as out:
    for row in rows:
        out.write(json.dumps(row, separators=(",", ":")) + "\n")
print(f"{len(rows)} rows, {sum(1 for r in rows if 'recorded_as' in r)} of them from {ask.kernel.release()}, written to {OUT}")
