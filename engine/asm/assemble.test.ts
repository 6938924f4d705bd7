import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex } from "../base/bytes.ts";
import { encodeInsns } from "../isa/insn.ts";
import { INSN_MACROS } from "../isa/macros.ts";
import { type AssembleOptions, assemble } from "./assemble.ts";
import { slotsAt } from "./assembly.ts";
import { macroCode } from "./macro-code.ts";

const hex = (source: string, options?: AssembleOptions) => toHex(encodeInsns(assemble(source, options).insns));
/** The value of an expression as a 64-bit immediate. */
const value = (expression: string): string => {
  const { insns, diagnostics } = assemble(`BPF_LD_IMM64(BPF_REG_0, ${expression}),`);
  const fault = diagnostics.find((d) => d.severity === "error");
  return fault
    ? fault.code
    : `0x${BigInt.asUintN(64, (BigInt(insns[1]?.imm ?? 0) << 32n) | BigInt((insns[0]?.imm ?? 0) >>> 0)).toString(16)}`;
};

describe("the programs of the recordings", () => {
  const folder = join(import.meta.dirname, "../../../shared/oracle");
  const recorded = existsSync(`${folder}/vm.jsonl`);
  const why = recorded ? "" : " (skipped: ../shared/oracle is not part of the repository)";
  test.skipIf(!recorded)(`all that have a source of their own come out byte for byte${why}`, () => {
    const rows = ["verifier-linux-6.18.jsonl", "vm.jsonl"].flatMap((file) =>
      readFileSync(`${folder}/${file}`, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { id: string; source?: string; insns: string }),
    );
    const sources = rows.filter((row) => row.source !== undefined);
    const wrong = sources.filter((row) => hex(row.source as string) !== row.insns);
    // A program that a C function filled in has only a blank as its source.
    expect(wrong.filter((row) => row.source?.trim() !== "").map((row) => row.id)).toEqual([]);
    expect(wrong.length).toBeLessThanOrEqual(3);
  });
});

test("the talk's program has three slots", () => {
  const source =
    "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),\nBPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),\nBPF_EXIT_INSN(),";
  expect(hex(source)).toBe("6110000000000000" + "040000002a000000" + "9500000000000000");
});

// The values are those of gcc 12 on x86-64.
test.each([
  ["1 << 31", "0xffffffff80000000"],
  ["1U << 31", "0x80000000"],
  ["~0", "0xffffffffffffffff"],
  ["~0U", "0xffffffff"],
  ["-1 > 0U", "0x1"],
  ["-1 > 0", "0x0"],
  ["2 + 3 * 4 - 6 / 4 % 3", "0xd"],
  ["1 ? 2 : 3 ? 4 : 5", "0x2"],
  ["0 ?: 7", "0x7"],
  ["(__u32)(-2) | 1ULL << 32", "0x1fffffffe"],
  ["(__s8)0xff", "0xffffffffffffffff"],
  ["(__u8)-1 + 1", "0x100"],
  ["0x7fffffff + 1", "0xffffffff80000000"],
  ["2147483648", "0x80000000"],
  ["0x80000000 < 0", "0x0"],
  ["'a'", "0x61"],
  ["'\\xff'", "0xffffffffffffffff"],
  ["'ab'", "0x6162"],
  ["010", "0x8"],
  ["0b101", "0x5"],
  ["sizeof(int) - 5", "0xffffffffffffffff"],
  ["sizeof(struct test_val)", "0x30"],
  ["offsetof(struct __sk_buff, cb[2])", "0x38"],
  ["offsetofend(struct bpf_sock, dst_port)", "0x32"],
  ["-(__s32)offsetof(struct bpf_perf_event_data, sample_period) - 8", "0xffffffffffffff50"],
  ["bpf_htons(ETH_P_IP)", "0x8"],
  ["__builtin_bswap64(1)", "0x100000000000000"],
  ["(1, 2)", "0x2"],
  ["INT_MIN", "0xffffffff80000000"],
  ["1 / 0", "division-by-zero"],
  ["0 && 1 / 0", "0x0"],
  ["NOBODY_KNOWS", "unknown-name"],
])("%s is %s", (expression, expected) => {
  expect(value(expression)).toBe(expected);
});

test.each([
  ["an array", "static const struct bpf_insn prog[] = {\n\tBPF_EXIT_INSN(),\n};"],
  [
    "a function around it",
    "int main(void)\n{\n\tstruct bpf_insn prog[] = { BPF_EXIT_INSN() };\n\treturn load(prog);\n}",
  ],
  ["a record of a test", '{\n\t"a test",\n\t.insns = {\n\tBPF_EXIT_INSN(),\n\t},\n\t.result = ACCEPT,\n},'],
  ["designators alone", ".insns = { BPF_EXIT_INSN() }, .prog_type = BPF_PROG_TYPE_XDP,"],
  ["a compound literal", "((struct bpf_insn) { .code = BPF_JMP | BPF_EXIT })"],
  ["braces with names", "{ .code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .imm = 0 }"],
  ["braces without names", "{ 0x95, 0, 0, 0, 0 },"],
  ["a macro of the source", "#define DONE() BPF_EXIT_INSN()\nDONE(),"],
  [
    "the header's own macro pasted",
    "#define BPF_EXIT_INSN() ((struct bpf_insn) { .code = BPF_JMP | BPF_EXIT })\nBPF_EXIT_INSN(),",
  ],
  ["conditionals", "#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__\nBPF_EXIT_INSN(),\n#else\nBPF_JMP_A(1),\n#endif"],
  ["braces and nothing else", "{\n\tBPF_EXIT_INSN()\n}"],
])("instructions are found in %s", (_, source) => {
  const assembly = assemble(source);
  expect(assembly.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
  expect(toHex(encodeInsns(assembly.insns))).toBe("9500000000000000");
});

test("a test's record gives the program type and the maps", () => {
  const source = `{
	"spin_lock: test1 success",
	.insns = { BPF_LD_MAP_FD(BPF_REG_1, 0), BPF_EXIT_INSN(), },
	.fixup_map_spin_lock = { 0 },
	.result = ACCEPT,
	.prog_type = BPF_PROG_TYPE_CGROUP_SKB,
	.expected_attach_type = BPF_CGROUP_INET_EGRESS,
},`;
  const assembly = assemble(source);
  expect(assembly).toMatchObject({ ok: true, progType: "cgroup_skb", expectedAttachType: 1 });
  expect(assembly.maps).toMatchObject([
    { name: "spin_lock", type: "array", valueSize: 8, fields: { bpf_spin_lock: 4 } },
  ]);
  expect([...assembly.mapRefs]).toEqual([[0, 0]]);
});

test("expressions can use the source's declarations", () => {
  const source = `
#define SHIFT(x, n) ((x) << (n))
enum { FIRST = 3, SECOND, };
typedef unsigned int word;
struct inner { char c; long l; } __attribute__((packed));
struct mine { char a; short b : 3, c : 5; union { int x; struct inner in[2]; }; word tail; };
static const int LIMIT = 9;
struct bpf_insn prog[] = {
	BPF_MOV64_IMM(BPF_REG_0, SECOND),
	BPF_MOV64_IMM(BPF_REG_0, SHIFT(1, FIRST)),
	BPF_MOV64_IMM(BPF_REG_0, sizeof(struct mine)),
	BPF_MOV64_IMM(BPF_REG_0, offsetof(struct mine, in[1].l)),
	BPF_MOV64_IMM(BPF_REG_0, offsetof(struct mine, tail)),
	BPF_MOV64_IMM(BPF_REG_0, LIMIT),
};`;
  const assembly = assemble(source);
  expect(assembly.diagnostics).toEqual([]);
  // gcc's layout: a at 0, the bit-fields in its first two bytes, the union at 4, tail at 24.
  expect(assembly.insns.map((insn) => insn.imm)).toEqual([4, 8, 28, 14, 24, 9]);
});

test("labels are jump and call targets, as names and as comments", () => {
  const source = `
// @prog xdp
	BPF_JMP_IMM(BPF_JEQ, BPF_REG_1, 0, out),
	BPF_LD_IMM64(BPF_REG_0, 1),
	BPF_CALL_REL(function),
	BPF_JMP_A(2 /* -> out */),
	BPF_LD_FUNC(BPF_REG_2, function),
out:	BPF_EXIT_INSN(),
/* @label function */
	BPF_EXIT_INSN(),`;
  const assembly = assemble(source);
  expect(assembly.diagnostics).toEqual([]);
  expect(assembly.progType).toBe("xdp");
  expect(assembly.insns.map(({ off, imm }) => [off, imm])).toEqual([
    [6, 0],
    [0, 1],
    [0, 0],
    [0, 4],
    [2, 0],
    [0, 2],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  expect(assembly.labels.map(({ name, slot, uses }) => [name, slot, uses.length])).toEqual([
    ["out", 7, 2],
    ["function", 8, 2],
  ]);
});

test("a map may be frozen and may have a name", () => {
  const source =
    "// @map text array key=4 value=4 flags=BPF_F_RDONLY_PROG init[0]=6f6b0000 frozen named\n// @map plain array\n";
  const [text, plain] = assemble(`${source}BPF_EXIT_INSN(),`).maps;
  expect(text).toMatchObject({ flags: 1 << 7, init: { "0": "6f6b0000" }, frozen: true, named: true });
  expect(plain).not.toHaveProperty("frozen");
});

test("maps are declared in directives and in libbpf's two ways, and loaded by name", () => {
  const source = `
// @map counts percpu_hash key=8 value=sizeof(struct test_val) entries=16 flags=BPF_F_NO_PREALLOC field.bpf_timer=8
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 1 << 12); } events SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, struct other_val); __uint(max_entries, 2); } pair SEC(".maps");
struct bpf_map_def SEC("maps") old = { .type = BPF_MAP_TYPE_HASH, .key_size = sizeof(int), .value_size = 8, .max_entries = 3 };
struct bpf_insn prog[] = {
	BPF_LD_MAP_FD(BPF_REG_1, events),
	BPF_LD_MAP_VALUE(BPF_REG_1, pair, 8),
	BPF_LD_IMM64_RAW(BPF_REG_1, BPF_PSEUDO_MAP_FD, old),
	BPF_LD_MAP_FD(BPF_REG_1, counts),
};`;
  const assembly = assemble(source);
  expect(assembly.diagnostics).toEqual([]);
  expect(assembly.maps.map((m) => [m.name, m.type, m.keySize, m.valueSize, m.maxEntries, m.flags])).toEqual([
    ["counts", "percpu_hash", 8, 48, 16, 1],
    ["events", "ringbuf", 0, 0, 4096, 0],
    ["pair", "array", 4, 16, 2, 0],
    ["old", "hash", 4, 8, 3, 0],
  ]);
  expect([...assembly.mapRefs]).toEqual([
    [0, 1],
    [2, 2],
    [4, 3],
    [6, 0],
  ]);
});

test("existing maps are found by name and by number, and a directive asks for the functions' BTF", () => {
  const counts = { name: "counts", type: "array", keySize: 4, valueSize: 8, maxEntries: 1, flags: 0 };
  const source =
    "// @btf functions\n// @map more hash\nBPF_LD_MAP_FD(BPF_REG_1, counts), BPF_LD_MAP_VALUE(BPF_REG_2, 1, 4), BPF_LD_MAP_FD(BPF_REG_3, 2), BPF_EXIT_INSN()";
  const assembly = assemble(source, { maps: [counts] });
  expect(assembly.maps.map((map) => map.name)).toEqual(["counts", "more"]);
  expect([...assembly.mapRefs]).toEqual([
    [0, 0],
    [2, 1],
  ]);
  expect(assembly.funcInfo).toBe(true);
});

describe("an unfinished line does not change the bytes of other lines", () => {
  const lines = [
    "BPF_MOV64_IMM(BPF_REG_0, 7),",
    "BPF_JMP_IMM(BPF_JEQ, BPF_REG_0, 7, 1),",
    "BPF_STX_MEM(BPF_DW, BPF_REG_10, BPF_REG_0, -8),",
    "BPF_EXIT_INSN(),",
  ];
  const whole = assemble(lines.join("\n")).insns;
  test("wherever it is cut off", () => {
    for (const [broken, line] of lines.entries()) {
      for (let length = 1; length < line.length - 1; length++) {
        const text = lines.map((l, i) => (i === broken ? l.slice(0, length) : l)).join("\n");
        const { insns, slots } = assemble(text);
        for (const [i] of lines.entries()) {
          if (i === broken) continue;
          const slot = slots.findIndex((s) =>
            text.slice(s.span.start, s.span.end).startsWith(lines[i]?.slice(0, -1) as string),
          );
          expect(insns[slot], text).toEqual(whole[i]);
        }
      }
    }
  });
});

test("each slot knows its text, and each place in the text its slots", () => {
  const source = "BPF_LD_IMM64(BPF_REG_0, 1),\n#define TWICE BPF_EXIT_INSN(), BPF_EXIT_INSN()\nTWICE,\nBPF_JMP_A(0)";
  const { slots, ...assembly } = assemble(source);
  expect(slots.map(({ span }) => source.slice(span.start, span.end))).toEqual([
    "BPF_LD_IMM64(BPF_REG_0, 1)",
    "BPF_LD_IMM64(BPF_REG_0, 1)",
    "TWICE",
    "TWICE",
    "BPF_JMP_A(0)",
  ]);
  expect(slotsAt({ slots, ...assembly }, source.indexOf("TWICE,"))).toEqual([2, 3]);
  expect(slotsAt({ slots, ...assembly }, 3)).toEqual([0, 1]);
});

test("every macro's row is valid C with a value", () => {
  for (const macro of INSN_MACROS) expect(macroCode(macro).length).toBe(macro.slots.length);
});

test.each([".", "BPF_EXIT_INSN(), <", "BPF_EXIT_INSN(),\n\t+", "&&"])(
  "a text that ends in %j is marked within itself",
  (source) => {
    for (const { span } of assemble(source).diagnostics) expect(span.end).toBeLessThanOrEqual(source.length);
  },
);

describe("no text makes it throw or hang", () => {
  const pieces =
    'BPF_MOV64_IMM ( ) { } , ; struct bpf_insn x = [ ] #define A(x)\\ x\\n A \\n sizeof offsetof __sk_buff 1 0x \'a\' " // /* */ @map #if #endif ? : << - .code enum typedef SEC(".maps") BPF_EXIT_INSN() BPF_REG_0 label: @label é'
      .split(" ")
      .map((piece) => piece.replaceAll("\\n", "\n").replaceAll("\\ ", " "));
  test("random pieces of C", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { maxLength: 60 }),
        fc.constantFrom("", " ", "\n"),
        (parts, glue) => {
          const source = parts.join(glue);
          const { insns, slots, diagnostics } = assemble(source);
          expect(slots.length).toBe(insns.length);
          for (const { span } of [...diagnostics, ...slots]) {
            expect(span.start).toBeGreaterThanOrEqual(0);
            expect(span.start).toBeLessThanOrEqual(span.end);
            expect(span.end).toBeLessThanOrEqual(source.length);
          }
        },
      ),
      { numRuns: 600 },
    );
  });
  test("any characters", () => {
    const units = fc.array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0x20, max: 0x7e })), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(units, (codes) => void assemble(String.fromCharCode(...codes))),
      { numRuns: 200 },
    );
  });
  test.each([
    ["open parentheses", "(".repeat(100_000)],
    ["open macros", "BPF_MOV64_IMM(".repeat(7_000)],
    ["calls in calls", "BPF_JMP_A(f(".repeat(8_000)],
    ["signs", `BPF_MOV64_IMM(BPF_REG_0, ${"-".repeat(100_000)}`],
    [
      "macros that double",
      `${"ABCDEFGHIJKLMNOPQRSTUVW".replace(/.(?=(.))/g, "#define $& $1 $1\n").slice(0, -1)}\n${"A ".repeat(50)}`,
    ],
    ["braces", "{ .insns = {".repeat(8_000)],
    ["quotes", "'".repeat(100_000)],
  ])("%s", (_, text) => {
    expect(assemble(text).insns.length).toBeLessThan(100_000);
  });
});
