import fc from "fast-check";
import { expect, test } from "vitest";
import { asU64 } from "../base/u64.ts";
import { ATOMIC_OPS, FORMS, type Form, formNamed } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { Memory } from "./memory.ts";
import { runRaw } from "./raw-run.ts";
import { aluResult, endResult, jumpTaken } from "./semantics.ts";

const insn = (form: Form, fields: Partial<Insn>): Insn => {
  const { src = 0, off = 0, imm = 0 } = form.when;
  return { dst: 0, src, off, imm, ...fields, code: form.code, ...form.when };
};
const named = (name: string, fields: Partial<Insn> = {}) => insn(formNamed(name) as Form, fields);
const load64 = (dst: number, value: bigint): Insn[] => [
  named("ld_imm64", { dst, imm: Number(BigInt.asIntN(32, value)) }),
  { code: 0, dst: 0, src: 0, off: 0, imm: Number(BigInt.asIntN(32, value >> 32n)) },
];
const EXIT = named("exit");

const memory = new Memory();

/** R0 after the instructions, or the fault's sentence. */
function r0(insns: readonly Insn[], mem = new Uint8Array()): bigint | string {
  const result = runRaw(insns, mem, 100_000, memory);
  return "fault" in result ? result.fault.message : result.r0;
}

const EDGES = [0n, 1n, 2n, 31n, 32n, 33n, 63n, 64n, 0x7fn, 0x80n, 0x8000n, 0x7fffffffn, 0x80000000n, 0xffffffffn];
const WIDE = [1n << 32n, (1n << 52n) - 1n, 1n << 53n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n, (1n << 64n) - 2n];
const u64 = fc.oneof(
  fc.constantFrom(...EDGES, ...WIDE, ...EDGES.map((x) => asU64(-x))),
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
);

test("every arithmetic form computes what its operator means", () => {
  for (const form of FORMS) {
    if (form.kind !== "alu") continue;
    fc.assert(
      fc.property(u64, u64, (a, b) => {
        const imm = Number(BigInt.asIntN(32, b));
        const src = form.source === "imm" ? BigInt(imm) : b;
        const program = [
          ...load64(0, a),
          ...load64(3, b),
          insn(form, form.source === "imm" ? { imm } : { src: 3 }),
          EXIT,
        ];
        expect(r0(program), form.name).toBe(aluResult(form.op, form.width, a, asU64(src)));
      }),
      { numRuns: 40 },
    );
  }
});

test("an instruction may use one register as source and destination", () => {
  for (const form of FORMS) {
    if (form.kind !== "alu" || form.source !== "reg") continue;
    fc.assert(
      fc.property(u64, (a) => {
        expect(r0([...load64(0, a), insn(form, { src: 0 }), EXIT]), form.name).toBe(
          aluResult(form.op, form.width, a, a),
        );
      }),
      { numRuns: 30 },
    );
  }
});

test("every jump goes where its condition says", () => {
  for (const form of FORMS) {
    if (form.kind !== "jmp") continue;
    fc.assert(
      fc.property(u64, fc.oneof(u64, fc.constant(undefined)), (a, other) => {
        const b = other ?? a;
        const imm = Number(BigInt.asIntN(32, b));
        const src = form.source === "imm" ? asU64(BigInt(imm)) : b;
        const jump = insn(form, { dst: 1, off: 1, ...(form.source === "imm" ? { imm } : { src: 2 }) });
        const program = [
          ...load64(1, a),
          ...load64(2, b),
          named("mov64_imm", { imm: 1 }),
          jump,
          named("mov64_imm"),
          EXIT,
        ];
        expect(r0(program), form.name).toBe(jumpTaken(form.op, form.width, a, src) ? 1n : 0n);
      }),
      { numRuns: 40 },
    );
  }
});

test("byte order instructions work on their low bits and clear the rest", () => {
  for (const form of FORMS) {
    if (form.kind !== "end") continue;
    fc.assert(
      fc.property(u64, (a) => {
        expect(r0([...load64(0, a), insn(form, {}), EXIT]), form.name).toBe(endResult(form.to, form.bits, a));
      }),
      { numRuns: 30 },
    );
  }
});

test("a load gives what was stored, zero- or sign-extended, at any alignment", () => {
  const loads = FORMS.filter((form) => form.kind === "ldx" || form.kind === "load_acq");
  for (const load of loads) {
    for (const store of FORMS.filter((form) => form.kind === "stx" || form.kind === "store_rel")) {
      if (store.size !== load.size) continue;
      fc.assert(
        fc.property(u64, fc.integer({ min: -512, max: -load.size }), (value, off) => {
          const program = [
            ...load64(1, value),
            insn(store, { dst: 10, src: 1, off }),
            insn(load, { dst: 0, src: 10, off }),
            EXIT,
          ];
          const bits = load.size * 8;
          const signed = load.kind === "ldx" && load.signed;
          const cut = signed ? asU64(BigInt.asIntN(bits, value)) : BigInt.asUintN(bits, value);
          expect(r0(program), `${store.name} ${load.name} ${off}`).toBe(cut);
        }),
        { numRuns: 25 },
      );
    }
  }
});

const ATOMIC_MEANING: Record<keyof typeof ATOMIC_OPS, (old: bigint, src: bigint, r0: bigint) => bigint> = {
  add: (a, b) => a + b,
  or: (a, b) => a | b,
  and: (a, b) => a & b,
  xor: (a, b) => a ^ b,
  fetch_add: (a, b) => a + b,
  fetch_or: (a, b) => a | b,
  fetch_and: (a, b) => a & b,
  fetch_xor: (a, b) => a ^ b,
  xchg: (_, b) => b,
  cmpxchg: (a, b, c) => (a === c ? b : a),
};

test("atomics change memory and fetch the old value", () => {
  for (const form of FORMS) {
    if (form.kind !== "atomic") continue;
    const cut = (x: bigint) => BigInt.asUintN(form.size * 8, x);
    fc.assert(
      fc.property(u64, u64, fc.oneof(u64, fc.constant(undefined)), (old, src, compare) => {
        const r0Before = compare ?? old;
        const setup = [
          ...load64(1, old),
          named("stx8", { dst: 10, src: 1, off: -8 }),
          ...load64(2, src),
          ...load64(0, r0Before),
          insn(form, { dst: 10, src: 2, off: -8 }),
        ];
        const after = cut(ATOMIC_MEANING[form.op](cut(old), cut(src), cut(r0Before)));
        const rest = form.size === 4 ? old & ~0xffff_ffffn : 0n;
        const memory = [...setup, named("ldx8", { dst: 0, src: 10, off: -8 }), EXIT];
        expect(r0(memory), form.name).toBe(rest | after);
        const fetched = form.op === "cmpxchg" ? setup : [...setup, named("mov64_reg", { src: 2 })];
        const expected = ATOMIC_OPS[form.op].fetch ? cut(old) : src;
        expect(r0([...fetched, EXIT]), form.name).toBe(expected);
      }),
      { numRuns: 30 },
    );
  }
});

test("a forbidden access is a fault that names instruction, address, size and region", () => {
  const past = r0([named("ldx8", { dst: 0, src: 10, off: 0 }), EXIT]);
  expect(past).toMatch(/^insn 0: read of 8 bytes at 0xffff8881[0-9a-f]{8}: 0 bytes beyond the end of stack \[/);
  const null_ = r0([named("mov64_imm", { dst: 1 }), named("ldx4", { src: 1, off: 4 }), EXIT]);
  expect(null_).toMatch(/^insn 1: read of 4 bytes at 0x4: a NULL pointer/);
  const low = r0([named("stx8", { dst: 10, src: 1, off: -520 }), EXIT]);
  expect(low).toMatch(/8 bytes before stack/);
  expect(r0([named("ldx8", { src: 1, off: 1 }), EXIT], new Uint8Array(8))).toMatch(/offset 1 does not fit in mem/);
});

test("an invalid instruction is a fault, and so is running past the end", () => {
  expect(r0([{ code: 0xff, dst: 0, src: 0, off: 0, imm: 0 }])).toMatch(/insn 0: opcode 0xff .* is no instruction/);
  expect(r0([named("mov64_imm")])).toMatch(/insn 1: the program ran past its last instruction/);
  expect(r0([named("ja", { off: -32768 })])).toMatch(/past its last instruction/);
  expect(r0(load64(0, 1n).slice(0, 1))).toMatch(/insn 0: the second half of LD_IMM64 is missing/);
  expect(r0([named("ja", { off: 1 }), ...load64(0, 1n), EXIT])).toMatch(/insn 2: .* second half of an LD_IMM64/);
  expect(r0([named("add64_imm", { dst: 10 }), EXIT])).toMatch(/insn 0: R10, the frame pointer, is read-only/);
  expect(r0([named("atomic8_xchg", { dst: 10, src: 10, off: -8 }), EXIT])).toMatch(/read-only/);
  expect(r0([named("call_kfunc", { imm: 7 })])).toMatch(/kernel function with BTF id 7/);
});

test("a function has its own stack, and its caller gets R6-R9 back", () => {
  const program = [
    named("mov64_imm", { dst: 6, imm: 7 }),
    named("st8", { dst: 10, off: -8, imm: 5 }),
    named("call_local", { imm: 3 }),
    named("add64_reg", { src: 6 }),
    named("ldx8", { dst: 1, src: 10, off: -8 }),
    EXIT,
    named("mov64_imm", { dst: 6, imm: 1000 }),
    named("st8", { dst: 10, off: -8, imm: 99 }),
    named("mov64_imm", { imm: 35 }),
    EXIT,
  ];
  expect(r0(program)).toBe(42n);
});

test("eight frames are allowed and a ninth is a fault", () => {
  // The function calls itself while R1 is not zero.
  const recursive = (depth: number) => [
    named("mov64_imm", { dst: 1, imm: depth }),
    named("call_local", { imm: 1 }),
    EXIT,
    named("mov64_imm", { imm: 3 }),
    named("jeq64_imm", { dst: 1, off: 2 }),
    named("sub64_imm", { dst: 1, imm: 1 }),
    named("call_local", { imm: -4 }),
    EXIT,
  ];
  expect(r0(recursive(6))).toBe(3n);
  expect(r0(recursive(7))).toMatch(/call stack of 9 frames is too deep; the kernel allows 8/);
});

test("may_goto ends an endless loop", () => {
  const loop = [
    named("mov64_imm"),
    named("may_goto", { off: 2 }),
    named("add64_imm", { imm: 1 }),
    named("ja", { off: -3 }),
    EXIT,
  ];
  const result = runRaw(loop, new Uint8Array(), 100_000_000, memory);
  expect("r0" in result && result.r0).toBe(8n * 1024n * 1024n);
});

test("packet loads are big-endian, and a load outside the packet ends the program with 0", () => {
  const mem = Uint8Array.of(0x12, 0x34, 0x56, 0x78, 0x9a);
  expect(r0([named("ldabs4", { imm: 0 }), EXIT], mem)).toBe(0x12345678n);
  expect(r0([named("mov64_imm", { dst: 2, imm: 2 }), named("ldind2", { src: 2, imm: 1 }), EXIT], mem)).toBe(0x789an);
  expect(
    r0([named("mov64_imm", { imm: 9 }), named("ldabs4", { imm: 2 }), named("mov64_imm", { imm: 1 }), EXIT], mem),
  ).toBe(0n);
});
test("a run has all the memory it was given, or is a fault", () => {
  const mem = new Uint8Array(300_000);
  mem[299_999] = 42;
  const last = [named("add64_reg", { dst: 1, src: 2 }), named("ldx1", { src: 1, off: -1 }), EXIT];
  expect(r0(last, mem)).toBe(42n);
  expect(r0([named("add64_reg", { dst: 1, src: 2 }), named("ldx1", { src: 1 }), EXIT], mem)).toMatch(/end of mem/);
  expect(r0([EXIT], new Uint8Array(40 << 20))).toMatch(/more than there is room for/);
});
