// Random programs near the frontier of what the verifier accepts: built statement by statement with a rough idea of what each
// register and stack slot holds, and now and then, on purpose, one that does not care. About half are accepted.
import * as c from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import type { MapDef, Program } from "../../program/program.ts";
import { Rng } from "./rng.ts";
import { SHAPES, type Shape } from "./shapes.ts";

/** What the generator takes a register or slot for. */
type Kind = "none" | "scalar" | "small" | "ctx" | "fp" | "value" | "maybe" | "packet" | "end" | "ringbuf";

const MAPS: readonly MapDef[] = [
  { name: "m_array", type: "array", keySize: 4, valueSize: 48, maxEntries: 4, flags: 0 },
  { name: "m_hash", type: "hash", keySize: 8, valueSize: 16, maxEntries: 8, flags: 0 },
  { name: "m_ring", type: "ringbuf", keySize: 0, valueSize: 0, maxEntries: 4096, flags: 0 },
];
const [ARRAY, HASH, RING] = [0, 1, 2] as const;

const ALU_OPS = [c.BPF_ADD, c.BPF_SUB, c.BPF_MUL, c.BPF_OR, c.BPF_AND, c.BPF_XOR, c.BPF_LSH, c.BPF_RSH, c.BPF_ARSH];
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
const SIZES = [c.BPF_B, c.BPF_H, c.BPF_W, c.BPF_DW];
const IMMS = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 40, 47, 48, 63, 64, 255, 256, 4095, 65535, 0x7fff_ffff];
const UNSIGNED_JUMPS = [c.BPF_JGT, c.BPF_JGE, c.BPF_JLT, c.BPF_JLE];
const ATOMICS = [c.BPF_ADD, c.BPF_OR, c.BPF_AND, c.BPF_XOR, c.BPF_ADD | 1, c.BPF_XOR | 1, c.BPF_XCHG, c.BPF_CMPXCHG];

const isScalar = (kind: Kind): boolean => kind === "scalar" || kind === "small";

class Generator {
  readonly insns: Insn[] = [];
  readonly mapRefs = new Map<number, number>();
  readonly calls: { at: number; callee: number }[] = [];
  readonly shape: Shape;
  regs: Kind[] = new Array<Kind>(10).fill("none");
  /** By slot, 0 = fp-8. */
  stack: Kind[] = new Array<Kind>(8).fill("none");
  depth = 0;
  /** Subprograms that may be called from here. */
  callable: number[] = [];
  readonly #r: Rng;
  readonly #risk: number;
  /** Rounds of the loops around this place, multiplied. */
  #rounds = 1;

  constructor(rng: Rng) {
    this.#r = rng;
    this.shape = rng.pick(SHAPES);
    this.#risk = rng.pick([0, 0, 1, 3, 8]);
  }

  emit(code: number, dst = 0, src = 0, off = 0, imm = 0): number {
    return this.insns.push({ code, dst, src, off, imm: imm | 0 }) - 1;
  }

  /** The jump at slot `at` goes to the next instruction to come. */
  land(at: number): void {
    const jump = this.insns[at]!;
    this.insns[at] = { ...jump, off: this.insns.length - at - 1 };
  }

  /** A careless choice, as often as this program's temper has it. */
  get careless(): boolean {
    return this.#risk > 0 && this.#r.chance(this.#risk);
  }

  imm(): number {
    const n = this.#r.chance(80) ? this.#r.pick(IMMS) : this.#r.bits();
    return this.#r.chance(20) ? -n : n;
  }

  /** A register that holds one of these, or -1. */
  find(...kinds: Kind[]): number {
    if (this.careless) return this.#r.below(10);
    const found = this.regs.flatMap((kind, i) => (kinds.includes(kind) ? [i] : []));
    return found.length === 0 ? -1 : this.#r.pick(found);
  }

  /** A register to overwrite; the context is kept for most of the time. */
  target(): number {
    const free = this.regs.flatMap((kind, i) => (kind === "ctx" && !this.careless ? [] : [i]));
    return this.#r.pick(free);
  }

  /** A register with a scalar in it; makes one where there is none. */
  scalar(): number {
    const found = this.find("scalar", "small");
    if (found >= 0) return found;
    const dst = this.target();
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, dst, 0, 0, this.imm());
    this.regs[dst] = "scalar";
    return dst;
  }

  alu(): void {
    const dst = this.scalar();
    const wide = this.#r.chance(60);
    const klass = wide ? c.BPF_ALU64 : c.BPF_ALU;
    const width = wide ? 64 : 32;
    if (this.#r.chance(6)) {
      if (this.#r.chance(50)) this.emit(klass | c.BPF_NEG, dst);
      else if (wide) this.emit(c.BPF_ALU64 | c.BPF_END, dst, 0, 0, this.#r.pick([16, 32, 64]));
      else
        this.emit(
          c.BPF_ALU | c.BPF_END | this.#r.pick([c.BPF_TO_LE, c.BPF_TO_BE]),
          dst,
          0,
          0,
          this.#r.pick([16, 32, 64]),
        );
      this.regs[dst] = "scalar";
      return;
    }
    if (this.#r.chance(8)) {
      const signed = this.#r.chance(30) ? 1 : 0;
      const op = this.#r.pick([c.BPF_DIV, c.BPF_MOD]);
      const src = this.#r.chance(40) ? this.find("scalar", "small") : -1;
      if (src >= 0) this.emit(klass | op | c.BPF_X, dst, src, signed);
      else this.emit(klass | op | c.BPF_K, dst, 0, signed, this.imm() || (this.careless ? 0 : 3));
      this.regs[dst] = "scalar";
      return;
    }
    const op = this.#r.pick(ALU_OPS);
    const shift = op === c.BPF_LSH || op === c.BPF_RSH || op === c.BPF_ARSH;
    const src = this.#r.chance(35) ? this.find("scalar", "small") : -1;
    if (src >= 0) this.emit(klass | op | c.BPF_X, dst, src);
    else this.emit(klass | op | c.BPF_K, dst, 0, 0, shift && !this.careless ? this.#r.below(width) : this.imm());
    this.regs[dst] =
      op === c.BPF_AND && src < 0 && this.insns.at(-1)!.imm >= 0 && this.insns.at(-1)!.imm < 48 ? "small" : "scalar";
  }

  move(): void {
    const src = this.find("scalar", "small", "value", "maybe", "packet", "ctx", "fp");
    if (src < 0) return this.alu();
    const dst = this.target();
    if (isScalar(this.regs[src]!) && this.#r.chance(40)) {
      const wide = this.#r.chance(50);
      this.emit(
        (wide ? c.BPF_ALU64 : c.BPF_ALU) | c.BPF_MOV | c.BPF_X,
        dst,
        src,
        this.#r.pick(wide ? [8, 16, 32] : [0, 0, 8, 16]),
      );
      this.regs[dst] = "scalar";
      return;
    }
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, dst, src);
    this.regs[dst] = this.regs[src]!;
  }

  /** Makes a scalar small: by a mask, or by leaving where it is large. */
  bound(below: number): number {
    const reg = this.scalar();
    if (this.#r.chance(50)) {
      let mask = 1;
      while (mask * 2 <= below) mask *= 2;
      this.emit((this.#r.chance(70) ? c.BPF_ALU64 : c.BPF_ALU) | c.BPF_AND | c.BPF_K, reg, 0, 0, mask - 1);
    } else {
      const wide = this.#r.chance(70) ? c.BPF_JMP : c.BPF_JMP32;
      const op = this.#r.pick(UNSIGNED_JUMPS);
      const limit = below - (op === c.BPF_JGT || op === c.BPF_JLE ? 1 : 0);
      if (op === c.BPF_JGT || op === c.BPF_JGE) this.exitIf(wide | op | c.BPF_K, reg, 0, limit);
      else {
        const at = this.emit(wide | op | c.BPF_K, reg, 0, 0, limit);
        this.leave();
        this.land(at);
      }
    }
    this.regs[reg] = "small";
    return reg;
  }

  exitIf(code: number, dst: number, src: number, imm: number): void {
    // Jump around the exit on the opposite condition would change which side is walked first; both are used.
    const at = this.emit(code, dst, src, 0, imm);
    const over = this.emit(c.BPF_JMP | c.BPF_JA);
    this.land(at);
    this.leave();
    this.land(over);
  }

  leave(): void {
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 0, 0, 0, this.#r.pick([0, 0, 0, 1, 2]));
    this.emit(c.BPF_JMP | c.BPF_EXIT);
  }

  loadCtx(): void {
    const src = this.find("ctx");
    if (src < 0) return this.alu();
    const dst = this.target();
    const field = this.#r.pick(this.shape.reads);
    const odd = this.careless;
    const size = odd ? this.#r.pick(SIZES) : field.size;
    this.emit(c.BPF_LDX | c.BPF_MEM | size, dst, src, odd ? this.#r.between(-4, 200) : field.off);
    this.regs[dst] = field.kind ?? "scalar";
  }

  stackOff(size: number): number {
    if (this.careless) return this.#r.between(-530, 8);
    const bytes = c.sizeOf(size);
    return -8 * this.#r.between(1, 8) + (this.#r.chance(25) ? bytes * this.#r.below(8 / bytes) : 0);
  }

  store(): void {
    const size = this.#r.chance(65) ? c.BPF_DW : this.#r.pick(SIZES);
    const off = this.stackOff(size);
    const slot = ((-off - 1) / 8) | 0;
    if (this.#r.chance(25)) {
      this.emit(c.BPF_ST | c.BPF_MEM | size, 10, 0, off, this.#r.chance(40) ? 0 : this.imm());
      if (slot >= 0 && slot < 8) this.stack[slot] = "scalar";
      return;
    }
    const src = this.find(
      "scalar",
      "small",
      ...(size === c.BPF_DW ? (["value", "maybe", "ctx", "packet"] as Kind[]) : []),
    );
    if (src < 0) return this.alu();
    this.emit(c.BPF_STX | c.BPF_MEM | size, 10, src, off);
    if (slot >= 0 && slot < 8) this.stack[slot] = this.regs[src]!;
  }

  loadStack(): void {
    const filled = this.stack.flatMap((kind, i) => (kind === "none" ? [] : [i]));
    if (filled.length === 0 || this.careless) {
      this.emit(c.BPF_LDX | c.BPF_MEM | this.#r.pick(SIZES), this.target(), 10, this.stackOff(c.BPF_DW));
      return;
    }
    const slot = this.#r.pick(filled);
    const dst = this.target();
    const kind = this.stack[slot]!;
    const size = isScalar(kind) && this.#r.chance(35) ? this.#r.pick(SIZES) : c.BPF_DW;
    const mode = size !== c.BPF_DW && this.#r.chance(25) ? c.BPF_MEMSX : c.BPF_MEM;
    const within = c.sizeOf(size) * this.#r.below(8 / c.sizeOf(size));
    this.emit(c.BPF_LDX | mode | size, dst, 10, -8 * (slot + 1) + within);
    this.regs[dst] = size === c.BPF_DW ? kind : "scalar";
  }

  /** A scalar as an index into the stack. */
  stackIndex(): void {
    const index = this.bound(16);
    const dst = this.target();
    if (dst === index) return;
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, dst, 10);
    this.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, dst, 0, 0, this.careless ? -8 : -8 * this.#r.between(2, 6));
    this.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_X, dst, index);
    this.regs[dst] = "fp";
    const data = this.scalar();
    if (this.#r.chance(50)) this.emit(c.BPF_STX | c.BPF_MEM | c.BPF_B, dst, data);
    else {
      this.emit(c.BPF_LDX | c.BPF_MEM | c.BPF_B, data, dst);
      this.regs[data] = "scalar";
    }
  }

  loadMap(dst: number, map: number): void {
    this.mapRefs.set(this.emit(c.BPF_LD | c.BPF_IMM | c.BPF_DW, dst, c.BPF_PSEUDO_MAP_FD), map);
    this.emit(0);
  }

  call(helper: number, result: Kind): void {
    this.emit(c.BPF_JMP | c.BPF_CALL, 0, 0, 0, helper);
    for (let i = 1; i <= 5; i++) this.regs[i] = "none";
    this.regs[0] = result;
  }

  /** Saves the context where no call destroys it. */
  keepCtx(): void {
    if (this.regs.slice(6).includes("ctx")) return;
    const src = this.regs.indexOf("ctx");
    if (src < 0) return;
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 6, src);
    this.regs[6] = "ctx";
  }

  key(map: number): void {
    const off = map === HASH ? -8 * this.#r.between(1, 8) : -4 * this.#r.between(1, 16);
    const scalar = this.#r.chance(50) ? this.find("scalar", "small") : -1;
    const size = map === HASH ? c.BPF_DW : c.BPF_W;
    if (!this.careless) {
      if (scalar >= 0) this.emit(c.BPF_STX | c.BPF_MEM | size, 10, scalar, off);
      else this.emit(c.BPF_ST | c.BPF_MEM | size, 10, 0, off, this.#r.below(6));
      this.stack[((-off - 1) / 8) | 0] = "scalar";
    }
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 2, 10);
    this.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, 2, 0, 0, off);
  }

  lookup(): void {
    this.keepCtx();
    const map = this.#r.pick([ARRAY, HASH]);
    this.key(map);
    this.loadMap(1, map);
    this.call(1, "maybe");
    if (this.#r.chance(40)) {
      const keep = this.#r.between(7, 9);
      this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, keep, 0);
      this.regs[keep] = "maybe";
    }
    if (this.#r.chance(92)) this.nullCheck();
  }

  nullCheck(): void {
    const reg = this.find("maybe");
    if (reg < 0) return;
    if (this.#r.chance(50)) this.exitIf(c.BPF_JMP | c.BPF_JEQ | c.BPF_K, reg, 0, 0);
    else {
      const at = this.emit(c.BPF_JMP | c.BPF_JNE | c.BPF_K, reg);
      this.leave();
      this.land(at);
    }
    this.regs = this.regs.map((kind) => (kind === "maybe" ? "value" : kind));
  }

  /** Reads or writes through a pointer to a map value, now and then at a place that a scalar says. */
  useValue(): void {
    let ptr = this.find("value");
    if (ptr < 0) return this.lookup();
    const size = this.#r.pick(SIZES);
    const bytes = c.sizeOf(size);
    let room = 16;
    if (this.#r.chance(40)) {
      const index = this.bound(8);
      const dst = this.target();
      if (dst === index) return;
      this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, dst, ptr);
      this.emit(c.BPF_ALU64 | this.#r.pick([c.BPF_ADD, c.BPF_ADD, c.BPF_ADD, c.BPF_SUB]) | c.BPF_X, dst, index);
      if (this.insns.at(-1)!.code === (c.BPF_ALU64 | c.BPF_SUB | c.BPF_X)) {
        this.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, dst, 0, 0, this.careless ? 4 : 8);
      }
      this.regs[dst] = "value";
      ptr = dst;
      room = 8;
    }
    const off = this.careless ? this.#r.between(-8, 64) : bytes * this.#r.below(Math.max(1, room / bytes));
    this.access(ptr, off, size);
  }

  access(ptr: number, off: number, size: number): void {
    const kind = this.#r.weighted({ load: 5, store: 3, imm: 1, atomic: 1 });
    if (kind === "load") {
      const dst = this.target();
      const mode = size !== c.BPF_DW && this.#r.chance(20) ? c.BPF_MEMSX : c.BPF_MEM;
      this.emit(c.BPF_LDX | mode | size, dst, ptr, off);
      this.regs[dst] = "scalar";
    } else if (kind === "imm") this.emit(c.BPF_ST | c.BPF_MEM | size, ptr, 0, off, this.imm());
    else {
      const src = this.scalar();
      if (kind === "store") this.emit(c.BPF_STX | c.BPF_MEM | size, ptr, src, off);
      else {
        const op = this.#r.pick(ATOMICS);
        if (op === c.BPF_CMPXCHG && !isScalar(this.regs[0]!)) this.constant(0);
        const wide = size === c.BPF_DW || this.#r.chance(50) ? c.BPF_DW : c.BPF_W;
        this.emit(c.BPF_STX | c.BPF_ATOMIC | wide, ptr, src, off & ~(c.sizeOf(wide) - 1), op);
        this.regs[op === c.BPF_CMPXCHG ? 0 : src] = "scalar";
      }
    }
  }

  constant(reg: number): void {
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, reg, 0, 0, this.imm());
    this.regs[reg] = "scalar";
  }

  atomicStack(): void {
    const slot = this.#r.below(8);
    if (!isScalar(this.stack[slot]!) && !this.careless)
      this.emit(c.BPF_ST | c.BPF_MEM | c.BPF_DW, 10, 0, -8 * (slot + 1), this.imm());
    this.stack[slot] = "scalar";
    const src = this.scalar();
    const op = this.#r.pick(ATOMICS);
    if (op === c.BPF_CMPXCHG && !isScalar(this.regs[0]!)) this.constant(0);
    this.emit(c.BPF_STX | c.BPF_ATOMIC | this.#r.pick([c.BPF_W, c.BPF_DW]), 10, src, -8 * (slot + 1), op);
    this.regs[op === c.BPF_CMPXCHG ? 0 : src] = "scalar";
  }

  /** data + n > data_end: leave; then reads and writes below n. */
  packet(): void {
    const { packet } = this.shape;
    const ctx = this.regs.indexOf("ctx");
    if (!packet || ctx < 0) return this.loadCtx();
    const [data, end, edge] = this.#r.pick([
      [2, 3, 4],
      [7, 8, 5],
      [3, 9, 1],
    ] as const);
    if (ctx === data || ctx === end || ctx === edge) return;
    this.emit(c.BPF_LDX | c.BPF_MEM | c.BPF_W, data, ctx, packet.data);
    this.emit(c.BPF_LDX | c.BPF_MEM | c.BPF_W, end, ctx, packet.end);
    this.regs[data] = "packet";
    this.regs[end] = "end";
    if (this.#r.chance(35)) {
      const index = this.bound(16);
      if (index === data || index === end) return;
      this.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_X, data, index);
    }
    const room = this.#r.pick([1, 2, 4, 8, 14, 20, 34]);
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, edge, data);
    this.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, edge, 0, 0, room);
    this.regs[edge] = "packet";
    const flipped = this.#r.chance(35);
    const op = this.#r.pick(UNSIGNED_JUMPS);
    const [a, b] = flipped ? [end, edge] : [edge, end];
    const leavesWhenTaken = (op === c.BPF_JGT || op === c.BPF_JGE) !== flipped;
    if (leavesWhenTaken || this.careless) this.exitIf(c.BPF_JMP | op | c.BPF_X, a, b, 0);
    else {
      const at = this.emit(c.BPF_JMP | op | c.BPF_X, a, b);
      this.leave();
      this.land(at);
    }
    for (let i = this.#r.between(1, 3); i > 0; i--) {
      const size = this.#r.pick(SIZES.filter((s) => c.sizeOf(s) < room));
      if (size === undefined) return;
      const last = room - c.sizeOf(size) - (this.careless ? -2 : 0);
      const dst = this.target();
      if (dst === data) return;
      this.emit(c.BPF_LDX | c.BPF_MEM | size, dst, data, this.#r.below(last + 1));
      this.regs[dst] = "scalar";
    }
  }

  helper(): void {
    this.keepCtx();
    const which = this.#r.weighted({ random: 4, time: 2, update: 2, remove: 1, ring: 2, bytes: 2, printk: 1 });
    if (which === "random") return this.call(7, "scalar");
    if (which === "time") return this.call(this.#r.pick([5, 8]), "scalar");
    if (which === "ring") return this.ringbuf();
    if (which === "printk") return this.printk();
    if (which === "bytes") return this.loadBytes();
    const map = this.#r.pick([ARRAY, HASH]);
    if (which === "update") {
      const value = this.regs.indexOf("value", 6);
      if (value >= 0 && map === HASH) this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 3, value);
      else {
        if (map === ARRAY && !this.careless) return;
        for (const off of [-16, -8]) this.emit(c.BPF_ST | c.BPF_MEM | c.BPF_DW, 10, 0, off, this.imm());
        this.stack[0] = this.stack[1] = "scalar";
        this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 3, 10);
        this.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, 3, 0, 0, -16);
      }
      this.regs[3] = "value";
    }
    this.key(map);
    this.loadMap(1, map);
    if (which === "update") this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 4, 0, 0, this.#r.below(3));
    this.call(which === "update" ? 2 : 3, "scalar");
  }

  ringbuf(): void {
    this.loadMap(1, RING);
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 2, 0, 0, 16);
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 3, 0, 0, 0);
    this.call(131, "none");
    this.exitIf(c.BPF_JMP | c.BPF_JEQ | c.BPF_K, 0, 0, 0);
    const size = this.#r.pick(SIZES);
    this.emit(
      c.BPF_ST | c.BPF_MEM | size,
      0,
      0,
      this.careless ? 14 : c.sizeOf(size) * this.#r.below(16 / c.sizeOf(size)),
      7,
    );
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 1, 0);
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 2, 0, 0, 0);
    if (!this.careless) this.call(this.#r.pick([132, 133]), "none");
  }

  /** bpf_trace_printk with text on the stack and a size that may be variable. */
  printk(): void {
    for (const off of [-16, -8]) this.emit(c.BPF_ST | c.BPF_MEM | c.BPF_DW, 10, 0, off, 0x41414141);
    this.stack[0] = this.stack[1] = "scalar";
    this.sizedArgs(1, 2, 16);
    this.call(6, "scalar");
  }

  /** bpf_skb_load_bytes into the stack. */
  loadBytes(): void {
    const ctx = this.regs.indexOf("ctx", 6);
    if (!this.shape.skb || ctx < 0) return;
    this.sizedArgs(3, 4, 16);
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 1, ctx);
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 2, 0, 0, this.#r.below(20));
    this.call(26, "scalar");
    this.stack[0] = this.stack[1] = "scalar";
  }

  /** A pointer to fp-16 and the number of bytes from there. */
  sizedArgs(ptr: number, size: number, room: number): void {
    if (this.#r.chance(50)) {
      const reg = this.bound(room);
      if (reg !== size) this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, size, reg);
      if (!this.careless) this.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, size, 0, 0, 1);
    } else
      this.emit(
        c.BPF_ALU64 | c.BPF_MOV | c.BPF_K,
        size,
        0,
        0,
        this.careless ? this.#r.between(-1, 24) : this.#r.between(1, room),
      );
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, ptr, 10);
    this.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, ptr, 0, 0, -room);
  }

  callSubprog(): void {
    if (this.callable.length === 0) return this.helper();
    this.keepCtx();
    for (let arg = 1; arg <= 2; arg++) {
      const src = this.find("scalar", "small", "value");
      if (src < 0) this.constant(arg);
      else this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, arg, src);
    }
    this.calls.push({
      at: this.emit(c.BPF_JMP | c.BPF_CALL, 0, c.BPF_PSEUDO_CALL),
      callee: this.#r.pick(this.callable),
    });
    for (let i = 1; i <= 5; i++) this.regs[i] = "none";
    this.regs[0] = "scalar";
  }

  /** What both ways of a branch leave; a register that differs is taken for nothing. */
  join(regs: readonly Kind[], stack: readonly Kind[]): void {
    const meet = (a: Kind, b: Kind): Kind => (a === b ? a : isScalar(a) && isScalar(b) ? "scalar" : "none");
    this.regs = this.regs.map((kind, i) => meet(kind, regs[i]!));
    this.stack = this.stack.map((kind, i) => meet(kind, stack[i]!));
  }

  branch(): void {
    const reg = this.scalar();
    const src = this.#r.chance(25) ? this.find("scalar", "small") : -1;
    const klass = this.#r.chance(65) ? c.BPF_JMP : c.BPF_JMP32;
    const code = klass | this.#r.pick(JUMPS) | (src >= 0 ? c.BPF_X : c.BPF_K);
    const at = this.emit(code, reg, Math.max(src, 0), 0, src >= 0 ? 0 : this.imm());
    const [regs, stack] = [this.regs.slice(), this.stack.slice()];
    this.block(this.#r.between(1, 4));
    if (this.#r.chance(35)) {
      const over = this.emit(c.BPF_JMP | c.BPF_JA);
      this.land(at);
      const [thenRegs, thenStack] = [this.regs, this.stack];
      [this.regs, this.stack] = [regs, stack];
      this.block(this.#r.between(1, 3));
      this.land(over);
      this.join(thenRegs, thenStack);
    } else {
      this.land(at);
      this.join(regs, stack);
    }
  }

  loop(): void {
    const counter = this.#r.between(6, 9);
    if (this.regs[counter] === "ctx" && this.regs.filter((kind) => kind === "ctx").length < 2) return;
    const up = this.#r.chance(70);
    const rounds = Math.min(this.#r.pick([1, 2, 3, 4, 5, 8, 10, 16, 33]), Math.ceil(64 / this.#rounds));
    const [regs, stack] = [this.regs.slice(), this.stack.slice()];
    const known = this.#r.chance(85);
    if (known) this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, counter, 0, 0, up ? 0 : rounds);
    else this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, counter, this.bound(16));
    this.regs[counter] = "small";
    const head = this.insns.length;
    // The body must not touch the counter: it is hidden as what nobody chooses to overwrite.
    this.regs[counter] = "end";
    this.#rounds *= rounds;
    this.block(this.#r.between(1, 4), counter);
    this.#rounds /= rounds;
    this.regs[counter] = "small";
    const exact = known ? [c.BPF_JNE] : [];
    const op = this.#r.pick(up ? [c.BPF_JLT, c.BPF_JSLT, c.BPF_JLE, ...exact] : [c.BPF_JSGT, c.BPF_JGT, ...exact]);
    // A step of 2 that jumps over the end is walked to the limit of a million instructions.
    const step = op !== c.BPF_JNE && op !== c.BPF_JGT && this.#r.chance(20) ? 2 : 1;
    if (!(this.careless && this.#r.chance(4)))
      this.emit(c.BPF_ALU64 | (up ? c.BPF_ADD : c.BPF_SUB) | c.BPF_K, counter, 0, 0, step);
    const back = head - this.insns.length - 1;
    this.emit((this.#r.chance(80) ? c.BPF_JMP : c.BPF_JMP32) | op | c.BPF_K, counter, 0, back, up ? rounds : 0);
    this.join(regs, stack);
  }

  /** may_goto around a block. */
  mayGoto(): void {
    const [regs, stack] = [this.regs.slice(), this.stack.slice()];
    const head = this.emit(c.BPF_JMP | c.BPF_JCOND);
    this.block(this.#r.between(1, 3));
    this.emit(c.BPF_JMP | c.BPF_JA, 0, 0, head - this.insns.length - 1);
    this.land(head);
    this.join(regs, stack);
  }

  ldAbs(): void {
    const ctx = this.regs.indexOf("ctx");
    if (!this.shape.skb || ctx < 0 || this.callable.length > 0) return this.alu();
    if (ctx !== 6) this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 6, ctx);
    this.regs[6] = "ctx";
    const size = this.#r.pick([c.BPF_B, c.BPF_H, c.BPF_W]);
    if (this.#r.chance(50)) this.emit(c.BPF_LD | c.BPF_ABS | size, 0, 0, 0, this.#r.below(40));
    else {
      const src = this.scalar();
      this.emit(c.BPF_LD | c.BPF_IND | size, 0, src, 0, this.#r.below(40));
    }
    for (let i = 1; i <= 5; i++) this.regs[i] = "none";
    this.regs[0] = "scalar";
  }

  block(statements: number, guard = -1): void {
    this.depth++;
    for (let i = 0; i < statements && this.insns.length < 160; i++) {
      const before = this.insns.length;
      this.statement();
      // A loop's counter that was overwritten is put back, or the loop would mostly never end.
      if (guard >= 0 && !(this.careless && this.#r.chance(4))) {
        for (let at = before; at < this.insns.length; at++) {
          const { code, dst } = this.insns[at]!;
          const klass = c.classOf(code);
          const writes = klass === c.BPF_ALU || klass === c.BPF_ALU64 || klass === c.BPF_LDX || klass === c.BPF_LD;
          if (writes && dst === guard) {
            this.insns.length = before;
            for (const slot of this.mapRefs.keys()) if (slot >= before) this.mapRefs.delete(slot);
            while (this.calls.length > 0 && this.calls.at(-1)!.at >= before) this.calls.pop();
            break;
          }
        }
        this.regs[guard] = "end";
      }
    }
    this.depth--;
  }

  statement(): void {
    const nested = this.depth < 3;
    const which = this.#r.weighted({
      alu: 22,
      move: 7,
      bound: 6,
      loadCtx: 8,
      store: 12,
      loadStack: 9,
      stackIndex: 3,
      lookup: 6,
      useValue: 8,
      packet: this.shape.packet ? 6 : 0,
      helper: 5,
      atomicStack: 2,
      callSubprog: this.callable.length > 0 ? 5 : 0,
      branch: nested ? 14 : 0,
      loop: nested ? 5 : 0,
      mayGoto: nested ? 1 : 0,
      ldAbs: 1,
    });
    if (which === "bound") this.bound(this.#r.pick([2, 8, 16, 64]));
    else this[which]();
  }

  /** Ends the function with a value in R0. */
  finish(): void {
    if (this.careless) {
      this.emit(c.BPF_JMP | c.BPF_EXIT);
      return;
    }
    const result = this.regs.indexOf("small");
    if (result >= 0 && this.#r.chance(50)) {
      this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 0, result);
      this.emit(c.BPF_ALU64 | c.BPF_AND | c.BPF_K, 0, 0, 0, 1);
      this.emit(c.BPF_JMP | c.BPF_EXIT);
    } else this.leave();
  }

  /** Starts a function: what its arguments are, and an empty frame. */
  enter(args: readonly Kind[]): void {
    this.regs = new Array<Kind>(10).fill("none");
    args.forEach((kind, i) => {
      this.regs[i + 1] = kind;
    });
    this.stack = new Array<Kind>(8).fill("none");
  }
}

/** The program of a seed. */
export function randomProgram(seed: number): Program {
  const rng = new Rng(seed);
  const g = new Generator(rng);
  const subprogs = rng.chance(25) ? rng.between(1, 2) : 0;
  const starts: number[] = [];
  g.callable = Array.from({ length: subprogs }, (_, i) => i);
  g.enter(["ctx"]);
  g.block(rng.between(2, 14));
  g.finish();
  for (let n = 0; n < subprogs; n++) {
    starts.push(g.insns.length);
    // Callees call forward only.
    g.callable = g.callable.filter((callee) => callee > n);
    g.enter(["scalar", "scalar"]);
    g.block(rng.between(1, 5));
    g.finish();
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
