// The demo through the session, as the page does it.
import { expect, test } from "vitest";
import type { ExampleView } from "../catalogue/example.ts";
import { EXAMPLES } from "../catalogue/examples.ts";
import type { Remote } from "./api.ts";
import { createSession } from "./session.ts";
import type { ProgramInput } from "./views/program.ts";
import type { RunView, StopInput, WayEndView } from "./views/run.ts";

const FILE = "/sys/oreore/bpf";
const example = (name: string): ProgramInput => {
  const found = EXAMPLES.find((one) => one.name === name);
  if (!found) throw new Error(`no example ${name}`);
  return found.program;
};
const oreore = (source: string): ProgramInput => ({ source, progType: "oreore", maps: [] });
const texts = (outcome: { readonly calls: readonly { readonly text: string }[] }): string[] =>
  outcome.calls.map(({ text }) => text);

/** A session with the program attached. */
async function attached(program: ProgramInput): Promise<Remote> {
  const session = createSession();
  const { ret, check } = await session.kernel.load(program);
  expect(ret).toBe(3 + check.maps.length);
  expect((await session.kernel.attach()).ret).toBe(0);
  return session;
}
const runOf = ({ run }: { readonly run: RunView | null }): RunView => {
  if (!run) throw new Error("nothing ran");
  return run;
};

test("the talk's demo: load, attach, echo 10, cat says 52", async () => {
  const session = createSession();
  const load = await session.kernel.load(example("plus42"));
  expect(texts(load)).toEqual([
    'bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_OREORE, insn_cnt=3, insns=…, license="GPL", log_level=2, log_buf=…, prog_flags=0, prog_name="", expected_attach_type=BPF_OREORE_ATTACH}, 144) = 3',
  ]);
  expect(load.check.verdict).toBe("accept");
  const attach = await session.kernel.attach();
  expect(texts(attach)).toEqual([
    "bpf(BPF_PROG_ATTACH, {target_fd=0, attach_bpf_fd=3, attach_type=BPF_OREORE_ATTACH, attach_flags=0}, 32) = 0",
  ]);
  expect(attach.kernel.attachments).toEqual([{ attachType: 44, attachName: "BPF_OREORE_ATTACH", progId: 1 }]);
  const write = await session.kernel.writeFile(FILE, "10\n");
  expect(texts(write)).toEqual([
    'openat(AT_FDCWD, "/sys/oreore/bpf", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 4',
    'write(4, "10\\n", 3) = 3',
    "close(4) = 0",
  ]);
  expect(runOf(write)).toMatchObject({ length: 3, end: { kind: "exit", r0: "0000000000000034", retval: 52 } });
  expect(await session.kernel.readFile(FILE)).toMatchObject({ data: "52\n", terminal: "52\n", ret: 3 });
});

test("a run is walked in both directions, and changes show old and new value", async () => {
  const session = await attached(example("plus42"));
  const { run } = runOf(await session.kernel.writeFile(FILE, "10\n"));
  const forward = await session.runs.steps(run, 0, 100);
  expect(forward.map(({ step, slot, lastSlot, caption }) => [step, slot, lastSlot, caption])).toEqual([
    [0, 0, -1, ""],
    [1, 1, 0, "R0 = 0xa"],
    [2, 2, 1, "R0: 0xa → 0x34"],
    [3, -1, 2, ""],
  ]);
  expect(forward[2]?.changed).toEqual([{ reg: 0, old: "000000000000000a", new: "0000000000000034" }]);
  expect(forward[0]).toMatchObject({ reads: 0b10, writes: 0b1 });
  for (const step of [3, 2, 1, 0, 2]) expect(await session.runs.step(run, step)).toEqual(forward[step]);
  expect((await session.runs.step(run, 99))?.step).toBe(3);
  expect(await session.runs.step(run + 1, 0)).toBeNull();
});

test("a chunk says about every step what the step's own view says", async () => {
  const session = await attached(example("loop"));
  const { run, length } = runOf(await session.kernel.writeFile(FILE, "5"));
  const chunk = await session.runs.chunk(run, 0, length + 1);
  const steps = await session.runs.steps(run, 0, length + 1);
  expect(chunk).toMatchObject({ from: 0, count: length + 1 });
  steps.forEach((step, i) => {
    expect(chunk?.slots[i]).toBe(step.slot);
    expect(step.regs.map((hex) => BigInt(`0x${hex}`))).toEqual([...(chunk?.regs.subarray(11 * i, 11 * i + 11) ?? [])]);
    expect(chunk?.changed[i]).toBe(step.changed.reduce((mask, { reg }) => mask | (1 << reg), 0));
  });
  expect((await session.runs.chunk(run, 3, 2))?.changed).toEqual(chunk?.changed.slice(3, 5));
});

test("the stack pane shows what was written, and what the last instruction changed", async () => {
  const session = await attached(example("stack"));
  const { run, length, end } = runOf(await session.kernel.writeFile(FILE, "10"));
  expect(end).toMatchObject({ retval: 110 });
  const rows = async (step: number) =>
    (await session.runs.step(run, step))?.stack.map(({ off, value, used, changed }) => [off, value, used, changed]);
  expect(await rows(1)).toEqual([]);
  expect(await rows(2)).toEqual([[-8, "000000000000000a", 0xff, 0xff]]);
  expect(await rows(3)).toEqual([
    [-8, "000000000000000a", 0xff, 0],
    [-16, "0000000000000064", 0x0f, 0x0f],
  ]);
  expect(await rows(length)).toHaveLength(2);
  expect(await session.runs.seek(run, length, { to: "last-write", reg: 3 })).toBe(4);
});

test("going on stops at breakpoints, watches, the cursor and the end of calls, and says at which", async () => {
  const session = await attached(example("loop"));
  const { run, length } = runOf(await session.kernel.writeFile(FILE, "5"));
  const go = (from: number, back: boolean, ...stops: StopInput[]) => session.runs.goOn(run, from, stops, back);
  const at = async (way: WayEndView | null) => (await session.runs.step(run, way?.step ?? -1))?.slot;
  const far: StopInput = { kind: "breakpoint", slot: 99 };
  // Slot 4 is R0 += R2: five rounds.
  const first = await go(0, false, far, { kind: "breakpoint", slot: 4 });
  expect([await at(first), first?.stopIndex]).toEqual([4, 1]);
  const third = await go(0, false, { kind: "breakpoint", slot: 4, when: "r2 == 3" });
  expect((await session.runs.step(run, third?.step ?? -1))?.regs[2]).toBe("0000000000000003");
  expect(await go(third?.step ?? 0, true, { kind: "breakpoint", slot: 4, when: "r2 == 5" })).toEqual({
    step: first?.step,
    stopIndex: 0,
  });
  expect(await at(await go(0, false, { kind: "cursor", slot: 7 }))).toBe(7);
  expect(await go(0, false)).toEqual({ step: length, stopIndex: -1 });
  expect(await go(length, false, far)).toEqual({ step: length, stopIndex: -1 });
  expect(await go(length, true)).toEqual({ step: 0, stopIndex: -1 });
  // The exit is passed once. After it the program has ended.
  const exit: StopInput = { kind: "breakpoint", slot: 7 };
  expect(await go(0, false, exit)).toEqual({ step: length - 1, stopIndex: 0 });
  expect(await go(length - 1, false, exit)).toEqual({ step: length, stopIndex: -1 });
  // From before the start, a breakpoint on the first instruction counts. From that instruction, the run goes on.
  const start: StopInput = { kind: "breakpoint", slot: 0 };
  expect([await go(-1, false, start), await go(0, false, start)]).toEqual([
    { step: 0, stopIndex: 0 },
    { step: length, stopIndex: -1 },
  ]);
  expect(await session.runs.checkCondition("r0 = 5")).not.toBe("");
});

test("the change of a register is found from both directions, at the same steps of every example", async () => {
  let found = 0;
  for (const { program, input } of EXAMPLES) {
    const session = createSession();
    const read = await session.runs.readInput(program.progType, input);
    const made = read.ok ? await session.runs.runOnce(program, read.event, true) : null;
    if (!made?.run) continue;
    const { run, length } = made.run;
    const steps = await session.runs.steps(run, 0, length + 1);
    for (let reg = 0; reg <= 10; reg++) {
      const places = steps.flatMap(({ step, changed, regsSet }) =>
        step > 0 &&
        (changed.some((one) => one.reg === reg) || ((regsSet & ~(steps[step - 1]?.regsSet ?? 0)) >> reg) & 1)
          ? [step]
          : [],
      );
      for (const back of [false, true]) {
        const met: number[] = [];
        for (let at = back ? length : 0; ; ) {
          const way = await session.runs.goOn(run, at, [{ kind: "watch", reg }], back);
          if (!way || way.stopIndex < 0) break;
          met.push((at = way.step));
        }
        const wanted = back ? places.toReversed().filter((step) => step < length) : places;
        expect(met, `${program.source}, R${reg}, back ${back}`).toEqual(wanted);
        found += met.length;
      }
    }
  }
  expect(found).toBeGreaterThan(200);
});

test("a change of watched bytes is found from both directions, at the same steps", async () => {
  const session = createSession();
  const source =
    "BPF_ST_MEM(BPF_DW, R10, -8, 1), BPF_ST_MEM(BPF_DW, R10, -8, 1), BPF_ST_MEM(BPF_DW, R10, -8, 2), BPF_MOV64_IMM(R0, 0), BPF_EXIT_INSN()";
  const event = { kind: "sysfs", path: FILE, data: "1" } as const;
  const { run } = await session.runs.runOnce({ ...example("plus42"), source }, event, true);
  const address = (await session.runs.step(run?.run ?? -1, 0))?.access?.address ?? "";
  const stops: StopInput[] = [{ kind: "watch", address, size: 8 }];
  const from = async (at: number, back: boolean) => (await session.runs.goOn(run?.run ?? -1, at, stops, back))?.step;
  expect([await from(0, false), await from(1, false), await from(5, true), await from(3, true)]).toEqual([1, 3, 3, 1]);
});

test("a call is stepped over and out of", async () => {
  const session = await attached(example("subprogram"));
  const { run } = runOf(await session.kernel.writeFile(FILE, "10"));
  expect(await session.runs.goOn(run, 2, [{ kind: "over" }])).toEqual({ step: 6, stopIndex: 0 });
  expect(await session.runs.goOn(run, 3, [{ kind: "out" }])).toEqual({ step: 6, stopIndex: 0 });
});

test("a step shows what it did to a map, and the map can be seen as it was then", async () => {
  const session = createSession();
  const program = {
    source: `BPF_ST_MEM(BPF_W, BPF_REG_10, -4, 1),
BPF_MOV64_REG(BPF_REG_2, BPF_REG_10),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, -4),
BPF_LD_MAP_FD(BPF_REG_1, counts),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),
BPF_JMP_IMM(BPF_JEQ, BPF_REG_0, 0, 3),
BPF_MOV64_IMM(BPF_REG_1, 1),
BPF_ATOMIC_OP(BPF_DW, BPF_ADD, BPF_REG_0, BPF_REG_1, 0),
BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_0, 0),
BPF_EXIT_INSN(),`,
    progType: "oreore",
    maps: [{ name: "counts", type: "array", keySize: 4, valueSize: 8, maxEntries: 2, flags: 0 }],
  };
  const load = await session.kernel.load(program);
  expect([load.check.message, load.ret]).toEqual(["", 4]);
  await session.kernel.attach();
  await session.kernel.writeFile(FILE, "1");
  const { run, length, end } = runOf(await session.kernel.writeFile(FILE, "1"));
  expect(end).toMatchObject({ retval: 2 });
  const value = async (step: number) => (await session.runs.mapsAt(run, step))[0]?.entries[1]?.values;
  expect([await value(0), await value(length)]).toEqual([["0100000000000000"], ["0200000000000000"]]);
  const steps = await session.runs.steps(run, 0, length + 1);
  expect(steps.find(({ call }) => call)?.call).toMatchObject({ name: "map_lookup_elem" });
  expect(steps.flatMap(({ memory }) => memory).at(-1)).toMatchObject({
    region: expect.stringContaining("counts"),
    old: "01",
    new: "02",
  });
  // The present is restored: moving the slider back does not reset the map.
  await session.runs.step(run, 0);
  expect((await session.kernel.updateMap(3, "00000000", "0900000000000000", 0)).kernel.maps[0]?.entries).toEqual([
    { key: "00000000", values: ["0900000000000000"] },
    { key: "01000000", values: ["0200000000000000"] },
  ]);
});

test("changes to the kernel after a run stay when the run is walked", async () => {
  const session = createSession();
  const program = example("map-counter");
  await session.kernel.load(program);
  await session.kernel.attach();
  const { run, length } = runOf(await session.kernel.writeFile(FILE, "1"));
  const map = (await session.kernel.updateMap(3, "00000000", "0900000000000000", 0)).kernel.maps[0];
  expect(map?.entries[0]?.values).toEqual(["0900000000000000"]);
  const seen = async (step: number) => (await session.runs.mapsAt(run, step))[0]?.entries[0]?.values;
  expect(await seen(0)).toEqual(["0000000000000000"]);
  expect(await seen(length)).toEqual(["0100000000000000"]);
  await session.runs.step(run, 2);
  expect(runOf(await session.kernel.writeFile(FILE, "1")).end).toMatchObject({ retval: 10 });
});

test("frames of function calls are listed, innermost last", async () => {
  const session = await attached(example("subprogram"));
  const { run, end } = runOf(await session.kernel.writeFile(FILE, "10"));
  expect(end).toMatchObject({ retval: 110 });
  expect((await session.runs.steps(run, 0, 20)).map(({ frames }) => frames.length)).toEqual([
    1, 1, 1, 2, 2, 2, 1, 1, 1,
  ]);
});

test("the output of a program appears in trace_pipe", async () => {
  const session = await attached(example("trace-printk"));
  const write = await session.kernel.writeFile(FILE, "10");
  expect(runOf(write).trace).toHaveLength(1);
  expect(write.kernel.tracePipe[0]).toMatch(/bpf_trace_printk: n=10$/);
  expect((await session.kernel.writeFile(FILE, "11")).kernel.tracePipe).toHaveLength(2);
  expect((await session.kernel.readFile("/sys/kernel/tracing/trace_pipe")).data).toMatch(/n=10\n.*n=11\n$/);
});

test("the same seed gives the same run, another seed another run", async () => {
  const roll = async (seed: number): Promise<unknown> => {
    const session = createSession();
    await session.kernel.restart(seed);
    await session.kernel.load(oreore("BPF_EMIT_CALL(BPF_FUNC_get_prandom_u32), BPF_EXIT_INSN(),"));
    await session.kernel.attach();
    return runOf(await session.kernel.writeFile(FILE, "1")).end;
  };
  expect(await roll(7)).toEqual(await roll(7));
  expect(await roll(7)).not.toEqual(await roll(8));
});

test.each(EXAMPLES.map((one) => [one.name, one] as const))("example %s does what it promises", async (_, one) => {
  const session = createSession();
  const check = await session.check.check(one.program, 1);
  expect(check.verdict).toBe(one.expect);
  expect(check.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const { ret, check: loaded } = await session.kernel.load(one.program);
  expect([ret >= 0, loaded.log]).toEqual([one.expect === "accept", check.log]);
  if (one.expect === "reject") {
    // The reason belongs to a line of the log and to an instruction of the source.
    expect(check.log.split("\n")[check.messageLine]).toBe(check.message);
    expect(check.slots.find(({ slot }) => slot === check.messageSlot)?.span).not.toBeNull();
    expect(check.messageSlot).toBeGreaterThanOrEqual(0);
    return;
  }
  if (one.program.progType === "oreore") await session.kernel.attach();
  const outcome =
    one.program.progType === "oreore"
      ? await session.kernel.writeFile(FILE, `${one.input}\n`)
      : await session.kernel.testRun(ret, { kind: "packet", hex: one.input });
  expect(runOf(outcome).end.kind).toBe("exit");
});

test("names of examples are unique, and their packets are built in", async () => {
  expect(new Set(EXAMPLES.map(({ name }) => name)).size).toBe(EXAMPLES.length);
  const packets = (await createSession().tools.packets()).map(({ hex }) => hex);
  for (const { program, input } of EXAMPLES) if (program.progType !== "oreore") expect(packets).toContain(input);
});

test.each(EXAMPLES.map((one) => [one.name, one.program] as const))(
  "example %s says of each of its numbers what it stands for, and declares its maps",
  async (_, program) => {
    const { slots, maps } = await createSession().check.check(program, 1);
    const lines = program.source.split("\n");
    for (const { span } of slots) {
      const line = lines[(span?.line ?? 0) - 1] ?? "";
      const [code = "", comment] = line.split("//");
      const above = /^\/\/ (?!@)(.+)/.exec(lines[(span?.line ?? 0) - 2] ?? "")?.[1];
      // 0 needs no comment. 10 in BPF_REG_10 is not a number.
      if (/(?<!\w)(?:0x[\da-f]+|[1-9]\d*)\b/.test(code))
        expect({ line, said: comment ?? above }).toEqual({ line, said: expect.any(String) });
    }
    expect(program.maps).toEqual([]);
    for (const { name } of maps) expect(program.source).toContain(`@map ${name} `);
  },
);

test.each([
  ["map-counter", 1],
  ["remember", 1],
  ["clamp", 100],
  ["byte-order", 0x0100_0000],
  ["divide-by-register", 0],
  ["who-am-i", 4242],
] as const)("%s returns %i", async (name, retval) => {
  const session = await attached(example(name));
  const { input } = EXAMPLES.find((one) => one.name === name) as ExampleView;
  expect(runOf(await session.kernel.writeFile(FILE, input)).end).toMatchObject({ retval });
});

test.each([
  ["drop-ping", 1],
  ["tcp-only", 0],
] as const)("%s returns %i for a ping", async (name, retval) => {
  const session = createSession();
  const { ret } = await session.kernel.load(example(name));
  const { input } = EXAMPLES.find((one) => one.name === name) as ExampleView;
  expect(runOf(await session.kernel.testRun(ret, { kind: "packet", hex: input })).end).toMatchObject({ retval });
});

test.each([
  ["read-offset-4", "EACCES", "invalid bpf_context access off=4 size=4", 0],
  ["read-64-bit", "EACCES", "invalid bpf_context access off=0 size=8", 0],
  ["store-ctx", "EACCES", "invalid bpf_context access off=0 size=4", 1],
  ["unset-register", "EACCES", "R2 !read_ok", 0],
  ["no-exit", "EINVAL", "last insn is not an exit or jmp", 0],
  ["jump-out-of-range", "EINVAL", "jump out of range from insn 1 to 7", 1],
  ["div-by-zero", "EINVAL", "div by zero", 1],
  ["shift-32", "EINVAL", "invalid shift 32", 1],
  ["stack-out-of-bounds", "EACCES", "invalid write to stack R10 off=-520 size=8", 0],
] as const)("%s is refused with %s: %s", async (name, errnoName, message, messageSlot) => {
  expect(await createSession().check.check(example(name), 1)).toMatchObject({
    verdict: "reject",
    errnoName,
    message,
    messageSlot,
  });
});

test("a refusal is explained in plain words, with the origin of the value", async () => {
  const session = createSession();
  const source = "BPF_MOV64_IMM(BPF_REG_1, 5), BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0), BPF_EXIT_INSN(),";
  expect((await session.check.check(oreore(source), 1)).message).toBe("R1 invalid mem access 'scalar'");
  expect(await session.check.explain(1)).toMatchObject({
    reg: 1,
    steps: [{ slot: 0, en: "R1 becomes the number 5." }, { en: "Here R1 is the number 5." }],
  });
  expect(await session.check.explain(2)).toBeNull();
  await session.check.check(example("plus42"), 3);
  expect(await session.check.explain(3)).toBeNull();
});

test("a verification that takes too long is stopped and says so, in check and in load", async () => {
  let clock = 0;
  const walked: number[] = [];
  const session = createSession({ now: () => clock++, onProgress: (insns) => walked.push(insns), verifyLimitUs: 0 });
  const long = oreore(
    "BPF_MOV64_IMM(BPF_REG_0, 0), BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 1), BPF_JMP_IMM(BPF_JLT, BPF_REG_0, 400000, -2), BPF_EXIT_INSN(),",
  );
  const check = await session.check.check(long, 1);
  expect(check).toMatchObject({ verdict: "error", errnoName: "EAGAIN" });
  expect(check.message).toMatch(/^the verification was stopped after \d+ instructions/);
  expect(walked).toEqual([16384]);
  expect(await session.kernel.load(long)).toMatchObject({ errnoName: "EAGAIN", check: { verdict: "error" } });
  expect((await session.check.check(example("plus42"), 2)).verdict).toBe("accept");
});

test("a line with a syntax error does not change the bytes of other lines", async () => {
  const check = await createSession().check.check(
    oreore("BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_MOV64_IMM(BPF_REG_0\nBPF_EXIT_INSN(),\n"),
    3,
  );
  expect(check).toMatchObject({ revision: 3, verdict: "error", log: "" });
  expect(check.message).not.toBe("");
  expect(check.slots.map(({ hex }) => hex)).toContain("b700000001000000");
  expect(check.slots.map(({ hex }) => hex)).toContain("9500000000000000");
});

test("what the verifier believed at a slot is answered for the last check only", async () => {
  const session = createSession();
  await session.check.check(example("even-odd"), 5);
  const [visit] = await session.check.visits(5, 1, 10);
  expect(visit?.before.regs[2]).toEqual({
    text: "scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))",
    isNumber: true,
    bounds: {
      umin: "0",
      umax: "4294967295",
      smin: "0",
      smax: "4294967295",
      value: "0000000000000000",
      mask: "00000000ffffffff",
    },
  });
  expect(visit?.before.regs[3]).toBeNull();
  // Both sides of the branch reach the exit.
  expect(await session.check.visits(5, 4, 10)).toHaveLength(2);
  expect(await session.check.visits(5, 4, 1)).toHaveLength(1);
  expect(await session.check.visits(4, 4, 10)).toEqual([]);
});

test("without the verifier, a fault happens at its instruction", async () => {
  const session = createSession();
  const { check, run } = await session.runs.runOnce(
    example("read-offset-4"),
    { kind: "sysfs", path: FILE, data: "10" },
    false,
  );
  expect(check.verdict).toBe("reject");
  expect(run?.end).toMatchObject({ kind: "fault", slot: 0 });
  expect((await session.runs.step(run?.run ?? -1, 0))?.slot).toBe(0);
  expect(
    (await session.runs.runOnce(example("read-offset-4"), { kind: "sysfs", path: FILE, data: "10" }, true)).run,
  ).toBeNull();
});

test("a run without end is stopped by the step budget, and says so", async () => {
  const endless = oreore("BPF_MOV64_IMM(BPF_REG_0, 0), BPF_JMP_IMM(BPF_JA, 0, 0, -1), BPF_EXIT_INSN(),");
  const { run } = await createSession().runs.runOnce(endless, { kind: "ctx", hex: "00000000" }, false);
  expect(run).toMatchObject({ length: 1_000_000, end: { kind: "budget", steps: 1_000_000 } });
});

test("each of the four steps, taken back, is missed where it is needed", async () => {
  const session = createSession();
  const load = async () => await session.kernel.load(example("plus42"));
  await session.kernel.patch(1, false);
  expect((await load()).errnoName).toBe("EINVAL");
  await session.kernel.patch(1, true);
  await session.kernel.patch(2, false);
  expect((await load()).ret).toBe(3);
  expect((await session.kernel.attach()).errnoName).toBe("EINVAL");
  await session.kernel.patch(2, true);
  await session.kernel.patch(3, false);
  expect(await session.kernel.readFile(FILE)).toMatchObject({
    errnoName: "ENOENT",
    terminal: `cat: ${FILE}: No such file or directory\n`,
  });
  expect((await session.kernel.writeFile(FILE, "1")).terminal).toBe(`bash: ${FILE}: No such file or directory\n`);
  await session.kernel.patch(3, true);
  expect((await session.kernel.readFile(FILE)).data).toBe("0\n");
});

test("a reader's own type works from the form to echo and cat", async () => {
  const session = createSession();
  const adder = (await session.tools.presets()).find(({ name }) => name === "adder")?.definition ?? null;
  expect(await session.tools.readDefinition(adder)).toEqual({ ok: true, definition: adder });
  expect((await session.kernel.define(adder)).ret).toBe(0);
  const program = {
    source: `BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),
BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, 4),
BPF_ALU32_REG(BPF_ADD, BPF_REG_0, BPF_REG_2),
BPF_EXIT_INSN(),`,
    progType: "adder",
    maps: [],
  };
  expect((await session.check.check(program, 1)).verdict).toBe("accept");
  expect((await session.kernel.load(program)).ret).toBe(3);
  expect((await session.kernel.attach()).ret).toBe(0);
  expect((await session.kernel.shell("echo 40 2 > /sys/adder/sum && cat /sys/adder/sum")).output).toBe("42\n");
  expect((await session.kernel.shell("echo 40 > /sys/adder/sum")).output).toBe(
    "bash: echo: write error: Invalid argument\n",
  );
  expect((await session.kernel.shell("cat /sys/oreore/bpf")).status).toBe(1);
});

test("a pasted hex dump becomes macros with the same bytes", async () => {
  const session = createSession();
  const paste = await session.tools.paste("61 10 00 00 00 00 00 00 04 00 00 00 2a 00 00 00 95 00 00 00 00 00 00 00");
  const check = await session.check.check(oreore(paste.source ?? ""), 1);
  expect(check.slots.map(({ hex }) => hex).join("")).toBe("6110000000000000040000002a0000009500000000000000");
  expect(check.verdict).toBe("accept");
});

test("a program is rendered in every notation", async () => {
  const session = createSession();
  const notations = await session.tools.notations();
  expect(notations).toContain("llvm");
  for (const notation of notations) expect(await session.tools.render(example("plus42"), notation)).not.toBe("");
  expect(await session.tools.render(example("plus42"), "no such notation")).toBeNull();
  expect(await session.tools.render(oreore("BPF_FOO("), "llvm")).toBeNull();
});

test("the take-home contains the program of the editor", async () => {
  const files = (await createSession().tools.takeHome(example("plus42"))) ?? [];
  expect(files.map(({ path }) => path)).toContain("loader.c");
  expect(files.find(({ path }) => path === "loader.c")?.text).toMatch(/42/);
});

test("the four steps are shown as code of the current definition, one text per file", async () => {
  const session = createSession();
  const own = (await session.tools.presets()).find(({ name }) => name === "verdict")?.definition;
  await session.kernel.define(own ? { ...own, name: "twice", sysfsPath: "/sys/twice/run" } : null);
  const code = (await session.tools.kernelCode({ ...example("plus42"), progType: "twice" })) ?? [];
  expect(code.map((files) => files.map(({ path }) => path))).toEqual([
    [
      "include/uapi/linux/bpf.h",
      "include/linux/bpf_types.h",
      "kernel/bpf/Makefile",
      "kernel/bpf/verifier.c",
      "kernel/bpf/twice.c",
    ],
    ["include/uapi/linux/bpf.h", "include/linux/bpf.h", "kernel/bpf/syscall.c", "kernel/bpf/twice.c"],
    ["module/twice_module.c"],
    ["loader.c", "loader-libbpf.c"],
  ]);
  for (const file of code.flat().filter(({ diff }) => diff)) expect(file.text).toMatch(/^@@ -\d+(,\d+)? \+\d/);
  expect(code[0]?.[0]?.text).toContain("+\tBPF_PROG_TYPE_TWICE,");
  expect(code[2]?.[0]?.text).toContain("/sys/twice/run");
  expect(code[3]?.[0]?.text).toContain("w0 += 42");
  expect((await session.tools.kernelCode({ ...example("plus42"), source: "nonsense" }))?.[3]).toEqual([]);
});

/** A clock on which a millisecond passes at each reading. So how often a program is run does not depend on the machine. */
const counting = (): (() => number) => {
  let us = 0;
  return () => (us += 1000);
};
/** A measurement of this many milliseconds has as many parts, and each has twice as many runs as the part before: 2 ** 17 - 1 runs. */
const PARTS = 17;
const RUNS = 2 ** PARTS - 1;

test("each way of running gives the same result and its speed, and a run without a jump out is looped inside the compiled code", async () => {
  const event = { kind: "sysfs", path: FILE, data: "10" } as const;
  const speed = await createSession({ now: counting() }).tools.speed(example("plus42"), event, PARTS);
  const { interp, inside, entered, ...compiled } = speed ?? {};
  const way = { runs: RUNS, insns: 3, nsPerRun: ((1000 * PARTS) / RUNS) * 1000, result: "0000000000000034", fault: "" };
  expect([interp, inside, entered]).toEqual([way, way, way]);
  // An entry costs the difference of two ways, and this clock finds none.
  expect(compiled).toMatchObject({ crossingNs: 0, wasmText: expect.stringMatching(/^\(module/) });
});

test("what a run leaves in a map is there for the next run, also when looped inside", async () => {
  const event = { kind: "sysfs", path: FILE, data: "7" } as const;
  const speed = await createSession({ now: counting() }).tools.speed(example("remember"), event, PARTS);
  // The program counts its runs and returns the count. All three ways use the same map, one after the other.
  const { interp, inside, entered } = speed ?? {};
  const counts = [interp, entered, inside].map((way) => Number(`0x${way?.result}`));
  expect(counts).toEqual([RUNS, 2 * RUNS, 3 * RUNS]);
});

test("a program whose end needs the machine is not looped inside: a tail call, a packet read past its end", async () => {
  const session = createSession({ now: counting() });
  const event = { kind: "packet", hex: "00".repeat(60) } as const;
  const source = "BPF_MOV64_REG(R6, R1), BPF_LD_ABS(BPF_W, 100), BPF_MOV64_IMM(R0, 9), BPF_EXIT_INSN()";
  const speed = await session.tools.speed({ source, progType: "socket_filter", maps: [] }, event, 5);
  expect([speed?.inside, speed?.entered.result, speed?.interp.result]).toEqual([
    null,
    "0000000000000000",
    "0000000000000000",
  ]);
  const endless = "BPF_MOV64_IMM(R0, 0), BPF_JMP_A(-2), BPF_EXIT_INSN()";
  const stuck = await session.tools.speed(
    { source: endless, progType: "oreore", maps: [] },
    { kind: "sysfs", path: FILE, data: "1" },
    1,
  );
  expect([stuck?.interp.fault, stuck?.entered.fault, stuck?.inside]).toEqual(["budget", "budget", null]);
});

test("a packet runs an XDP program, and the packet after the run is shown", async () => {
  const session = createSession();
  const xdp = {
    source: `BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, offsetof(struct xdp_md, data)),
BPF_LDX_MEM(BPF_W, BPF_REG_3, BPF_REG_1, offsetof(struct xdp_md, data_end)),
BPF_MOV64_REG(BPF_REG_4, BPF_REG_2),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_4, 14),
BPF_MOV64_IMM(BPF_REG_0, 1),
BPF_JMP_REG(BPF_JGT, BPF_REG_4, BPF_REG_3, 2),
BPF_ST_MEM(BPF_B, BPF_REG_2, 0, 0x5a),
BPF_MOV64_IMM(BPF_REG_0, 2),
BPF_EXIT_INSN(),`,
    progType: "xdp",
    maps: [],
  };
  const load = await session.kernel.load(xdp);
  expect([load.check.message, load.ret]).toEqual(["", 3]);
  const hex = "00".repeat(64);
  const { run, ret } = await session.kernel.testRun(3, { kind: "packet", hex });
  expect([ret, run?.end, run?.out]).toEqual([0, expect.objectContaining({ retval: 2 }), `5a${hex.slice(2)}`]);
  expect((await session.kernel.testRun(3, { kind: "packet", hex: "00" })).errnoName).toBe("EINVAL");
  expect((await session.kernel.attach()).errnoName).toBe("EINVAL");
});

test("a tail call goes to another program, whose instructions are shown", async () => {
  const session = createSession();
  const target = oreore("BPF_MOV64_IMM(BPF_REG_0, 7), BPF_EXIT_INSN(),");
  const caller = {
    source: `BPF_LD_MAP_FD(BPF_REG_2, jumps),
BPF_MOV64_IMM(BPF_REG_3, 0),
BPF_EMIT_CALL(BPF_FUNC_tail_call),
BPF_MOV64_IMM(BPF_REG_0, 1),
BPF_EXIT_INSN(),`,
    progType: "oreore",
    maps: [{ name: "jumps", type: "prog_array", keySize: 4, valueSize: 4, maxEntries: 1, flags: 0 }],
  };
  expect((await session.kernel.load(target)).ret).toBe(3);
  // The map is descriptor 4, the caller 5.
  expect((await session.kernel.load(caller)).ret).toBe(5);
  await session.kernel.attach();
  expect(runOf(await session.kernel.writeFile(FILE, "1")).end).toMatchObject({ retval: 1 });
  expect((await session.kernel.updateMap(4, "00000000", "03000000", 0)).ret).toBe(0);
  const { run, end } = runOf(await session.kernel.writeFile(FILE, "1"));
  expect(end).toMatchObject({ retval: 7 });
  const steps = await session.runs.steps(run, 0, 20);
  expect(steps.map(({ prog, text }) => [prog > 0, text])).toEqual([
    [false, expect.stringMatching(/^r2 = /)],
    [false, "r3 = 0"],
    [false, "call bpf_tail_call#12"],
    [true, "r0 = 7"],
    [true, "exit"],
    [true, ""],
  ]);
  // A breakpoint belongs to its own program: slot 0 of the other program does not stop.
  expect(await session.runs.goOn(run, 0, [{ kind: "breakpoint", slot: 0 }])).toEqual({ step: 5, stopIndex: -1 });
  const slots = await session.runs.slotsOf(run, steps[3]?.prog ?? 0);
  expect(slots.map(({ text, span }) => [text, span?.line])).toEqual([
    ["r0 = 7", 1],
    ["exit", 1],
  ]);
});
