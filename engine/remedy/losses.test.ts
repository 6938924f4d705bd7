// The instructions show what a change takes away. A fix that takes work away says so and comes last.
import { expect, test } from "vitest";
import { assemble } from "../asm/assemble.ts";
import { judge } from "../conformance/judge.ts";
import type { Program } from "../program/program.ts";
import { diagnose } from "../verifier/explain/explain.ts";
import { Draft, firstVersion } from "./draft.ts";
import { lossesOf } from "./losses.ts";
import { movImm } from "./new-insns.ts";
import { type Fix, remedies } from "./remedy.ts";

function programOf(source: string, progType: string): Program {
  const { insns, maps, mapRefs, ok } = assemble(source);
  expect(ok).toBe(true);
  return { insns, maps, mapRefs, progType, expectedAttachType: 0, progFlags: 0, license: "GPL" };
}

/** Slots whose work `change` takes away. */
function losses(source: string, change: (draft: Draft) => void): number[] {
  const program = programOf(source, "socket_filter");
  const draft = new Draft(firstVersion(program));
  change(draft);
  const version = draft.version();
  return version ? lossesOf(program, version) : [-1];
}

function fixesOf(source: string, progType: string): readonly Fix[] {
  const program = programOf(source, progType);
  const { refusal, seen } = judge(program, { logLevel: 0, watched: { trace: { maxVisits: 2000 } } });
  expect(refusal).toBeDefined();
  return refusal ? remedies(program, diagnose(refusal, seen?.trace, program.insns)) : [];
}

const COUNTS = `BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),
BPF_ALU64_IMM(BPF_AND, BPF_REG_0, 15),
BPF_MOV64_REG(BPF_REG_2, BPF_REG_0),
BPF_ALU64_IMM(BPF_RSH, BPF_REG_2, 1),
BPF_JMP_IMM(BPF_JEQ, BPF_REG_2, 3, 1),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 42),
BPF_EXIT_INSN(),
`;

test("work is lost where it is taken out, overwritten or never reached; what only a comparison reads is none", () => {
  expect(losses(COUNTS, (draft) => draft.remove(draft.item(1)))).toEqual([1]);
  expect(losses(COUNTS, (draft) => draft.before(draft.item(6), [movImm(0, 0)]))).toEqual([0, 1, 5]);
  expect(
    losses(COUNTS, (draft) => {
      draft.item(4).insn = { ...draft.item(4).insn, code: 0x05, dst: 0, imm: 0 };
    }),
  ).toEqual([5]);
  expect(losses(COUNTS, (draft) => draft.remove(draft.item(3)))).toEqual([]);
  expect(
    losses(COUNTS, (draft) => {
      draft.item(5).insn = { ...draft.item(5).insn, imm: 1 };
    }),
  ).toEqual([]);
});

test("a sum that is made of pointers by changing its type has no fix that leaves the sum out", () => {
  const sum = `BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, 0),
BPF_ALU64_IMM(BPF_AND, BPF_REG_2, 15),
BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_JMP_IMM(BPF_JEQ, BPF_REG_2, 0, 3),
BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_2),
BPF_ALU64_IMM(BPF_SUB, BPF_REG_2, 1),
BPF_JMP_IMM(BPF_JA, 0, 0, -4),
BPF_EXIT_INSN(),
`;
  expect(fixesOf(sum, "xdp")).toEqual([]);
});

test("a fix that takes work away says so and stands behind one that does not", () => {
  const outside = `BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),
BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),
BPF_EXIT_INSN(),
`;
  const fixes = fixesOf(outside, "cgroup_skb");
  expect(fixes.map(({ en }) => en)).toEqual([
    "Mask R0 with 1 before the exit at 2.",
    "Set R0 to 0 before the exit at 2. This takes away what 0, 1 did.",
  ]);
  expect(fixes.at(-1)?.ja).toContain("0、1 の処理はなくなります。");
});
