// Appends instructions, with maps and functions by name. It makes no random choices.
import * as c from "../../isa/codes.ts";
import type { Insn } from "../../isa/insn.ts";
import type { MapDef, Program } from "../../program/program.ts";

export class Emitter {
  readonly insns: Insn[] = [];
  readonly #maps: MapDef[] = [];
  readonly #mapRefs = new Map<number, number>();
  readonly #starts = new Map<string, number>();
  readonly #uses: { at: number; name: string }[] = [];

  emit(code: number, dst = 0, src = 0, off = 0, imm = 0): void {
    this.insns.push({ code, dst, src, off, imm: imm | 0 });
  }

  mov(dst: number, src: number): void {
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_X, dst, src);
  }

  set(dst: number, imm: number): void {
    this.emit(c.BPF_ALU64 | c.BPF_MOV | c.BPF_K, dst, 0, 0, imm);
  }

  add(dst: number, imm: number): void {
    this.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_K, dst, 0, 0, imm);
  }

  addReg(dst: number, src: number): void {
    this.emit(c.BPF_ALU64 | c.BPF_ADD | c.BPF_X, dst, src);
  }

  and(dst: number, imm: number): void {
    this.emit(c.BPF_ALU64 | c.BPF_AND | c.BPF_K, dst, 0, 0, imm);
  }

  load(size: number, dst: number, src: number, off: number): void {
    this.emit(c.BPF_LDX | c.BPF_MEM | size, dst, src, off);
  }

  store(size: number, dst: number, off: number, imm: number): void {
    this.emit(c.BPF_ST | c.BPF_MEM | size, dst, 0, off, imm);
  }

  storeReg(size: number, dst: number, off: number, src: number): void {
    this.emit(c.BPF_STX | c.BPF_MEM | size, dst, src, off);
  }

  /** Skips `over` slots if R`reg` is equal to `imm`. */
  ifEqual(reg: number, imm: number, over: number): void {
    this.emit(c.BPF_JMP | c.BPF_JEQ | c.BPF_K, reg, 0, over, imm);
  }

  ifNotEqual(reg: number, imm: number, over: number): void {
    this.emit(c.BPF_JMP | c.BPF_JNE | c.BPF_K, reg, 0, over, imm);
  }

  /** R`reg` = fp + off. */
  stackPointer(reg: number, off: number): void {
    this.mov(reg, c.BPF_REG_FP);
    this.add(reg, off);
  }

  helper(id: number): void {
    this.emit(c.BPF_JMP | c.BPF_CALL, 0, 0, 0, id);
  }

  loadMap(dst: number, map: MapDef): void {
    let index = this.#maps.indexOf(map);
    if (index < 0) index = this.#maps.push(map) - 1;
    this.#mapRefs.set(this.insns.length, index);
    this.emit(c.BPF_LD | c.BPF_IMM | c.BPF_DW, dst, c.BPF_PSEUDO_MAP_FD);
    this.emit(0);
  }

  call(name: string): void {
    this.#uses.push({ at: this.insns.length, name });
    this.emit(c.BPF_JMP | c.BPF_CALL, 0, c.BPF_PSEUDO_CALL);
  }

  loadFunction(dst: number, name: string): void {
    this.#uses.push({ at: this.insns.length, name });
    this.emit(c.BPF_LD | c.BPF_IMM | c.BPF_DW, dst, c.BPF_PSEUDO_FUNC);
    this.emit(0);
  }

  /** The function `name` begins here. */
  begin(name: string): void {
    this.#starts.set(name, this.insns.length);
  }

  exit(): void {
    this.emit(c.BPF_JMP | c.BPF_EXIT);
  }

  /** return `value` */
  leave(value: number): void {
    this.set(0, value);
    this.exit();
  }

  /** R`dst` = the map's element for the key at fp-8. With `nullCheck` the program ends if there is none. */
  lookup(dst: number, map: MapDef, nullCheck: boolean): void {
    this.stackPointer(2, -8);
    this.loadMap(1, map);
    this.helper(1);
    if (nullCheck) {
      this.ifNotEqual(0, 0, 2);
      this.leave(0);
    }
    this.mov(dst, 0);
  }

  program(more: Pick<Program, "progType"> & Partial<Program>): Program {
    for (const { at, name } of this.#uses) {
      this.insns[at] = { ...this.insns[at]!, imm: this.#starts.get(name)! - at - 1 };
    }
    return {
      insns: this.insns,
      expectedAttachType: 0,
      progFlags: 0,
      maps: this.#maps,
      mapRefs: this.#mapRefs,
      license: "GPL",
      ...more,
    };
  }
}
