import { expect, test } from "vitest";
import { fromHex } from "../base/bytes.ts";
import { decodeInsns, type Insn } from "../isa/insn.ts";
import { functionEntries, functionFlow } from "./flow.ts";

const insns = (hex: string): Insn[] => decodeInsns(fromHex(hex.replaceAll(/\s/g, "")) as Uint8Array);
const EXIT = "9500000000000000";
const ja = (off: number) => `0500${Buffer.from(Int16Array.of(off).buffer).toString("hex")}00000000`;
const jeq = (off: number) => `1500${Buffer.from(Int16Array.of(off).buffer).toString("hex")}00000000`;
const shape = (hex: string) => {
  const program = insns(hex);
  const flow = functionFlow(program, 0, program.length);
  return { ...flow, blocks: flow.blocks.map(({ start, end, next }) => [start, end, ...next]) };
};

test("a straight program is one block", () => {
  expect(shape(`b700000000000000 ${EXIT}`)).toMatchObject({ blocks: [[0, 2]], idom: [0], reducible: true });
});

test("both ways of a branch meet again, and the branch dominates the block where they meet", () => {
  //  0: if r0 == 0 goto 2  1: r0 = 0  2: exit
  const flow = shape(`${jeq(1)} b700000000000000 ${EXIT}`);
  expect(flow.blocks).toEqual([
    [0, 1, 1, 2],
    [1, 2, 2],
    [2, 3],
  ]);
  expect(flow.idom).toEqual([0, 0, 0]);
});

test("a loop has a head that dominates its edge back", () => {
  const flow = shape(`b700000000000000 ${jeq(1)} ${ja(-2)} ${EXIT}`);
  expect(flow.loopHeads.size).toBe(1);
  expect(flow.reducible).toBe(true);
});

test("a jump into the middle of a loop makes the graph irreducible", () => {
  //  0: if goto 3  1: mov  2: if goto 5  3: mov  4: if goto 1  5: exit
  const flow = shape(`${jeq(2)} b700000000000000 ${jeq(2)} b700000000000000 ${jeq(-4)} ${EXIT}`);
  expect(flow.reducible).toBe(false);
});

test("unreachable blocks are left out, and a second slot is not an instruction", () => {
  const flow = shape(`1800000005000000 0000000000000000 ${EXIT} b700000000000000 ${EXIT}`);
  expect(flow.blocks).toEqual([[0, 3]]);
});

test("functions start at the targets of local calls and of function addresses", () => {
  expect(functionEntries(insns(`8510000001000000 ${EXIT} ${EXIT}`))).toEqual([0, 2]);
  expect(functionEntries(insns(`1841000002000000 0000000000000000 ${EXIT} ${EXIT}`))).toEqual([0, 3]);
});
