// Loops: bpf_loop() becomes instructions around a call of the callback, and may_goto a counter on the stack.
// @kernel verifier.c inline_bpf_loop, do_misc_fixups
import { ERRNO } from "../../facts/errno.ts";
import * as I from "../../isa/codes.ts";
import type { Node } from "./code.ts";
import * as E from "./emit.ts";

const BPF_MAX_LOOPS = 8 * 1024 * 1024;
/** Rounds of may_goto before the clock is read. */
const BPF_MAX_TIMED_LOOPS = 0xffff;

/** `base`: offset from the frame pointer at which these bytes begin. */
export function loopBecomes(node: Node, next: Node, callback: Node, base: number): readonly Node[] {
  const save = [6, 7, 8].map((reg, i) => E.store(I.BPF_DW, E.FP, base + 8 * i, reg));
  const restore = [6, 7, 8].map((reg, i) => E.load(I.BPF_DW, reg, E.FP, base + 8 * i));
  const done = E.movReg(0, 7);
  const head = E.jumpReg(I.BPF_JGE, 7, 6, done);
  return [
    E.jump(I.BPF_JLE, 1, BPF_MAX_LOOPS, save[0] as Node),
    E.alu32(I.BPF_MOV, 0, -ERRNO.E2BIG),
    E.goto(next),
    ...save,
    E.movReg(6, 1),
    E.alu32(I.BPF_MOV, 7, 0),
    E.movReg(8, 3),
    head,
    E.movReg(1, 7),
    E.movReg(2, 8),
    { ...E.callOwn(callback), slot: node.slot },
    E.alu64(I.BPF_ADD, 7, 1),
    E.jump(I.BPF_JEQ, 0, 0, head),
    done,
    ...restore,
  ];
}

/** `at`: offset of the counter from the frame pointer. The time is stored above it. */
export function mayGotoBecomes(node: Node, next: Node, at: number): readonly Node[] {
  const back = E.store(I.BPF_DW, E.FP, at, E.AX);
  return [
    { ...E.load(I.BPF_DW, E.AX, E.FP, at), slot: node.slot },
    E.jump(I.BPF_JEQ, E.AX, 0, node.target ?? next),
    E.alu64(I.BPF_SUB, E.AX, 1),
    E.jump(I.BPF_JNE, E.AX, 0, back),
    E.mov(E.AX, at),
    E.call("arch_bpf_timed_may_goto"),
    back,
  ];
}

/**
 * Is put at the start of a function with may_goto. The function's own jumps to its start lead behind these instructions, calls before
 * them.
 */
export const counterStart = (at: number): readonly Node[] => [
  E.storeImm(I.BPF_DW, E.FP, at, BPF_MAX_TIMED_LOOPS),
  E.storeImm(I.BPF_DW, E.FP, at + 8, 0),
];
