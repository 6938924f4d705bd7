// Compares two versions of a program: lines of the text, lines of the log whatever numbers their slots have, and verdicts.
import { expect, test } from "vitest";
import { EXAMPLES } from "../../catalogue/examples.ts";
import { createSession } from "../session.ts";
import type { ComparedRow } from "../views/compare.ts";
import type { ProgramInput } from "../views/program.ts";

const session = createSession();
const oreore = (source: string): ProgramInput => ({ source, progType: "oreore", maps: [] });
const LOOP = EXAMPLES.find(({ name }) => name === "loop")?.program as ProgramInput;
const sign = { same: " ", changed: "~", out: "-", in: "+" } as const;
const told = (rows: readonly ComparedRow[]): string[] =>
  rows
    .filter(({ kind }) => kind !== "same")
    .map(({ kind, before, now }) => `${sign[kind]} ${[before, now].flatMap((one) => one?.text ?? []).join(" -> ")}`);
const marked = (row: ComparedRow | undefined): string[] =>
  [row?.before, row?.now].map((one) => one?.marks.map(([from, to]) => one.text.slice(from, to)).join("|") ?? "");

test("a program is the same as itself", async () => {
  for (const { program } of EXAMPLES) {
    const { source, log, before, now, maps } = await session.tools.compare(program, program);
    expect([told(source), told(log), maps]).toEqual([[], [], []]);
    expect(before).toEqual(now);
  }
});

test("a new instruction moves the others, and only the new lines of the log differ", async () => {
  const line = "BPF_MOV64_IMM(BPF_REG_0, 0),";
  const more = { ...LOOP, source: LOOP.source.replace(line, `${line}\n${line}`) };
  const { source, log, before, now } = await session.tools.compare(LOOP, more);
  expect(told(source)).toEqual([`+ ${line}`]);
  expect([before.insns, now.insns]).toEqual([8, 9]);
  const other = told(log);
  // The instruction's row among the live registers, in the path, in the trace back, and the count at the end.
  expect(other).toHaveLength(4);
  for (const text of other.slice(0, 3)) expect(text).toMatch(/^\+ .*3: .*\(b7\) r0 = 0/);
  expect(other[3]).toMatch(/^~ processed 80 insns .* -> processed 81 insns /);
  expect(log.length).toBeGreaterThan(150);
  // An instruction that only moved is the same under its new number.
  const exit = log.find((row) => row.before?.text.startsWith("7: (95) exit"));
  expect([exit?.kind, exit?.now?.text.startsWith("8: (95) exit")]).toEqual(["same", true]);
  // Removing the instruction again gives the opposite result.
  const back = await session.tools.compare(more, LOOP);
  expect(told(back.source)).toEqual([`- ${line}`]);
  expect(told(back.log)).toHaveLength(other.length);
});

test("a changed number is marked in its line, in the text and in the log", async () => {
  const [a, b] = [42, 43].map((n) =>
    oreore(`BPF_MOV64_IMM(R0, 1),\nBPF_ALU64_IMM(BPF_ADD, R0, ${n}),\nBPF_EXIT_INSN()`),
  );
  const { source, log } = await session.tools.compare(a as ProgramInput, b as ProgramInput);
  expect(told(source)).toEqual(["~ BPF_ALU64_IMM(BPF_ADD, R0, 42), -> BPF_ALU64_IMM(BPF_ADD, R0, 43),"]);
  expect(marked(source.find(({ kind }) => kind === "changed"))).toEqual(["42", "43"]);
  const walked = log.find(({ kind, before }) => kind === "changed" && before?.text.startsWith("1: (07) r0 += 42"));
  expect(marked(walked)).toEqual(["42|43", "43|44"]);
});

test("both verdicts are told, with the refused line", async () => {
  const good = oreore("BPF_MOV64_IMM(R0, 1),\nBPF_EXIT_INSN()");
  const bad = oreore("\nBPF_MOV64_REG(R0, R5),\nBPF_EXIT_INSN()");
  const { before, now } = await session.tools.compare(good, bad);
  expect(before).toMatchObject({ verdict: "accept", errnoName: "", line: 0, refusal: "" });
  expect(now).toMatchObject({ verdict: "reject", errnoName: "EACCES", line: 2, message: { en: "R5 !read_ok" } });
  expect(now.refusal).not.toBe("");
  const broken = await session.tools.compare(good, oreore("BPF_MOV64_IMM(R0, 1),\nBPF_NOTHING()"));
  expect(broken.now).toMatchObject({ verdict: "error", line: 2 });
  expect(broken.now.message.ja).not.toBe(broken.now.message.en);
  expect(broken.log.every(({ kind }) => kind === "out")).toBe(true);
});

test("maps and program types that differ are named", async () => {
  const map = { name: "hits", type: "array", keySize: 4, valueSize: 8, maxEntries: 1, flags: 0 };
  const now = {
    ...oreore("BPF_MOV64_IMM(R0, 1), BPF_EXIT_INSN()"),
    progType: "xdp",
    maps: [{ ...map, maxEntries: 2 }],
  };
  const found = await session.tools.compare({ ...now, progType: "oreore", maps: [map] }, now);
  expect([found.maps, found.before.progType, found.now.progType]).toEqual([["hits"], "oreore", "xdp"]);
});

test("comparing does not change the check that later questions are about", async () => {
  await session.check.check(LOOP, 7);
  await session.tools.compare(LOOP, oreore("BPF_EXIT_INSN()"));
  expect((await session.check.visits(7, 4, 10)).length).toBeGreaterThan(0);
});
