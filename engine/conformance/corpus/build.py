#!/usr/bin/env python3
"""Builds the corpus: the BPF programs of Linux's selftests and samples, as objects. Debian, root, once:

    apt-get install clang-19 llvm-19 linux-source-6.12 libelf-dev zlib1g-dev gcc make
    python3 build.py DIR

DIR then has: objects/SET/NAME.bpf.o; libbpf, bpftool and veristat, built from the same sources; capture.so and load, with which
compare.ts records libbpf's loads; failed.txt, the sources that cannot be built with this kernel's BTF or this compiler.
Files that exist already are not built again. JOBS sets how many compilers run at once."""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARBALL = "/usr/src/linux-source-6.12.tar.xz"
TOP = "linux-source-6.12"
CLANG = os.environ.get("CLANG", "clang-19")
PARTS = ("tools samples/bpf include kernel/bpf arch/x86/include scripts Makefile Kbuild net/netfilter lib").split()


def run(*args, **more):
    subprocess.run([str(a) for a in args], check=True, **more)


def built(path, *args, **more):
    """Runs a command that makes `path`, unless it exists."""
    if not path.exists():
        print(f"making {path.name}", flush=True)
        run(*args, **more)
    return path


def system_includes():
    """The headers that clang uses for this machine. It leaves them out for BPF."""
    said = subprocess.run([CLANG, "-v", "-E", "-"], stdin=subprocess.DEVNULL, capture_output=True, text=True).stderr
    part = said.split("search starts here:")[-1].split("End of search list")[0]
    return [f"-idirafter{line.strip()}" for line in part.splitlines() if line.startswith(" /")]


def main():
    out = pathlib.Path(sys.argv[1]).resolve()
    out.mkdir(parents=True, exist_ok=True)
    src = out / TOP
    built(src, "tar", "xf", TARBALL, "-C", out, *(f"{TOP}/{part}" for part in PARTS))
    tools, tests = src / "tools", src / "tools/testing/selftests/bpf"
    inst = out / "inst"
    quiet = dict(stdout=subprocess.DEVNULL)
    (out / "libbpf").mkdir(exist_ok=True)
    (out / "bpftool.build").mkdir(exist_ok=True)
    built(inst / "lib64/libbpf.so", "make", "-s", "-C", tools / "lib/bpf", f"OUTPUT={out}/libbpf/", f"DESTDIR={inst}", "prefix=", "install", "install_headers", **quiet)
    bpftool = built(out / "bpftool.build/bpftool", "make", "-s", "-C", tools / "bpf/bpftool", f"OUTPUT={out}/bpftool.build/", f"CLANG={CLANG}", "LLVM_STRIP=llvm-strip-19", **quiet)
    header = inst / "include/vmlinux.h"
    if not header.exists():
        header.write_bytes(subprocess.run([bpftool, "btf", "dump", "file", "/sys/kernel/btf/vmlinux", "format", "c"], check=True, capture_output=True).stdout)
    link = ["-O2", f"-I{inst}/include", f"-I{tools}/include/uapi", f"-I{tools}/include"]
    built(out / "capture.so", "gcc", "-O2", "-shared", "-fPIC", f"-I{tools}/include/uapi", "-o", out / "capture.so", HERE / "capture.c", "-ldl")
    built(out / "load", "gcc", *link, "-o", out / "load", HERE / "load.c", f"-L{inst}/lib64", "-lbpf", "-lelf", "-lz", f"-Wl,-rpath,{inst}/lib64")
    built(out / "veristat", "gcc", *link, f"-I{tests}", f"-I{tools}/lib", "-o", out / "veristat", tests / "veristat.c", inst / "lib64/libbpf.a", "-lelf", "-lz", "-lm")

    common = ["-g", "-O2", "--target=bpf", "-mlittle-endian", "-w", "-D__TARGET_ARCH_x86", f"-I{inst}/include", "-DENABLE_ATOMICS_TESTS"]
    system = system_includes()
    tests_flags = [*common, "-mcpu=v3", f"-I{tests}", f"-I{tests}/progs", f"-I{tools}/include/uapi", f"-I{tests}/../usr/include", *system]
    samples = src / "samples/bpf"
    samples_flags = [*common, "-mcpu=v3", "-D__KERNEL__", "-D__BPF_TRACING__", f"-I{samples}", f"-I{tests}", f"-I{tools}/include/uapi", f"-I{tools}/include", f"-I{tools}/lib", *system, f"-idirafter{src}/include"]
    sched_ext_flags = [*tests_flags, f"-I{tools}/sched_ext/include", f"-I{tools}/sched_ext/include/bpf-compat"]
    sets = dict(
        selftests=(tests_flags, sorted((tests / "progs").glob("*.c"))),
        cpuv4=([*tests_flags, "-mcpu=v4"], sorted((tests / "progs").glob("verifier_*.c"))),
        samples=(samples_flags, sorted([*samples.glob("*.bpf.c"), *samples.glob("*_kern.c")])),
        perf=(tests_flags, sorted((tools / "perf/util/bpf_skel").glob("*.bpf.c"))),
        net=(tests_flags, sorted((tests / "../net").glob("*.bpf.c"))),
        sched_ext=(sched_ext_flags, sorted((tools / "sched_ext").glob("*.bpf.c"))),
    )
    work = []
    for name, (flags, sources) in sets.items():
        (out / "objects" / name).mkdir(parents=True, exist_ok=True)
        for source in sources:
            target = out / "objects" / name / (source.name.removesuffix(".c").removesuffix(".bpf") + ".bpf.o")
            work.append((flags, source, target))

    def compile_one(job):
        flags, source, target = job
        if target.exists():
            return None
        for more in ([], ["-DBPF_NO_KFUNC_PROTOTYPES"]):
            # Some sources declare kernel functions as they were in their own kernel. vmlinux.h has the current declarations.
            done = subprocess.run([CLANG, *flags, *more, "-c", str(source), "-o", str(target)], capture_output=True, text=True)
            if done.returncode == 0:
                return None
        first = next((line for line in done.stderr.splitlines() if "error" in line), "?")
        return f"{source.relative_to(src)}: {first}"

    jobs = int(os.environ.get("JOBS", os.cpu_count() or 1))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        failed = [line for line in pool.map(compile_one, work) if line]
    (out / "failed.txt").write_text("".join(f"{line}\n" for line in failed))
    print(f"{len(work) - len(failed)} of {len(work)} objects are built; failed.txt says of the others why not")


main()
