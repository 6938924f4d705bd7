// Random programs close to the limit of what the verifier accepts. They are built statement by statement, with a rough idea of what
// each register and stack slot holds. Now and then a statement ignores this on purpose. About half are accepted.
import * as c from "../../isa/codes.ts";
import type { Program } from "../../program/program.ts";
import { Builder, MAPS } from "./builder.ts";
import { helper, lookup } from "./helper-calls.ts";
import { Rng } from "./rng.ts";
import { ALL_SHAPES, SHAPES, type Shape } from "./shapes.ts";
import * as statements from "./statements.ts";

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
  const builder = new Builder(rng, shapes);
  const subprogs = rng.chance(25) ? rng.between(1, 2) : 0;
  const starts: number[] = [];
  builder.callable = Array.from({ length: subprogs }, (_, i) => i);
  builder.enter(["ctx"]);
  block(builder, rng.between(2, 14));
  finish(builder);
  for (let n = 0; n < subprogs; n++) {
    starts.push(builder.insns.length);
    // A function calls only functions that come after it.
    builder.callable = builder.callable.filter((callee) => callee > n);
    builder.enter(["scalar", "scalar"]);
    block(builder, rng.between(1, 5));
    finish(builder);
  }
  for (const { at, callee } of builder.calls)
    builder.insns[at] = { ...builder.insns[at]!, imm: starts[callee]! - at - 1 };
  return {
    insns: builder.insns,
    progType: builder.shape.progType,
    expectedAttachType: builder.shape.attachType ?? 0,
    progFlags: rng.chance(4) ? 1 : rng.chance(8) ? 8 : 0,
    maps: MAPS,
    mapRefs: builder.mapRefs,
    license: "GPL",
  };
}

/** A program of any program type and attach type. */
export const anyTypeProgram = (seed: number): Program => randomProgram(seed, ALL_SHAPES);

function callSubprog(builder: Builder): void {
  if (builder.callable.length === 0) return helper(builder);
  builder.keepCtx();
  for (let arg = 1; arg <= 2; arg++) {
    const src = builder.find("scalar", "small", "value");
    if (src < 0) builder.constant(arg);
    else builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, arg, src);
  }
  builder.calls.push({
    at: builder.emit(c.BPF_JMP | c.BPF_CALL, 0, c.BPF_PSEUDO_CALL),
    callee: builder.rng.pick(builder.callable),
  });
  for (let i = 1; i <= 5; i++) builder.regs[i] = "none";
  builder.regs[0] = "scalar";
}

function branch(builder: Builder): void {
  const reg = builder.scalar();
  const src = builder.rng.chance(25) ? builder.find("scalar", "small") : -1;
  const klass = builder.rng.chance(65) ? c.BPF_JMP : c.BPF_JMP32;
  const code = klass | builder.rng.pick(JUMPS) | (src >= 0 ? c.BPF_X : c.BPF_K);
  const at = builder.emit(code, reg, Math.max(src, 0), 0, src >= 0 ? 0 : builder.imm());
  const [regs, stack] = [builder.regs.slice(), builder.stack.slice()];
  block(builder, builder.rng.between(1, 4));
  if (builder.rng.chance(35)) {
    const over = builder.emit(c.BPF_JMP | c.BPF_JA);
    builder.patchJump(at);
    const [thenRegs, thenStack] = [builder.regs, builder.stack];
    [builder.regs, builder.stack] = [regs, stack];
    block(builder, builder.rng.between(1, 3));
    builder.patchJump(over);
    builder.join(thenRegs, thenStack);
  } else {
    builder.patchJump(at);
    builder.join(regs, stack);
  }
}

function loop(builder: Builder): void {
  const counter = builder.rng.between(6, 9);
  if (builder.regs[counter] === "ctx" && builder.regs.filter((kind) => kind === "ctx").length < 2) return;
  const up = builder.rng.chance(70);
  const rounds = Math.min(builder.rng.pick([1, 2, 3, 4, 5, 8, 10, 16, 33]), Math.ceil(64 / builder.rounds));
  const [regs, stack] = [builder.regs.slice(), builder.stack.slice()];
  const known = builder.rng.chance(85);
  if (known) builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, counter, 0, 0, up ? 0 : rounds);
  else builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, counter, builder.bound(16));
  builder.regs[counter] = "small";
  const head = builder.insns.length;
  // The body must not change the counter, so it is marked as a kind that is never chosen for overwriting.
  builder.regs[counter] = "end";
  builder.rounds *= rounds;
  block(builder, builder.rng.between(1, 4), counter);
  builder.rounds /= rounds;
  builder.regs[counter] = "small";
  const exact = known ? [c.BPF_JNE] : [];
  const op = builder.rng.pick(
    up ? [c.BPF_JLT, c.BPF_JSLT, c.BPF_JLE, ...exact] : [c.BPF_JSGT, ...(known ? [c.BPF_JGT] : []), ...exact],
  );
  // With a step of 2 the counter may skip the end value. Such a loop would be walked to the limit of a million instructions.
  const step = op !== c.BPF_JNE && op !== c.BPF_JGT && builder.rng.chance(20) ? 2 : 1;
  if (!(builder.isCareless && builder.rng.chance(4)))
    builder.emit(c.BPF_ALU64 | (up ? c.BPF_ADD : c.BPF_SUB) | c.BPF_K, counter, 0, 0, step);
  const back = head - builder.insns.length - 1;
  builder.emit((builder.rng.chance(80) ? c.BPF_JMP : c.BPF_JMP32) | op | c.BPF_K, counter, 0, back, up ? rounds : 0);
  builder.join(regs, stack);
}

/** A block inside a may_goto loop. */
function mayGoto(builder: Builder): void {
  const [regs, stack] = [builder.regs.slice(), builder.stack.slice()];
  const head = builder.emit(c.BPF_JMP | c.BPF_JCOND);
  block(builder, builder.rng.between(1, 3));
  builder.emit(c.BPF_JMP | c.BPF_JA, 0, 0, head - builder.insns.length - 1);
  builder.patchJump(head);
  builder.join(regs, stack);
}

function block(builder: Builder, statements: number, guard = -1): void {
  builder.depth++;
  for (let i = 0; i < statements && builder.insns.length < 160; i++) {
    const before = builder.insns.length;
    statement(builder);
    // A statement that overwrites the loop's counter is removed again. Otherwise most loops would never end.
    if (guard >= 0 && !(builder.isCareless && builder.rng.chance(4))) {
      for (let at = before; at < builder.insns.length; at++) {
        const { code, dst } = builder.insns[at]!;
        const klass = c.classOf(code);
        const writes = klass === c.BPF_ALU || klass === c.BPF_ALU64 || klass === c.BPF_LDX || klass === c.BPF_LD;
        if (writes && dst === guard) {
          builder.insns.length = before;
          for (const slot of builder.mapRefs.keys()) if (slot >= before) builder.mapRefs.delete(slot);
          while (builder.calls.length > 0 && builder.calls.at(-1)!.at >= before) builder.calls.pop();
          break;
        }
      }
      builder.regs[guard] = "end";
    }
  }
  builder.depth--;
}

type Statement = (builder: Builder) => void;

/** The statements, each with its weight. */
const STATEMENTS = {
  alu: [22, statements.alu],
  move: [7, statements.move],
  bound: [6, (builder) => void builder.bound(builder.rng.pick([2, 8, 16, 64]))],
  loadCtx: [8, statements.loadCtx],
  store: [12, statements.store],
  loadStack: [9, statements.loadStack],
  stackIndex: [3, statements.stackIndex],
  lookup: [6, lookup],
  useValue: [8, statements.useValue],
  directValue: [2, statements.directValue],
  helper: [7, helper],
  atomicStack: [2, statements.atomicStack],
  ldAbs: [1, statements.ldAbs],
} as const satisfies Record<string, readonly [number, Statement]>;

const NESTED = {
  branch: [14, branch],
  loop: [5, loop],
  mayGoto: [1, mayGoto],
} as const satisfies Record<string, readonly [number, Statement]>;

function statement(builder: Builder): void {
  const choice: Record<string, readonly [number, Statement]> = { ...STATEMENTS };
  if (builder.shape.packet) choice.packet = [6, statements.packet];
  if (builder.callable.length > 0) choice.callSubprog = [5, callSubprog];
  if (builder.depth < 3) Object.assign(choice, NESTED);
  const weights = Object.fromEntries(Object.entries(choice).map(([name, [weight]]) => [name, weight]));
  choice[builder.rng.weighted(weights)]![1](builder);
}

/** Ends the function with a value in R0. */
function finish(builder: Builder): void {
  if (builder.isCareless) {
    builder.emit(c.BPF_JMP | c.BPF_EXIT);
    return;
  }
  const result = builder.regs.indexOf("small");
  if (result >= 0 && builder.rng.chance(50)) {
    builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 0, result);
    builder.emit(c.BPF_ALU64 | c.BPF_AND | c.BPF_K, 0, 0, 0, 1);
    builder.emit(c.BPF_JMP | c.BPF_EXIT);
  } else builder.leave();
}
