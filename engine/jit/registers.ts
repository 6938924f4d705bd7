// The registers of a BPF function as locals of a WebAssembly function: code to read and write them, and to pass them to and from the
// machine's register area. Also remembers which values the current block stored to its stack frame and still has in a register. Mutable:
// every call emits code.

import type { Size, Width } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { REGS, STACK_FRAME_BYTES } from "../vm/layout.ts";
import type { Func } from "./wasm.ts";

/** The registers that a function gets as parameters, in this order. */
export const REG_PARAMS = ["r1", "r2", "r3", "r4", "r5", "r10"];

/** Offset in the buffer of a register of the machine. */
export const regOffset = (reg: number): number => REGS + 8 * reg;

export class Registers {
  readonly func: Func;
  /** Register → local. */
  readonly #locals: readonly number[];
  /**
   * Locals. `insnsLeft`: how many instructions may still run. `address` (i64) and `offset` (i32): a buffer offset. `old`: the previous
   * value in memory.
   */
  readonly insnsLeft: number;
  readonly address: number;
  readonly offset: number;
  readonly old: number;
  /** Local: offset of the frame's lowest byte. R10 never changes within a function. */
  readonly frame: number;
  /** What this block stored on its stack frame and still has in a register too. */
  #stored: { readonly off: number; readonly size: Size; readonly reg: number }[] = [];

  constructor(func: Func) {
    this.func = func;
    const r0 = func.addLocal("i64", "r0");
    const saved = [6, 7, 8, 9].map((reg) => func.addLocal("i64", `r${reg}`));
    this.#locals = [r0, 0, 1, 2, 3, 4, ...saved, 5];
    this.insnsLeft = func.addLocal("i64", "left");
    this.address = func.addLocal("i64", "address");
    this.offset = func.addLocal("i32", "offset");
    this.frame = func.addLocal("i32", "frame");
    this.old = func.addLocal("i64", "old");
  }

  /** The code at the start of every function. */
  enter(): void {
    this.loadInsnsLeft();
    this.getLow(10);
    this.func.emit("i32.const", STACK_FRAME_BYTES);
    this.func.emit("i32.sub");
    this.func.emit("local.set", this.frame);
  }

  get(reg: number): void {
    this.func.emit("local.get", this.#locals[reg] as number);
  }

  set(reg: number): void {
    this.#stored = this.#stored.filter((one) => one.reg !== reg);
    this.func.emit("local.set", this.#locals[reg] as number);
  }

  /** The lower half of a register as i32. */
  getLow(reg: number): void {
    this.get(reg);
    this.func.emit("i32.wrap_i64");
  }

  /** The second operand of a computation or comparison. */
  secondOperand(insn: Insn, width: Width, fromReg: boolean): void {
    if (width === 32) {
      if (fromReg) this.getLow(insn.src);
      else this.func.emit("i32.const", insn.imm);
    } else if (fromReg) this.get(insn.src);
    else this.func.emit("i64.const", BigInt(insn.imm));
  }

  firstOperand(reg: number, width: Width): void {
    if (width === 32) this.getLow(reg);
    else this.get(reg);
  }

  /** Stores the value on the stack into the register. A 32-bit result clears the upper half. */
  setResult(reg: number, width: Width): void {
    if (width === 32) this.func.emit("i64.extend_i32_u");
    this.set(reg);
  }

  /** Forgets what the stack holds: a block begins, or other code may have written there. */
  forgetStack(): void {
    this.#stored = [];
  }

  /** Notes that `size` bytes at R10 + off were stored from `reg`. Without `reg`: from no register. */
  noteStore(off: number, size: Size, reg?: number): void {
    this.#stored = this.#stored.filter((one) => one.off + one.size <= off || off + size <= one.off);
    if (reg !== undefined) this.#stored.push({ off, size, reg });
  }

  /** The register that holds these bytes of the stack, and the bit at which they start. */
  registerWith(off: number, size: Size): { readonly reg: number; readonly shift: number } | undefined {
    const found = this.#stored.find((one) => one.off <= off && off + size <= one.off + one.size);
    return found && { reg: found.reg, shift: 8 * (off - found.off) };
  }

  // ------------------------------------------------------------------------------------------------- machine

  loadInsnsLeft(): void {
    this.func.emit("global.get", 0);
    this.func.emit("local.set", this.insnsLeft);
  }

  saveInsnsLeft(): void {
    this.func.emit("local.get", this.insnsLeft);
    this.func.emit("global.set", 0);
  }

  /** Writes registers to the machine's register area. */
  spill(regs: readonly number[]): void {
    for (const reg of regs) {
      this.func.emit("i32.const", regOffset(reg));
      this.get(reg);
      this.func.emit("i64.store");
    }
  }

  fill(regs: readonly number[]): void {
    for (const reg of regs) {
      this.func.emit("i32.const", regOffset(reg));
      this.func.emit("i64.load");
      this.set(reg);
    }
  }
}
