// When a state covers another: each case has one difference.
import { describe, expect, test } from "vitest";
import { narrow } from "../domain/bounds.ts";
import { constU32, SCALAR_UNKNOWN } from "../domain/scalar.ts";
import {
  BPF_ADD_CONST,
  constReg,
  framePointer,
  NOT_INIT_REG,
  pointerReg,
  type RegState,
  scalarReg,
  UNKNOWN_REG,
} from "../state/reg.ts";
import { PTR_MAYBE_NULL, PTR_TO_MAP_VALUE, PTR_TO_PACKET } from "../state/regtype.ts";
import {
  allBytes,
  INVALID_SLOT,
  STACK_MISC,
  STACK_SPILL,
  STACK_ZERO,
  type StackSlot,
  withByte,
} from "../state/stack.ts";
import { newFuncState } from "../state/state.ts";
import { EXACT, type ExactLevel, IdMap, NOT_EXACT, RANGE_WITHIN, regSafe, stackSafe } from "./equal.ts";

const upTo = (max: bigint): RegState => scalarReg(narrow(SCALAR_UNKNOWN, { umax: max }));
const precise = (reg: RegState): RegState => ({ ...reg, precise: true });
const value: RegState = pointerReg(PTR_TO_MAP_VALUE);
const packet = (range: number, off = 0): RegState => pointerReg(PTR_TO_PACKET, { id: 1, range, off });

const covers = (old: RegState, cur: RegState, exact: ExactLevel = NOT_EXACT): boolean =>
  regSafe(old, cur, new IdMap(100), exact);

describe("a register covers another", () => {
  const cases: [string, RegState, RegState, ExactLevel, boolean][] = [
    ["any scalar if its value did not matter", constReg(1n), constReg(2n), NOT_EXACT, true],
    ["no other value if its value mattered", precise(constReg(1n)), constReg(2n), NOT_EXACT, false],
    ["a narrower range if its value mattered", precise(upTo(9n)), upTo(5n), NOT_EXACT, true],
    ["no wider range", precise(upTo(5n)), upTo(9n), NOT_EXACT, false],
    ["a narrower range in a loop, whether it mattered or not", upTo(9n), upTo(5n), RANGE_WITHIN, true],
    ["no wider range in a loop, although it did not matter so far", upTo(5n), upTo(9n), RANGE_WITHIN, false],
    ["only itself if the comparison is exact", upTo(9n), upTo(5n), EXACT, false],
    ["itself", upTo(9n), upTo(9n), EXACT, true],
    ["anything if it was never read", NOT_INIT_REG, value, NOT_EXACT, true],
    ["not just anything in a loop", NOT_INIT_REG, value, RANGE_WITHIN, false],
    ["no pointer if it is a scalar", UNKNOWN_REG, value, NOT_EXACT, false],
    [
      "no pointer that may be null if it was checked for null",
      value,
      { ...value, type: PTR_TO_MAP_VALUE | PTR_MAYBE_NULL, id: 3 },
      NOT_EXACT,
      false,
    ],
    ["a packet pointer with more room", packet(8), packet(14), NOT_EXACT, true],
    ["none with less room", packet(14), packet(8), NOT_EXACT, false],
    ["none at another offset", packet(8, 0), packet(8, 2), NOT_EXACT, false],
    ["no pointer into another frame", framePointer(0), framePointer(1), NOT_EXACT, false],
    [
      "no scalar at another distance from the one it is linked to",
      precise({ ...upTo(9n), id: 5 | BPF_ADD_CONST, off: 1 }),
      { ...upTo(9n), id: 5 | BPF_ADD_CONST, off: 2 },
      NOT_EXACT,
      false,
    ],
  ];
  test.each(cases)("%s", (_, old, cur, exact, expected) => expect(covers(old, cur, exact)).toBe(expected));
});

test("each id corresponds to exactly one other", () => {
  const ids = new IdMap(100);
  expect(ids.check(1, 7)).toBe(true);
  expect(ids.check(2, 8)).toBe(true);
  expect(ids.check(1, 7)).toBe(true);
  expect(ids.check(1, 8)).toBe(false);
  expect(ids.check(3, 7)).toBe(false);
  expect(ids.check(0, 0)).toBe(true);
  expect(ids.check(0, 7)).toBe(false);
});

test("a scalar without an id counts as one that is linked to no other", () => {
  const ids = new IdMap(100);
  expect(ids.checkScalar(1, 0)).toBe(true);
  expect(ids.checkScalar(1, 0)).toBe(false);
  expect(ids.checkScalar(0, 0)).toBe(true);
});

test("two linked scalars do not cover two that are not linked", () => {
  const linked = precise({ ...upTo(9n), id: 4 });
  const ids = new IdMap(100);
  expect(regSafe(linked, { ...upTo(9n), id: 5 }, ids, NOT_EXACT)).toBe(true);
  expect(regSafe(linked, { ...upTo(9n), id: 6 }, ids, NOT_EXACT)).toBe(false);
});

const spilled = (reg: RegState): StackSlot => ({ types: allBytes(STACK_SPILL), spilled: reg });
const bytes = (type: number): StackSlot => ({ types: allBytes(type), spilled: NOT_INIT_REG });

function stackCovers(old: StackSlot[], cur: StackSlot[], exact: ExactLevel = NOT_EXACT): boolean {
  const frame = (stack: StackSlot[]) => ({ ...newFuncState(-1, 0, 0), stack });
  return stackSafe(frame(old), frame(cur), new IdMap(100), exact);
}

describe("a stack covers another", () => {
  const half: StackSlot = { types: withByte(bytes(STACK_ZERO).types, 7, STACK_MISC), spilled: NOT_INIT_REG };
  const cases: [string, StackSlot[], StackSlot[], ExactLevel, boolean][] = [
    ["that has more slots", [], [bytes(STACK_MISC)], NOT_EXACT, true],
    ["with unwritten bytes where any bytes would do", [bytes(STACK_MISC)], [INVALID_SLOT], NOT_EXACT, true],
    ["but not one that lacks a spilled pointer", [spilled(value)], [], NOT_EXACT, false],
    ["nor one with any bytes where zeros were needed", [bytes(STACK_ZERO)], [bytes(STACK_MISC)], NOT_EXACT, false],
    ["nor one with one zero byte less", [bytes(STACK_ZERO)], [half], NOT_EXACT, false],
    [
      "with another scalar if the value did not matter",
      [spilled(constReg(1n))],
      [spilled(constReg(2n))],
      NOT_EXACT,
      true,
    ],
    ["but not if the value mattered", [spilled(precise(constReg(1n)))], [spilled(constReg(2n))], NOT_EXACT, false],
    [
      "with any bytes instead of an unknown scalar that mattered",
      [spilled(precise(UNKNOWN_REG))],
      [bytes(STACK_MISC)],
      NOT_EXACT,
      true,
    ],
    [
      "but in a loop not with other bytes instead of an unknown scalar",
      [spilled(UNKNOWN_REG)],
      [bytes(STACK_MISC)],
      RANGE_WITHIN,
      false,
    ],
  ];
  test.each(cases)("%s", (_, old, cur, exact, expected) => expect(stackCovers(old, cur, exact)).toBe(expected));
});

test("a constant covers an equal one whose ranges were computed in another way", () => {
  expect(
    covers(precise(scalarReg(constU32(7))), precise(scalarReg(narrow(SCALAR_UNKNOWN, { umin: 7n, umax: 7n })))),
  ).toBe(true);
});
