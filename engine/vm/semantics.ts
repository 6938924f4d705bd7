// What each operator means on whole 64-bit values: total tables over the instruction set. The interpreter uses them for rare cases that
// its loop leaves out, and its tests compare the loop with them. Sources: RFC 9669 sections 4.1-4.3 and 5.3; kernel/bpf/core.c
// ___bpf_prog_run where the RFC leaves a choice.
import { asU64 } from "../base/u64.ts";
import type { AluOp, AtomicOp, JmpOp, Operation, Width } from "../isa/forms.ts";

type Binary = (dst: bigint, src: bigint, width: Width) => bigint;
type Compare = (dst: bigint, src: bigint, width: Width) => boolean;

const signed = (x: bigint, width: Width) => BigInt.asIntN(width, x);
const shift = (n: bigint, width: Width) => n & BigInt(width - 1);

/**
 * Operands are unsigned and already cut to the width. `aluResult` cuts the result. Division by zero gives 0; a remainder by zero gives
 * the dividend; the most negative number divided by -1 is itself.
 */
export const ALU: Record<AluOp, Binary> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (b === 0n ? 0n : a / b),
  sdiv: (a, b, width) => (b === 0n ? 0n : signed(a, width) / signed(b, width)),
  or: (a, b) => a | b,
  and: (a, b) => a & b,
  lsh: (a, b, width) => a << shift(b, width),
  rsh: (a, b, width) => a >> shift(b, width),
  neg: (a) => -a,
  mod: (a, b) => (b === 0n ? a : a % b),
  smod: (a, b, width) => (b === 0n ? a : signed(a, width) % signed(b, width)),
  xor: (a, b) => a ^ b,
  mov: (_, b) => b,
  movsx8: (_, b) => BigInt.asIntN(8, b),
  movsx16: (_, b) => BigInt.asIntN(16, b),
  movsx32: (_, b) => BigInt.asIntN(32, b),
  arsh: (a, b, width) => signed(a, width) >> shift(b, width),
};

/** The register after `dst op= src`. The caller passes an immediate sign-extended to 64 bits. 32-bit results are zero-extended. */
export const aluResult = (op: AluOp, width: Width, dst: bigint, src: bigint): bigint =>
  BigInt.asUintN(width, ALU[op](BigInt.asUintN(width, dst), BigInt.asUintN(width, src), width));

const JMP: Record<JmpOp, Compare> = {
  jeq: (a, b) => a === b,
  jne: (a, b) => a !== b,
  jgt: (a, b) => a > b,
  jge: (a, b) => a >= b,
  jlt: (a, b) => a < b,
  jle: (a, b) => a <= b,
  jset: (a, b) => (a & b) !== 0n,
  jsgt: (a, b, width) => signed(a, width) > signed(b, width),
  jsge: (a, b, width) => signed(a, width) >= signed(b, width),
  jslt: (a, b, width) => signed(a, width) < signed(b, width),
  jsle: (a, b, width) => signed(a, width) <= signed(b, width),
};

export const jumpTaken = (op: JmpOp, width: Width, dst: bigint, src: bigint): boolean =>
  JMP[op](BigInt.asUintN(width, dst), BigInt.asUintN(width, src), width);

/** The new contents of memory, from the old contents, the source register and R0. All are cut to the size. */
export const ATOMIC: Record<AtomicOp, (old: bigint, src: bigint, r0: bigint) => bigint> = {
  add: (old, src) => old + src,
  or: (old, src) => old | src,
  and: (old, src) => old & src,
  xor: (old, src) => old ^ src,
  fetch_add: (old, src) => old + src,
  fetch_or: (old, src) => old | src,
  fetch_and: (old, src) => old & src,
  fetch_xor: (old, src) => old ^ src,
  xchg: (_, src) => src,
  cmpxchg: (old, src, r0) => (old === r0 ? src : old),
};

/** The register after an end instruction, on a little-endian machine. */
export function endResult(to: (Operation & { kind: "end" })["to"], bits: 16 | 32 | 64, value: bigint): bigint {
  const cut = BigInt.asUintN(bits, value);
  if (to === "le") return cut;
  let swapped = 0n;
  for (let i = 0; i < bits; i += 8) swapped = (swapped << 8n) | ((cut >> BigInt(i)) & 0xffn);
  return swapped;
}

/** A loaded value as the register holds it. */
export const loadResult = (size: 1 | 2 | 4 | 8, isSigned: boolean, value: bigint): bigint =>
  isSigned ? asU64(BigInt.asIntN(size * 8, value)) : asU64(value);
