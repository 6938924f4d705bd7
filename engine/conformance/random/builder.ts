// A random program while it is built: its instructions so far, and a rough idea of what registers and stack slots hold.
import * as c from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import type { MapDef } from "../../program/program.ts";
import type { Rng } from "./rng.ts";
import type { Shape } from "./shapes.ts";

/** What a register or slot probably holds. */
export type Kind = "none" | "scalar" | "small" | "ctx" | "fp" | "value" | "maybe" | "packet" | "end";

export const MAPS: readonly MapDef[] = [
  { name: "m_array", type: "array", keySize: 4, valueSize: 48, maxEntries: 4, flags: 0 },
  { name: "m_hash", type: "hash", keySize: 8, valueSize: 16, maxEntries: 8, flags: 0 },
  { name: "m_ring", type: "ringbuf", keySize: 0, valueSize: 0, maxEntries: 4096, flags: 0 },
  { name: "m_percpu", type: "percpu_array", keySize: 4, valueSize: 24, maxEntries: 2, flags: 0 },
  { name: "m_queue", type: "queue", keySize: 0, valueSize: 8, maxEntries: 4, flags: 0 },
  { name: "m_progs", type: "prog_array", keySize: 4, valueSize: 4, maxEntries: 2, flags: 0 },
];
export const [ARRAY, HASH, RING, PERCPU, QUEUE, PROGS] = [0, 1, 2, 3, 4, 5] as const;

export const SIZES = [c.BPF_B, c.BPF_H, c.BPF_W, c.BPF_DW];
export const UNSIGNED_JUMPS = [c.BPF_JGT, c.BPF_JGE, c.BPF_JLT, c.BPF_JLE];
const IMMS = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 40, 47, 48, 63, 64, 255, 256, 4095, 65535, 0x7fff_ffff];

export const isScalar = (kind: Kind): boolean => kind === "scalar" || kind === "small";

export class Builder {
  readonly insns: Insn[] = [];
  readonly mapRefs = new Map<number, number>();
  readonly calls: { at: number; callee: number }[] = [];
  readonly shape: Shape;
  readonly rng: Rng;
  /** Percentage of choices that are made carelessly. */
  readonly carelessPercent: number;
  regs: Kind[] = new Array<Kind>(10).fill("none");
  /** By stack slot, 0 = fp-8. */
  stack: Kind[] = new Array<Kind>(8).fill("none");
  depth = 0;
  /** Rounds of all loops around this place, multiplied. */
  rounds = 1;
  /** Subprograms that may be called from here. */
  callable: number[] = [];

  constructor(rng: Rng, shapes: readonly Shape[]) {
    this.rng = rng;
    this.shape = rng.pick(shapes);
    this.carelessPercent = rng.pick([0, 0, 1, 3, 8]);
  }

  emit(code: number, dst = 0, src = 0, off = 0, imm = 0): number {
    return this.insns.push({ code, dst, src, off, imm: imm | 0 }) - 1;
  }

  /** The jump at slot `at` leads to the next instruction that is added. */
  patchJump(at: number): void {
    const jump = this.insns[at]!;
    this.insns[at] = { ...jump, off: this.insns.length - at - 1 };
  }

  /** Whether to make a careless choice here, by the risk of this program. */
  get isCareless(): boolean {
    return this.carelessPercent > 0 && this.rng.chance(this.carelessPercent);
  }

  imm(): number {
    const n = this.rng.chance(80) ? this.rng.pick(IMMS) : this.rng.bits();
    return this.rng.chance(20) ? -n : n;
  }

  /** A register that holds one of these kinds, or -1. */
  find(...kinds: Kind[]): number {
    if (this.isCareless) return this.rng.below(10);
    const found = this.regs.flatMap((kind, i) => (kinds.includes(kind) ? [i] : []));
    return found.length === 0 ? -1 : this.rng.pick(found);
  }

  /** A register to overwrite. It is mostly not the one with the context. */
  target(): number {
    const free = this.regs.flatMap((kind, i) => (kind === "ctx" && !this.isCareless ? [] : [i]));
    return this.rng.pick(free);
  }

  /** A register with a scalar. If there is none, one is set. */
  scalar(): number {
    const found = this.find("scalar", "small");
    if (found >= 0) return found;
    const dst = this.target();
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, dst, 0, 0, this.imm());
    this.regs[dst] = "scalar";
    return dst;
  }

  constant(reg: number): void {
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, reg, 0, 0, this.imm());
    this.regs[reg] = "scalar";
  }

  /** Makes a scalar small: with a mask, or by leaving the program if it is large. */
  bound(below: number): number {
    const reg = this.scalar();
    if (this.rng.chance(50)) {
      let mask = 1;
      while (mask * 2 <= below) mask *= 2;
      this.emit((this.rng.chance(70) ? c.BPF_ALU64 : c.BPF_ALU) | c.BPF_AND | c.BPF_K, reg, 0, 0, mask - 1);
    } else {
      const wide = this.rng.chance(70) ? c.BPF_JMP : c.BPF_JMP32;
      const op = this.rng.pick(UNSIGNED_JUMPS);
      const limit = below - (op === c.BPF_JGT || op === c.BPF_JLE ? 1 : 0);
      if (op === c.BPF_JGT || op === c.BPF_JGE) this.exitIf(wide | op | c.BPF_K, reg, 0, limit);
      else {
        const at = this.emit(wide | op | c.BPF_K, reg, 0, 0, limit);
        this.leave();
        this.patchJump(at);
      }
    }
    this.regs[reg] = "small";
    return reg;
  }

  exitIf(code: number, dst: number, src: number, imm: number): void {
    // A jump around the exit with the opposite condition would change which side is walked first. Both forms are used.
    const at = this.emit(code, dst, src, 0, imm);
    const over = this.emit(c.BPF_JMP | c.BPF_JA);
    this.patchJump(at);
    this.leave();
    this.patchJump(over);
  }

  leave(): void {
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, 0, 0, 0, this.rng.pick([0, 0, 0, 1, 2]));
    this.emit(c.BPF_JMP | c.BPF_EXIT);
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

  /** Saves the context in a register that calls preserve. */
  keepCtx(): void {
    if (this.regs.slice(6).includes("ctx")) return;
    const src = this.regs.indexOf("ctx");
    if (src < 0) return;
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, 6, src);
    this.regs[6] = "ctx";
  }

  nullCheck(): void {
    const reg = this.find("maybe");
    if (reg < 0) return;
    if (this.rng.chance(50)) this.exitIf(c.BPF_JMP | c.BPF_JEQ | c.BPF_K, reg, 0, 0);
    else {
      const at = this.emit(c.BPF_JMP | c.BPF_JNE | c.BPF_K, reg);
      this.leave();
      this.patchJump(at);
    }
    this.regs = this.regs.map((kind) => (kind === "maybe" ? "value" : kind));
  }

  /** The state after both sides of a branch. A register that differs is treated as unset. */
  join(regs: readonly Kind[], stack: readonly Kind[]): void {
    const meet = (a: Kind, b: Kind): Kind => (a === b ? a : isScalar(a) && isScalar(b) ? "scalar" : "none");
    this.regs = this.regs.map((kind, i) => meet(kind, regs[i]!));
    this.stack = this.stack.map((kind, i) => meet(kind, stack[i]!));
  }

  /** Starts a function, with the kinds of its arguments and an empty frame. */
  enter(args: readonly Kind[]): void {
    this.regs = new Array<Kind>(10).fill("none");
    args.forEach((kind, i) => {
      this.regs[i + 1] = kind;
    });
    this.stack = new Array<Kind>(8).fill("none");
  }
}
