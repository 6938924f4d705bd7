// A step in words. Each row is a program, its input, and the sentences about its steps.
import { expect, test } from "vitest";
import type { Texts } from "../../base/language.ts";
import { EXAMPLES } from "../../catalogue/examples.ts";
import { createSession } from "../session.ts";

async function told(source: string, data: string, progType = "oreore"): Promise<readonly Texts[]> {
  const session = createSession();
  const event =
    progType === "oreore" ? { kind: "sysfs" as const, path: "", data } : { kind: "packet" as const, hex: data };
  const { run, check } = await session.runs.runOnce({ source, progType, maps: [] }, event, true);
  if (!run) throw new Error(check.message);
  return Promise.all(
    Array.from({ length: run.length }, async (_, i) => (await session.runs.say(run.run, i + 1)) as Texts),
  );
}
const english = async (source: string, data = "10"): Promise<readonly string[]> =>
  (await told(source, data)).map(({ en }) => en);

test("the talk's three steps, with their numbers, in both languages", async () => {
  const source = EXAMPLES.find(({ name }) => name === "plus42")?.program.source as string;
  expect(await told(source, "10")).toEqual([
    { en: "R0 = 10 (4 bytes read at R1+0)", ja: "R0 = 10(R1+0 から 4 バイトを読み出し)" },
    { en: "R0 = 10 + 42 = 52", ja: "R0 = 10 + 42 = 52" },
    { en: "Returns R0 = 52", ja: "R0 = 52 を返して終了" },
  ]);
});

test("the sentence at the start tells what comes first", async () => {
  const session = createSession();
  const { run } = await session.runs.runOnce(
    { source: "BPF_MOV64_IMM(BPF_REG_0, 7),\nBPF_EXIT_INSN(),", progType: "oreore", maps: [] },
    { kind: "sysfs", path: "", data: "1" },
    true,
  );
  expect(await session.runs.say(run?.run ?? 0, 0)).toEqual({ en: "Put 7 into R0", ja: "R0 に 7 を入れる" });
  expect(await session.runs.say(run?.run ?? 0, 9)).toBeNull();
});

test("a sentence tells when arithmetic wraps around", async () => {
  const source = EXAMPLES.find(({ name }) => name === "plus42")?.program.source as string;
  expect((await told(source, "4294967295"))[1]).toEqual({
    en: "R0 = 4294967295 + 42 = 41 (wraps around at 32 bits)",
    ja: "R0 = 4294967295 + 42 = 41(32 ビットで一周)",
  });
});

test("operators and their operands", async () => {
  expect(
    await english(`BPF_MOV64_IMM(BPF_REG_0, 7),
BPF_MOV64_REG(BPF_REG_2, BPF_REG_0),
BPF_ALU64_IMM(BPF_SUB, BPF_REG_0, 9),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, -3),
BPF_RAW_INSN(BPF_ALU64 | BPF_NEG, BPF_REG_0, 0, 0, 0),
BPF_ALU64_IMM(BPF_AND, BPF_REG_0, 4),
BPF_MOV64_IMM(BPF_REG_3, 0),
BPF_ALU64_REG(BPF_DIV, BPF_REG_2, BPF_REG_3),
BPF_LD_IMM64(BPF_REG_4, 0x1234567890),
BPF_EXIT_INSN(),`),
  ).toEqual([
    "R0 = 7",
    "R2 = R0 = 7",
    "R0 = 7 - 9 = -2",
    "R0 = -2 + (-3) = -5",
    "R0 = -(-5) = 5",
    "R0 = 5 & 4 = 4",
    "R3 = 0",
    "R2 = 7 / 0 = 0 (dividing by 0 gives 0)",
    "R4 = 0x1234567890",
    "Returns R0 = 4",
  ]);
});

test("addresses on the stack are given from the frame pointer", async () => {
  const source = EXAMPLES.find(({ name }) => name === "stack")?.program.source as string;
  const said = await english(source);
  expect(said.slice(1, 4)).toEqual([
    "fp-8 ← 10 (8 bytes written)",
    "fp-16 ← 100 (4 bytes written)",
    "R0 = 10 (8 bytes read at fp-8)",
  ]);
});

test("the sentence about a branch gives its question and where it goes", async () => {
  const source = EXAMPLES.find(({ name }) => name === "even-odd")?.program.source as string;
  expect((await told(source, "7"))[2]).toEqual({
    en: "7 & 1? yes: jumps to slot 4",
    ja: "7 & 1? はい → スロット 4 へジャンプ",
  });
  expect((await told(source, "8"))[2]).toEqual({
    en: "8 & 1? no: goes on with the next instruction",
    ja: "8 & 1? いいえ → 次の命令へ",
  });
});

test("calls and returns", async () => {
  const source = EXAMPLES.find(({ name }) => name === "subprogram")?.program.source as string;
  const said = await english(source);
  expect(said[2]).toBe("Calls the function at slot 5: a frame of its own");
  expect(said[5]).toBe("Back to slot 3 with R0 = 100");
  expect((await english("BPF_EMIT_CALL(BPF_FUNC_get_prandom_u32),\nBPF_EXIT_INSN(),"))[0]).toMatch(
    /^R0 = bpf_get_prandom_u32\(\) = \S+; R1 to R5 are lost$/,
  );
});

test.each(EXAMPLES.filter(({ expect }) => expect === "accept").map((one) => [one.name, one] as const))(
  "every step of %s is said in both languages",
  async (_, { program, input }) => {
    const session = createSession();
    const event =
      program.progType === "oreore"
        ? { kind: "sysfs" as const, path: "", data: input }
        : { kind: "packet" as const, hex: input };
    const { run } = await session.runs.runOnce(program, event, true);
    for (let step = 1; step <= Math.min(run?.length ?? 0, 60); step++) {
      const said = await session.runs.say(run?.run ?? 0, step);
      expect(said?.en).toMatch(/\S/);
      expect(said?.ja).toMatch(/\S/);
      expect(JSON.stringify(said)).not.toMatch(/undefined|NaN/);
    }
  },
);
