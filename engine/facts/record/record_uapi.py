#!/usr/bin/env python3
"""Records ../recorded/uapi.ts: the constants and structs of the UAPI headers that BPF programs use.
Structs and enums come from the running kernel's BTF, so they have its version. #defines come from header files, through the C
preprocessor and compiler. Needs gcc and kernel headers: record_uapi.py [INCLUDE_DIR, default /usr/include]. Root is not
needed."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import kernel

OUT = pathlib.Path(__file__).resolve().parent.parent / "recorded"
INCLUDE = sys.argv[1:] or []
HEADERS = """linux/bpf.h linux/bpf_common.h linux/if_ether.h linux/ip.h linux/ipv6.h linux/in.h linux/in6.h linux/tcp.h
linux/udp.h linux/icmp.h linux/icmpv6.h linux/if_arp.h linux/if_vlan.h linux/pkt_cls.h linux/pkt_sched.h linux/if_packet.h
linux/perf_event.h linux/bpf_perf_event.h linux/btf.h linux/filter.h linux/errno.h asm/ptrace.h linux/socket.h""".split()
# Constants that any program in C expects: limits.h, stdint.h, and include/linux/limits.h of the kernel.
LIMITS = dict(CHAR_BIT=8, SCHAR_MIN=-128, SCHAR_MAX=127, UCHAR_MAX=255, SHRT_MIN=-32768, SHRT_MAX=32767, USHRT_MAX=65535,
              INT_MIN=-2**31, INT_MAX=2**31 - 1, UINT_MAX=2**32 - 1, LONG_MIN=-2**63, LONG_MAX=2**63 - 1, ULONG_MAX=2**64 - 1,
              LLONG_MIN=-2**63, LLONG_MAX=2**63 - 1, ULLONG_MAX=2**64 - 1, U8_MAX=255, S8_MAX=127, S8_MIN=-128, U16_MAX=65535,
              S16_MAX=32767, S16_MIN=-32768, U32_MAX=2**32 - 1, S32_MAX=2**31 - 1, S32_MIN=-2**31, U64_MAX=2**64 - 1,
              S64_MAX=2**63 - 1, S64_MIN=-2**63, INT8_MIN=-128, INT8_MAX=127, UINT8_MAX=255, INT16_MIN=-32768, INT16_MAX=32767,
              UINT16_MAX=65535, INT32_MIN=-2**31, INT32_MAX=2**31 - 1, UINT32_MAX=2**32 - 1, INT64_MIN=-2**63,
              INT64_MAX=2**63 - 1, UINT64_MAX=2**64 - 1, SIZE_MAX=2**64 - 1, MAX_BPF_STACK=512, MAX_TAIL_CALL_CNT=33)
WANTED = re.compile(r"^(BPF_|XDP_|TC_ACT_|TCX_|ETH_|IPPROTO_|IP_|AF_|ARPHRD_|PACKET_|SK_|SOCK_|TCP_|ICMP|BTF_|PERF_(TYPE|COUNT)_"
                    r"|VLAN_|IPV6_|INADDR_|E[A-Z0-9]+$|MAX_|LWT_|__BPF_)")
UNWANTED = re.compile(r"^(IP_(?!DF|MF|OFFSET|CE)|IPV6_|TCP_(?!FLAG)|BPF_(CLASS|SIZE|MODE|OP|SRC|RVAL|MISCOP|STMT|JUMP)$|BTF_(INT|INFO))")

# Enumerators taken from BTF: those that the headers mention, and those of UAPI enums that are newer than the headers.
ENUMERATOR = re.compile(r"^(BPF_|XDP_|BTF_|TCX_|IPPROTO_|LWT_|PERF_(TYPE|COUNT)_|SK_(DROP|PASS))")
NEWER = re.compile(r"BPF_(FUNC_|PROG_TYPE_|MAP_TYPE_|F_|SOCK_OPS_|SKB_CLOCK_|FIB_LOOKUP_|TCP_)")
NEWER_ENUMS = {"bpf_attach_type", "bpf_cmd", "bpf_link_type", "bpf_cond_pseudo_jmp", "bpf_addr_space_cast", "tcx_action_base",
               "bpf_perf_event_type", "bpf_stream_id"}
# #defines of include/uapi/linux/{bpf,bpf_common}.h that some machines' headers are too old for, and names that every program
# in C uses.
DEFINED = dict(BPF_MEMSX=0x80, BPF_LOAD_ACQ=0x100, BPF_STORE_REL=0x110, BPF_JCOND=0xe0, PAGE_SIZE=4096,
               **{f"BPF_REG_ARG{i}": i for i in range(1, 6)}, BPF_REG_CTX=6, BPF_REG_FP=10)

btf = kernel.Btf()
run = lambda args, text: subprocess.run(args, input=text, capture_output=True, text=True, check=True).stdout
flags = [f"-I{d}" for d in INCLUDE]
includes = "".join(f"#include <{h}>\n" for h in ["sys/socket.h"] + HEADERS)


def values_of(names):
    """-> {name: value} of constant expressions, evaluated by the compiler. Names that do not compile are left out."""
    good = list(names)
    while good:
        body = includes + '#include <stdio.h>\n#define S(x) printf("%s %lld %d\\n", #x, (long long)(x), (typeof(x))-1 > 0)\n'
        body += "int main(void){\n" + "".join(
            f'printf("{n} %lld %d %d\\n", (long long)({n}), (int)sizeof({n}), ((__typeof__(({n})+0))-1 > 0));\n' for n in good) + "return 0;}\n"
        with tempfile.TemporaryDirectory() as d:
            p = subprocess.run(["gcc", "-w", *flags, "-x", "c", "-", "-o", d + "/a"], input=body, capture_output=True, text=True)
            if p.returncode == 0:
                out = {}
                for line in run([d + "/a"], "").splitlines():
                    n, v, size, unsigned = line.split()
                    out[n] = int(v) & (1 << 64) - 1 if int(unsigned) and int(size) == 8 else int(v)
                return out
            first = len(body.split("int main(void){\n")[0].splitlines()) + 2
            bad = {int(m) - first for m in re.findall(r"<stdin>:(\d+):\d+: error", p.stderr)}
            assert bad, p.stderr[:2000]
            good = [n for i, n in enumerate(good) if i not in bad]
    return {}


def constants():
    defines = [m[1] for m in re.finditer(r"^#define (\w+) (?!\s*$).+", run(["gcc", *flags, "-E", "-dM", "-x", "c", "-"], includes), re.M)]
    names = [n for n in defines if WANTED.match(n) and not UNWANTED.match(n)]
    found = values_of(names)
    # Enumerators: all that the headers mention. If the running kernel has them, its values are taken.
    text = run(["gcc", *flags, "-E", "-P", "-x", "c", "-"], includes)
    words = set(re.findall(r"\b[A-Z_][A-Z0-9_a-z]+\b", text))
    found |= values_of(sorted(w for w in words if WANTED.match(w) and not UNWANTED.match(w) and w not in found))
    for t in btf.types:
        if t["kind"] in ("enum", "enum64"):
            for n, v in t["values"]:
                if ENUMERATOR.match(n) and (n in words or NEWER.match(n) or t["name"] in NEWER_ENUMS):
                    found[n] = v
    return LIMITS | DEFINED | found


ROOTS = """__sk_buff xdp_md bpf_sock bpf_sock_tuple bpf_tcp_sock bpf_xdp_sock bpf_sock_addr bpf_sock_ops bpf_sockopt bpf_sysctl
bpf_cgroup_dev_ctx bpf_sk_lookup sk_msg_md sk_reuseport_md bpf_flow_keys bpf_tunnel_key bpf_xfrm_state bpf_fib_lookup
bpf_redir_neigh bpf_perf_event_data bpf_perf_event_value bpf_raw_tracepoint_args bpf_spin_lock bpf_timer bpf_dynptr bpf_list_head
bpf_list_node bpf_rb_root bpf_rb_node bpf_pidns_info bpf_devmap_val bpf_cpumap_val bpf_insn bpf_lpm_trie_key bpf_cgroup_storage_key
bpf_lpm_trie_key_u8 bpf_lpm_trie_key_hdr bpf_sysctl_kern pt_regs ethhdr iphdr ipv6hdr tcphdr udphdr icmphdr icmp6hdr arphdr vlan_hdr in_addr in6_addr
sockaddr_in sockaddr_in6 btf_ptr bpf_iter_num bpf_wq bpf_refcount""".split()


def type_name(id_):
    t = btf.types[id_]
    if t["kind"] == "ptr":
        inner = type_name(t["type"])
        return inner + ("*" if inner.endswith("*") else " *")
    if t["kind"] in ("const", "volatile", "type_tag"):
        return type_name(t["type"])
    if t["kind"] in ("struct", "union", "enum", "fwd"):
        return (("struct" if t["kind"] == "fwd" else t["kind"]) + " " + t["name"]).strip()
    return t["name"] or t["kind"]


def size_of(id_):
    t = btf.strip(id_)
    return 8 if t["kind"] == "ptr" else t["count"] * size_of(t["type"]) if t["kind"] == "array" else t["size"]


UNTAGGED = {}


def fields_of(t, base, wanted, owner):
    rows = []
    for name, type_, bit_off, bits in t["members"]:
        at, inner = base + bit_off // 8, btf.strip(type_)
        if not name and inner["kind"] in ("struct", "union"):
            rows += fields_of(inner, at, wanted, owner)
            continue
        count, element = None, type_
        if inner["kind"] == "array":
            count, element = inner["count"], inner["type"]
            while btf.strip(element)["kind"] == "array":
                count, element = count * btf.strip(element)["count"], btf.strip(element)["type"]
        core = btf.strip(element)
        nested = core["name"] if core["kind"] in ("struct", "union") else ""
        if nested:
            wanted.append((core["kind"], nested))
        elif core["kind"] in ("struct", "union"):
            nested = f"{owner}.{name}"  # a struct without a tag gets its owner's name and its own
            UNTAGGED[nested] = core
            wanted.append(("untagged", nested))
        row = [name, at, size_of(type_), type_name(element), count, [base * 8 + bit_off, bits] if bits else None, nested or None]
        while row[-1] is None:
            row.pop()
        rows.append(row)
    return rows


def structs():
    wanted, done = [("struct", n) for n in ROOTS], {}
    while wanted:
        kind, name = wanted.pop(0)
        if name in done or (kind != "untagged" and (kind, name) not in btf.named):
            continue
        t = UNTAGGED[name] if kind == "untagged" else btf.get(kind, name)
        if t["size"] > 512:
            continue
        done[name] = [t["size"], fields_of(t, 0, wanted, name)]
    return done


js = lambda x: json.dumps(x, separators=(",", ":"))
consts, layouts = constants(), structs()


def counted(values):
    """The text of the constants, as short as possible, because the page loads it first. Names of a family stand together, by value.
    A value that is the next number after the one before is left out."""
    words, before = [], None
    for name, value in sorted(values.items(), key=lambda one: ("_".join(one[0].split("_")[:2]), one[1], one[0])):
        words.append(name if before is not None and value == before + 1 else f"{name}={value}")
        before = value
    return " ".join(words)


words = counted(consts)
(OUT / "uapi.ts").write_text(
    f"// Recorded by record/record_uapi.py: enums and structs from the BTF of Linux {kernel.release()}, #defines from the C headers. Do not edit.\n\n"
    f"/** name=value, separated by spaces; a name alone has the value behind that of the one before. */\nexport const constants =\n  {js(words)};\n\n"
    "/** name: [size, [[field, offset, size, type, count?, [bit, width]?, struct?], …]] */\n"
    "export type FieldRow = readonly [string, number, number, string, (number | null)?, (readonly number[] | null)?, (string | null)?];\n"
    "export const structs: Readonly<Record<string, readonly [number, readonly FieldRow[]]>> = {\n"
    + "".join(f"  {js(n)}: {js(s)},\n" for n, s in layouts.items()) + "};\n")
print(len(consts), "constants,", len(layouts), "structs,", (OUT / "uapi.ts").stat().st_size, "bytes")
