// What each kind of goal says about programs that meet it and programs that do not.
import { expect, test } from "vitest";
import { createSession } from "../session.ts";
import type { Goal, ReaderRecord } from "../views/goal.ts";
import type { MapInput } from "../views/program.ts";

const PLUS42 = `BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),
BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),
BPF_EXIT_INSN(),`;
const REFUSED = "BPF_MOV64_REG(BPF_REG_0, BPF_REG_2),\nBPF_EXIT_INSN(),";
const COUNT: MapInput = { name: "counts", type: "array", keySize: 4, valueSize: 8, maxEntries: 1, flags: 0 };
const COUNTER = `BPF_ST_MEM(BPF_W, BPF_REG_10, -4, 0),
BPF_MOV64_REG(BPF_REG_2, BPF_REG_10),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_2, -4),
BPF_LD_MAP_FD(BPF_REG_1, counts),
BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),
BPF_JMP_IMM(BPF_JEQ, BPF_REG_0, 0, 3),
BPF_MOV64_IMM(BPF_REG_1, 1),
BPF_ATOMIC_OP(BPF_DW, BPF_ADD, BPF_REG_0, BPF_REG_1, 0),
BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_0, 0),
BPF_EXIT_INSN(),`;
const NOTHING: ReaderRecord = { calls: [], stepRegisters: [] };

async function judged(source: string, goals: readonly Goal[], reader = NOTHING, maps: readonly MapInput[] = []) {
  const views = await createSession().tools.judge({ source, progType: "oreore", maps }, goals, reader);
  return views.map(({ met, found }) => (met ? "met" : found));
}
const returns = (on: string | readonly string[], is: number, secret = false): Goal => ({
  kind: "returns",
  on: typeof on === "string" ? [on] : on,
  is,
  secret,
});

test("outputs are those of a write to the file, and a secret goal does not tell them", async () => {
  expect(await judged(PLUS42, [returns("10", 52), returns("10", 420), returns("10", 420, true)])).toEqual([
    "met",
    "52",
    "",
  ]);
  expect(await judged(PLUS42, [returns("-4294967296", 1), returns("4294967295", 41), returns("0x10", 58)])).toEqual([
    "EINVAL",
    "met",
    "met",
  ]);
});

test("several writes go to one kernel", async () => {
  expect(await judged(COUNTER, [returns(["1", "1", "1"], 3), returns("1", 1)], NOTHING, [COUNT])).toEqual([
    "met",
    "met",
  ]);
});

test("for a refused program, goals about runs fail with the kernel's message", async () => {
  expect(
    await judged(REFUSED, [
      returns("10", 52),
      { kind: "verdict", is: "accept" },
      { kind: "verdict", is: "reject" },
      { kind: "errno", is: "EACCES" },
      { kind: "message", has: "!read_ok" },
      { kind: "refused", is: "unset-register" },
      { kind: "refused", is: "frame-pointer" },
      { kind: "steps", on: "1", compare: "<=", than: 9 },
    ]),
  ).toEqual(["R2 !read_ok", "R2 !read_ok", "met", "met", "met", "met", "R2 !read_ok", "R2 !read_ok"]);
});

test("a goal can ask for the errno of a refused write", async () => {
  const refuses = (on: string, is: string): Goal => ({ kind: "refuses", on, is, secret: false });
  expect(
    await judged(PLUS42, [refuses("abc", "EINVAL"), refuses("4294967296", "ERANGE"), refuses("1", "EINVAL")]),
  ).toEqual(["met", "met", "43"]);
});

test("a run that does not end meets no goal about its result, however many steps it took", async () => {
  const endless = `BPF_RAW_INSN(BPF_JMP | BPF_JCOND, 0, 0, 1, 0), // may_goto
BPF_JMP_A(-2),
BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_EXIT_INSN(),`;
  const goals = [returns("", 0), returns("", 1_000_000)];
  const views = await createSession().tools.judge(
    { source: endless, progType: "tracepoint", maps: [] },
    goals,
    NOTHING,
  );
  expect(views.map(({ met, found }) => [met, found])).toEqual(goals.map(() => [false, "no end after 1000000 steps"]));
});

test("goals can limit the number of instructions, of steps and of instructions verified", async () => {
  expect(
    await judged(PLUS42, [
      { kind: "insns", compare: "<=", than: 3 },
      { kind: "insns", compare: "==", than: 2 },
      { kind: "steps", on: "10", compare: ">=", than: 4 },
      { kind: "walked", compare: "==", than: 3 },
    ]),
  ).toEqual(["met", "3", "3", "met"]);
});

test("pieces of the disassembly are used or avoided, and a text that does not assemble avoids nothing", async () => {
  const goals: readonly Goal[] = [
    { kind: "uses", what: "w0 += 42" },
    { kind: "avoids", what: "call" },
  ];
  expect(await judged(PLUS42, goals)).toEqual(["met", "met"]);
  expect(await judged("BPF_", goals)).toEqual(["", ""]);
});

test("a goal can ask what the verifier knows at the exit", async () => {
  const knows: Goal = { kind: "knows", reg: 0, min: 0, max: 100 };
  const clamp = `BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),
BPF_JMP_IMM(BPF_JLE, BPF_REG_0, 100, 1),
BPF_MOV64_IMM(BPF_REG_0, 100),
BPF_EXIT_INSN(),`;
  expect(await judged(clamp, [knows])).toEqual(["met"]);
  expect((await judged(PLUS42, [knows]))[0]).toMatch(/^R0=scalar/);
});

test("what the reader did is read from the calls: each verb with its answer", async () => {
  const session = createSession();
  const program = { source: PLUS42, progType: "oreore", maps: [] };
  const calls = [
    ...(await session.kernel.attach()).calls,
    ...(await session.kernel.load(program)).calls,
    ...(await session.kernel.attach()).calls,
    ...(await session.kernel.writeFile("/sys/oreore/bpf", "abc\n")).calls,
    ...(await session.kernel.writeFile("/sys/oreore/bpf", "10\n")).calls,
    ...(await session.kernel.readFile("/sys/oreore/bpf")).calls,
  ];
  const did = (verb: "load" | "attach" | "detach" | "echo" | "cat", what: string, answer: string): Goal => ({
    kind: "did",
    verb,
    what,
    answer,
  });
  const views = await session.tools.judge(
    program,
    [
      did("attach", "", "EBADF"),
      did("attach", "", "ok"),
      did("echo", "abc", "EINVAL"),
      did("echo", "10", "ok"),
      did("cat", "", "52"),
      did("detach", "", "ok"),
      did("echo", "1", "ok"),
      { kind: "attached", is: true },
    ],
    { calls, stepRegisters: [] },
  );
  expect(views.map(({ met }) => met)).toEqual([true, true, true, true, true, false, false, true]);
});

test("a write is compared with its whole data, however much of it strace shows, and with its file", async () => {
  const long = "1".padStart(32, "0");
  const echo: Goal = { kind: "did", verb: "echo", what: long, answer: "ok" };
  const program = { source: PLUS42, progType: "oreore", maps: [] };
  const session = createSession();
  await session.kernel.load(program);
  await session.kernel.attach();
  const { calls } = await session.kernel.writeFile("/sys/oreore/bpf", `${long}\n`);
  expect(calls.map(({ text }) => text)).toContain(`write(4, "${long}"..., 33) = 33`);
  const met = async (goal: Goal, made = calls) =>
    (await session.tools.judge(program, [goal], { calls: made, stepRegisters: [] }))[0]?.met;
  expect([await met(echo), await met({ ...echo, what: long.slice(1) })]).toEqual([true, false]);
  const elsewhere = await session.kernel.writeFile("/sys/kernel/tracing/trace_pipe", "abc\n");
  expect(await met({ ...echo, what: "abc", answer: "EINVAL" }, elsewhere.calls)).toBe(false);
});

test("a goal can ask where the reader's run stands", async () => {
  const regs = Array.from({ length: 11 }, (_, n) => (n === 0 ? "34" : "0").padStart(16, "0"));
  const stands = (where: string): Goal => ({ kind: "stands", where });
  expect(await judged(PLUS42, [stands("r0 == 52"), stands("r0 == 10")], { calls: [], stepRegisters: [regs] })).toEqual([
    "met",
    "",
  ]);
  expect(await judged(PLUS42, [stands("r0 == 52")])).toEqual([""]);
});

test("a goal gives a packet program its packet by name", async () => {
  const views = await createSession().tools.judge(
    { source: "BPF_MOV64_IMM(BPF_REG_0, XDP_DROP),\nBPF_EXIT_INSN(),", progType: "xdp", maps: [] },
    [returns("icmp-echo", 1), returns("icmp-echo", 2)],
    NOTHING,
  );
  expect(views.map(({ met }) => met)).toEqual([true, false]);
});

test("what is asked of a program is asked of the reader's kernel as it stands", async () => {
  const session = createSession();
  const goals: Goal[] = [
    { kind: "verdict", is: "accept" },
    { kind: "verdict", is: "reject" },
    returns("10", 52),
    { kind: "errno", is: "EINVAL" },
  ];
  const ask = async () => {
    const views = await session.tools.judge({ source: PLUS42, progType: "oreore", maps: [] }, goals, NOTHING);
    return views.map(({ met, found, missingStep }) => (met ? "met" : `${found} ${missingStep}`));
  };
  await session.kernel.patch(1, false);
  expect(await ask()).toEqual(["Invalid argument 1", "Invalid argument 1", "Invalid argument 1", "met"]);
  await session.kernel.patch(1, true);
  await session.kernel.patch(3, false); // without the file: what is tried is tried with all of the recipe
  expect(await ask()).toEqual(["met", " 0", "met", " 0"]);
});
