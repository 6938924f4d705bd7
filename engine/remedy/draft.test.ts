import { expect, test } from "vitest";
import { assemble } from "../asm/assemble.ts";
import { macroText } from "../disasm/macro.ts";
import { Draft, firstVersion, type Version } from "./draft.ts";
import { jumpImm, loadMap, movImm, movReg } from "./new-insns.ts";

const version = (source: string): Version => {
  const { insns, maps, mapRefs, ok } = assemble(source);
  expect(ok).toBe(true);
  return firstVersion({
    insns,
    maps,
    mapRefs,
    progType: "socket_filter",
    expectedAttachType: 0,
    progFlags: 0,
    license: "GPL",
  });
};

const LOOP = `BPF_MOV64_IMM(BPF_REG_0, 0),
again:
BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 1),
BPF_JMP_IMM(BPF_JLT, BPF_REG_0, 5, again),
BPF_EXIT_INSN(),
`;

/** Checks the program that `change` makes of `source`, without indentation. */
function check(source: string, change: (draft: Draft) => void, expected: string): void {
  const draft = new Draft(version(source));
  change(draft);
  expect(macroText(draft.version()?.program.insns ?? []).replaceAll("\t", "")).toBe(expected);
}

test("a jump to an instruction also runs what is put before it, but not what is put behind the previous one", () => {
  check(
    LOOP,
    (draft) => draft.before(draft.item(1), [movImm(1, 7)]),
    `BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_MOV64_IMM(BPF_REG_1, 7),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 1),
BPF_JMP_IMM(BPF_JLT, BPF_REG_0, 5, -3),
BPF_EXIT_INSN(),
`,
  );
  check(
    LOOP,
    (draft) => draft.after(draft.item(0), [movImm(1, 7)]),
    `BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_MOV64_IMM(BPF_REG_1, 7),
BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 1),
BPF_JMP_IMM(BPF_JLT, BPF_REG_0, 5, -2),
BPF_EXIT_INSN(),
`,
  );
});

test("jumps between new instructions and jumps to a removed one get the right target", () => {
  check(
    LOOP,
    (draft) => {
      const target = movReg(2, 0);
      draft.before(draft.item(3), [jumpImm(0x10, 0, 9, target), movImm(1, 1), target]);
      draft.remove(draft.item(1));
    },
    `BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_JMP_IMM(BPF_JLT, BPF_REG_0, 5, -1),
BPF_JMP_IMM(BPF_JEQ, BPF_REG_0, 9, 1),
BPF_MOV64_IMM(BPF_REG_1, 1),
BPF_MOV64_REG(BPF_REG_2, BPF_REG_0),
BPF_EXIT_INSN(),
`,
  );
});

test("calls of functions, maps and the original slot numbers stay right", () => {
  const source = `// @map m array
BPF_CALL_REL(f),
BPF_LD_MAP_FD(BPF_REG_1, m),
BPF_EXIT_INSN(),
f:
BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_EXIT_INSN(),
`;
  const draft = new Draft(version(source));
  draft.before(draft.item(0), [loadMap(2, 0)]);
  draft.before(draft.item(4), [movImm(1, 3)]);
  const made = draft.version();
  expect(made?.origins).toEqual([-1, -1, 0, 1, 2, 3, -1, 4, 5]);
  expect([...(made?.program.mapRefs ?? [])]).toEqual([
    [0, 0],
    [3, 0],
  ]);
  // The function now begins with the new instructions that were put before its first instruction.
  expect(made?.program.insns[2]?.imm).toBe(3);
});

test("a change that cannot be made gives no program", () => {
  const draft = new Draft(version(LOOP));
  draft.item(99);
  expect(draft.version()).toBeUndefined();
  const tooFar = new Draft(version(LOOP));
  const item = tooFar.item(1);
  item.insn = { ...item.insn, off: 40_000 };
  expect(tooFar.version()).toBeUndefined();
});
