// Pointers that may be null, and what a test against null means for them and all their copies.
import { type RegState, withId, withReg } from "../state/reg.ts";
import * as T from "../state/regtype.ts";
import { mapAllRegs, type VerifierState } from "../state/state.ts";
import { releaseReferenceNomark } from "./ref.ts";

/** Whether a map value has one of these special fields. */
const hasField = (fields: Readonly<Record<string, number>>, ...names: readonly string[]): boolean =>
  names.some((name) => name in fields);

/** Map values with a lock keep their id: the locks of two elements are two locks. @kernel verifier.c reg_may_point_to_spin_lock */
const mayPointToSpinLock = (reg: RegState): boolean =>
  reg.type === T.PTR_TO_MAP_VALUE && hasField(reg.map!.fields, "bpf_spin_lock", "bpf_res_spin_lock");

/**
 * The register on the side where it is not null. The type of a looked-up element depends on its map.
 * @kernel verifier.c mark_ptr_not_null_reg
 */
export function notNullReg(reg: RegState): RegState {
  if (T.baseType(reg.type) !== T.PTR_TO_MAP_VALUE) return withReg(reg, { type: reg.type & ~T.PTR_MAYBE_NULL });
  const { inner, def } = reg.map!;
  if (inner !== null) {
    const mapUid = hasField(inner.fields, "bpf_timer", "bpf_wq", "bpf_task_work") ? reg.id : reg.mapUid;
    return withReg(reg, { type: T.CONST_PTR_TO_MAP, map: inner, mapUid });
  }
  if (def.type === "xskmap") return withReg(reg, { type: T.PTR_TO_XDP_SOCK });
  if (def.type === "sockmap" || def.type === "sockhash") return withReg(reg, { type: T.PTR_TO_SOCKET });
  return withReg(reg, { type: T.PTR_TO_MAP_VALUE });
}

/** @kernel verifier.c mark_ptr_or_null_reg */
function markReg(reg: RegState, id: number, isNull: boolean): RegState {
  if (!T.mayBeNull(reg.type) || reg.id !== id || id === 0) return reg;
  const { smin, smax, varOff } = reg.val;
  if (smin !== 0n || smax !== 0n || varOff.mask !== 0n || varOff.value !== 0n || reg.off !== 0) return reg;
  if (isNull) return withReg(reg, { type: T.SCALAR_VALUE, id: 0, refObjId: 0 });
  const now = notNullReg(reg);
  return mayPointToSpinLock(now) ? now : withId(now, 0);
}

/** R`regno` of the current frame is null, or is not: this is true for all its copies. @kernel verifier.c mark_ptr_or_null_regs */
export function markPtrOrNullRegs(state: VerifierState, regno: number, isNull: boolean): void {
  const { id, refObjId } = state.frames[state.curframe]!.regs[regno]!;
  // A pointer that turned out to be null holds nothing to release.
  if (isNull && refObjId !== 0 && refObjId === id) releaseReferenceNomark(state, id);
  mapAllRegs(state, (reg) => markReg(reg, id, isNull));
}

const NEVER_NULL = new Set<number>([
  T.PTR_TO_SOCKET,
  T.PTR_TO_TCP_SOCK,
  T.PTR_TO_MAP_VALUE,
  T.PTR_TO_MAP_KEY,
  T.PTR_TO_SOCK_COMMON,
  T.CONST_PTR_TO_MAP,
]);

/** Whether the pointer is known not to be null, so that a comparison with null is decided. @kernel verifier.c reg_not_null */
export function isNeverNull(reg: RegState): boolean {
  if (T.mayBeNull(reg.type)) return false;
  const base = T.baseType(reg.type);
  if (base === T.PTR_TO_MEM) return (reg.type & T.PTR_UNTRUSTED) === 0;
  if (base === T.PTR_TO_BTF_ID) return reg.refObjId !== 0 || (reg.type & (T.PTR_TRUSTED | T.MEM_ALLOC)) !== 0;
  return NEVER_NULL.has(base);
}
