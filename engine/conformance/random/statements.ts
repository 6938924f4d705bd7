// Statements that compute, load and store.
import * as c from "../../isa/codes.ts";
import type { Builder, Kind } from "./builder.ts";
import { ARRAY, isScalar, SIZES, UNSIGNED_JUMPS } from "./builder.ts";
import { lookup } from "./helper-calls.ts";

const ALU_OPS = [c.BPF_ADD, c.BPF_SUB, c.BPF_MUL, c.BPF_OR, c.BPF_AND, c.BPF_XOR, c.BPF_LSH, c.BPF_RSH, c.BPF_ARSH];
const ATOMICS = [c.BPF_ADD, c.BPF_OR, c.BPF_AND, c.BPF_XOR, c.BPF_ADD | 1, c.BPF_XOR | 1, c.BPF_XCHG, c.BPF_CMPXCHG];

export function alu(builder: Builder): void {
  const dst = builder.scalar();
  const wide = builder.rng.chance(60);
  const klass = wide ? c.BPF_ALU64 : c.BPF_ALU;
  const width = wide ? 64 : 32;
  if (builder.rng.chance(6)) {
    if (builder.rng.chance(50)) builder.emit(klass | c.BPF_NEG, dst);
    else if (wide) builder.emit(c.BPF_ALU64 | c.BPF_END, dst, 0, 0, builder.rng.pick([16, 32, 64]));
    else
      builder.emit(
        c.BPF_ALU | c.BPF_END | builder.rng.pick([c.BPF_TO_LE, c.BPF_TO_BE]),
        dst,
        0,
        0,
        builder.rng.pick([16, 32, 64]),
      );
    builder.regs[dst] = "scalar";
    return;
  }
  if (builder.rng.chance(8)) {
    const signed = builder.rng.chance(30) ? 1 : 0;
    const op = builder.rng.pick([c.BPF_DIV, c.BPF_MOD]);
    const src = builder.rng.chance(40) ? builder.find("scalar", "small") : -1;
    if (src >= 0) builder.emit(klass | op | c.BPF_X, dst, src, signed);
    else builder.emit(klass | op | c.BPF_K, dst, 0, signed, builder.imm() || (builder.isCareless ? 0 : 3));
    builder.regs[dst] = "scalar";
    return;
  }
  const op = builder.rng.pick(ALU_OPS);
  const shift = op === c.BPF_LSH || op === c.BPF_RSH || op === c.BPF_ARSH;
  const src = builder.rng.chance(35) ? builder.find("scalar", "small") : -1;
  if (src >= 0) builder.emit(klass | op | c.BPF_X, dst, src);
  else
    builder.emit(
      klass | op | c.BPF_K,
      dst,
      0,
      0,
      shift && !builder.isCareless ? builder.rng.below(width) : builder.imm(),
    );
  builder.regs[dst] =
    op === c.BPF_AND && src < 0 && builder.insns.at(-1)!.imm >= 0 && builder.insns.at(-1)!.imm < 48
      ? "small"
      : "scalar";
}

export function move(builder: Builder): void {
  const src = builder.find("scalar", "small", "value", "maybe", "packet", "ctx", "fp");
  if (src < 0) return alu(builder);
  const dst = builder.target();
  if (isScalar(builder.regs[src]!) && builder.rng.chance(40)) {
    const wide = builder.rng.chance(50);
    builder.emit(
      (wide ? c.BPF_ALU64 : c.BPF_ALU) | c.BPF_MOV | c.BPF_X,
      dst,
      src,
      builder.rng.pick(wide ? [8, 16, 32] : [0, 0, 8, 16]),
    );
    builder.regs[dst] = "scalar";
    return;
  }
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, dst, src);
  builder.regs[dst] = builder.regs[src]!;
}

export function loadCtx(builder: Builder): void {
  const src = builder.find("ctx");
  if (src < 0) return alu(builder);
  const dst = builder.target();
  const field = builder.rng.pick(builder.shape.reads);
  const odd = builder.isCareless;
  const size = odd ? builder.rng.pick(SIZES) : field.size;
  builder.emit(c.BPF_LDX | c.BPF_MEM | size, dst, src, odd ? builder.rng.between(-4, 200) : field.off);
  builder.regs[dst] = field.kind ?? "scalar";
}

function stackOff(builder: Builder, size: number): number {
  if (builder.isCareless) return builder.rng.between(-530, 8);
  const bytes = c.sizeOf(size);
  return -8 * builder.rng.between(1, 8) + (builder.rng.chance(25) ? bytes * builder.rng.below(8 / bytes) : 0);
}

export function store(builder: Builder): void {
  const size = builder.rng.chance(65) ? c.BPF_DW : builder.rng.pick(SIZES);
  const off = stackOff(builder, size);
  const slot = ((-off - 1) / 8) | 0;
  if (builder.rng.chance(25)) {
    builder.emit(c.BPF_ST | c.BPF_MEM | size, 10, 0, off, builder.rng.chance(40) ? 0 : builder.imm());
    if (slot >= 0 && slot < 8) builder.stack[slot] = "scalar";
    return;
  }
  const src = builder.find(
    "scalar",
    "small",
    ...(size === c.BPF_DW ? (["value", "maybe", "ctx", "packet"] as Kind[]) : []),
  );
  if (src < 0) return alu(builder);
  builder.emit(c.BPF_STX | c.BPF_MEM | size, 10, src, off);
  if (slot >= 0 && slot < 8) builder.stack[slot] = builder.regs[src]!;
}

export function loadStack(builder: Builder): void {
  const filled = builder.stack.flatMap((kind, i) => (kind === "none" ? [] : [i]));
  if (filled.length === 0 || builder.isCareless) {
    builder.emit(c.BPF_LDX | c.BPF_MEM | builder.rng.pick(SIZES), builder.target(), 10, stackOff(builder, c.BPF_DW));
    return;
  }
  const slot = builder.rng.pick(filled);
  const dst = builder.target();
  const kind = builder.stack[slot]!;
  const size = isScalar(kind) && builder.rng.chance(35) ? builder.rng.pick(SIZES) : c.BPF_DW;
  const mode = size !== c.BPF_DW && builder.rng.chance(25) ? c.BPF_MEMSX : c.BPF_MEM;
  const within = c.sizeOf(size) * builder.rng.below(8 / c.sizeOf(size));
  builder.emit(c.BPF_LDX | mode | size, dst, 10, -8 * (slot + 1) + within);
  builder.regs[dst] = size === c.BPF_DW ? kind : "scalar";
}

/** A scalar as an index into the stack. */
export function stackIndex(builder: Builder): void {
  const index = builder.bound(16);
  const dst = builder.target();
  if (dst === index) return;
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, dst, 10);
  builder.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, dst, 0, 0, builder.isCareless ? -8 : -8 * builder.rng.between(2, 6));
  builder.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_X, dst, index);
  builder.regs[dst] = "fp";
  const data = builder.scalar();
  if (builder.rng.chance(50)) builder.emit(c.BPF_STX | c.BPF_MEM | c.BPF_B, dst, data);
  else {
    builder.emit(c.BPF_LDX | c.BPF_MEM | c.BPF_B, data, dst);
    builder.regs[data] = "scalar";
  }
}

/** Reads or writes through a pointer to a map value, sometimes at an offset from a scalar. */
export function useValue(builder: Builder): void {
  let ptr = builder.find("value");
  if (ptr < 0) return lookup(builder);
  const size = builder.rng.pick(SIZES);
  const bytes = c.sizeOf(size);
  let room = 16;
  if (builder.rng.chance(40)) {
    const index = builder.bound(8);
    const dst = builder.target();
    if (dst === index) return;
    builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, dst, ptr);
    builder.emit(c.BPF_ALU64 | builder.rng.pick([c.BPF_ADD, c.BPF_ADD, c.BPF_ADD, c.BPF_SUB]) | c.BPF_X, dst, index);
    if (builder.insns.at(-1)!.code === (c.BPF_ALU64 | c.BPF_SUB | c.BPF_X)) {
      builder.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, dst, 0, 0, builder.isCareless ? 4 : 8);
    }
    builder.regs[dst] = "value";
    ptr = dst;
    room = 8;
  }
  const off = builder.isCareless ? builder.rng.between(-8, 64) : bytes * builder.rng.below(Math.max(1, room / bytes));
  access(builder, ptr, off, size);
}

function access(builder: Builder, ptr: number, off: number, size: number): void {
  const kind = builder.rng.weighted({ load: 5, store: 3, imm: 1, atomic: 1 });
  if (kind === "load") {
    const dst = builder.target();
    const mode = size !== c.BPF_DW && builder.rng.chance(20) ? c.BPF_MEMSX : c.BPF_MEM;
    builder.emit(c.BPF_LDX | mode | size, dst, ptr, off);
    builder.regs[dst] = "scalar";
  } else if (kind === "imm") builder.emit(c.BPF_ST | c.BPF_MEM | size, ptr, 0, off, builder.imm());
  else {
    const src = builder.scalar();
    if (kind === "store") builder.emit(c.BPF_STX | c.BPF_MEM | size, ptr, src, off);
    else {
      const op = builder.rng.pick(ATOMICS);
      if (op === c.BPF_CMPXCHG && !isScalar(builder.regs[0]!)) builder.constant(0);
      const wide = size === c.BPF_DW || builder.rng.chance(50) ? c.BPF_DW : c.BPF_W;
      builder.emit(c.BPF_STX | c.BPF_ATOMIC | wide, ptr, src, off & ~(c.sizeOf(wide) - 1), op);
      builder.regs[op === c.BPF_CMPXCHG ? 0 : src] = "scalar";
    }
  }
}

export function atomicStack(builder: Builder): void {
  const slot = builder.rng.below(8);
  if (!isScalar(builder.stack[slot]!) && !builder.isCareless)
    builder.emit(c.BPF_ST | c.BPF_MEM | c.BPF_DW, 10, 0, -8 * (slot + 1), builder.imm());
  builder.stack[slot] = "scalar";
  const src = builder.scalar();
  const op = builder.rng.pick(ATOMICS);
  if (op === c.BPF_CMPXCHG && !isScalar(builder.regs[0]!)) builder.constant(0);
  builder.emit(c.BPF_STX | c.BPF_ATOMIC | builder.rng.pick([c.BPF_W, c.BPF_DW]), 10, src, -8 * (slot + 1), op);
  builder.regs[op === c.BPF_CMPXCHG ? 0 : src] = "scalar";
}

/** `data + n > data_end`: leaves the program. Then reads and writes below n. */
export function packet(builder: Builder): void {
  const { packet } = builder.shape;
  const ctx = builder.regs.indexOf("ctx");
  if (!packet || ctx < 0) return loadCtx(builder);
  const [data, end, edge] = builder.rng.pick([
    [2, 3, 4],
    [7, 8, 5],
    [3, 9, 1],
  ] as const);
  if (ctx === data || ctx === end || ctx === edge) return;
  const width = packet.size ?? c.BPF_W;
  builder.emit(c.BPF_LDX | c.BPF_MEM | width, data, ctx, packet.data);
  builder.emit(c.BPF_LDX | c.BPF_MEM | width, end, ctx, packet.end);
  builder.regs[data] = "packet";
  builder.regs[end] = "end";
  if (builder.rng.chance(35)) {
    const index = builder.bound(16);
    if (index === data || index === end) return;
    builder.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_X, data, index);
  }
  const room = builder.rng.pick([1, 2, 4, 8, 14, 20, 34]);
  builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, edge, data);
  builder.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, edge, 0, 0, room);
  builder.regs[edge] = "packet";
  const flipped = builder.rng.chance(35);
  const op = builder.rng.pick(UNSIGNED_JUMPS);
  const [a, b] = flipped ? [end, edge] : [edge, end];
  const leavesWhenTaken = (op === c.BPF_JGT || op === c.BPF_JGE) !== flipped;
  if (leavesWhenTaken || builder.isCareless) builder.exitIf(c.BPF_JMP | op | c.BPF_X, a, b, 0);
  else {
    const at = builder.emit(c.BPF_JMP | op | c.BPF_X, a, b);
    builder.leave();
    builder.patchJump(at);
  }
  for (let i = builder.rng.between(1, 3); i > 0; i--) {
    const size = builder.rng.pick(SIZES.filter((s) => c.sizeOf(s) < room));
    if (size === undefined) return;
    const last = room - c.sizeOf(size) - (builder.isCareless ? -2 : 0);
    const dst = builder.target();
    if (dst === data) return;
    builder.emit(c.BPF_LDX | c.BPF_MEM | size, dst, data, builder.rng.below(last + 1));
    builder.regs[dst] = "scalar";
  }
}

export function ldAbs(builder: Builder): void {
  const ctx = builder.regs.indexOf("ctx");
  if (!builder.shape.skb || ctx < 0 || builder.callable.length > 0) return alu(builder);
  if (ctx !== 6) builder.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 6, ctx);
  builder.regs[6] = "ctx";
  const size = builder.rng.pick([c.BPF_B, c.BPF_H, c.BPF_W]);
  if (builder.rng.chance(50)) builder.emit(c.BPF_LD | c.BPF_ABS | size, 0, 0, 0, builder.rng.below(40));
  else {
    const src = builder.scalar();
    builder.emit(c.BPF_LD | c.BPF_IND | size, 0, src, 0, builder.rng.below(40));
  }
  for (let i = 1; i <= 5; i++) builder.regs[i] = "none";
  builder.regs[0] = "scalar";
}

/** Reads or writes the first value of an array, at an address that LD_IMM64 loads. */
export function directValue(builder: Builder): void {
  const dst = builder.target();
  const off = builder.isCareless ? builder.rng.between(-4, 60) : 8 * builder.rng.below(3);
  builder.mapRefs.set(builder.emit(c.BPF_LD | c.BPF_IMM | c.BPF_DW, dst, c.BPF_PSEUDO_MAP_VALUE), ARRAY);
  builder.emit(0, 0, 0, 0, off);
  builder.regs[dst] = "value";
  access(builder, dst, 8 * builder.rng.below(2), builder.rng.pick(SIZES));
}
