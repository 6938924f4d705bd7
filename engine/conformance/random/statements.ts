// Statements that compute, load and store.
import * as c from "../../isa/codes.ts";
import type { Builder, Kind } from "./builder.ts";
import { ARRAY, isScalar, SIZES, UNSIGNED_JUMPS } from "./builder.ts";
import { lookup } from "./helper-calls.ts";

const ALU_OPS = [c.BPF_ADD, c.BPF_SUB, c.BPF_MUL, c.BPF_OR, c.BPF_AND, c.BPF_XOR, c.BPF_LSH, c.BPF_RSH, c.BPF_ARSH];
const ATOMICS = [c.BPF_ADD, c.BPF_OR, c.BPF_AND, c.BPF_XOR, c.BPF_ADD | 1, c.BPF_XOR | 1, c.BPF_XCHG, c.BPF_CMPXCHG];

export function alu(g: Builder): void {
  const dst = g.scalar();
  const wide = g.r.chance(60);
  const klass = wide ? c.BPF_ALU64 : c.BPF_ALU;
  const width = wide ? 64 : 32;
  if (g.r.chance(6)) {
    if (g.r.chance(50)) g.emit(klass | c.BPF_NEG, dst);
    else if (wide) g.emit(c.BPF_ALU64 | c.BPF_END, dst, 0, 0, g.r.pick([16, 32, 64]));
    else g.emit(c.BPF_ALU | c.BPF_END | g.r.pick([c.BPF_TO_LE, c.BPF_TO_BE]), dst, 0, 0, g.r.pick([16, 32, 64]));
    g.regs[dst] = "scalar";
    return;
  }
  if (g.r.chance(8)) {
    const signed = g.r.chance(30) ? 1 : 0;
    const op = g.r.pick([c.BPF_DIV, c.BPF_MOD]);
    const src = g.r.chance(40) ? g.find("scalar", "small") : -1;
    if (src >= 0) g.emit(klass | op | c.BPF_X, dst, src, signed);
    else g.emit(klass | op | c.BPF_K, dst, 0, signed, g.imm() || (g.isCareless ? 0 : 3));
    g.regs[dst] = "scalar";
    return;
  }
  const op = g.r.pick(ALU_OPS);
  const shift = op === c.BPF_LSH || op === c.BPF_RSH || op === c.BPF_ARSH;
  const src = g.r.chance(35) ? g.find("scalar", "small") : -1;
  if (src >= 0) g.emit(klass | op | c.BPF_X, dst, src);
  else g.emit(klass | op | c.BPF_K, dst, 0, 0, shift && !g.isCareless ? g.r.below(width) : g.imm());
  g.regs[dst] =
    op === c.BPF_AND && src < 0 && g.insns.at(-1)!.imm >= 0 && g.insns.at(-1)!.imm < 48 ? "small" : "scalar";
}

export function move(g: Builder): void {
  const src = g.find("scalar", "small", "value", "maybe", "packet", "ctx", "fp");
  if (src < 0) return alu(g);
  const dst = g.target();
  if (isScalar(g.regs[src]!) && g.r.chance(40)) {
    const wide = g.r.chance(50);
    g.emit(
      (wide ? c.BPF_ALU64 : c.BPF_ALU) | c.BPF_MOV | c.BPF_X,
      dst,
      src,
      g.r.pick(wide ? [8, 16, 32] : [0, 0, 8, 16]),
    );
    g.regs[dst] = "scalar";
    return;
  }
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, dst, src);
  g.regs[dst] = g.regs[src]!;
}

export function loadCtx(g: Builder): void {
  const src = g.find("ctx");
  if (src < 0) return alu(g);
  const dst = g.target();
  const field = g.r.pick(g.shape.reads);
  const odd = g.isCareless;
  const size = odd ? g.r.pick(SIZES) : field.size;
  g.emit(c.BPF_LDX | c.BPF_MEM | size, dst, src, odd ? g.r.between(-4, 200) : field.off);
  g.regs[dst] = field.kind ?? "scalar";
}

export function stackOff(g: Builder, size: number): number {
  if (g.isCareless) return g.r.between(-530, 8);
  const bytes = c.sizeOf(size);
  return -8 * g.r.between(1, 8) + (g.r.chance(25) ? bytes * g.r.below(8 / bytes) : 0);
}

export function store(g: Builder): void {
  const size = g.r.chance(65) ? c.BPF_DW : g.r.pick(SIZES);
  const off = stackOff(g, size);
  const slot = ((-off - 1) / 8) | 0;
  if (g.r.chance(25)) {
    g.emit(c.BPF_ST | c.BPF_MEM | size, 10, 0, off, g.r.chance(40) ? 0 : g.imm());
    if (slot >= 0 && slot < 8) g.stack[slot] = "scalar";
    return;
  }
  const src = g.find("scalar", "small", ...(size === c.BPF_DW ? (["value", "maybe", "ctx", "packet"] as Kind[]) : []));
  if (src < 0) return alu(g);
  g.emit(c.BPF_STX | c.BPF_MEM | size, 10, src, off);
  if (slot >= 0 && slot < 8) g.stack[slot] = g.regs[src]!;
}

export function loadStack(g: Builder): void {
  const filled = g.stack.flatMap((kind, i) => (kind === "none" ? [] : [i]));
  if (filled.length === 0 || g.isCareless) {
    g.emit(c.BPF_LDX | c.BPF_MEM | g.r.pick(SIZES), g.target(), 10, stackOff(g, c.BPF_DW));
    return;
  }
  const slot = g.r.pick(filled);
  const dst = g.target();
  const kind = g.stack[slot]!;
  const size = isScalar(kind) && g.r.chance(35) ? g.r.pick(SIZES) : c.BPF_DW;
  const mode = size !== c.BPF_DW && g.r.chance(25) ? c.BPF_MEMSX : c.BPF_MEM;
  const within = c.sizeOf(size) * g.r.below(8 / c.sizeOf(size));
  g.emit(c.BPF_LDX | mode | size, dst, 10, -8 * (slot + 1) + within);
  g.regs[dst] = size === c.BPF_DW ? kind : "scalar";
}

/** A scalar as an index into the stack. */
export function stackIndex(g: Builder): void {
  const index = g.bound(16);
  const dst = g.target();
  if (dst === index) return;
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, dst, 10);
  g.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, dst, 0, 0, g.isCareless ? -8 : -8 * g.r.between(2, 6));
  g.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_X, dst, index);
  g.regs[dst] = "fp";
  const data = g.scalar();
  if (g.r.chance(50)) g.emit(c.BPF_STX | c.BPF_MEM | c.BPF_B, dst, data);
  else {
    g.emit(c.BPF_LDX | c.BPF_MEM | c.BPF_B, data, dst);
    g.regs[data] = "scalar";
  }
}

/** Reads or writes through a pointer to a map value, sometimes at an offset from a scalar. */
export function useValue(g: Builder): void {
  let ptr = g.find("value");
  if (ptr < 0) return lookup(g);
  const size = g.r.pick(SIZES);
  const bytes = c.sizeOf(size);
  let room = 16;
  if (g.r.chance(40)) {
    const index = g.bound(8);
    const dst = g.target();
    if (dst === index) return;
    g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, dst, ptr);
    g.emit(c.BPF_ALU64 | g.r.pick([c.BPF_ADD, c.BPF_ADD, c.BPF_ADD, c.BPF_SUB]) | c.BPF_X, dst, index);
    if (g.insns.at(-1)!.code === (c.BPF_ALU64 | c.BPF_SUB | c.BPF_X)) {
      g.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, dst, 0, 0, g.isCareless ? 4 : 8);
    }
    g.regs[dst] = "value";
    ptr = dst;
    room = 8;
  }
  const off = g.isCareless ? g.r.between(-8, 64) : bytes * g.r.below(Math.max(1, room / bytes));
  access(g, ptr, off, size);
}

export function access(g: Builder, ptr: number, off: number, size: number): void {
  const kind = g.r.weighted({ load: 5, store: 3, imm: 1, atomic: 1 });
  if (kind === "load") {
    const dst = g.target();
    const mode = size !== c.BPF_DW && g.r.chance(20) ? c.BPF_MEMSX : c.BPF_MEM;
    g.emit(c.BPF_LDX | mode | size, dst, ptr, off);
    g.regs[dst] = "scalar";
  } else if (kind === "imm") g.emit(c.BPF_ST | c.BPF_MEM | size, ptr, 0, off, g.imm());
  else {
    const src = g.scalar();
    if (kind === "store") g.emit(c.BPF_STX | c.BPF_MEM | size, ptr, src, off);
    else {
      const op = g.r.pick(ATOMICS);
      if (op === c.BPF_CMPXCHG && !isScalar(g.regs[0]!)) g.constant(0);
      const wide = size === c.BPF_DW || g.r.chance(50) ? c.BPF_DW : c.BPF_W;
      g.emit(c.BPF_STX | c.BPF_ATOMIC | wide, ptr, src, off & ~(c.sizeOf(wide) - 1), op);
      g.regs[op === c.BPF_CMPXCHG ? 0 : src] = "scalar";
    }
  }
}

export function atomicStack(g: Builder): void {
  const slot = g.r.below(8);
  if (!isScalar(g.stack[slot]!) && !g.isCareless)
    g.emit(c.BPF_ST | c.BPF_MEM | c.BPF_DW, 10, 0, -8 * (slot + 1), g.imm());
  g.stack[slot] = "scalar";
  const src = g.scalar();
  const op = g.r.pick(ATOMICS);
  if (op === c.BPF_CMPXCHG && !isScalar(g.regs[0]!)) g.constant(0);
  g.emit(c.BPF_STX | c.BPF_ATOMIC | g.r.pick([c.BPF_W, c.BPF_DW]), 10, src, -8 * (slot + 1), op);
  g.regs[op === c.BPF_CMPXCHG ? 0 : src] = "scalar";
}

/** `data + n > data_end`: leaves the program. Then reads and writes below n. */
export function packet(g: Builder): void {
  const { packet } = g.shape;
  const ctx = g.regs.indexOf("ctx");
  if (!packet || ctx < 0) return loadCtx(g);
  const [data, end, edge] = g.r.pick([
    [2, 3, 4],
    [7, 8, 5],
    [3, 9, 1],
  ] as const);
  if (ctx === data || ctx === end || ctx === edge) return;
  const width = packet.size ?? c.BPF_W;
  g.emit(c.BPF_LDX | c.BPF_MEM | width, data, ctx, packet.data);
  g.emit(c.BPF_LDX | c.BPF_MEM | width, end, ctx, packet.end);
  g.regs[data] = "packet";
  g.regs[end] = "end";
  if (g.r.chance(35)) {
    const index = g.bound(16);
    if (index === data || index === end) return;
    g.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_X, data, index);
  }
  const room = g.r.pick([1, 2, 4, 8, 14, 20, 34]);
  g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, edge, data);
  g.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, edge, 0, 0, room);
  g.regs[edge] = "packet";
  const flipped = g.r.chance(35);
  const op = g.r.pick(UNSIGNED_JUMPS);
  const [a, b] = flipped ? [end, edge] : [edge, end];
  const leavesWhenTaken = (op === c.BPF_JGT || op === c.BPF_JGE) !== flipped;
  if (leavesWhenTaken || g.isCareless) g.exitIf(c.BPF_JMP | op | c.BPF_X, a, b, 0);
  else {
    const at = g.emit(c.BPF_JMP | op | c.BPF_X, a, b);
    g.leave();
    g.patchJump(at);
  }
  for (let i = g.r.between(1, 3); i > 0; i--) {
    const size = g.r.pick(SIZES.filter((s) => c.sizeOf(s) < room));
    if (size === undefined) return;
    const last = room - c.sizeOf(size) - (g.isCareless ? -2 : 0);
    const dst = g.target();
    if (dst === data) return;
    g.emit(c.BPF_LDX | c.BPF_MEM | size, dst, data, g.r.below(last + 1));
    g.regs[dst] = "scalar";
  }
}

export function ldAbs(g: Builder): void {
  const ctx = g.regs.indexOf("ctx");
  if (!g.shape.skb || ctx < 0 || g.callable.length > 0) return alu(g);
  if (ctx !== 6) g.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 6, ctx);
  g.regs[6] = "ctx";
  const size = g.r.pick([c.BPF_B, c.BPF_H, c.BPF_W]);
  if (g.r.chance(50)) g.emit(c.BPF_LD | c.BPF_ABS | size, 0, 0, 0, g.r.below(40));
  else {
    const src = g.scalar();
    g.emit(c.BPF_LD | c.BPF_IND | size, 0, src, 0, g.r.below(40));
  }
  for (let i = 1; i <= 5; i++) g.regs[i] = "none";
  g.regs[0] = "scalar";
}

/** Reads or writes the first value of an array, at an address that LD_IMM64 loads. */
export function directValue(g: Builder): void {
  const dst = g.target();
  const off = g.isCareless ? g.r.between(-4, 60) : 8 * g.r.below(3);
  g.mapRefs.set(g.emit(c.BPF_LD | c.BPF_IMM | c.BPF_DW, dst, c.BPF_PSEUDO_MAP_VALUE), ARRAY);
  g.emit(0, 0, 0, 0, off);
  g.regs[dst] = "value";
  access(g, dst, 8 * g.r.below(2), g.r.pick(SIZES));
}
