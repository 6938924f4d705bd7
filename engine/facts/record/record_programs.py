#!/usr/bin/env python3
"""Records what each program type of the running kernel may do, into ../recorded/helpers.ts and prog-types.ts:
the prototypes of helpers and which type gets which (get_func_proto), and the context accesses (is_valid_access).
By loading test programs: expected attach types, return ranges, LD_ABS, packet access.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install unicorn==2.1.4 && sudo /tmp/v/bin/python record_programs.py
"""
import json
import pathlib
import re
import struct

import callkernel
import kernel
from kernel import insn

OUT = pathlib.Path(__file__).resolve().parent.parent / "recorded"

memory, (by_name, by_addr), btf = kernel.Memory(), kernel.symbols(), kernel.Btf()
emu = callkernel.Emulator(memory, by_name, by_addr, {
    "bpf_token_capable": 1, "ns_capable": 1, "capable": 1, "bpf_log": 0, "security_locked_down": 0,
    # Called by some getters for a side effect.
    "metadata_dst_alloc_percpu": 1, "queue_work_on": 1, "mutex_lock_killable": 0})

PROG_TYPES = {n[len("BPF_PROG_TYPE_"):].lower(): v for n, v in btf.enum("bpf_prog_type").items()
              if n.startswith("BPF_PROG_TYPE_") and v}
ATTACH = {n: v for n, v in btf.enum("bpf_attach_type").items() if not n.startswith("__")}
ATTACH_MAX = max(ATTACH.values()) + 1
FUNC = {v: n[len("BPF_FUNC_"):] for n, v in btf.enum_with("BPF_FUNC_map_lookup_elem").items() if n.startswith("BPF_FUNC_")}
ARG = {v: n for n, v in btf.enum("bpf_arg_type").items() if not n.startswith("__") and v < 256}
RET = {v: n for n, v in btf.enum("bpf_return_type").items() if not n.startswith("__") and v < 256}
REG = {v: n for n, v in btf.enum("bpf_reg_type").items() if not n.startswith("__") and v < 256}
FLAG = btf.enum("bpf_type_flag")


# ---- bpf_verifier_ops[], the kernel's table of operations: found by the pointers that it must hold ----

def rodata():
    addr, pages = by_name["__start_rodata"], []
    while (page := memory.page(addr + 4096 * len(pages))) is not None and len(pages) < 6656:
        pages.append(page)
    return struct.unpack(f"<{512 * len(pages)}Q", b"".join(pages))


def find_ops():
    """-> {type id: address of its struct bpf_verifier_ops}. The table is found by two pointers next to each other: they point to
    structs that begin with the getters of socket filter (1) and kprobe (2)."""
    base, words = by_name["__start_rodata"], rodata()
    first, second = by_name["sk_filter_func_proto"], by_name["kprobe_prog_func_proto"]
    begins = {base + 8 * i: w for i, w in enumerate(words) if w in (first, second)}
    at = next(i for i, w in enumerate(words) if begins.get(w) == first and begins.get(words[i + 1]) == second)
    return {t: words[at - 1 + t] for t in PROG_TYPES.values() if words[at - 1 + t]}


OPS = find_ops()
off = lambda s, f: btf.offset(s, f)
PROG, AUX, INFO = callkernel.DATA, callkernel.DATA + 0x4000, callkernel.DATA + 0x8000


def set_prog(type_, attach):
    uc = emu.uc
    uc.mem_write(PROG, bytes(0x1000))
    uc.mem_write(PROG + off("bpf_prog", "type"), struct.pack("<I", type_))
    uc.mem_write(PROG + off("bpf_prog", "expected_attach_type"), struct.pack("<I", attach))
    uc.mem_write(PROG + off("bpf_prog", "aux"), struct.pack("<Q", AUX))


# ---- helpers ----

def read_proto(addr, func_id):
    def u32(field):
        return memory.u32(addr + off("bpf_func_proto", field))
    def flag(field):
        return memory.read(addr + off("bpf_func_proto", field), 1)[0]
    def u64(field, index=0):
        return memory.u64(addr + off("bpf_func_proto", field) + 8 * index)
    def btf_name(pointer):
        if pointer < 1 << 63:
            return ""
        try:
            id_ = memory.u32(pointer)
            return btf.types[id_]["name"] if id_ < len(btf.types) else ""
        except ValueError:
            return ""
    func = u64("func")
    args, sizes, names = [], [], []
    for i in range(5):
        arg = memory.u32(addr + off("bpf_func_proto", "arg_type") + 4 * i)
        extra = u64("arg_btf_id", i)
        args.append(arg)
        sizes.append(extra if arg & FLAG["MEM_FIXED_SIZE"] else 0)
        names.append("" if arg & FLAG["MEM_FIXED_SIZE"] else btf_name(extra))
    allowed = u64("allowed")
    return dict(id=func_id, func=function_name(func, func_id), ret=u32("ret_type"), args=args, sizes=sizes, btf=names,
                ret_btf=btf_name(u64("ret_btf_id")), allowed=by_addr[allowed][0] if allowed else "",
                bits=flag("gpl_only") | flag("pkt_access") << 1 | flag("might_sleep") << 2 | flag("allow_fastcall") << 3)


def function_name(addr, func_id):
    """The name of the function at `addr`. If an address has several names, the helper's own is taken. A helper that is always
    inlined has a poisoned pointer, to which no name belongs; it gets its own name too."""
    own = "bpf_" + FUNC[func_id]
    names = by_addr.get(addr, [own] if addr else [""])
    return own if own in names else names[0]


protos, proto_index = [], {}


def helpers_of(getter):
    """-> indices into protos, by ascending helper number"""
    found = []
    for func_id in sorted(FUNC):
        addr = emu.call(getter, func_id, PROG)
        if addr:
            if addr not in proto_index:
                p = read_proto(addr, func_id)
                if not p["func"]:
                    continue
                proto_index[addr] = len(protos)
                protos.append(p)
            found.append(proto_index[addr])
    return found


# ---- context accesses ----

AUX_REG, AUX_LDSX, AUX_FIELD, AUX_BTF_ID = (off("bpf_insn_access_aux", f) for f in ("reg_type", "is_ldsx", "ctx_field_size", "btf_id"))


def access(fn, at, size, write, ldsx=False):
    """-> None if refused, else (register type with flags, ctx_field_size, and if the load gives a pointer to a structure: its name)"""
    info = bytearray(64)
    struct.pack_into("<I", info, AUX_REG, 1)  # SCALAR_VALUE: the verifier sets it before the call
    info[AUX_LDSX] = ldsx
    emu.uc.mem_write(INFO, bytes(info))
    if not emu.call(fn, at, size, 2 if write else 1, PROG, INFO) & 0xff:
        return None
    got = emu.uc.mem_read(INFO, 64)
    reg_type, = struct.unpack_from("<I", got, AUX_REG)
    if REG[reg_type & 255] == "PTR_TO_BTF_ID":  # then the BTF id is in a union with the field's size
        return reg_type, 0, btf.types[struct.unpack_from("<I", got, AUX_BTF_ID)[0]]["name"]
    return reg_type, struct.unpack_from("<i", got, AUX_FIELD)[0]


def context_of(fn, lowest, limit):
    """All allowed accesses, as rows [size | write<<4 | ldsx-refused<<5, first offset, last offset, step, register type, field size,
    structure for PTR_TO_BTF_ID]."""
    rows = []
    for write in (False, True):
        for size in (1, 2, 4, 8):
            runs = {}
            for at in range(lowest, limit):
                a = access(fn, at, size, write)
                if a is None:
                    continue
                no_ldsx = not write and size < 8 and access(fn, at, size, write, True) is None
                runs.setdefault((a, no_ldsx), []).append(at)
            for (a, no_ldsx), offsets in runs.items():
                for first, last, step in progressions(offsets):
                    rows.append([size | write << 4 | no_ldsx << 5, first, last, step, *a])
    return rows


def progressions(offsets):
    """Ascending numbers, greedily split into arithmetic progressions (first, last, step)."""
    i = 0
    while i < len(offsets):
        j, step = i, 0
        if i + 1 < len(offsets):
            step = offsets[i + 1] - offsets[i]
            while j + 1 < len(offsets) and offsets[j + 1] - offsets[j] == step:
                j += 1
        if j - i < 2:
            j, step = i, 1
        yield offsets[i], offsets[j], step
        i = j + 1


# ---- rules found by loading test programs ----

EXIT = insn(0x95)
HASH, _ = kernel.map_create(1, 4, 4, 1)
RETURN_0 = insn(0xb7, 0) + EXIT


def try_load(insns, type_, attach, flags=0):
    fd, errno, log = kernel.load(insns, type_, attach, flags)
    if fd >= 0:
        kernel.os.close(fd)
    return errno, log


def return_range(type_, attach):
    """-> None, or (min, max, bits)"""
    errno, log = try_load(insn(0x85, imm=7) + EXIT, type_, attach)
    m = re.search(r"should have been in \[(-?\d+), (-?\d+)\]", log)
    if not m:
        assert errno == 0, (type_, attach, log)
        return None
    low, high = int(m[1]), int(m[2])
    wide = insn(0x18, 0, imm=low) + insn(0, imm=1) + EXIT  # a value of which only the low half is in range
    return low, high, 32 if try_load(wide, type_, attach)[0] == 0 else 64


def packet_access(type_, attach, rows, flags):
    """-> (may pass packet pointers to helpers, may write through them). None if the context has no packet pointers. A type that
    has them may always read through them."""
    def field(name):
        return next((r for r in rows if r[0] & 0x1f in (4, 8) and REG[r[4] & 255] == name), None)
    data, end = field("PTR_TO_PACKET"), field("PTR_TO_PACKET_END")
    if not data or not end:
        return None
    load = 0x79 if data[0] & 8 else 0x61
    head = (insn(load, 2, 1, data[1]) + insn(load, 3, 1, end[1]) + insn(0xbf, 4, 2) + insn(0x07, 4, imm=8)
            + insn(0x2d, 4, 3, 1))
    lookup = insn(0x18, 1, 1, 0, HASH) + insn(0) + insn(0x85, imm=1)
    read = try_load(head.replace(insn(0x2d, 4, 3, 1), insn(0x2d, 4, 3, 3)) + lookup + RETURN_0, type_, attach, flags)
    write = try_load(head + insn(0x72, 2, 0, 0, 0) + RETURN_0, type_, attach, flags)
    return read[0] == 0, write[0] == 0


# Types whose programs can only be loaded with kernel BTF or other objects. They are listed, but not simulated.
NEEDS_BTF = {"tracing": "attachment by the BTF id of a kernel function", "struct_ops": "a kernel interface given by BTF",
             "ext": "replacing a function of another loaded program", "lsm": "attachment by the BTF id of a security hook"}
SLEEPABLE = {"syscall": 1 << 4}
# Context offsets that are tried, where (-16, 512) is not enough. An instruction's offset starts at -32768, but most types refuse
# all below 0.
LIMIT = {"tracepoint": (-32768, 8192 + 64), "syscall": (-64, 65536 + 64)}


def record():
    # OREORE and other custom types have these helpers.
    set_prog(1, 0)
    base = helpers_of(by_name["bpf_base_func_proto"])
    types = {}
    for name, type_ in PROG_TYPES.items():
        flags = SLEEPABLE.get(name, 0)
        loads, unseen = {}, {}
        for attach in range(ATTACH_MAX + 2):
            code = RETURN_0
            errno, log = try_load(code, type_, attach, flags)
            if errno and "At program exit" in log or "At program" in log:
                errno = 0
            loads[attach] = errno
            if errno and not log:
                unseen.setdefault(errno, []).append(attach)
        ok = [a for a, e in loads.items() if e == 0]
        entry = dict(id=type_, name=name, present=type_ in OPS, needs=NEEDS_BTF.get(name, ""))
        every = len(ok) == len(loads)
        entry["attach"] = None if every else ok
        entry["errno"] = sorted({e for e in loads.values() if e})
        types[name] = entry
        if name in NEEDS_BTF:
            entry["unseen"] = unseen
        if type_ not in OPS or name in NEEDS_BTF:
            continue
        getter, valid = memory.u64(OPS[type_]), memory.u64(OPS[type_] + off("bpf_verifier_ops", "is_valid_access"))
        entry["plain"] = memory.u64(OPS[type_] + off("bpf_verifier_ops", "convert_ctx_access")) == 0
        groups = {}
        for attach in (range(ATTACH_MAX) if every else ok):
            set_prog(type_, attach)
            if every and attach:
                # A load accepts any attach type. It gets a group of its own only if its rules differ from those for 0.
                same = context_of(valid, 0, 256) == sample
                if same and tuple(helpers_of(getter)) == groups[0][0]:
                    continue
                groups[attach] = (tuple(helpers_of(getter)), groups[0][1] if same else context_of(valid, -16, 512))
                continue
            groups[attach] = (tuple(helpers_of(getter)), context_of(valid, *LIMIT.get(name, (-16, 512))))
            sample = context_of(valid, 0, 256)
        entry["groups"] = []
        for attach, (helpers, rows) in groups.items():
            rng = return_range(type_, attach) if not flags else None
            packet = packet_access(type_, attach, rows, flags)
            key = json.dumps([helpers, rows, rng, packet])
            for g in entry["groups"]:
                if g["key"] == key:
                    g["attach"].append(attach)
                    break
            else:
                entry["groups"].append(dict(key=key, attach=[attach], helpers=helpers, ctx=rows, range=rng, packet=packet))
        ld_abs = insn(0xbf, 6, 1) + insn(0x20) + RETURN_0
        entry["ld_abs"] = "not allowed for this program type" not in try_load(ld_abs, type_, ok[0], flags)[1]
        print(name, "attach", entry["attach"] if len(str(entry["attach"])) < 80 else "…", entry["errno"],
              [(g["attach"], len(g["helpers"]), len(g["ctx"]), g["range"], g["packet"]) for g in entry["groups"]], entry["ld_abs"])
    print("kernel functions entered:", sorted(emu.called))
    return base, types


def compact(numbers):
    """[1,2,3,7] -> "1-3,7" """
    parts, i = [], 0
    while i < len(numbers):
        j = i
        while j + 1 < len(numbers) and numbers[j + 1] == numbers[j] + 1:
            j += 1
        parts.append(str(numbers[i]) if i == j else f"{numbers[i]}-{numbers[j]}")
        i = j + 1
    return ",".join(parts)


def write(base, types):
    changes = [i for i in sorted(FUNC) if emu.call(by_name["bpf_helper_changes_pkt_data"], i) & 0xff]
    # Sorted by helper number, so that runs of indices are long.
    order = sorted(range(len(protos)), key=lambda i: (protos[i]["id"], i))
    rank = {old: new for new, old in enumerate(order)}
    js = lambda x: json.dumps(x, separators=(",", ":"))
    head = (f"// Recorded by record/record_programs.py from the running Linux {kernel.release()}, x86-64. Do not edit.\n")
    lines = [head, "/** BPF_FUNC_… by number: `names[1]` = map_lookup_elem. */\nexport const names = "
             + js(" ".join(FUNC.get(i, "-") for i in range(max(FUNC) + 1))) + '.split(" ");\n',
             "export const argKinds = " + js([ARG[i] for i in sorted(ARG)]) + " as const;\n",
             "export const retKinds = " + js([RET[i] for i in sorted(RET)]) + " as const;\n",
             "export const regTypes = " + js([REG[i] for i in sorted(REG)]) + " as const;\n",
             "/** enum bpf_type_flag */\nexport const typeFlags = " + js({k: v for k, v in FLAG.items() if not k.startswith("__")})
             + " as const;\n",
             "/** [number, function, return type, argument types, gpl 1 | pkt 2 | sleep 4 | fastcall 8, {argument: size or struct, r: returned struct, a: allowed()}] */\n"
             "export type ProtoRow = readonly [number, string, number, readonly number[], number, Readonly<Record<string, string | number>>?];\n"
             "export const protos: readonly ProtoRow[] = ["]
    for i in order:
        p = protos[i]
        extra = {str(n): s for n, s in enumerate(p["sizes"]) if s} | {str(n): s for n, s in enumerate(p["btf"]) if s}
        if p["ret_btf"]:
            extra["r"] = p["ret_btf"]
        if p["allowed"]:
            extra["a"] = p["allowed"]
        args = p["args"][:]
        while args and args[-1] == 0:
            args.pop()
        name = p["func"].removeprefix("bpf_")
        row = [p["id"], "" if name == FUNC[p["id"]] else p["func"], p["ret"], args, p["bits"]] + ([extra] if extra else [])
        lines.append(js(row) + ",")
    lines.append("];\n\n/** Helpers after which packet pointers are void: bpf_helper_changes_pkt_data. */\nexport const changesPacket = " + js(changes) + ";\n\n/** Indices into protos that bpf_base_func_proto gives. */\nexport const baseSet = "
                 + js(compact(sorted(rank[i] for i in base))) + ";")
    (OUT / "helpers.ts").write_text("\n".join(lines) + "\n")

    lines = [head.rstrip("\n"), 'import type { NotSimulated } from "../../program/not-simulated.ts";\n', "/** enum bpf_attach_type */\nexport const attachTypes: Readonly<Record<string, number>> = " + js(ATTACH) + ";\n",
             "/** One context access rule: [size | write 16 | no sign extension 32, first offset, last, step, register type, field size, structure pointed to]. */\n"
             "export type AccessRow = readonly [number, number, number, number, number, number, string?];\n"
             "/** What holds for some attach types of a program type; `packet`: pointers to it may be [given to helpers, written through]. */\n"
             "export interface GroupRow {\n  readonly attach: string;\n  readonly helpers: string;\n  readonly ctx: readonly AccessRow[];\n"
             "  readonly range?: readonly [number, number, number];\n  readonly packet?: readonly [number, number];\n}\n"
             "export interface TypeRow {\n  readonly id: number;\n  readonly name: string;\n  /** Attach types that load; absent: any. */\n"
             "  readonly attach?: string;\n  readonly ldAbs?: 1;\n  /** Has no convert_ctx_access: accesses to the context stay as they are. */\n  readonly plain?: 1;\n  /** What its programs need. Absent: they are plain programs. */\n  readonly needs?: NotSimulated;\n"
             "  /** With `needs`: attach types that are refused before the verifier looks, by errno. */\n  readonly unseen?: Readonly<Record<string, string>>;\n"
             "  /** The recorded kernel was built without it. */\n  readonly absent?: 1;\n  readonly groups: readonly GroupRow[];\n}\n"
             "export const types: readonly TypeRow[] = ["]
    for t in types.values():
        row = dict(id=t["id"], name=t["name"])
        if t["attach"] is not None:
            row["attach"] = compact(t["attach"])
        if t.get("ld_abs"):
            row["ldAbs"] = 1
        if t.get("plain"):
            row["plain"] = 1
        if t["needs"]:
            row["needs"] = t["needs"]
        if t.get("unseen"):
            row["unseen"] = {str(e): compact(a) for e, a in t["unseen"].items()}
        if not t["present"]:
            row["absent"] = 1
        row["groups"] = []
        for g in t.get("groups", []):
            group = dict(attach=compact(g["attach"]), helpers=compact(sorted(rank[i] for i in g["helpers"])), ctx=g["ctx"])
            if g["range"]:
                group["range"] = g["range"]
            if g["packet"]:
                group["packet"] = [int(x) for x in g["packet"]]
            row["groups"].append(group)
        lines.append(js(row) + ",")
    lines.append("];")
    (OUT / "prog-types.ts").write_text("\n".join(lines) + "\n")


write(*record())
