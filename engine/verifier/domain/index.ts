// The lattice of the verifier: what is known of a number, and what each operation leaves known.
export { addDelta, aluScalar, isSafeToCompute, ptrAdd, ptrSub } from "./alu.ts";
export { boundsViolation, narrow, syncBounds, unboundRanges, withS32Range } from "./bounds.ts";
export type { Branches, Pair } from "./cond.ts";
export { branchTaken, flipOpcode, REV_JSET, refineBranches, refineCond, revOpcode } from "./cond.ts";
export type { Scalar } from "./scalar.ts";
export {
  constS32,
  constScalar,
  constU32,
  constValue,
  isConst,
  SCALAR_UNKNOWN,
  SCALAR_ZERO,
  scalarEqual,
  scalarHas,
} from "./scalar.ts";
export type { SubSize } from "./size.ts";
export { coerceToSize, coerceToSizeSx, fitsWithoutSext, isU32, movScalar, zext32 } from "./size.ts";
export type { Tnum } from "./tnum.ts";
export * from "./tnum.ts";
export { tnumMul } from "./tnum-mul.ts";
