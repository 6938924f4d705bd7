import { expect, test } from "vitest";
import { progTypeByName } from "../../facts/prog-types.ts";
import { FORMS } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import { registerUse } from "../../isa/registers.ts";
import { DEFAULT_LICENSE } from "../../program/program.ts";
import { VerifierLog } from "../log/buffer.ts";
import { prepass } from "../prepass/prepass.ts";
import type { Env } from "../state/env.ts";
import { newEnv } from "../state/new-env.ts";
import { constReg, UNKNOWN_REG } from "../state/reg.ts";
import { allBytes, STACK_SPILL } from "../state/stack.ts";
import {
  INSN_F_STACK_ACCESS,
  newFuncState,
  newVerifierState,
  stackAccessFlags,
  type VerifierState,
} from "../state/state.ts";
import { Backtrack, backtrackInsn } from "./backtrack.ts";
import { markAllScalarsImprecise, markAllScalarsPrecise, markChainPrecision, pushJmpHistory } from "./precision.ts";

const insn = (code: number, dst = 0, src = 0, off = 0, imm = 0): Insn => ({ code, dst, src, off, imm });
const mov = (dst: number, imm: number) => insn(0xb7, dst, 0, 0, imm);
const movr = (dst: number, src: number) => insn(0xbf, dst, src);
const EXIT = insn(0x95);

/** A program, a state kept before its first instruction, and the current state, before its last instruction. */
function envOf(...insns: Insn[]): { env: Env; kept: VerifierState } {
  const program = {
    insns: [...insns, EXIT],
    progType: "socket_filter",
    expectedAttachType: 0,
    progFlags: 0,
    maps: [],
    mapRefs: new Map<number, number>(),
    license: DEFAULT_LICENSE,
  };
  const env = newEnv(program, progTypeByName("socket_filter")!, new VerifierLog(2));
  if (prepass(env) !== 0) throw new Error(env.log.text());
  env.log.reset(0);
  const kept = newVerifierState();
  kept.frames = [newFuncState(-1, 0, 0)];
  kept.frames[0]!.regs.fill(UNKNOWN_REG, 0, 10);
  env.curState = newVerifierState();
  env.curState.frames = [newFuncState(-1, 0, 0)];
  env.curState.frames[0]!.regs.fill(UNKNOWN_REG, 0, 10);
  env.curState.parent = kept;
  env.curState.insnIdx = insns.length;
  return { env, kept };
}

const preciseRegs = (state: VerifierState): number[] =>
  state.frames[0]!.regs.flatMap((reg, i) => (reg.precise ? [i] : []));

test("the result of an arithmetic instruction is traced to its operands", () => {
  for (const form of FORMS.filter(({ kind }) => kind === "alu")) {
    const source = form.uses.includes("src") ? { src: 3, imm: 0 } : { src: 0, imm: form.uses.includes("imm") ? 1 : 0 };
    const insn = { code: form.code, dst: 2, off: 0, ...source, ...form.when };
    const { env } = envOf(insn);
    const traced = new Backtrack();
    traced.set(2);
    expect(backtrackInsn(env, 0, 1, null, traced), form.name).toBe(0);
    expect(traced.mask, form.name).toBe(registerUse(insn, () => 0).reads);
  }
});

test("a constant ends the trace in its own state", () => {
  const { env, kept } = envOf(mov(1, 5), movr(2, 1));
  expect(markChainPrecision(env, 2)).toBe(0);
  expect(preciseRegs(kept)).toEqual([]);
  expect(env.log.text()).toBe(
    "mark_precise: frame0: last_idx 2 first_idx 0 subseq_idx -1 \n" +
      "mark_precise: frame0: regs=r2 stack= before 1: (bf) r2 = r1\n" +
      "mark_precise: frame0: regs=r1 stack= before 0: (b7) r1 = 5\n",
  );
});

test("the value from which another was computed is precise in the parent state", () => {
  const { env, kept } = envOf(movr(3, 4), insn(0x0f, 3, 5), insn(0x07, 3, 0, 0, 1), mov(6, 0));
  markChainPrecision(env, 3);
  expect(preciseRegs(kept)).toEqual([4, 5]);
});

test("a jump between two registers makes both precise if one is", () => {
  const { env, kept } = envOf(insn(0x2d, 1, 2, 0), mov(0, 0));
  markChainPrecision(env, 2);
  expect(preciseRegs(kept)).toEqual([1, 2]);
});

test("a fill is traced into its slot and a spill out of it", () => {
  const { env, kept } = envOf(insn(0x7b, 10, 7, -8), insn(0x79, 3, 10, -8), mov(0, 0));
  for (const idx of [0, 1]) {
    env.curState.history.push({ idx, prevIdx: idx - 1, flags: stackAccessFlags(0, 0), linked: null });
  }
  markChainPrecision(env, 3);
  expect(preciseRegs(kept)).toEqual([7]);
  expect(env.log.text()).toContain("mark_precise: frame0: regs= stack=-8 before 0: (7b) *(u64 *)(r10 -8) = r7\n");
});

test("a spilled scalar of the parent state is marked in its slot", () => {
  const { env, kept } = envOf(insn(0x79, 3, 10, -8), mov(0, 0));
  env.curState.history.push({ idx: 0, prevIdx: -1, flags: stackAccessFlags(0, 0), linked: null });
  kept.frames[0]!.stack = [{ types: allBytes(STACK_SPILL), spilled: UNKNOWN_REG }];
  markChainPrecision(env, 3);
  expect(kept.frames[0]!.stack[0]!.spilled.precise).toBe(true);
});

test("registers that a jump refined together are traced together", () => {
  const { env, kept } = envOf(insn(0x25, 1, 0, 0, 9), mov(0, 0));
  const linked = [1, 8].map((at) => ({ frameno: 0, isReg: true, at }));
  env.curState.history.push({ idx: 0, prevIdx: -1, flags: 0, linked });
  markChainPrecision(env, 8);
  expect(preciseRegs(kept)).toEqual([1, 8]);
});

test("a difference of pointers cannot be traced: everything becomes precise", () => {
  const { env, kept } = envOf(insn(0x7b, 3, 7, 0), mov(0, 0));
  markChainPrecision(env, 3);
  expect(preciseRegs(kept)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(env.log.text()).toContain("falling back to forcing all scalars precise\n");
});

test("parent states get the marks, and a state that is kept loses its own", () => {
  const { env, kept } = envOf(mov(0, 0));
  kept.frames[0]!.regs[4] = constReg(4n);
  markAllScalarsPrecise(env, env.curState);
  expect(preciseRegs(kept)).toHaveLength(10);
  expect(preciseRegs(env.curState)).toEqual([]);
  markAllScalarsImprecise(kept);
  expect(preciseRegs(kept)).toEqual([]);
});

test("each instruction has one history entry, with all its flags", () => {
  const { env } = envOf(...new Array<Insn>(8).fill(mov(0, 0)));
  const { history } = env.curState;
  env.insnIdx = 7;
  env.prevInsnIdx = 3;
  pushJmpHistory(env, env.curState, 0, null);
  pushJmpHistory(env, env.curState, INSN_F_STACK_ACCESS, null);
  expect(history).toEqual([{ idx: 7, prevIdx: 3, flags: INSN_F_STACK_ACCESS, linked: null }]);
  env.curHistEntry = null;
  env.insnIdx = 8;
  pushJmpHistory(env, env.curState, 0, null);
  expect(history).toHaveLength(2);
  // The next round of a loop has the same entry if its flags are the same, and its own entry if they differ.
  for (const flags of [0, INSN_F_STACK_ACCESS]) {
    env.curHistEntry = null;
    pushJmpHistory(env, env.curState, flags, null);
  }
  expect(history[2]).toBe(history[1]);
  expect(history.map((entry) => entry.flags)).toEqual([INSN_F_STACK_ACCESS, 0, 0, INSN_F_STACK_ACCESS]);
});

test("slots beyond the 32nd are kept apart from the first ones", () => {
  const bt = new Backtrack();
  bt.frame = 1;
  bt.setSlot(0, 33);
  bt.setSlot(1, 1);
  expect([bt.hasSlot(0, 33), bt.hasSlot(0, 1), bt.hasSlot(1, 33), bt.hasSlot(1, 1)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
  expect(bt.text(0)).toBe("regs= stack=-272");
  bt.clearSlot(0, 33);
  expect(bt.empty).toBe(false);
  bt.clearSlot(1, 1);
  expect(bt.empty).toBe(true);
});
