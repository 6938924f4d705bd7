import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assemble } from "../asm/assemble.ts";
import { ERRNO } from "../facts/errno.ts";
import { FORMS } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { DEFAULT_LICENSE, type Program } from "../program/program.ts";
import { type VerifyOptions, verify } from "./verify.ts";

const program = (source: string, more?: Partial<Program>): Program => {
  const { insns, ok, diagnostics } = assemble(source);
  expect(ok, JSON.stringify(diagnostics)).toBe(true);
  return ofInsns(insns, more);
};

const ofInsns = (insns: readonly Insn[], more?: Partial<Program>): Program => ({
  insns,
  progType: "socket_filter",
  expectedAttachType: 0,
  progFlags: 0,
  maps: [],
  mapRefs: new Map(),
  license: DEFAULT_LICENSE,
  ...more,
});

const judge = (p: Program, options?: Partial<VerifyOptions>) => verify(p, { logLevel: 2, ...options });

/** One branch on an unknown number. Then a read that is wrong on one side only. */
const BRANCH = `
  BPF_LDX_MEM(BPF_W, BPF_REG_6, BPF_REG_1, 0),
  BPF_MOV64_IMM(BPF_REG_0, 0),
  BPF_JMP_IMM(BPF_JGT, BPF_REG_6, 7, 1),
  BPF_EXIT_INSN(),
  BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_10, 8),
  BPF_EXIT_INSN(),`;

describe("any program has a verdict", () => {
  const field = { dst: fc.integer({ min: 0, max: 15 }), src: fc.integer({ min: 0, max: 15 }) };
  const off = fc.oneof(fc.constantFrom(0, 1, -1, -8, 4, 76, 80), fc.integer({ min: -0x8000, max: 0x7fff }));
  const imm = fc.oneof(fc.constantFrom(0, 1, -1, 7, 32), fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }));
  const wild = fc.record({ code: fc.integer({ min: 0, max: 255 }), ...field, off, imm });
  const formed = fc.constantFrom(...FORMS).chain((form) =>
    fc.record({ dst: fc.integer({ min: 0, max: 10 }), src: fc.integer({ min: 0, max: 10 }), off, imm }).map((f) => {
      const of = (name: "dst" | "src" | "off" | "imm") =>
        form.when[name as "src"] ?? (form.uses.includes(name) ? f[name] : 0);
      return { code: form.code, dst: of("dst"), src: of("src"), off: of("off"), imm: of("imm") };
    }),
  );
  const exit = { code: 0x95, dst: 0, src: 0, off: 0, imm: 0 };
  const insns = fc.array(fc.oneof({ weight: 6, arbitrary: formed }, wild), { maxLength: 12 });
  const types = fc.constantFrom("socket_filter", "sched_cls", "xdp", "tracepoint", "oreore");

  test("with any bytes and at every log level, and it is not changed", () => {
    fc.assert(
      fc.property(insns, types, fc.integer({ min: 0, max: 7 }), (body, progType, logLevel) => {
        const p = ofInsns([...body, exit].map(Object.freeze) as Insn[], { progType });
        Object.freeze(p.insns);
        const { verdict, errno, log } = verify(p, { logLevel });
        expect(verdict === "accept").toBe(errno === 0 && verdict !== "reject");
        if (logLevel === 0) expect(log).toBe("");
      }),
      { numRuns: 1500 },
    );
  });
});

test("every arithmetic instruction of the table is walked", () => {
  const constant = (dst: number, imm: number): Insn => ({ code: 0xb7, dst, src: 0, off: 0, imm });
  for (const form of FORMS.filter(({ kind }) => kind === "alu")) {
    const source = form.uses.includes("src") ? { src: 3, imm: 0 } : { src: 0, imm: form.uses.includes("imm") ? 1 : 0 };
    const insn = { code: form.code, dst: 2, off: 0, ...source, ...form.when };
    const exit = { code: 0x95, dst: 0, src: 0, off: 0, imm: 0 };
    const { verdict, log } = verify(ofInsns([constant(0, 0), constant(2, 5), constant(3, 1), insn, exit], {}), {
      logLevel: 2,
    });
    expect(verdict, `${form.name}\n${log}`).toBe("accept");
    expect(log, form.name).not.toContain("(null)");
  }
});

describe("the content of a log depends on its level", () => {
  const levels = [0, 1, 2, 4].map((logLevel) => judge(program(BRANCH), { logLevel, now: () => 0 }).log);

  test("0: nothing", () => expect(levels[0]).toBe(""));
  test("1: only the path that was refused", () => {
    expect(levels[1]).toMatch(/^0: R1=ctx\(\) R10=fp0\n/);
    expect(levels[1]).toContain("invalid read from stack R10 off=8 size=8\n");
    expect(levels[1]).not.toContain("3: (95) exit");
  });
  test("2: every path, with the state at its fork", () => {
    expect(levels[2]).toContain("3: (95) exit\n\nfrom 2 to 4: R0=0 ");
  });
  test("4: the refusal and the statistics", () => {
    expect(levels[3]).toBe(
      "invalid read from stack R10 off=8 size=8\nverification time 0 usec\nstack depth 0\n" +
        "processed 5 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
    );
  });
});

describe("limits", () => {
  test("a loop in which nothing changes is found at once", () => {
    const { errno, log } = judge(
      program("BPF_MOV64_IMM(BPF_REG_0, 0), BPF_JMP_IMM(BPF_JA, 0, 0, -1), BPF_EXIT_INSN(),"),
    );
    expect(errno).toBe(22);
    expect(log).toMatch(/unreachable insn 2|infinite loop detected/);
  });

  test("at most 8192 branches may wait", () => {
    const call = { code: 0x85, dst: 0, src: 0, off: 0, imm: 7 };
    const jump = { code: 0x15, dst: 0, src: 0, off: 0, imm: 3 };
    const insns: Insn[] = [call];
    // Each register remembers which side was taken, so that no two paths have equal states.
    for (let i = 0; i < 8300; i++) insns.push({ ...jump, imm: i + 1, off: 0 });
    insns.push({ code: 0x95, dst: 0, src: 0, off: 0, imm: 0 });
    const { errno, log } = judge(ofInsns(insns), { logLevel: 4 });
    expect({ errno, why: log.split("\n")[0] }).toEqual({
      errno: 14,
      why: "The sequence of 8193 jumps is too complex.",
    });
  });
});

test("a long walk reports its progress and can be stopped", () => {
  const told: number[] = [];
  const long = program(`
    BPF_MOV64_IMM(BPF_REG_6, 0),
    BPF_ALU64_IMM(BPF_ADD, BPF_REG_6, 1),
    BPF_JMP_IMM(BPF_JLT, BPF_REG_6, 0x7fffffff, -2),
    BPF_EXIT_INSN(),`);
  const { errno } = judge(long, { logLevel: 0, progress: (n) => told.push(n) === 2 });
  expect(told).toEqual([16_384, 32_768]);
  expect(errno).toBe(11);
});

describe("a program that is not simulated is not called unsafe", () => {
  test.each([
    ["kernel functions", [{ code: 0x85, dst: 0, src: 2, off: 0, imm: 42 }]],
    [
      "kernel variables",
      [
        { code: 0x18, dst: 1, src: 3, off: 0, imm: 42 },
        { code: 0, dst: 0, src: 0, off: 0, imm: 0 },
      ],
    ],
  ])("%s", (what, insns) => {
    const verdict = judge(ofInsns([...insns, { code: 0x95, dst: 0, src: 0, off: 0, imm: 0 }]));
    expect(verdict.notSimulated).toContain(what);
    expect(verdict).toMatchObject({ verdict: "reject", errno: 0 });
  });

  test("a tracing program without a function to attach to gets the kernel's answer, and is not called unsafe", () => {
    const iter = judge(
      program("BPF_MOV64_IMM(BPF_REG_0, 0), BPF_EXIT_INSN(),", { progType: "tracing", expectedAttachType: 28 }),
    );
    expect(iter).toMatchObject({ verdict: "reject", errno: ERRNO.EINVAL });
    expect(iter.log).toContain("Tracing programs must provide btf_id\n");
    expect(iter.notSimulated).toContain("BTF");
  });
});

describe("OREORE, with the messages of 6.18", () => {
  const oreore = (body: string) => judge(program(body, { progType: "oreore" }));
  const EXIT = "BPF_EXIT_INSN(),";

  test("the talk's program is accepted", () => {
    const { verdict } = oreore(
      `BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0), BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42), ${EXIT}`,
    );
    expect(verdict).toBe("accept");
  });

  test.each([
    ["BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 4),", "invalid bpf_context access off=4 size=4"],
    ["BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_1, 0),", "invalid bpf_context access off=0 size=8"],
    ["BPF_ST_MEM(BPF_W, BPF_REG_1, 0, 1),", "invalid bpf_context access off=0 size=4"],
    ["BPF_MOV64_REG(BPF_REG_0, BPF_REG_2),", "R2 !read_ok"],
    ["", "R0 !read_ok"],
  ])("%s", (body, message) => {
    const { errno, log } = oreore(body + EXIT);
    expect(errno).toBe(13);
    expect(log).toContain(`\n${message}\n`);
  });
});

describe("a trace", () => {
  const traced = (p: Program, maxVisits = 100) => judge(p, { trace: { maxVisits } }).trace!;

  test("follows each path from the fork to its end", () => {
    const { visits, dropped } = traced(program(BRANCH));
    expect(dropped).toBe(0);
    expect([...visits].map((v) => [v.insnIdx, v.prev, v.end?.kind])).toEqual([
      [0, -1, undefined],
      [1, 0, undefined],
      [2, 1, undefined],
      [3, 2, "exit"],
      [4, 2, "refused"],
    ]);
    expect(visits.at(4)!.end).toEqual({ kind: "refused", errno: 13, regs: (1 << 0) | (1 << 10) });
    expect(visits.at(4)!.after).toBeUndefined();
  });

  test("knows the state on each side of a branch", () => {
    const { visits } = traced(program(BRANCH));
    const r6 = (visit: number) => visits.at(visit)!.before.frames[0]!.regs[6]!.val;
    expect(r6(2).umax).toBe(0xffff_ffffn);
    expect(r6(3).umax).toBe(7n);
    expect(r6(4).umin).toBe(8n);
  });

  test("points from a pruned path to the visit that covers it", () => {
    const { visits } = traced(
      program(
        `BPF_LDX_MEM(BPF_W, BPF_REG_6, BPF_REG_1, 0),
         BPF_MOV64_IMM(BPF_REG_0, 0),
         BPF_JMP_IMM(BPF_JGT, BPF_REG_6, 7, 1),
         BPF_MOV64_IMM(BPF_REG_7, 1),
         BPF_MOV64_IMM(BPF_REG_7, 2),
         BPF_EXIT_INSN(),`,
        { progFlags: 1 << 3 },
      ),
    );
    const pruned = [...visits].find((v) => v.end?.kind === "pruned")!;
    expect(pruned.insnIdx).toBe(4);
    expect(visits.at((pruned.end as { by: number }).by)!.insnIdx).toBe(4);
  });

  test("keeps at most as many visits as asked for", () => {
    const { visits, dropped } = traced(program(BRANCH), 2);
    expect([visits.length, dropped]).toEqual([2, 3]);
  });

  test("the log of a visit is between its position and that of the next visit", () => {
    const p = program(BRANCH);
    const { log } = judge(p);
    const { visits } = traced(p);
    expect(log.slice(visits.at(1)!.logPos, visits.at(2)!.logPos)).toContain("1: (b7) r0 = 0");
  });
});

test("a global function is verified once for any arguments, and its calls are checked by its BTF", () => {
  // main: r1 = 7; call f; r0 = 0; exit    f: r0 = r1; exit. In f the value of r1 is not known.
  const insns: Insn[] = [
    { code: 0xb7, dst: 1, src: 0, off: 0, imm: 7 },
    { code: 0x85, dst: 0, src: 1, off: 0, imm: 2 },
    { code: 0xb7, dst: 0, src: 0, off: 0, imm: 0 },
    { code: 0x95, dst: 0, src: 0, off: 0, imm: 0 },
    { code: 0xbf, dst: 0, src: 1, off: 0, imm: 0 },
    { code: 0x95, dst: 0, src: 0, off: 0, imm: 0 },
  ];
  const main = { name: "main", global: true, params: [], returns: "int" } as const;
  const withParam = (param: "int" | "ctx") =>
    judge(
      ofInsns(insns, {
        funcInfo: true,
        functions: [main, { name: "f", global: true, params: [param], returns: "int" }],
      }),
      { trace: { maxVisits: 100 } },
    );
  const fits = withParam("int");
  expect(fits).toMatchObject({ verdict: "accept", errno: 0 });
  expect(fits.log).toContain("Func#1 ('f') is global and assumed valid.\n");
  expect(fits.log).toContain("Validating f() func#1...\n4: R1=scalar() R10=fp0\n");
  expect([...fits.trace!.visits].map((visit) => [visit.insnIdx, visit.prev])).toEqual([
    [0, -1],
    [1, 0],
    [2, 1],
    [3, 2],
    [4, -1],
    [5, 4],
  ]);
  const other = withParam("ctx");
  expect(other).toMatchObject({ verdict: "reject", errno: ERRNO.EINVAL });
  expect(other.log).toContain("arg#0 expects pointer to ctx\nCaller passes invalid args into func#1 ('f')\n");
});
