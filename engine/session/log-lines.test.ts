import { expect, test } from "vitest";
import { readLog } from "./log-lines.ts";

/** `slot | line` for each line, and the message. */
const read = (log: string, lastSlot = 9): { lines: string[]; message: string } => {
  const { lines, slots, messageLine } = readLog(log, lastSlot);
  return { lines: lines.map((line, i) => `${slots[i]} | ${line}`), message: lines[messageLine] ?? "" };
};

const STATISTICS = "processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0";

test("a message belongs to the instruction above it", () => {
  const log = `func#0 @0
Live regs before insn:
      0: .......... (b7) r0 = 1
      1: 0......... (34) w0 /= 0
0: R1=ctx() R10=fp0
0: (b7) r0 = 1                        ; R0=1
1: (34) w0 /= 0
div by zero
${STATISTICS}
`;
  expect(read(log)).toEqual({
    lines: [
      "-1 | func#0 @0",
      "-1 | Live regs before insn:",
      "0 |       0: .......... (b7) r0 = 1",
      "1 |       1: 0......... (34) w0 /= 0",
      "0 | 0: R1=ctx() R10=fp0",
      "0 | 0: (b7) r0 = 1                        ; R0=1",
      "1 | 1: (34) w0 /= 0",
      "1 | div by zero",
      `-1 | ${STATISTICS}`,
      "-1 | ",
    ],
    message: "div by zero",
  });
});

test.each([
  ["unreachable insn 2", 2],
  ["jump out of range from insn 1 to 7", 1],
  ["back-edge from insn 3 to 1", 3],
  ["infinite loop detected at insn 1", 1],
  ["last insn is not an exit or jmp", 9],
  ["jump into the middle of ldimm64 insn 4", 4],
])("%s is about slot %i, which it names itself", (line, slot) => {
  const { slots, messageLine } = readLog(`func#0 @0\n${line}\n${STATISTICS}\n`, 9);
  expect([messageLine, slots[1]]).toEqual([1, slot]);
});

test("the other side of a branch begins at the slot it comes to", () => {
  expect(read("from 2 to 4: R0=1 R10=fp0\n4: R0=1 R10=fp0\n4: (95) exit\n").lines).toEqual([
    "4 | from 2 to 4: R0=1 R10=fp0",
    "4 | 4: R0=1 R10=fp0",
    "4 | 4: (95) exit",
    "-1 | ",
  ]);
});

test("tracking back names the instruction it passes", () => {
  expect(read("mark_precise: frame0: regs=r1 stack= before 9: (67) r1 <<= 2").lines[0]).toMatch(/^9 /);
});

test("an empty log has no message", () => {
  expect(readLog("", 0).messageLine).toBe(-1);
});
