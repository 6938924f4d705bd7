import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../base/bytes.ts";
import { FORMS, type Form, insnNamed as insn } from "../isa/forms.ts";
import { decodeInsns, type Insn } from "../isa/insn.ts";
import { defaultEnv, enterEvent, type LoadedProgram, loadProgram, Machine } from "../vm/index.ts";
import { CTX, STACK, STACK_END } from "../vm/layout.ts";
import { Jit, SharedMemory } from "./host.ts";

const BUDGET = 20_000;
const EXIT: Insn = { code: 0x95, dst: 0, src: 0, off: 0, imm: 0 };
const insns = (hex: string): Insn[] => decodeInsns(fromHex(hex.replaceAll(/\s/g, "")) as Uint8Array);

const memory = new SharedMemory();
const jit = new Jit(memory);

/** Runs a program from its start. Returns how it ended, the memory, and the registers that are defined after an exit. */
function run(loaded: LoadedProgram, mem: Uint8Array, engine: "interp" | "jit") {
  const machine = new Machine({ memory, program: loaded, env: defaultEnv({ seed: 7n }) });
  enterEvent(machine, { kind: "mem", bytes: mem });
  const outcome = engine === "jit" ? jit.run(machine, BUDGET) : machine.run(BUDGET);
  return {
    outcome,
    executed: machine.executed,
    // R1 … R5 are undefined after a call, and R6 … R9 after a fault. No accepted program reads them.
    regs: outcome.kind === "exit" ? [0, 6, 7, 8, 9, 10].map((reg) => machine.reg(reg)) : [],
    stack: toHex(memory.copyOut(STACK, STACK_END - STACK)),
    mem: toHex(memory.copyOut(CTX, mem.length)),
  };
}

function check(program: readonly Insn[], mem = new Uint8Array(16)) {
  const loaded = loadProgram(memory, { insns: program, progType: "unspec" });
  const one = run(loaded, mem, "interp");
  const two = run(loaded, mem, "jit");
  loaded.close();
  // The budget is checked only where a loop turns, so a run that uses it up ends a few instructions later.
  if (one.outcome.kind === "paused") expect(two.outcome.kind).toBe("paused");
  else expect(two).toEqual(one);
  return one;
}

test("the talk's program adds 42", () => {
  const { outcome } = check(insns("6110000000000000 040000002a000000 9500000000000000"), Uint8Array.of(10, 0, 0, 0));
  expect(outcome).toEqual({ kind: "exit", r0: 52n });
});

test("a loop runs as often as in the interpreter", () => {
  // r0 = 0; r1 = 100; l: r0 += r1; r1 -= 1; if r1 != 0 goto l; exit
  const { outcome, executed } = check(
    insns("b700000000000000 b701000064000000 0f10000000000000 1701000001000000 5501fdff00000000 9500000000000000"),
  );
  expect(outcome).toEqual({ kind: "exit", r0: 5050n });
  expect(executed).toBe(303);
});

test("an endless loop uses up its budget", () => {
  expect(check(insns("b700000000000000 0500feff00000000 9500000000000000")).outcome.kind).toBe("paused");
});

test("more budget is asked for whenever it is used up", () => {
  const loaded = loadProgram(memory, {
    insns: insns(
      "b700000000000000 b701000064000000 0f10000000000000 1701000001000000 5501fdff00000000 9500000000000000",
    ),
    progType: "unspec",
  });
  for (const times of [5, 50]) {
    const machine = new Machine({ memory, program: loaded, env: defaultEnv() });
    let asked = 0;
    const outcome = jit.run(machine, 10, () => ++asked <= times);
    expect(outcome.kind).toBe(times === 50 ? "exit" : "paused");
    // The budget is checked where the loop turns, for the last time after 299 instructions.
    expect(asked).toBe(times === 50 ? 29 : 6);
    if (times === 50) expect(machine.executed).toBe(303);
  }
});

test("a jump or call that leads out of the function or the program is a fault", () => {
  // A jump out of the program; a jump between the slots of an LD_IMM64; a call out of the program; no end.
  for (const hex of [
    "0500640000000000 9500000000000000",
    "0500010000000000 1800000000000000 0000000000000000 9500000000000000",
    "8510000064000000 9500000000000000",
    "b700000000000000",
    // LD_IMM64 takes two slots even if its register does not exist.
    "1501010000000000 180b000000000000 0500ffff00000000 9500000000000000",
  ]) {
    expect(check(insns(hex)).outcome.kind, hex).toBe("fault");
  }
});

test("graphs that are not reducible run through a jump table", () => {
  // 0: if r1 == 0 goto 3; 1: r0 += 1; 2: if r0 > 9 goto 5; 3: r0 += 2; 4: goto 1; 5: exit
  check(insns("1501020000000000 0700000001000000 2500020009000000 0700000002000000 0500fcff00000000 9500000000000000"));
});

test("functions have their own frames, and too many frames are a fault", () => {
  // r1 = 5; call +2; exit; unused; f: r0 = r1; r0 += 1; *(u64 *)(r10 - 8) = r0; exit
  check(
    insns(
      "b701000005000000 8510000001000000 9500000000000000 bf10000000000000 0700000001000000 7b0af8ff00000000 9500000000000000",
    ),
  );
  // f: call f
  expect(check(insns("85100000ffffffff 9500000000000000")).outcome.kind).toBe("fault");
});

test("a wrong access is the same fault in both engines, after the same number of instructions", () => {
  const { outcome } = check(insns("b700000000000000 7910f0ff00000000 9500000000000000"));
  expect(outcome.kind).toBe("fault");
});

const small = fc.oneof(fc.constantFrom(0, 1, -1, 2, 31, 32, 63, 64, 0x7fffffff, -0x80000000), fc.integer());
const reg = fc.integer({ min: 0, max: 9 });
const computations: readonly Form[] = FORMS.filter(({ kind }) => kind === "alu" || kind === "end");
const jumps: readonly Form[] = FORMS.filter(({ kind }) => kind === "jmp");
const accesses: readonly Form[] = FORMS.filter(({ kind }) =>
  ["ldx", "st", "stx", "atomic", "load_acq", "store_rel"].includes(kind),
);

const insnOf = (form: Form, dst: number, src: number, off: number, imm: number): Insn => ({
  code: form.code,
  dst,
  src: form.uses.includes("src") ? src : 0,
  off: form.when.off ?? (form.uses.includes("off") ? off : 0),
  imm: form.when.imm ?? (form.uses.includes("imm") ? imm : 0),
});

const computation = fc
  .tuple(fc.constantFrom(...computations), reg, reg, small)
  .map(([form, dst, src, imm]) => insnOf(form, dst, src, 0, imm));
const jump = fc
  .tuple(fc.constantFrom(...jumps), reg, reg, fc.integer({ min: -6, max: 6 }), small)
  .map(([form, dst, src, off, imm]) => insnOf(form, dst, src, off, imm));
/** Accesses through R10, and through R1, which holds an address until an instruction changes it. */
const access = fc
  .tuple(fc.constantFrom(...accesses), fc.constantFrom(1, 10), reg, fc.integer({ min: -24, max: 20 }), small)
  .map(([form, base, other, off, imm]) =>
    form.kind === "ldx" || form.kind === "load_acq"
      ? insnOf(form, other, base, off, imm)
      : insnOf(form, base, other, off, imm),
  );

/** The program first sets the registers. Jumps that would leave the program lead to its end instead. */
const program = fc
  .tuple(
    fc.array(small, { minLength: 10, maxLength: 10 }),
    fc.array(
      fc.oneof({ weight: 5, arbitrary: computation }, { weight: 2, arbitrary: jump }, { weight: 2, arbitrary: access }),
      {
        maxLength: 40,
      },
    ),
  )
  .map(([values, body]): Insn[] => {
    const start = values.flatMap((imm, dst) => (dst === 1 ? [] : [{ code: 0xb7, dst, src: 0, off: 0, imm }]));
    const fixed = body.map((insn, i): Insn => {
      const target = i + 1 + insn.off;
      const isJump = (insn.code & 7) === 5 || (insn.code & 7) === 6;
      return isJump && (target < 0 || target > body.length) ? { ...insn, off: body.length - i - 1 } : insn;
    });
    return [...start, ...fixed, EXIT];
  });

test("random programs end the same in both engines", () => {
  fc.assert(
    fc.property(program, fc.uint8Array({ minLength: 16, maxLength: 16 }), (body, mem) => {
      check(body, mem);
    }),
    { numRuns: 1000 },
  );
});

test("a load from the stack gives what was stored, whole or in part, whatever happened in between", () => {
  const SIZES = [1, 2, 4, 8] as const;
  const places = fc.record({
    size: fc.constantFrom(...SIZES),
    at: fc.integer({ min: -24, max: -8 }),
    reg: fc.integer({ min: 0, max: 5 }),
  });
  const steps = fc.oneof(
    places.map(({ size, at, reg }) => [insn(`stx${size}`, { dst: 10, src: reg, off: at })]),
    places.map(({ size, at, reg }) => [insn(`ldx${size}`, { dst: reg, src: 10, off: at })]),
    places.map(({ size, at, reg }) => [insn(`ldxsx${size === 8 ? 4 : size}`, { dst: reg, src: 10, off: at })]),
    places.map(({ size, at }) => [insn(`st${size}`, { dst: 10, off: at, imm: -2 })]),
    places.map(({ size, at, reg }) => [
      insn("mov64_reg", { dst: 6, src: 10 }),
      insn(`stx${size}`, { dst: 6, src: reg, off: at }),
    ]),
    places.map(({ reg, at }) => [insn("mul64_imm", { dst: reg, imm: at })]),
    places.map(({ reg }) => [
      insn("mov64_reg", { dst: 6, src: 10 }),
      insn("atomic8_fetch_add", { dst: 6, src: reg, off: -16 }),
    ]),
  );
  fc.assert(
    fc.property(fc.array(steps, { minLength: 3, maxLength: 30 }), (body) => {
      const start = [0, 1, 2, 3, 4, 5].flatMap((dst) => [
        insn("mov64_imm", { dst, imm: (0x12345678 * (dst + 1)) | 0 }),
        insn("mul64_reg", { dst, src: dst }),
      ]);
      const sum = [1, 2, 3, 4, 5].map((src) => insn("add64_reg", { src }));
      check([...start, ...body.flat(), ...sum, insn("exit")]);
    }),
    { numRuns: 300 },
  );
});
