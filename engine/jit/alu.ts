// Computations on the locals that hold registers: arithmetic, byte order and comparisons.
import type { AluOp, JmpOp, Width } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import type { Registers } from "./registers.ts";
import type { Func, OpName } from "./wasm.ts";

/** How an operator is written in WebAssembly. `instruction` is its 64-bit form. */
type WasmForm =
  | { readonly by: "plain" | "division" | "extension"; readonly instruction: OpName }
  | { readonly by: "move" | "negation" };
const plain = (instruction: OpName): WasmForm => ({ by: "plain", instruction });
const division = (instruction: OpName): WasmForm => ({ by: "division", instruction });
const extension = (instruction: OpName): WasmForm => ({ by: "extension", instruction });

const ALU_FORMS: Readonly<Record<AluOp, WasmForm>> = {
  add: plain("i64.add"),
  sub: plain("i64.sub"),
  mul: plain("i64.mul"),
  or: plain("i64.or"),
  and: plain("i64.and"),
  xor: plain("i64.xor"),
  lsh: plain("i64.shl"),
  rsh: plain("i64.shr_u"),
  arsh: plain("i64.shr_s"),
  div: division("i64.div_u"),
  sdiv: division("i64.div_s"),
  mod: division("i64.rem_u"),
  smod: division("i64.rem_s"),
  movsx8: extension("i64.extend8_s"),
  movsx16: extension("i64.extend16_s"),
  movsx32: extension("i64.extend32_s"),
  mov: { by: "move" },
  neg: { by: "negation" },
};
const COMPARISONS: Record<Exclude<JmpOp, "jset">, OpName> = {
  jeq: "i64.eq",
  jne: "i64.ne",
  jgt: "i64.gt_u",
  jge: "i64.ge_u",
  jlt: "i64.lt_u",
  jle: "i64.le_u",
  jsgt: "i64.gt_s",
  jsge: "i64.ge_s",
  jslt: "i64.lt_s",
  jsle: "i64.le_s",
};
/** The same operation on 32 bits. */
const to32Bits = (op: OpName): OpName => op.replace("i64.", "i32.") as OpName;
const isSignedDivision = (op: AluOp) => op === "sdiv" || op === "smod";
const isRemainder = (op: AluOp) => op === "mod" || op === "smod";

export function emitAlu(regs: Registers, insn: Insn, op: AluOp, width: Width, fromReg: boolean): void {
  const { func } = regs;
  const wasmForm = ALU_FORMS[op];
  switch (wasmForm.by) {
    case "plain":
      regs.firstOperand(insn.dst, width);
      regs.secondOperand(insn, width, fromReg);
      func.emit(width === 32 ? to32Bits(wasmForm.instruction) : wasmForm.instruction);
      break;
    case "extension":
      regs.secondOperand(insn, width, fromReg);
      func.emit(width === 32 ? to32Bits(wasmForm.instruction) : wasmForm.instruction);
      break;
    case "move":
      regs.secondOperand(insn, width, fromReg);
      break;
    case "negation":
      func.emit(`i${width}.const`, width === 32 ? 0 : 0n);
      regs.firstOperand(insn.dst, width);
      func.emit(`i${width}.sub`);
      break;
    case "division":
      return emitDivision(regs, insn, op, wasmForm.instruction, width, fromReg);
  }
  regs.setResult(insn.dst, width);
}

/** A division by zero gives 0, a remainder by zero the dividend. The most negative number divided by -1 is itself, with remainder 0. */
function emitDivision(regs: Registers, insn: Insn, op: AluOp, wide: OpName, width: Width, fromReg: boolean): void {
  const { func } = regs;
  const instruction = width === 32 ? to32Bits(wide) : wide;
  const constant = (value: number) => func.emit(`i${width}.const`, width === 32 ? value : BigInt(value));
  if (!fromReg && insn.imm !== 0 && insn.imm !== -1) {
    regs.firstOperand(insn.dst, width);
    regs.secondOperand(insn, width, false);
    func.emit(instruction);
    return regs.setResult(insn.dst, width);
  }
  const divisor = () => regs.secondOperand(insn, width, fromReg);
  divisor();
  func.emit(`i${width}.eqz`);
  func.emit("if");
  if (isRemainder(op)) regs.firstOperand(insn.dst, width);
  else constant(0);
  regs.setResult(insn.dst, width);
  func.emit("else");
  if (isSignedDivision(op)) {
    divisor();
    constant(-1);
    func.emit(`i${width}.eq`);
    func.emit("if");
    constant(0);
    if (isRemainder(op)) {
      regs.setResult(insn.dst, width);
    } else {
      regs.firstOperand(insn.dst, width);
      func.emit(`i${width}.sub`);
      regs.setResult(insn.dst, width);
    }
    func.emit("else");
  }
  regs.firstOperand(insn.dst, width);
  divisor();
  func.emit(instruction);
  regs.setResult(insn.dst, width);
  if (isSignedDivision(op)) func.emit("end");
  func.emit("end");
}

export function emitByteOrder(regs: Registers, insn: Insn, to: "le" | "be" | "swap", bits: 16 | 32 | 64): void {
  const { func } = regs;
  if (to === "le" && bits === 64) return;
  if (to === "le") {
    regs.get(insn.dst);
    func.emit("i64.const", bits === 16 ? 0xffffn : 0xffff_ffffn);
    func.emit("i64.and");
    return regs.set(insn.dst);
  }
  if (bits === 64) {
    regs.getLow(insn.dst);
    emitSwap32(func, regs.offset);
    func.emit("i64.extend_i32_u");
    func.emit("i64.const", 32n);
    func.emit("i64.shl");
    regs.get(insn.dst);
    func.emit("i64.const", 32n);
    func.emit("i64.shr_u");
    func.emit("i32.wrap_i64");
    emitSwap32(func, regs.offset);
    func.emit("i64.extend_i32_u");
    func.emit("i64.or");
    return regs.set(insn.dst);
  }
  regs.getLow(insn.dst);
  emitSwap32(func, regs.offset);
  if (bits === 16) {
    func.emit("i32.const", 16);
    func.emit("i32.shr_u");
  }
  regs.setResult(insn.dst, 32);
}

/** Reverses the four bytes of the i32 on the stack. Odd and even bytes are rotated separately. */
function emitSwap32(func: Func, temp: number): void {
  func.emit("local.set", temp);
  for (const [mask, turn] of [
    [0x00ff00ff, 24],
    [0xff00ff00 | 0, 8],
  ] as const) {
    func.emit("local.get", temp);
    func.emit("i32.const", mask);
    func.emit("i32.and");
    func.emit("i32.const", turn);
    func.emit("i32.rotl");
  }
  func.emit("i32.or");
}

export function emitComparison(regs: Registers, insn: Insn, op: JmpOp, width: Width, fromReg: boolean): void {
  const { func } = regs;
  regs.firstOperand(insn.dst, width);
  regs.secondOperand(insn, width, fromReg);
  if (op === "jset") {
    func.emit(`i${width}.and`);
    func.emit(`i${width}.const`, width === 32 ? 0 : 0n);
    func.emit(`i${width}.ne`);
  } else {
    func.emit(width === 32 ? to32Bits(COMPARISONS[op]) : COMPARISONS[op]);
  }
}
