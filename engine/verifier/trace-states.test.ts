// The states of a trace are read back as they were recorded, in whatever order they follow one another.
import fc from "fast-check";
import { expect, test } from "vitest";
import { constS32, constScalar } from "./domain/scalar.ts";
import { coerceToSize } from "./domain/size.ts";
import {
  CTX_REG,
  framePointer,
  NOT_INIT_REG,
  type RegState,
  scalarReg,
  UNKNOWN_REG,
  withId,
  withPrecise,
} from "./state/reg.ts";
import { INVALID_SLOT, type StackSlot } from "./state/stack.ts";
import { newFuncState, newVerifierState, type RefState, type VerifierState } from "./state/state.ts";
import { type StateView, TraceStates } from "./trace-states.ts";

const REGS: readonly RegState[] = [
  NOT_INIT_REG,
  UNKNOWN_REG,
  CTX_REG,
  framePointer(1),
  withId(scalarReg(coerceToSize(UNKNOWN_REG.val, 1)), 7),
  scalarReg(constS32(-1)),
  scalarReg(constS32(-0x8000_0000)),
  scalarReg(constScalar(0xffff_ffffn)),
  scalarReg(constScalar(0x8000_0000_0000_0000n)),
  withPrecise(scalarReg(constS32(5)), true),
  withId(scalarReg(constS32(5)), 3),
];
const SLOTS: readonly StackSlot[] = [
  INVALID_SLOT,
  { types: 0o22222222, spilled: NOT_INIT_REG },
  { types: 0o11111111, spilled: scalarReg(constS32(9)) },
  { types: 0o11111111, spilled: CTX_REG },
];
const REFS: readonly RefState[] = [
  { type: 2, id: 1, insnIdx: 4, ptr: null },
  { type: 2, id: 2, insnIdx: 5, ptr: null },
];

/** How a path may change a state between two records. */
const anyStep = fc.oneof(
  { weight: 20, arbitrary: fc.record({ reg: fc.nat(10), to: fc.constantFrom(...REGS, scalarReg(constS32(77))) }) },
  { weight: 8, arbitrary: fc.record({ spi: fc.nat(63), slot: fc.constantFrom(...SLOTS) }) },
  { weight: 2, arbitrary: fc.record({ call: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.constant({ leave: true }) },
  { weight: 1, arbitrary: fc.record({ refs: fc.subarray([...REFS]) }) },
  { weight: 1, arbitrary: fc.record({ cut: fc.nat(8) }) },
);

function change(state: VerifierState, step: Partial<Record<string, unknown>>): void {
  const frame = state.frames[state.curframe]!;
  if (step.reg !== undefined) frame.regs[step.reg as number] = step.to as RegState;
  if (step.spi !== undefined) {
    while (frame.stack.length <= (step.spi as number)) frame.stack.push(INVALID_SLOT);
    frame.stack[step.spi as number] = step.slot as StackSlot;
  }
  if (step.call !== undefined && state.curframe < 7)
    state.frames[++state.curframe] = newFuncState(step.call as number, state.curframe, step.call as number);
  if (step.leave && state.curframe > 0) state.frames.length = state.curframe--;
  if (step.refs !== undefined) state.refs = step.refs as RefState[];
  // The stack gets shorter: the walk continues with a path that was put aside before the stack grew.
  if (step.cut !== undefined && frame.stack.length > (step.cut as number)) frame.stack.length = step.cut as number;
}

const copyOf = ({ frames, curframe, refs }: StateView) =>
  structuredClone({ frames: frames.slice(0, curframe + 1), curframe, refs });

test("a state is read back as it was recorded", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 1, maxLength: 200 }), (steps) => {
      const states = new TraceStates();
      const state = newVerifierState();
      state.frames[0] = newFuncState(-1, 0, 0);
      const wanted = steps.map((step) => {
        change(state, step as Partial<Record<string, unknown>>);
        return [states.record(state), copyOf(state)] as const;
      });
      for (const [number, want] of wanted) expect(copyOf(states.at(number))).toEqual(want);
    }),
    { numRuns: 60 },
  );
});
