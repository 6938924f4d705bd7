// Programs for which Linux 6.18 ends paths early or refuses a loop, and what its log says then.
import { expect, test } from "vitest";
import * as c from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import { verify } from "../verify.ts";

const i = (code: number, dst = 0, src = 0, off = 0, imm = 0): Insn => ({ code, dst, src, off, imm });
const mov = (dst: number, imm: number) => i(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, dst, 0, 0, imm);
const add = (dst: number, imm: number) => i(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, dst, 0, 0, imm);
const jump = (op: number, dst: number, imm: number, off: number) => i(c.BPF_JMP | op | c.BPF_K, dst, 0, off, imm);
const random = i(c.BPF_JMP | c.BPF_CALL, 0, 0, 0, 7);
const exit = i(c.BPF_JMP | c.BPF_EXIT);
const mayGoto = (off: number) => i(c.BPF_JMP | c.BPF_JCOND, 0, 0, off);

function judge(insns: Insn[], progFlags = 0) {
  const { verdict, errno, log } = verify(
    {
      insns,
      progType: "socket_filter",
      expectedAttachType: 0,
      progFlags,
      maps: [],
      mapRefs: new Map(),
      license: "GPL",
    },
    { logLevel: 2 },
  );
  return { verdict, errno, lines: log.trimEnd().split("\n") };
}

/** The statistics that the kernel printed for the program. */
const stats = (insns: number, perInsn: number, total: number, peak: number): string =>
  `processed ${insns} insns (limit 1000000) max_states_per_insn ${perInsn} total_states ${total} peak_states ${peak} mark_read 0`;

test("code after an endless loop is unreachable, which is refused before the walk", () => {
  const { errno, lines } = judge([random, jump(c.BPF_JA, 0, 0, -1), exit]);
  expect(errno).toBe(22);
  expect(lines).toContain("unreachable insn 2");
});

test("a conditional loop that changes nothing is endless", () => {
  const { errno, lines } = judge([
    random,
    i(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 6, 0),
    mov(0, 0),
    jump(c.BPF_JEQ, 6, 1, -2),
    exit,
  ]);
  expect(errno).toBe(22);
  expect(lines).toContain("infinite loop detected at insn 2");
  expect(lines.at(-3)).toBe("cur state: R0=0 R6=1 R10=fp0");
  expect(lines.at(-2)).toBe("old state: R0=0 R6=P1 R10=fp0");
});

test("a counted loop is walked round by round", () => {
  const { verdict, lines } = judge([mov(0, 0), add(0, 1), jump(c.BPF_JLT, 0, 5, -2), exit]);
  expect(verdict).toBe("accept");
  expect(lines.at(-1)).toBe(stats(12, 1, 1, 1));
});

test("where paths meet, the second one ends if it differs in nothing that matters", () => {
  const { verdict, lines } = judge([random, jump(c.BPF_JEQ, 0, 0, 1), mov(0, 1), mov(0, 0), exit], 8);
  expect(verdict).toBe("accept");
  expect(lines).toContain("from 1 to 3: safe");
  expect(lines.at(-1)).toBe(stats(6, 0, 2, 2));
});

test("the walk of a may_goto loop ends, because values that differ from round to round become unknown", () => {
  const { verdict, lines } = judge([mov(0, 0), mayGoto(2), add(0, 1), jump(c.BPF_JA, 0, 0, -3), mov(0, 0), exit]);
  expect(verdict).toBe("accept");
  expect(lines).toContain("SCC backedge (1)");
  expect(lines).toContain("1: safe");
  expect(lines.at(-1)).toBe(stats(17, 2, 3, 4));
});

test("precision marks of the explored path are passed on to the path that it covers", () => {
  const { lines } = judge(
    [
      random,
      i(c.BPF_ALU64 | c.BPF_AND | c.BPF_K, 0, 0, 0, 7),
      mov(6, 0),
      jump(c.BPF_JEQ, 0, 1, 1),
      mov(7, 1),
      i(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 1, 10),
      add(1, -16),
      i(c.BPF_ALU64 | c.BPF_ADD | c.BPF_X, 1, 0),
      i(c.BPF_ST | c.BPF_MEM | c.BPF_B, 1, 0, 0, 0),
      mov(0, 0),
      exit,
    ],
    8,
  );
  expect(lines).toContain("frame 0: propagating r0");
  expect(lines).toContain("from 3 to 5: safe");
  expect(lines.at(-1)).toBe(stats(12, 0, 3, 3));
});
