import { expect, test } from "vitest";
import { parseCondition } from "./condition.ts";

/** r0 = 5, r1 = 0x1ff, r2 = -1, all others 0. */
const registers = { reg: (n: number): bigint => [5n, 0x1ffn, 0xffff_ffff_ffff_ffffn][n] ?? 0n };
const holds = (text: string): boolean | string => {
  const condition = parseCondition(text);
  return typeof condition === "string" ? condition : condition(registers);
};

test.each([
  ["r0 == 5", true],
  ["r0==0x5", true],
  ["R0 != 5", false],
  ["r2 > 10", true],
  ["r2 s> 10", false],
  ["r2 s< 0", true],
  ["r2 == -1", true],
  ["r1 & 0xff == 255", true],
  ["r1 - 0x1ff", false],
  ["r0", true],
  ["r3", false],
  ["r0 == 4 || r0 == 5", true],
  ["r0 == 5 && r1 == 0", false],
  ["r0 == 4 && r1 == 0 || r2 s<= -1", true],
  ["(r0 + 1) == 6", true],
  ["r0 + (r1 == 0x1ff) == 6", true],
  ["", "a register or a number was expected at the end"],
  ["r0 ==", "a register or a number was expected at the end"],
  ["r11 == 1", "a register r0 … r10 or a number was expected before `r11`"],
  ["r0 5", "a comparison was expected before `5`"],
  ["(r0", "`)` was expected at the end"],
  ["r0 = 5", "`= 5` is not understood"],
  ["alert(1)", "`alert(1)` is not understood"],
])("%s: %s", (text, expected) => {
  expect(holds(text)).toBe(expected);
});

test("a condition of any depth is parsed or refused, never overflows", () => {
  expect(holds(`${"(".repeat(400)}r0${")".repeat(90)}`)).toMatch(/expected/);
  expect(holds("r0 ".repeat(1000))).toBe("a condition has at most 500 characters");
});
