// What the verifier believes of one register or one spilled value. RegState objects are immutable and shared between states. A changed
// belief is a new object; the same object means the same belief, which is a cheap first test for equality.
// @kernel include/linux/bpf_verifier.h struct bpf_reg_state. Its subreg_def (zero extension for 32-bit JITs) is not modelled.
import type { Scalar } from "../domain/scalar.ts";
import { constScalar, SCALAR_UNKNOWN, SCALAR_ZERO } from "../domain/scalar.ts";
import type { VerifierMap } from "./map.ts";
import {
  baseType,
  isPktPointer,
  NOT_INIT,
  PTR_TO_CTX,
  PTR_TO_PACKET_END,
  PTR_TO_STACK,
  SCALAR_VALUE,
} from "./regtype.ts";

/** The offset of a pointer must be less than this, in both directions. */
export const BPF_MAX_VAR_OFF = 1 << 29;

/**
 * In RegState.id: this scalar equals another one with the same id plus the constant in `off`, in 64 bits or in 32. (The kernel uses
 * bits 31 and 30.)
 */
export const BPF_ADD_CONST64 = 1 << 30;
export const BPF_ADD_CONST32 = 1 << 29;
export const BPF_ADD_CONST = BPF_ADD_CONST64 | BPF_ADD_CONST32;

export interface RegState {
  /** Base type | flags, see regtype.ts. */
  readonly type: number;
  /** Pointers: the constant part of the offset, s32. Scalars: the distance from the other scalars of the same id. */
  readonly off: number;
  /** Scalars: the value. Pointers: the variable part of the offset. */
  readonly val: Scalar;
  /** Links scalars of equal value, packet pointers of equal variable offset, or copies of one `_or_null` pointer. 0: none. */
  readonly id: number;
  /** The reference (RefState.id) that this pointer was acquired with or derived from. 0: none. */
  readonly refObjId: number;
  /** PTR_TO_STACK: the frame that owns the stack, as an index into VerifierState.frames. */
  readonly frameno: number;
  /** Scalars: the exact range mattered for safety. A later state may differ here only by being narrower. */
  readonly precise: boolean;
  /** CONST_PTR_TO_MAP, PTR_TO_MAP_VALUE, PTR_TO_MAP_KEY. */
  readonly map: VerifierMap | null;
  /** Not 0 if the map was looked up in another map. Tells two such maps apart. */
  readonly mapUid: number;
  /**
   * Packet pointers: bytes that are proven to be in the packet, from the pointer's variable part on. Negative: BEYOND_PKT_END,
   * AT_PKT_END.
   */
  readonly range: number;
  /** PTR_TO_MEM: size in bytes, u32. */
  readonly memSize: number;
  /** PTR_TO_FUNC: number of the function. */
  readonly subprogno: number;
  /** PTR_TO_MEM: the dynptr that it is a slice of. 0: none. */
  readonly dynptrId: number;
  /** Set for a slot that is half of a dynptr, and for CONST_PTR_TO_DYNPTR. */
  readonly dynptr: Dynptr | null;
  /** PTR_TO_BTF_ID: the name of the kernel structure, for the log. */
  readonly btfName: string | null;
}

export interface Dynptr {
  /** enum bpf_dynptr_type: 1 local, 2 ringbuf, 3 skb, 4 xdp, 5 skb_meta. */
  readonly type: number;
  readonly firstSlot: boolean;
}

export const AT_PKT_END = -1;
export const BEYOND_PKT_END = -2;

/** A register that must not be read. @kernel verifier.c __mark_reg_not_init */
export const NOT_INIT_REG: RegState = {
  type: NOT_INIT,
  off: 0,
  val: SCALAR_UNKNOWN,
  id: 0,
  refObjId: 0,
  frameno: 0,
  precise: false,
  map: null,
  mapUid: 0,
  range: 0,
  memSize: 0,
  subprogno: 0,
  dynptrId: 0,
  dynptr: null,
  btfName: null,
};

/** A register that is still being built. It belongs to the one function that made it. */
export type RegDraft = { -readonly [K in keyof RegState]: RegState[K] };

/**
 * A copy that may be changed. It is written out field by field, here and in `scalarReg`: registers that are all made in the same way
 * are read fastest. With a spread, the JavaScript engine would use a different hidden class at nearly every place.
 */
export const draftReg = (reg: RegState): RegDraft => ({
  type: reg.type,
  off: reg.off,
  val: reg.val,
  id: reg.id,
  refObjId: reg.refObjId,
  frameno: reg.frameno,
  precise: reg.precise,
  map: reg.map,
  mapUid: reg.mapUid,
  range: reg.range,
  memSize: reg.memSize,
  subprogno: reg.subprogno,
  dynptrId: reg.dynptrId,
  dynptr: reg.dynptr,
  btfName: reg.btfName,
});

/** The register with some fields replaced. */
export const withReg = (reg: RegState, change: Partial<RegState>): RegState => Object.assign(draftReg(reg), change);

/** A scalar of this value without id. */
export const scalarReg = (val: Scalar): RegState => ({
  type: SCALAR_VALUE,
  off: 0,
  val,
  id: 0,
  refObjId: 0,
  frameno: 0,
  precise: false,
  map: null,
  mapUid: 0,
  range: 0,
  memSize: 0,
  subprogno: 0,
  dynptrId: 0,
  dynptr: null,
  btfName: null,
});

/** Any 64-bit value. @kernel verifier.c __mark_reg_unknown_imprecise */
export const UNKNOWN_REG: RegState = scalarReg(SCALAR_UNKNOWN);

/** The constant 0. @kernel verifier.c __mark_reg_const_zero */
export const ZERO_REG: RegState = scalarReg(SCALAR_ZERO);

/** `reg` with another value, id and offset. The same object if nothing changes. */
export function withNumber(reg: RegState, val: Scalar, id: number, off: number): RegState {
  if (val === reg.val && id === reg.id && off === reg.off) return reg;
  const draft = draftReg(reg);
  draft.val = val;
  draft.id = id;
  draft.off = off;
  return draft;
}

/** `reg` with another id. The same object if it has this id already. */
export const withId = (reg: RegState, id: number): RegState => withNumber(reg, reg.val, id, reg.off);

/** `reg` with another precision mark, see RegState.precise. */
export function withPrecise(reg: RegState, precise: boolean): RegState {
  const draft = draftReg(reg);
  draft.precise = precise;
  return draft;
}

/** The scalar constant `value` (taken modulo 2^64). @kernel verifier.c __mark_reg_known with type SCALAR_VALUE */
export const constReg = (value: bigint): RegState => scalarReg(constScalar(value));

/** A pointer of this type with offset 0 and nothing else known. @kernel verifier.c mark_reg_known_zero */
export function pointerReg(type: number, more?: Partial<RegState>): RegState {
  const draft = draftReg(NOT_INIT_REG);
  draft.type = type;
  draft.val = SCALAR_ZERO;
  return more ? Object.assign(draft, more) : draft;
}

export const CTX_REG: RegState = pointerReg(PTR_TO_CTX);

/** R10 of frame `frameno`. */
export const framePointer = (frameno: number): RegState => pointerReg(PTR_TO_STACK, { frameno });

/** @kernel verifier.c register_is_null */
export const isNullReg = (reg: RegState): boolean =>
  reg.type === SCALAR_VALUE && isConstVal(reg) && reg.val.varOff.value === 0n;

export const isConstVal = (reg: RegState): boolean => reg.val.varOff.mask === 0n;

/** @kernel verifier.c reg_is_pkt_pointer */
export const isPktPointerReg = (reg: RegState): boolean => isPktPointer(reg.type);

/** A pointer into the packet, or to its end. @kernel verifier.c reg_is_pkt_pointer_any */
export const isPacketReg = (reg: RegState): boolean => isPktPointerReg(reg) || baseType(reg.type) === PTR_TO_PACKET_END;
