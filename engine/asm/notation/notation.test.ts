import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex } from "../../base/bytes.ts";
import { FORMS } from "../../isa/forms.ts";
import { encodeInsns, type Insn } from "../../isa/insn.ts";
import { assemble } from "../assemble.ts";
import { parseStatement } from "../statement.ts";
import { detect } from "./detect.ts";
import { OUTPUTS, type OutputKind } from "./output.ts";

const hexOf = (insns: readonly Insn[]) => toHex(encodeInsns(insns));
const KINDS = Object.keys(OUTPUTS) as OutputKind[];

/** The bytes of a text, read as a paste is read. */
const readBack = (text: string): string => {
  const pasted = detect(text);
  return hexOf(pasted.kind === "macro" ? assemble(text).insns : (pasted.insns ?? []));
};

const register = fc.integer({ min: 0, max: 10 });
const s16 = fc.integer({ min: -0x8000, max: 0x7fff });
const s32 = fc.oneof(
  fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  fc.constantFrom(0, 1, -1, 0x7fff_ffff, -0x8000_0000),
);

/** Any instruction of the table, with valid operands. */
const formed: fc.Arbitrary<Insn[]> = fc.constantFrom(...FORMS).chain((form) =>
  fc.record({ dst: register, src: register, off: s16, imm: s32, high: s32 }).map(({ high, ...fields }) => {
    const used = (field: "dst" | "src" | "off" | "imm") =>
      form.when[field as "src"] ?? (form.uses.includes(field) ? fields[field] : 0);
    const low = { code: form.code, dst: used("dst"), src: used("src"), off: used("off"), imm: used("imm") };
    return form.slots === 2 ? [low, { code: 0, dst: 0, src: 0, off: 0, imm: high }] : [low];
  }),
);
/** Any eight bytes. */
const wild: fc.Arbitrary<Insn[]> = fc
  .record({
    code: fc.integer({ min: 0, max: 255 }),
    dst: fc.integer({ min: 0, max: 15 }),
    src: fc.integer({ min: 0, max: 15 }),
    off: s16,
    imm: s32,
  })
  .map((insn) => [insn]);
const program = fc
  .array(fc.oneof({ weight: 3, arbitrary: formed }, wild), { minLength: 1, maxLength: 12 })
  .map((parts) => parts.flat());

describe.each(KINDS)("as %s", (kind) => {
  test("every form of the table is read back to its bytes", () => {
    for (const form of FORMS) {
      const used = (field: "dst" | "src" | "off" | "imm", value: number) =>
        form.when[field as "src"] ?? (form.uses.includes(field) ? value : 0);
      const low = {
        code: form.code,
        dst: used("dst", 3),
        src: used("src", 7),
        off: used("off", -9),
        imm: used("imm", -77),
      };
      const insns = form.slots === 2 ? [low, { code: 0, dst: 0, src: 0, off: 0, imm: 5 }] : [low];
      expect(readBack(OUTPUTS[kind](insns)), form.name).toBe(hexOf(insns));
    }
  });
  test("any bytes are written and read back", () => {
    fc.assert(
      fc.property(program, (insns) => void expect(readBack(OUTPUTS[kind](insns))).toBe(hexOf(insns))),
      { numRuns: 60 },
    );
  });
});

test("text → bytes → text is the same text", () => {
  fc.assert(
    fc.property(program, fc.constantFrom("macros" as const, "llvm" as const, "kernel" as const), (insns, kind) => {
      const text = OUTPUTS[kind](insns);
      const pasted = detect(text);
      const back = pasted.kind === "macro" ? assemble(text).insns : (pasted.insns ?? []);
      expect(OUTPUTS[kind](back)).toBe(text);
    }),
    { numRuns: 60 },
  );
});

// The bytes are those of llvm-mc 14 and 20.
test.each([
  ["r0 += 42", "070000002a000000"],
  ["w0 += w1", "0c10000000000000"],
  ["r1 = 0x1122334455667788 ll", "18010000887766550000000044332211"],
  ["r1 = *(u32 *)(r0 + 4)", "6101040000000000"],
  ["*(u64 *)(r10 - 8) = r1", "7b1af8ff00000000"],
  ["*(u64*)(r10 -8) = r1", "7b1af8ff00000000"],
  ["if r1 s> 7 goto +3", "6501030007000000"],
  ["if w1 != w2 goto -3", "5e21fdff00000000"],
  ["if w1 s<= -5 goto +1", "d6010100fbffffff"],
  ["goto +5", "0500050000000000"],
  ["call 1", "8500000001000000"],
  ["call bpf_map_lookup_elem#1", "8500000001000000"],
  ["call bpf_get_prandom_u32", "8500000007000000"],
  ["call pc+3", "8510000003000000"],
  ["exit", "9500000000000000"],
  ["r1 = be16 r1", "dc01000010000000"],
  ["r1 = -r1", "8701000000000000"],
  ["r1 s>>= 2", "c701000002000000"],
  ["lock *(u64 *)(r10 - 8) += r1", "db1af8ff00000000"],
  ["lock *(u32 *)(r10 -8) |= r1", "c31af8ff40000000"],
  ["r0 = *(u8 *)skb[20]", "3000000014000000"],
  ["r0 = *(u32 *)skb[r1 + 4]", "4010000004000000"],
  ["r1 = (s8)r2", "bf21080000000000"],
  ["r1 s/= r2", "3f21010000000000"],
  ["r0 = cmpxchg_64(r10 - 8, r0, r1)", "db1af8fff1000000"],
  ["r1 = atomic64_fetch_add((u64 *)(r10 -8), r1)", "db1af8ff01000000"],
  ["gotol +5", "0600000005000000"],
  ["may_goto pc+2", "e500020000000000"],
])("%s is %s", (text, expected) => {
  expect(hexOf(parseStatement(text)?.insns ?? [])).toBe(expected);
});

const deck = "6110000000000000040000002a0000009500000000000000";
test.each([
  ["bpftool", "   0: (61) r0 = *(u32 *)(r1 +0)\n   1: (04) w0 += 42\n   2: (95) exit\n"],
  [
    "bpftool",
    "   0: (61) r0 = *(u32 *)(r1 +0)\n       61 10 00 00 00 00 00 00\n   1: (04) w0 += 42\n       04 00 00 00 2a 00 00 00\n   2: (95) exit\n       95 00 00 00 00 00 00 00\n",
  ],
  [
    "objdump",
    "\nprog.o:\tfile format elf64-bpf\n\nDisassembly of section .text:\n\n0000000000000000 <prog>:\n       0:\t61 10 00 00 00 00 00 00\tr0 = *(u32 *)(r1 + 0x0)\n       1:\t04 00 00 00 2a 00 00 00\tw0 += 0x2a\n       2:\t95 00 00 00 00 00 00 00\texit\n",
  ],
  [
    "verifier-log",
    "func#0 @0\n0: R1=ctx() R10=fp0\n0: (61) r0 = *(u32 *)(r1 +0)          ; R0_w=scalar() R1=ctx()\n1: (04) w0 += 42                      ; R0_w=scalar()\n2: (95) exit\nprocessed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
  ],
  ["llvm", "prog:\n\tr0 = *(u32 *)(r1 + 0)\n\tw0 += 42\n\texit\n"],
  ["inline-asm", 'asm volatile ("\\\n\tr0 = *(u32*)(r1 + 0);\\\n\tw0 += 42;\\\n\texit;\\\n" ::: __clobber_all);'],
  [
    "xxd",
    "00000000: 6110 0000 0000 0000 0400 0000 2a00 0000  a...........*...\n00000010: 9500 0000 0000 0000                      ........\n",
  ],
  [
    "xxd",
    "00000000  61 10 00 00 00 00 00 00  04 00 00 00 2a 00 00 00  |a...........*...|\n00000010  95 00 00 00 00 00 00 00                           |........|\n00000018\n",
  ],
  ["byte-array", "unsigned char prog[24] = {0x61,0x10,0,0,0,0,0,0,0x04,0,0,0,0x2a,0,0,0,0x95,0,0,0,0,0,0,0};"],
  ["words", "uint64_t prog[] = { 0x0000000000001061, 0x0000002a00000004, 0x95 };"],
  [
    "escapes",
    'b"\\x61\\x10\\x00\\x00\\x00\\x00\\x00\\x00\\x04\\x00\\x00\\x00*\\x00\\x00\\x00\\x95\\x00\\x00\\x00\\x00\\x00\\x00\\x00"',
  ],
  ["hex", "61100000 00000000 04000000 2a000000 95000000 00000000"],
])("a paste of %s is recognised", (kind, text) => {
  const pasted = detect(text);
  expect(pasted.kind).toBe(kind);
  expect(hexOf(pasted.insns ?? [])).toBe(deck);
  expect(hexOf(assemble(pasted.source as string).insns)).toBe(deck);
});

test("labels become distances", () => {
  const pasted = detect("if r1 == 0 goto out\nr0 = 5 ll\ncall function\nl0_%=: goto l0_%=\nout: exit\nfunction:\nexit");
  expect(pasted.faults).toEqual([]);
  expect(hexOf(pasted.insns ?? [])).toBe(
    "1501040000000000" +
      "18000000050000000000000000000000" +
      "8510000002000000" +
      "0500ffff00000000" +
      "9500000000000000" +
      "9500000000000000",
  );
});

test("in inline assembly operands become values, local labels distances, and data instructions", () => {
  const text = `
#define OFF 8
SEC("xdp")
__naked void prog(void)
{
	asm volatile ("					\\
	/* a comment; with a semicolon */		\\
	r2 = *(u32*)(r1 + %[xdp_md_data]);		\\
	r3 = *(u32*)(r1 + %[xdp_md_data_end]);		\\
	if r2 > r3 goto 1f;				\\
	r1 = %[map_hash_8b] ll;				\\
	call %[bpf_map_lookup_elem];			\\
	r0 %%= %[n];					\\
	.8byte %[store];				\\
	.byte 0xe5; .byte 0; .short -1; .long 0;	\\
1:	exit;						\\
"	:
	: __imm(bpf_map_lookup_elem),
	  __imm_addr(map_hash_8b),
	  __imm_const(xdp_md_data, offsetof(struct xdp_md, data)),
	  __imm_const(xdp_md_data_end, offsetof(struct xdp_md, data_end)),
	  [n]"i"(OFF + 1),
	  __imm_insn(store, BPF_ST_MEM(BPF_DW, BPF_REG_10, -8, 0))
	: __clobber_all);
}`.replaceAll("\\\\", "\\");
  const pasted = detect(text);
  expect(pasted).toMatchObject({ kind: "inline-asm", faults: [] });
  expect(OUTPUTS.kernel(pasted.insns ?? []).split("\n")).toEqual([
    "(61) r2 = *(u32 *)(r1 +0)",
    "(61) r3 = *(u32 *)(r1 +4)",
    "(2d) if r2 > r3 goto pc+6",
    ".8byte 0x0000000000001118",
    ".8byte 0x0000000000000000",
    "(85) call bpf_map_lookup_elem#1",
    "(97) r0 %= 9",
    "(7a) *(u64 *)(r10 -8) = 0",
    "(e5) may_goto pc-1",
    "(95) exit",
    "",
  ]);
  const assembled = assemble(pasted.source as string);
  expect(hexOf(assembled.insns)).toBe(hexOf(pasted.insns ?? []));
  expect([...assembled.mapRefs]).toEqual([[3, 0]]);
  expect(assembled.maps).toMatchObject([{ name: "map_hash_8b", type: "hash", keySize: 8, valueSize: 8, flags: 1 }]);
});

test("macros stay as they are, and prose is no program", () => {
  expect(detect("\tBPF_MOV64_IMM(BPF_REG_0, 1),").kind).toBe("macro");
  expect(detect("Dear list,\nthis patch adds a program type.\n").kind).toBe("unknown");
  expect(detect("").kind).toBe("unknown");
});

test("no text makes it throw", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 120 }), (text) => void detect(text)),
    { numRuns: 200 },
  );
  const pieces = [
    "r0",
    "=",
    "*(u32 *)",
    "(r1",
    "+ 4)",
    "goto",
    "+1",
    "0x",
    ";",
    "\n",
    "(b7)",
    "3:",
    "if",
    "asm",
    '"',
    "%[",
    "]",
    "lock",
    "ll",
    "call",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (parts) => void detect(parts.join(" "))),
    { numRuns: 200 },
  );
});

test("a converted program is indented by four blanks, from any notation", () => {
  for (const text of ["r0 = 1\nexit", "b7000000010000009500000000000000", "{ 0x6, 0, 0, 1 },"]) {
    const lines = (detect(text).source ?? "").split("\n").filter((line) => /BPF_/.test(line));
    expect(lines.length, text).toBeGreaterThan(0);
    for (const line of lines) expect(line, text).toMatch(/^ {4}BPF_/);
  }
});
