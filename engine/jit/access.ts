// Memory accesses: they are checked against the machine's shadow. If the shadow does not allow one at once, the machine itself does it.
// Accesses within the own stack frame need no check.
import { ATOMIC_OPS, type AtomicOp, type Size } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { CTX, KERNEL_BASE, MAX_BYTES, SHADOW_READONLY, STACK_FRAME_BYTES } from "../vm/layout.ts";
import type { Registers } from "./registers.ts";
import type { Func, OpName } from "./wasm.ts";

const LOADS: Record<Size, readonly [unsigned: OpName, signed: OpName]> = {
  1: ["i64.load8_u", "i64.load8_s"],
  2: ["i64.load16_u", "i64.load16_s"],
  4: ["i64.load32_u", "i64.load32_s"],
  8: ["i64.load", "i64.load"],
};
const STORES: Record<Size, OpName> = { 1: "i64.store8", 2: "i64.store16", 4: "i64.store32", 8: "i64.store" };

/** The operation that an atomic does with the register and the old value. Atomics that are missing here store the register. */
const ATOMIC_RESULTS: Partial<Record<AtomicOp, OpName>> = {
  add: "i64.add",
  or: "i64.or",
  and: "i64.and",
  xor: "i64.xor",
  fetch_add: "i64.add",
  fetch_or: "i64.or",
  fetch_and: "i64.and",
  fetch_xor: "i64.xor",
};

export class Access {
  readonly #func: Func;
  readonly #regs: Registers;
  readonly #callImport: (name: "load" | "store" | "atomic", slot: number) => void;
  readonly #pointers: ReadonlyMap<number, number> | undefined;

  /** `callImport`: lets the machine do the instruction at a slot. `pointers`: see CompileInput. */
  constructor(
    regs: Registers,
    callImport: (name: "load" | "store" | "atomic", slot: number) => void,
    pointers: ReadonlyMap<number, number> | undefined,
  ) {
    this.#func = regs.func;
    this.#regs = regs;
    this.#callImport = callImport;
    this.#pointers = pointers;
  }

  /**
   * Emits `fast` for accesses that the shadow allows, and `slow` for all others. An access is allowed if the address lies in the buffer
   * and its granule has enough bytes, counted from the granule's start. An access over two granules is slow. `fast` finds the buffer
   * offset in the local `offset`; the local `address` holds it too, as i64.
   */
  #withCheck(base: number, off: number, size: Size, write: boolean, fast: () => void, slow: () => void): void {
    const func = this.#func;
    func.emit("block");
    func.emit("block");
    this.#regs.get(base);
    func.emit("i64.const", BigInt(off) - KERNEL_BASE);
    func.emit("i64.add");
    func.emit("local.tee", this.#regs.address);
    func.emit("i64.const", BigInt(MAX_BYTES));
    func.emit("i64.ge_u");
    func.emit("br_if", 0);
    func.emit("local.get", this.#regs.address);
    func.emit("i32.wrap_i64");
    func.emit("local.tee", this.#regs.offset);
    func.emit("i32.const", 7);
    func.emit("i32.and");
    func.emit("i32.const", size);
    func.emit("i32.add");
    this.#loadShadowByte();
    if (!write) {
      func.emit("i32.const", SHADOW_READONLY - 1);
      func.emit("i32.and");
    }
    func.emit("i32.gt_u");
    func.emit("br_if", 0);
    if (write) {
      this.#loadShadowByte();
      func.emit("i32.const", SHADOW_READONLY);
      func.emit("i32.ge_u");
      func.emit("br_if", 0);
    }
    fast();
    func.emit("br", 1);
    func.emit("end");
    slow();
    func.emit("end");
  }

  #loadShadowByte(): void {
    const func = this.#func;
    func.emit("local.get", this.#regs.offset);
    func.emit("i32.const", 3);
    func.emit("i32.shr_u");
    func.emit("i64.load8_u");
    func.emit("i32.wrap_i64");
  }

  /** Accesses through R10 have fixed places in the frame. Inside the frame there is nothing to check. */
  #isInFrame(base: number, off: number, size: Size): boolean {
    return base === 10 && off >= -STACK_FRAME_BYTES && off + size <= 0;
  }

  load(slot: number, { dst, src, off }: Insn, size: Size, signed: boolean): void {
    const func = this.#func;
    const op = LOADS[size][signed ? 1 : 0];
    if (this.#isInFrame(src, off, size)) {
      const known = this.#regs.registerWith(off, size);
      if (known !== undefined) return this.#loadFromRegister(dst, known.reg, known.shift, size, signed);
      func.emit("local.get", this.#regs.frame);
      func.emit(op, STACK_FRAME_BYTES + off);
      return this.#regs.set(dst);
    }
    this.#withCheck(
      src,
      off,
      size,
      false,
      () => {
        func.emit("local.get", this.#regs.offset);
        func.emit(op);
        this.#regs.set(dst);
      },
      () => {
        const word = size === 4 && !signed ? this.#pointers?.get(off) : undefined;
        if (word !== undefined) this.#packetPointer(dst, off, word);
        this.#regs.saveInsnsLeft();
        this.#regs.spill([src]);
        this.#callImport("load", slot);
        this.#regs.fill([dst]);
        if (word !== undefined) func.emit("end");
      },
    );
  }

  /** Takes the bytes from a register, from bit `shift` on, as a load of their copy on the stack would. */
  #loadFromRegister(dst: number, reg: number, shift: number, size: Size, signed: boolean): void {
    const func = this.#func;
    this.#regs.get(reg);
    if (shift > 0) {
      func.emit("i64.const", BigInt(shift));
      func.emit("i64.shr_u");
    }
    if (size < 8 && signed) func.emit(`i64.extend${(8 * size) as 8 | 16 | 32}_s`);
    else if (size < 8) {
      func.emit("i64.const", (1n << BigInt(8 * size)) - 1n);
      func.emit("i64.and");
    }
    this.#regs.set(dst);
  }

  /**
   * Loads the packet pointer if the local `address` is this field of the context and there is a packet. Opens an `if`; the caller emits
   * what follows its `else`.
   */
  #packetPointer(dst: number, off: number, word: number): void {
    const func = this.#func;
    const load = (op: OpName) => {
      func.emit("i32.const", 0);
      func.emit(op, word);
    };
    func.emit("local.get", this.#regs.address);
    func.emit("i64.const", BigInt(CTX + off));
    func.emit("i64.eq");
    load("i32.load");
    func.emit("i32.const", 0);
    func.emit("i32.ne");
    func.emit("i32.and");
    func.emit("if");
    load("i64.load32_u");
    func.emit("i64.const", KERNEL_BASE);
    func.emit("i64.or");
    this.#regs.set(dst);
    func.emit("else");
  }

  store(slot: number, { dst, src, off, imm }: Insn, size: Size, immediate: boolean): void {
    const func = this.#func;
    const value = () => (immediate ? func.emit("i64.const", BigInt(imm)) : this.#regs.get(src));
    if (this.#isInFrame(dst, off, size)) {
      func.emit("local.get", this.#regs.frame);
      value();
      func.emit(STORES[size], STACK_FRAME_BYTES + off);
      this.#regs.noteStore(off, size, immediate ? undefined : src);
      return;
    }
    // A store through another pointer may also write to the frame.
    this.#regs.forgetStack();
    this.#withCheck(
      dst,
      off,
      size,
      true,
      () => {
        func.emit("local.get", this.#regs.offset);
        value();
        func.emit(STORES[size]);
      },
      () => {
        this.#regs.saveInsnsLeft();
        this.#regs.spill(immediate ? [dst] : [dst, src]);
        this.#callImport("store", slot);
      },
    );
  }

  atomic(slot: number, { dst, src, off }: Insn, op: AtomicOp, size: 4 | 8): void {
    const func = this.#func;
    const operation = ATOMIC_RESULTS[op];
    this.#regs.forgetStack();
    const old = () => func.emit("local.get", this.#regs.old);
    this.#withCheck(
      dst,
      off,
      size,
      true,
      () => {
        func.emit("local.get", this.#regs.offset);
        func.emit(LOADS[size][0]);
        func.emit("local.set", this.#regs.old);
        func.emit("local.get", this.#regs.offset);
        this.#regs.get(src);
        if (operation !== undefined) {
          old();
          func.emit(operation);
        } else if (op === "cmpxchg") {
          old();
          this.#regs.firstOperand(0, size === 8 ? 64 : 32);
          old();
          if (size === 4) func.emit("i32.wrap_i64");
          func.emit(size === 8 ? "i64.eq" : "i32.eq");
          func.emit("select");
        }
        func.emit(STORES[size]);
        if (!ATOMIC_OPS[op].fetch) return;
        old();
        this.#regs.set(op === "cmpxchg" ? 0 : src);
      },
      () => {
        this.#regs.saveInsnsLeft();
        this.#regs.spill([0, dst, src]);
        this.#callImport("atomic", slot);
        this.#regs.fill([0, src]);
      },
    );
  }
}
