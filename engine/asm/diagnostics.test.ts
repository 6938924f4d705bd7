import { expect, test } from "vitest";
import type { Diagnostic, QuickFix } from "../base/diagnostic.ts";
import { assemble } from "./assemble.ts";
import { FIX_TITLES, fixTitle, MESSAGES, type MessageCode, sentence } from "./messages.ts";

/** For each message: a source that causes it, the part of the source that it marks, and the text after its first quick fix. */
const CASES: Record<MessageCode, readonly [source: string, marks: string, fixed?: string]> = {
  "unterminated-comment": ["BPF_EXIT_INSN(), /* and", "/*"],
  "unterminated-string": ['char x[] = "abc;\nBPF_EXIT_INSN(),', '"abc;'],
  "unterminated-char": ["BPF_MOV64_IMM(BPF_REG_0, 'a),\nBPF_EXIT_INSN(),", "'a),"],
  "bad-number": ["BPF_MOV64_IMM(BPF_REG_0, 0x1g),", "0x1g"],
  "bad-char": ["BPF_MOV64_IMM(BPF_REG_0, '\\q'),", "'\\q'"],
  "look-alike": [
    "BPF_MOV64_IMM(BPF_REG_0， 1),\nBPF_EXIT_INSN(),",
    "，",
    "BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_EXIT_INSN(),",
  ],
  unexpected: ["BPF_MOV64_IMM(BPF_REG_0, 1 2),", "2"],
  "kernel-notation": [
    "BPF_MOV64_IMM(BPF_REG_0, 1),\nout: r0 += 42;\nBPF_EXIT_INSN(),",
    "r0 += 42",
    "BPF_MOV64_IMM(BPF_REG_0, 1),\nout: BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 42),\nBPF_EXIT_INSN(),",
  ],
  "c-source": ['SEC("xdp")\nint drop(struct xdp_md *ctx)\n{\n\treturn XDP_DROP;\n}\n', "drop"],
  "missing-comma": [
    "BPF_MOV64_IMM(BPF_REG_0, 1)\nBPF_EXIT_INSN(),",
    ")",
    "BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_EXIT_INSN(),",
  ],
  "missing-paren": [
    "BPF_MOV64_IMM(BPF_REG_0, 1\nBPF_EXIT_INSN(),",
    "BPF_MOV64_IMM(",
    "BPF_MOV64_IMM(BPF_REG_0, 1)\nBPF_EXIT_INSN(),",
  ],
  "missing-brace": ["struct bpf_insn p[] = { BPF_EXIT_INSN(),", "{"],
  "too-deep": [`BPF_MOV64_IMM(BPF_REG_0, ${"(".repeat(300)}1${")".repeat(300)}),`, "("],
  "too-many-diagnostics": ["NOPE(),\n".repeat(600), "NOPE"],
  "unknown-macro": ["FROBNICATE(1),", "FROBNICATE"],
  "unknown-macro-similar": ["BPF_MOV64_IM(BPF_REG_0, 1),", "BPF_MOV64_IM", "BPF_MOV64_IMM(BPF_REG_0, 1),"],
  "unknown-name": ["BPF_MOV64_IMM(BPF_REG_0, qzxv_yyyyyy),", "qzxv_yyyyyy"],
  "unknown-name-similar": [
    "BPF_EMIT_CALL(BPF_FUNC_map_lokup_elem),",
    "BPF_FUNC_map_lokup_elem",
    "BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),",
  ],
  "register-range": ["BPF_MOV64_IMM(BPF_REG_11, 1),", "BPF_REG_11"],
  "unknown-type": ["BPF_MOV64_IMM(BPF_REG_0, sizeof(struct qqqqzzzzxxxx)),", "sizeof(struct qqqqzzzzxxxx)"],
  "unknown-type-similar": [
    "BPF_MOV64_IMM(BPF_REG_0, offsetof(__sk_buff, len)),",
    "__sk_buff",
    "BPF_MOV64_IMM(BPF_REG_0, offsetof(struct __sk_buff, len)),",
  ],
  "incomplete-type": ["BPF_MOV64_IMM(BPF_REG_0, sizeof(void)),", "sizeof(void)"],
  "unknown-field": ["BPF_MOV64_IMM(BPF_REG_0, offsetof(struct __sk_buff, qqqqzzzz)),", "qqqqzzzz"],
  "unknown-field-similar": [
    "BPF_MOV64_IMM(BPF_REG_0, offsetof(struct __sk_buff, data_edn)),",
    "data_edn",
    "BPF_MOV64_IMM(BPF_REG_0, offsetof(struct __sk_buff, data_end)),",
  ],
  "not-a-field": ["BPF_MOV64_IMM(BPF_REG_0, offsetof(struct __sk_buff, len[1])),", "1"],
  "bit-field": ["BPF_MOV64_IMM(BPF_REG_0, offsetof(struct iphdr, ihl)),", "ihl"],
  "not-constant": ["BPF_MOV64_IMM(BPF_REG_0, &prog),", "&prog"],
  "division-by-zero": ["BPF_MOV64_IMM(BPF_REG_0, 1 / 0),", "1 / 0"],
  "shift-range": ["BPF_MOV64_IMM(BPF_REG_0, 1 << 32),", "1 << 32"],
  "argument-count": ["BPF_MOV64_IMM(BPF_REG_0),", "BPF_MOV64_IMM(BPF_REG_0)"],
  "missing-argument": ["BPF_ALU64_IMM(BPF_ADD, , 1),", ","],
  "unknown-member": ["struct bpf_insn p[] = {{ .cod = 0x95 }};", "cod", "struct bpf_insn p[] = {{ .code = 0x95 }};"],
  "too-many-members": ["{ 0x95, 0, 0, 0, 0, 7 },", "7"],
  "imm-range": ["BPF_MOV64_IMM(BPF_REG_0, 0x100000000),", "0x100000000", "BPF_LD_IMM64(BPF_REG_0, 0x100000000),"],
  "off-range": ["BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 40000),", "40000"],
  "code-range": ["BPF_RAW_INSN(0x195, 0, 0, 0, 0),", "0x195"],
  "reg-range": ["BPF_RAW_INSN(0xb7, 16, 0, 0, 0),", "16"],
  "register-as-imm": [
    "BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, BPF_REG_1),",
    "BPF_REG_1",
    "BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_1),",
  ],
  "number-as-register": ["BPF_MOV64_IMM(3, 1),", "3", "BPF_MOV64_IMM(BPF_REG_3, 1),"],
  "imm-sign-extended": ["BPF_MOV64_IMM(BPF_REG_0, 0xffffffff),", "0xffffffff", "BPF_LD_IMM64(BPF_REG_0, 0xffffffff),"],
  "deprecated-xadd": [
    "BPF_STX_XADD(BPF_DW, BPF_REG_10, BPF_REG_1, -8),",
    "BPF_STX_XADD(BPF_DW, BPF_REG_10, BPF_REG_1, -8)",
    "BPF_ATOMIC_OP(BPF_DW, BPF_ADD, BPF_REG_10, BPF_REG_1, -8),",
  ],
  "deprecated-packet": ["BPF_LD_ABS(BPF_B, 0),", "BPF_LD_ABS"],
  "odd-size": ["BPF_LDX_MEM(8, BPF_REG_0, BPF_REG_1, 0),", "8", "BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_1, 0),"],
  "unknown-form": ["BPF_RAW_INSN(0xff, 0, 0, 0, 0),", "BPF_RAW_INSN(0xff, 0, 0, 0, 0)"],
  "jump-out": ["BPF_JMP_A(7),", "BPF_JMP_A(7)"],
  "jump-into-ld-imm64": ["BPF_JMP_A(1), BPF_LD_IMM64(BPF_REG_0, 1),", "BPF_JMP_A(1)"],
  "helper-unknown": ["BPF_EMIT_CALL(9999),", "9999"],
  "unknown-label": ["BPF_JMP_A(qqqqqq),", "qqqqqq"],
  "unknown-label-similar": ["again: BPF_JMP_A(agian),", "agian", "again: BPF_JMP_A(again),"],
  "duplicate-label": ["a: BPF_JMP_A(a),\na: BPF_EXIT_INSN(),", "a"],
  "unused-label": ["a: BPF_EXIT_INSN(),", "a"],
  "label-number": [
    "BPF_JMP_A(3 /* -> end */), end: BPF_EXIT_INSN(),",
    "end",
    "BPF_JMP_A(0 /* -> end */), end: BPF_EXIT_INSN(),",
  ],
  "undeclared-map": [
    "BPF_LD_MAP_FD(BPF_REG_1, counts),",
    "counts",
    "// @map counts array key=4 value=8 entries=1\nBPF_LD_MAP_FD(BPF_REG_1, counts),",
  ],
  "duplicate-map": ["// @map a array\n// @map a hash\nBPF_EXIT_INSN(),", "a"],
  "unknown-directive": ["// @porg xdp\nBPF_EXIT_INSN(),", "@porg", "// @prog xdp\nBPF_EXIT_INSN(),"],
  "directive-value": ["// @prog xpd\nBPF_EXIT_INSN(),", "xpd", "// @prog xdp\nBPF_EXIT_INSN(),"],
  "other-programs": ["struct bpf_insn a[] = { BPF_EXIT_INSN() }, b[] = { BPF_JMP_A(0) };", "b[] = { BPF_JMP_A(0) }"],
  "no-instructions": ["", ""],
  "classic-bpf": ["BPF_STMT(BPF_RET | BPF_K, 0),", "BPF_STMT"],
  "unknown-preprocessor": ["#frob\nBPF_EXIT_INSN(),", "frob"],
  "unbalanced-conditional": ["BPF_EXIT_INSN(),\n#endif", "endif"],
  "unterminated-conditional": ["#if 1\nBPF_EXIT_INSN(),", "if"],
  "bad-define": ["#define 3\nBPF_EXIT_INSN(),", "3"],
  "macro-arguments": ["#define TWO(a, b) a\nBPF_MOV64_IMM(BPF_REG_0, TWO(1)),", "TWO"],
  "macro-unterminated": ["#define ONE(a) a\nBPF_MOV64_IMM(BPF_REG_0, ONE(1", "ONE"],
  "expansion-limit": [
    `${[..."ABCDEFGHIJKLMNOPQRSTUVW"].map((c, i, all) => (all[i + 1] ? `#define ${c} ${all[i + 1]} ${all[i + 1]}\n` : "")).join("")}A`,
    "A",
  ],
  "error-directive": ["#error too old\nBPF_EXIT_INSN(),", "error"],
};

const apply = (source: string, fix: QuickFix): string =>
  fix.edits
    .toReversed()
    .reduce((text, { span, text: with_ }) => text.slice(0, span.start) + with_ + text.slice(span.end), source);

const first = (source: string, code: string): Diagnostic => {
  const all = assemble(source).diagnostics;
  const found = all.find((d) => d.code === code);
  expect(found, `${code} among ${all.map((d) => `${d.code} (${d.message})`).join(", ")}`).toBeDefined();
  return found as Diagnostic;
};

test.each(Object.entries(CASES))("%s is reported at its place", (code, [source, marks, fixed]) => {
  const diagnostic = first(source, code);
  expect(source.slice(diagnostic.span.start, diagnostic.span.end)).toBe(marks);
  expect(diagnostic.message).not.toMatch(/\{\w+\}|undefined|NaN/);
  expect(sentence(diagnostic, "en")).toBe(diagnostic.message);
  expect(sentence(diagnostic, "ja")).toMatch(/[ぁ-んァ-ン]|#error/);
  expect(sentence(diagnostic, "ja")).not.toMatch(/\{\w+\}|undefined|NaN/);
  if (fixed === undefined) return;
  const fix = diagnostic.fixes?.[0] as QuickFix;
  expect(apply(source, fix)).toBe(fixed);
  expect(fixTitle(fix, "ja")).not.toBe(fix.title);
  expect(assemble(fixed).diagnostics.map((d) => d.code)).not.toContain(code);
});

test("both languages of a sentence contain the same values", () => {
  const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).toSorted();
  for (const [code, { en, ja }] of Object.entries(MESSAGES))
    expect(new Set(holes(ja)), code).toEqual(new Set(holes(en)));
  for (const [code, { en, ja }] of Object.entries(FIX_TITLES))
    expect(new Set(holes(ja)), code).toEqual(new Set(holes(en)));
});

test("an error makes the assembly fail, a warning or hint does not", () => {
  expect(assemble("BPF_MOV64_IMM(BPF_REG_0, 0x100000000),").ok).toBe(true);
  expect(assemble("BPF_MOV64_IMM(BPF_REG_11, 0),").ok).toBe(false);
  const hints = "BPF_LD_ABS(BPF_B, 0),\n".repeat(700);
  expect(assemble(hints).ok).toBe(true);
  expect(assemble(`${hints}BPF_MOV64_IMM(BPF_REG_11, 0),`).diagnostics.at(-1)).toMatchObject({
    code: "register-range",
  });
});
