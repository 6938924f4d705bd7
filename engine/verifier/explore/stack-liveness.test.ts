// The analysis without a walk: the tests say what each instruction reads and writes, and ask which slots are live.
import { expect, test } from "vitest";
import { progTypeByName } from "../../facts/prog-types.ts";
import type { Insn } from "../../isa/insn.ts";
import { DEFAULT_LICENSE } from "../../program/program.ts";
import { VerifierLog } from "../log/buffer.ts";
import { prepass } from "../prepass/prepass.ts";
import type { Env } from "../state/env.ts";
import { newEnv } from "../state/new-env.ts";
import { newFuncState, newVerifierState, type VerifierState } from "../state/state.ts";
import {
  commitStackWriteMarks,
  liveStackQueryInit,
  markStackReadSlot,
  markStackWriteSlot,
  resetLiveStackCallchain,
  resetStackWriteMarks,
  slotsText,
  stackLivenessInit,
  stackSlotAlive,
  updateLiveStack,
} from "./stack-liveness.ts";

const insn = (code: number, src = 0, off = 0, imm = 0): Insn => ({ code, dst: 0, src, off, imm });
const NOP = insn(0xb7);
const EXIT = insn(0x95);
/** `if r0 == 0 goto +off` */
const jeq = (off: number) => insn(0x15, 0, off);
const local = (distance: number) => insn(0x85, 1, 0, distance);

function envOf(...insns: Insn[]): Env {
  const program = {
    insns,
    progType: "socket_filter",
    expectedAttachType: 0,
    progFlags: 0,
    maps: [],
    mapRefs: new Map<number, number>(),
    license: DEFAULT_LICENSE,
  };
  const env = newEnv(program, progTypeByName("socket_filter")!, new VerifierLog(2));
  if (prepass(env) !== 0) throw new Error(env.log.text());
  stackLivenessInit(env);
  env.log.reset(0);
  env.curState = at(0);
  return env;
}

/** A state at a slot of the main function, or of functions that call each other: one [callsite, subprog] for each call. */
function at(insnIdx: number, ...calls: [callsite: number, subprogno: number][]): VerifierState {
  const state = newVerifierState();
  state.frames = [newFuncState(-1, 0, 0), ...calls.map(([callsite, sub], i) => newFuncState(callsite, i + 1, sub))];
  state.curframe = calls.length;
  state.insnIdx = insnIdx;
  return state;
}

function visit(env: Env, insnIdx: number, marks: { reads?: number[]; writes?: number[]; frame?: number }): void {
  resetStackWriteMarks(env, insnIdx);
  for (const spi of marks.reads ?? []) markStackReadSlot(env, marks.frame ?? 0, insnIdx, spi);
  for (const spi of marks.writes ?? []) markStackWriteSlot(env, marks.frame ?? 0, spi);
  commitStackWriteMarks(env);
}

function aliveAt(env: Env, state: VerifierState, frame = 0): number[] {
  updateLiveStack(env);
  liveStackQueryInit(env, state);
  return Array.from({ length: 64 }, (_, spi) => spi).filter((spi) => stackSlotAlive(env, frame, spi));
}

test("a slot is live from its write to its last read", () => {
  const env = envOf(NOP, NOP, NOP, EXIT);
  visit(env, 1, { writes: [0, 40] });
  visit(env, 2, { reads: [0, 40] });
  expect([0, 1, 2, 3].map((i) => aliveAt(env, at(i)))).toEqual([[], [], [0, 40], []]);
  expect(env.log.text()).toBe(
    "(0) frame 0 insn 2 +live -8,-328 \n" +
      "(0) frame 0 insn 1 +written -8,-328 \n" +
      "(0) frame 0 insn 0 +written -8,-328 \n" +
      "(0) live stack update done in 2 iterations\n",
  );
});

test("a slot is live before a branch if one path reads it before writing it", () => {
  const env = envOf(NOP, jeq(2), NOP, ...[insn(0x05, 0, 1)], NOP, EXIT);
  visit(env, 2, { writes: [1] });
  visit(env, 4, { reads: [1] });
  visit(env, 2, { reads: [2] });
  expect(aliveAt(env, at(1))).toEqual([1, 2]);
  expect(aliveAt(env, at(3))).toEqual([]);
});

test("an instruction must write only what it wrote on each visit", () => {
  const env = envOf(NOP, NOP, EXIT);
  visit(env, 0, { writes: [0, 1] });
  visit(env, 1, { reads: [0, 1] });
  expect(aliveAt(env, at(0))).toEqual([]);
  visit(env, 0, { writes: [0] });
  expect(aliveAt(env, at(0))).toEqual([1]);
  expect(env.log.text()).toContain("(0) frame 0 insn 0 +live -16 \n(0) frame 0 insn 0 ");
});

test("a caller's slot is live in the callee if either reads it, and not before the call if the callee writes it", () => {
  // 0: nop  1: call 4  2: nop  3: exit | 4: nop  5: exit
  const env = envOf(NOP, local(2), NOP, EXIT, NOP, EXIT);
  visit(env, 2, { reads: [0, 1] });
  env.curState = at(4, [1, 1]);
  resetLiveStackCallchain(env);
  visit(env, 4, { writes: [0], reads: [2] });
  expect(aliveAt(env, at(4, [1, 1]))).toEqual([0, 1, 2]);
  expect(aliveAt(env, at(5, [1, 1]))).toEqual([0, 1]);
  expect(aliveAt(env, at(1))).toEqual([1, 2]);
  expect(env.log.text()).toContain("(1,4) live stack update done in 2 iterations\n");
});

test("slots are named by their offsets, the one next to the frame pointer first", () => {
  expect(slotsText(0b101, 1)).toBe("-8,-24,-264");
});
