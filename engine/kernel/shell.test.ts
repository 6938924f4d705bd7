// Compares the shell with what the real programs print. bpftool's texts are those of bpftool 7.1 for the same objects.
import { beforeEach, expect, test } from "vitest";
import { fromHex } from "../base/bytes.ts";
import { decodeInsns, type Insn } from "../isa/insn.ts";
import { readDefinition } from "./definition-input.ts";
import { Kernel } from "./kernel.ts";
import { PRESETS } from "./presets.ts";
import { Process } from "./process.ts";
import { completions, runShell } from "./shell.ts";
import { straceLine } from "./strace.ts";

const FILE = "/sys/oreore/bpf";
const PLUS42 = "6110000000000000040000002a0000009500000000000000";
const insnsOf = (hex: string): Insn[] => decodeInsns(fromHex(hex) as Uint8Array);

let process: Process;
beforeEach(() => {
  process = new Process(new Kernel());
});

const sh = (line: string): string => runShell(process, line).output;
const status = (line: string): number => runShell(process, line).status;

function load(hex: string, progType = 32, progName = ""): number {
  const expectedAttachType = progType === 32 ? 44 : 0;
  const attr = {
    progType,
    insns: insnsOf(hex),
    license: "GPL",
    logLevel: 0,
    progFlags: 0,
    progName,
    expectedAttachType,
  };
  return process.progLoad(attr).ret;
}
const attach = (fd: number): number => process.progAttach({ attachBpfFd: fd, attachType: 44 });

test("echo and cat print what they print in the talk", () => {
  expect(sh(`echo 10 > ${FILE}`)).toBe("bash: echo: write error: No such file or directory\n");
  attach(load(PLUS42));
  expect([sh(`echo 10 > ${FILE}`), sh(`cat ${FILE}`)]).toEqual(["", "52\n"]);
  expect([sh(`echo -n 0x10 > ${FILE}`), sh(`cat ${FILE}`)]).toEqual(["", "58\n"]);
  expect(sh(`echo abc > ${FILE}`)).toBe("bash: echo: write error: Invalid argument\n");
  expect(sh(`echo 4294967296 > ${FILE}`)).toBe("bash: echo: write error: Numerical result out of range\n");
  expect(sh(`printf '7' > ${FILE} && cat ${FILE}`)).toBe("49\n");
});

test("a byte above 0x7f is written as one byte", () => {
  const written = (line: string): string[] => {
    sh(line);
    return process.takeCalls().flatMap((call) => (call.call === "write" ? [call.data] : []));
  };
  expect(written(`printf '\\xff' > ${FILE}`)).toEqual(["ff"]);
  expect(written(`echo -ne '\\0377' > ${FILE}`)).toEqual(["ff"]);
  expect(written(`printf é > ${FILE}`)).toEqual(["c3a9"]);
  expect(written(`echo -n '' > ${FILE}`)).toEqual([]);
});

test("strace shows each access to a file", () => {
  sh(`cat ${FILE}`);
  expect(process.takeCalls().map((call) => straceLine(call, process.kernel).text)).toEqual([
    'openat(AT_FDCWD, "/sys/oreore/bpf", O_RDONLY) = 3',
    'read(3, "0\\n", 131072) = 2',
    'read(3, "", 131072) = 0',
    "close(3) = 0",
  ]);
});

test("strace shows bytes and flags as the real one does", () => {
  sh(`printf 'a\\x01\\x31\\x01b\\x7f\\xff9\\v\\f\\a\\0' >> ${FILE}`);
  expect(process.takeCalls().map((call) => straceLine(call, process.kernel).text)).toEqual([
    'openat(AT_FDCWD, "/sys/oreore/bpf", O_WRONLY|O_CREAT|O_APPEND, 0666) = 3',
    'write(3, "a\\0011\\1b\\177\\3779\\v\\f\\7\\0", 12) = -1 EINVAL (Invalid argument)',
    "close(3) = 0",
  ]);
});

test.each([
  ["foo", "bash: foo: command not found\n", 127],
  ["cat /sys/oreore/nothing", "cat: /sys/oreore/nothing: No such file or directory\n", 1],
  ["cat /sys/oreore", "cat: /sys/oreore: Is a directory\n", 1],
  ["echo 1 > /sys/oreore/new", "bash: /sys/oreore/new: Permission denied\n", 1],
  ["echo 1 > /sys/nowhere/new", "bash: /sys/nowhere/new: No such file or directory\n", 1],
  ["echo 1 > /sys/oreore", "bash: /sys/oreore: Is a directory\n", 1],
  ["echo a b", "a b\n", 0],
  ["echo -e 'a\\tb'", "a\tb\n", 0],
  ["ls /sys/oreore", "bpf\n", 0],
  ["ls -a /sys/oreore", ".\n..\nbpf\n", 0],
  ["ls -1A /sys/oreore", "bpf\n", 0],
  ["ls -z", "ls: invalid option -- 'z'\nTry 'ls --help' for more information.\n", 2],
  ["printf '%s\\n' a b", "a\nb\n", 0],
  ["printf '%s-%d\\n' a 1 b", "a-1\nb-0\n", 0],
  ["printf 'hi\\n' a b", "hi\n", 0],
  ["printf '%d|%s|%%\\n'", "0||%\n", 0],
  ["printf '%x|%5s|%-5s|%05d|%c|%.2s\\n' 255 ab cd 42 hello xyz", "ff|   ab|cd   |00042|h|xy\n", 0],
  ["printf '%d %d %d\\n' 0x10 010 -7", "16 8 -7\n", 0],
  ["printf '%d\\n' 12abc", "12\nbash: printf: 12abc: invalid number\n", 1],
  ["printf 'a%'", "abash: printf: `%': missing format character\n", 1],
  ["printf '%z'", "bash: printf: `z': invalid format character\n", 1],
  ["printf '\\012\\0101\\101'", "\n\b1A", 0],
  ["printf '%b' 'a\\tb'", "a\tb", 0],
  ["echo -e '\\012|\\0101|\\101|\\q'", "\n|A|\\101|\\q\n", 0],
  ["echo -e 'a\\cb'", "a", 0],
  ["echo é; printf 'é\\xc3\\xa9\\u00e9'", "é\nééé", 0],
  ["ls /sys/oreore/bpf", "/sys/oreore/bpf\n", 0],
  ["ls /nowhere", "ls: cannot access '/nowhere': No such file or directory\n", 2],
  ["ls /sys", "kernel\noreore\n", 0],
  ["false || echo no", "no\n", 0],
  ["false && echo no", "", 1],
  ["uname", "Linux\n", 0],
  ["sudo whoami", "root\n", 0],
  ["grep x", "grep is not simulated here; `help` lists what is\n", 127],
  ["ls | wc", "bash: `|' is not simulated here\n", 2],
  ["", "", 0],
])("%s", (line, output, code) => {
  expect([sh(line), status(line)]).toEqual([output, code]);
});

test("without the module there is no file and no directory", () => {
  process = new Process(new Kernel({ steps: [true, true, false, true] }));
  expect(sh("ls /sys")).toBe("kernel\n");
  expect(sh(`echo 1 > ${FILE}`)).toBe(`bash: ${FILE}: No such file or directory\n`);
  expect(sh("lsmod")).not.toContain("oreore");
});

// A program `reader` that looks up element 1 of the map `counts`, an array of 3 × 8 bytes.
const READER =
  "620afcff01000000bfa200000000000007020000fcffffff" +
  "18110000MMMMMMMM00000000000000008500000001000000550001000000000095000000000000006100000000000000" +
  "9500000000000000";

function loadReader(): { readonly map: number; readonly prog: number } {
  const map = process.mapCreate({ name: "counts", type: "array", keySize: 4, valueSize: 8, maxEntries: 3, flags: 0 });
  process.mapUpdate(map, Uint8Array.of(1, 0, 0, 0), Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0));
  return { map, prog: load(READER.replace("MMMMMMMM", `0${map}000000`), 1, "reader") };
}

test("bpftool prog show lists the loaded programs", () => {
  expect(sh("bpftool prog show")).toBe("");
  loadReader();
  expect(sh("bpftool prog list")).toBe(
    "1: socket_filter  name reader  tag 94fd523ba23d9169  gpl\n" +
      "\tloaded_at 2023-11-15T22:13:20+0000  uid 0\n" +
      "\txlated 128B  not jited  memlock 4096B  map_ids 1\n",
  );
  expect(sh("bpftool prog show id 1")).toBe(sh("bpftool prog"));
  expect(sh("bpftool prog show name reader")).toBe(sh("bpftool prog show tag 94fd523ba23d9169"));
});

test("a program type that bpftool does not know is printed as a number", () => {
  load(PLUS42);
  expect(sh("bpftool prog show id 1")).toMatch(/^1: type 32 {2}tag 83543a50d61dc1d1 {2}gpl\n/);
});

test("bpftool prog dump xlated shows instructions, with maps by their id", () => {
  loadReader();
  expect(sh("bpftool prog dump xlated id 1").split("\n").slice(0, 5)).toEqual([
    "   0: (62) *(u32 *)(r10 -4) = 1",
    "   1: (bf) r2 = r10",
    "   2: (07) r2 += -4",
    "   3: (18) r1 = map[id:1]",
    "   5: (07) r1 += 312",
  ]);
  expect(sh("bpftool prog dump xlated id 1 opcodes").split("\n")[1]).toBe("       62 0a fc ff 01 00 00 00");
});

test("bpftool prog dump xlated shows how the verifier rewrote accesses to a converted context", () => {
  const read = readDefinition(PRESETS.find(({ name }) => name === "converted")?.definition);
  if (!read.ok) throw new Error("the preset is faulty");
  process = new Process(new Kernel({ definition: read.definition }));
  // r0 = *(u8 *)(r1 +1); r2 = *(u32 *)(r1 +8); *(u32 *)(r1 +4) = r2; exit
  load("71100100000000006112080000000000" + "63210400000000009500000000000000");
  expect(sh("bpftool prog dump xlated id 1")).toBe(
    [
      "   0: (69) r0 = *(u16 *)(r1 +8)",
      "   1: (74) w0 >>= 8",
      "   2: (54) w0 &= 255",
      "   3: (79) r2 = *(u64 *)(r1 +16)",
      "   4: (bc) w2 = w2",
      "   5: (63) *(u32 *)(r1 +0) = r2",
      "   6: (95) exit",
      "",
    ].join("\n"),
  );
});

test("bpftool map show and dump print the maps and their contents", () => {
  loadReader();
  process.mapCreate({ name: "", type: "hash", keySize: 4, valueSize: 8, maxEntries: 2, flags: 0 });
  expect(sh("bpftool map show id 1")).toBe(
    "1: array  name counts  flags 0x0\n\tkey 4B  value 8B  max_entries 3  memlock 336B\n",
  );
  expect(sh("bpftool map dump id 1")).toBe(
    "key: 00 00 00 00  value: 00 00 00 00 00 00 00 00\n" +
      "key: 01 00 00 00  value: 07 00 00 00 00 00 00 00\n" +
      "key: 02 00 00 00  value: 00 00 00 00 00 00 00 00\n" +
      "Found 3 elements\n",
  );
  expect(sh("bpftool map show name counts")).toBe(sh("bpftool map show id 1"));
  expect(sh("bpftool map dump name counts")).toBe(sh("bpftool map dump id 1"));
  expect(sh("bpftool map dump id 2")).toBe("Found 0 elements\n");
  expect(sh("bpftool map show")).toContain("2: hash  flags 0x0\n");
});

test.each([
  ["bpftool prog show id 99999", "Error: get by id (99999): No such file or directory\n"],
  ["bpftool prog show id", "Error: what is 'id'?\n"],
  ["bpftool prog show tag 0011223344556677", ""],
  ["bpftool prog show name nope", ""],
  ["bpftool prog show bla 3", "Error: expected 'id', 'tag', 'name' or 'pinned', got: 'bla'?\n"],
  ["bpftool prog show constructor 1", "Error: expected 'id', 'tag', 'name' or 'pinned', got: 'constructor'?\n"],
  ["bpftool map show name nope", ""],
  ["bpftool map show bla 3", "Error: expected 'id', 'name' or 'pinned', got: 'bla'?\n"],
  ["bpftool map dump", "Error: expected 'id', 'name' or 'pinned', got: ''?\n"],
  ["bpftool prog dump", "Error: expected 'xlated' or 'jited', got: (null)\n"],
  ["bpftool prog dump foo id 3", "Error: expected 'xlated' or 'jited', got: foo\n"],
  ["bpftool prog fly", "Error: unknown command 'fly'\n"],
  ["bpftool map dump id 99999", "Error: get map by id (99999): No such file or directory\n"],
])("%s", (line, output) => {
  expect([sh(line), status(line)]).toEqual([output, 255]);
});

test("trace_pipe returns each line once", () => {
  // r1 = "hi", bpf_trace_printk(r1, 3)
  const printer =
    "bf16000000000000720af8ff68000000720af9ff69000000720afaff00000000bfa100000000000007010000f8ffffffb7020000030000008500000006000000b7000000000000009500000000000000";
  attach(load(printer));
  sh(`echo 1 > ${FILE}`);
  expect(sh("cat /sys/kernel/tracing/trace_pipe")).toMatch(/bpf_trace_printk: hi\n$/);
  expect(sh("cat /sys/kernel/tracing/trace_pipe")).toBe("");
});

test.each([
  ["ec", ["echo"]],
  ["cat /s", ["/sys/"]],
  ["cat /sys/o", ["/sys/oreore/"]],
  ["echo 1 > /sys/oreore/", ["/sys/oreore/bpf"]],
  ["echo 1; d", ["dmesg"]],
  ["bpftool p", ["prog"]],
  ["bpftool prog d", ["dump"]],
  ["bpftool prog dump ", ["xlated"]],
  ["bpftool prog dump xlated ", ["id"]],
  ["cat x", []],
  ["cat /nowhere/x", []],
])("%s is completed", (line, words) => {
  expect(completions(process, line)).toEqual(words);
});

test("dmesg and lsmod know the module", () => {
  expect(sh("dmesg")).toMatch(/oreore_module: loading out-of-tree module taints kernel\.\n$/);
  expect(sh("lsmod")).toMatch(/^oreore_module +12288 {2}0$/m);
});
