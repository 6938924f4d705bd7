// A depth-first walk over all instructions. It finds unreachable ones and jumps out of the program. It marks where the main walk
// compares states (prune points), records its path (jump points) and must keep a state (checkpoints).
// @kernel verifier.c check_cfg, visit_insn, push_insn
import { ERRNO } from "../../facts/errno.ts";
import { helperChangesPktData } from "../../facts/helpers.ts";
import * as c from "../../isa/codes.ts";
import { type Insn, isLdImm64 } from "../../isa/insn.ts";
import { printLine } from "../print/lines.ts";
import { refuseAt, verifierBug } from "../refuse.ts";
import { containingSubprog, type Env } from "../state/env.ts";
import {
  callsAsyncCallback,
  callsSyncCallback,
  helperProto,
  isHelperCall,
  isLocalCall,
  isPseudoFunc,
} from "./callees.ts";

/** State of a slot: first DISCOVERED, with the edges that were followed in its low bits, then EXPLORED. */
const DISCOVERED = 0x10;
const EXPLORED = 0x20;
const FALLTHROUGH = 1;
const BRANCH = 2;

/** Results of a visit, besides -errno. */
const DONE_EXPLORING = 0;
const KEEP_EXPLORING = 1;

interface Walk {
  readonly env: Env;
  readonly state: Uint8Array;
  readonly stack: number[];
}

/** Fills env.aux and env.subprogs (changesPktData, mightSleep). 0, or -errno. */
export function checkCfg(env: Env): number {
  const { insns } = env;
  const walk: Walk = { env, state: new Uint8Array(insns.length), stack: [0] };
  walk.state[0] = DISCOVERED;
  while (walk.stack.length > 0) {
    const at = walk.stack[walk.stack.length - 1]!;
    const result = visit(walk, at);
    if (result < 0) return result;
    if (result === DONE_EXPLORING) {
      walk.state[at] = EXPLORED;
      walk.stack.pop();
    }
  }
  for (let i = 0; i < insns.length; i++) {
    if (walk.state[i] !== EXPLORED) {
      return refuseAt(env, i, "unreachable", { insn: i }, `unreachable insn ${env.slotNumber(i)}\n`, -ERRNO.EINVAL);
    }
    if (isLdImm64(insns[i]!)) {
      if (walk.state[i + 1] !== 0) {
        const text = `jump into the middle of ldimm64 insn ${env.slotNumber(i)}\n`;
        return refuseAt(env, i, "imm64-middle", {}, text, -ERRNO.EINVAL);
      }
      i++;
    }
  }
  return 0;
}

const markPrunePoint = (env: Env, at: number): void => {
  const aux = env.aux[at];
  if (aux !== undefined) aux.prunePoint = true;
};

const markJmpPoint = (env: Env, at: number): void => {
  const aux = env.aux[at];
  if (aux !== undefined) aux.jmpPoint = true;
};

function visit(walk: Walk, at: number): number {
  const { env } = walk;
  const insn = env.insns[at]!;
  if (isPseudoFunc(insn)) return visitCall(walk, at, insn, true);
  const cls = c.classOf(insn.code);
  if (cls !== c.BPF_JMP && cls !== c.BPF_JMP32) return push(walk, at, at + (isLdImm64(insn) ? 2 : 1), FALLTHROUGH);

  switch (insn.code & 0xf0) {
    case c.BPF_EXIT:
      return DONE_EXPLORING;
    case c.BPF_CALL:
      markCall(env, at, insn);
      return visitCall(walk, at, insn, insn.src === c.BPF_PSEUDO_CALL);
    case c.BPF_JA: {
      if ((insn.code & c.BPF_X) !== 0) return refuseAt(env, at, "jump-register", {}, "", -ERRNO.EINVAL);
      const to = at + (cls === c.BPF_JMP ? insn.off : insn.imm) + 1;
      const result = push(walk, at, to, FALLTHROUGH);
      if (result !== DONE_EXPLORING) return result;
      markPrunePoint(env, to);
      markJmpPoint(env, to);
      return DONE_EXPLORING;
    }
    default: {
      markPrunePoint(env, at);
      if (isMayGoto(insn)) env.aux[at]!.forceCheckpoint = true;
      const result = push(walk, at, at + 1, FALLTHROUGH);
      if (result !== DONE_EXPLORING) return result;
      return push(walk, at, at + insn.off + 1, BRANCH);
    }
  }
}

const isMayGoto = (insn: Insn): boolean => insn.code === (c.BPF_JMP | c.BPF_JCOND) && insn.src === c.BPF_MAY_GOTO;

/** Marks what a call means for the main walk and for its function. The callee itself is not looked at. */
function markCall(env: Env, at: number, insn: Insn): void {
  const aux = env.aux[at]!;
  if (callsAsyncCallback(insn)) aux.prunePoint = true;
  if (callsSyncCallback(insn)) {
    aux.callsCallback = true;
    aux.forceCheckpoint = true;
    aux.prunePoint = true;
    aux.jmpPoint = true;
  }
  if (isHelperCall(insn)) {
    const subprog = env.subprogs[containingSubprog(env, at)]!;
    if (helperProto(env, insn.imm)?.mightSleep) subprog.mightSleep = true;
    if (helperChangesPktData(insn.imm)) subprog.changesPktData = true;
  }
}

/** A call, or a load of a function's address: follows the next instruction first, then the function. */
function visitCall(walk: Walk, at: number, insn: Insn, intoCallee: boolean): number {
  const { env } = walk;
  const next = at + (isLdImm64(insn) ? 2 : 1);
  const result = push(walk, at, next, FALLTHROUGH);
  if (result !== DONE_EXPLORING) return result;
  markPrunePoint(env, next);
  markJmpPoint(env, next);
  if (!intoCallee) return DONE_EXPLORING;
  const callee = at + insn.imm + 1;
  markPrunePoint(env, at);
  if (isLocalCall(insn) || isPseudoFunc(insn)) mergeCalleeEffects(env, at, callee);
  return push(walk, at, callee, BRANCH);
}

function mergeCalleeEffects(env: Env, at: number, calleeStart: number): void {
  const caller = env.subprogs[containingSubprog(env, at)]!;
  const callee = env.subprogs[containingSubprog(env, calleeStart)]!;
  caller.changesPktData ||= callee.changesPktData;
  caller.mightSleep ||= callee.mightSleep;
}

/** Follows an edge from `from` that was not followed before. */
function push(walk: Walk, from: number, to: number, edge: number): number {
  const { env, state, stack } = walk;
  if (state[from]! >= (DISCOVERED | edge)) return DONE_EXPLORING;
  if (to < 0 || to >= env.insns.length) {
    printLine(env, from, `${env.slotNumber(from)}: `);
    const text = `jump out of range from insn ${env.slotNumber(from)} to ${env.slotNumber(to)}\n`;
    return refuseAt(env, from, "jump-range", { from, to }, text, -ERRNO.EINVAL);
  }
  if (edge === BRANCH) {
    markPrunePoint(env, to);
    markJmpPoint(env, to);
  }
  if (state[to] === 0) {
    state[from] = DISCOVERED | edge;
    state[to] = DISCOVERED;
    if (stack.length >= env.insns.length) return verifierBug(env, "more edges than instructions", true);
    stack.push(to);
    return KEEP_EXPLORING;
  }
  // A slot that is still on the stack closes a loop. Everyone who may load programs at all may use loops.
  if (state[to] === EXPLORED) state[from] = DISCOVERED | edge;
  return DONE_EXPLORING;
}
