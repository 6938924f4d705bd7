// A long verification asked through the session: the result comes at once, the log only when asked for, line by line.
import { expect, test } from "vitest";
import { createSession } from "../session.ts";

const loop = (rounds: number): string =>
  [
    "BPF_MOV64_IMM(BPF_REG_6, 0)",
    "BPF_ALU64_IMM(BPF_ADD, BPF_REG_6, 1)",
    `BPF_JMP_IMM(BPF_JLT, BPF_REG_6, ${rounds}, -2)`,
    "BPF_MOV64_IMM(BPF_REG_0, 0)",
    "BPF_EXIT_INSN()",
  ].join(",\n");

test("the log of a long verification is written when it is asked for, and read in parts", async () => {
  const walked: number[] = [];
  const session = createSession({ onProgress: (insns) => walked.push(insns) });
  const brief = await session.check.check({ source: loop(60_000), progType: "oreore", maps: [] }, 1);
  expect(brief).toMatchObject({ verdict: "accept", logBrief: true, logCut: 0, insnsProcessed: 120_003 });
  expect(brief.log).toContain("processed 120003 insns");
  expect(walked.length).toBeGreaterThan(5);

  const whole = await session.check.writeLog(1);
  expect(whole).toMatchObject({ verdict: "accept", errno: 0, logBrief: false, revision: 1 });
  expect(whole?.logCut).toBeGreaterThan(10_000);
  expect(whole?.log.length).toBeLessThan(300_000);

  const { lines, slots } = await session.check.logLines(1, 20_000, 50);
  expect(lines).toHaveLength(50);
  for (const [i, line] of lines.entries()) {
    const slot = /^(\d+): /.exec(line)?.[1];
    if (slot !== undefined) expect(slots[i], line).toBe(Number(slot));
  }
  const found = await session.check.searchLog(1, "EXIT");
  expect(found.length).toBeGreaterThan(0);
  for (const line of found)
    expect((await session.check.logLines(1, line, 1)).lines[0]?.toLowerCase()).toContain("exit");
  expect((await session.check.logText(1)).split("\n")[20_000]).toBe(lines[0]);
  expect(await session.check.writeLog(7)).toBeNull();
});

test("a short log folds where its paths begin", async () => {
  const session = createSession();
  const source = [
    "BPF_LDX_MEM(BPF_W, BPF_REG_6, BPF_REG_1, 0)",
    "BPF_MOV64_IMM(BPF_REG_0, 0)",
    "BPF_JMP_IMM(BPF_JEQ, BPF_REG_6, 1, 1)",
    "BPF_MOV64_IMM(BPF_REG_0, 2)",
    "BPF_EXIT_INSN()",
  ].join(",\n");
  const { log } = await session.check.check({ source, progType: "oreore", maps: [] }, 1);
  const lines = log.split("\n");
  expect([...(await session.check.logSections(1))].map((line) => lines[line])).toEqual([
    expect.stringMatching(/^from 2 to 4: R0=0 /),
  ]);
});
