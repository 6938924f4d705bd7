// Random programs close to the limit of what the verifier accepts. They are built statement by statement, with a rough idea of what
// each register and stack slot holds. Now and then a statement ignores this on purpose. About half are accepted.
import * as c from "../../isa/codes.ts";
import type { Program } from "../../program/program.ts";
import { Builder, MAPS } from "./builder.ts";
import { helper, lookup } from "./helper-calls.ts";
import { Rng } from "./rng.ts";
import { ALL_SHAPES, SHAPES, type Shape } from "./shapes.ts";
import * as s from "./statements.ts";

const JUMPS = [
  c.BPF_JEQ,
  c.BPF_JNE,
  c.BPF_JSET,
  c.BPF_JGT,
  c.BPF_JGE,
  c.BPF_JLT,
  c.BPF_JLE,
  c.BPF_JSGT,
  c.BPF_JSGE,
  c.BPF_JSLT,
  c.BPF_JSLE,
];

/** The program of a seed, with one of these shapes. */
export function randomProgram(seed: number, shapes: readonly Shape[] = SHAPES): Program {
  const rng = new Rng(seed);
  const g = new Builder(rng, shapes);
  const subprogs = rng.chance(25) ? rng.between(1, 2) : 0;
  const starts: number[] = [];
  g.callable = Array.from({ length: subprogs }, (_, i) => i);
  g.enter(["ctx"]);
  block(g, rng.between(2, 14));
  finish(g);
  for (let n = 0; n < subprogs; n++) {
    starts.push(g.insns.length);
    // A function calls only functions that come after it.
    g.callable = g.callable.filter((callee) => callee > n);
    g.enter(["scalar", "scalar"]);
    block(g, rng.between(1, 5));
    finish(g);
  }
  for (const { at, callee } of g.calls) g.insns[at] = { ...g.insns[at]!, imm: starts[callee]! - at - 1 };
  return {
    insns: g.insns,
    progType: g.shape.progType,
    expectedAttachType: g.shape.attachType ?? 0,
    progFlags: rng.chance(4) ? 1 : rng.chance(8) ? 8 : 0,
    maps: MAPS,
    mapRefs: g.mapRefs,
    license: "GPL",
  };
}

/** A program of any program type and attach type. */
export const anyTypeProgram = (seed: number): Program => randomProgram(seed, ALL_SHAPES);

function callSubprog(g: Builder): void {
  if (g.callable.length === 0) return helper(g);
  g.keepCtx();
  for (let arg = 1; arg <= 2; arg++) {
    const src = g.find("scalar", "small", "value");
    if (src < 0) g.constant(arg);
    else g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, arg, src);
  }
  g.calls.push({
    at: g.emit(c.BPF_JMP | c.BPF_CALL, 0, c.BPF_PSEUDO_CALL),
    callee: g.r.pick(g.callable),
  });
  for (let i = 1; i <= 5; i++) g.regs[i] = "none";
  g.regs[0] = "scalar";
}

function branch(g: Builder): void {
  const reg = g.scalar();
  const src = g.r.chance(25) ? g.find("scalar", "small") : -1;
  const klass = g.r.chance(65) ? c.BPF_JMP : c.BPF_JMP32;
  const code = klass | g.r.pick(JUMPS) | (src >= 0 ? c.BPF_X : c.BPF_K);
  const at = g.emit(code, reg, Math.max(src, 0), 0, src >= 0 ? 0 : g.imm());
  const [regs, stack] = [g.regs.slice(), g.stack.slice()];
  block(g, g.r.between(1, 4));
  if (g.r.chance(35)) {
    const over = g.emit(c.BPF_JMP | c.BPF_JA);
    g.patchJump(at);
    const [thenRegs, thenStack] = [g.regs, g.stack];
    [g.regs, g.stack] = [regs, stack];
    block(g, g.r.between(1, 3));
    g.patchJump(over);
    g.join(thenRegs, thenStack);
  } else {
    g.patchJump(at);
    g.join(regs, stack);
  }
}

function loop(g: Builder): void {
  const counter = g.r.between(6, 9);
  if (g.regs[counter] === "ctx" && g.regs.filter((kind) => kind === "ctx").length < 2) return;
  const up = g.r.chance(70);
  const rounds = Math.min(g.r.pick([1, 2, 3, 4, 5, 8, 10, 16, 33]), Math.ceil(64 / g.rounds));
  const [regs, stack] = [g.regs.slice(), g.stack.slice()];
  const known = g.r.chance(85);
  if (known) g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, counter, 0, 0, up ? 0 : rounds);
  else g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, counter, g.bound(16));
  g.regs[counter] = "small";
  const head = g.insns.length;
  // The body must not change the counter, so it is marked as a kind that is never chosen for overwriting.
  g.regs[counter] = "end";
  g.rounds *= rounds;
  block(g, g.r.between(1, 4), counter);
  g.rounds /= rounds;
  g.regs[counter] = "small";
  const exact = known ? [c.BPF_JNE] : [];
  const op = g.r.pick(
    up ? [c.BPF_JLT, c.BPF_JSLT, c.BPF_JLE, ...exact] : [c.BPF_JSGT, ...(known ? [c.BPF_JGT] : []), ...exact],
  );
  // With a step of 2 the counter may skip the end value. Such a loop would be walked to the limit of a million instructions.
  const step = op !== c.BPF_JNE && op !== c.BPF_JGT && g.r.chance(20) ? 2 : 1;
  if (!(g.isCareless && g.r.chance(4)))
    g.emit(c.BPF_ALU64 | (up ? c.BPF_ADD : c.BPF_SUB) | c.BPF_K, counter, 0, 0, step);
  const back = head - g.insns.length - 1;
  g.emit((g.r.chance(80) ? c.BPF_JMP : c.BPF_JMP32) | op | c.BPF_K, counter, 0, back, up ? rounds : 0);
  g.join(regs, stack);
}

/** A block inside a may_goto loop. */
function mayGoto(g: Builder): void {
  const [regs, stack] = [g.regs.slice(), g.stack.slice()];
  const head = g.emit(c.BPF_JMP | c.BPF_JCOND);
  block(g, g.r.between(1, 3));
  g.emit(c.BPF_JMP | c.BPF_JA, 0, 0, head - g.insns.length - 1);
  g.patchJump(head);
  g.join(regs, stack);
}

function block(g: Builder, statements: number, guard = -1): void {
  g.depth++;
  for (let i = 0; i < statements && g.insns.length < 160; i++) {
    const before = g.insns.length;
    statement(g);
    // A statement that overwrites the loop's counter is removed again. Otherwise most loops would never end.
    if (guard >= 0 && !(g.isCareless && g.r.chance(4))) {
      for (let at = before; at < g.insns.length; at++) {
        const { code, dst } = g.insns[at]!;
        const klass = c.classOf(code);
        const writes = klass === c.BPF_ALU || klass === c.BPF_ALU64 || klass === c.BPF_LDX || klass === c.BPF_LD;
        if (writes && dst === guard) {
          g.insns.length = before;
          for (const slot of g.mapRefs.keys()) if (slot >= before) g.mapRefs.delete(slot);
          while (g.calls.length > 0 && g.calls.at(-1)!.at >= before) g.calls.pop();
          break;
        }
      }
      g.regs[guard] = "end";
    }
  }
  g.depth--;
}

type Statement = (g: Builder) => void;

/** The statements, each with its weight. */
const STATEMENTS = {
  alu: [22, s.alu],
  move: [7, s.move],
  bound: [6, (g) => void g.bound(g.r.pick([2, 8, 16, 64]))],
  loadCtx: [8, s.loadCtx],
  store: [12, s.store],
  loadStack: [9, s.loadStack],
  stackIndex: [3, s.stackIndex],
  lookup: [6, lookup],
  useValue: [8, s.useValue],
  directValue: [2, s.directValue],
  helper: [7, helper],
  atomicStack: [2, s.atomicStack],
  ldAbs: [1, s.ldAbs],
} as const satisfies Record<string, readonly [number, Statement]>;

const NESTED = {
  branch: [14, branch],
  loop: [5, loop],
  mayGoto: [1, mayGoto],
} as const satisfies Record<string, readonly [number, Statement]>;

function statement(g: Builder): void {
  const choice: Record<string, readonly [number, Statement]> = { ...STATEMENTS };
  if (g.shape.packet) choice.packet = [6, s.packet];
  if (g.callable.length > 0) choice.callSubprog = [5, callSubprog];
  if (g.depth < 3) Object.assign(choice, NESTED);
  const weights = Object.fromEntries(Object.entries(choice).map(([name, [weight]]) => [name, weight]));
  choice[g.r.weighted(weights)]![1](g);
}

/** Ends the function with a value in R0. */
function finish(g: Builder): void {
  if (g.isCareless) {
    g.emit(c.BPF_JMP | c.BPF_EXIT);
    return;
  }
  const result = g.regs.indexOf("small");
  if (result >= 0 && g.r.chance(50)) {
    g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 0, result);
    g.emit(c.BPF_ALU64 | c.BPF_AND | c.BPF_K, 0, 0, 0, 1);
    g.emit(c.BPF_JMP | c.BPF_EXIT);
  } else g.leave();
}
